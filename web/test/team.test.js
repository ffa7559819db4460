// @ts-check
/** @import { Action, Room, Session } from '../static/types.js' */
import { agreed, iWatch, may, missing, voters } from '../static/words.js'
import { same, test } from './harness.js'

/** @type {Action[]} */
const ACTIONS = ['start', 'reveal', 'accept', 'stories', 'deck', 'timer', 'nudge', 'lock', 'end', 'kick', 'transfer', 'facilitators', 'settings']

/** Ada leads, Bo helps, Chi votes, Dee watches; Eve is away. @param {string|null} me @param {string[]} [everyone] @returns {Room} */
const room = (me, everyone = []) => /** @type {any} */ ({
  me, witnesses: null, session: {
    scrum_master_id: 'ada', settings: { everyone_may: everyone }, current_round: { id: 'r', votes: {} },
    participants: [['ada', 'voter', false], ['bo', 'voter', true], ['chi', 'voter', false], ['dee', 'spectator', false], ['eve', 'voter', false]].map(([id, role, facilitator]) => ({ id, role, facilitator, is_online: id !== 'eve' })),
  },
})

/** @param {string|null} me @param {string[]} [everyone] */
const allowed = (me, everyone) => ACTIONS.filter((a) => may(room(me, everyone), a)).join(' ')

test('each may do what the server lets them do', () => {
  same(allowed('ada'), ACTIONS.join(' '))
  same(allowed('bo'), 'start reveal accept stories deck timer nudge lock')
  same([allowed('chi'), allowed('dee'), allowed(null), allowed('gone')], ['', '', '', ''])
})

test('what everybody may do, a spectator may, too', () => {
  same([allowed('chi', ['reveal', 'timer']), allowed('dee', ['start'])], ['reveal timer', 'start'])
  same(allowed('gone', ['start']), '', 'but nobody who is not there')
})

test('nobody waits for a spectator, or for who is away', () => {
  const session = /** @type {Session} */ (room('ada').session)
  same(voters(session).map((p) => p.id), ['ada', 'bo', 'chi'])
  same(missing(session).map((p) => p.id), ['ada', 'bo', 'chi'])
  same([iWatch(room('dee')), iWatch(room('chi')), iWatch(room(null))], [true, false, false])
})

test('an anonymous round agrees when everybody voted and there is one card', () => {
  const r = room('ada')
  const session = /** @type {any} */ (r.session)
  const round = (/** @type {Record<string, number>} */ distribution, /** @type {string[]} */ ...who) => ({ ...session, current_round: {
    id: 'r', anonymous: true, is_revealed: true, statistics: { consensus: true, distribution }, votes: Object.fromEntries(who.map((user_id) => [user_id, { user_id, value: null }])),
  } })
  same(agreed(r, round({ 5: 3 }, 'ada', 'bo', 'chi')), true)
  same(agreed(r, round({ 5: 2 }, 'ada', 'bo')), false, 'Chi has not voted')
  same(agreed(r, round({ 5: 2, coffee: 1 }, 'ada', 'bo', 'chi')), false, 'a coffee is no agreement')
})
