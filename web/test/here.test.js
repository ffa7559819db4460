// @ts-check
import { alone, answering, goodbye, noGoodbye, SPREAD } from '../static/here.js'
import { TIMEOUT } from '../static/requests.js'
import { SILENCE, Stream } from '../static/stream.js'
import { same, settled, test } from './harness.js'
import { StillWorld } from './world.js'

const URL_OF_MINE = '/api/sse/s-1?ping=true&user_id=u-1'
const TO = '/api/sessions/s-1/here?user_id=u-1&place=0101010101010101'

/** @param {string} url */
function setUp(url = URL_OF_MINE) {
  const world = new StillWorld()
  const source = answering(url, world, world.source)
  return { world, source }
}

test('every second ping is answered, a little later', async () => {
  const { world, source } = setUp()
  same(world.line.url, URL_OF_MINE + '&place=0101010101010101')
  for (let n = 0; n < 3; n++) {
    world.line.ping()
    await world.pass(15_000)
    same(world.requests.length, n, 'answers after an odd ping')
    world.line.ping()
    await settled()
    same(world.requests.length, n, 'answers at once')
    await world.pass(SPREAD)
    same([world.requests.length, world.requests[n].method, world.requests[n].path], [n + 1, 'POST', TO])
    await world.requests[n].answer(200)
  }
  source.close()
})

test('an answer that was lost is given at the next ping', async () => {
  const { world, source } = setUp()
  world.line.ping()
  world.line.ping()
  await world.pass(SPREAD)
  await world.requests[0].lose()
  world.line.ping()
  await world.pass(SPREAD)
  same(world.requests.length, 2)
  await world.requests[1].answer(429)
  world.line.ping()
  await world.pass(SPREAD)
  same(world.requests.length, 3)
  source.close()
})

test('a stream that is closed is not answered for', async () => {
  const { world, source } = setUp()
  world.line.ping()
  world.line.ping()
  source.close()
  await world.pass(SPREAD)
  goodbye()
  same([world.requests.length, world.beacons, world.line.readyState], [0, [], 2])
})

test('a goodbye is said for each stream that is open', () => {
  const { world, source } = setUp()
  goodbye()
  same(world.beacons, [TO + '&gone=true'])
  source.close()
})

test('a goodbye is said for a stream that the browser has ended a moment before the page goes, once', () => {
  const { world, source } = setUp()
  world.line.open()
  world.line.break(2)
  source.close(true)
  goodbye()
  goodbye()
  same(world.beacons, [TO + '&gone=true'])
})

/** What becomes of a stream while the page keeps it open. @param {(world: StillWorld) => unknown} happens @param {import('../static/stream.js').On['mayReturn']} [mayReturn] */
async function kept(happens, mayReturn) {
  const world = new StillWorld()
  const stream = new Stream(URL_OF_MINE, { event: () => {}, open: () => {}, lost: () => {}, ...(mayReturn && { mayReturn }) }, alone(world))
  world.line.open()
  await settled()
  await happens(world)
  return { world, stream }
}

/** @param {StillWorld} world */
const breaks = (world) => {
  world.line.break(0)
  world.line.break(0)
}

/** @param {StillWorld} world */
const fallsSilent = async (world) => { for (let n = 0; n < 10; n++) await world.pass(SILENCE / 10) }

test('a goodbye is said for a stream that is down when the page goes before the next try, once', async () => {
  for (const [name, happens] of /** @type {[string, (world: StillWorld) => unknown][]} */ ([['the browser could not bring it back', breaks], ['nothing was heard of it', fallsSilent]])) {
    const { world, stream } = await kept(happens, async () => 'later')
    same([world.lines.length, world.line.readyState], [1, 2], `${name}: streams, and the state of the last`)
    goodbye()
    same(world.beacons, [TO + '&gone=true'], name)
    stream.close()
    goodbye()
    same(world.beacons.length, 1, `${name}: goodbyes after another`)
  }
})

test('a goodbye is said for a stream that is down and for the last try to replace it, as long as that has not begun', async () => {
  const { world, stream } = await kept(async (world) => {
    breaks(world)
    for (let n = 0; n < 3; n++) {
      await world.pass(1_000)
      world.line.break(2)
    }
    await world.pass(5_000)
  })
  const tries = world.lines.length
  same(tries > 2, true, `tries, of which there were ${tries}`)
  goodbye()
  same(world.beacons, [TO, TO.replaceAll('01', `0${tries}`)].map((to) => to + '&gone=true'))
  stream.close()
})

test('no goodbye is said for a stream that was down when another has begun', async () => {
  const { world, stream } = await kept(async (world) => {
    breaks(world)
    await world.pass(1_000)
    world.line.open()
  })
  same(world.lines.length, 2, 'streams')
  goodbye()
  same(world.beacons, [TO.replaceAll('01', '02') + '&gone=true'])
  stream.close()
})

test('no goodbye is said for a seat that is gone', async () => {
  const { world, stream } = await kept(breaks)
  stream.close()
  noGoodbye()
  goodbye()
  same(world.beacons, [])
})

test('no goodbye is said for a stream that has broken when there is another', () => {
  const { world, source } = setUp()
  world.line.open()
  world.line.break(2)
  source.close(true)
  const next = answering(URL_OF_MINE, world, world.source)
  world.line.open()
  next.close()
  goodbye()
  same(world.beacons, [])
})

test('a stream that is nobody\'s is left as it is', async () => {
  const { world } = setUp('/api/sse/s-1?ping=true')
  same(world.line.url, '/api/sse/s-1?ping=true')
  world.line.ping()
  world.line.ping()
  await world.pass(SPREAD)
  goodbye()
  same([world.requests.length, world.beacons], [0, []])
})

test('an answer that meets a silent network takes no connection for ever', async () => {
  const { world, source } = setUp()
  world.line.ping()
  world.line.ping()
  await world.pass(SPREAD + TIMEOUT)
  same([world.requests.length, world.requests[0].done], [1, true], 'the answer that nobody heard')
  world.line.ping()
  await world.pass(SPREAD)
  await world.requests[1].answer(200)
  same([world.requests.length, world.timers.size], [2, 0], 'the next one')
  source.close()
})
