// @ts-check
/** @import { Room, Session, Envelope } from '../static/types.js' */
import { calls } from '../static/api.js'
import { fold } from '../static/fold.js'
import { PAUSES, Requests } from '../static/requests.js'
import { AGAIN, UNHEARD, VoteQueue } from '../static/votes.js'
import { same, settled, test } from './harness.js'
import { StillWorld } from './world.js'

const ME = 'me'

/** A table with a round in which nobody has voted, as the page sees it. */
class Table {
  constructor() {
    this.world = new StillWorld()
    this.requests = new Requests(this.world)
    this.clock = 0
    /** @type {string[]} */
    this.refusals = []
    this.unheard = 0
    const session = /** @type {Session} */ (/** @type {unknown} */ ({ id: 's', status: 'voting', participants: [], rounds: [], current_round: this.round('r1') }))
    this.room = /** @type {Room} */ (/** @type {unknown} */ ({ id: 's', me: ME, session, myVote: null, wanted: undefined }))
    this.votes = new VoteQueue({
      id: 's', api: calls(this.requests), room: () => this.room,
      change: (part) => { this.room = { ...this.room, ...part } },
      refused: (refusal) => this.refusals.push(`${refusal.status}`),
      waits: (refusal) => this.refusals.push(`${refusal.status} waits`),
      late: () => this.refusals.push('late'),
      unheard: () => { this.unheard++ },
    }, this.world)
    this.votes.reset()
    this.votes.live()
    this.whole()
  }

  /** @param {string} id @param {Record<string, string>} [laid] when by whom @param {Record<string, string>} [values] @returns {any} */
  round(id, laid = {}, values = {}) {
    const votes = Object.fromEntries(Object.entries(laid).map(([user_id, submitted_at]) => [user_id, { user_id, value: values[user_id] ?? null, submitted_at }]))
    return { id, topic: null, votes, is_revealed: Object.keys(values).length > 0, statistics: null, estimate: null, started_at: '', reveals_at: null, completed_at: null }
  }

  /** The next moment of the server's clock. */
  tick() { return `t${++this.clock}` }

  /** @param {string} type @param {any} data @param {string} [timestamp] */
  async event(type, data, timestamp = this.tick()) {
    const event = /** @type {Envelope} */ ({ type, session_id: 's', timestamp, expires_at: '', data })
    this.room = { ...this.room, session: fold(this.room.session, event) }
    this.votes.event(event)
    await settled()
  }

  /** The event of a vote of mine. @returns {Promise<string>} when it was laid */
  async laid(user_id = ME) {
    const at = this.tick()
    await this.event('vote_submitted', { user_id }, at)
    return at
  }

  /** The session comes whole, with another round if that is given. */
  whole(round = this.room.session?.current_round) { return this.event('session_updated', { session: { ...this.room.session, current_round: round } }) }

  /** Plays a card that the server takes. @param {string} card */
  async played(card) {
    this.votes.choose(card)
    await (await this.world.request()).answer(200, { success: true })
    return this.laid()
  }

  /** The line goes down. */
  down() { this.room.connection = 'lost' }

  /** The line is up again. */
  up() {
    this.room.connection = 'live'
    this.votes.live()
  }

  /** @param {string} status */
  becomes(status) { return this.event('session_updated', { session: { ...this.room.session, status } }) }

  /** Lets every try of a request fail. */
  async nobodyAnswers() {
    for (let n = 0; n <= PAUSES.length; n++) {
      await (await this.world.request()).lose()
      await this.world.pass(PAUSES[n] ?? 0)
    }
  }

  /** Answers the question for my card. @param {string|null} card @param {string} [at] when it was laid */
  async replies(card, at) {
    const request = await this.world.request()
    same([request.method, request.path], ['GET', '/api/sessions/s/round?user_id=me'], 'the question')
    await request.answer(200, { ...this.round(this.room.session?.current_round?.id ?? '', at === undefined ? {} : { [ME]: at }), my_vote: card })
  }

