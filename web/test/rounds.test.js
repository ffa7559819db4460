// @ts-check
/** @import { Past, Session } from '../static/types.js' */
import { complete, gaps, lines, remember } from '../static/rounds.js'
import { same, test } from './harness.js'

const votes = { a: { user_id: 'a', value: '5', submitted_at: 't' } }

/** @param {string} id @param {string|null} topic @param {string|null} estimate @param {object} [more] @returns {Past} */
const round = (id, topic, estimate, more = {}) => ({ id, topic, estimate, completed_at: 'c' + id, started_at: 's' + id, votes, statistics: null, ...more })

/** @param {Past[]} rounds @param {any} [current] @returns {Session} */
const session = (rounds, current = null) => /** @type {any} */ ({ rounds: rounds.map(({ id, topic, estimate, completed_at }) => ({ id, topic, estimate, completed_at })), current_round: current })

/** @param {Past[]} rounds @param {any} [current] */
const told = (rounds, current) => lines(rounds, current).map((l) => `${l.topic}: ${l.estimate} of ${l.rounds.length}${l.running ? ' and one' : ''}`)

test('a round on the table is remembered whole, others in short', () => {
  const current = { ...round('2', 'B', '8'), is_revealed: true }
  const known = remember([], session([round('1', 'A', '5'), round('2', 'B', '8')], current))
  same(known.map((r) => [r.id, r.estimate, !!r.votes]), [['1', '5', false], ['2', '8', true]])
  same(gaps(known), true)
})

test('what is known already stays the same array', () => {
  const known = [round('1', 'A', '5')]
  same(remember(known, session(known)) === known, true)
})

test('an amended estimate is taken over, and the votes stay', () => {
  const [r] = remember([round('1', 'A', '5')], session([round('1', 'A', '8')]))
  same([r.estimate, r.votes], ['8', votes])
})

test('rounds that the session lists no more are kept', () => {
  same(remember([round('1', 'A', '5')], session([round('2', 'B', '8')])).map((r) => r.id), ['1', '2'])
})

test('the answer of the server fills the gaps, and does not undo what came since', () => {
  const known = remember([], session([round('1', 'A', '8'), round('2', 'B', '5')]))
  const all = complete([...known, round('3', 'C', '1')], /** @type {any} */ ([round('0', 'Z', null), round('1', 'A', '5'), round('2', 'B', '5')]))
  same(all.map((r) => [r.id, r.estimate, !!r.votes]), [['0', null, true], ['1', '8', true], ['2', '5', true], ['3', '1', true]])
})

test('rounds of one topic are one line with the last estimate', () => {
  same(told([round('1', 'A', null), round('2', 'A', null), round('3', 'A', '5')]), ['A: 5 of 3'])
  same(told([round('1', 'A', '3'), round('2', 'B', '8'), round('3', 'A', '5')]), ['A: 5 of 2', 'B: 8 of 1'])
  same(told([round('1', 'A', '3'), round('2', 'A', null)]), ['A: 3 of 2'])
})

test('rounds of one story are one line, whatever the story is called by then', () => {
  same(told([round('1', 'A', null, { story_id: 'x' }), round('2', 'A2', '5', { story_id: 'x' }), round('3', 'A', '1', { story_id: 'y' })]), ['A: 5 of 2', 'A: 1 of 1'])
})

test('rounds without a topic are one line only if one was voted on again at once', () => {
  same(told([round('1', null, null), round('2', null, '5', { started_at: 'c1' })]), ['null: 5 of 2'])
  same(told([round('1', null, null), round('2', null, '5')]), ['null: null of 1', 'null: 5 of 1'], 'skipped, then another')
  same(told([round('1', null, '3'), round('2', null, '5', { started_at: 'c1' })]), ['null: 3 of 1', 'null: 5 of 1'], 'accepted, then another')
})

test('a further vote that is on the table belongs to its line; a first one has none', () => {
  const past = [round('1', 'A', null)]
  same(told(past, round('2', 'A', null, { completed_at: null })), ['A: null of 1 and one'])
  same(told(past, round('2', 'B', null, { completed_at: null })), ['A: null of 1'])
  same(told(past, { ...past[0] }), ['A: null of 1'], 'the round itself, completed')
})
