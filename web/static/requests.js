// @ts-check
/** @import { World } from './types.js' */
import { browser } from './world.js'

/** How long one try may take, in milliseconds. */
export const TIMEOUT = 8_000
/** The longest pauses before the second try and those after it, in milliseconds; half of each is left to chance. */
export const PAUSES = [400, 1_200, 3_000]
/** No try begins later than this after the first, in milliseconds. */
export const LAST_TRY = 12_000
/** The longest Retry-After that is waited for, in milliseconds. */
export const LONGEST_WISH = 5_000

/** The server refused, or nobody answered. */
export class Refusal extends Error {
  /** @param {number} status 0 when no answer came @param {string} title @param {string} detail @param {number} [retryAfter] in milliseconds; 0 if the answer did not say */
  constructor(status, title, detail, retryAfter = 0) {
    super(detail || title)
    this.status = status
    this.title = title
    this.retryAfter = retryAfter
  }

  /** Whether the change may have been made all the same. */
  get unknown() { return [0, 502, 503, 504].includes(this.status) }
}

/** @typedef {{key?: string, newer?: AbortSignal}} Options key: of an earlier call, which this one repeats. newer: once it is aborted, no further try is made. */

/** Brings calls to the server, over lines that break. */
export class Requests {
  /** @param {World} [world] @param {(ms: number) => void} [onServerTime] hears the server's clock with every answer */
  constructor(world = browser, onServerTime = () => {}) {
    this.world = world
    this.onServerTime = onServerTime
  }

  /** Makes one try. @param {string} method @param {string} path @param {object} [body] @param {string} [key] @returns {Promise<any>} */
  async once(method, path, body, key) {
    const abort = new AbortController()
    const timer = this.world.after(TIMEOUT, () => abort.abort())
    try {
      return await this.answered(await this.world.fetch('/api' + path, { method, signal: abort.signal, ...(body && { body: JSON.stringify(body) }), headers: headers(body, key) }))
    } catch (e) {
      throw e instanceof Refusal ? e : new Refusal(0, '', '')
    } finally {
      this.world.cancel(timer)
    }
  }

  /** @param {Response} answer */
  async answered(answer) {
    const date = Date.parse(answer.headers.get('Date') ?? '')
    if (date) this.onServerTime(date)
    // An answer that breaks off is none; what a proxy says about its own failure may be no JSON.
    const said = await answer.json().catch((e) => { if (answer.ok) throw e })
    if (!answer.ok) throw new Refusal(answer.status, said?.error ?? '', said?.detail ?? '', Number(answer.headers.get('Retry-After')) * 1000 || 0)
    return said
  }

  /** Tries again while the outcome is unknown, a few times, with the same key: what is changed is changed once. @param {string} method @param {string} path @param {object} [body] @param {Options} [options] @returns {Promise<any>} */
  async call(method, path, body, { key = this.key(), newer } = {}) {
    const last = this.world.now() + LAST_TRY
    for (let tries = 0; ; tries++) {
      try {
        return await this.once(method, path, body, method === 'GET' ? undefined : key)
      } catch (e) {
        const pause = this.pause(/** @type {Refusal} */ (e), tries)
        if (pause === null || newer?.aborted || this.world.now() + pause > last) throw e
        await this.wait(pause, newer)
        if (newer?.aborted) throw e
      }
    }
  }

  /** A key that nobody else can guess. crypto.randomUUID is missing where the page came by plain http. */
  key() { return [...this.world.bytes(16)].map((b) => b.toString(16).padStart(2, '0')).join('') }

  /** @param {Refusal} refusal @param {number} tries that were made before @returns {number|null} null: no further try */
  pause(refusal, tries) {
    if (!refusal.unknown || tries >= PAUSES.length || refusal.retryAfter > LONGEST_WISH) return null
    return Math.max(refusal.retryAfter, PAUSES[tries] * (0.5 + this.world.random() / 2))
  }

  /** @param {number} ms @param {AbortSignal} [newer] ends the wait @returns {Promise<void>} */
  wait(ms, newer) {
    return new Promise((done) => {
      const timer = this.world.after(ms, done)
      newer?.addEventListener('abort', () => { this.world.cancel(timer); done() }, { once: true })
    })
  }
}

/** @param {object} [body] @param {string} [key] @returns {Record<string, string>} */
const headers = (body, key) => ({ ...(body && { 'Content-Type': 'application/json' }), ...(key && { 'Idempotency-Key': key }) })
