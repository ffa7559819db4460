// @ts-check
import { DOUBT, SILENCE, Stream } from '../static/stream.js'
import { EARNED } from '../static/tries.js'
import { same, settled, test } from './harness.js'
import { StillWorld } from './world.js'

/** @typedef {import('../static/stream.js').On['mayReturn']} MayReturn */

/** @param {MayReturn} [mayReturn] */
function setUp(mayReturn) {
  const world = new StillWorld()
  /** @type {unknown[]} */
  const heard = []
  const stream = new Stream('/api/sse/s', {
    event: (e) => heard.push(e), open: () => heard.push('open'), lost: (at) => heard.push(at === null ? 'trying' : at - world.now()), ...(mayReturn && { mayReturn }),
  }, world)
  return { world, heard, stream }
}

/** A server that a test takes away, and how often it was asked. */
class Server {
  constructor() {
    this.asked = 0
    this.under = 0
    this.most = 0
    /** @type {'yes'|'no'|'later'|'silent'} */
    this.says = 'yes'
    /** @type {MayReturn} */
    this.answers = async (patience, signal) => {
      this.asked++
      if (this.says !== 'silent') return this.says
      this.most = Math.max(this.most, ++this.under)
      await new Promise((done) => {
        const end = () => { this.under--; this.world?.cancel(timer); done(undefined) }
        const timer = this.world?.after(patience, end)
        signal.addEventListener('abort', end)
      })
      return 'later'
    }
    /** @type {StillWorld|null} */
    this.world = null
  }
}

function withServer() {
  const server = new Server()
  const all = setUp(server.answers)
  server.world = all.world
  all.world.line.open()
  return { server, ...all }
}

test('events are passed on, until the stream is closed', () => {
  const { world, heard, stream } = setUp()
  world.line.open()
  world.line.say({ type: 'a' })
  stream.close()
  world.line.say({ type: 'b' })
  same(heard, ['open', { type: 'a' }])
  same([world.line.readyState, world.timers.size, world.listeners.size], [2, 0, 0], 'what is left')
})

test('the browser comes back by itself first, so that it resumes', async () => {
  const { world, heard } = setUp()
  world.line.open()
  world.line.break(0)
  world.line.open()
  await world.pass(DOUBT - 1)
  same(heard, ['open', 'trying', 'open'])
  same(world.lines.length, 1, 'streams')
})

test('if the browser does not come back, a new stream is opened', async () => {
  const { world } = setUp()
  world.line.open()
  world.line.break(0)
  await world.pass(5_500)
  same([world.lines.length, world.lines[0].readyState], [2, 2], 'streams, and the state of the first')
})

test('if the browser fails to come back, a new stream is opened soon', async () => {
  const { world, heard } = setUp()
  world.line.open()
  world.line.break(0)
  world.line.break(0)
  await world.pass(500)
  world.line.open()
  same([world.lines.length, heard.at(-1)], [2, 'open'], 'streams, and what was heard last')
})

test('a stream that has missed a ping is opened anew, and nobody sees it, if the server answers', async () => {
  const { server, world, heard } = withServer()
  await world.pass(DOUBT - 1)
  same([server.asked, world.lines.length], [0, 1], 'a moment before')
  await world.pass(1)
  same([server.asked, world.lines.length, world.lines[0].readyState], [1, 2, 2], 'questions, streams, and the state of the first')
  world.line.open()
  await world.pass(DOUBT - 1)
  same(heard, ['open', 'open'])
})

test('a page comes back from a server that stands still before its people are missed', async () => {
  const { server, world } = withServer()
  await world.pass(15_000)
  world.line.ping() // the last one, a moment before the server stands still
  await world.pass(15_000 + 1_999) // one that comes a little late is no reason for anything
  same([server.asked, world.lines.length], [0, 1])
  await world.pass(1) // the other servers have missed it for 15 s
  same([server.asked, world.lines.length], [1, 2])
})

test('a stream that has missed a ping is lost if the server does not answer', async () => {
  const { server, world, heard } = withServer()
  server.says = 'silent'
  await world.pass(DOUBT + 2_000)
  same([heard[0], heard.length > 1], ['open', true], 'what was heard, and whether it is lost')
})

test('a stream that is not heard of for 40 s is dead, even if too much was tried to look at it', async () => {
  const { world, heard, stream } = setUp()
  world.line.open()
  stream.tries.left = -1
  await world.pass(SILENCE - 1)
  same([heard, world.lines.length], [['open'], 1], 'a moment before')
  await world.pass(1)
  same([heard[1], world.lines[0].readyState], ['trying', 2], 'what was heard, and the state of the stream')
  for (let n = 0; n < 400 && world.lines.length < 2; n++) await world.pass(EARNED / 80)
  world.line.open()
  same(heard.at(-1), 'open', 'at last')
})

