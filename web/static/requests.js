// @ts-check
/** @import { World } from './types.js' */
import { browser } from './world.js'

/** How long one try may take, in milliseconds. */
export const TIMEOUT = 8_000
/** The longest pauses before the second try and those after it, in milliseconds; half of each is left to chance. Several servers of which the first has died agree on another within nine seconds. */
export const PAUSES = [400, 1_200, 3_000, 3_000, 3_000, 3_000, 3_000, 3_000]
/** No try begins later than this after the first, in milliseconds. */
export const LAST_TRY = 20_000
/** The longest Retry-After that is waited for, in milliseconds. */
export const LONGEST_WISH = 5_000
/** How long a command may take, with all its tries, before that is said, in milliseconds: it may be tried again and again, and a browser that has no connection left lets it wait without a word. */
export const WAIT = 3_000
/** How long a command that is given while the line is down waits for it, in milliseconds: a page whose server has died is back elsewhere in less, mostly even if several servers have to agree on another first. */
export const MOMENT = 12_000
/** How long what was under way when the line went down waits for it, in milliseconds. */
export const LONGEST_LOSS = 60_000

/** How the server says which problem it is. Something before it may say of what kind its own are, too. */
const KIND = /^\/docs#([\w-]+)$/

/** The server refused, or nobody answered. */
export class Refusal extends Error {
  /** @param {number} status 0 when no answer came @param {string} title @param {string} detail @param {number} [retryAfter] in milliseconds; 0 if the answer did not say @param {string} [kind] which problem it is, in a word of the server's; a proxy says none @param {string} [field] which input is meant */
  constructor(status, title, detail, retryAfter = 0, kind = '', field = '') {
    super(detail || title)
    this.status = status
    this.title = title
    this.retryAfter = retryAfter
    this.kind = kind
    this.field = field
    /** What the thing is now, where somebody else has changed it. @type {any} */
    this.current = null
    /** Where in a file, counted from 1, and what is wrong with it, in a word of the server's. */
    this.place = { row: 0, column: 0, reason: '' }
  }

  /** Whether the change may have been made all the same. A proxy that has lost the server may also say 404 or a number of its own; what the server itself says has a kind. */
  get unknown() { return [0, 502, 503, 504].includes(this.status) || !this.kind && (this.status === 404 || this.status >= 500) }

  /** Whether the server itself has said that nothing was changed, by this try and those before it with the same key. That there were too many it says without a look at the key. */
  get settles() { return !!this.kind && !this.unknown && this.status !== 429 }

  /** Whether something before the server has refused, such as a proxy that wants a login first. That there were too many requests it may say as well as the server. */
  get foreign() { return !this.kind && !this.unknown && this.status !== 429 }

  /** Whether the server has said that there is no such session, or no such seat in it. A proxy's word for it, or that of a page to log in at, does not end a session. */
  get over() { return !!this.kind && [401, 404, 422].includes(this.status) }
}

/**
 * @typedef {object} Options
 * @property {string} [key] of an earlier call, which this one repeats
 * @property {AbortSignal} [newer] once it is aborted, no further try is made
 * @property {() => Promise<boolean>} [still] whether the call still makes sense, which is asked before it is made again after the line was down, and after the server could not make it twice. A call without it is not made again after the line was down.
 *
 * @typedef {{timeout?: number, read?: (answer: Response) => Promise<any>, send?: World['fetch']}} How timeout: of one try, in milliseconds; read: what the answer is made of, if that is not JSON; send: how a file is sent, by something that says itself how far it has come
 * @typedef {How & {key?: string, signal?: AbortSignal}} Once
 */

/** Brings calls to the server, over lines that break. */
export class Requests {
  /** @param {World} [world] @param {(ms: number) => void} [onServerTime] hears the server's clock with every answer */
  constructor(world = browser, onServerTime = () => {}) {
    this.world = world
    this.onServerTime = onServerTime
    /** Hears of requests that were not answered in time. */
    this.onSilence = () => {}
    /** Hears when a command takes long, and when none does any more. @type {(waits: boolean) => void} */
    this.onWait = () => {}
    /** How many commands take long. */
    this.slow = 0
    /** How long answers took lately, in milliseconds. */
    this.pace = 0
    /** Who waits for the line, and hears whether it is up or nobody is to wait any more; null while it is up. @type {Set<(up: boolean) => void>|null} */
    this.waiting = null
    /** How many sessions have been left. */
    this.left = 0
    /** What ends the requests that are under way. @type {Set<(up: boolean) => void>} */
    this.flying = new Set()
  }

  /** The line to the server is down, or up again. In between nothing is tried, and what was under way, over connections that may be dead, waits. @param {boolean} up */
  line(up) {
    const { waiting } = this
    this.waiting = up ? null : waiting ?? new Set()
    for (const act of (up ? waiting : this.flying) ?? []) act(true)
  }

  /** The session has been left: the line is up for what comes next, and what was given before is not sent any more. */
  leave() {
    const { waiting } = this
    this.waiting = null
    this.left++
    for (const act of waiting ?? []) act(false)
  }

