// @ts-check
/** @import { State, Room } from './types.js' */
import { announce } from './tell.js'
import { t } from './i18n.js'
import { get, set } from './store.js'

/** How long before its expiry a session begins to count down, in milliseconds. */
const WARNING = 120_000

/** The server's clock. @param {State} state */
export const serverNow = ({ now, room }) => now + (room?.skew ?? 0)

/** What is left until a moment that the server named, in milliseconds. @param {State} state @param {string|null|undefined} until */
export const left = (state, until) => (until ? Math.max(0, Date.parse(until) - serverNow(state)) : 0)

/** Whether the session is about to expire. @param {State} state */
export const expiring = (state) => {
  const s = state.room?.phase === 'seated' ? state.room.session : null
  return !!s && left(state, s.expires_at) < WARNING
}

let warned = false

/** Lets the clocks on the page go on, if there are any. */
export function tick() {
  const before = get()
  const state = { ...before, now: Date.now() }
  const soon = expiring(state)
  if (soon && !warned) announce(t('say.expiring'))
  const changed = soon !== warned
  warned = soon
  if (changed || soon || counts(state.room)) set({ now: state.now })
}

/** @param {Room|null} room */
const counts = (room) => !!room && (room.connection === 'lost' || room.phase === 'failed' || room.session?.status === 'paused' || room.session?.status === 'revealing')
