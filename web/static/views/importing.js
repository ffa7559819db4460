// @ts-check
/** @import { Dialog, Imported, Room } from '../types.js' */
/** @import { Refusal } from '../api.js' */
/** @import { Work } from '../importwork.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { MOST } from '../backlog.js'
import { wantFocus } from '../focus.js'
import { language, shown, t } from '../i18n.js'
import { tally } from '../importing.js'
import { add, again, begin, follow, take, type, workOf } from '../importwork.js'
import { lazily } from '../lazy.js'
import { stillHere } from '../room.js'
import { get, set, shut } from '../store.js'
import { announce, refused, toast, why } from '../tell.js'
import { kindOf, noted, word } from '../texts/importing.js'
import { hasRoom } from './beside.js'
import { filters, reading } from './importchoices.js'
import { rows, skipped } from './importrows.js'

/** @typedef {Extract<Dialog, {kind: 'import-stories'}>} ImportDialog */

/** The page's help for each tracker comes when somebody asks for it, or has brought a file that is none. */
const fetchTrackers = lazily(() => import('./trackers.js'))

/** @type {Promise<void>|undefined} */
let sheet

/** Fetches the style sheet, without which this is not to be shown. */
export const prepare = () => sheet ??= new Promise((done, failed) => {
  const link = document.createElement('link')
  link.onload = () => done()
  link.onerror = () => {
    link.remove()
    sheet = undefined
    failed(new TypeError('the style sheet did not come'))
  }
  link.rel = 'stylesheet'
  link.href = new URL('importing.css', import.meta.url).href
  document.head.append(link)
})

/** The dialog whose file or text has been taken. @type {ImportDialog|null} */
let taken = null
/** What was said last. @type {Imported|null} */
let said = null

/** @param {Room} room @param {ImportDialog} dialog */
export function importing(room, dialog) {
  if (taken !== dialog) open(room, dialog)
  const w = workOf(room.id)
  follow(room)
  say(w)
  return html`<div class="importing">${w.file || w.busy ? found(w) : choice(w)}</div>`
}

/** @param {Room} room @param {ImportDialog} dialog */
function open(room, dialog) {
  taken = dialog
  if (dialog.source) queueMicrotask(() => take(room.id, dialog.source ?? ''))
  wantFocus(dialog.source || workOf(room.id).file ? '#import-file' : '#import-choose')
}

/** Says what a dry run has found, once. @param {Work} w */
function say({ answer, busy, marks }) {
  if (!answer || busy || answer === said) return
  said = answer
  announce(word('say.found', { n: tally(answer, marks).adding }))
}

/** @param {Work} w */
const choice = (w) => html`
  ${fault(w)}
  <div class="take">
    <p class="lead">${word('take.drop')}</p>
    <button class="primary" id="import-choose" @click=${() => document.getElementById('import-input')?.click()}>${word('take.file')}</button>
    <input type="file" id="import-input" hidden @change=${picked}>
    <p class="hint">${word('take.kinds')}</p>
  </div>
  <form @submit=${(/** @type {Event} */ e) => { e.preventDefault(); look(w) }}>
    <label class="field"><span>${word('take.paste')}</span><textarea id="import-text" rows="4" .value=${w.text} spellcheck="false" @keydown=${(/** @type {KeyboardEvent} */ e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) look(w) }} @input=${(/** @type {Event} */ e) => type(/** @type {HTMLTextAreaElement} */ (e.target).value)}></textarea></label>
    ${w.text.trim() ? html`<div class="acts"><button>${word('take.look')}</button></div>` : nothing}
  </form>
  ${help(false)}`

/** @param {Work} w */
function look(w) { if (w.text.trim()) void take(w.session, w.text) }

/** @param {Event} e */
function picked(e) {
  const input = /** @type {HTMLInputElement} */ (e.target)
  if (input.files?.length) set({ dialog: { kind: 'import-stories', source: [...input.files] } })
  input.value = '' // the same file may be chosen again
}

/** Why a file was not even sent. @param {Work} w */
const fault = ({ fault }) => fault ? html`<div class="wrong" role="alert"><p class="error">${word(fault === 'large' ? 'wrong.file_large' : 'wrong.file_unreadable')}</p></div>` : nothing

/** What was found in a file, or why nothing was. @param {Work} w */
const found = (w) => html`
  <div class="file">
    <div id="import-file" tabindex="-1"><b class="breaks"><bdi>${w.name ? shown(w.name) : word('file.pasted')}</bdi></b>${w.answer ? html` <span class="soft">${facts(w.answer)}</span>` : nothing}${w.several ? html`<p class="hint">${word('take.several')}</p>` : nothing}</div>
    <button class="quiet" ?disabled=${w.busy === 'adding'} @click=${() => { begin(w.session, { text: w.text }); wantFocus('#import-choose') }}>${word('take.other')}</button>
  </div>
  ${w.answer && w.busy !== 'adding' ? nothing : progress(w)}
  ${w.refusal ? wrong(w) : nothing}
  ${w.answer ? preview(w, w.answer) : w.refusal && mayRead(w.refusal) ? reading(w, null) : nothing}`

/** Whether a file that was not understood may be if it is read otherwise. @param {Refusal} refusal */
const mayRead = ({ kind, field, place }) => !!field || kind === 'file_not_understood' && place.reason !== 'wrong_file'

/** @param {Imported} a */
const facts = (a) => word('file.facts', { tracker: kindOf(a), n: a.total })

/** @param {Work} w */
function progress(w) {
  if (!w.busy) return nothing
  return html`<div class="progress"><label><span>${doing(w)}</span><progress max="1" .value=${w.sent}></progress></label></div>`
}

/** Files up to this size are sent in no time, in bytes. */
const SMALL = 100_000

