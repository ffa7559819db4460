// @ts-check
import { calls } from '../static/api.js'
import { fileOf } from '../static/download.js'
import { MOMENT, PAUSES, Refusal, Requests, TIMEOUT, WAIT } from '../static/requests.js'
import { same, settled, test } from './harness.js'
import { StillWorld } from './world.js'

function setUp() {
  const world = new StillWorld()
  return { world, api: calls(new Requests(world)) }
}

/** What became of a call: its answer, or the status of its refusal. @param {Promise<unknown>} call */
function outcomeOf(call) {
  const seen = { answer: /** @type {unknown} */ (undefined), status: /** @type {number|undefined} */ (undefined), unknown: false }
  call.then((answer) => { seen.answer = answer }, (e) => {
    if (!(e instanceof Refusal)) throw e
    seen.status = e.status
    seen.unknown = e.unknown
  })
  return seen
}

/** @param {ReturnType<typeof calls>} api */
const wish = (api) => ({ key: api.key(), newer: new AbortController().signal })

const ada = { name: 'Ada', avatar: 'fox' }

test('everything that changes something has a key of its own, and what only reads has none', async () => {
  const { world, api } = setUp()
  const all = [
    () => api.create('Squad', ada), () => api.join('s', ada), () => api.leave('s', 'u'), () => api.end('s', 'u'), () => api.start('s', 'u', { topic: 'Refunds' }), () => api.vote('s', 'u', '8', wish(api)),
    () => api.vote('s', 'u', null, wish(api)), () => api.reveal('s', 'u'), () => api.accept('s', 'u', '8'), () => api.extend('s', 'u'), () => api.kick('s', 'u', 'v'), () => api.transfer('s', 'u', 'v'), () => api.takeover('s', 'u'),
  ]
  for (const call of all) {
    void call()
    await (await world.request()).answer(200)
  }
  const keys = world.requests.map((r) => r.key ?? '')
  same(new Set(keys).size, all.length, 'the number of keys')
  same(keys.filter((k) => !/^[!-~]{1,64}$/.test(k)), [], 'keys that are none')
  for (const call of [() => api.session('s', 'u'), () => api.round('s', 'u')]) {
    void call()
    const request = await world.request()
    same(request.key, null, 'the key of ' + request.path)
    await request.answer(200)
  }
})

for (const [name, fail] of /** @type {[string, (r: any) => Promise<void>][]} */ ([
  ['a lost connection', (r) => r.lose()],
  ['a 502 that is no JSON', (r) => r.answer(502, '<h1>Bad Gateway</h1>')],
  ['a 503', (r) => r.answer(503, { error: 'Not stored' })],
  ['a 504', (r) => r.answer(504, '')],
  ['an answer that breaks off', (r) => r.answer(200, '{"user_id":')],
])) {
  test(`after ${name} the same call is made again with the same key`, async () => {
    const { world, api } = setUp()
    const seen = outcomeOf(api.join('s', ada))
    const first = await world.request()
    await fail(first)
    same(world.requests.length, 1, 'requests before the pause')
    await world.pass(PAUSES[0])
    const second = await world.request()
    same([second.method, second.path, second.body, second.key], [first.method, first.path, first.body, first.key], 'the second try')
    await second.answer(200, { user_id: 'u' })
    same(seen, { answer: { user_id: 'u' }, status: undefined, unknown: false })
  })
}

test('a refusal is final', async () => {
  for (const status of [400, 401, 403, 404, 409, 413, 422, 429, 500]) {
    const { world, api } = setUp()
    const seen = outcomeOf(api.start('s', 'u', undefined))
    await (await world.request()).answer(status, { type: '/docs#no', error: 'No', detail: 'Not like this.' }, { 'Retry-After': '1' })
    await world.pass(60_000)
    same([seen.status, seen.unknown, world.requests.length], [status, false, 1], `after ${status}`)
  }
})

