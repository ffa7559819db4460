// @ts-check
/** @import { World } from './types.js' */

/** What the page takes from the browser, where its tests bring something else: the network, the clock, and chance. @type {World} */
export const browser = {
  fetch: (path, init) => fetch(path, init),
  source: (url) => new EventSource(url),
  beacon: (url) => void navigator.sendBeacon(url),
  bytes: (n) => crypto.getRandomValues(new Uint8Array(n)),
  random: () => Math.random(),
  now: () => Date.now(),
  after: (ms, what) => setTimeout(what, ms),
  cancel: (timer) => clearTimeout(/** @type {number|undefined} */ (timer)),
  visible: () => document.visibilityState === 'visible',
  listen: (type, listener) => {
    addEventListener(type, listener)
    return () => removeEventListener(type, listener)
  },
}
