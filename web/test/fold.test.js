// @ts-check
/** @import { Session, Envelope } from '../static/types.js' */
import { fold } from '../static/fold.js'
import { read, same, test } from './harness.js'

// What an event does not say, and the page does not show, or knows from elsewhere.
const UNKNOWN = {
  last_activity: 'only a whole session says it; expires_at, which follows from it, comes with every event',
  my_vote: 'events are the same for everybody; the page knows it from its own requests',
}

/** @type {Session} */
const START = /** @type {any} */ ({
  id: 's', name: 'Squad', status: 'voting', scrum_master_id: 'a', expires_at: 'e0', resumes_by: null, rounds: [],
  participants: [{ id: 'a', name: 'Ada', is_online: true }, { id: 'b', name: 'Bo', is_online: true }],
  current_round: { id: 'r1', topic: 'Refunds', votes: {}, is_revealed: false, statistics: null, estimate: null, started_at: 't0', reveals_at: null, completed_at: null },
})

/** @param {string} type @param {any} data @param {Session|null} [session] @returns {any} */
const after = (type, data, session = START) => fold(session, /** @type {Envelope} */ ({ type, session_id: 's', timestamp: 't1', expires_at: 'e1', data }))

test('a whole session takes the place of what was known', () => {
  same(after('session_updated', { session: { ...START, name: 'New', expires_at: 'old' } }, null), { ...START, name: 'New', expires_at: 'e1' })
})

test('before a whole session has come nothing is known', () => same(after('vote_submitted', { user_id: 'a' }, null), null))

test('an event that is not known changes nothing but the expiry', () => {
  same(after('nudged', { user_ids: ['a'] }), { ...START, expires_at: 'e1' })
  same(after('toString', {}), { ...START, expires_at: 'e1' })
})

test('folding leaves what it was given as it was', () => {
  const before = structuredClone(START)
  after('vote_submitted', { user_id: 'a' })
  after('user_left', { user_id: 'a' })
  after('round_completed', { round_id: 'r1', statistics: {}, estimate: '5' })
  same(START, before)
})

test('people come, go and return', () => {
  const ids = (/** @type {Session} */ s) => s.participants.map((p) => p.id + (p.is_online ? '' : ' away')).join()
  same(ids(after('user_joined', { user: { id: 'c', name: 'Chi' } })), 'a,b,c')
  const away = after('user_disconnected', { user_id: 'b' })
  same(ids(away), 'a,b away')
  same(ids(after('user_joined', { user: { id: 'b', name: 'Bo' }, reconnected: true }, away)), 'a,b')
  same(ids(after('user_left', { user_id: 'a', reason: 'kicked' })), 'b')
})

test('who leaves takes the vote along, before the reveal only', () => {
  const voted = after('vote_submitted', { user_id: 'b' })
  same(voted.current_round.votes, { b: { user_id: 'b', value: null, submitted_at: 't1' } })
  same(after('user_left', { user_id: 'b' }, voted).current_round.votes, {})
  const open = after('votes_revealed', { round_id: 'r1', votes: { b: { user_id: 'b', value: '5', submitted_at: 't1' } }, statistics: { average: 5 } }, voted)
  same(after('user_left', { user_id: 'b' }, open).current_round.votes.b.value, '5')
})

test('cards that turn while the session is paused leave it paused', () => {
  const open = { round_id: 'r1', votes: {}, statistics: { average: null } }
  same(after('votes_revealed', open).status, 'results')
  same(after('votes_revealed', open, after('session_paused', { reason: 'left', resumes_by: 't9' })).status, 'paused')
  same(after('votes_revealed', { ...open, round_id: 'r0' }), { ...START, expires_at: 'e1' }, 'a round that is over')
})

test('a completed round is listed in short, and stands in the table whole', () => {
  const statistics = { average: 5 }
  const done = after('round_completed', { round_id: 'r1', topic: 'Refunds', statistics, estimate: '5', completed_at: 't1' })
  same(done.rounds, [{ id: 'r1', topic: 'Refunds', estimate: '5', completed_at: 't1' }])
  same(done.current_round, { ...START.current_round, is_revealed: true, statistics, estimate: '5', completed_at: 't1' })
})

test('a round that is completed again is amended', () => {
  const once = after('round_completed', { round_id: 'r1', topic: 'Refunds', story_id: 'y', statistics: {}, estimate: '5', completed_at: 't1' })
  const twice = after('round_completed', { round_id: 'r1', topic: 'Refunds', story_id: 'y', statistics: {}, estimate: null, completed_at: 't1' }, once)
  same(twice.rounds, [{ id: 'r1', topic: 'Refunds', story_id: 'y', estimate: null, completed_at: 't1' }])
})

test('a long topic is cut in the list, by characters', () => {
  const topic = '🦊'.repeat(41)
  const done = after('round_completed', { round_id: 'r1', topic, statistics: {}, estimate: '5', completed_at: 't1' })
  same([done.rounds[0].topic, done.current_round.topic], ['🦊'.repeat(39) + '…', topic])
  same(after('round_completed', { round_id: 'r1', topic: topic.slice(2), statistics: {}, estimate: '5', completed_at: 't1' }).rounds[0].topic, '🦊'.repeat(40), 'one that just fits')
})

test('the list of completed rounds stays short', () => {
  let session = START
  for (let n = 1; n <= 25; n++) session = after('round_completed', { round_id: `r${n}`, topic: null, statistics: {}, estimate: '1', completed_at: `t${n}` }, session)
  same(session.rounds.map((r) => r.id), Array.from({ length: 20 }, (_, i) => `r${i + 6}`))
})

/**
 * A session without what the page cannot know. Where topics are long the server lists fewer rounds than the page has heard of, for the sake of its message's size: the last ones are compared.
 * @param {any} session @param {any} want
 */
const comparable = (session, want) => Object.fromEntries(Object.entries(session ?? {}).filter(([name]) => !(name in UNKNOWN))
  .map(([name, value]) => [name, name === 'rounds' && want.rounds.length ? value.slice(-want.rounds.length) : value]))

const golden = await read('../../internal/view/testdata/fold.json')

for (const { name, steps } of JSON.parse(golden ?? 'there is no golden file')) {
  test(`the page sees what the server sees: ${name}`, () => {
    /** @type {Session|null} */
    let session = null
    for (const [i, { event, session: want }] of steps.entries()) {
      session = fold(session, event)
      if (want) same(comparable(session, want), comparable(want, want), `the session after step ${i + 1}, ${event.type},`)
    }
  })
}