test('what a proxy says that has lost the server is no refusal', async () => {
  for (const status of [404, 500, 521, 530]) {
    const { world, api } = setUp()
    const seen = outcomeOf(api.start('s', 'u', undefined))
    await (await world.request()).answer(status, '404 page not found')
    await world.pass(PAUSES[0])
    await (await world.request()).answer(200, { success: true })
    same([seen.answer, world.requests.length], [{ success: true }, 2], `after ${status}`)
  }
})

test('only what the server says itself has a kind', async () => {
  for (const [type, kind] of [['/docs#session_gone', 'session_gone'], ['https://login.example/errors#expired', ''], ['about:blank', ''], [undefined, '']]) {
    const { world, api } = setUp()
    const refusal = api.join('s', { name: 'Sarah', avatar: 'cat' }).catch((e) => e)
    await (await world.request()).answer(401, { type, error: 'Unauthorized' })
    same((await refusal).kind, kind, `${type}`)
  }
})

test('only the server ends a session, never what stands before it', () => {
  for (const status of [401, 404, 422]) same([new Refusal(status, '', '').over, new Refusal(status, '', '', 0, 'session_gone').over], [false, true], `${status}`)
  same([new Refusal(409, '', '', 0, 'session_full').over, new Refusal(502, '', '').over], [false, false])
})

test('the tries end, with growing pauses, and the caller hears how', async () => {
  const { world, api } = setUp()
  const seen = outcomeOf(api.reveal('s', 'u'))
  /** @type {number[]} */
  const began = []
  for (let n = 0; n <= PAUSES.length; n++) {
    const request = await world.request()
    began.push(world.now())
    await request.answer(503)
    if (n < PAUSES.length) await world.pass(PAUSES[n])
  }
  await world.pass(60_000)
  same(world.requests.length, 1 + PAUSES.length, 'requests')
  same(began.slice(1).map((t, i) => t - began[i]), PAUSES, 'pauses')
  same([seen.status, seen.unknown], [503, true])
  same(world.timers.size, 0, 'timers that are left')
})

test('half of each pause is left to chance', async () => {
  const { world, api } = setUp()
  world.chance = 0
  void api.extend('s', 'u')
  await (await world.request()).lose()
  await world.pass(PAUSES[0] / 2 - 1)
  same(world.requests.length, 1, 'requests a moment before')
  await world.pass(1)
  same(world.requests.length, 2, 'requests')
  await (await world.request()).answer(200)
})

test('a try that hangs is given up, and none begins late', async () => {
  const { world, api } = setUp()
  const seen = outcomeOf(api.extend('s', 'u'))
  await world.request()
  await world.pass(TIMEOUT)
  same(world.requests.map((r) => r.done), [true], 'the try after its time')
  await world.pass(PAUSES[0])
  same(world.requests.length, 2, 'requests')
  await world.pass(60_000)
  same([world.requests.length, seen.status], [3, 0], 'requests and outcome')
})

test('a Retry-After of some seconds is waited for', async () => {
  const { world, api } = setUp()
  void api.extend('s', 'u')
  await (await world.request()).answer(503, {}, { 'Retry-After': '2' })
  await world.pass(1_999)
  same(world.requests.length, 1, 'requests before')
  await world.pass(1)
  same(world.requests.length, 2, 'requests')
  await (await world.request()).answer(200)
})

test('a file is read as what it is, and asked for again after a 503', async () => {
  const { world, api } = setUp()
  const seen = outcomeOf(api.file('s', null, { format: 'csv' }, (answer) => answer.text()))
  await (await world.request()).answer(503, { type: '/docs#files', error: 'Too many files' }, { 'Retry-After': '1' })
  await world.pass(1_000)
  const again = await world.request()
  same(again.path, '/api/sessions/s/export?format=csv')
  await again.answer(200, 'key,title')
  same(seen.answer, 'key,title')
})

