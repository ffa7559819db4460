// @ts-check
/** @import { State, Room } from './types.js' */
import { Alive } from './alive.js'
import { api } from './api.js'
import { play } from './effects.js'
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
  if (soon && !warned) {
    announce(t('say.expiring'))
    if (state.prefs.sound) play('bell')
  }
  const changed = soon !== warned
  warned = soon
  if (changed || soon || counts(state.room)) set({ now: state.now })
}

/** @param {Room|null} room */
const counts = (room) => !!room && (room.connection === 'lost' || room.phase === 'failed' || room.session?.status === 'paused' || room.session?.status === 'revealing')

const alive = new Alive()

/** How long after a touch it is asked whether the touch was a command, in milliseconds: then the server knows already that somebody is here. */
const AFTER = 1_500

/** Somebody uses the page: the session must not expire meanwhile. */
export function touched() {
  setTimeout(() => {
    const { room, now } = { ...get(), now: Date.now() }
    if (room?.phase !== 'seated' || !room.session || !room.me || room.connection !== 'live') return
    if (alive.needed(room.session, now + room.skew)) api.extend(room.id, room.me).catch(() => {}) // the next touch tries again
  }, AFTER)
}
