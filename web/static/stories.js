// @ts-check
/** @import { Room, Story } from './types.js' */
import { api } from './api.js'
import { behind } from './backlog.js'
import { get, setRoom } from './store.js'

let reading = ''

/** Reads the list of stories if what is known of it is old. What fails is tried again after the next event. @param {string} id of the session */
export async function catchUp(id) {
  const before = get().room
  if (reading === id || before?.id !== id || before.phase !== 'seated' || !behind(before)) return
  reading = id
  const said = await api.stories(id, before.me ?? '').catch(() => null)
  reading = ''
  const { room } = get()
  if (!said || room?.id !== id) return
  if (said.version > (room.stories?.version ?? 0)) setRoom(id, { stories: said })
  void catchUp(id)
}

/** @param {Room|null} room @param {string|null|undefined} id @returns {Story|null} */
export const storyOf = (room, id) => room?.stories?.stories.find((s) => s.id === id) ?? null
