// @ts-check
/** @import { State, Room, Session, Round, Story, User } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { repeat } from '../vendor/directives/repeat.js'
import { accept, reveal, skip, start, startStory } from '../actions.js'
import { nextStory } from '../backlog.js'
import { clock, inline, num, shown, t } from '../i18n.js'
import { set, setRoom } from '../store.js'
import { left } from '../ticker.js'
import { agreed, cardName, estimate, extremes, farApart, hasVoted, iWatch, keepsCard, may, missing, myCard, nameOf, names, present, runner, voters } from '../words.js'
import { cup } from './icons.js'
import { pause } from './pause.js'
import { figures } from './results.js'
import { ring, tools } from './timer.js'
import { topic } from './topic.js'

/** @typedef {import('../vendor/lit-html.js').TemplateResult} Template */

/**
 * The middle of the table: what the round is about, and how far it is. Who may not go on reads there what they wait for.
 * @param {State} state @param {Room} room @param {Session} session
 */
export function centre(state, room, session) {
  const round = session.current_round
  switch (session.status) {
    case 'voting': return round && voting(state, room, session, round)
    case 'revealing': return round && html`${topic(round)}<p class="note">${t('centre.turning')}</p><p class="big" role="timer">${countdown(state, session, round)}</p>`
    case 'results': return round && results(room, session, round)
    case 'paused': return paused(state, room, session)
    default: return waiting(room, session)
  }
}

/** What I may do next; it stands in the middle of the table, or, in a small window, with the hand. @param {Room} room @param {Session} session */
export function actions(room, session) {
  const round = session.current_round
  switch (session.status) {
    case 'voting': return round && turn(room, session)
    case 'results': return round && decide(room, session, round)
    case 'waiting': return may(room, 'start') ? next(room, round, t('centre.start')) : nothing
    default: return nothing
  }
}

/** The seconds until the cards turn. The server's clock is known to a moment only: the count begins where it was set, and ends with 1. @param {State} state @param {Session} session @param {Round} round */
const countdown = (state, { settings }, { reveals_at }) => Math.max(1, Math.min(Math.ceil(settings.reveal_countdown_seconds), Math.ceil(left(state, reveals_at) / 1000)))

/** @param {Room} room @param {Session} session */
function waiting(room, session) {
  const n = present(session).length
  const alone = session.participants.length === 1
  const lead = alone ? t('centre.alone') : t('centre.ready', { n })
  const first = alone ? html`<p class="lead">${t('centre.first')}</p>` : nothing
  return may(room, 'start')
    ? html`<p class="note">${fresh(lead)}</p>${first}`
    : html`<p class="note">${fresh(lead)}</p><p class="lead">${t('centre.waits', { name: inline(nameOf(session, runner(session))) })}</p>`
}

// What is typed there outlives the field, which moves when a phone is turned.
let typed = { after: '', text: '' }

/** The next story, and its start; without one, a topic. @param {Room} room @param {Round|null} round @param {string} label */
const next = (room, round, label) => nextStory(room) ? offer(room, /** @type {Story} */ (nextStory(room)), round ? t('stories.start') : label) : field(room, round, label)

/** @param {Room} room @param {Story} story @param {string} label */
const offer = (room, story, label) => html`<div class="next offer">
  <button class="plain" @click=${() => set({ dialog: { kind: 'story', story: story.id } })}><bdi class="clip">${t('stories.nextIs', { title: inline(story.title) })}</bdi></button>
  <button class="primary" ?disabled=${room.busy === 'start'} @click=${() => startStory(story.id)}>${label}</button>
</div>`

/** The topic of the next round, and its start. @param {Room} room @param {Round|null} round @param {string} label */
const field = (room, round, label) => html`<form class="next" @submit=${(/** @type {Event} */ e) => { e.preventDefault(); void start() }}>
  <input id="topic" .value=${typed.after === room.id + round?.id ? typed.text : ''} @input=${(/** @type {InputEvent} */ e) => { typed = { after: room.id + round?.id, text: /** @type {HTMLInputElement} */ (e.target).value } }} aria-label=${t('centre.topic')} placeholder=${t('centre.topic')} maxlength="500" autocomplete="off">
  <button class="primary" ?disabled=${room.busy === 'start'}>${label}</button>
</form>`

/** @param {State} state @param {Room} room @param {Session} session @param {Round} round */
function voting(state, room, session, round) {
  const total = voters(session).length
  const late = missing(session)
  return html`${topic(round)}<p class="note count">${ring(state, session, round)}${fresh(t('centre.voted', { n: total - late.length, total }))}</p>
    <p class="note missing">${fresh(awaited(session, late))}</p>
    ${round.anonymous ? html`<p class="note unnamed">${t('centre.anonymous')}</p>` : nothing}
    ${may(room, 'reveal') || iWatch(room) ? nothing : html`<p class="lead">${fresh(t(chosen(room, round) ? 'centre.chosen' : 'centre.choose'))}</p>`}`
}

/** Whether a card of mine is chosen, sent or not. @param {Room} room @param {Round} round */
const chosen = (room, round) => room.wanted === undefined ? hasVoted(round, room.me ?? '') || myCard(room) !== null : room.wanted !== null

/** @param {Room} room @param {Session} session */
function turn(room, session) {
  const button = html`<button class="primary ${missing(session).length ? 'early' : ''}" ?disabled=${room.busy === 'reveal'} @click=${reveal}>${t('centre.reveal')}</button>`
  if (!may(room, 'reveal') && !may(room, 'timer') && !may(room, 'nudge')) return nothing
  return html`<div class="acts turning">${may(room, 'reveal') ? button : nothing}${tools(room, session)}</div>`
}

