// @ts-check
/** @import { State } from './types.js' */
import { change } from './room.js'
import { get, set } from './store.js'
import { Stream } from './stream.js'

/** @param {string} path @returns {State['route']} */
export function routeOf(path) {
  const [, id, summary] = /^\/session\/([^/]+?)(\/summary)?\/?$/.exec(path) ?? []
  return id ? { name: summary ? 'summary' : 'session', id: decoded(id) } : { name: 'home' }
}

/** What is no text stays as it is; no session has such an id. @param {string} part of a path */
function decoded(part) {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Shows what the address names. */
export function arrive() {
  const route = routeOf(location.pathname)
  const { prefs } = get()
  set({ route, room: null, dialog: null, toast: null, copied: null, form: { busy: false, error: null }, draft: prefs.me ?? get().draft })
  if (route.name === 'home') enterLobby()
  else forgetLobby()
  change(route.name === 'session' ? route.id : null)
  scrollTo(0, 0)
}

/** Lets go of every connection. */
export function depart() {
  leaveLobby()
  change(null)
}

/** @param {string} path */
export function go(path) {
  history.pushState(null, '', path)
  arrive()
}

/** Whether a click on a link opens another tab or window. @param {MouseEvent} e */
export const opensElsewhere = (e) => !!e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey

/** Follows a link of ours without loading the page anew. @param {MouseEvent} e */
export function follow(e) {
  const link = /** @type {Element} */ (e.target).closest('a')
  if (!link || link.target || e.defaultPrevented || link.origin !== location.origin || opensElsewhere(e)) return
  if (!/^\/(session\/|$)/.test(link.pathname)) return
  e.preventDefault()
  go(link.pathname)
}

/** @type {Stream|null} */
let lobby = null

/** A list that nobody sees is not listened to: by HTTP/1.1 it would take one of the six connections that a browser has. */
export function seen() {
  if (document.hidden) leaveLobby()
  else if (get().route.name === 'home') enterLobby()
  set({}) // what else listens only while it is seen hears of it as the page is drawn
}

/** Listens to the list of open sessions. */
function enterLobby() {
  if (lobby || document.hidden) return
  set({ lobbyLive: true })
  lobby = new Stream('/api/sse/?ping=true', {
    event: (e) => { if (e.type === 'sessions_updated') set({ lobby: e.data.sessions }) },
    open: () => set({ lobbyLive: true }),
    lost: () => set({ lobbyLive: false }),
  })
}

function leaveLobby() {
  lobby?.close()
  lobby = null
}

function forgetLobby() {
  leaveLobby()
  set({ lobby: null })
}