  /** What was asked and sent so far. */
  get sent() { return this.world.requests.map((r) => (r.method === 'GET' ? 'asked' : r.body?.vote ?? 'taken back')).join(' ') }

  get shown() { return [this.room.myVote, this.room.wanted] }
}

test('my card is shown at once, and confirmed by the answer', async () => {
  const t = new Table()
  t.votes.choose('5')
  same(t.shown, [null, '5'], 'before the answer')
  await (await t.world.request()).answer(200)
  same(t.shown, ['5', undefined], 'after it')
  await t.laid()
  same(t.sent, '5')
})

test('the event may come before the answer', async () => {
  const t = new Table()
  t.votes.choose('5')
  const request = await t.world.request()
  await t.laid()
  await request.answer(200)
  same([t.sent, t.shown], ['5', ['5', undefined]])
})

test('a session from before my card does not take it away', async () => {
  const t = new Table()
  t.votes.choose('5')
  await (await t.world.request()).answer(200)
  await t.whole(t.round('r1'))
  await t.laid()
  same([t.sent, t.shown], ['5', ['5', undefined]])
})

test('while a card is under way only the last wish counts', async () => {
  const t = new Table()
  t.votes.choose('3')
  const first = await t.world.request()
  t.votes.choose('5')
  t.votes.choose('8')
  await first.answer(200)
  await (await t.world.request()).answer(200)
  await t.laid()
  await t.laid()
  same([t.sent, t.shown], ['3 8', ['8', undefined]])
})

test('what others do raises no question', async () => {
  const t = new Table()
  const at = await t.played('5')
  await t.laid('other')
  await t.whole()
  await t.event('user_joined', { user: { id: 'new' } })
  t.votes.live()
  await t.whole(t.round('r1', { [ME]: at, other: 't0' }))
  same([t.sent, t.shown], ['5', ['5', undefined]])
})

test('a vote of another tab is asked for, once', async () => {
  const t = new Table()
  await t.played('5')
  const at = await t.laid()
  await t.replies('8', at)
  await t.whole()
  same([t.sent, t.shown], ['5 asked', ['8', undefined]])
})

test('a vote of another tab while mine is under way is asked for after my answer', async () => {
  const t = new Table()
  t.votes.choose('5')
  const request = await t.world.request()
  await t.laid()
  const at = await t.laid()
  await request.answer(200)
  await t.replies('8', at)
  same([t.sent, t.shown], ['5 asked', ['8', undefined]])
})

test('an answer does not bring back what was taken back since', async () => {
  const t = new Table()
  const at = await t.laid()
  const question = await t.world.request()
  await t.whole(t.round('r1'))
  await question.answer(200, { ...t.round('r1', { [ME]: at }), my_vote: '13' })
  await t.replies(null)
  same([t.sent, t.shown], ['asked asked', [null, undefined]])
})

test('an answer that knows nothing of my newer card is not believed', async () => {
  const t = new Table()
  const before = await t.laid()
  const question = await t.world.request()
  t.votes.choose('5')
  await t.world.requests[1].answer(200)
  const at = await t.laid()
  await question.answer(200, { ...t.round('r1', { [ME]: before }), my_vote: '13' })
  await t.replies('5', at)
  same([t.sent, t.shown], ['asked 5 asked', ['5', undefined]])
})

test('a card that another tab takes back is gone without a question', async () => {
  const t = new Table()
  await t.played('5')
  await t.whole(t.round('r1'))
  same([t.sent, t.shown], ['5', [null, undefined]])
})

test('taking my card back needs no question', async () => {
  const t = new Table()
  await t.played('5')
  t.votes.choose(null)
  const request = await t.world.request()
  same([request.method, request.body], ['DELETE', null])
  await t.whole(t.round('r1'))
  await request.answer(200)
  same([t.sent, t.shown], ['5 taken back', [null, undefined]])
})

