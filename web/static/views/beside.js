// @ts-check
/** @import { State, Dialog, Room, Session } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { t } from '../i18n.js'
import { set } from '../store.js'
import { may } from '../words.js'
import { list as icon } from './icons.js'

/** From this width on there is room for the list beside the table, for as long as the session lasts. Below, it comes as a sheet. */
const wide = matchMedia('(min-width: 72em)')
wide.addEventListener('change', () => set({}))

/** The list and its dialogs come when they are needed. @type {typeof import('./story.js')|null} */
let view = null
let asked = false

function fetchList() {
  if (asked) return
  asked = true
  import('./story.js').then((m) => { view = m; set({}) }, () => { asked = false })
}

/** Whether the list can stand beside the table. */
export const hasRoom = () => wide.matches

/** Whether the list has a place of its own beside the table. @param {Session} session */
const stands = (session) => wide.matches && session.backlog.total > 0

/** The list of stories, if it stands beside the table. While the sheet is open it is there instead. @param {State} state @param {Room} room @param {Session} session */
export function stories(state, room, session) {
  if (!stands(session) || state.dialog?.kind === 'stories') return nothing
  fetchList()
  return html`<section class="stories" aria-labelledby="stories">${view ? view.panel(room, session) : html`<h2 id="stories">${t('stories.title')}</h2>`}</section>`
}

/** What the dialogs about stories say. @param {Dialog} dialog @param {Room} room @param {() => void} close @returns {{title: string, body: import('../vendor/lit-html.js').TemplateResult}|null} null: it is another dialog */
export function ofStories(dialog, room, close) {
  if (!/stor(y|ies)$/.test(dialog.kind)) return null
  fetchList()
  return view ? view.content(/** @type {import('./story.js').StoryDialog} */ (dialog), room, close) : { title: t('stories.title'), body: html`<p class="hint">${t('stories.loading')}</p>` }
}

/** Opens the list where it does not stand beside the table; or the way to fill it. @param {Room} room */
export function opener(room) {
  const { session } = room
  if (!session || stands(session) || !session.backlog.total && !may(room, 'stories')) return nothing
  const { total, estimated } = session.backlog
  const label = total ? `${t('stories.title')}: ${t('stories.progress', { n: estimated, total })}` : t('stories.add.title')
  return html`<button class="quiet invite backlog" aria-label=${label} title=${label} @click=${() => set({ dialog: { kind: total ? 'stories' : 'add-stories' } })}>${icon}<span>${t('stories.title')}</span></button>`
}