test('a file that is refused is refused in words, whatever it would have been', async () => {
  const { world, api } = setUp()
  const seen = outcomeOf(api.file('s', 'u', { format: 'original' }, () => { throw new Error('this is no file') }))
  await (await world.request()).answer(409, { type: '/docs#no_file', error: 'No file to give back' })
  same(seen.status, 409)
})

test('an answer that is no file is none', async () => {
  const { world, api } = setUp()
  const seen = outcomeOf(api.file('s', 'u', { format: 'csv' }, fileOf))
  for (let tries = 0; tries <= PAUSES.length; tries++) { // a page to log in at, of a proxy
    await (await world.request()).answer(200, '<!doctype html>', { 'Content-Type': 'text/html' })
    await world.pass(PAUSES[tries] ?? 0)
  }
  same(seen.status, 0)
})

test('who is asked to wait for long hears so at once', async () => {
  const { world, api } = setUp()
  const seen = outcomeOf(api.extend('s', 'u'))
  await (await world.request()).answer(503, {}, { 'Retry-After': '60' })
  same(seen.status, 503)
  same(world.timers.size, 0, 'timers that are left')
})

test('a newer wish ends the tries, but not the one that is under way', async () => {
  const { world, api } = setUp()
  const newer = new AbortController()
  const first = outcomeOf(api.vote('s', 'u', '5', { key: 'k', newer: newer.signal }))
  newer.abort()
  await (await world.request()).answer(200, { success: true })
  same(first.answer, { success: true })

  const again = new AbortController()
  const second = outcomeOf(api.vote('s', 'u', '5', { key: 'l', newer: again.signal }))
  await (await world.request()).lose()
  again.abort()
  await settled()
  same([second.status, world.timers.size], [0, 0], 'outcome and timers')
})

test('what adds somebody or something, and is tried again by hand, keeps its key until the outcome is known', async () => {
  const { world, api } = setUp()
  for (const call of [() => api.join('s', ada), () => api.create('Squad', ada, { settings: { reveal_countdown_seconds: 3 } })]) {
    world.requests = []
    void call().catch(() => {})
    for (let n = 0; n <= PAUSES.length; n++) {
      await (await world.request()).lose()
      await world.pass(PAUSES[n] ?? 0)
    }
    void call()
    await (await world.request()).answer(200)
    void call()
    await (await world.request()).answer(200)
    const keys = world.requests.map((r) => r.key)
    same(new Set(keys.slice(0, -1)).size, 1, 'keys while the outcome is unknown')
    same(keys.at(-1) === keys[0], false, 'the key is used again after the outcome is known')
  }
})

test('a refusal that says nothing about an earlier try keeps its key', async () => {
  const { world, api } = setUp()
  for (const [status, said] of /** @type {[number, object][]} */ ([[429, { type: '/docs#too_many_commands' }], [429, {}], [403, {}], [413, {}]])) {
    world.requests = []
    void api.join('s', ada).catch(() => {})
    await (await world.request()).answer(503, {}, { 'Retry-After': '60' })
    void api.join('s', ada).catch(() => {})
    await (await world.request()).answer(status, said)
    void api.join('s', ada)
    await (await world.request()).answer(200)
    same(new Set(world.requests.map((r) => r.key)).size, 1, `keys with ${status} ${JSON.stringify(said)} in between`)
  }
})

test('a refusal of the server itself ends a key', async () => {
  const { world, api } = setUp()
  void api.join('s', ada).catch(() => {})
  await (await world.request()).answer(409, { type: '/docs#session_full' })
  void api.join('s', ada)
  await (await world.request()).answer(200)
  same(new Set(world.requests.map((r) => r.key)).size, 2)
})

