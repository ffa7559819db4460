// @ts-check
/** @import { Room } from '../types.js' */
/** @import { NewStory } from '../backlog.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { MOST, parsed, TITLE, typed } from '../backlog.js'
import { api, Refusal } from '../api.js'
import { brought, isTable } from '../bringing.js'
import { inline, list, t } from '../i18n.js'
import { newStories } from '../newstories.js'
import { stillHere } from '../room.js'
import { get, set, shut } from '../store.js'
import { refused, toast, why } from '../tell.js'
import { hasRoom } from './beside.js'

/**
 * A form of a session. table: one that was pasted, which an import would make more of; stories: what sends them, once there was something to send; by: as whom.
 * @typedef {{session: string, text: string, error: string, busy: boolean, table: string, by?: string, stories?: ReturnType<typeof newStories>}} Form
 */

/** @param {string} session @returns {Form} */
const empty = (session) => ({ session, text: '', error: '', busy: false, table: '' })

// What was typed outlives the dialog: who closes it by mistake finds it again.
let form = empty('')

/** @param {Room} room */
export function adding(room) {
  if (room.id !== form.session) form = empty(room.id)
  const { text, error, busy, table } = form
  return html`<form @submit=${submit} novalidate>
  ${room.session?.backlog.total ? nothing : html`<p class="hint">${t('stories.none')}</p>`}
  <label class="field"><span>${t('stories.add.field')}</span><textarea id="new-stories" rows="8" .value=${text} ?readonly=${busy} autofocus spellcheck="true" aria-describedby="new-stories-hint" aria-invalid=${error ? 'true' : 'false'}
    @input=${(/** @type {InputEvent} */ e) => { form.text = /** @type {HTMLTextAreaElement} */ (e.target).value; form.error = ''; if (!form.text) form.table = ''; set({}) }}
    @paste=${pasted}
    @keydown=${(/** @type {KeyboardEvent} */ e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void submit(e) }}></textarea></label>
  <p class="hint" id="new-stories-hint">${t('stories.add.hint')}</p>
  ${table ? html`<div class="ask calm offered" role="status"><p>${t('stories.add.table')}</p><button type="button" @click=${preview}>${t('stories.add.preview')}</button></div>` : nothing}
  ${error ? html`<p class="error" role="alert">${error}</p>` : nothing}
  <div class="acts"><button type="button" @click=${() => set({ dialog: { kind: 'import-stories' } })}>${t('stories.add.file')}</button><button class="primary" ?disabled=${busy || !parsed(text).length}>${t('stories.add.yes', { n: parsed(text).length })}</button></div>
</form>`
}

/** A file is imported; of a table that is offered, and the rows stand in the field all the same. @param {ClipboardEvent} e */
function pasted(e) {
  const source = brought(e.clipboardData)
  if (typeof source === 'string') {
    if (form.busy) return // the field takes nothing now
    form.table = isTable(source) ? source : ''
    set({})
  } else if (source) {
    e.preventDefault()
    set({ dialog: { kind: 'import-stories', source } })
  }
}

/** The table goes over to the import, which keeps it from here on; what else was typed stays. */
function preview() {
  const source = form.table
  if (form.text.trim() === source.replace(/\r\n?/g, '\n').trim()) form.text = ''
  form.table = ''
  set({ dialog: { kind: 'import-stories', source } })
}

/** Why the stories will not do; nothing if they will. @param {Room} room @param {string} text */
function wrong(room, text) {
  const stories = parsed(text)
  const { total } = room.session?.backlog ?? { total: 0 }
  const long = stories.findIndex((s) => [...s.title].length > TITLE)
  if (long >= 0) return t('stories.add.long', { n: text.split(/\r\n|[\r\n\u2028\u2029]/).findIndex((line) => line.includes(stories[long].title)) + 1, max: TITLE })
  return total + stories.length > MOST && !form.stories?.inDoubt ? t('stories.add.many', { max: MOST, n: total }) : ''
}

/** What has been added is taken out of the field, so that nothing is lost, or added twice, if the line breaks in between. By then the form may be that of another session. @param {Event} e */
async function submit(e) {
  e.preventDefault()
  const { room } = get()
  const mine = form
  if (!room?.me || mine.busy || !parsed(mine.text).length) return
  mine.error = wrong(room, mine.text)
  mine.busy = !mine.error
  set({})
  if (mine.error) return
  const here = stillHere()
  if (mine.by !== room.me) Object.assign(mine, { by: room.me, stories: sender(room.id, room.me) }) // who joins again is somebody else
  const all = parsed(mine.text)
  try {
    const besides = await mine.stories?.add(all) ?? []
    mine.text = mine.table = ''
    const { dialog } = get()
    if (mine === form && dialog?.kind === 'add-stories') shut(dialog, hasRoom() ? null : { kind: 'stories' })
    if (besides.length && here()) toast(t('stories.add.besides', { n: besides.length, titles: list(besides.map((s) => inline(s.title))) }), 'info')
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    const rest = /** @type {NewStory[]} */ (Object(refusal).rest)
    if (rest.length < all.length) mine.text = typed(rest)
    mine.error = refusal.unknown ? `${why(refusal)} ${t('form.again')}` : t('refused.other', { why: why(refusal) })
    if (here() && get().dialog?.kind !== 'add-stories') refused(refusal)
  } finally {
    mine.busy = false
    set({})
  }
}

/** @param {string} session @param {string} me */
const sender = (session, me) => newStories((stories, key) => api.addStories(session, me, stories, key), api.key)
