// @ts-check
/** @import { Imported, ImportedStory } from '../types.js' */
/** @import { Work } from '../importwork.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { guard } from '../vendor/directives/guard.js'
import { repeat } from '../vendor/directives/repeat.js'
import { language, num, shown } from '../i18n.js'
import { ALL, extent, isMarked, NONE, ROWS, tally, toggled, whySkipped } from '../importing.js'
import { mark, turn, workOf } from '../importwork.js'
import { set } from '../store.js'
import { word } from '../texts/importing.js'
import { cardName } from '../words.js'

/** The row that the Tab key reaches. */
let reached = 0

/** The stories that were found, to be ticked. @param {Work} w @param {Imported} a */
export function rows(w, a) {
  if (!a.stories.length) return html`<p class="empty">${word(a.selected || a.types.length ? 'rows.nothing' : 'rows.empty')}</p>`
  const part = a.stories.slice(w.from, w.from + ROWS)
  const free = part.filter((s) => !s.existing)
  if (!free.some((s) => s.row === reached)) reached = free[0]?.row ?? 0
  const all = extent(a, w.marks)
  return html`
    <div class="bar">${a.added ? html`<label class="value"><input type="checkbox" name="all" .checked=${all === 'all'} .indeterminate=${all === 'some'} @change=${() => mark(all === 'all' ? NONE : ALL)}><span>${word('rows.all', { n: tally(a, w.marks).adding, total: a.added })}</span></label>` : html`<h3>${word('rows.title')}</h3>`}</div>
    ${free.length ? html`<p class="sr" id="import-keys">${word('rows.keys')}</p>` : nothing}
    ${guard([part, w.marks, reached, language()], () => html`<ol class="import-rows" aria-label=${word('rows.title')} tabindex=${free.length ? nothing : '0'}>${repeat(part, (s) => s.row, (s) => row(w, s))}</ol>`)}
    ${pages(w, a)}
    ${a.selected > a.stories.length ? html`<p class="hint">${word('rows.cut', { n: a.stories.length })}</p>` : nothing}`
}

/** @param {Work} w @param {ImportedStory} s */
const row = (w, s) => html`<li class=${s.existing ? 'existing' : ''}>${s.existing
  ? html`<div class="import-row"><i></i>${about(s)}</div>`
  : html`<label class="import-row"><input type="checkbox" name="row" value=${s.row} tabindex=${s.row === reached ? 0 : -1} aria-describedby="import-keys" .checked=${isMarked(w.marks, s.row)}
      @change=${() => mark(toggled(workOf(w.session).marks, s.row))} @focus=${() => reach(s.row)} @keydown=${onKey}>${about(s)}</label>`}</li>`

/** @param {ImportedStory} s */
function about(s) {
  const facts = [s.type, s.status, s.sprint].filter(Boolean)
  return html`<span class="about"><span class="what">${s.key ? html`<small><bdi>${s.key}</bdi></small> ` : nothing}<bdi>${shown(s.title)}</bdi></span>
    <small class="facts">${s.existing ? html`<b>${word('rows.existing')}</b>` : nothing}${facts.map((f) => html`<bdi>${f}</bdi>`)}${s.done ? html`<span>${word('rows.done')}</span>` : nothing}${s.points ? html`<span>${points(s.points)}</span>` : nothing}${s.estimate !== null ? html`<b>${word('rows.estimate', { card: cardName(s.estimate) })}</b>` : nothing}</small></span>`
}

/** @param {string} text a number, or a size such as M */
const points = (text) => Number.isFinite(Number(text)) ? word('rows.points', { n: Number(text), points: Number(text).toLocaleString(language(), { maximumFractionDigits: 6 }) }) : text

/** @param {number} to */
function reach(to) {
  if (to === reached) return
  reached = to
  set({})
}

/** @param {KeyboardEvent} e */
function onKey(e) {
  const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0
  if (!step && e.key !== 'Home' && e.key !== 'End' || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return
  e.preventDefault()
  const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (e.currentTarget).closest('ol')?.querySelectorAll('input') ?? []])
  const at = e.key === 'Home' ? 0 : e.key === 'End' ? all.length - 1 : all.indexOf(/** @type {HTMLElement} */ (e.currentTarget)) + step
  all[Math.max(0, Math.min(at, all.length - 1))]?.focus()
}

/** More rows than are drawn at once come in parts. @param {Work} w @param {Imported} a */
function pages(w, a) {
  if (a.stories.length <= ROWS) return nothing
  const to = Math.min(w.from + ROWS, a.stories.length)
  return html`<div class="pages"><button class="quiet" ?disabled=${!w.from} @click=${() => show(w.from - ROWS)}>${word('rows.back')}</button>
    <span class="hint">${word('rows.more', { from: num(w.from + 1), to: num(to), total: num(a.stories.length) })}</span>
    <button class="quiet" ?disabled=${to === a.stories.length} @click=${() => show(to)}>${word('rows.next')}</button></div>`
}

/** @param {number} from */
function show(from) {
  turn(Math.max(0, from))
  queueMicrotask(() => { /** @type {HTMLElement|null} */ (document.querySelector('.import-rows'))?.scrollTo(0, 0) })
}

/** The rows that are no stories, and why. @param {Imported} a */
export const skipped = (a) => a.skipped_total ? html`<details class="fold"><summary>${word('skipped.title', { n: a.skipped_total })}</summary>
  <ul class="skipped">${a.skipped.map(({ row, reason }) => html`<li>${word('skipped.row', { n: String(row), why: '' })}${because(reason)}</li>`)}</ul>
  ${a.skipped_total > a.skipped.length ? html`<p class="hint">${word('skipped.more', { n: a.skipped_total - a.skipped.length })}</p>` : nothing}</details>` : nothing

/** @param {string} reason */
function because(reason) {
  const known = whySkipped(reason)
  return known ? word(known.key, known.params) : html`<span lang="en">${reason}</span>`
}
