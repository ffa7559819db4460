// @ts-check
/** @import { Room, Session, Line, Past } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { repeat } from '../vendor/directives/repeat.js'
import { amend } from '../actions.js'
import { language, num, shown, t } from '../i18n.js'
import { lines } from '../rounds.js'
import { setRoom } from '../store.js'
import { cardName, iAmMaster } from '../words.js'
import { cup } from './icons.js'

/** The topics so far, newest first; the list is drawn anew when one is added, so that no line slides. @param {Room} room @param {Session} session */
export function past(room, session) {
  const all = lines(room.history, session.current_round).reverse()
  return html`<section class="past" aria-labelledby="past"><h2 class="small" id="past">${t('past.title')}</h2>
    ${all.length ? html`<ol reversed>${repeat(all, (l) => l.key + room.history.at(-1)?.id, (l) => row(room, session, l))}</ol>` : html`<p class="empty">${t('past.none')}</p>`}
  </section>`
}

/** One topic; it opens to who voted what. @param {Room} room @param {Session} session @param {Line} line */
function row(room, session, line) {
  const open = room.expanded === line.key
  const toggle = (/** @type {Event} */ e) => {
    const now = /** @type {HTMLDetailsElement} */ (e.target).open
    if (now !== open) setRoom(room.id, { expanded: now ? line.key : null })
  }
  return html`<li><details ?open=${open} @toggle=${toggle}>
    <summary><span class="clip"><bdi>${named(line)}</bdi></span><span class="result">${estimated(line)}${counted(line)}</span></summary>
    ${open ? html`${line.rounds.map((r, i) => votes(room, r, i, line.rounds.length))}${change(room, session, line)}` : nothing}
  </details></li>`
}

/** A round about nothing goes by its time: the session does not say how many were before. @param {Line} line */
export const named = ({ topic, rounds }) => topic ? shown(topic) : t('past.untitled', { time: time(rounds[0].completed_at) })

/** @param {string|null} at */
const time = (at) => new Date(at ?? '').toLocaleTimeString(language(), { hour: '2-digit', minute: '2-digit' })

/** @param {Line} line */
const estimated = ({ estimate, running }) => estimate !== null ? html`<b>${estimate === 'coffee' ? cup : estimate}</b>` : running ? nothing : html`<small>${t('past.noEstimate')}</small>`

/** "third vote". @param {number} n */
export const nth = (n) => n === 2 ? t('past.second') : n === 3 ? t('past.third') : n === 4 ? t('past.fourth') : t('past.nth', { n })

/** @param {Line} line */
function counted({ estimate, rounds, running }) {
  const n = rounds.length + (running ? 1 : 0)
  return n > 1 ? html`<small>${estimate !== null || !running ? ' · ' : ''}${nth(n)}</small>` : nothing
}

/** Numbers first, by their size. @param {string|null} value */
const rank = (value) => value !== null && Number.isFinite(Number(value)) ? Number(value) : 1e9

/** @param {Room} room @param {Past} round @param {number} i @param {number} of */
function votes(room, { votes, statistics, completed_at }, i, of) {
  if (!votes) return html`<p class="hint">${t('past.loading')}</p>`
  const all = Object.values(votes).sort((a, b) => rank(a.value) - rank(b.value) || a.user_id.localeCompare(b.user_id))
  return html`<p class="hint">${of > 1 ? (i ? nth(i + 1) : t('past.first')) + ' · ' : ''}${time(completed_at)}${statistics?.average == null ? '' : ` · ${t('results.average')} ${num(statistics.average)}`}</p>
    ${all.length ? html`<ul class="votes">${all.map((v) => html`<li><bdi class="clip">${room.names[v.user_id] === undefined ? t('past.someone') : shown(room.names[v.user_id])}</bdi> <b>${v.value === null ? '–' : cardName(v.value)}</b></li>`)}</ul>` : html`<p class="hint">${t('centre.noVotes')}</p>`}`
}

/** The estimate of the round on the table can be amended until the next one starts; that of an earlier one cannot. @param {Room} room @param {Session} session @param {Line} line */
function change(room, session, line) {
  if (!iAmMaster(room)) return nothing
  const round = session.current_round
  const last = line.rounds.at(-1)
  if (session.status !== 'results' || round?.id !== last?.id) return html`<p class="hint">${t('past.fixed')}</p>`
  return html`<div class="amend" role="group" aria-label=${t('past.amend')}><span class="hint">${t('past.amend')}</span>${session.deck.cards.map(({ value }) =>
    html`<button aria-pressed=${last?.estimate === value ? 'true' : 'false'} ?disabled=${room.busy === 'accept'} @click=${() => amend(value)}>${value === 'coffee' ? html`${cup}<span class="sr">${cardName(value)}</span>` : value}</button>`)}</div>`
}
