// @ts-check
/** @import { Prefs, Me } from './types.js' */

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

/** @param {string} id @param {string|null} user */
export function keepSeat(id, user) {
  write('seat.' + id, user && { user, saved: Date.now() })
  if (user) forgetOldSeats()
}

/** What is left of a session, for as long as the tab is open: the server forgets it when it is over. @param {string} id @param {import('./types.js').Memory} [memory] to keep @returns {import('./types.js').Memory|null} */
export function memory(id, memory) {
  try {
    if (memory) sessionStorage.setItem('magnapp.memory.' + id, JSON.stringify(memory))
    return JSON.parse(sessionStorage.getItem('magnapp.memory.' + id) ?? 'null')
  } catch {
    return null
  }
}

/** Which session a change in another tab is about; null if it is about something else. @param {StorageEvent} e */
export const seatChanged = (e) => (e.key?.startsWith('magnapp.seat.') ? e.key.slice('magnapp.seat.'.length) : null)

function forgetOldSeats() {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith('magnapp.seat.')) continue
    const name = key.slice('magnapp.'.length)
    if (!(Date.now() - read(name)?.saved < DAYS_30)) write(name, null)
  }
}

/** @param {Me} me */
export const tidy = ({ name, avatar }) => ({ name: name.trim(), avatar })