test('a page that comes back asks only if its card was laid at another time', async () => {
  const t = new Table()
  const at = await t.played('5')
  t.votes.live()
  await t.whole(t.round('r1', { [ME]: at }))
  same(t.sent, '5', 'with the card it knows')
  t.votes.live()
  await t.whole(t.round('r1', { [ME]: 'later' }))
  await t.replies('13', 'later')
  same([t.sent, t.shown], ['5 asked', ['13', undefined]])
})

test('a page that comes back to a table where its card lies no more shows none', async () => {
  const t = new Table()
  await t.played('5')
  t.votes.live()
  await t.whole(t.round('r1'))
  same([t.sent, t.shown], ['5', [null, undefined]])
})

test('an event that was lost with the stream is not waited for', async () => {
  const t = new Table()
  t.votes.choose('5')
  await (await t.world.request()).answer(200)
  t.votes.live()
  await t.whole(t.round('r1', { [ME]: 'lost' }))
  await t.replies('5', 'lost')
  const at = await t.laid()
  await t.replies('8', at)
  same(t.shown, ['8', undefined])
})

test('a card under way is asked for when the stream begins anew, which may hide that it is gone', async () => {
  const t = new Table()
  t.votes.choose('5')
  const request = await t.world.request()
  t.votes.live()
  await t.whole(t.round('r1'))
  await request.answer(200)
  await t.replies(null)
  same([t.sent, t.shown], ['5 asked', [null, undefined]])
})

test('a question is asked again when the stream begins anew, which may hide what came after its answer', async () => {
  const t = new Table()
  const at = await t.laid()
  const question = await t.world.request()
  t.votes.live()
  await t.whole(t.round('r1'))
  await question.answer(200, { ...t.round('r1', { [ME]: at }), my_vote: '5' })
  await t.replies(null)
  same(t.shown, [null, undefined])
})

test('after lost answers the same vote is sent again, and nobody is asked', async () => {
  const t = new Table()
  t.votes.choose('5')
  const first = await t.world.request()
  await first.lose()
  await t.laid()
  await t.world.pass(PAUSES[0])
  const second = await t.world.request()
  same(second.key, first.key, 'the key')
  await second.answer(200)
  same([t.sent, t.shown, t.refusals], ['5 5', ['5', undefined], []])
})

test('a newer wish takes the place of tries of an older one, and then the server is asked', async () => {
  const t = new Table()
  t.votes.choose('5')
  const first = await t.world.request()
  await first.lose()
  t.votes.choose('8')
  const second = await t.world.request()
  same([second.body.vote, second.key === first.key], ['8', false], 'the newer wish and whether it has the old key')
  const at = await t.laid()
  await second.answer(200)
  await t.replies('8', at)
  same([t.sent, t.shown, t.refusals], ['5 8 asked', ['8', undefined], []])
})

test('back to the first wish, it is a new one', async () => {
  const t = new Table()
  t.votes.choose('5')
  const first = await t.world.request()
  t.votes.choose('8')
  t.votes.choose('5')
  await first.lose()
  await (await t.world.request()).answer(200)
  same(t.shown, ['5', undefined])
  same(t.refusals, [])
})

test('when nobody answers, the card is kept, and sent again with its key', async () => {
  const t = new Table()
  await t.played('5')
  t.votes.choose('8')
  const first = await t.world.request()
  await t.nobodyAnswers()
  same([t.shown, t.refusals], [['5', '8'], ['0 waits']])
  await t.world.pass(AGAIN[0])
  await t.replies('5', 't1')
  const again = await t.world.request()
  same([again.body.vote, again.key === first.key], ['8', true], 'the card, and whether it has its key')
  const at = await t.laid()
  await again.answer(200)
  await t.replies('8', at)
  same([t.shown, t.refusals], [['8', undefined], ['0 waits']])
})

