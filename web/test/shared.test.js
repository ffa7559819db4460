// @ts-check
import { LAST_WORD, MOST, PATIENCE, share } from '../static/shared.js'
import { DOUBT, SILENCE, Stream } from '../static/stream.js'
import { same, settled, test } from './harness.js'
import { StillWorld } from './world.js'

const WHOLE = JSON.stringify({ type: 'session_updated', n: 0 })
/** @param {number} n */
const part = (n) => ({ type: 'vote_submitted', n })

/** A browser whose tabs have one set of locks and channels. */
class Browser {
  constructor() {
    this.world = new StillWorld()
    this.dead = new Set()
    /** @type {{name: string, onmessage: ((m: any) => void)|null}[]} */
    this.channels = []
    /** @type {{run: () => unknown, done?: boolean}[]} */
    this.queue = []
    this.busy = false
  }

  /** Opens a tab, and says what it hears. @param {boolean} [locks] */
  tab(locks = true) {
    /** @type {unknown[]} */
    const heard = []
    const source = share('/x', this.world, () => this.world.source('/x'), { locks: locks ? /** @type {any} */ (this.locks()) : undefined, channel: (name) => /** @type {any} */ (this.channel(name)) })
    source.onopen = () => heard.push('open')
    source.onmessage = (m) => heard.push(JSON.parse(m.data).n)
    source.onerror = () => heard.push('error')
    source.addEventListener('ping', () => heard.push('ping'))
    return { source, heard }
  }

  locks() {
    return {
      request: (/** @type {string} */ _, /** @type {{signal: AbortSignal}} */ { signal }, /** @type {() => unknown} */ run) => {
        this.queue.push({ run: () => signal.aborted ? undefined : run() })
        void this.next()
        return Promise.resolve()
      },
    }
  }

  async next() {
    if (this.busy) return
    this.busy = true
    for (let first = this.queue.shift(); first; first = this.queue.shift()) await first.run()
    this.busy = false
  }

  /** @param {string} name */
  channel(name) {
    /** @type {{name: string, onmessage: ((m: any) => void)|null, postMessage: (data: unknown) => void, close: () => void}} */
    const channel = {
      name, onmessage: null,
      postMessage: (data) => {
        for (const other of this.channels) if (other !== channel && other.name === name) queueMicrotask(() => other.onmessage?.({ data }))
      },
      close: () => { this.channels = this.channels.filter((c) => c !== channel) },
    }
    this.channels.push(channel)
    return channel
  }

  /** @param {unknown} event */
  say(event) { this.world.line.say(event) }
}

test('tabs have one stream, and all hear it', async () => {
  const browser = new Browser()
  const tabs = [browser.tab(), browser.tab(), browser.tab()]
  await settled()
  browser.world.line.open()
  browser.say(JSON.parse(WHOLE))
  browser.say(part(1))
  browser.world.line.ping()
  const late = browser.tab()
  browser.say(part(2))
  await settled()
  same(browser.world.lines.length, 1, 'streams')
  for (const tab of tabs) same([tab.heard, tab.source.readyState], [['open', 0, 1, 'ping', 2], 1])
  same(late.heard, ['open', 0, 1, 2], 'who comes later')
})

test('the next tab hears the last event before it asks for a stream of its own', async () => {
  const browser = new Browser()
  const [first, second] = [browser.tab(), browser.tab()]
  await settled()
  browser.world.line.open()
  browser.say(JSON.parse(WHOLE))
  browser.say({ type: 'user_left', n: 1 })
  first.source.close()
  await browser.world.pass(LAST_WORD - 1)
  same([second.heard, browser.world.lines.length], [['open', 0, 1], 1], 'before')
  await browser.world.pass(1)
  same(browser.world.lines.length, 2, 'streams, if it was not the end')
  second.source.close()
})

test('the next tab takes over when the one with the stream closes', async () => {
  const browser = new Browser()
  const [first, second, third] = [browser.tab(), browser.tab(), browser.tab()]
  await settled()
  browser.world.line.open()
  browser.say(JSON.parse(WHOLE))
  await browser.world.pass(LAST_WORD)
  second.source.close()
  first.source.close()
  await settled()
  same([browser.world.lines.length, browser.world.lines[0].readyState], [2, 2])
  browser.world.line.open()
  browser.say({ type: 'session_updated', n: 7 })
  await settled()
  same(third.heard, ['open', 0, 'open', 7])
  same([first.heard, second.heard], [['open', 0], ['open', 0]], 'who is closed')
  third.source.close()
  await browser.world.pass(LAST_WORD)
  same([browser.channels.length, browser.world.timers.size], [0, 0], 'what is left')
})