/** What is being done with a file. @param {Work} w */
function doing({ busy, sent, file }) {
  if (busy === 'opening') return word('file.opening')
  if (sent < 1 && (file?.size ?? 0) > SMALL) return word('file.sending', { n: Math.floor(100 * sent) })
  return word(busy === 'adding' ? 'file.adding' : 'file.reading')
}

/** @param {Work} w @param {Imported} a */
const preview = (w, a) => html`
  <div class="halves" ?inert=${w.busy === 'adding'} aria-busy=${w.busy ? 'true' : 'false'}>
    <div class="choices">${reading(w, a)}${filters(w, a)}</div>
    <div class="found">
      ${a.warnings.length ? html`<div class="ask calm" role="note" aria-label=${word('warnings')}>${a.warnings.map((warning, n) => remark(noted(a.notes?.[n], a.columns), warning))}</div>` : nothing}
      ${rows(w, a)}${skipped(a)}
    </div>
  </div>
  ${foot(w, a)}`

/** @param {string|null} said in the language of the page, if it knows the warning @param {string} warning */
const remark = (said, warning) => said === null ? html`<p class="breaks" lang="en">${warning}</p>` : html`<p class="breaks">${said}</p>`

/** What will become of it, and the one button. @param {Work} w @param {Imported} a */
function foot(w, a) {
  const { adding, over } = tally(a, w.marks)
  return html`<div class="foot">
    <div class="outcome">${over ? html`<p class="error" role="alert">${word('foot.over', { n: over, max: MOST })}</p>` : html`<p class="hint">${outcome(w, a, adding)}${a.original && !w.busy && adding ? html` <span class="kept">${word('foot.kept')}</span>` : nothing}</p>`}</div>
    <button class="primary" ?disabled=${!adding || over > 0 || !!w.busy || !!w.refusal && !w.refusal.unknown} @click=${submit}>${t('stories.add.yes', { n: adding })}</button>
  </div>`
}

/** @param {Work} w @param {Imported} a @param {number} adding */
function outcome(w, a, adding) {
  if (w.busy) return doing(w)
  if (!adding) return a.existing && !a.added ? word('foot.known') : word('foot.nothing')
  return [a.existing ? word('foot.existing', { n: a.existing }) : '', word('foot.room', { n: a.room })].filter(Boolean).join(' ')
}

async function submit() {
  const { room } = get()
  if (!room) return
  const here = stillHere()
  const { answer, busy } = workOf(room.id)
  if (busy) return
  const done = await add()
  if (!here()) return // the import that is open by now is that of another session
  const { dialog } = get()
  const open = dialog?.kind === 'import-stories'
  const { refusal } = workOf(room.id)
  if (!done && open) wantFocus('.importing .wrong')
  else if (!done && refusal) refused(refusal)
  if (!done) return
  toast([word('done', { n: done.added }), answer?.original && !done.original ? word('done.notKept') : ''].filter(Boolean).join(' '), 'info')
  if (open && !workOf(room.id).file) shut(dialog, hasRoom() ? null : { kind: 'stories' })
}

/** Why a file was not understood, or nothing was added; and what to do. @param {Work} w */
function wrong({ refusal, answer, key }) {
  if (!refusal) return nothing
  const about = refusal.kind === 'file_not_understood'
  return html`<div class="wrong" role="alert" tabindex="-1">
    <p class="error">${reason(refusal)}</p>
    ${about && language() !== 'en' ? html`<p class="hint">${where(refusal.place)} <span lang="en">${inShort(refusal)}</span></p>` : nothing}
    ${refusal.place.reason === 'wrong_file' ? html`<p>${word('wrong.export')}</p>` : nothing}
    ${about || refusal.field ? nothing : html`<div class="acts"><button @click=${refusal.unknown && answer && key ? submit : again}>${word('wrong.again')}</button></div>`}
  </div>${about ? help(!answer) : nothing}`
}

/** @param {Refusal} refusal */
function reason(refusal) {
  const { kind, field, place, status } = refusal
  if (kind === 'file_not_understood') return language() === 'en' ? inShort(refusal) : word(/** @type {import('../texts/importing.js').ImportKey} */ (`wrong.${place.reason || 'broken'}`))
  if (kind === 'too_many_stories') return word('wrong.many')
  if (status === 413 && kind) return word('wrong.file_large')
  if (field) return word('wrong.option', { where: word('read.title') })
  return refusal.unknown ? why(refusal) : t('refused.other', { why: why(refusal) })
}

/** What the server says; of a file that is no list only the first sentence: the others are menus of all trackers, which follow here anyway. @param {Refusal} refusal */
const inShort = ({ message, place }) => place.reason === 'wrong_file' ? message.replace(/^(.*?\.)\s.*$/s, '$1') : message

/** @param {{row: number, column: number}} place */
const where = ({ row, column }) => row && column ? word('wrong.place', { row: String(row), column: String(column) }) : row ? word('wrong.place.row', { row: String(row) }) : ''

let helps = false

/** How to export from each tracker. @param {boolean} open */
function help(open) {
  const trackers = open || helps ? fetchTrackers() : null
  return html`<details class="fold" ?open=${open || helps} @toggle=${(/** @type {Event} */ e) => { helps = /** @type {HTMLDetailsElement} */ (e.target).open; set({}) }}>
    <summary>${word('take.help')}</summary>
    ${trackers ? trackers.howToExport() : nothing}
  </details>`
}

/** What lies over the page while a file is dragged over it. @returns {HTMLElement} */
export function target() {
  const over = document.createElement('div')
  over.className = 'drop-here'
  over.popover = 'manual'
  over.append(Object.assign(document.createElement('p'), { textContent: word('take.over') }))
  return over
}
