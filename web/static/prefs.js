// @ts-check
/** @import { Memory, Prefs, Me, Setup } from './types.js' */

const DAYS_30 = 30 * 24 * 3600 * 1000

/** @param {string} key @returns {any} */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem('magnapp.' + key) ?? 'null')
  } catch {
    return null
  }
}

/** @param {string} key @param {unknown} value null removes */
function write(key, value) {
  try {
    if (value === null) localStorage.removeItem('magnapp.' + key)
    else localStorage.setItem('magnapp.' + key, JSON.stringify(value))
  } catch { /* no storage: forgotten when the page goes */ }
}

/** What this browser remembers. @returns {Prefs} */
export function load() {
  const { theme = 'system', lang = null, sound = true } = read('prefs') ?? {}
  const me = read('me')
  return { theme, lang, sound, me: me && Date.now() - me.saved < DAYS_30 ? { name: me.name, avatar: me.avatar } : null }
}

/** @param {Prefs} prefs */
export function save({ theme, lang, sound, me }) {
  write('prefs', { theme, lang, sound })
  if (me) write('me', { ...me, saved: Date.now() })
  applyTheme(theme)
}

/** @param {Prefs['theme']} theme */
export function applyTheme(theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** The seat that this browser holds in a session. @param {string} id @returns {string|null} */
export const seatIn = (id) => read('seat.' + id)?.user ?? null

/** @param {string} id @param {string|null} user null: none any more @param {string} [session] its name, to find the way back by @param {boolean} [listed] whether the list of sessions leads to it as well */
export function keepSeat(id, user, session, listed = true) {
  write('seat.' + id, user && { user, session, listed, saved: Date.now() })
  if (!user) return
  forget('seat.', DAYS_30)
  write('ending.' + id, null)
}

/** How a seat was lost, as another tab of this browser may know and this one not. @param {string} id @returns {'left'|'kicked'|null} */
export const endingIn = (id) => read('ending.' + id)?.ending ?? null

/** @param {string} id @param {'left'|'kicked'} ending */
export function keepEnding(id, ending) {
  write('ending.' + id, { ending, saved: Date.now() })
  forget('ending.', DAY)
}

const DAY = 24 * 3600 * 1000

/** What is left of a session: the server forgets it when it is over, this browser after a day. @param {string} id @returns {Memory|null} */
export const memory = (id) => read('memory.' + id)

/** @param {string} id @param {Memory} memory */
export function keepMemory(id, memory) {
  write('memory.' + id, { ...memory, saved: Date.now() })
  forget('memory.', DAY)
}

/** The seats that this browser holds, the newest first; a name may not be known. @returns {{id: string, name: string|undefined, listed: boolean}[]} */
export function seats() {
  const all = keysOf('seat.').map((key) => ({ id: key.slice('seat.'.length), ...read(key) }))
  return all.filter((s) => s.user).sort((a, b) => b.saved - a.saved).map((s) => ({ id: s.id, name: s.session, listed: s.listed !== false }))
}

/** Which session a change in another tab is about; null if it is about something else. @param {StorageEvent} e */
export const seatChanged = (e) => (e.key?.startsWith('magnapp.seat.') ? e.key.slice('magnapp.seat.'.length) : null)

/** @param {string} prefix of the keys whose values are forgotten @param {number} after so many milliseconds */
function forget(prefix, after) {
  for (const key of keysOf(prefix)) if (!(Date.now() - read(key)?.saved < after)) write(key, null)
}

/** @param {string} prefix @returns {string[]} */
function keysOf(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith('magnapp.' + prefix)).map((key) => key.slice('magnapp.'.length))
  } catch {
    return []
  }
}

/** What the last session of one's own began with, and the last deck of one's own. A password is not kept. @returns {Setup} */
export function setup() {
  const { deck = 'fibonacci', own = {}, settings = {} } = read('setup') ?? {}
  const { name = '', text = '' } = own
  return { deck, own: { name, text }, settings }
}

/** @param {Setup} next */
export const keepSetup = (next) => write('setup', next)

/** @param {Me} me */
export const tidy = ({ name, avatar }) => ({ name: name.trim(), avatar })
