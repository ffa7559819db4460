// @ts-check
/** @import { Room, Session, Card } from '../types.js' */
import { html } from '../vendor/lit-html.js'
import { play } from '../actions.js'
import { t } from '../i18n.js'
import { cardKey, cardName, estimate, iAmMaster, myCard, pending, votable } from '../words.js'
import { cup } from './icons.js'

/** My cards; after the reveal the Scrum Master picks the estimate with them. @param {Room} room @param {Session} session */
export function hand(room, session) {
  const picking = session.status === 'results' && iAmMaster(room)
  const chosen = picking ? estimate(room) : myCard(room)
  const usable = picking || votable(room)
  const cards = session.deck.cards.map((c) => card(c, c.value === chosen, usable, room))
  // Three hands, because each lies elsewhere: a hand that is dealt anew is no jump of the old one.
  if (picking) return html`<footer class="hold results picking"><p class="what" id="hand">${t('hand.estimate')}</p><div class="hand" role="group" aria-labelledby="hand">${cards}</div></footer>`
  if (session.current_round?.is_revealed) return html`<footer class="hold results"><div class="hand" role="group" aria-label=${t('hand.cards')}>${cards}</div></footer>`
  return html`<footer class="hold"><div class="hand" role="group" aria-label=${t('hand.cards')}>${cards}</div></footer>`
}

/** @param {Card} c @param {boolean} chosen @param {boolean} usable @param {Room} room */
const card = (c, chosen, usable, room) => html`<button class="card ${chosen ? 'chosen' : ''} ${chosen && pending(room) ? 'pending' : ''}" data-card=${c.value} data-key=${cardKey(c.value)}
  aria-pressed=${chosen ? 'true' : 'false'} ?disabled=${!usable} @click=${() => play(c.value)}>${c.value === 'coffee' ? html`${cup}<span class="sr">${cardName(c.value)}</span>` : c.value}</button>`
