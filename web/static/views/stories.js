// @ts-check
/** @import { Room, Session, Story } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { guard } from '../vendor/directives/guard.js'
import { repeat } from '../vendor/directives/repeat.js'
import { nextStory } from '../backlog.js'
import { inline, language, shown, t } from '../i18n.js'
import { get, set } from '../store.js'
import { storyOf } from '../stories.js'
import { choose, shift, tableIsFree } from '../storywork.js'
import { cardName, may } from '../words.js'
import { lift } from './dragging.js'
import { arrow, cup, play, upload } from './icons.js'

/** The story whose row the Tab key reaches. */
let row = ''

/** The list, to be read by everybody, and to be worked with by those who may. @param {Room} room @param {Session} session @param {boolean} [sheet] in a dialog, which has a title of its own */
export function panel(room, session, sheet) {
  const { total, estimated } = session.backlog
  keepFocus()
  const progress = t('stories.progress', { n: estimated, total })
  return html`<div class="bar">${sheet ? html`<p class="soft" id="stories">${progress}</p>` : html`<h2 id="stories">${t('stories.title')} <small>${progress}</small></h2>`}<span class="tools">${may(room, 'stories') ? html`<button class="quiet ${sheet ? '' : 'square'}" aria-label=${t('stories.import')} title=${t('stories.import')} @click=${() => set({ dialog: { kind: 'import-stories' } })}>${sheet ? t('stories.import') : upload}</button><button class="quiet" @click=${() => set({ dialog: { kind: 'add-stories' } })}>${t('stories.add')}</button>` : nothing}${total ? html`<button class="quiet square" aria-label=${t('export.title')} title=${t('export.title')} @click=${() => set({ dialog: { kind: 'export', session: room.id } })}>${arrow}</button>` : nothing}</span></div>
    ${!total ? html`<p class="empty">${t(may(room, 'stories') ? 'stories.none' : 'stories.noneYet')}</p>` : room.stories ? rows(room) : html`<p class="empty">${t('stories.loading')}</p>`}`
}

/** @param {Room} room */
function rows(room) {
  const stories = room.stories?.stories ?? []
  const [edits, starts, free] = [may(room, 'stories'), may(room, 'start'), tableIsFree(room)]
  const next = starts ? nextStory(room)?.id : undefined // who does not start rounds cannot know what was picked
  if (!storyOf(room, row)) row = next ?? stories[0]?.id ?? ''
  follow(stories.find((s) => s.status === 'voting')?.id ?? next)
  return html`${guard([stories, next, edits, starts, free, row, language()], () => html`
    ${edits ? html`<p class="sr" id="stories-keys">${t('stories.keys')}</p>` : nothing}
    <ol class="backlog-list" aria-labelledby="stories">${repeat(stories, (s) => s.id, (s, i) => item(s, i, s.id === next, { edits, starts, free }))}</ol>`)}`
}

/** @param {Story} s @param {number} i @param {boolean} next @param {{edits: boolean, starts: boolean, free: boolean}} can */
function item(s, i, next, { edits, starts, free }) {
  const label = t(free ? 'stories.voteOn' : 'stories.pickNext', { title: inline(s.title) })
  return html`<li class="story ${s.status} ${next ? 'next-up' : ''}" data-story=${s.id}>
    ${edits ? html`<span class="handle" aria-hidden="true" @pointerdown=${(/** @type {PointerEvent} */ e) => lift(e, s.id)}></span>` : nothing}
    <button class="open" tabindex=${s.id === row ? 0 : -1} aria-describedby=${edits ? 'stories-keys' : nothing} @focus=${() => reach(s.id)} @keydown=${(/** @type {KeyboardEvent} */ e) => onKey(e, s, edits)} @click=${() => set({ dialog: { kind: 'story', story: s.id } })}>
      <span class="what">${s.key ? html`<small><bdi>${s.key}</bdi></small> ` : nothing}<bdi>${shown(s.title)}</bdi></span>${outcome(s, next)}</button>
    ${starts && s.status !== 'voting' ? html`<button class="quiet square go" tabindex="-1" aria-label=${label} title=${label} @click=${() => choose(s)}>${play}</button>` : nothing}
  </li>`
}

/** @param {Story} s @param {boolean} next */
function outcome({ status, estimate }, next) {
  const word = status === 'todo' ? next && t('stories.next') : status === 'estimated' ? '' : t(`stories.${status}`)
  return html`<span class="result">${estimate === null ? nothing : html`<b><span class="sr">${t('stories.estimated')}: </span>${estimate === 'coffee' ? html`${cup}<span class="sr">${cardName(estimate)}</span>` : estimate}</b> `}${word ? html`<small>${word}</small>` : nothing}</span>`
}

/** @param {string} id */
function reach(id) {
  if (id === row) return
  row = id
  set({})
}

/** @param {KeyboardEvent} e @param {Story} s @param {boolean} edits */
function onKey(e, s, edits) {
  const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0
  const to = step ? s : e.key === 'Home' ? 'first' : e.key === 'End' ? 'last' : null
  if (!to || e.ctrlKey || e.metaKey || e.shiftKey) return
  e.preventDefault()
  if (e.altKey) return void (step && edits && shift(s, /** @type {1|-1} */ (step)))
  const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (e.currentTarget).closest('ol')?.querySelectorAll('.open') ?? []])
  const at = to === 'first' ? 0 : to === 'last' ? all.length - 1 : all.indexOf(/** @type {HTMLElement} */ (e.currentTarget)) + step
  all[Math.max(0, Math.min(at, all.length - 1))]?.focus()
}

/** The story that was followed last. @type {string|undefined} */
let followed

/** When another story is voted on, or comes next, the list rolls to it; nothing else on the page moves. @param {string|undefined} id */
function follow(id) {
  if (id === followed) return
  followed = id
  if (id) queueMicrotask(() => {
    const li = /** @type {HTMLElement|null} */ (document.querySelector(`.backlog-list [data-story="${CSS.escape(id)}"]`))
    const ol = li?.closest('ol')
    if (li && ol) ol.scrollTop = Math.max(Math.min(ol.scrollTop, li.offsetTop), li.offsetTop + li.offsetHeight - ol.clientHeight)
  })
}

/** A row that moves in the list loses the focus: it gets it back. */
function keepFocus() {
  const held = document.activeElement?.closest('[data-story]')?.getAttribute('data-story')
  if (held) queueMicrotask(() => {
    if (document.activeElement === document.body && !get().dialog) /** @type {HTMLElement|null} */ (document.querySelector(`[data-story="${CSS.escape(held)}"] .open`))?.focus()
  })
}
