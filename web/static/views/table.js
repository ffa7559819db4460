// @ts-check
/** @import { State, Room, Session, User } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { repeat } from '../vendor/directives/repeat.js'
import { face } from '../avatars.js'
import { shown, t } from '../i18n.js'
import { flat, OVAL, oval, upright } from '../seats.js'
import { set } from '../store.js'
import { cardName, hasVoted, lettering, myCard, pending, ringed } from '../words.js'
import { actions, centre } from './centre.js'
import { dock } from './hand.js'
import { crown, cup, star, watch } from './icons.js'
import { side } from './results.js'

/** @param {State} state @param {Room} room @param {unknown} notices what lies over the table for a while */
export function table(state, room, notices) {
  const session = /** @type {Session} */ (room.session)
  const open = !!session.current_round?.is_revealed
  const shape = session.participants.length > OVAL ? 'crowd' : state.shape
  const beside = side(state, room, session)
  // On a phone the open cards lie otherwise than the covered ones: they are dealt anew, so that nobody slides.
  const deal = open && (shape === 'upright' || shape === 'small') ? 'open' : shape
  return html`<main class="board ${session.status} ${open ? 'turned' : ''} ${beside === nothing ? '' : 'sided'}">
    <div class="stage">
      ${repeat([deal], (d) => d, () => html`<section class="room ${deal === 'open' ? 'small' : shape}" aria-label=${t('table.people')}>
        <div class="table"></div>
        <div class="centre">${centre(state, room, session)}${state.shape === 'around' ? actions(room, session) : nothing}</div>
        <ul class="seats">${repeat(inOrder(room, session), (p) => p.id, (p) => seat(room, session, p, shape))}</ul>
        ${confetti(room)}
      </section>`)}
      ${beside}
    </div>
    ${notices}
    ${dock(state, room, session, beside !== nothing)}
  </main>`
}

/** @param {Room} room @param {Session} session */
const inOrder = ({ places }, { participants }) => [...participants].sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0))

/** @param {Room} room @param {Session} session @param {User} p @param {string} shape */
function seat(room, session, p, shape) {
  const me = p.id === room.me
  const master = p.id === session.scrum_master_id
  const watches = p.role === 'spectator'
  return html`<li class="place ${me ? 'me' : ''} ${p.is_online ? '' : 'away'} ${watches ? 'watches' : ''}" data-user=${p.id} .style=${where(room.places.get(p.id) ?? 0, shape)}>
    <button class="seat" @click=${() => set({ dialog: { kind: 'person', user: p.id } })}>
      <span class="portrait">${face(p.avatar, p.name)}${master ? crown : p.facilitator ? star : nothing}${watches ? watch : nothing}</span>
      <span class="name"><bdi>${shown(p.name)}</bdi>${me ? html`<em> ${t('table.you')}</em>` : nothing}</span>
      ${master ? html`<span class="sr">, ${t('table.master')}</span>` : nothing}
      ${p.facilitator ? html`<span class="sr">, ${t('table.facilitator')}</span>` : nothing}
      ${watches ? html`<span class="sr">, ${t('table.watches')}</span>` : nothing}
      ${p.is_online ? watches ? html`<span class="state" aria-hidden="true">${t('table.watches')}</span>` : nothing : html`<span class="state">${t('table.away')}</span>`}
    </button>
    ${watches && !hasVoted(session.current_round, p.id) ? nothing : laid(room, session, p, me)}
  </li>`
}

/** The card before somebody. @param {Room} room @param {Session} session @param {User} p @param {boolean} me */
function laid(room, session, p, me) {
  const round = session.current_round
  if (!round) return nothing
  const mine = me && (!round.is_revealed || round.anonymous) ? myCard(room) : null
  const voted = round.is_revealed || !me || room.wanted === undefined ? hasVoted(round, p.id) || mine !== null : mine !== null
  const value = round.votes[p.id]?.value ?? mine
  const extreme = ringed(session).includes(p.id)
  const waits = me && pending(room)
  return html`<span class="laid ${voted ? 'voted' : ''} ${value !== null ? 'open' : ''} ${extreme ? 'extreme' : ''} ${waits ? 'pending' : ''}">
    <span class="flip" aria-hidden="true"><span class="front" .style=${value === null ? '' : lettering(value)}>${value === 'coffee' ? cup : value ?? ''}</span><span class="back"></span></span>
    <span class="sr">${value !== null ? t('table.card', { card: cardName(value) }) : t(voted ? 'table.voted' : 'table.notVoted')}${extreme ? `, ${t('table.extreme')}` : ''}${waits ? `, ${t('table.pending')}` : ''}</span>
  </span>`
}

/** The place, for the style sheet. Around an oval table there are three for each, of which it takes the one for the table's proportions. @param {number} place @param {string} shape */
function where(place, shape) {
  if (shape === 'crowd') return ''
  if (shape === 'around') return [oval(place, 0.9), oval(place, 1.7), oval(place, 3)].map(({ x, y }, i) => `--x${i}:${x.toFixed(3)};--y${i}:${y.toFixed(3)}`).join(';')
  if (shape === 'flat') {
    const { x, y } = flat(place)
    return `--x:${x.toFixed(3)};--y:${y}`
  }
  const { row, right } = upright(place)
  return `--row:${row};--right:${right ? 1 : 0};--rank:${(place >> 2) + 1};--at:${(place % 4) + 1}`
}

const PIECES = Array.from({ length: 28 }, (_, i) => {
  const angle = (i / 28) * 2 * Math.PI + (i % 3) * 0.2
  const far = 9 + ((i * 7) % 11)
  return `--dx:${(Math.cos(angle) * far).toFixed(1)}rem;--dy:${(Math.sin(angle) * far * 0.6 - 3).toFixed(1)}rem;--turn:${(i * 97) % 540}deg`
})

/** One short burst, in the table's own colours. @param {Room} room */
const confetti = ({ celebrate }) => celebrate ? html`<div class="confetti" aria-hidden="true">${PIECES.map((p) => html`<i .style=${p}></i>`)}</div>` : nothing