test('a stream that breaks is broken for all, and comes back for all', async () => {
  const browser = new Browser()
  const tabs = [browser.tab(), browser.tab()]
  await settled()
  browser.world.line.open()
  browser.say(JSON.parse(WHOLE))
  browser.world.line.break(0)
  await settled()
  for (const tab of tabs) same([tab.heard, tab.source.readyState], [['open', 0, 'error'], 0])
  browser.world.line.open()
  browser.say(part(1))
  await settled()
  for (const tab of tabs) same([tab.heard, tab.source.readyState], [['open', 0, 'error', 'open', 1], 1])
  browser.world.line.break(2)
  await settled()
  for (const tab of tabs) same(tab.source.readyState, 2)
})

test('a tab that comes while the stream is down hears the whole when it is up', async () => {
  const browser = new Browser()
  browser.tab()
  await settled()
  const late = browser.tab()
  browser.world.line.open()
  await settled()
  same([late.heard, late.source.readyState], [[], 0])
  browser.say(JSON.parse(WHOLE))
  await settled()
  same([late.heard, late.source.readyState], [['open', 0], 1])
})

test('a tab that nobody answers has a stream of its own', async () => {
  const browser = new Browser()
  const frozen = browser.tab()
  await settled()
  browser.channels[0].onmessage = null
  const late = browser.tab()
  await browser.world.pass(PATIENCE)
  same(browser.world.lines.length, 2)
  browser.world.line.open()
  browser.say(JSON.parse(WHOLE))
  same([frozen.heard, late.heard], [[], ['open', 0]])
})

test('what is too much to be told is begun anew', async () => {
  const browser = new Browser()
  const first = browser.tab()
  await settled()
  browser.world.line.open()
  browser.say(JSON.parse(WHOLE))
  for (let n = 0; n < MOST; n++) browser.say(part(n))
  const late = browser.tab()
  await settled()
  same([browser.world.lines.length, browser.world.lines[0].readyState], [2, 2])
  browser.world.line.open()
  browser.say({ type: 'session_updated', n: 'all' })
  await settled()
  same([late.heard, first.heard.at(-1)], [['open', 'all'], 'all'])
})

test('without locks each tab has its own stream', () => {
  const browser = new Browser()
  browser.tab(false)
  browser.tab(false)
  same([browser.world.lines.length, browser.channels.length], [2, 0])
})

test('a tab whose leader has frozen comes back by a stream of its own', async () => {
  const browser = new Browser()
  browser.tab()
  await settled()
  browser.world.line.open()
  browser.say(JSON.parse(WHOLE))
  const source = () => share('/x', browser.world, () => browser.world.source('/x'), { locks: /** @type {any} */ (browser.locks()), channel: (name) => /** @type {any} */ (browser.channel(name)) })
  let opened = 0
  const stream = new Stream('/x', { event: () => {}, open: () => { opened++ }, lost: () => {} }, { ...browser.world, source })
  await settled()
  same(opened, 1, 'before')
  browser.channels[0].onmessage = null // the leader says and hears nothing any more, and keeps the lock
  for (let n = 0; n < 20 && browser.world.lines.length < 2; n++) await browser.world.pass(SILENCE / 10)
  same(browser.world.lines.length, 2, 'streams')
  browser.world.line.open()
  browser.say(JSON.parse(WHOLE))
  await settled()
  same([opened, stream.live], [2, true])
  stream.close()
})

test('a tab whose stream is silent does not tell another that all is well', async () => {
  const browser = new Browser()
  browser.tab()
  await settled()
  browser.world.line.open()
  browser.say(JSON.parse(WHOLE))
  await browser.world.pass(DOUBT) // frozen, it notices nothing itself
  const late = browser.tab()
  await settled()
  same(late.heard, [], 'from the silent tab')
  await browser.world.pass(PATIENCE)
  browser.world.line.open()
  browser.say(JSON.parse(WHOLE))
  same([browser.world.lines.length, late.heard], [2, ['open', 0]])
})
