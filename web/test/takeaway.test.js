// @ts-check
import { asMarkdown, asTable, asTabs, takeaway } from '../static/takeaway.js'
import { same, test } from './harness.js'

const deck = { name: 'own', cards: [{ value: '½', number: 0.5 }, { value: '5', number: 5 }, { value: 'XL', number: null }, { value: 'coffee', number: null }] }
const statistics = { average: 3, median: 3, lowest: 0.5, highest: 5, distribution: { '½': 1, 5: 1 }, consensus: false, coffee_votes: 0, total_votes: 2, suggestion: '5' }

/** @param {string} id @param {string|null} story @param {string|null} estimate @param {object} [more] */
const round = (id, story, estimate, more = {}) => ({ id, story_id: story, topic: story ?? 'Lunch', estimate, started_at: '2026-03-01T10:00:00.000Z', completed_at: '2026-03-01T10:01:30.000Z', votes: {}, statistics, ...more })

/** @param {string} id @param {object} [more] */
const story = (id, more = {}) => ({ id, key: '', title: 'Story ' + id, type: '', url: null, status: 'estimated', estimate: '5', rounds: 1, version: 1, description: '', ...more })

/** @param {object[]} stories @param {object[]} rounds */
const of = (stories, rounds) => takeaway(/** @type {any} */ ({ stories, rounds, deck }))

test('every story has its estimate, its rounds, its spread and its time', () => {
  const { rows, points, estimated, rounds, ms } = of([story('a'), story('b', { estimate: '½' }), story('c', { status: 'todo', estimate: null })], [round('1', 'a', null), round('2', 'a', '5'), round('3', 'b', '½')])
  same(rows.map((r) => [r.id, r.estimate, r.rounds, r.low, r.high, r.average, r.ms]), [['a', '5', 2, '½', '5', 3, 180_000], ['b', '½', 1, '½', '5', 3, 90_000], ['c', null, 0, null, null, null, 0]])
  same([points, estimated, rounds, ms], [5.5, 2, 3, 270_000])
})

test('topics that were no stories, and those whose story was removed, come at the end', () => {
  const { rows, points } = of([story('a')], [round('1', null, '5'), round('2', 'gone', '½'), round('3', 'a', '5')])
  same(rows.map((r) => [r.title, r.estimate]), [['Story a', '5'], ['Lunch', '5'], ['gone', '½']])
  same(points, 10.5)
})

test('what is no number counts nothing, and is spread in the order of the deck', () => {
  const shirts = { ...statistics, average: null, median: null, lowest: null, highest: null, distribution: { coffee: 1, XL: 2, 5: 1 } }
  const { rows, points } = of([story('a', { estimate: 'XL' }), story('b', { estimate: '13' }), story('c', { estimate: '1/2' })], [round('1', 'a', 'XL', { statistics: shirts })])
  same([rows[0].low, rows[0].high, rows[0].points], ['5', 'XL', null])
  same(points, 13.5, 'an estimate of an earlier deck counts as it reads')
})

test('a table is copied as Markdown, with tabs, and as markup; nothing in it becomes any of them', () => {
  const table = [['Story', 'Estimate'], ['A | B\n[c](javascript:d) <b>', '5'], ['=SUM(A1)', '-']]
  same(asMarkdown(table), '| Story | Estimate |\n| --- | ---: |\n| A \\| B \\[c\\](javascript:d) \\<b\\> | 5 |\n| =SUM(A1) | - |\n')
  same(asTabs(table), "Story\tEstimate\nA | B [c](javascript:d) <b>\t5\n'=SUM(A1)\t-\n")
  same(asTable(table).includes('<b>'), false)
})