  /** Makes one try; while the line is down only one that brings a signal and no file, and so looks whether it still is. @param {string} method @param {string} path @param {object} [body] JSON, or a file @param {Once} [options] @returns {Promise<any>} */
  async once(method, path, body, { key, signal, timeout = TIMEOUT, read, send } = {}) {
    const looks = signal && !send
    if (this.waiting && !looks) throw new Refusal(0, '', '')
    const began = this.world.now()
    const abort = new AbortController()
    const end = () => abort.abort()
    let late = false
    const timer = this.world.after(timeout, () => { late = true; end() })
    signal?.addEventListener('abort', end)
    if (!looks) this.flying.add(end)
    try {
      const said = await this.answered(await (send ?? this.world.fetch)('/api' + path, { method, signal: abort.signal, ...(body && { body: body instanceof Blob ? body : JSON.stringify(body) }), headers: headers(body, key) }), read)
      if (!read && !send) this.pace = Math.max(this.world.now() - began, this.pace / 2) // a file may be long
      return said
    } catch (e) {
      if (late && !looks) this.onSilence()
      throw e instanceof Refusal ? e : new Refusal(0, '', '')
    } finally {
      this.world.cancel(timer)
      signal?.removeEventListener('abort', end)
      this.flying.delete(end)
    }
  }

  /** @param {Response} answer @param {How['read']} [read] */
  async answered(answer, read = (a) => a.json()) {
    const date = Date.parse(answer.headers.get('Date') ?? '')
    if (date) this.onServerTime(date)
    // An answer that breaks off is none; what a proxy says about its own failure may be no JSON.
    const said = answer.ok ? await read(answer) : await answer.json().catch(() => null)
    if (!answer.ok) {
      const refusal = new Refusal(answer.status, said?.error ?? '', said?.detail ?? '', Number(answer.headers.get('Retry-After')) * 1000 || 0, KIND.exec(said?.type)?.[1] ?? '', String(said?.field ?? ''))
      throw Object.assign(refusal, { current: said?.current ?? null, place: { row: said?.row ?? 0, column: said?.column ?? 0, reason: said?.reason ?? '' } })
    }
    return said
  }

  /**
   * Tries again while the outcome is unknown, for a while, with the same key: what is changed is changed once. What is given while the line is down is sent if that is up again in a moment; if not, the
   * refusal is of the kind offline: nothing was sent.
   * @param {string} method @param {string} path @param {object} [body] @param {Options & How} [options] @returns {Promise<any>}
   */
  async call(method, path, body, { key = this.key(), newer, still, ...how } = {}) {
    const changes = method !== 'GET'
    const { left } = this
    if (this.waiting && changes && (!await this.back(MOMENT) || newer?.aborted || still && !await still().catch(() => false))) throw new Refusal(0, '', '', 0, 'offline')
    let last = this.world.now() + LAST_TRY
    let end = this.watch(changes && !how.send)
    let unmade = true // the server has said each time that nothing was changed
    try {
      for (let tries = 0; ; tries++) {
        try {
          return await this.once(method, path, body, changes ? { ...how, key } : how)
        } catch (e) {
          const refusal = /** @type {Refusal} */ (e)
          unmade &&= refusal.kind === 'unavailable'
          if (this.waiting && refusal.unknown) {
            end()
            if (!still || newer?.aborted || !await this.back(LONGEST_LOSS) || !await still().catch(() => false)) throw e
            end = this.watch(changes)
            last = this.world.now() + LAST_TRY
            tries = -1
            continue
          }
          const pause = this.pause(refusal, tries)
          if (pause === null || newer?.aborted || this.world.now() + pause > last) throw e
          await this.wait(pause, newer)
          // Others may have gone on meanwhile: what was meant for their last round must not be done to the next. Where that cannot be asked, nobody has.
          if (newer?.aborted || this.left > left || tries > 0 && unmade && still && !await still().catch(() => true)) throw e
        }
      }
    } finally {
      end()
    }
  }

  /** Says so when something takes long. @param {boolean} says @returns {() => void} ends that */
  watch(says) {
    if (!says) return () => {}
    let waits = false
    const timer = this.world.after(WAIT, () => {
      this.slow++
      this.onWait(waits = true)
    })
    return () => {
      this.world.cancel(timer)
      if (!waits) return
      waits = false
      if (!--this.slow) this.onWait(false)
    }
  }

  /** Waits for the line, not for ever. @param {number} limit in milliseconds @returns {Promise<boolean>} whether it is up */
  back(limit) {
    return new Promise((done) => {
      const timer = this.world.after(limit, () => { this.waiting?.delete(go); done(false) })
      /** @param {boolean} up */
      const go = (up) => { this.world.cancel(timer); done(up) }
      this.waiting?.add(go)
    })
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
const headers = (body, key) => ({ ...(body && !(body instanceof Blob) && { 'Content-Type': 'application/json' }), ...(key && { 'Idempotency-Key': key }) })
