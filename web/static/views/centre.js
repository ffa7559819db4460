// @ts-check
/** @import { State, Room, Session, Round } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { repeat } from '../vendor/directives/repeat.js'
import { accept, newRound, reveal, start } from '../actions.js'
import { clock, inline, shown, t } from '../i18n.js'
import { set, setRoom } from '../store.js'
import { left } from '../ticker.js'
import { estimate, hasVoted, iAmMaster, nameOf, pending } from '../words.js'
import { cup } from './icons.js'
import { pause } from './pause.js'

/** @typedef {import('../vendor/lit-html.js').TemplateResult} Template */

/**
 * The middle of the table: what the round is about, how far it is, and the one next action of the Scrum Master. Everyone else reads there what they wait for.
 * @param {State} state @param {Room} room @param {Session} session
 */
export function centre(state, room, session) {
  const round = session.current_round
  switch (session.status) {
    case 'voting': return round && voting(room, session, round)
    case 'revealing': return round && html`${topic(round)}<p class="note">${t('centre.turning')}</p><p class="big" role="timer">${countdown(state, session, round)}</p>`
    case 'results': return round && results(room, session, round)
    case 'paused': return paused(state, room, session)
    default: return waiting(room, session)
  }
}

/** The seconds until the cards turn. The server's clock is known to a moment only: the count begins where it was set, and ends with 1. @param {State} state @param {Session} session @param {Round} round */
const countdown = (state, { settings }, { reveals_at }) => Math.max(1, Math.min(Math.ceil(settings.reveal_countdown_seconds), Math.ceil(left(state, reveals_at) / 1000)))

/** @param {Round} round */
const topic = (round) => round.topic ? html`<p class="topic" title=${round.topic}><bdi>${round.topic}</bdi></p>` : nothing

/** @param {Room} room @param {Session} session */
function waiting(room, session) {
  const n = session.participants.length
  const lead = n === 1 ? t('centre.alone') : t('centre.ready', { n })
  return iAmMaster(room)
    ? html`<p class="note">${fresh(lead)}</p>${n === 1 ? html`<button @click=${() => set({ dialog: { kind: 'invite' } })}>${t('invite.title')}</button>` : nothing}${next(room, t('centre.start'))}`
    : html`<p class="note">${fresh(lead)}</p><p class="lead">${t('centre.waits', { name: inline(nameOf(session, session.scrum_master_id)) })}</p>`
}

/** The topic of the next round, and its start. @param {Room} room @param {string} label */
const next = (room, label) => html`<form class="next" @submit=${(/** @type {Event} */ e) => { e.preventDefault(); void start() }}>
  <input id="topic" aria-label=${t('centre.topic')} placeholder=${t('centre.topic')} maxlength="500" autocomplete="off">
  <button class="primary" ?disabled=${room.busy === 'start'}>${label}</button>
</form>`

/** @param {Room} room @param {Session} session @param {Round} round */
function voting(room, session, round) {
  const total = session.participants.length
  const n = Object.keys(round.votes).length
  return html`${topic(round)}<p class="note count">${fresh(t('centre.voted', { n, total }))}</p>
    ${iAmMaster(room)
      ? html`<button class="primary ${n < total ? 'early' : ''}" ?disabled=${room.busy === 'reveal'} @click=${reveal}>${t('centre.reveal')}</button>`
      : html`<p class="lead">${fresh(t(hasVoted(round, room.me ?? '') ? 'centre.chosen' : 'centre.choose'))}</p>`}`
}

/** @param {Room} room @param {Session} session @param {Round} round */
function results(room, session, round) {
  const done = round.completed_at !== null
  const card = estimate(room)
  const master = iAmMaster(room)
  const changed = room.choice !== null && room.choice !== round.estimate
  const label = done && !changed ? t('centre.accepted') : room.choice !== null && room.choice !== round.statistics?.suggestion ? t('centre.picked') : round.statistics?.consensus ? t('centre.consensus') : t('centre.suggested')
  const none = t(round.statistics?.total_votes ? 'centre.noNumbers' : 'centre.noVotes')
  return html`${topic(round)}
    ${card === null ? html`<p class="lead">${none}</p>` : html`<p class="big">${card === 'coffee' ? cup : card}</p><p class="note under">${fresh(label)}</p>`}
    ${master ? decide(room, done && !changed, card) : html`<p class="note">${t('centre.waitsNext', { name: inline(nameOf(session, session.scrum_master_id)) })}</p>`}`
}

/** @param {Room} room @param {boolean} done @param {string|null} card */
function decide(room, done, card) {
  if (done || room.skipping) return next(room, t('centre.next'))
  return html`<div class="acts">
    ${card === null ? nothing : html`<button class="primary" ?disabled=${room.busy === 'accept'} @click=${accept}>${t('centre.accept', { card: card === 'coffee' ? t('card.coffee') : card })}</button>`}
    <button class=${card === null ? 'primary' : ''} ?disabled=${room.busy === 'start'} @click=${newRound}>${t('centre.again')}</button>
    <button class="plain" @click=${() => setRoom(room.id, { skipping: true })}>${t('centre.skip')}</button>
  </div>`
}

/** @param {State} state @param {Room} room @param {Session} session */
function paused(state, room, session) {
  const name = shown(nameOf(session, session.scrum_master_id))
  return html`${session.current_round ? topic(session.current_round) : nothing}
    <p class="lead">${t('centre.paused', { name: inline(name) })}</p>
    ${session.resumes_by
      ? html`<p class="big clock" role="timer">${clock(left(state, session.resumes_by))}</p><p class="note">${t(pending(room) ? 'pause.kept' : 'centre.pausedNote')}</p>${pause(state, room, session)}`
      : html`<p class="note">${t('centre.pausedNobody')}</p>`}`
}

/** A centred text that changes: the new one takes the place of the old, which does not slide. @param {string} text */
const fresh = (text) => repeat([text], (s) => s, (s) => html`<span>${s}</span>`)
