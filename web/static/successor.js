// @ts-check
/** @import { State, Summary } from './types.js' */
import { remains, SEAT_IS_FREE } from './memory.js'
import { get, set } from './store.js'
import { Stream } from './stream.js'

/** @type {Stream|null} */
let stream = null

/** While a session is over on the page, looks for an open one of the same name: the team has gone on there. A page that nobody sees does not: by HTTP/1.1 a browser has six connections. @param {State} state */
export function watchForSuccessor({ room, route }) {
  const over = route.name === 'session' && room?.phase === 'over' && !SEAT_IS_FREE.includes(room.ending ?? 'unknown') && !!remains(room)
  const looks = over && !document.hidden
  if (looks && !stream) {
    stream = new Stream('/api/sse/?ping=true', { event: (e) => { if (e.type === 'sessions_updated') choose(e.data.sessions) }, open: () => {}, lost: () => {} })
  } else if (!looks && stream) {
    stream.close()
    stream = null
  }
  if (!over && get().successor) set({ successor: null })
}

/** @param {Summary[]} sessions newest first */
function choose(sessions) {
  const { room } = get()
  const name = room && remains(room)?.name
  set({ successor: sessions.find((s) => s.name === name && s.id !== room?.id) ?? null })
}
