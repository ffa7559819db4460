// @ts-check
/** @import { Room, Envelope } from '../static/types.js' */
import { calls } from '../static/api.js'
import { fold } from '../static/fold.js'
import { Requests } from '../static/requests.js'
import { VoteQueue } from '../static/votes.js'
import { same, settled, test } from './harness.js'
import { StillWorld } from './world.js'

const ME = 'me'

/** @typedef {{value: string, submitted_at: string, user_id: string}} Laid */

/** A server with one session, as far as cards go. It repeats nothing that comes again with its key. */
class Server {
  constructor() {
    this.clock = 0
    this.rounds = 0
    /** @type {Envelope[]} */
    this.events = []
    /** @type {Set<string|null>} */
    this.keys = new Set()
    this.start()
  }

  tick() { return `t${++this.clock}` }

  /** @param {string} type @param {object} data @param {string} [timestamp] */
  say(type, data, timestamp = this.tick()) { this.events.push(/** @type {Envelope} */ (structuredClone({ type, session_id: 's', timestamp, expires_at: '', data }))) }

  round() {
    const votes = Object.fromEntries(Object.values(this.votes).map((v) => [v.user_id, { ...v, value: this.revealed ? v.value : null }]))
    return { id: `r${this.rounds}`, topic: null, votes, is_revealed: this.revealed, statistics: null, estimate: null, started_at: '', reveals_at: null, completed_at: null }
  }

  session() { return structuredClone({ id: 's', status: this.revealed ? 'results' : 'voting', participants: [], rounds: [], current_round: this.round() }) }

  start() {
    this.rounds++
    this.revealed = false
    /** @type {Record<string, Laid>} */
    this.votes = {}
    this.say('voting_started', { round_id: `r${this.rounds}`, started_at: '', topic: null })
  }

  reveal() {
    if (this.revealed) return
    this.revealed = true
    this.say('votes_revealed', { round_id: `r${this.rounds}`, votes: this.round().votes, statistics: null })
  }

  extend() { this.say('session_updated', { session: this.session() }) }

  /** @param {string|null} value null takes the card back */
  lay(value, user_id = ME) {
    if (this.revealed) return 409
    const at = this.tick()
    if (value === null) delete this.votes[user_id]
    else this.votes[user_id] = { user_id, value, submitted_at: at }
    if (value === null) this.extend()
    else this.say('vote_submitted', { user_id }, at)
    return 200
  }

  /** @param {StillWorld['requests'][0]} request @returns {[number, object]} */
  answer(request) {
    if (request.method === 'GET') return [200, { ...this.round(), my_vote: this.votes[ME]?.value ?? null }]
    const status = this.keys.has(request.key) ? 200 : this.lay(request.body?.vote ?? null)
    if (status === 200) this.keys.add(request.key)
    return [status, {}]
  }
}

/** Plays at random, lets everything come to rest, and says what is wrong then. @param {number} seed @returns {Promise<string>} */
async function play(seed) {
  let state = seed
  const chance = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  /** @template T @param {T[]} all */
  const one = (all) => all[Math.floor(chance() * all.length)]
  const world = new StillWorld()
  const server = new Server()
  const requests = new Requests(world)
  let room = /** @type {Room} */ (/** @type {unknown} */ ({ id: 's', me: ME, session: server.session(), myVote: null, wanted: undefined }))
  const votes = new VoteQueue({ id: 's', api: calls(requests), room: () => room, change: (part) => { room = { ...room, ...part } }, refused: () => {}, waits: () => {}, late: () => {}, unheard: () => {} }, world)
  /** What the server has answered, but nobody has heard. @type {Map<StillWorld['requests'][0], [number, object]>} */
  const answers = new Map()
  const waiting = () => world.requests.filter((r) => !r.done && !answers.has(r))
  const under = () => world.requests.filter((r) => !r.done && answers.has(r))
  let seen = server.events.length
  let connected = true

  /** @param {Envelope} event */
  const hear = (event) => { room = { ...room, session: fold(room.session, event) }; votes.event(event) }
  const arrive = () => { const r = one(waiting()); if (r) answers.set(r, server.answer(r)) }
  const back = async () => { const r = one(under()); if (r) await r.answer(.../** @type {[number, object]} */ (answers.get(r))) }
  const event = () => { if (connected && seen < server.events.length) hear(server.events[seen++]) }
  /** @param {boolean} whole */
  const connect = (whole) => {
    if (connected) return
    connected = true
    requests.line(true)
    room = { ...room, connection: 'live' }
    votes.live()
    if (!whole) return
    server.extend()
    seen = server.events.length
    hear(server.events[seen - 1])
  }
  votes.reset()
  votes.live()
  const choose = () => votes.choose(one(['1', '2', '3', null]))
  const moves = [
    choose, choose, choose, arrive, arrive, arrive, arrive, back, back, back, event, event, event, event,
    () => one([...waiting(), ...under()])?.lose(), () => { server.lay(one(['8', '13', null])) }, () => { server.lay('5', 'other') },
    () => server.reveal(), () => server.start(), () => server.extend(), () => { connected = false; requests.line(false); room = { ...room, connection: 'lost' } }, () => { connected = false }, () => connect(false), () => connect(true),
    () => world.pass(one([100, 400, 1_500, 4_000])),
  ]
  for (let n = 4 + (seed % 40); n > 0; n--) {
    await one(moves)()
    await settled()
  }
  connect(chance() < 0.5)
  await settled()
  for (let n = 0; n < 200 && (waiting().length || under().length || seen < server.events.length || world.timers.size); n++) {
    arrive()
    await back()
    event()
    await world.pass(2_000)
  }
  const lies = server.votes[ME]?.value ?? null
  return room.myVote === lies && room.wanted === undefined ? '' : `${seed}: ${room.myVote} is shown, ${room.wanted} wished for, ${lies} lies there`
}

test('whatever is lost, and whoever plays beside me, in the end the card is shown that lies there', async () => {
  const wrong = []
  for (let seed = 1; seed <= 400; seed++) wrong.push(await play(seed))
  same(wrong.filter(Boolean), [])
})