test('as long as nobody answers, it is tried now and then, and said once', async () => {
  const t = new Table()
  t.votes.choose('8')
  await t.nobodyAnswers()
  for (const pause of [...AGAIN, AGAIN[2]]) {
    const before = t.world.requests.length
    await t.world.pass(pause - 1)
    same(t.world.requests.length, before, 'requests before')
    await t.world.pass(1)
    await t.nobodyAnswers()
  }
  same([t.shown, t.refusals], [[null, '8'], ['0 waits']])
})

test('cards that are chosen while the line is down wait for it, and the last one counts', async () => {
  const t = new Table()
  const at = await t.played('5')
  t.down()
  t.votes.choose('8')
  t.votes.choose('13')
  await t.world.pass(60_000)
  same([t.sent, t.shown], ['5', ['5', '13']], 'while it is down')
  t.up()
  await t.replies('5', at)
  await (await t.world.request()).answer(200)
  await t.laid()
  same([t.sent, t.shown, t.refusals], ['5 asked 13', ['13', undefined], []], 'afterwards')
})

test('a card that was under way when the line went down is sent again with its key', async () => {
  const t = new Table()
  t.votes.choose('8')
  const first = await t.world.request()
  t.down()
  t.requests.line(false)
  await settled()
  same([first.done, t.shown, t.refusals], [true, [null, '8'], []], 'the request, and what is shown')
  t.requests.line(true)
  t.up()
  await t.replies(null)
  const again = await t.world.request()
  same([again.body.vote, again.key], ['8', first.key], 'the card and its key')
  await again.answer(200)
})

test('a card that was kept for a round that is over is not sent to the next one, and that is said', async () => {
  const t = new Table()
  t.down()
  t.votes.choose('8')
  t.up()
  await (await t.world.request()).answer(200, t.round('r2'))
  same([t.sent, t.shown, t.refusals], ['asked', [null, undefined], ['late']])
})

test('a card that was kept while its round was revealed is not shown as mine, and that is said', async () => {
  const t = new Table()
  const at = await t.played('5')
  t.down()
  t.votes.choose('8')
  t.room = { ...t.room, connection: 'live' }
  await t.event('votes_revealed', { round_id: 'r1', votes: { [ME]: { user_id: ME, value: '5', submitted_at: at } }, statistics: null })
  same([t.shown, t.refusals], [['5', undefined], ['late']])
})

test('a card that arrived although nobody said so is not called late', async () => {
  const t = new Table()
  t.votes.choose('8')
  await t.nobodyAnswers()
  await t.event('votes_revealed', { round_id: 'r1', votes: { [ME]: { user_id: ME, value: '8', submitted_at: 't9' } }, statistics: null })
  same([t.shown, t.refusals], [['8', undefined], ['0 waits']])
})

test('a card that is chosen in a pause is kept, and sent when it ends', async () => {
  const t = new Table()
  await t.becomes('paused')
  t.votes.choose('8')
  await t.world.pass(60_000)
  same([t.sent, t.shown], ['', [null, '8']], 'in the pause')
  await t.becomes('voting')
  await t.replies(null)
  await (await t.world.request()).answer(200)
  same([t.shown, t.refusals], [['8', undefined], []], 'after it')
})

test('a card that meets a pause of which the page has not heard is kept, too', async () => {
  const t = new Table()
  t.votes.choose('8')
  await (await t.world.request()).answer(409, { type: '/docs#session_paused' })
  await t.becomes('paused')
  await t.world.pass(60_000)
  same([t.shown, t.refusals], [[null, '8'], []], 'in the pause')
  await t.becomes('voting')
  await t.replies(null)
  await (await t.world.request()).answer(200)
  same([t.shown, t.refusals], [['8', undefined], []], 'after it')
})