/** Whose card is missing, as soon as one lies there; then, who is away and is not waited for. The line is always there, so that nothing moves for it. @param {Session} session @param {User[]} late */
function awaited(session, late) {
  if (late.length) return late.length < voters(session).length ? t('centre.missing', { names: names(late) }) : '\u00a0'
  const away = session.participants.filter((p) => !p.is_online && p.role !== 'spectator' && !hasVoted(session.current_round, p.id))
  return away.length ? t('centre.away', { names: names(away) }) : '\u00a0'
}

/** @param {Room} room @param {Session} session @param {Round} round */
function results(room, session, round) {
  const card = estimate(room)
  const far = isFar(room, session, round)
  const says = card === null ? t(without(session, round)) : origin(room, session, round, far)
  const number = card === null ? html`<p class="lead">${says}</p>` : html`<p class="big ${far ? 'far' : ''} ${isWordy(far ? spread(session) : card) ? 'wordy' : ''}">${far ? spread(session) : card === 'coffee' ? cup : card}</p><p class="note under">${says}</p>`
  const waits = may(room, 'start') || may(room, 'accept') ? nothing : html`<p class="note">${t('centre.waitsNext', { name: inline(nameOf(session, runner(session))) })}</p>`
  const unnamed = round.anonymous ? html`<p class="note unnamed">${t('centre.anonymous')}</p>` : nothing
  return html`${topic(round)}${anew(says + card, html`${number}${figures(round.statistics)}${unnamed}${waits}`)}`
}

/** Whether a text is too long for the size of numbers. @param {string} text */
const isWordy = (text) => [...text].length > 7

/** Why there is no estimate. @param {Session} session @param {Round} round */
function without({ deck }, { statistics, completed_at }) {
  if (statistics?.suggestion && completed_at !== null) return 'centre.noEstimate'
  if (!statistics?.total_votes) return 'centre.noVotes'
  return deck.cards.some((c) => c.number !== null) ? 'centre.noNumbers' : 'centre.noSizes'
}

/** @param {Session} session */
function spread(session) {
  const far = extremes(session)
  return far ? t('results.range', { low: cardName(far.lowCard), high: cardName(far.highCard) }) : ''
}

/** Where the estimate that is shown comes from. @param {Room} room @param {Session} session @param {Round} round @param {boolean} far */
function origin(room, session, round, far) {
  const mean = round.statistics?.average ?? null
  const average = num(mean ?? 0)
  if (far) return mean === null ? t('centre.apartSizes') : t('centre.apart', { average })
  if (round.estimate !== null && (room.choice ?? round.estimate) === round.estimate) return t('centre.accepted')
  if (room.choice !== null && room.choice !== round.statistics?.suggestion) return t('centre.picked')
  return agreed(room, session) ? t('centre.consensus') : mean === null ? t('centre.middle') : t('centre.suggested', { average })
}

/** Whether voting again comes before an estimate. @param {Room} room @param {Session} session @param {Round} round */
const isFar = (room, session, round) => room.choice === null && round.estimate === null && farApart(session)

/** @param {Room} room @param {Session} session @param {Round} round */
function decide(room, session, round) {
  const card = estimate(room)
  const changed = room.choice !== null && room.choice !== round.estimate
  const [starts, accepts] = [may(room, 'start'), may(room, 'accept')]
  if (!starts && !accepts) return nothing
  if (round.completed_at !== null && !changed && !room.reopened) {
    return html`${starts ? next(room, round, t('centre.next')) : nothing}${accepts && round.estimate === null ? html`<button class="plain" @click=${() => setRoom(room.id, { reopened: true })}>${t('centre.back')}</button>` : nothing}`
  }
  const again = card === null || isFar(room, session, round)
  return html`<div class="acts">
    ${card === null || !accepts ? nothing : html`<button class=${again ? '' : 'primary'} ?disabled=${room.busy === 'accept'} @click=${accept}>${t('centre.accept', { card: card === 'coffee' ? t('card.coffee') : card })}</button>`}
    ${starts ? html`<button class=${again ? 'primary' : ''} ?disabled=${room.busy === 'start'} @click=${start}>${t('centre.again')}</button>` : nothing}
    ${accepts ? html`<button class="plain" ?disabled=${room.busy === 'accept'} @click=${skip}>${t('centre.skip')}</button>` : nothing}
  </div>`
}

/** @param {State} state @param {Room} room @param {Session} session */
function paused(state, room, session) {
  const name = shown(nameOf(session, session.scrum_master_id))
  return html`${session.current_round ? topic(session.current_round) : nothing}
    <p class="lead">${t('centre.paused', { name: inline(name) })}</p>
    ${session.resumes_by
      ? html`<p class="big clock" role="timer">${clock(left(state, session.resumes_by))}</p><p class="note">${t(keepsCard(room) ? 'pause.kept' : 'centre.pausedNote')}</p>${pause(state, room, session)}`
      : html`<p class="note">${t('centre.pausedNobody')}</p>`}`
}

/** A centred text that changes: the new one takes the place of the old, which does not slide. @param {string} text */
const fresh = (text) => anew(text, html`<span>${text}</span>`)

/** What is drawn anew whenever the key is another, instead of changed in its place. @param {string} key @param {Template} drawn */
const anew = (key, drawn) => repeat([key], (k) => k, () => drawn)
