// @ts-check
/** @import { World, Source } from './types.js' */
import { browser } from './world.js'

const FIRST_WAIT = 500
const LONGEST_WAIT = 15_000
const PATIENCE = 8_000

// The states of an EventSource.
const [CONNECTING, OPEN] = [0, 1]

/**
 * Keeps an event stream open for as long as it is wanted. The browser's own first try to come back resumes with Last-Event-ID; if that fails, tries with growing,
 * jittered waits follow, and the server begins with a fresh snapshot.
 */
export class Stream {
  /**
   * @param {string} url
   * @param {{event: (event: any) => void, open: () => void, lost: (retryAt: number) => void, mayRetry?: () => Promise<boolean>}} on
   *   mayRetry is asked before each try of ours, and ends the stream for good by answering false
   * @param {World} [world]
   */
  constructor(url, on, world = browser) {
    this.url = url
    this.on = on
    this.world = world
    this.failures = 0
    /** @type {Source|null} */
    this.source = null
    /** @type {unknown} */
    this.timer = undefined
    this.closed = false
    this.unlisten = world.listen('online', () => { if (this.failures && !this.closed) void this.retry() })
    this.connect()
  }

  connect() {
    this.world.cancel(this.timer)
    this.source?.close()
    const source = this.world.source(this.url)
    this.source = source
    source.onopen = () => { this.world.cancel(this.timer); this.failures = 0; this.on.open() }
    source.onmessage = (m) => { if (!this.closed) this.on.event(JSON.parse(m.data)) }
    source.onerror = () => this.failed(source)
  }

  /** @param {Source} source */
  failed(source) {
    if (this.closed || source !== this.source) return
    this.failures++
    if (this.failures === 1 && source.readyState === CONNECTING) {
      this.plan(PATIENCE)
      return
    }
    source.close()
    this.plan(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(this.failures - 1, 6)) * (0.5 + this.world.random() / 2))
  }

  /** @param {number} wait */
  plan(wait) {
    this.world.cancel(this.timer)
    this.timer = this.world.after(wait, () => void this.retry())
    this.on.lost(this.world.now() + wait)
  }

  /** Tries now. */
  async retry() {
    this.world.cancel(this.timer)
    const source = this.source
    if (this.on.mayRetry && !(await this.on.mayRetry())) return
    if (this.closed || this.source !== source || source?.readyState === OPEN) return
    this.connect()
  }

  close() {
    this.closed = true
    this.world.cancel(this.timer)
    this.unlisten()
    this.source?.close()
  }
}
