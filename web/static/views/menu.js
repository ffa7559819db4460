// @ts-check
/** @import { State, Prefs } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { openProfile, prefer, preferLanguage } from '../actions.js'
import { face } from '../avatars.js'
import { LANGUAGES, t } from '../i18n.js'
import { set } from '../store.js'
import { changeRole, lock, openDeck, openSeat, openSettings } from '../lead.js'
import { iWatch, may } from '../words.js'
import { inList } from './running.js'

/** @typedef {import('../i18n.js').Key} Key */

/** @param {State} state */
export const menu = (state) => html`
  <fieldset class="choice"><legend>${t('menu.theme')}</legend>${/** @type {Prefs['theme'][]} */ (['system', 'light', 'dark']).map((theme) => html`
    <label><input type="radio" name="theme" value=${theme} .checked=${state.prefs.theme === theme} @change=${() => prefer({ theme })}><span>${t(/** @type {Key} */ (`menu.theme.${theme}`))}</span></label>`)}</fieldset>
  <label class="field"><span>${t('menu.language')}</span><select id="language" @change=${language}>
    <option value="" .selected=${!state.prefs.lang}>${t('menu.language.auto')}</option>
    ${Object.entries(LANGUAGES).map(([code, name]) => html`<option value=${code} lang=${code} .selected=${state.prefs.lang === code}>${name}</option>`)}
  </select></label>
  <label class="switch"><input type="checkbox" role="switch" .checked=${state.prefs.sound} @change=${() => prefer({ sound: !state.prefs.sound })}><span>${t('menu.sound')}</span></label>
  ${state.room?.phase === 'seated' ? inRoom(state) : nothing}`

/** @param {State} state */
const inRoom = ({ room }) => room && html`
  <h3>${t('menu.people')}</h3>
  <ul class="people">${room.session?.participants.map((p) => html`<li><button class="quiet" @click=${() => set({ dialog: { kind: 'person', user: p.id } })}>${face(p.avatar, p.name)}${inList(room, p)}</button></li>`)}</ul>
  <div class="acts column">
    ${may(room, 'deck') ? html`<button @click=${openDeck}>${t('menu.deck')}</button>` : nothing}
    ${may(room, 'settings') ? html`<button @click=${openSettings}>${t('set.title')}</button>` : nothing}
    ${may(room, 'lock') ? html`<button aria-pressed=${room.session?.settings.locked ? 'true' : 'false'} ?disabled=${room.busy === 'lock'} @click=${() => void lock(!room.session?.settings.locked)}>${t(room.session?.settings.locked ? 'menu.unlock' : 'menu.lock')}</button>` : nothing}
    <button @click=${openProfile}>${t('profile.change')}</button>
    <button ?disabled=${room.busy === 'role'} @click=${() => void changeRole(room.me ?? '', iWatch(room) ? 'voter' : 'spectator')}>${t(iWatch(room) ? 'role.vote.me' : 'role.watch.me')}</button>
    <button @click=${openSeat}>${t('seat.title')}</button>
    <button @click=${() => set({ dialog: { kind: 'help' } })}>${t('menu.help')}</button>
    <a class="button" href="/session/${room?.id}/summary" target="_blank">${t('summary.title')}</a>
    <button @click=${() => set({ dialog: { kind: 'leave' } })}>${t('menu.leave')}</button>
    ${may(room, 'end') ? html`<button class="danger" @click=${() => set({ dialog: { kind: 'end' } })}>${t('menu.end')}</button>` : nothing}
  </div>`

/** @param {Event} e */
const language = (e) => preferLanguage(/** @type {HTMLSelectElement} */ (e.target).value || null)

/** @param {string} keys @param {import('../i18n.js').Key} key */
const line = (keys, key) => html`<div><dt>${keys.split(' ').map((k) => html`<kbd>${k}</kbd> `)}</dt><dd>${t(key)}</dd></div>`

export const help = () => html`<dl class="keys">
  ${line('1 3 X L', 'help.card')}${line('C', 'help.coffee')}${line('← →', 'help.arrows')}${line('↵', 'help.enter')}${line('? H', 'help.help')}
</dl><h3>${t('help.master')}</h3><dl class="keys">${line('R', 'help.reveal')}${line('A', 'help.accept')}${line('N', 'help.new')}</dl><h3>${t('stories.title')}</h3><dl class="keys">${line('N', 'help.stories')}${line('Alt ↑ ↓', 'help.moveStory')}</dl><p class="hint">${t('help.note')}</p>`
