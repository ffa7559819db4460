// @ts-check
/** @import { Dialog } from '../types.js' */
/** @import { StoryFile } from '../openapi.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { api, Refusal } from '../api.js'
import { download, fileOf } from '../download.js'
import { wantFocus } from '../focus.js'
import { inline, language, t } from '../i18n.js'
import { lazily } from '../lazy.js'
import { seatIn } from '../prefs.js'
import { get, set } from '../store.js'
import { announce } from '../tell.js'
import { say, texts } from '../texts/exporting.js'
import { arrow } from './icons.js'
import { marked } from './marked.js'

/** @typedef {keyof typeof texts.en} Key */
/** @typedef {Extract<Dialog, {kind: 'export'}>} Exporting */
/** @typedef {'original'|'jira'|'azure'|'csv'|'markdown'|'json'} Format */

/**
 * The dialog that is open. stories: how many there are, null until that is known; failed: why it is not; busy: the format that is being made; wrong: why one was not; saved: the name of the last file.
 * @typedef {{of: Exporting, stories: number|null, file: StoryFile|null, failed: string, busy: Format|null, wrong: {format: Format, text: string}|null, saved: {format: Format, name: string}|null}} Offer
 */
/** @type {Offer|null} */
let offer = null

/** What the field for the points is called in Azure DevOps. */
let field = 'Story Points'

/** Whether somebody has asked how to get a file out of a tracker. */
let asksHow = false
const fetchTrackers = lazily(() => import('./trackers.js'))

/** @param {Exporting} dialog */
export function exporting(dialog) {
  const o = offer?.of === dialog ? offer : open(dialog)
  if (o.failed) return html`<p class="error" role="alert">${o.failed}</p><div class="acts"><button @click=${() => { open(dialog); set({}) }}>${say('again')}</button></div>`
  if (o.stories === null) return html`<p class="hint" role="status">${say('loading')}</p>`
  if (!o.stories) return html`<p class="hint">${say('none')}</p>`
  return html`<ul class="files">${formats(o).map((f) => html`<li>${choice(o, f)}</li>`)}</ul>${withoutFile(o)}`
}

/** Looks up what there is, as who has a seat here, and, if that seat is gone, as anybody. @param {Exporting} dialog */
function open(dialog) {
  /** @type {Offer} */
  const mine = { of: dialog, stories: null, file: null, failed: '', busy: null, wrong: null, saved: null }
  asksHow = false
  wantFocus('dialog [data-format]')
  asReader(dialog.session, (me) => api.stories(dialog.session, me))
    .then(({ stories, file }) => { Object.assign(mine, { stories: stories.length, file }) }, (e) => { mine.failed = why(e) })
    .finally(() => set({}))
  return offer = mine
}

/** @template T @param {string} session @param {(me: string|null) => Promise<T>} ask @returns {Promise<T>} */
async function asReader(session, ask) {
  const me = seatIn(session)
  try {
    return await ask(me)
  } catch (e) {
    if (me && e instanceof Refusal && e.over && e.status === 401) return ask(null)
    throw e
  }
}

/** The formats that there are, what serves best first. @param {Offer} o @returns {Format[]} */
function formats({ file }) {
  const theirs = /** @type {Format[]} */ (file?.original ? ['original'] : [])
  const own = file?.format.startsWith('jira') ? 'jira' : file?.format === 'azure-devops' ? 'azure' : null
  const all = /** @type {Format[]} */ (['csv', 'markdown', 'json', 'jira', 'azure'])
  return [...theirs, ...(own ? [/** @type {Format} */ (own)] : []), ...all.filter((f) => f !== own)]
}

/** @param {Offer} o @param {Format} format */
function choice(o, format) {
  const { busy, file } = o
  const best = format === 'original'
  return html`<button class=${best ? 'primary' : 'quiet'} data-format=${format} aria-disabled=${busy ? 'true' : 'false'} aria-describedby="about-${format}" @click=${() => void make(o, format)}>
      <span><b>${say(format)}</b>${best && file?.name ? html` <small class="breaks"><bdi>${file.name}</bdi> (${say('original.best')})</small>` : nothing}
      <small id="about-${format}">${busy === format ? say('busy') : say(`${format}.text`)}</small></span>${arrow}</button>
    ${format === 'azure' ? fields() : nothing}
    ${o.wrong?.format === format ? html`<p class="error" role="alert">${o.wrong.text}</p>` : nothing}
    ${o.saved?.format === format ? html`<p class="hint breaks">${say('saved', { name: inline(o.saved.name) })}</p>` : nothing}
    ${back(format, file?.format ?? '')}`
}

const fields = () => html`<label class="field"><span>${say('azure.field')}</span><select id="azure-field" @change=${(/** @type {Event} */ e) => { field = /** @type {HTMLSelectElement} */ (e.target).value }}>
  ${Object.entries({ 'Story Points': 'azure.agile', Effort: 'azure.scrum', Size: 'azure.cmmi' }).map(([value, key]) => html`<option value=${value} .selected=${field === value}>${say(/** @type {Key} */ (key))}</option>`)}
</select></label>`