test('the same asked for once more before its answer has come, as after the way back to a form, is no second one', async () => {
  const { world, api } = setUp()
  void api.join('s', ada)
  void api.join('s', ada)
  await settled()
  same(world.requests.map((r) => r.key === world.requests[0].key), [true, true], 'whether the key is that of the first')
  for (const request of world.requests) await request.answer(200)
  void api.join('s', ada)
  await (await world.request()).answer(200)
  same(world.requests[2].key === world.requests[0].key, false, 'the key is used again after the outcome is known')
})

test('somebody else is no second try', async () => {
  const { world, api } = setUp()
  void api.join('s', ada).catch(() => {})
  for (let n = 0; n <= PAUSES.length; n++) {
    await (await world.request()).lose()
    await world.pass(PAUSES[n] ?? 0)
  }
  const before = world.requests.map((r) => r.key)
  void api.join('s', { name: 'Bo', avatar: 'fox' })
  const request = await world.request()
  same(before.includes(request.key), false, 'the key of Ada is used for Bo')
  await request.answer(200)
})

test('the time of the server is heard with every answer', async () => {
  const world = new StillWorld()
  /** @type {number[]} */
  const heard = []
  const requests = new Requests(world, (ms) => heard.push(ms))
  void requests.once('GET', '/x').catch(() => {})
  await (await world.request()).answer(404, {}, { Date: 'Thu, 01 Jan 2026 00:00:00 GMT' })
  same(heard, [Date.UTC(2026, 0, 1)])
})

/** A call that is under way when the line goes down. @param {() => Promise<boolean>} still */
async function interrupted(still) {
  const world = new StillWorld()
  const requests = new Requests(world)
  const seen = outcomeOf(calls(requests).reveal('s', 'u', still))
  const first = await world.request()
  requests.line(false)
  await settled()
  same([first.done, seen.status], [true, undefined], 'the request, and the call')
  return { world, requests, seen, first }
}

test('a call that was under way when the line went down is made again when it is up, with its key', async () => {
  const { world, requests, seen, first } = await interrupted(async () => true)
  await world.pass(59_000)
  same(world.requests.length, 1, 'requests while it is down')
  requests.line(true)
  const second = await world.request()
  same([second.path, second.key], [first.path, first.key])
  await second.answer(200, { round_id: 'r' })
  same(seen.answer, { round_id: 'r' })
  same(world.timers.size, 0, 'timers that are left')
})

test('a call that makes no sense any more is not made again', async () => {
  const { world, requests, seen } = await interrupted(async () => false)
  requests.line(true)
  await world.pass(60_000)
  same([world.requests.length, seen.status, seen.unknown], [1, 0, true])
})

test('a line that stays down for long ends the call', async () => {
  const { world, seen } = await interrupted(async () => true)
  await world.pass(60_000)
  same([world.requests.length, seen.status, seen.unknown, world.timers.size], [1, 0, true, 0])
})

test('while the line is down only what looks for it is sent', async () => {
  const world = new StillWorld()
  const requests = new Requests(world)
  const api = calls(requests)
  requests.line(false)
  const card = outcomeOf(api.vote('s', 'u', '8', wish(api)))
  await world.pass(MOMENT)
  same([world.requests.length, card.status], [0, 0], 'a card')
  void api.session('s', 'u', { timeout: 2_000, signal: new AbortController().signal }).catch(() => {})
  await world.request()
  await world.pass(2_000)
  same(world.requests.map((r) => r.done), [true], 'the look, after its time')
})

test('a request that is not answered in time is heard of', async () => {
  const world = new StillWorld()
  const requests = new Requests(world)
  let silent = 0
  requests.onSilence = () => silent++
  void calls(requests).extend('s', 'u').catch(() => {})
  await (await world.request()).lose()
  same(silent, 0, 'after a refusal of the network')
  await world.pass(PAUSES[0] + TIMEOUT)
  same(silent, 1, 'after a silence')
})

test('a refusal names its problem, if the server did', async () => {
  for (const [type, kind] of [['/docs#outcome_unknown', 'outcome_unknown'], [undefined, ''], ['about:blank', '']]) {
    const { world, api } = setUp()
    const call = api.session('s', 'u').catch((e) => e)
    await (await world.request()).answer(503, { type })
    same((await call).kind, kind)
  }
})

