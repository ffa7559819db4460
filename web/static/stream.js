// @ts-check
/** @import { World, Source } from './types.js' */
import { LONG, SHORT, Tries } from './tries.js'
import { browser } from './world.js'

/** A stream that has been silent for so long is dead, in milliseconds. The server says something every 15 s. */
export const SILENCE = 40_000
/**
 * One that has been silent for so long is in doubt: the server is asked, and if it answers, the stream is opened anew, and nobody sees it. A proxy may hold one open whose server is gone. Of several
 * servers one that stands still is missed after 2 to 4 s, and its people are said to be away 15 s later: who was pinged just before must be elsewhere by then. A ping may come 2 s late.
 */
export const DOUBT = 17_000
/** How often the stream is looked at, and how late a timer may fire before the machine must have slept. */
const BEAT = 5_000
/** How long the server may take to say that a stream which is still open can be believed, in milliseconds. */
const LOOK = 1_500
/** How long the browser itself may take to come back, in milliseconds. */
const RETURN = 5_000
/** A stream that is back within this time, in milliseconds, was hardly away: only the sign beside the session's name says so. */
export const BRIEF = 2_000

// The states of an EventSource.
const CONNECTING = 0

/**
 * Keeps an event stream open for as long as it is wanted. When it breaks, the browser's own first try to come back resumes with Last-Event-ID; if that fails, ours follow, and the server
 * begins with a fresh snapshot. A connection may also die without a word: then nothing is heard for too long, or not when there is a reason to look.
 *
 * @typedef {object} On
 * @property {(event: any, old: boolean) => void} event old: it happened before this page came
 * @property {() => void} open the stream has begun, or begun again
 * @property {(retryAt: number|null) => void} lost it is down; the next try is due then, or under way (null)
 * @property {(patience: number, signal: AbortSignal) => Promise<'yes'|'no'|'later'>} [mayReturn] is asked before each try of ours: may the stream be opened? no: it ends for good. later: nobody knows.
 */
export class Stream {
  /** @param {string} url @param {On} on @param {World} [world] @param {() => number} [pace] how long answers take here, in milliseconds */
  constructor(url, on, world = browser, pace = () => 0) {
    this.url = url
    this.on = on
    this.world = world
    this.pace = pace
    this.closed = false
    /** Whether the stream that is open has begun. */
    this.live = false
    /** Whether the page may believe that it hears everything. */
    this.up = true
    /** Whether it has reason not to believe that of the stream that is open. */
    this.doubted = false
    this.heard = world.now()
    /** @type {Source|null} */
    this.source = null
    /** @type {unknown} */
    this.limit = undefined
    /** @type {unknown} */
    this.pulse = undefined
    /** Ends the try that waits for the stream to begin. @type {(() => void)|null} */
    this.begun = null
    this.tries = new Tries({
      attempt: (patience, signal) => this.attempt(patience, signal),
      trying: () => { if (!this.up) this.on.lost(null) },
      planned: (at) => { this.drop(); this.on.lost(at) },
    }, world, pace)
    this.unlisten = [
      world.listen('online', () => { this.doubted = true; this.look(true) }),
      world.listen('offline', () => this.look(true)),
      world.listen('pageshow', () => this.look(false)),
      world.listen('visibilitychange', () => { if (world.visible()) this.look(false) }),
    ]
    this.connect(LONG)
    this.beat()
  }

  /** Opens the stream. @param {number} limit how long it may take to begin, in milliseconds */
  connect(limit) {
    this.source?.close(true)
    const source = this.source = this.world.source(this.url)
    source.onopen = () => this.sign(source)
    source.onmessage = (m) => { if (this.sign(source)) this.on.event(JSON.parse(m.data), m.old ?? false) }
    source.addEventListener('ping', () => void this.sign(source))
    source.onerror = () => this.broke(source)
    this.live = false
    this.bound(limit + (source.waits ?? 0))
  }

  /** @param {number} limit until a stream that has not begun is given up */
  bound(limit) {
    const { source } = this
    this.world.cancel(this.limit)
    this.limit = this.world.after(limit, () => { if (source) this.failed(source) })
  }

  /** A sign of life. @param {Source} source @returns {boolean} whether it is of the stream that counts */
  sign(source) {
    if (this.closed || source !== this.source) return false
    this.heard = this.world.now()
    if (this.live) return true
    this.live = this.up = true
    this.doubted = false
    this.world.cancel(this.limit)
    if (this.begun) this.begun()
    else this.tries.stop()
    this.on.open()
    return !this.closed
  }

  /** @param {Source} source */
  broke(source) {
    if (this.closed || source !== this.source) return
    const returns = this.live && source.readyState === CONNECTING && !this.tries.flight && this.tries.counts()
    if (!returns) return this.failed(source)
    this.live = this.up = false
    this.on.lost(null)
    this.bound(RETURN)
  }

  /** The stream has not begun, or ends, and the browser does not bring it back. @param {Source} source */
  failed(source) {
    if (this.closed || source !== this.source) return
    const { begun } = this
    this.drop()
    if (begun) begun()
    else if (!this.tries.flight) this.tries.plan()
  }

  /** What is open, or about to be, counts no more. */
  drop() {
    this.world.cancel(this.limit)
    this.source?.close(true)
    this.source = null
    this.live = this.up = false
  }

  /** One try to come back, or to make sure that the stream that is open can be believed. @param {number} patience @param {AbortSignal} signal @returns {Promise<boolean>} */
  async attempt(patience, signal) {
    if (!this.live) this.drop()
    const may = await (this.on.mayReturn?.(this.up ? Math.max(LOOK, patience) : patience, signal) ?? 'yes')
    if (this.closed || signal.aborted || may === 'no') return true
    if (may === 'later') return false
    if (this.live && !this.doubted && this.world.now() - this.heard < DOUBT) return true
    await new Promise((done) => {
      const end = () => {
        if (this.begun === end) this.begun = null
        done(undefined)
      }
      this.begun?.()
      this.begun = end
      signal.addEventListener('abort', end, { once: true })
      this.connect(Math.min(LONG, Math.max(SHORT, 4 * this.pace())))
    })
    return this.live || this.closed
  }

  /**
   * Something has happened that may have ended the connection, or brought the network back.
   * @param {boolean} asks whether the server is asked even if the stream was heard a moment ago
   */
  look(asks) {
    if (this.closed) return
    if (!this.up || asks || this.world.now() - this.heard >= DOUBT) this.tries.soon()
  }

  /** A request was not answered in time: so may be the stream's next event. */
  unanswered() {
    if (!this.up) return
    this.doubted = true
    this.look(true)
  }

  /** Looks at the stream from time to time. */
  beat() {
    const set = this.world.now()
    const limit = this.heard + (set - this.heard < DOUBT ? DOUBT : SILENCE)
    this.pulse = this.world.after(this.live ? Math.min(BEAT, limit - set) : BEAT, () => {
      const now = this.world.now()
      if (this.live && now - this.heard >= SILENCE) this.died()
      else if (now - set > 2 * BEAT || this.live && now - this.heard >= DOUBT) this.look(false)
      this.beat()
    })
  }

  /** Nothing has been heard for too long. */
  died() {
    this.drop()
    this.on.lost(null)
    if (!this.tries.soon()) this.tries.plan()
  }

  /** Tries now, because somebody asks for it. */
  retry() { if (!this.up && !this.closed) this.tries.now() }

  close() {
    this.closed = true
    this.tries.stop()
    this.world.cancel(this.limit)
    this.world.cancel(this.pulse)
    for (const end of this.unlisten) end()
    this.source?.close()
  }
}
