// @ts-check
/** @import { State, Report, Takeaway as Page } from '../types.js' */
/** @import { Row, Takeaway } from '../takeaway.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { api, Refusal } from '../api.js'
import { copy } from '../copy.js'
import { clock, exact, inline, language, list, num, shown, t } from '../i18n.js'
import { seatIn } from '../prefs.js'
import { get, set } from '../store.js'
import { asMarkdown, asTable, asTabs, inCell, takeaway } from '../takeaway.js'
import { cardName } from '../words.js'
import { outcome } from './copied.js'

/** @param {State} state */
export function summary(state) {
  const id = state.route.name === 'summary' ? state.route.id : ''
  const page = state.takeaway
  if (page?.id !== id) void load(id)
  if (page?.id !== id || !page.report && !page.problem) return html`<main class="single"><h1 class="soft quietly" tabindex="-1">${t('summary.loading')}</h1></main>`
  return page.report ? whole(state, page.report) : missing(/** @type {Page} */ (page))
}

/** Asks for the summary: as who has a seat here, and, if that seat is gone, as anybody. @param {string} id */
async function load(id) {
  const before = get().takeaway
  if (before?.id !== id) set({ takeaway: { id, report: null, problem: null } })
  /** @type {Partial<Page>} */
  const said = await ask(id).then((report) => ({ report, problem: null }), (e) => ({ problem: problemOf(e) }))
  const { takeaway: now, route } = get()
  if (route.name !== 'summary' || route.id !== id || now?.id !== id || now.report && !said.report) return
  set({ takeaway: { ...now, ...said } })
}

/** @param {string} id @returns {Promise<Report>} */
async function ask(id) {
  const me = seatIn(id)
  try {
    return await api.summary(id, me)
  } catch (e) {
    if (me && e instanceof Refusal && e.over && e.status === 401) return api.summary(id, null)
    throw e
  }
}

/** @param {unknown} e @returns {Page['problem']} */
const problemOf = (e) => !(e instanceof Refusal) || !e.over ? 'silent' : e.status === 401 ? 'closed' : 'gone'

// Who comes back to the page sees what has come of the session since.
document.addEventListener('visibilitychange', () => { if (!document.hidden && get().route.name === 'summary') void load(get().takeaway?.id ?? '') })

/** @param {Page} page */
const missing = ({ id, problem }) => html`<main class="single"><section class="panel over">
  <h1 tabindex="-1">${t(problem === 'silent' ? 'failed.title' : `summary.${problem ?? 'gone'}`)}</h1>
  ${problem === 'silent' ? nothing : html`<p>${t(`summary.${problem ?? 'gone'}.text`)}</p>`}
  <div class="acts">${problem === 'silent' ? html`<button class="primary" @click=${() => void load(id)}>${t('over.retry')}</button>` : nothing}<a class="button" href="/">${t('over.home')}</a></div>
</section></main>`

/** @param {State} state @param {Report} report */
function whole({ copied }, report) {
  const all = takeaway(report)
  const [markdown, table] = [copied?.what === 'markdown' ? copied : null, copied?.what === 'table' ? copied : null]
  return html`<main class="summary">
    <h1 tabindex="-1"><bdi>${shown(report.name)}</bdi></h1>
    <p class="soft">${when(report)}${report.participants.length ? html` · ${t('summary.people', { names: list(report.participants.map((p) => inline(p.name))) })}` : nothing}</p>
    <dl class="numbers">${totals(report, all).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${all.rows.length ? html`<div class="estimates" role="region" tabindex="0" aria-label=${t('summary.title')}><table id="takeaway"><thead><tr>${heads().map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
      <tbody>${all.rows.map(line)}</tbody></table></div>
    <div class="acts">
      <button class="primary" @click=${() => void copy('markdown', asText(report, all), '#takeaway')}>${t(markdown?.ok ? 'copy.done' : 'summary.markdown')}</button>
      <button @click=${() => void copy('table', asTabs(cells(all)), '#takeaway', asTable(cells(all)))}>${t(table?.ok ? 'copy.done' : 'summary.copyTable')}</button>
      ${report.stories.length ? html`<button @click=${() => set({ dialog: { kind: 'export', session: report.id } })}>${t('export.title')}</button>` : nothing}
      <button @click=${() => print()}>${t('summary.print')}</button>
      ${report.ended_at ? html`<a class="button" href="/">${t('over.home')}</a>` : html`<a class="button" href="/session/${report.id}">${t('summary.table')}</a>`}
    </div>${outcome(markdown ?? table)}` : html`<p class="empty">${t('summary.nothing')}</p>`}
  </main>`
}

/** @param {Report} report */
function when({ created_at, ended_at }) {
  const day = { dateStyle: /** @type {const} */ ('long'), timeStyle: /** @type {const} */ ('short') }
  const from = new Date(created_at)
  if (!ended_at) return t('summary.running', { from: from.toLocaleString(language(), day) })
  const to = new Date(ended_at)
  return t('summary.when', { from: from.toLocaleString(language(), day), to: from.toDateString() === to.toDateString() ? to.toLocaleTimeString(language(), { timeStyle: 'short' }) : to.toLocaleString(language(), day) })
}

/** @param {Report} report @param {Takeaway} all @returns {[string, string][]} */
const totals = (report, all) => [
  [t('summary.points'), exact(all.points)], [t('summary.estimated'), t('summary.of', { n: all.estimated, total: all.rows.length })], [t('summary.rounds'), num(all.rounds)], [t('summary.time'), clock(all.ms)],
]

const heads = () => [t('summary.story'), t('over.estimate'), t('summary.rounds'), t('results.spread'), t('results.average'), t('summary.time')]

/** @param {Row} row */
const named = (row) => [row.key, row.title === null ? t('summary.other') : shown(row.title)].filter(Boolean).join(' ')

/** @param {Row} row */
const values = (row) => [
  row.estimate === null ? row.status === 'skipped' ? t('stories.skipped') : '–' : cardName(row.estimate), row.rounds ? num(row.rounds) : '–',
  row.low === null || row.high === null ? '–' : row.low === row.high ? row.low : t('results.range', { low: row.low, high: row.high }), row.average === null ? '–' : num(row.average), row.rounds ? clock(row.ms) : '–',
]

/** @param {Row} row */
const line = (row) => html`<tr><th scope="row">${row.key ? html`<small><bdi>${row.key}</bdi></small> ` : nothing}${row.url && /^https?:/i.test(row.url)
  ? html`<a href=${row.url} target="_blank" rel="noopener noreferrer"><bdi>${shown(row.title ?? '')}</bdi></a>` : html`<bdi>${row.title === null ? t('summary.other') : shown(row.title)}</bdi>`}</th>${values(row).map((v) => html`<td>${v}</td>`)}</tr>`

/** @param {Takeaway} all */
const cells = (all) => [heads(), ...all.rows.map((row) => [named(row), ...values(row)])]

/** @param {Report} report @param {Takeaway} all */
const asText = (report, all) => `# ${inCell(report.name)}\n\n${when(report)}\n\n${totals(report, all).map(([name, value]) => `- ${name}: ${value}`).join('\n')}\n\n${asMarkdown(cells(all))}`
