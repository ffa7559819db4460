// @ts-check
/** @import { World } from './types.js' */
import { set } from './store.js'
import { browser } from './world.js'

/** How long after a failure a module is asked for again, in milliseconds: the page is drawn twice a second while the line is down. */
export const AGAIN = 15_000

/**
 * A module that comes when it is first needed. The page is drawn again when it is there.
 * @template M @param {() => Promise<M>} load @param {World} [world] @returns {() => M|null} the module, if it is there; else it is asked for, one request at a time
 */
export function lazily(load, world = browser) {
  /** @type {M|null} */
  let module = null
  let asked = false
  return () => {
    if (asked) return module
    asked = true
    load().then((m) => { module = m; set({}) }, () => { world.after(AGAIN, () => { asked = false }) })
    return module
  }
}