test('a ping is a sign of life, and so is an event', async () => {
  const { world, heard } = setUp()
  world.line.open()
  for (let n = 0; n < 10; n++) {
    await world.pass(DOUBT - 1_000)
    if (n % 2) world.line.ping()
    else world.line.say({ type: 'a' })
  }
  same(heard.includes('trying'), false, 'it was lost')
  same(world.lines.length, 1, 'streams')
})

test('a stream that does not begin is given up', async () => {
  const { world, heard } = setUp()
  await world.pass(8_000)
  same([world.line.readyState, heard], [2, [500]], 'the stream, and what was heard')
})

test('a try that meets a network which does not answer ends, and the next one follows', async () => {
  const { server, world, heard } = withServer()
  server.says = 'silent'
  world.line.break(2)
  await world.pass(500)
  same(heard.at(-1), 'trying', 'while it is under way')
  await world.pass(6_000)
  same(heard.some((h) => Number(h) > 1_000), true, 'after it')
  server.says = 'yes'
  for (let s = 0; s < 8 && world.lines.length < 2; s++) await world.pass(500)
  world.line.open()
  same([heard.at(-1), server.most], ['open', 1], 'at last, and requests at a time')
})

test('a browser that would use dead connections first is rid of six of them within five seconds', async () => {
  const { server, world } = withServer()
  server.says = 'silent'
  await world.pass(DOUBT)
  for (let s = 0; s < 10 && server.asked < 6; s++) await world.pass(500)
  same([server.asked, server.most], [6, 1], 'tries in five seconds, and at a time')
  server.says = 'yes'
  await world.pass(4_000)
  same(world.lines.length, 2, 'streams')
})

test('a proxy that says at once that it has no server is not asked more often because the server was silent before', async () => {
  const { server, world } = withServer()
  server.says = 'silent'
  world.line.break(2)
  await world.pass(1_000)
  server.says = 'later'
  const before = server.asked
  await world.pass(10_000)
  same([before > 0, server.asked - before < 6], [true, true], 'asked while it was silent, and few times afterwards')
  server.says = 'yes'
  await world.pass(4_000)
  same(world.lines.length, 2, 'streams')
})

test('a network that is slow, and not dead, is waited for', async () => {
  const world = new StillWorld()
  /** @type {number[]} */
  const patience = []
  const stream = new Stream('/api/sse/s', { event: () => {}, open: () => {}, lost: () => {}, mayReturn: async (ms) => { patience.push(ms); return 'later' } }, world, () => 1_000)
  world.line.break(2)
  await world.pass(300_000)
  stream.close()
  same([patience[0], patience.at(-1)], [4_000, 8_000], 'the patience of the first and the last try')
})

for (const [name, says, wakes] of /** @type {[string, Server['says'], boolean][]} */ ([
  ['that refuses', 'later', false], ['that hangs', 'silent', false], ['that refuses, in a page that is woken all the time', 'later', true], ['that hangs, in a page that is woken all the time', 'silent', true],
])) {
  test(`in ten minutes without a server, ${name}, at most 40 tries are made, one at a time`, async () => {
    for (const chance of [0, 1]) {
      const { server, world } = withServer()
      world.chance = chance
      server.says = says
      world.line.break(2)
      for (let s = 0; s < 600; s += 3) {
        if (wakes) for (const type of /** @type {const} */ (['offline', 'pageshow', 'visibilitychange', 'online'])) world.fires(type)
        await world.pass(3_000)
      }
      same([server.asked <= 40, server.asked > 20, server.most <= 1, world.lines.length], [true, true, true, 1], `${server.asked} tries: not too many, not too few; at a time; streams`)
    }
  })
}

test('a server that takes streams and drops them is not asked more often', async () => {
  const { server, world } = withServer()
  for (let s = 0; s < 600; s += 3) {
    if (world.line.readyState === 0) world.line.open()
    if (world.line.readyState === 1) world.line.break(s % 2 ? 0 : 2)
    await world.pass(3_000)
  }
  same([server.asked <= 40, world.lines.length > 10], [true, true], `${server.asked} tries, ${world.lines.length} streams`)
})

test('tries follow each other within four seconds at first', async () => {
  const { server, world } = withServer()
  server.says = 'later'
  world.line.break(2)
  for (let s = 0; s < 60; s += 4) {
    const before = server.asked
    await world.pass(4_000)
    same(server.asked > before, true, `a try in the four seconds after ${s} s`)
  }
})

