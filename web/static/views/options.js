// @ts-check
/** @import { Settings, SettingsRequest, Setup, State } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { clock, t } from '../i18n.js'
import { KNOWN, MOST, NAME, OWN, typedCards, wrongCards } from '../decks.js'
import { get, set } from '../store.js'
import { cardName, lettering, longest } from '../words.js'
import { describes, errorOf, invalid } from './arriving.js'
import { cup } from './icons.js'

/** @typedef {import('../i18n.js').Key} Key */

/** The decks to choose from, and one of one's own. @param {Setup} setup @param {State['form']} form */
export const deckFields = (setup, form) => html`<fieldset class="decks"><legend>${t('deck.title')}</legend>
  ${[...Object.keys(KNOWN), OWN].map((name) => html`<label class="deck"><input type="radio" name="deck" value=${name} .checked=${setup.deck === name} @change=${() => choose({ deck: name })}>
    <span><b>${t(/** @type {Key} */ (`deck.${name}`))}</b>${name === OWN ? html`<small>${t('deck.own.text')}</small>` : html`<small aria-label=${spoken(KNOWN[name])}>${KNOWN[name].map(drawn)}</small>`}</span></label>`)}
  </fieldset>
  ${setup.deck === OWN ? own(setup, form) : nothing}`

/** @param {Partial<Setup>} part */
const choose = (part) => set({ setup: { ...get().setup, ...part }, form: { busy: get().form.busy, error: null } })

/** @param {string[]} cards */
const spoken = (cards) => cards.map(cardName).join(', ')

/** @param {string} value */
const drawn = (value) => html`${value === 'coffee' ? cup : value} `

/** The cards are typed, and lie there as they will in the hand. @param {Setup} setup @param {State['form']} form */
function own({ own }, form) {
  const cards = typedCards(own.text)
  const fault = own.text.trim() || form.field === 'own-cards' ? wrongCards(cards) : ''
  return html`<div class="own">
    <label class="field"><span>${t('deck.name')}</span><input id="own-name" .value=${own.name} maxlength=${NAME} placeholder=${t('deck.own')} autocomplete="off" @input=${(/** @type {Event} */ e) => type({ name: valueOf(e) })}></label>
    <label class="field"><span>${t('deck.cards')}</span><input id="own-cards" .value=${own.text} placeholder="0 ½ 1 2 3 5 8 ? coffee" autocomplete="off" autocapitalize="off" spellcheck="false" @input=${(/** @type {Event} */ e) => type({ text: valueOf(e) })} aria-invalid=${fault ? 'true' : invalid({ form }, 'own-cards')} aria-describedby="own-hint own-blanks"></label>
    <p id="own-blanks" class="hint">${t('deck.blanks')}</p>
    <p id="own-hint" class=${fault ? 'error' : 'hint'} role="status">${fault || t('deck.count', { n: cards.length })}</p>
    ${cards.length ? html`<ul class="preview" aria-label=${t('deck.preview')} .style=${`--longest:${Math.max(...cards.map(longest))}`}>${cards.slice(0, MOST).map((c) => html`<li class=${cards.indexOf(c) < cards.lastIndexOf(c) ? 'twice' : ''} .style=${lettering(c)}>${c === 'coffee' ? html`${cup}<span class="sr">${cardName(c)}</span>` : c}</li>`)}</ul>` : nothing}
  </div>`
}

/** @param {Partial<Setup['own']>} part */
const type = (part) => choose({ own: { ...get().setup.own, ...part } })

/** @param {Event} e */
const valueOf = (e) => /** @type {HTMLInputElement} */ (e.target).value

/** The lengths of a round that are offered, in seconds. */
export const ROUNDS = [30, 60, 120, 180, 300, 600]
const COUNTDOWNS = [3, 5, 10]
/** What everybody may be allowed. @type {Settings['everyone_may']} */
const EVERYONE = ['start', 'reveal', 'accept', 'stories', 'timer']

/** How long something takes. @param {number} s in seconds */
export const duration = (s) => s % 60 ? s < 60 ? t('home.countdown.seconds', { n: s }) : clock(s * 1000) : t('timer.minutes', { n: s / 60 })

/**
 * The settings of a session. Fields say what holds now, and rulesIn reads them.
 * @param {SettingsRequest} now @param {State['form']} form @param {boolean} [isOpen] the session is there already @param {boolean} [isProtected] it has a password
 */
export const ruleFields = (now, form, isOpen = false, isProtected = false) => html`
  <fieldset class="rules"><legend>${t('set.pace')}</legend>
    ${check('auto_reveal', !!now.auto_reveal)}
    ${number('reveal_countdown_seconds', now.reveal_countdown_seconds ?? 0, COUNTDOWNS, 'home.countdown', 'home.countdown.none')}
    ${number('round_seconds', now.round_seconds ?? 0, ROUNDS, 'set.round', 'set.round.none')}
    ${check('timer_reveals', !!now.timer_reveals)}
  </fieldset>
  <fieldset class="rules"><legend>${t('set.trust')}</legend>
    ${check('anonymous', !!now.anonymous)}
    ${check('listed', now.listed ?? true)}
    ${isOpen ? check('locked', !!now.locked) : nothing}
    <div class="field"><label class="field"><span>${t('set.password')}</span><input id="new-password" name="password" type="password" autocomplete="new-password" maxlength="200" placeholder=${t(isProtected ? 'set.password.kept' : 'set.password.none')} aria-invalid=${invalid({ form }, 'new-password')} aria-describedby=${describes({ form }, 'new-password')}></label>${errorOf({ form }, 'new-password')}</div>
    ${isProtected ? html`<label class="switch"><input type="checkbox" name="open"><span>${t('set.password.remove')}</span></label>` : nothing}
  </fieldset>
  <fieldset class="rules everyone"><legend>${t('set.everyone')}</legend>
    ${EVERYONE.map((a) => html`<label class="switch"><input type="checkbox" name="everyone_may" value=${a} .checked=${now.everyone_may?.includes(a) ?? false}><span>${t(`may.${a}`)}</span></label>`)}
  </fieldset>`

/** @param {'auto_reveal'|'timer_reveals'|'anonymous'|'listed'|'locked'} name @param {boolean} on */
const check = (name, on) => html`<label class="switch"><input type="checkbox" name=${name} .checked=${on}><span>${t(`set.${name}`)}<small>${t(`set.${name}.text`)}</small></span></label>`

/** What was chosen elsewhere is offered, too. @param {string} name @param {number} now @param {number[]} offered @param {Key} label @param {Key} none */
const number = (name, now, offered, label, none) => html`<label class="field"><span>${t(label)}</span><select name=${name}>${[...new Set([0, ...offered, now])].sort((a, b) => a - b).map((n) =>
  html`<option value=${n} .selected=${n === now}>${n ? duration(n) : t(none)}</option>`)}</select></label>`

/** The settings that a form has, all of them; the password only if it is to change. @param {HTMLFormElement} form @returns {SettingsRequest} */
export function rulesIn(form) {
  const data = new FormData(form)
  const password = String(data.get('password') ?? '')
  return {
    auto_reveal: data.has('auto_reveal'), reveal_countdown_seconds: Number(data.get('reveal_countdown_seconds')), round_seconds: Number(data.get('round_seconds')), timer_reveals: data.has('timer_reveals'),
    anonymous: data.has('anonymous'), listed: data.has('listed'), everyone_may: /** @type {Settings['everyone_may']} */ (data.getAll('everyone_may').map(String)),
    ...(form.querySelector('[name=locked]') && { locked: data.has('locked') }), ...(data.has('open') ? { password: null } : password && { password }),
  }
}