test('a command that waits for a connection says so after three seconds, and until it need not', async () => {
  const world = new StillWorld()
  const requests = new Requests(world)
  /** @type {boolean[]} */
  const said = []
  requests.onWait = (waits) => { said.push(waits) }
  const call = outcomeOf(requests.call('POST', '/sessions/s/vote?user_id=u', { vote: '5' }))
  const request = await world.request()
  await world.pass(WAIT - 1)
  same(said, [])
  await world.pass(1)
  same(said, [true])
  await request.answer(200, { success: true })
  same([said, call.answer], [[true, false], { success: true }])
  void requests.call('POST', '/sessions/s/vote?user_id=u', { vote: '8' })
  await (await world.request()).answer(200)
  const read = outcomeOf(requests.once('GET', '/sessions/s'))
  await world.pass(WAIT)
  await (await world.request()).answer(200)
  same([said.length, read.answer, world.timers.size], [2, {}, 0], 'a quick one, and reading')
})

test('a command outlives the time in which several servers have agreed on nothing yet', async () => {
  for (const [name, seconds, chance, said, headers] of /** @type {[string, number, number, object|string, Record<string, string>][]} */ ([
    ['a server that cannot store', 13, 0, { type: '/docs#unavailable', error: 'Store unavailable' }, { 'Retry-After': '2' }],
    ['a server that cannot store', 13, 1, { type: '/docs#unavailable', error: 'Store unavailable' }, { 'Retry-After': '2' }],
    ['a proxy that has no server', 9, 0, 'No server is available', {}],
    ['a proxy that has no server', 13, 1, 'No server is available', {}],
  ])) {
    const { world, api } = setUp()
    world.chance = chance
    const seen = outcomeOf(api.reveal('s', 'u'))
    const until = world.now() + seconds * 1_000
    while (world.now() < until && seen.status === undefined) {
      await (await world.request()).answer(503, said, headers)
      while (seen.status === undefined && world.requests.every((r) => r.done)) await world.pass(100)
    }
    same(seen.status, undefined, `${name}, after ${seconds} s`)
    await (await world.request()).answer(200, { round_id: 'r' })
    same([seen.answer, new Set(world.requests.map((r) => r.key)).size], [{ round_id: 'r' }, 1], name)
  }
})

test('a command that the server could not make is not made when others have gone on meanwhile', async () => {
  for (const [name, still, sent] of /** @type {[string, () => Promise<boolean>, number][]} */ ([
    ['they have', async () => false, 2],
    ['they have not', async () => true, 3],
    ['nobody can say', async () => { throw new Refusal(503, '', '') }, 3],
  ])) {
    const { world, api } = setUp()
    const seen = outcomeOf(api.reveal('s', 'u', still))
    for (let n = 0; n < 2; n++) {
      await (await world.request()).answer(503, { type: '/docs#unavailable', error: 'Store unavailable' })
      await world.pass(PAUSES[n])
    }
    same([world.requests.length, seen.status], [sent, sent < 3 ? 503 : undefined], name)
  }
})

test('a command that may have been made is tried again all the same, with its key', async () => {
  const { world, api } = setUp()
  void api.reveal('s', 'u', async () => false).catch(() => {})
  await (await world.request()).lose()
  await world.pass(PAUSES[0])
  await (await world.request()).answer(503, { type: '/docs#unavailable', error: 'Store unavailable' })
  await world.pass(PAUSES[1])
  same(world.requests.length, 3)
})

