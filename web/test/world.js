// @ts-check
/** @import { Source, World } from '../static/types.js' */
import { settled } from './harness.js'

/** A browser without a network, whose clock stands still until a test moves it. @implements {World} */
export class StillWorld {
  constructor() {
    this.time = Date.UTC(2026, 0, 1)
    /** @type {Request[]} */
    this.requests = []
    /** @type {Line[]} */
    this.lines = []
    /** @type {Set<{at: number, what: () => void}>} */
    this.timers = new Set()
    /** @type {Set<{type: string, listener: () => void}>} */
    this.listeners = new Set()
    this.seen = true
    this.drawn = 0
    this.chance = 1

    // Passed on without their object, as the browser's own may be.
    this.fetch = (/** @type {string} */ path, /** @type {RequestInit} */ init) => {
      const request = new Request(path, init)
      this.requests.push(request)
      return request.outcome
    }
    this.source = (/** @type {string} */ url) => {
      this.lines.push(new Line(url))
      return this.lines[this.lines.length - 1]
    }
    /** @type {string[]} */
    this.beacons = []
    this.beacon = (/** @type {string} */ url) => { this.beacons.push(url) }
    this.bytes = (/** @type {number} */ n) => new Uint8Array(n).fill(++this.drawn)
    this.random = () => this.chance
    this.now = () => this.time
    this.after = (/** @type {number} */ ms, /** @type {() => void} */ what) => {
      const timer = { at: this.time + ms, what }
      this.timers.add(timer)
      return timer
    }
    this.cancel = (/** @type {any} */ timer) => { this.timers.delete(timer) }
    this.visible = () => this.seen
    this.listen = (/** @type {string} */ type, /** @type {() => void} */ listener) => {
      const one = { type, listener }
      this.listeners.add(one)
      return () => { this.listeners.delete(one) }
    }
  }

  /** Lets something happen to the page. @param {'online'|'offline'|'pageshow'|'visibilitychange'} type */
  async happens(type) {
    this.fires(type)
    await settled()
  }

  /** The same, and more may happen at once. @param {'online'|'offline'|'pageshow'|'visibilitychange'} type */
  fires(type) { for (const one of this.listeners) if (one.type === type) one.listener() }

  /** The machine sleeps: the clock goes on, and what was due is late. @param {number} ms */
  async sleep(ms) {
    await settled()
    this.time += ms
    for (const timer of [...this.timers].filter((t) => t.at <= this.time)) timer.at = this.time
    await this.pass(0)
  }

  /** Lets time pass, and everything happen that is due. @param {number} ms */
  async pass(ms) {
    await settled()
    const until = this.time + ms
    for (let next = this.next(until); next; next = this.next(until)) {
      this.time = next.at
      this.timers.delete(next)
      next.what()
      await settled()
    }
    this.time = until
  }

  /** @param {number} until */
  next(until) { return [...this.timers].filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0] }

  /** The request that waits for its answer. */
  async request() {
    const waiting = () => this.requests.filter((r) => !r.done)
    for (let n = 0; n < 50 && waiting().length !== 1; n++) await settled()
    await settled()
    const open = waiting()
    if (open.length !== 1) throw new Error(`${open.length} requests wait for an answer, want one`)
    return open[0]
  }

  /** The stream that was opened last. */
  get line() { return this.lines[this.lines.length - 1] }
}

class Request {
  /** @param {string} path @param {RequestInit} init */
  constructor(path, init) {
    this.path = path
    this.method = init.method
    this.key = new Headers(init.headers).get('Idempotency-Key')
    this.body = typeof init.body === 'string' ? JSON.parse(init.body) : null
    this.done = false
    /** @type {Promise<Response>} */
    this.outcome = new Promise((taken, lost) => { this.taken = taken; this.broken = lost })
    init.signal?.addEventListener('abort', () => void this.lose())
  }

  /** @param {number} status @param {unknown} [said] JSON, or text as it is @param {Record<string, string>} [headers] */
  async answer(status, said = {}, headers = {}) {
    this.done = true
    this.taken?.(new Response(typeof said === 'string' ? said : JSON.stringify(said), { status, headers }))
    await settled()
  }

  /** No answer comes. */
  async lose() {
    this.done = true
    this.broken?.(new TypeError('Failed to fetch'))
    await settled()
  }
}

/** @implements {Source} */
class Line {
  /** @param {string} url */
  constructor(url) {
    this.url = url
    this.readyState = 0
    /** @type {Source['onopen']} */
    this.onopen = null
    /** @type {Source['onmessage']} */
    this.onmessage = null
    /** @type {Source['onerror']} */
    this.onerror = null
    /** @type {Set<{type: string, listener: () => void}>} */
    this.listeners = new Set()
  }

  /** @param {string} type @param {() => void} listener */
  addEventListener(type, listener) { this.listeners.add({ type, listener }) }

  /** @param {'open'|'ping'} type */
  hears(type) { for (const one of this.listeners) if (one.type === type) one.listener() }

  ping() { this.hears('ping') }

  open() {
    this.readyState = 1
    this.hears('open')
    this.onopen?.(new Event('open'))
  }

  /** @param {unknown} event */
  say(event) { this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(event) })) }

  /** @param {0|2} readyState 0: the browser comes back by itself */
  break(readyState) {
    this.readyState = readyState
    this.onerror?.(new Event('error'))
  }

  close() { this.readyState = 2 }
}
