// @ts-check
/** @import { Source, World } from './types.js' */
import { TIMEOUT } from './requests.js'

/** Answers wait for up to so long, in milliseconds, because the server pings everybody at once. */
export const SPREAD = 5_000

/**
 * What says goodbye for each stream that is open in this page, and for those that have broken since the last one began: a browser may end a stream a moment before it says that the page goes, the page
 * may go before it has another, and a proxy may keep that open. @type {Map<() => void, {begun: boolean, broken: boolean}>}
 */
const places = new Map()

/** @param {(place: {begun: boolean}) => boolean} [which] */
function forgetBroken(which = () => true) { for (const [bye, place] of places) if (place.broken && which(place)) places.delete(bye) }

/** The seat is gone: nobody need hear that this page goes. */
export const noGoodbye = () => places.clear()

/**
 * Opens a stream and answers every second of its pings: a proxy keeps a connection open for somebody who is no longer there, and only an answer shows that there is somebody. Nobody's stream
 * needs none.
 * @param {string} url @param {World} world @param {(url: string) => Source} connect @returns {Source}
 */
export function answering(url, world, connect) {
  const { pathname, searchParams } = new URL(url, 'http://page')
  const user = searchParams.get('user_id')
  if (!user) return connect(url)
  const place = [...world.bytes(8)].map((b) => b.toString(16).padStart(2, '0')).join('')
  const source = connect(`${url}&place=${place}`)
  const to = `/api/sessions/${pathname.split('/')[3]}/here?${new URLSearchParams({ user_id: user, place })}`
  let pings = 0
  let closed = false
  const answer = async () => {
    if (closed) return
    const abort = new AbortController()
    const late = world.after(TIMEOUT, () => abort.abort())
    const heard = await world.fetch(to, { method: 'POST', keepalive: true, signal: abort.signal }).then((a) => a.ok, () => false)
    world.cancel(late)
    if (!heard) pings = 1 // so that the next ping is answered
  }
  source.addEventListener('ping', () => {
    if (++pings < 2) return
    pings = 0
    world.after(world.random() * SPREAD, () => void answer())
  })
  const bye = () => world.beacon(`${to}&gone=true`)
  forgetBroken(({ begun }) => !begun) // of many tries in vain the last will do
  const mine = { begun: false, broken: false }
  places.set(bye, mine)
  source.addEventListener('open', () => {
    mine.begun = true
    forgetBroken()
  })
  const close = source.close.bind(source)
  source.close = (lost = false) => {
    closed = true
    mine.broken = lost
    if (!lost) places.delete(bye)
    close()
  }
  return source
}

/** The world of a page that answers for its streams, and shares none with other tabs. @param {World} world @returns {World} */
export const alone = (world) => ({ ...world, source: (url) => answering(url, world, world.source) })

/** This page goes, or leaves the session: the server need not find out by itself, which may take it a minute. */
export function goodbye() {
  for (const bye of places.keys()) bye()
  forgetBroken()
}