test('a card that is kept can be taken back', async () => {
  const t = new Table()
  const at = await t.played('5')
  t.down()
  t.votes.choose(null)
  t.up()
  await t.replies('5', at)
  await (await t.world.request()).answer(200)
  same([t.sent, t.shown], ['5 asked taken back', [null, undefined]])
})

test('a refusal rolls back without a question', async () => {
  const t = new Table()
  await t.played('5')
  t.votes.choose('8')
  await (await t.world.request()).answer(409)
  same([t.sent, t.shown, t.refusals], ['5 8', ['5', undefined], ['409']])
  await t.laid()
  await t.replies('13', 't9')
  same(t.shown, ['13', undefined], 'a vote of another tab after it')
})

test('a refusal is doubted if an event of mine came meanwhile', async () => {
  const t = new Table()
  t.votes.choose('8')
  const request = await t.world.request()
  const at = await t.laid()
  await request.answer(409)
  await t.replies('13', at)
  same(t.shown, ['13', undefined])
})

test('a new round forgets my card, and wishes of the one before', async () => {
  const t = new Table()
  await t.played('5')
  t.votes.choose('8')
  const request = await t.world.request()
  await t.event('voting_started', { round_id: 'r2', started_at: '' })
  same(t.shown, [null, undefined])
  await request.answer(200)
  await t.world.pass(60_000)
  same([t.sent, t.shown], ['5 8', [null, undefined]])
})

test('a card that came after the restart is found in the new round', async () => {
  const t = new Table()
  t.votes.choose('8')
  const request = await t.world.request()
  await t.event('voting_started', { round_id: 'r2', started_at: '' })
  const at = await t.laid()
  await request.answer(200)
  await t.replies('8', at)
  same(t.shown, ['8', undefined])
})

test('a card that came after the restart is found when the stream begins anew with that round', async () => {
  const t = new Table()
  t.votes.choose('8')
  const request = await t.world.request()
  t.votes.live()
  await t.whole(t.round('r2'))
  const at = await t.laid()
  await request.answer(200)
  await t.replies('8', at)
  same(t.shown, ['8', undefined])
})

test('an answer after the reveal changes nothing that lies open', async () => {
  const t = new Table()
  t.votes.choose('5')
  const request = await t.world.request()
  await t.laid()
  const at = await t.laid()
  await t.event('votes_revealed', { round_id: 'r1', votes: { [ME]: { user_id: ME, value: '13', submitted_at: at } }, statistics: null })
  await request.answer(200)
  same([t.sent, t.shown], ['5', ['13', undefined]])
})

test('an answer to a question changes nothing that lies open, either', async () => {
  const t = new Table()
  const at = await t.laid()
  const question = await t.world.request()
  await t.event('votes_revealed', { round_id: 'r1', votes: {}, statistics: null })
  await question.answer(200, { ...t.round('r1', { [ME]: at }), my_vote: '13' })
  same([t.sent, t.shown], ['asked', [null, undefined]])
})

test('the reveal shows my card, and ends every doubt', async () => {
  const t = new Table()
  const at = await t.played('5')
  t.votes.choose('8')
  const request = await t.world.request()
  await t.event('votes_revealed', { round_id: 'r1', votes: { [ME]: { user_id: ME, value: '5', submitted_at: at } }, statistics: null })
  same(t.shown, ['5', undefined])
  await request.answer(409)
  await t.whole()
  same([t.sent, t.shown, t.refusals], ['5 8', ['5', undefined], ['409']])
})

test('a page that comes back after the reveal reads its card', async () => {
  const t = new Table()
  await t.played('5')
  t.votes.live()
  await t.whole(t.round('r1', { [ME]: 'later' }, { [ME]: '13' }))
  same([t.sent, t.shown], ['5', ['13', undefined]])
})

test('without a seat nothing is sent and nothing asked', async () => {
  const t = new Table()
  t.room = { ...t.room, me: null }
  t.votes.choose('5')
  await t.laid('other')
  await settled()
  same(t.sent, '')
})

