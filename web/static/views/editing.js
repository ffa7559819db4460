// @ts-check
/** @import { Dialog, Room, WholeStory } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { repeat } from '../vendor/directives/repeat.js'
import { api, Refusal } from '../api.js'
import { t } from '../i18n.js'
import { stillHere } from '../room.js'
import { get, set, shut } from '../store.js'
import { refused, why } from '../tell.js'
import { cardName } from '../words.js'

/**
 * The form that is open. of: the dialog in which it stands; base: the story on which the change is made; current: what somebody else has made of it meanwhile.
 * @typedef {{of: Editing, base: WholeStory|null, current: WholeStory|null, error: string, busy: boolean}} Form
 * @typedef {{kind: string, story: string}} Editing
 */
/** @type {Form|null} */
let form = null

/** The fields that are texts, and the names of their texts. */
const FIELDS = /** @type {const} */ ({ key: 'story.key', title: 'story.name', type: 'story.type', url: 'story.url', description: 'story.description' })

/** @typedef {keyof typeof FIELDS} Field */

/** @param {Room} room @param {Editing} dialog */
export function editing(room, dialog) {
  const f = form?.of === dialog ? form : open(room, dialog)
  if (!f.base) return html`<p class="hint" role="status">${f.error || t('stories.loading')}</p>`
  // A form that begins anew is drawn anew: what was typed before is gone on purpose.
  return html`${repeat([f.base], (b) => b, (b) => fields(room, f, b))}`
}

/** Begins with the story as the server has it now. @param {Room} room @param {Editing} dialog */
function open(room, dialog) {
  /** @type {Form} */
  const mine = { of: dialog, base: null, current: null, error: '', busy: false }
  api.story(room.id, room.me ?? '', dialog.story).then(({ story }) => { mine.base = story }, () => { mine.error = t('story.failed') }).finally(() => set({}))
  return form = mine
}

/** @param {Room} room @param {Form} f @param {WholeStory} base */
const fields = (room, f, base) => html`<form @submit=${(/** @type {SubmitEvent} */ e) => { e.preventDefault(); void save(e.target, f, f.current?.version ?? base.version) }} novalidate>
  ${f.current ? html`<p class="ask" role="alert">${t('story.conflict')}</p>` : nothing}
  <div class="pair">${text(f, base, 'key', 64)}${text(f, base, 'type', 40)}</div>
  ${text(f, base, 'title', 500)}
  <label class="field"><span>${t('story.description')}</span><textarea id="story-description" name="description" rows="6" maxlength="10000" .value=${base.description}></textarea></label>
  ${theirs(f, base, 'description')}
  ${text(f, base, 'url', 2000)}
  <label class="field"><span>${t('story.estimate')}</span><select name="estimate" ?disabled=${base.status === 'voting'}>
    <option value="" .selected=${base.estimate === null}>${t('story.none')}</option>
    ${cards(room, base).map((value) => html`<option value=${value} .selected=${base.estimate === value}>${cardName(value)}</option>`)}
  </select></label>
  ${f.error ? html`<p class="error" role="alert">${f.error}</p>` : nothing}
  <div class="acts">
    ${f.current ? html`<button type="button" @click=${() => take(f)}>${t('story.take')}</button>` : html`<button type="button" @click=${() => set({ dialog: { kind: 'story', story: f.of.story } })}>${t('menu.cancel')}</button>`}
    <button class="primary" ?disabled=${f.busy}>${t(f.current ? 'story.mine' : 'story.save')}</button>
  </div>
</form>`

/** The deck's cards, and the estimate from another deck. @param {Room} room @param {WholeStory} base */
function cards({ session }, { estimate }) {
  const values = session?.deck.cards.map((c) => c.value) ?? []
  return estimate === null || values.includes(estimate) ? values : [estimate, ...values]
}

/** @param {Form} f @param {WholeStory} base @param {Field} name @param {number} most characters */
const text = (f, base, name, most) => html`<div class="field"><label class="field"><span>${t(FIELDS[name])}</span><input id="story-${name}" name=${name} .value=${base[name] ?? ''} maxlength=${most} autocomplete="off" inputmode=${name === 'url' ? 'url' : nothing}></label>${theirs(f, base, name)}</div>`

/** What a field is now, where somebody else has changed it. @param {Form} f @param {WholeStory} base @param {Field} name */
const theirs = ({ current }, base, name) => current && (current[name] ?? '') !== (base[name] ?? '') ? html`<p class="hint whole theirs">${t('story.theirs', { text: current[name] || t('story.empty') })}</p>` : nothing

/** The form begins anew with what the others have made of the story. @param {Form} f */
function take(f) {
  form = { ...f, base: f.current, current: null, error: '' }
  set({})
}

/** Sends only what was changed, so that nothing of others is undone. @param {EventTarget|null} element @param {Form} f @param {number} version */
async function save(element, f, version) {
  const { room } = get()
  if (!room?.me || f.busy || !f.base) return
  const change = changed(new FormData(/** @type {HTMLFormElement} */ (element)), f.base)
  if (!Object.keys(change).length) return set({ dialog: { kind: 'story', story: f.of.story } })
  const here = stillHere()
  Object.assign(f, { busy: true, error: '' })
  set({})
  try {
    await api.editStory(room.id, room.me, f.of.story, { ...change, version })
    f.busy = false
    shut(/** @type {Dialog} */ (f.of), { kind: 'story', story: f.of.story })
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    f.busy = false
    if (get().dialog !== f.of && here()) refused(refusal)
    if (refusal.current) f.current = refusal.current
    else f.error = refusal.unknown ? why(refusal) : refusal.status === 404 ? t('story.lost') : t('refused.other', { why: why(refusal) })
    set({})
  }
}

/** @param {FormData} data @param {WholeStory} base @returns {Record<string, string|null>} */
function changed(data, base) {
  /** @type {Record<string, string|null>} */
  const change = {}
  for (const name of /** @type {Field[]} */ (Object.keys(FIELDS))) {
    const now = String(data.get(name) ?? '').replace(/\r\n/g, '\n')
    if (now !== (base[name] ?? '').replace(/\r\n/g, '\n')) change[name] = name === 'url' ? now.trim() || null : now
  }
  const estimate = data.get('estimate')
  if (estimate !== null && estimate !== (base.estimate ?? '')) change.estimate = String(estimate) || null
  return change
}
