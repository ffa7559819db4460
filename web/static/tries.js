// @ts-check
/** @import { World } from './types.js' */
import { browser } from './world.js'

/** How many tries may follow each other quickly. */
export const QUICK = 24
/** What earns one more try, in milliseconds: at most 40 are made in ten minutes, whatever wakes the page. */
export const EARNED = 40_000
/** How many of them are kept for what wakes the page: a network that is back, a tab that is shown again. */
const KEPT = 2
/** The time from the beginning of one try to that of the next, in milliseconds; a fifth is left to chance. */
const GAPS = [500, 1_000, 2_000, 4_000]
const SHORTEST_PAUSE = 300
/** How long a try may wait for its answer, in milliseconds: a short while as long as others follow soon, and longer later. */
export const SHORT = 2_500
export const LONG = 8_000
/** A try that is shown at all is shown for this long. */
const SHOWN = 600
/**
 * A browser keeps up to six connections, and sends the next request over one that it has, dead or not. When a network hangs, as many tries are made in a row to be rid of them; each
 * need only wait a little longer than answers take here.
 */
const CONNECTIONS = 6
const GLANCE = 400
const NEXT_CONNECTION = 100

/**
 * Tries something until it succeeds, one try at a time. Whatever asks for a try while one is under way gets that one.
 *
 * @typedef {object} On
 * @property {(patience: number, signal: AbortSignal) => Promise<boolean>} attempt one try; true ends the tries. An aborted one counts for nothing.
 * @property {() => void} trying a try begins
 * @property {(at: number|null) => void} planned the next one is due at that time; null: at once
 */
export class Tries {
  /** @param {On} on @param {World} [world] @param {() => number} [pace] how long answers take here, in milliseconds */
  constructor(on, world = browser, pace = () => 0) {
    this.on = on
    this.world = world
    this.pace = pace
    this.failures = 0
    /** How many of them met silence, one after the other. */
    this.silences = 0
    this.left = QUICK
    this.counted = this.began = world.now()
    /** The try that is under way. @type {AbortController|null} */
    this.flight = null
    /** @type {unknown} */
    this.timer = undefined
  }

  /** How many tries may be made now. */
  budget() {
    const now = this.world.now()
    this.left = Math.min(QUICK, this.left + Math.max(0, now - this.counted) / EARNED)
    this.counted = now
    return this.left
  }

  /** Counts a try that somebody else makes. @returns {boolean} whether it may be made */
  counts() {
    if (this.budget() < 1) return false
    this.left--
    return true
  }

  /** Plans the next try, after one more failure. */
  plan() {
    const now = this.world.now()
    if (!this.failures) this.began = now
    const gap = GAPS[Math.min(this.failures++, GAPS.length - 1)] * (0.8 + this.world.random() / 5)
    const missing = 1 + KEPT - this.budget()
    this.due(Math.max(this.drains() ? NEXT_CONNECTION : Math.max(SHORTEST_PAUSE, this.began + gap - now), missing > 0 ? missing * EARNED + this.world.random() * GAPS[3] : 0))
  }

  /** Whether there may be dead connections that the browser would use. */
  drains() { return this.silences > 0 && this.silences < CONNECTIONS }

  /** How long the next try may take. */
  patience() {
    if (this.failures >= QUICK - KEPT) return LONG
    return Math.min(LONG, Math.max(this.silences < CONNECTIONS ? GLANCE : SHORT, 4 * this.pace()))
  }

  /** @param {number} wait until the next try */
  due(wait) {
    this.world.cancel(this.timer)
    this.timer = this.world.after(wait, () => void this.run())
    this.on.planned(wait > NEXT_CONNECTION ? this.world.now() + wait : null)
  }

  /** Something has happened that makes a try worth while: at once, if there are any left. @returns {boolean} whether one is made */
  soon() {
    const now = this.world.now()
    if (this.flight && now - this.began < SHORT) return true
    if (this.budget() < 1) return false
    this.flight?.abort()
    this.flight = null
    if (now - this.began < GAPS[1] && this.failures) this.due(this.began + GAPS[1] - now)
    else void this.run()
    return true
  }

  /** Somebody asks for a try. */
  now() { if (!this.flight) void this.run() }

  async run() {
    this.world.cancel(this.timer)
    if (this.flight) return
    const flight = this.flight = new AbortController()
    const patience = this.patience()
    this.left = Math.max(0, this.budget() - 1)
    this.began = this.world.now()
    this.on.trying()
    const done = await this.on.attempt(patience, flight.signal)
    if (this.flight === flight && !done) {
      this.silences = this.world.now() - this.began >= patience ? this.silences + 1 : 0
      if (!this.drains()) await this.shown()
    }
    if (this.flight !== flight) return
    this.flight = null
    if (done) this.failures = this.silences = 0
    else this.plan()
  }

  /** Waits until the try has been shown for a moment. @returns {Promise<void>} */
  async shown() {
    const rest = this.began + SHOWN - this.world.now()
    if (rest > 0) await new Promise((done) => { this.world.after(rest, () => done(undefined)) })
  }

  /** No more tries. */
  stop() {
    this.world.cancel(this.timer)
    this.flight?.abort()
    this.flight = null
    this.failures = this.silences = 0
  }
}