test('a command that is tried again and again says once that it takes long', async () => {
  const world = new StillWorld()
  const requests = new Requests(world)
  /** @type {boolean[]} */
  const said = []
  requests.onWait = (waits) => { said.push(waits) }
  const seen = outcomeOf(calls(requests).reveal('s', 'u'))
  for (let n = 0; n <= 3; n++) {
    await (await world.request()).answer(503)
    await world.pass(PAUSES[n])
  }
  same(said, [true])
  await (await world.request()).answer(200, {})
  same([said, seen.answer, world.timers.size], [[true, false], {}, 0])
})

/** A command that is given while the line is down. @param {(api: ReturnType<typeof calls>) => Promise<any>} [give] */
async function givenWhileDown(give = (api) => api.reveal('s', 'u', async () => true)) {
  const world = new StillWorld()
  const requests = new Requests(world)
  requests.line(false)
  const call = give(calls(requests))
  const seen = outcomeOf(call)
  await settled()
  return { world, requests, seen, call }
}

test('a command that is given while the page comes back elsewhere waits a moment for that', async () => {
  const { world, requests, seen } = await givenWhileDown()
  await world.pass(MOMENT - 1)
  same([world.requests.length, seen.status], [0, undefined])
  requests.line(true)
  await (await world.request()).answer(200, { round_id: 'r' })
  same([seen.answer, world.timers.size], [{ round_id: 'r' }, 0])
})

test('a command for which there is no line in a moment is not sent later', async () => {
  const { world, requests, seen, call } = await givenWhileDown()
  await world.pass(MOMENT)
  same([seen.status, (await call.catch((e) => e)).kind], [0, 'offline'])
  requests.line(true)
  await world.pass(60_000)
  same([world.requests.length, world.timers.size], [0, 0])
})

test('a command that has lost its sense while the page came back is not sent', async () => {
  const { world, requests, seen } = await givenWhileDown((api) => api.reveal('s', 'u', async () => false))
  requests.line(true)
  await world.pass(60_000)
  same([world.requests.length, seen.status], [0, 0])
})

test('a card that was chosen while the line was down, and another after it, is not sent', async () => {
  const newer = new AbortController()
  const { world, requests, seen } = await givenWhileDown((api) => api.vote('s', 'u', '8', { key: api.key(), newer: newer.signal }))
  newer.abort()
  requests.line(true)
  await world.pass(60_000)
  same([world.requests.length, seen.status, world.timers.size], [0, 0, 0])
})

test('a command that waits for the line is not sent when one has left', async () => {
  const { world, requests, seen, call } = await givenWhileDown((api) => api.role('s', 'u', 'v', 'spectator'))
  requests.leave()
  const { kind } = await call.catch((e) => e)
  await world.pass(60_000)
  same([seen.status, kind, world.requests.length, world.timers.size], [0, 'offline', 0, 0])
})

test('a command that was under way when the line went down is not made again when one has left', async () => {
  const { world, requests, seen } = await interrupted(async () => true)
  requests.leave()
  await world.pass(60_000)
  same([world.requests.length, seen.status, seen.unknown, world.timers.size], [1, 0, true, 0])
})

test('a command that is about to be tried again is not when one has left', async () => {
  const world = new StillWorld()
  const requests = new Requests(world)
  const seen = outcomeOf(calls(requests).reveal('s', 'u', async () => true))
  await (await world.request()).answer(502)
  requests.leave()
  await world.pass(60_000)
  same([world.requests.length, seen.status, world.timers.size], [1, 502, 0])
})

test('of two commands that take long it is said until both have their answers', async () => {
  const world = new StillWorld()
  const requests = new Requests(world)
  /** @type {boolean[]} */
  const said = []
  requests.onWait = (waits) => { said.push(waits) }
  const api = calls(requests)
  for (const call of [api.extend('s', 'u'), api.takeover('s', 'u')]) outcomeOf(call)
  await settled()
  await world.pass(WAIT)
  same(said, [true, true])
  await world.requests[0].answer(200, {})
  same(said, [true, true], 'after one answer')
  await world.requests[1].answer(200, {})
  same(said, [true, true, false], 'after both')
})
