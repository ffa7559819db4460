// @ts-check
/** @import { State, Room, Session, Card } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { repeat } from '../vendor/directives/repeat.js'
import { play } from '../actions.js'
import { t } from '../i18n.js'
import { changeRole } from '../lead.js'
import { cardName, estimate, iWatch, lettering, longest, may, myCard, pending, votable } from '../words.js'
import { least } from '../typeahead.js'
import { actions } from './centre.js'
import { cup } from './icons.js'

/**
 * What lies at the bottom edge of the window: my cards, with which the estimate is picked after the reveal by who may accept one; and, in a small window, what there is to do next.
 * @param {State} state @param {Room} room @param {Session} session @param {boolean} sided whether something stands beside the table
 */
export function dock(state, room, session, sided) {
  const around = state.shape === 'around'
  const picking = session.status === 'results' && may(room, 'accept')
  const open = !!session.current_round?.is_revealed
  const bar = around ? nothing : actions(room, session)
  const cards = picking || !iWatch(room) && (around || !open)
  const watching = !picking && iWatch(room) && (around || !open)
  if (!cards && !watching && bar === nothing) return nothing
  // Each of these hands lies elsewhere: a hand that is dealt anew is no jump of the old one.
  return repeat([`${picking} ${open} ${sided} ${watching}`], (k) => k, () => html`<footer class="dock ${open ? 'open' : ''} ${picking ? 'picking' : ''}">
    ${bar === nothing ? nothing : html`<div class="do">${bar}</div>`}
    ${cards ? html`${picking ? html`<p class="what" id="hand">${t('hand.estimate')}</p>` : nothing}${hand(state, room, session, picking)}` : nothing}
    ${watching ? html`<p class="watching"><span>${t('centre.watching')}</span><button ?disabled=${room.busy === 'role'} @click=${() => void changeRole(room.me ?? '', 'voter')}>${t('role.vote.me')}</button></p>` : nothing}
  </footer>`)
}

/** @param {State} state @param {Room} room @param {Session} session @param {boolean} picking */
function hand(state, room, session, picking) {
  const { cards } = session.deck
  const chosen = picking ? estimate(room) : myCard(room)
  const usable = picking || votable(room)
  const n = cards.length
  const lines = linesOf(state, n)
  return html`<div class="hand ${lines > 1 ? 'lines' : ''}" role="group" aria-labelledby=${picking ? 'hand' : nothing} aria-label=${picking ? nothing : t('hand.cards')}
    .style=${`--lines:${lines};--columns:${Math.ceil(n / lines)};--longest:${Math.max(...cards.map((c) => longest(c.value)))}`}>${cards.map((c) => card(c, least(cards, c), c.value === chosen, usable, room))}</div>`
}

/** In how many lines so many cards lie: one where there is room for it, else two or three. @param {State} state @param {number} n */
function linesOf({ shape }, n) {
  if (shape === 'around') return n > 15 ? 2 : 1
  if (shape === 'flat') return n > 20 ? 3 : n > 10 ? 2 : 1
  return n > 14 ? 3 : n > 6 ? 2 : 1
}

/** @param {Card} c @param {string} key to type for it @param {boolean} chosen @param {boolean} usable @param {Room} room */
const card = (c, key, chosen, usable, room) => html`<button class="card ${chosen ? 'chosen' : ''} ${chosen && pending(room) ? 'pending' : ''}" data-card=${c.value} data-key=${key} .style=${lettering(c.value)}
  aria-pressed=${chosen ? 'true' : 'false'} ?disabled=${!usable} @click=${() => play(c.value)}>${c.value === 'coffee' ? html`${cup}<span class="sr">${cardName(c.value)}</span>` : c.value}</button>`
