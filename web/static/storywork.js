// @ts-check
/** @import { Dialog, Room, Story } from './types.js' */
import { act, startStory } from './actions.js'
import { api } from './api.js'
import { t, inline } from './i18n.js'
import { get, setRoom, shut } from './store.js'
import { announce, toast } from './tell.js'
import { may } from './words.js'

/** Whether a round can be started without taking anything from the table. @param {Room} room */
export const tableIsFree = ({ session }) => session?.status === 'waiting' || session?.status === 'results' && session.current_round?.completed_at !== null

/** Votes on the story now, or, while there is something on the table, next. A round that runs is never touched. @param {Story} story */
export function choose(story) {
  const { room } = get()
  if (!room || !may(room, 'start')) return
  if (tableIsFree(room)) return void startStory(story.id)
  setRoom(room.id, { upNext: story.id })
  toast(t('stories.nextIs', { title: inline(story.title) }), 'info')
}

/** Puts a story at a place in the list, and says where it is then. @param {Story} story @param {number} place from 0, in the list without it */
export const move = (story, place) => act('move', async (id, me, room, still, here) => {
  const all = room.stories?.stories ?? []
  const others = all.filter((s) => s.id !== story.id)
  if (all.indexOf(story) === place || place < 0 || place > others.length) return announce(t(place < 1 ? 'stories.first' : 'stories.last', { title: inline(story.title) }))
  await api.moveStory(id, me, story.id, others[place]?.id ?? null)
  if (here()) announce(t('stories.moved', { title: inline(story.title), n: place + 1, total: all.length }))
})

/** One place up or down. @param {Story} story @param {1|-1} step */
export function shift(story, step) {
  const at = get().room?.stories?.stories.findIndex((s) => s.id === story.id) ?? -1
  if (at >= 0) void move(story, at + step)
}

/** Sets a story aside, or back. @param {string} story @param {'todo'|'skipped'} status */
export const setStatus = (story, status) => act('story', (id, me) => api.editStory(id, me, story, { status }))

/** @param {string} story @param {() => Dialog|null} next what comes in the place of the dialog that asked for it */
export const remove = (story, next) => act('story', async (id, me) => {
  const { dialog } = get()
  await api.removeStory(id, me, story)
  shut(dialog, next())
})
