// @ts-check
/** @import { Room } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { MOST, parsed, parts, TITLE } from '../backlog.js'
import { api, Refusal } from '../api.js'
import { brought, isTable } from '../bringing.js'
import { t } from '../i18n.js'
import { get, set } from '../store.js'
import { why } from '../tell.js'
import { hasRoom } from './beside.js'

// What was typed outlives the dialog: who closes it by mistake finds it again.
let text = ''
let session = ''
let error = ''
let busy = false
/** A table that was pasted, which an import would make more of. */
let table = ''

/** @param {Room} room */
export function adding(room) {
  if (room.id !== session) [session, text, error, table] = [room.id, '', '', '']
  return html`<form @submit=${submit} novalidate>
  ${room.session?.backlog.total ? nothing : html`<p class="hint">${t('stories.none')}</p>`}
  <label class="field"><span>${t('stories.add.field')}</span><textarea id="new-stories" rows="8" .value=${text} ?readonly=${busy} autofocus spellcheck="true" aria-describedby="new-stories-hint" aria-invalid=${error ? 'true' : 'false'}
    @input=${(/** @type {InputEvent} */ e) => { text = /** @type {HTMLTextAreaElement} */ (e.target).value; error = ''; if (!text) table = ''; set({}) }}
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
    table = isTable(source) ? source : ''
    set({})
  } else if (source) {
    e.preventDefault()
    set({ dialog: { kind: 'import-stories', source } })
  }
}

/** The table goes over to the import, which keeps it from here on; what else was typed stays. */
function preview() {
  const source = table
  if (text.trim() === table.replace(/\r\n?/g, '\n').trim()) text = ''
  table = ''
  set({ dialog: { kind: 'import-stories', source } })
}

/** Why the stories will not do; nothing if they will. @param {Room} room */
function wrong(room) {
  const stories = parsed(text)
  const { total } = room.session?.backlog ?? { total: 0 }
  const long = stories.findIndex((s) => [...s.title].length > TITLE)
  if (long >= 0) return t('stories.add.long', { n: text.split(/\r\n|[\r\n\u2028\u2029]/).findIndex((line) => line.includes(stories[long].title)) + 1, max: TITLE })
  return total + stories.length > MOST ? t('stories.add.many', { max: MOST, n: total }) : ''
}

/** What has been added is taken out of the field, so that nothing is lost, or added twice, if the line breaks in between. @param {Event} e */
async function submit(e) {
  e.preventDefault()
  const { room } = get()
  if (!room?.me || busy || !parsed(text).length) return
  error = wrong(room)
  busy = !error
  set({})
  if (error) return
  const all = parts(parsed(text))
  try {
    while (all.length) {
      await api.addStories(room.id, room.me, all[0])
      all.shift()
    }
    text = table = ''
    if (get().dialog?.kind === 'add-stories') set({ dialog: hasRoom() ? null : { kind: 'stories' } })
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    text = all.flat().map(({ key, title }) => (key ? `${key}\t${title}` : title)).join('\n')
    error = refusal.unknown ? why(refusal) : t('refused.other', { why: why(refusal) })
  } finally {
    busy = false
    set({})
  }
}
