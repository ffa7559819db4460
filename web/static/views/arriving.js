// @ts-check
/** @import { State, Room, Summary, Field } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { repeat } from '../vendor/directives/repeat.js'
import { AVATARS, face } from '../avatars.js'
import { inline, list, num, shown, t } from '../i18n.js'
import { create, faceHere, join as takeSeat, NAME, SESSION_NAME } from '../actions.js'
import { deckName, OWN } from '../decks.js'
import { get, set } from '../store.js'
import { padlock } from './icons.js'
import { mine } from './mine.js'
import { seats } from '../served.js'

/** The start page. @param {State} state */
export const home = (state) => html`<main class="home">
  <section class="intro"><h1 tabindex="-1">${t('home.title')}</h1><p>${t('home.lead')}</p>${mine(state)}${hero}</section>
  <section class="panel start" aria-labelledby="start-title"><h2 id="start-title">${t('home.start')}</h2>${form(state)}</section>
  <section class="panel lobby" aria-labelledby="open-title"><h2 id="open-title">${t('home.open')}</h2>${open(state)}</section>
</main>`

/** @param {State} state */
const form = (state) => html`<form @submit=${submitSession} novalidate>
  <div class="field"><label class="field"><span>${t('home.name')}</span><input id="session-name" name="session" maxlength=${SESSION_NAME * 2} required placeholder=${t('home.name.example')} value=${state.proposal ?? ''} aria-invalid=${invalid(state, 'session-name')} aria-describedby=${describes(state, 'session-name')}></label>${errorOf(state, 'session-name')}</div>
  ${meFields(state)}
  ${more(state)}
  ${formError(state)}
  <button class="primary wide" ?disabled=${state.form.busy}>${t('home.create')}</button>
  <p class="hint">${t('me.hint')}</p>
</form>`

/** @param {SubmitEvent} e */
function submitSession(e) {
  e.preventDefault()
  const form = /** @type {HTMLFormElement} */ (e.target)
  void create(String(new FormData(form).get('session')), get().draft, options?.rulesIn(form) ?? get().setup.settings)
}

/** What else may be chosen comes when it is asked for. @type {typeof import('./unfolded.js')|null} */
let options = null

/** @param {Event} e */
function unfold(e) {
  if (!options && /** @type {HTMLDetailsElement} */ (e.target).open) import('./unfolded.js').then((m) => { options = m; set({}) }, () => {})
}

/** The deck, the rules and the password of a new session, folded away. Folded, too, it says what was chosen. @param {State} state */
const more = (state) => html`<details class="more-options" @toggle=${unfold}>
  <summary>${t('home.more')} <span class="chosen-options">${deckName(state.setup.deck === OWN ? state.setup.own.name || t('deck.own') : state.setup.deck)}${changed(state.setup) ? ` · ${t('home.more.changed', { n: changed(state.setup) })}` : nothing}</span></summary>
  ${options?.fields(state) ?? nothing}
</details>`

/** How many settings are not as usual. @param {import('../types.js').Setup} setup */
const changed = ({ settings }) => Object.entries(settings).filter(([name, value]) => name === 'listed' ? value === false : Array.isArray(value) ? value.length : value).length

/** @param {State} state */
function open({ lobby, lobbyLive }) {
  const note = lobbyLive ? nothing : html`<p class="hint">${t('home.open.lost')}</p>`
  if (!lobby) return html`${note}<p class="empty">${t('home.open.loading')}</p>`
  if (!lobby.length) return html`${note}<p class="empty">${t('home.open.none')}</p>`
  return html`${note}<ul class="sessions">${repeat(lobby, (s) => s.id, item)}</ul>`
}

/** @param {Summary} s */
const item = (s) => html`<li><a href="/session/${s.id}">
  <b class="clip"><bdi>${shown(s.name)}</bdi>${s.protected ? html`${padlock}<span class="sr">, ${t('home.protected')}</span>` : nothing}</b>
  <span class="chip">${t(/** @type {import('../i18n.js').Key} */ (`status.${s.status}`))}</span>
  <span class="soft clip">${t('home.led', { name: inline(s.scrum_master_name) })}</span>
  <span class="soft">${t('home.people', { n: s.participant_count })}</span>
</a></li>`

/** A small table, drawn: what this is about. */
const hero = html`<div class="hero" aria-hidden="true"><div class="table"></div>
  ${['fox', 'panda', 'owl', 'frog', 'cat'].map((a, i) => html`<span class="h${i}">${face(a, '')}</span>`)}
  <span class="mini back m0"></span><span class="mini m1">8</span><span class="mini sun m2">5</span><span class="mini back m3"></span><span class="mini back m4"></span>
</div>`

/** Who has the link takes a seat here, if one is free. @param {State} state @param {Room} room */
export function join(state, room) {
  if ((room.session?.participants.length ?? 0) >= seats()) return shut(room, 'full')
  return room.session?.settings.locked ? shut(room, 'locked') : seatForm(state, room)
}