test('a room that is left sends no more', async () => {
  const t = new Table()
  t.votes.choose('5')
  await (await t.world.request()).lose()
  t.votes.close()
  await t.world.pass(60_000)
  same([t.sent, t.refusals], ['5', []])
})

test('a card that is chosen and put back while the line is down leaves nothing to be sent', async () => {
  const t = new Table()
  t.down()
  t.votes.choose('5')
  same(t.shown, [null, '5'], 'chosen')
  t.votes.choose(null)
  same(t.shown, [null, undefined], 'put back')
  t.up()
  await settled()
  same(t.sent, '', 'afterwards')
})

test('who comes back to the card that lies there, while the session is paused, waits for nothing', async () => {
  const t = new Table()
  await t.played('5')
  await t.becomes('paused')
  t.votes.choose('8')
  t.votes.choose('5')
  same(t.shown, ['5', undefined])
  await t.becomes('voting')
  same(t.sent, '5', 'afterwards')
  t.votes.choose('13')
  same(t.shown, ['5', '13'], 'the next card')
  await (await t.world.request()).answer(200)
  same(t.sent, '5 13')
})

test('a card whose outcome nobody knows is taken back by a request', async () => {
  const t = new Table()
  t.votes.choose('5')
  await t.nobodyAnswers()
  t.down()
  t.votes.choose(null)
  same(t.shown, [null, null])
})

/** A round whose cards never name anybody, after its reveal. @param {Table} table @param {Record<string, string>} laid when by whom */
const unnamed = (table, laid) => ({ ...table.round('r1', laid), anonymous: true, is_revealed: true })

test('my card in an anonymous round is known after the reveal, and not asked for', async () => {
  const table = new Table()
  await table.whole({ ...table.round('r1'), anonymous: true })
  const at = await table.played('8')
  const asked = table.world.requests.length
  await table.event('votes_revealed', { round_id: 'r1', votes: unnamed(table, { [ME]: at }).votes, statistics: null })
  same([table.room.myVote, table.room.wanted, table.world.requests.length], ['8', undefined, asked])
})

test('who comes to an anonymous round after its reveal asks for the own card', async () => {
  const table = new Table()
  await table.whole(unnamed(table, { [ME]: 't0' }))
  await (await table.world.request()).answer(200, { ...unnamed(table, { [ME]: 't0' }), my_vote: '5' })
  same(table.room.myVote, '5')
})

test('a card that was under way when an anonymous round was revealed is asked for', async () => {
  const table = new Table()
  await table.whole({ ...table.round('r1'), anonymous: true })
  await table.played('8')
  table.votes.choose('3')
  const sent = await table.world.request()
  await table.whole(unnamed(table, { [ME]: 't99' }))
  await sent.answer(200, { success: true })
  await (await table.world.request()).answer(200, { ...unnamed(table, { [ME]: 't99' }), my_vote: '3' })
  same([table.room.myVote, table.room.wanted], ['3', undefined])
})

test('a card of mine that the stream does not bring casts doubt on the stream', async () => {
  const t = new Table()
  t.votes.choose('5')
  await (await t.world.request()).answer(200, { success: true })
  await t.world.pass(UNHEARD - 1)
  same(t.unheard, 0, 'a moment before')
  await t.world.pass(1)
  same(t.unheard, 1)
  await t.world.pass(60_000)
  same([t.unheard, t.world.timers.size], [1, 0], 'once')
})

test('a card of mine that the stream brings casts none', async () => {
  const t = new Table()
  await t.played('5')
  t.votes.choose('8')
  const request = await t.world.request()
  await t.laid() // before the answer
  await request.answer(200, { success: true })
  t.votes.choose('13')
  await (await t.world.request()).answer(200, { success: true })
  await t.whole(t.round('r2')) // it went with its round
  await t.world.pass(60_000)
  same([t.unheard, t.world.timers.size], [0, 0])
})
