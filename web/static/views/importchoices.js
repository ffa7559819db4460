// @ts-check
/** @import { Imported } from '../types.js' */
/** @import { Filter, Meaning } from '../importing.js' */
/** @import { Work } from '../importwork.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { ALL, columnsOf, DELIMITERS, ENCODINGS, FILTERS, MEANINGS, nameOf, readOtherwise, shownValues, withColumn, withValue } from '../importing.js'
import { choose } from '../importwork.js'
import { set } from '../store.js'
import { calledColumn, word } from '../texts/importing.js'

/** Which parts are open, once somebody has opened or closed them. @type {{reading?: boolean, filters?: boolean}} */
const folds = {}
/** The filters all of whose values are shown. @type {Set<Filter>} */
const whole = new Set()

const wide = matchMedia('(min-width: 60em)')

/** @param {'reading'|'filters'} which @param {boolean} open as long as nobody has decided @param {unknown} title @param {unknown} body */
const fold = (which, open, title, body) => html`<details class="fold ${which}" ?open=${folds[which] ?? open} @toggle=${(/** @type {Event} */ e) => {
  const now = /** @type {HTMLDetailsElement} */ (e.target).open
  if (now !== (folds[which] ?? open)) folds[which] = now
  set({})
}}><summary>${title}</summary>${body}</details>`

/** @param {Event} e */
const valueOf = (e) => /** @type {HTMLSelectElement} */ (e.target).value

/** How the file was read, to be corrected. @param {Work} w @param {Imported|null} a what was understood, if anything was */
export const reading = (w, a) => fold('reading', !a || !columnsOf(a, 'title').length && a.columns.length > 0, html`${word('read.title')} <small>${a ? brief(a) : ''}</small>`, html`
  <div class="pair">
    ${a && !separated(a) ? nothing : select('delimiter', word('read.delimiter'), w.choices.delimiter, a ? delimiter(a) : '', DELIMITERS, named, (delimiter) => choose(readOtherwise(w.choices, { delimiter }), { marks: ALL }))}
    ${select('encoding', word('read.encoding'), w.choices.encoding, a?.encoding ?? '', Object.keys(ENCODINGS), letters, (encoding) => choose(readOtherwise(w.choices, { encoding }), { marks: ALL }))}
  </div>
  ${a?.columns.length ? html`<fieldset class="columns"><legend>${word('read.columns')}</legend>${MEANINGS.map((m) => column(w, a, m))}</fieldset>` : nothing}`)

/** What was found out, in short. @param {Imported} a */
const brief = (a) => [separated(a) ? named(delimiter(a)) : '', letters(a.encoding).replace(/-/g, '\u2011'), a.columns.length ? word('read.used', { n: a.columns.filter((c) => c.meaning).length, total: a.columns.length }) : ''].filter(Boolean).join(', ')

/** Whether something stands between cells: not in a workbook, in XML or in JSON. @param {Imported} a */
const separated = (a) => a.delimiter !== '' || a.format === 'lines'

/** As the server is asked for it. @param {Imported} a */
const delimiter = (a) => a.format === 'lines' ? 'lines' : a.delimiter === '\t' ? 'tab' : a.delimiter

/** @param {string} d */
const named = (d) => d === ',' ? word('read.comma') : d === ';' ? word('read.semicolon') : d === 'tab' ? word('read.tab') : d === '|' ? word('read.bar') : d === 'lines' ? word('read.lines') : d

/** @param {string} encoding */
const letters = (encoding) => ENCODINGS[/** @type {keyof typeof ENCODINGS} */ (encoding)] ?? encoding

/** @param {string} name @param {string} label @param {string} chosen @param {string} found what the server has found out @param {readonly string[]} values @param {(value: string) => string} text @param {(value: string) => void} change */
const select = (name, label, chosen, found, values, text, change) => html`<label class="field"><span>${label}</span><select name=${name} @change=${(/** @type {Event} */ e) => change(valueOf(e))}>
  ${chosen || !found ? html`<option value="" .selected=${!chosen}>${word('read.auto')}</option>` : nothing}
  ${(found && !values.includes(found) ? [...values, found] : values).map((value) => html`<option value=${value} .selected=${value === (chosen || found)}>${text(value)}</option>`)}
</select></label>`

/** Which column has a meaning. @param {Work} w @param {Imported} a @param {Meaning} meaning */
function column(w, a, meaning) {
  const chosen = w.choices.columns[meaning]
  const understood = columnsOf(a, meaning)
  const columns = a.columns.map((c) => ({ ...c, name: calledColumn(c, a.format) }))
  const several = chosen === undefined && understood.length > 1
  const now = several ? null : chosen ?? understood[0]?.index ?? -1
  return html`<label class="field"><span>${word(`column.${meaning}`)}</span><select name="column-${meaning}" @change=${(/** @type {Event} */ e) => choose(withColumn(w.choices, meaning, valueOf(e) ? Number(valueOf(e)) : null))}>
    ${several || chosen !== undefined ? html`<option value="" .selected=${several}>${several ? word('read.several', { n: understood.length, names: [...new Set(understood.map((c) => columns[c.index].name))].join(', ') }) : word('read.auto')}</option>` : nothing}
    <option value="-1" .selected=${now === -1}>${word('read.none')}</option>
    ${columns.map((c) => html`<option value=${c.index} .selected=${now === c.index}>${nameOf(c, columns)}${c.sample && now !== c.index ? ` · ${c.sample}` : ''}</option>`)}
  </select></label>`
}

/** Which stories of the file are wanted. @param {Work} w @param {Imported} a */
export const filters = (w, a) => fold('filters', wide.matches, html`${word('filter.title')} <small>${summary(w)}</small>`, html`
  ${FILTERS.map((f) => values(w, a, f))}
  <label class="switch"><input type="checkbox" role="switch" name="open" .checked=${w.choices.open} @change=${() => choose({ ...w.choices, open: !w.choices.open })}><span>${word('filter.open')}<small>${word('filter.open.text')}</small></span></label>
  ${a.stories.some((s) => s.points) || w.choices.estimates ? html`<label class="switch"><input type="checkbox" role="switch" name="estimates" .checked=${w.choices.estimates} @change=${() => choose({ ...w.choices, estimates: !w.choices.estimates })}><span>${word('filter.estimates')}<small>${word('filter.estimates.text')}</small></span></label>` : nothing}`)

/** What is chosen, in short. @param {Work} w */
function summary({ choices }) {
  const all = [...FILTERS.flatMap((f) => choices[f].map((v) => v || word('filter.empty'))), ...(choices.open ? [word('filter.open')] : [])]
  return all.join(', ') || word('filter.all')
}

/** One filter, if there is anything to choose. @param {Work} w @param {Imported} a @param {Filter} filter */
function values(w, a, filter) {
  const all = a[filter]
  const chosen = w.choices[filter]
  if (all.length < 2 && !chosen.length) return nothing
  const some = shownValues(all, chosen, whole.has(filter))
  return html`<fieldset class="values"><legend>${word(`filter.${filter}`)} <small>${chosen.length ? '' : word('filter.all')}</small></legend>
    ${some.map(({ value, count }) => html`<label class="value"><input type="checkbox" name=${filter} value=${value} .checked=${chosen.includes(value)} @change=${() => choose(withValue(w.choices, filter, value))}><span class="breaks"><bdi>${value || word('filter.empty')}</bdi> <small>${count}</small></span></label>`)}
    ${some.length < all.length ? html`<button class="quiet" @click=${() => { whole.add(filter); set({}) }}>${word('filter.more', { n: all.length })}</button>` : nothing}
  </fieldset>`
}
