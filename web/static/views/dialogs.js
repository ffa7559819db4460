// @ts-check
/** @import { State, Dialog, Room, User } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { changeMe, crown, end, kick, leave, openProfile, start } from '../actions.js'
import { face } from '../avatars.js'
import { inline, language, shown, t } from '../i18n.js'
import { lazily } from '../lazy.js'
import { go } from '../router.js'
import { get, set } from '../store.js'
import { iAmMaster, may } from '../words.js'
import { formError, meFields } from './arriving.js'
import { ofStories } from './beside.js'
import { acceptFiles } from './dropping.js'
import { notices } from './frame.js'
import { close as cross } from './icons.js'
import { invitation } from './invite.js'
import { help, menu } from './menu.js'
import { deck, roleButtons, roles, seat, settings, timer } from './running.js'
import { whole } from './topic.js'

/** @typedef {import('../vendor/lit-html.js').TemplateResult} Template */

acceptFiles()

export const close = () => /** @type {HTMLDialogElement|null} */ (document.querySelector('dialog'))?.close()

/** The one dialog that is open. The same element serves all, so that one may lead to another. What lies over the page lies over the dialog, in it: everything outside is out of reach, for screen readers too. @param {State} state */
export function dialogs(state) {
  if (!state.dialog) return nothing
  const { title, body } = content(state, state.dialog)
  return html`<dialog data-kind=${state.dialog.kind} aria-labelledby="dialog-title" @close=${() => set({ dialog: null, copied: null })} @click=${outside}>
    <div class="sheet"><div class="bar"><h2 id="dialog-title" tabindex="-1">${title}</h2><button class="quiet square" aria-label=${t('menu.close')} @click=${close}>${cross}</button></div>${body}</div>
    ${notices(state)}<div class="sr polite" role="status" aria-live="polite"></div><div class="sr urgent" role="alert"></div>
  </dialog>`
}

/** Makes the dialog modal once it stands on the page, and gives the focus back when it goes. Where one led to another, the focus goes on with it; and where nothing is left to give it back to, to the name of the session. */
export function syncDialog() {
  const dialog = /** @type {HTMLDialogElement|null} */ (document.querySelector('dialog'))
  const kind = dialog?.dataset.kind ?? ''
  if (dialog && !dialog.open) {
    opener = document.activeElement
    dialog.showModal()
  } else if (dialog && kind !== last && document.activeElement === document.body) {
    document.getElementById('dialog-title')?.focus()
  } else if (!dialog && opener) {
    const back = opener instanceof HTMLElement && opener.isConnected ? opener : document.querySelector('h1')
    if (document.activeElement === document.body) /** @type {HTMLElement|null} */ (back)?.focus()
    opener = null
  }
  last = kind
}

/** What makes files comes when somebody wants one. */
const fetchExporting = lazily(() => import('./exporting.js'))

/** @type {Element|null} */
let opener = null
/** The kind of the dialog that was drawn last. */
let last = ''

/** @param {MouseEvent} e */
const outside = (e) => { if (e.target === e.currentTarget) close() }

/** @param {State} state @param {Dialog} dialog @returns {{title: string, body: Template}} */
function content(state, dialog) {
  const { room } = state
  const stories = room && ofStories(dialog, room, close)
  if (stories) return stories
  switch (dialog.kind) {
    case 'invite': return { title: t('invite.title'), body: html`<div class="beside">${invitation(state)}</div>` }
    case 'topic': return { title: t('topic.title'), body: whole(room?.session?.current_round) }
    case 'help': return { title: t('help.title'), body: help() }
    case 'end': return { title: t('end.title'), body: confirm(t('end.text'), t('end.yes'), end, 'end') }
    case 'leave': return { title: t('leave.title'), body: confirm(`${t('leave.text')} ${room && iAmMaster(room) && (room.session?.participants.length ?? 0) > 1 ? t('leave.master') : ''}`, t('leave.yes'), leave, 'leave') }
    case 'away': return { title: t('away.title'), body: confirm(`${t('away.text')} ${room && iAmMaster(room) && (room.session?.participants.length ?? 0) > 1 && !room.session?.participants.some((p) => p.facilitator && p.is_online && p.id !== room.me) ? t('away.master') : ''}`, t('away.yes'), () => go('/')) }
    case 'restart': return { title: t('restart.title'), body: confirm(t('restart.text', { n: Object.keys(room?.session?.current_round?.votes ?? {}).length }), t('restart.yes'), () => { close(); void start() }, 'start') }
    case 'again': return { title: t('again.title'), body: confirm(t('again.text'), t('centre.again'), () => { close(); void start() }, 'start') }
    case 'profile': return { title: t('profile.title'), body: profile(state) }
    case 'deck': return { title: t('deck.title'), body: deck(state, close) }
    case 'settings': return { title: t('set.title'), body: settings(state, close) }
    case 'timer': return { title: t('timer.title'), body: timer(state) }
    case 'export': return { title: t('export.title'), body: fetchExporting()?.exporting(dialog) ?? html`<p class="hint">${t('loading')}</p>` }
    case 'seat': return { title: t('seat.title'), body: seat(state) }
    case 'person':
    case 'kick': return someone(dialog, room)
    default: return { title: t('menu.title'), body: menu(state) }
  }
}

/** @param {{kind: 'person'|'kick', user: string}} dialog @param {Room|null} room */
function someone({ kind, user }, room) {
  const p = room?.session?.participants.find((q) => q.id === user)
  if (!room || !p) return { title: t('say.left', { name: '' }), body: html`` }
  if (kind === 'kick') return { title: t('kick.title', { name: inline(p.name) }), body: confirm(t('kick.text'), t('kick.yes'), () => void kick(user), 'kick') }
  return { title: shown(p.name), body: person(room, p) }
}

/** @param {Room} room @param {User} p */
const person = (room, p) => html`<div class="person">${face(p.avatar, p.name)}
  <p class="soft">${roles(room, p).join(' · ')}</p>
  <p class="soft">${t('person.since', { time: new Date(p.joined_at).toLocaleTimeString(language(), { hour: '2-digit', minute: '2-digit' }) })}</p></div>
  <div class="acts column">
    ${p.id === room.me ? html`<button @click=${openProfile}>${t('profile.change')}</button>` : nothing}
    ${roleButtons(room, p)}
    ${p.id === room.me || !may(room, 'transfer') ? nothing : html`<button @click=${() => void crown(p.id)}>${t('person.crown')}</button>`}
    ${p.id === room.me || !may(room, 'kick') ? nothing : html`<button class="danger" @click=${() => set({ dialog: { kind: 'kick', user: p.id } })}>${t('person.kick')}</button>`}
  </div>`

/** My name and face, to be changed while I am seated. @param {State} state */
const profile = (state) => html`<form @submit=${(/** @type {Event} */ e) => { e.preventDefault(); void changeMe(get().draft) }} novalidate>
  ${meFields(state, state.room ?? undefined)}
  ${formError(state)}
  <div class="acts"><button type="button" @click=${close}>${t('menu.cancel')}</button><button class="primary" ?disabled=${state.form.busy}>${t('profile.save')}</button></div>
</form>`

/** @param {string} text @param {string} yes @param {() => unknown} action @param {string} [name] of the action, if its answer is waited for */
const confirm = (text, yes, action, name) => html`<p>${text}</p><div class="acts"><button @click=${close}>${t('menu.cancel')}</button><button class="danger" ?disabled=${!!name && get().room?.busy === name} @click=${() => void action()}>${yes}</button></div>`
