// @ts-check
/** @import { State, Prefs } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { openProfile, prefer, preferLanguage } from '../actions.js'
import { face } from '../avatars.js'
import { LANGUAGES, shown, t } from '../i18n.js'
import { set } from '../store.js'
import { iAmMaster } from '../words.js'

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
const inRoom = ({ room }) => html`
  <h3>${t('menu.people')}</h3>
  <ul class="people">${room?.session?.participants.map((p) => html`<li><button class="quiet" @click=${() => set({ dialog: { kind: 'person', user: p.id } })}>${face(p.avatar, p.name)}<span class="clip"><bdi>${shown(p.name)}</bdi></span></button></li>`)}</ul>
  <div class="acts column">
    <button @click=${openProfile}>${t('profile.change')}</button>
    <button @click=${() => set({ dialog: { kind: 'help' } })}>${t('menu.help')}</button>
    <a class="button" href="/session/${room?.id}/summary" target="_blank">${t('summary.title')}</a>
    <button @click=${() => set({ dialog: { kind: 'leave' } })}>${t('menu.leave')}</button>
    ${room && iAmMaster(room) ? html`<button class="danger" @click=${() => set({ dialog: { kind: 'end' } })}>${t('menu.end')}</button>` : nothing}
  </div>`

/** @param {Event} e */
const language = (e) => void preferLanguage(/** @type {HTMLSelectElement} */ (e.target).value || null)

/** @param {string} keys @param {import('../i18n.js').Key} key */
const line = (keys, key) => html`<div><dt>${keys.split(' ').map((k) => html`<kbd>${k}</kbd> `)}</dt><dd>${t(key)}</dd></div>`

export const help = () => html`<dl class="keys">
  ${line('1 2 3 5 8 … 21', 'help.card')}${line('C', 'help.coffee')}${line('← →', 'help.arrows')}${line('↵', 'help.enter')}${line('?', 'help.help')}
</dl><h3>${t('help.master')}</h3><dl class="keys">${line('R', 'help.reveal')}${line('A', 'help.accept')}${line('N', 'help.new')}</dl><h3>${t('stories.title')}</h3><dl class="keys">${line('N', 'help.stories')}${line('Alt ↑ ↓', 'help.moveStory')}</dl><p class="hint">${t('help.note')}</p>`
