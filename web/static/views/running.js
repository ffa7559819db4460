// @ts-check
/** @import { Room, State, User } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { clock, shown, t } from '../i18n.js'
import { copy } from '../copy.js'
import { changeDeck, changeRole, changeSettings, makeFacilitator, nudge, openSeat, setTimer } from '../lead.js'
import { inviteLink, isLocal, ownBase } from '../links.js'
import { left } from '../ticker.js'
import { hasVoted, may } from '../words.js'
import { formError } from './arriving.js'
import { outcome } from './copied.js'
import { local, qr } from './invite.js'
import { deckFields, duration, ROUNDS, ruleFields, rulesIn } from './options.js'

// The dialogs with which a session is run.

/** @param {() => void} close @param {State} state @param {string} yes @param {boolean} [usable] */
const buttons = (close, { form }, yes, usable = true) => html`<div class="acts"><button type="button" @click=${close}>${t('menu.cancel')}</button><button class="primary" ?disabled=${form.busy || !usable}>${yes}</button></div>`

/** @param {State} state @param {() => void} close */
export function settings(state, close) {
  const session = state.room?.session
  if (!session) return html``
  const submit = (/** @type {SubmitEvent} */ e) => { e.preventDefault(); changeSettings(rulesIn(/** @type {HTMLFormElement} */ (e.target))) }
  return html`<form class="options" @submit=${submit} novalidate>${ruleFields(session.settings, state.form, true, session.protected)}
    ${formError(state)}${buttons(close, state, t('profile.save'))}</form>`
}

/** @param {State} state @param {() => void} close */
export function deck(state, close) {
  const round = state.room?.session?.current_round
  const running = !!round && !round.is_revealed
  return html`<form class="options" @submit=${(/** @type {SubmitEvent} */ e) => { e.preventDefault(); changeDeck() }} novalidate>
    <p class="soft">${t(running ? 'deck.between' : 'deck.text')}</p>
    ${deckFields(state.setup, state.form)}
    ${formError(state)}${buttons(close, state, t('deck.use'), !running)}</form>`
}

/** How long the round has. @param {State} state */
export function timer(state) {
  const round = state.room?.session?.current_round
  const rest = left(state, round?.ends_at)
  const busy = state.room?.busy === 'timer'
  return html`${round?.ends_at ? html`<p class="clock soft" role="timer">${rest ? t('timer.left', { time: clock(rest) }) : t('timer.up')}</p>` : html`<p class="soft">${t('timer.text')}</p>`}
    <div class="times">${ROUNDS.map((s) => html`<button ?disabled=${busy} @click=${() => void setTimer(s)}>${duration(s)}</button>`)}</div>
    ${round?.ends_at ? html`<div class="acts"><button ?disabled=${busy} @click=${() => void setTimer(Math.min(3600, Math.ceil(rest / 1000) + 60))}>${t('timer.more')}</button><button ?disabled=${busy} @click=${() => void setTimer(null)}>${t('timer.stop')}</button></div>` : nothing}`
}

/** My seat, to be taken on another device. @param {State} state */
export function seat(state) {
  const link = state.seatLink
  const rest = link ? left(state, new Date(link.until).toISOString()) : 0
  if (!link || !rest) return html`${link?.code === '' ? nothing : html`<p class="soft">${t(link ? 'seat.over' : 'seat.wait')}</p>`}${link ? html`<div class="acts"><button class="primary" ?disabled=${state.room?.busy === 'seat'} @click=${openSeat}>${t('seat.new')}</button></div>` : nothing}`
  const url = `${inviteLink()}#seat=${link.code}`
  const mine = state.copied?.what === 'seat' ? state.copied : null
  return html`<div class="beside"><p class="soft">${t('seat.text')}</p>
    ${isLocal(ownBase()) ? local(state) : nothing}
    <div class="qr">${qr(url, t('seat.qr'))}</div>
    <p class="clock soft" role="timer">${t('seat.left', { time: clock(rest) })}</p>
    <div class="link"><input id="seat-link" readonly aria-label=${t('seat.link')} .value=${url} @focus=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).select()}>
    <button @click=${() => void copy('seat', url, '#seat-link')}>${t(mine?.ok ? 'copy.done' : 'invite.copy')}</button></div>${outcome(mine)}</div>`
}

/** What somebody is, in a few words. @param {Room} room @param {User} p */
export const roles = (room, p) => [
  p.id === room.me ? t('table.you') : '', p.id === room.session?.scrum_master_id ? t('table.master') : '', p.facilitator ? t('table.facilitator') : '',
  p.role === 'spectator' ? t('table.watches') : '', p.is_online ? '' : t('table.away'),
].filter(Boolean)

/** Somebody in the menu's list, with what they are. @param {Room} room @param {User} p */
export const inList = (room, p) => html`<span class="clip"><bdi>${shown(p.name)}</bdi>${roles(room, p).length ? html`<small>${roles(room, p).join(' · ')}</small>` : nothing}</span>`

/** What I may do about somebody's role. @param {Room} room @param {User} p */
export function roleButtons(room, p) {
  const { session } = room
  const mine = p.id === room.me
  const watches = p.role === 'spectator'
  const waited = session?.status === 'voting' && !watches && !hasVoted(session.current_round, p.id)
  return html`
    ${mine || may(room, 'kick') ? html`<button ?disabled=${room.busy === 'role'} @click=${() => void changeRole(p.id, watches ? 'voter' : 'spectator')}>${t(watches ? mine ? 'role.vote.me' : 'role.vote' : mine ? 'role.watch.me' : 'role.watch')}</button>` : nothing}
    ${!mine && may(room, 'facilitators') ? html`<button ?disabled=${room.busy === 'facilitator'} @click=${() => void makeFacilitator(p.id, !p.facilitator)}>${t(p.facilitator ? 'role.unhelp' : 'role.help')}</button>` : nothing}
    ${!mine && waited && may(room, 'nudge') ? html`<button ?disabled=${room.busy === 'nudge'} @click=${() => void nudge([p.id])}>${t('nudge.one')}</button>` : nothing}`
}
