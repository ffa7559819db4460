// @ts-check
/** @import { Source, World } from './types.js' */
import { alone } from './here.js'
import { DOUBT } from './stream.js'

/** How long a tab waits for the one that has the stream, in milliseconds, before it opens its own. */
export const PATIENCE = 3_000
/** How long after an event a tab keeps the place of the one that has the stream, in milliseconds: the next one hears the event, which may end the session, before it asks for a stream of its own. */
export const LAST_WORD = 500
/** How many events are kept for a tab that comes later. */
export const MOST = 500

/**
 * What tabs tell each other. ask: who comes asks for what there was so far. to: it is given to them. data: an event. ping: one of those. state: of the stream, as an EventSource has it.
 * @typedef {{ask?: string, to?: string, kept?: string[], data?: string, ping?: true, state?: number}} Note
 * @typedef {{locks?: Pick<LockManager, 'request'>, channel: (name: string) => BroadcastChannel}} Tools
 */

/** @returns {Tools} */
const browserTools = () => ({ locks: navigator.locks, channel: (name) => new BroadcastChannel(name) })

/**
 * A stream that all tabs of this browser share which want the same one: by HTTP/1.1 a browser has six connections to a server, and six streams would leave none to vote with. Where tabs cannot
 * agree on who has it, as on pages that came by plain http over a network, each has its own.
 * @param {string} url @param {World} world @param {() => Source} open @param {Tools} [tools] @returns {Source}
 */
export function share(url, world, open, { locks, channel } = browserTools()) {
  return locks ? new Shared(`magnapp ${url}`, world, open, locks, channel) : open()
}

/** The world of a page whose tabs share their streams, and answer for them. @param {World} world @returns {World} */
export const together = (world) => ({ ...world, source: (url) => share(url, world, () => alone(world).source(url)) })

/** One tab's part in a shared stream: the tab that has the lock has the stream, and tells the others what it hears. @implements {Source} */
class Shared {
  /** @param {string} name @param {World} world @param {() => Source} open @param {Pick<LockManager, 'request'>} locks @param {Tools['channel']} channel */
  constructor(name, world, open, locks, channel) {
    this.world = world
    this.open = open
    this.waits = PATIENCE
    this.readyState = 0
    /** @type {Source['onopen']} */
    this.onopen = null
    /** @type {Source['onmessage']} */
    this.onmessage = null
    /** @type {Source['onerror']} */
    this.onerror = null
    /** @type {Record<'open'|'ping', (() => void)[]>} */
    this.listeners = { open: [], ping: [] }
    this.id = [...world.bytes(8)].join('.')
    /** This tab's own stream, if it has one. @type {Source|null} */
    this.source = null
    this.leads = false
    /** When its own stream gave the last sign of life. */
    this.heard = -Infinity
    /** When it brought the last event. */
    this.said = -Infinity
    /** Whether this tab has all that there was, or its own stream, which says so. */
    this.caughtUp = false
    /** The events since the last one that said everything. @type {string[]} */
    this.kept = []
    this.release = () => {}
    this.ended = new AbortController()
    this.channel = channel(name)
    this.channel.onmessage = (m) => this.told(m.data)
    locks.request(name, { signal: this.ended.signal }, () => this.lead()).catch(() => {}) // closed while it waited
    this.channel.postMessage(/** @type {Note} */ ({ ask: this.id }))
    this.timer = world.after(PATIENCE, () => { if (!this.source && !this.caughtUp) this.connect() })
  }

  /** @param {'open'|'ping'} type @param {() => void} listener */
  addEventListener(type, listener) { this.listeners[type].push(listener) }

  /** This tab has the stream, from now until it closes. */
  lead() {
    if (this.ended.signal.aborted) return
    this.leads = true
    if (!this.source) this.connect()
    return new Promise((done) => { this.release = () => done(undefined) })
  }

  connect() {
    const source = this.source = this.open()
    this.kept = []
    this.caughtUp = true
    source.onopen = () => this.spread({ state: 1 })
    source.onmessage = (m) => this.spread({ data: m.data })
    source.onerror = () => this.spread({ state: source.readyState })
    source.addEventListener('ping', () => this.spread({ ping: true }))
  }

  /** Something has come by this tab's own stream. @param {Note} note */
  spread(note) {
    if (this.ended.signal.aborted) return
    this.heard = this.world.now()
    if (note.data !== undefined) {
      this.said = this.heard
      if (whole(note.data)) this.kept = []
      if (this.kept.length <= MOST) this.kept.push(note.data)
    }
    if (this.leads) this.channel.postMessage(note)
    this.take(note)
  }

  /** Another tab says something. @param {Note} note */
  told(note) {
    if (this.ended.signal.aborted) return
    if (note.ask) this.asked(note.ask)
    else if (this.source) return
    else if (!note.to) this.take(note)
    else if (note.to === this.id && !this.caughtUp) for (const data of note.kept ?? []) this.take({ data }, true)
  }

  /** A tab has come later. @param {string} who */
  asked(who) {
    if (!this.leads || this.source?.readyState !== 1) return // it hears when the stream begins
    if (this.world.now() - this.heard >= DOUBT) return // as in a tab that has frozen: nobody knows what this one has missed
    if (this.kept.length <= MOST) {
      if (this.kept.length) this.channel.postMessage(/** @type {Note} */ ({ to: who, kept: this.kept }))
      return
    }
    this.source.close(true) // too much to tell: a stream that begins anew says it all
    this.connect()
  }

  /** @param {Note} note @param {boolean} [old] whether it happened before this tab came */
  take({ data, ping, state }, old = false) {
    if (!this.caughtUp) {
      if (data === undefined || !whole(data)) return
      this.caughtUp = true
      this.becomes(1)
    }
    if (state !== undefined) this.becomes(state)
    if (data !== undefined) this.onmessage?.(Object.assign(new MessageEvent('message', { data }), { old }))
    if (ping) for (const listener of this.listeners.ping) listener()
  }

  /** @param {number} state */
  becomes(state) {
    this.readyState = state
    if (state === 1) {
      for (const listener of this.listeners.open) listener()
      this.onopen?.(new Event('open'))
    } else this.onerror?.(new Event('error'))
  }

  /** @param {boolean} [lost] */
  close(lost) {
    this.ended.abort()
    this.world.cancel(this.timer)
    this.readyState = 2
    this.source?.close(lost)
    this.channel.close()
    const rest = this.said + LAST_WORD - this.world.now()
    if (this.leads && rest > 0) this.world.after(rest, this.release)
    else this.release()
  }
}

/** Whether an event says everything, so that nothing before it is needed. @param {string} data */
const whole = (data) => /^\{"type":"sessions?_updated"/.test(data)
