// @ts-check

const FIRST_WAIT = 500
const LONGEST_WAIT = 15_000
const PATIENCE = 8_000

/**
 * Keeps an event stream open for as long as it is wanted. The browser's own first try to come back resumes with Last-Event-ID; if that fails, tries with growing,
 * jittered waits follow, and the server begins with a fresh snapshot.
 */
export class Stream {
  /**
   * @param {string} url
   * @param {{event: (event: any) => void, open: () => void, lost: (retryAt: number) => void, mayRetry?: () => Promise<boolean>}} on
   *   mayRetry is asked before each try of ours, and ends the stream for good by answering false
   */
  constructor(url, on) {
    this.url = url
    this.on = on
    this.failures = 0
    /** @type {EventSource|null} */
    this.source = null
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined
    this.closed = false
    this.hurry = () => { if (this.failures && !this.closed) void this.retry() }
    addEventListener('online', this.hurry)
    this.connect()
  }

  connect() {
    clearTimeout(this.timer)
    this.source?.close()
    const source = new EventSource(this.url)
    this.source = source
    source.onopen = () => { clearTimeout(this.timer); this.failures = 0; this.on.open() }
    source.onmessage = (m) => { if (!this.closed) this.on.event(JSON.parse(m.data)) }
    source.onerror = () => this.failed(source)
  }

  /** @param {EventSource} source */
  failed(source) {
    if (this.closed || source !== this.source) return
    this.failures++
    if (this.failures === 1 && source.readyState === EventSource.CONNECTING) {
      this.plan(PATIENCE)
      return
    }
    source.close()
    this.plan(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(this.failures - 1, 6)) * (0.5 + Math.random() / 2))
  }

  /** @param {number} wait */
  plan(wait) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.retry(), wait)
    this.on.lost(Date.now() + wait)
  }

  /** Tries now. */
  async retry() {
    clearTimeout(this.timer)
    const source = this.source
    if (this.on.mayRetry && !(await this.on.mayRetry())) return
    if (this.closed || this.source !== source || source?.readyState === EventSource.OPEN) return
    this.connect()
  }

  close() {
    this.closed = true
    clearTimeout(this.timer)
    removeEventListener('online', this.hurry)
    this.source?.close()
  }
}