/** Has a file made, and keeps it where the browser keeps files. @param {Offer} o @param {Format} format */
async function make(o, format) {
  if (o.busy) return
  Object.assign(o, { busy: format, wrong: null, saved: null })
  set({})
  const { session } = o.of
  try {
    const file = await asReader(session, (me) => api.file(session, me, { format, ...(format === 'azure' && { field }) }, fileOf))
    if (get().dialog === o.of) {
      download(file)
      o.saved = { format, name: file.name }
      announce(say('saved', { name: file.name }))
    }
  } catch (e) {
    o.wrong = { format, text: why(e) }
  } finally {
    o.busy = null
    set({})
  }
}

/** Why there is no file. @param {unknown} e */
function why(e) {
  if (!(e instanceof Refusal)) throw e
  if (e.status === 429 || e.status === 503 && e.kind) return say('crowded')
  if (e.unknown) return say('silent')
  if (e.foreign) return t('refused.other', { why: t('refused.foreign', { status: String(e.status) }) })
  if (e.status === 401) return say('closed')
  if (e.status === 404 || e.status === 422) return say('gone')
  if (e.status === 409) return language() === 'en' && e.message ? e.message : say('kept')
  return say('other', { status: e.status })
}

/** How estimates come back into each tracker: its name, and what is to be done. believed: it was not read in the maker's documentation. @type {Record<string, {name: string, steps: Key[], believed?: true}>} */
const ways = {
  'jira': { name: 'Jira', steps: ['back.jira', 'back.jira.map', 'back.jira.not'] },
  'azure-devops': { name: 'Azure DevOps', steps: ['back.azure'] },
  'github-projects': { name: 'GitHub Projects', steps: ['back.project'], believed: true },
  'gitlab': { name: 'GitLab', steps: ['back.gitlab'] },
  'linear': { name: 'Linear', steps: ['back.edit'], believed: true },
  'redmine': { name: 'Redmine', steps: ['back.edit'], believed: true },
  'shortcut': { name: 'Shortcut', steps: ['back.edit'], believed: true },
  'asana': { name: 'Asana', steps: ['back.edit'], believed: true },
  'clickup': { name: 'ClickUp', steps: ['back.edit'], believed: true },
  'notion': { name: 'Notion', steps: ['back.notion'], believed: true },
  'monday': { name: 'monday.com', steps: ['back.monday'] },
  'targetprocess': { name: 'Targetprocess', steps: ['back.targetprocess'] },
  'rally': { name: 'Rally', steps: ['back.hand'] },
  'openproject': { name: 'OpenProject', steps: ['back.openproject'] },
  'taiga': { name: 'Taiga', steps: ['back.hand'], believed: true },
  'trello-csv': { name: 'Trello', steps: ['back.hand'], believed: true },
  'youtrack': { name: 'YouTrack', steps: ['back.hand'], believed: true },
  'bugzilla': { name: 'Bugzilla', steps: ['back.hand'], believed: true },
  'phabricator': { name: 'Phabricator', steps: ['back.hand'], believed: true },
  'pivotal': { name: 'Pivotal Tracker', steps: ['back.pivotal'] },
}

/** How a file comes back to where the stories are from. @param {Format} format @param {string} imported the format of the file that was imported */
function back(format, imported) {
  const of = format === 'jira' ? 'jira' : format === 'azure' ? 'azure-devops' : format === 'original' ? imported.replace(/^jira-.*/, 'jira') : ''
  const way = ways[of]
  if (!way) return nothing
  if (format === 'original' && (of === 'jira' || of === 'azure-devops')) return html`<p class="hint">${say('original.below', { tracker: way.name })}</p>`
  return html`<details><summary>${say('back', { tracker: way.name })}</summary><ol>${way.steps.map((s) => html`<li>${marked(say(s))}</li>`)}</ol>
    ${of === 'pivotal' ? nothing : html`<p class="hint">${say(way.believed ? 'back.believed' : 'back.untried')}</p>`}</details>`
}

/** Where the file that was imported cannot be given back, or there is none: why, and how there would be one. @param {Offer} o */
function withoutFile({ file }) {
  if (file) return file.original ? nothing : html`<p class="hint breaks">${say('original.gone', { name: inline(file.name || file.format) })}</p>`
  return html`<p class="hint">${say('original.first')}</p><details @toggle=${(/** @type {Event} */ e) => { asksHow = /** @type {HTMLDetailsElement} */ (e.target).open; set({}) }}><summary>${say('original.how')}</summary>
  ${asksHow ? fetchTrackers()?.howToExport() ?? html`<p class="hint">${say('loading')}</p>` : nothing}</details>`
}
