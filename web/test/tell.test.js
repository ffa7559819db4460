// @ts-check
import { en } from '../static/i18n/en.js'
import { Refusal } from '../static/requests.js'
import { BRIEF } from '../static/stream.js'
import { together, why } from '../static/tell.js'
import { isLost } from '../static/words.js'
import { same, test } from './harness.js'

test('what is not known is not said: a proxy that answers in the place of the server does not speak for it', () => {
  for (const [status, kind, want] of /** @type {[number, string, import('../static/i18n.js').Key][]} */ ([
    [0, '', 'refused.offline'], [502, '', 'refused.502'], [503, '', 'refused.503'], [504, '', 'refused.504'],
    [404, '', 'refused.offline'], [521, '', 'refused.offline'],
    [503, 'unavailable', 'refused.unavailable'], [503, 'outcome_unknown', 'refused.outcome'], [503, 'server_stopping', 'refused.503'],
  ])) same(why(new Refusal(status, '', '', 0, kind)), en[want], `${status} ${kind}`)
})

test('what was refused is said in the words of the server, or else in ours', () => {
  same(why(new Refusal(409, 'Session paused', 'The Scrum Master is away.', 0, 'session_paused')), 'The Scrum Master is away.')
  same(why(new Refusal(403, '', '', 0, 'not_scrum_master')), en['refused.403'])
  same(why(new Refusal(500, '', '', 0, 'internal_error')), en['refused.500'])
})

test('what stands before the server does not speak for it either where it refuses', () => {
  for (const status of [401, 403, 407, 409, 413]) same(why(new Refusal(status, 'Unauthorized', 'Your token has expired.')), en['refused.foreign'].replace('{status}', `${status}`))
  same(why(new Refusal(429, '', '')), en['refused.429'])
})

test('what could not be sent, nobody is in doubt about', () => same(why(new Refusal(0, '', '', 0, 'offline')), en['lost.cannot']))

test('a line that is back in a moment is not worth a word', () => {
  const at = 1_000_000
  for (const [name, connection, lostAt, now, want] of /** @type {[string, 'live'|'lost'|'connecting', number|null, number, boolean][]} */ ([
    ['a line that has just gone', 'lost', at, at, false], ['a moment later', 'lost', at, at + BRIEF - 1, false], ['then', 'lost', at, at + BRIEF, true],
    ['a clock that has stood still for long', 'lost', at, at - 600_000, false], ['a line that is up', 'live', null, at, false], ['one that has not been up', 'connecting', null, at, false],
  ])) same(isLost({ room: /** @type {any} */ ({ phase: 'seated', connection, lostAt }), now }), want, name)
})

test('messages that are said together have one full stop between them, whatever they end with', () => {
  for (const [texts, want] of /** @type {[string[], string][]} */ ([
    [['Ben joined', 'Cleo joined'], 'Ben joined. Cleo joined'],
    [['The cards are turned.', 'Consensus: 5'], 'The cards are turned. Consensus: 5'],
    [['Everybody is here!', 'Shall we begin?', 'Copied…', 'Next'], 'Everybody is here! Shall we begin? Copied… Next'],
    [['They said “yes.”', 'Again: (yes.)', 'Ben joined '], 'They said “yes.” Again: (yes.) Ben joined'],
    [['Voting has started: \u2068Is it done?\u2069', 'Ben joined'], 'Voting has started: \u2068Is it done?\u2069 Ben joined'],
    [['Voting has started: \u2068送料無料。\u2069', '« Oui.\u00a0»', 'جاهز؟', 'Ben joined'], 'Voting has started: \u2068送料無料。\u2069 « Oui.\u00a0» جاهز؟ Ben joined'],
    [['\u2068Ben\u2069 joined', 'Next: \u2068Ben\u2069', 'Cleo'], '\u2068Ben\u2069 joined. Next: \u2068Ben\u2069. Cleo'],
    [['', 'Ben joined', ' '], 'Ben joined'],
    [['Alone.'], 'Alone.'],
    [[], ''],
  ])) same(together(texts), want)
})