/** @param {State} state @param {Room} room */
const seatForm = (state, room) => html`<main class="single">
  <section class="panel join">
    <h1 tabindex="-1">${room.session ? t('join.title', { session: inline(room.session.name) }) : t('join.protected')}</h1>
    ${room.session ? there(room) : html`<p class="soft">${t('join.protected.text')}</p>`}
    <form @submit=${submitSeat} novalidate>
      ${state.prefs.me ? known(state, room) : meFields(state, room)}
      ${room.password || room.session?.protected ? html`<div class="field"><label class="field"><span>${t('join.password')}</span><input id="password" name="password" type="password" autocomplete="off" maxlength="200" ?data-focus=${!!state.prefs.me} aria-invalid=${invalid(state, 'password')} aria-describedby=${describes(state, 'password')}></label>${errorOf(state, 'password')}</div>` : nothing}
      <label class="switch"><input type="checkbox" name="watches" .checked=${!!state.draft.watches} @change=${(/** @type {Event} */ e) => set({ draft: { ...get().draft, watches: /** @type {HTMLInputElement} */ (e.target).checked } })}><span>${t('join.watch')}<small>${t('join.watch.text')}</small></span></label>
      ${formError(state)}
      <button class="primary wide" ?disabled=${state.form.busy}>${state.prefs.me ? t('join.as', { name: inline(state.draft.name) }) : t('join.join')}</button>
    </form>
    ${room.password ? nothing : html`<p class="hint">${t('me.hint')}</p>`}
  </section>
</main>`

/** Said before anybody fills in a form. The page listens: as soon as somebody leaves, or unlocks the session, the form is there. @param {Room} room @param {'full'|'locked'} why */
const shut = (room, why) => html`<main class="single"><section class="panel over" data-ending=${why}>
  <div class="picture full" aria-hidden="true"><div class="table"></div><span class="mini back a"></span><span class="mini b"></span></div>
  <h1 tabindex="-1">${t(`over.${why}`)}</h1>
  <p class="which clip"><bdi>${shown(room.session?.name ?? '')}</bdi></p>
  <p>${t(`over.${why}.text`)}</p>
  <div class="acts"><a class="button" href="/">${t('over.own')}</a></div>
</section></main>`

/** Who comes again is asked nothing. @param {State} state @param {Room} room */
const known = (state, room) => html`<div class="known">${face(faceHere(state), state.draft.name)}<bdi class="clip">${shown(state.draft.name)}</bdi>
  <details ?open=${state.form.field === 'me-name'}><summary>${t('me.change')}</summary>${meFields(state, room)}</details></div>`

/** @param {Room} room */
function there({ session }) {
  const people = session?.participants ?? []
  if (!people.length) return html`<p class="soft">${t('join.nobody')}</p>`
  const names = people.slice(0, 4).map((p) => inline(p.name))
  if (people.length > 4) names.push('+' + num(people.length - 4))
  return html`<div class="pile" aria-hidden="true">${people.slice(0, 8).map((p) => face(p.avatar, p.name))}</div>
    <p class="soft breaks">${t('join.there', { n: people.length, names: list(names) })}</p>`
}

/** @param {SubmitEvent} e */
function submitSeat(e) {
  e.preventDefault()
  void takeSeat({ ...get().draft, avatar: faceHere(get()) }, String(new FormData(/** @type {HTMLFormElement} */ (e.target)).get('password') ?? ''))
}

/** Name and face, to be asked for once. @param {State} state @param {Room} [room] in which faces may be taken */
export const meFields = (state, room) => html`
  <div class="field"><label class="field"><span>${t('me.name')}</span>
    <input id="me-name" name="name" autocomplete="nickname" maxlength=${NAME * 2} required ?data-focus=${!!room && !state.prefs.me} .value=${state.draft.name} @input=${typeName} aria-invalid=${invalid(state, 'me-name')} aria-describedby=${describes(state, 'me-name')}>
  </label>${errorOf(state, 'me-name')}</div>
  <fieldset class="faces"><legend>${t('me.avatar')}</legend>
    <div class="facelist">${AVATARS.map((a, i) => aFace(state, room, a, i))}</div>
  </fieldset>`

/** @param {State} state @param {Room|undefined} room @param {string} a @param {number} i */
function aFace(state, room, a, i) {
  const taken = room?.session?.participants.find((p) => p.avatar === a && p.id !== room.me)
  const title = taken ? `${a}, ${t('me.taken', { name: inline(taken.name) })}` : a
  return html`<label title=${title} class=${taken ? 'taken' : ''}><input type="radio" name="avatar" value=${a} .checked=${faceHere(state) === a} aria-label="${i + 1}: ${title}" @change=${() => set({ draft: { ...get().draft, avatar: a, picked: true } })}>${face(a, '')}</label>`
}

/** @param {Event} e */
const typeName = (e) => set({ draft: { ...get().draft, name: /** @type {HTMLInputElement} */ (e.target).value } })

/** @param {Pick<State, 'form'>} state @param {Field} field */
export const invalid = ({ form }, field) => form.error && form.field === field ? 'true' : 'false'

/** @param {Pick<State, 'form'>} state @param {Field} field */
export const describes = ({ form }, field) => form.error && form.field === field ? 'form-error' : nothing

/** What is wrong with a form that no field is to blame for. @param {Pick<State, 'form'>} state */
export const formError = ({ form }) => form.field ? nothing : error(form)

/** What is wrong with a field: it stands below that. @param {Pick<State, 'form'>} state @param {Field} field */
export const errorOf = ({ form }, field) => form.field === field ? error(form) : nothing

/** @param {State['form']} form */
const error = ({ error }) => error ? html`<p class="error" id="form-error" role="alert">${error}</p>` : nothing
