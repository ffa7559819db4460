// @ts-check
import { Stream } from '../static/stream.js'
import { same, settled, test } from './harness.js'
import { StillWorld } from './world.js'

/** @param {() => Promise<boolean>} [mayRetry] */
function setUp(mayRetry) {
  const world = new StillWorld()
  /** @type {unknown[]} */
  const heard = []
  const stream = new Stream('/api/sse/s', {
    event: (e) => heard.push(e), open: () => heard.push('open'), lost: (at) => heard.push(['lost', at - world.now()]), ...(mayRetry && { mayRetry }),
  }, world)
  return { world, heard, stream }
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
  await world.pass(60_000)
  same(heard, ['open', ['lost', 8_000], 'open'])
  same(world.lines.length, 1, 'streams')
})

test('if the browser does not come back, a new stream is opened', async () => {
  const { world } = setUp()
  world.line.open()
  world.line.break(0)
  await world.pass(8_000)
  same([world.lines.length, world.lines[0].readyState], [2, 2], 'streams, and the state of the first')
})

test('the pauses grow up to a bound, and begin anew after success', async () => {
  const { world, heard } = setUp()
  for (let n = 0; n < 8; n++) {
    world.line.break(2)
    await world.pass(15_000)
  }
  same(heard, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000].map((ms) => ['lost', ms]))
  world.line.open()
  world.line.break(2)
  same(heard.slice(-2), ['open', ['lost', 500]])
})

test('half of each pause is left to chance', () => {
  const { world, heard } = setUp()
  world.chance = 0
  world.line.break(2)
  same(heard, [['lost', 250]])
})

test('when the network is back, the pause is over', async () => {
  const { world } = setUp()
  world.line.break(2)
  for (const listener of world.listeners) listener()
  await settled()
  same(world.lines.length, 2, 'streams')
})

test('who may not come back does not', async () => {
  const { world } = setUp(async () => false)
  world.line.break(2)
  await world.pass(60_000)
  same(world.lines.length, 1, 'streams')
})

test('a stream that came back while permission was asked for is kept', async () => {
  let allow = (/** @type {boolean} */ _) => {}
  const { world } = setUp(() => new Promise((done) => { allow = done }))
  world.line.open()
  world.line.break(0)
  await world.pass(8_000)
  world.line.open()
  allow(true)
  await settled()
  same(world.lines.length, 1, 'streams')
})