test('when the network is back, the pause is over', async () => {
  const { server, world, heard } = withServer()
  server.says = 'later'
  world.line.break(2)
  await world.pass(120_000)
  same(Number(heard.at(-1)) > 10_000, true, 'a long pause')
  server.says = 'yes'
  await world.happens('online')
  same(world.lines.length, 2, 'streams')
})

test('a network that went and came has ended the stream, whatever the server says', async () => {
  const { server, world, heard } = withServer()
  await world.happens('offline')
  same([server.asked, world.lines.length], [1, 1], 'asked, and streams, when it went')
  await world.pass(1_000)
  await world.happens('online')
  same([server.asked, world.lines.length], [2, 2], 'asked, and streams, when it came')
  world.line.open()
  same(heard, ['open', 'open'], 'nothing was lost')
})

test('a network that went and took the server along is noticed at once', async () => {
  const { server, world, heard } = withServer()
  server.says = 'later'
  await world.happens('offline')
  await world.pass(600)
  same([heard.length, typeof heard.at(-1), world.lines[0].readyState], [2, 'number', 2])
})

for (const type of /** @type {const} */ (['pageshow', 'visibilitychange'])) {
  test(`a page that comes back by ${type} looks at a stream that has been silent`, async () => {
    const { server, world } = withServer()
    await world.pass(DOUBT - 1)
    await world.happens(type)
    same(server.asked, 0, 'asked after a short silence')
    await world.pass(1)
    await world.happens(type)
    same([server.asked, world.lines.length], [1, 2], 'asked, and streams')
  })
}

test('a page that is hidden does not look', async () => {
  const { server, world } = withServer()
  server.says = 'later'
  world.line.break(2)
  while (server.asked < 4) await world.pass(500)
  await world.pass(1_500)
  world.seen = false
  await world.happens('visibilitychange')
  same(server.asked, 4, 'asked')
  world.seen = true
  await world.happens('visibilitychange')
  same(server.asked, 5, 'asked when it is seen')
})

test('after the machine has slept, the stream is looked at', async () => {
  const { server, world } = withServer()
  await world.sleep(DOUBT + 1_000)
  same([server.asked, world.lines.length], [1, 2], 'asked, and streams')
})

test('a request that was not answered casts doubt on the stream', async () => {
  const { server, world, stream } = withServer()
  stream.unanswered()
  await settled()
  same([server.asked, world.lines.length], [1, 2], 'asked, and streams')
})

test('a stream that was in doubt and lives is left alone', async () => {
  const { server, world, heard } = withServer()
  await world.happens('offline')
  world.line.say({ type: 'a' })
  same([server.asked, world.lines.length, heard], [1, 1, ['open', { type: 'a' }]])
})

test('a stream that is opened anew and does not begin is given up soon', async () => {
  const { world } = withServer()
  world.line.break(2)
  await world.pass(500)
  same(world.lines.length, 2, 'streams')
  await world.pass(2_600)
  same([world.lines[1].readyState, world.lines.length], [2, 3], 'its state, and streams')
})

test('somebody who asks for a try gets one, and sees it', async () => {
  const { server, world, heard, stream } = withServer()
  server.says = 'later'
  world.line.break(2)
  await world.pass(300_000)
  const { asked } = server
  stream.retry()
  stream.retry()
  await settled()
  same([server.asked - asked, heard.at(-1)], [1, 'trying'], 'tries, and what is shown')
  await world.pass(500)
  same(heard.at(-1), 'trying', 'what is shown half a second later')
  await world.pass(100)
  same(typeof heard.at(-1), 'number', 'what is shown after that')
})

test('who may not come back does not', async () => {
  const { world } = setUp(async () => 'no')
  world.line.break(2)
  await world.pass(60_000)
  same(world.lines.length, 1, 'streams')
})

test('what a stream says that was given up counts for nothing', async () => {
  const { world, heard } = withServer()
  const first = world.line
  await world.pass(DOUBT)
  world.line.open()
  first.say({ type: 'late' })
  first.break(0)
  same([heard.filter((h) => h !== 'trying'), heard.at(-1)], [['open', 'open'], 'open'])
})

test('a stream that is closed while a try is under way stays closed', async () => {
  const { server, world, stream } = withServer()
  server.says = 'silent'
  world.line.break(2)
  await world.pass(1_000)
  stream.close()
  await world.pass(60_000)
  same([world.lines.length, world.timers.size], [1, 0], 'streams, and timers that are left')
})
