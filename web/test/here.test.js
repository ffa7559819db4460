// @ts-check
import { answering, goodbye, SPREAD } from '../static/here.js'
import { TIMEOUT } from '../static/requests.js'
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
  source.close()
  goodbye()
  goodbye()
  same(world.beacons, [TO + '&gone=true'])
})

test('no goodbye is said for a stream that has broken when there is another', () => {
  const { world, source } = setUp()
  world.line.open()
  world.line.break(2)
  source.close()
  const next = answering(URL_OF_MINE, world, world.source)
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
