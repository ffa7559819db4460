// @ts-check
/** @import { State, Room, Session, Statistics } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { exact, inline, list, num, t } from '../i18n.js'
import { agreed, cardName, extremes, lettering, lines, nameOf, onlyCard } from '../words.js'
import { stories } from './beside.js'
import { cup } from './icons.js'
import { past } from './past.js'

/** Beside the table, or below it: the numbers of the round, the stories, and the rounds before. What stands here when cards lie open is drawn anew, so that nothing slides. @param {State} state @param {Room} room @param {Session} session */
export function side(state, room, session) {
  const round = session.current_round
  const list = stories(state, room, session)
  if (round?.is_revealed && round.statistics) return html`<aside class="side">${results(room, session, round.statistics)}${list}${past(room, session)}</aside>`
  return room.history.length ? html`<aside class="side">${list}${past(room, session)}</aside>` : list === nothing ? nothing : html`<aside class="side">${list}</aside>`
}

/** The same in one line, for the middle of the table where there is no room beside it. @param {Statistics|null} s */
export const figures = (s) => s && s.average !== null ? html`<p class="figures">${figure('results.average', num(s.average))} ${figure('results.median', num(s.median ?? 0))} ${figure('results.spread', range(s))}</p>` : nothing

/** @param {import('../i18n.js').Key} key @param {string} value */
const figure = (key, value) => html`<span>${t(key)} <b>${value}</b></span>`

/** @param {Statistics} s */
const range = ({ lowest, highest }) => lowest === null || highest === null ? '–' : lowest === highest ? exact(lowest) : t('results.range', { low: exact(lowest), high: exact(highest) })

/** @param {Room} room @param {Session} session @param {Statistics} s */
const results = (room, session, s) => html`<section class="results" aria-labelledby="results">
  <h2 id="results" tabindex="-1">${t('results.title')} <small>${t('results.votes', { n: s.total_votes })}</small></h2>
  ${s.average !== null ? html`<dl class="numbers">${number('results.average', num(s.average))}${number('results.median', num(s.median ?? 0))}${number('results.spread', range(s))}</dl>`
    : s.suggestion !== null ? html`<dl class="numbers">${number('results.spread', sizes(session, s.suggestion))}</dl>` : nothing}
  ${chart(session, s)}
  ${ask(room, session, s)}
  ${s.coffee_votes ? html`<p class="coffee">${cup} ${t('results.coffee', { n: s.coffee_votes })}</p>` : nothing}
</section>`

/** @param {import('../i18n.js').Key} key @param {string} value */
const number = (key, value) => html`<div><dt>${t(key)}</dt><dd>${value}</dd></div>`

/** From which card to which, in a deck without numbers. @param {Session} session @param {string} all the card, if there is only one */
function sizes(session, all) {
  const far = extremes(session)
  return far ? t('results.range', { low: far.lowCard, high: far.highCard }) : all
}

/** How many cards the chart has room for. */
const MOST = 15

/** Each card keeps its place, so that shapes can be compared from round to round; of a deck with more than fit, those that were chosen are there. @param {Session} session @param {Statistics} s */
function chart(session, s) {
  const most = Math.max(1, ...Object.values(s.distribution))
  const values = session.deck.cards.map((c) => c.value).filter((v, _, all) => all.length <= MOST || s.distribution[v])
  return html`<ol class="chart" aria-label=${t('results.chart')} .style=${`--cards:${values.length};--rows:${Math.min(3, Math.max(1, ...values.map(lines)))}`}>${values.map((value) => {
    const n = s.distribution[value] ?? 0
    return html`<li class=${n ? '' : 'none'} .style=${lettering(value)}><span class="sr">${t('results.bar', { card: cardName(value), n })}</span>
      <b aria-hidden="true">${n || ''}</b><i .style=${`--n:${n / most}`}></i><span class="of" aria-hidden="true">${value === 'coffee' ? cup : value}</span></li>`
  })}</ol>`
}

/** @param {Room} room @param {Session} session @param {Statistics} s */
function ask(room, session, s) {
  if (agreed(room, session)) return html`<p class="ask calm">${t('results.consensus', { card: onlyCard(s) })}</p>`
  const far = extremes(session)
  if (!far?.low.length || !far.high.length) return nothing
  return html`<p class="ask breaks"><b>${t('results.ask')}</b> ${t('results.askWho', { low: who(session, far.low, far.lowCard), high: who(session, far.high, far.highCard) })}</p>`
}

/** @param {Session} session @param {string[]} users @param {string} card */
function who(session, users, card) {
  const names = users.slice(0, 2).map((u) => inline(nameOf(session, u)))
  if (users.length > 2) names.push('+' + num(users.length - 2))
  return t('results.withCard', { names: list(names), card })
}
