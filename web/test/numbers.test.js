// @ts-check
/** @import { Room, Session } from '../static/types.js' */
import { Alive } from '../static/alive.js'
import { exact, num } from '../static/i18n.js'
import { agreed, estimate, farApart, missing, names, present, runner } from '../static/words.js'
import { same, test } from './harness.js'

const DECK = { name: 'fibonacci', cards: ['1', '2', '3', '5', '8', '13', '21', 'coffee'].map((value) => ({ value, number: value === 'coffee' ? null : Number(value) })) }

/** A session in which so many voted; an empty vote is a missing one, and a minus before it is somebody away. @param {...string} cards @returns {Session} */
function voted(...cards) {
  const people = cards.map((c, i) => ({ id: `u${i}`, name: `U${i}`, avatar: '', is_online: !c.startsWith('-'), joined_at: '' }))
  const votes = Object.fromEntries(cards.map((c, i) => [`u${i}`, { user_id: `u${i}`, value: c.replace('-', ''), submitted_at: '' }]).filter(([, v]) => typeof v !== 'string' && v.value))
  const numbers = Object.values(votes).map((v) => Number(v.value)).filter((n) => n)
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const statistics = { consensus: numbers.length > 0 && low === high, lowest: numbers.length ? low : null, highest: numbers.length ? high : null, suggestion: '8' }
  return /** @type {any} */ ({ participants: people, deck: DECK, current_round: { id: 'r', is_revealed: true, votes, statistics, estimate: null, completed_at: null } })
}

/** @param {any} [part] @returns {Room} */
const room = (part) => /** @type {any} */ ({ witnesses: null, choice: null, reopened: false, ...part })

test('those who are there are counted, and those who have not voted are missing', () => {
  const s = voted('5', '', '-', '-3')
  same(present(s).map((p) => p.id), ['u0', 'u1'])
  same(missing(s).map((p) => p.id), ['u1'])
})

test('consensus takes everybody who is there, two at least', () => {
  same(agreed(room(), voted('5', '5', '5')), true)
  same(agreed(room(), voted('5', '5', '')), false, 'one has not voted')
  same(agreed(room(), voted('5', '', '', '')), false, 'one vote of four')
  same(agreed(room(), voted('5')), false, 'alone')
  same(agreed(room(), voted('5', '5', '8')), false)
  same(agreed(room(), voted('5', '5', 'coffee')), false, 'a coffee is no agreement')
  same(agreed(room(), voted('5', '5', '-')), true, 'one who is away is not asked')
  same(agreed(room(), voted('5', '5', '-8')), false, 'one who voted and went is')
})

test('who comes or goes after the reveal makes and breaks no consensus', () => {
  same(agreed(room({ witnesses: { round: 'r', users: ['u0', 'u1'] } }), voted('5', '5', '')), true)
  same(agreed(room({ witnesses: { round: 'r', users: ['u0', 'u1', 'u2'] } }), voted('5', '5', '-')), false)
})

test('votes are far apart from three cards on', () => {
  same([farApart(voted('5', '13')), farApart(voted('5', '21')), farApart(voted('1', '5', '21')), farApart(voted('coffee')), farApart(voted('3', '3'))], [false, true, true, false, false])
})

test('a round that was completed without an estimate has none until it is decided on anew', () => {
  const open = voted('5', '13')
  const done = /** @type {Session} */ ({ ...open, current_round: { ...open.current_round, completed_at: 't' } })
  same([estimate(room({ session: open })), estimate(room({ session: done })), estimate(room({ session: done, reopened: true })), estimate(room({ session: done, choice: '3' }))], ['8', null, '8', '3'])
})

test('a few names are said, and how many more there are', () => {
  const s = voted('', '', '', '')
  const plain = (/** @type {string} */ text) => text.replace(/[\u2066-\u2069]/g, '')
  same(plain(names(s.participants.slice(0, 3))), 'U0, U1, and U2')
  same(plain(names(s.participants)), 'U0, U1, and +2')
})

const MINUTE = 60_000

/** A session that was last used at so many minutes, and lives for so many. @param {number} used @param {number} life @returns {Session} */
const used = (used, life) => /** @type {any} */ ({ id: 's', last_activity: new Date(used * MINUTE).toISOString(), expires_at: new Date((used + life) * MINUTE).toISOString() })

test('a touch keeps the session alive, once a minute at most', () => {
  const alive = new Alive()
  same(alive.needed(used(0, 10), 0.9 * MINUTE), false, 'somebody did something a moment ago')
  same(alive.needed(used(0, 10), 1.1 * MINUTE), true)
  same(alive.needed(used(0, 10), 1.2 * MINUTE), false, 'said, and not heard back yet')
  same(alive.needed(used(0, 10), 2.2 * MINUTE), true, 'not heard of for a minute')
  same(alive.needed(used(2.2, 10), 3.1 * MINUTE), false)
  same(alive.needed(used(2.2, 10), 3.3 * MINUTE), true)
})

test('events that say only when the session expires count as activity', () => {
  const alive = new Alive()
  alive.learn(used(0, 10))
  const later = { ...used(0, 10), expires_at: used(5, 10).expires_at }
  same(alive.needed(later, 5.5 * MINUTE), false)
  same(alive.needed(later, 6.1 * MINUTE), true)
})

test('a session that lives for a minute is kept alive after half of it', () => {
  const alive = new Alive()
  same([alive.needed(used(0, 1), 0.4 * MINUTE), alive.needed(used(0, 1), 0.6 * MINUTE)], [false, true])
})

test('an average is rounded, small ones less; what stands on cards is not', () => {
  same([2.857, 8.25, 0.25, 0.375, -0.125, 0].map(num), ['2.9', '8.3', '0.25', '0.38', '-0.13', '0'])
  same([83.25, 0.125, 1.75, 20].map(exact), ['83.25', '0.125', '1.75', '20'])
})

test('who goes on is the Scrum Master, or while they are away a facilitator who is there', () => {
  const people = (/** @type {[string, boolean, boolean][]} */ ...all) => /** @type {any} */ ({ scrum_master_id: 'sm', participants: all.map(([id, is_online, facilitator]) => ({ id, is_online, facilitator })) })
  same([
    runner(people(['sm', true, false], ['f', true, true])), runner(people(['sm', false, false], ['g', false, true], ['f', true, true])), runner(people(['sm', false, false], ['f', false, true], ['u', true, false])),
  ], ['sm', 'f', 'sm'])
})
