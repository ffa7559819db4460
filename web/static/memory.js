// @ts-check
/** @import { Ending, Memory, Room, Session } from './types.js' */
import { api } from './api.js'
import { keepMemory, memory } from './prefs.js'
import { complete, gaps, remember } from './rounds.js'
import { get, setRoom } from './store.js'
import { voters } from './words.js'

/** The sessions whose rounds are on their way. @type {Set<string>} */
const asking = new Set()

/** Keeps what the page will need when the server does not say it any more: the rounds, who is who, and who was there when the cards turned. @param {string} id @param {Session} session */
export function note(id, session) {
  const { room } = get()
  if (room?.id !== id) return
  const history = remember(room.history, session)
  const names = seen(Object.keys(room.names).length ? room.names : memory(id)?.names ?? {}, session)
  const round = session.current_round
  const witnesses = round?.is_revealed && room.witnesses?.round !== round.id ? { round: round.id, users: voters(session).map((p) => p.id) } : room.witnesses
  if (history !== room.history || names !== room.names || witnesses !== room.witnesses) setRoom(id, { history, names, witnesses })
  if (history !== room.history || names !== room.names) keepMemory(id, { name: session.name, rounds: history, names })
  if (gaps(history)) void fill(id, room.me)
}

/** @param {Record<string, string>} names @param {Session} session */
function seen(names, { participants }) {
  const news = participants.filter((p) => names[p.id] !== p.name)
  return news.length ? { ...names, ...Object.fromEntries(news.map((p) => [p.id, p.name])) } : names
}

/** Asks for the rounds that were played before this page came. What fails is asked again after the next event. @param {string} id @param {string|null} me */
async function fill(id, me) {
  if (asking.has(id) || !me) return
  asking.add(id)
  const said = await api.rounds(id, me).catch(() => null)
  asking.delete(id)
  const { room } = get()
  if (!said || room?.id !== id) return
  const history = complete(room.history, said)
  setRoom(id, { history })
  keepMemory(id, { name: room.session?.name ?? '', rounds: history, names: room.names })
}

/** Endings after which the session itself may go on. @type {Ending[]} */
export const SEAT_IS_FREE = ['kicked', 'left', 'gone', 'full']

/** What is left of the session of a room. @param {Room} room @returns {Memory|null} */
export function remains({ id, session, history, names, summary }) {
  return summary ?? (session && history.length ? { name: session.name, rounds: history, names } : memory(id) ?? (session && { name: session.name, rounds: [], names }))
}
