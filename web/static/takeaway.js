// @ts-check
/** @import { Deck, Report, Round } from './types.js' */
import { lines } from './rounds.js'

/**
 * One story, or one topic without a story, of the summary. ms: how long its rounds took together, in milliseconds; points: null for an estimate that is no number; low and high: of the last round.
 * @typedef {{id: string, key: string, title: string|null, url: string|null, status: string, estimate: string|null, points: number|null, rounds: number, low: string|null, high: string|null, average: number|null, ms: number, at: string|null}} Row
 * @typedef {{rows: Row[], points: number, estimated: number, rounds: number, ms: number}} Takeaway
 */

/** What a team takes home. Stories stand in their order; then come topics that were no stories, or whose story was removed. @param {Report} report @returns {Takeaway} */
export function takeaway({ stories, rounds, deck }) {
  const listed = new Set(stories.map((s) => s.id))
  const others = lines(rounds.filter((r) => !r.story_id || !listed.has(r.story_id)))
  const rows = [
    ...stories.map((s) => row({ id: s.id, key: s.key, title: s.title, url: s.url, status: s.status, estimate: s.estimate }, rounds.filter((r) => r.story_id === s.id), deck)),
    ...others.map((l) => row({ id: l.key, key: '', title: l.topic, url: null, status: l.estimate === null ? 'todo' : 'estimated', estimate: l.estimate }, /** @type {Round[]} */ (l.rounds), deck)),
  ]
  const sum = (/** @type {(r: Row) => number} */ of) => rows.reduce((n, r) => n + of(r), 0)
  // Thirds of a point add up to something with an end.
  const points = Math.round(sum((r) => r.points ?? 0) * 1000) / 1000
  return { rows, points, estimated: rows.filter((r) => r.estimate !== null).length, rounds: sum((r) => r.rounds), ms: sum((r) => r.ms) }
}

/** @param {Pick<Row, 'id'|'key'|'title'|'url'|'status'|'estimate'>} what @param {Round[]} rounds @param {Deck} deck @returns {Row} */
function row(what, rounds, deck) {
  const last = rounds.at(-1)
  const ms = rounds.reduce((n, r) => n + Math.max(0, Date.parse(r.completed_at ?? r.started_at) - Date.parse(r.started_at)), 0)
  return { ...what, points: points(what.estimate, deck), rounds: rounds.length, ...spread(last?.statistics ?? null, deck), average: last?.statistics?.average ?? null, ms, at: last?.completed_at ?? null }
}

/** What an estimate counts: as the deck says, or, of a deck that was used before, as it reads. @param {string|null} estimate @param {Deck} deck */
function points(estimate, deck) {
  if (estimate === null) return null
  const card = deck.cards.find((c) => c.value === estimate)
  if (card) return card.number
  const n = estimate === '½' ? 0.5 : /^\d+\/[1-9]\d*$/.test(estimate) ? Number(estimate.split('/')[0]) / Number(estimate.split('/')[1]) : Number(estimate.replace(',', '.'))
  return Number.isFinite(n) ? n : null
}

/** The lowest and the highest card that were played. @param {Round['statistics']} s @param {Deck} deck @returns {{low: string|null, high: string|null}} */
function spread(s, { cards }) {
  if (!s) return { low: null, high: null }
  const named = (/** @type {number} */ n) => cards.find((c) => c.number === n)?.value ?? String(n)
  if (s.lowest !== null && s.highest !== null) return { low: named(s.lowest), high: named(s.highest) }
  const played = cards.filter((c) => s.distribution[c.value] && c.value !== 'coffee' && c.value !== '?')
  return { low: played[0]?.value ?? null, high: played.at(-1)?.value ?? null }
}

/** A table in Markdown. What would be markup in a cell is kept from being it. @param {string[][]} table the first row is its head @param {number} [left] how many columns are texts */
export const asMarkdown = ([head, ...rows], left = 1) => [head, head.map((_, i) => (i < left ? '---' : '---:')), ...rows.map((r) => r.map(inCell))].map((r) => `| ${r.join(' | ')} |`).join('\n') + '\n'

/** @param {string} text */
export const inCell = (text) => text.replace(/[\\|`*_[\]<>#~]/g, '\\$&').replace(/\s+/g, ' ')

/** The same for wikis and spreadsheets: a tab between cells. What a spreadsheet would take for a formula is text. @param {string[][]} table */
export const asTabs = (table) => table.map((r) => r.map((c) => c.replace(/\s+/g, ' ').replace(/^[=+@-](?=.)/, "'$&")).join('\t')).join('\n') + '\n'

/** And as markup, which keeps its columns where it is pasted. @param {string[][]} table */
export const asTable = ([head, ...rows]) => `<table><thead><tr>${head.map((c) => `<th>${escaped(c)}</th>`).join('')}</tr></thead><tbody>${rows.map((r) => `<tr>${r.map((c) => `<td>${escaped(c)}</td>`).join('')}</tr>`).join('')}</tbody></table>`

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
