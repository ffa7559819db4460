// @ts-check
/** @import { State, Room, Memory } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { clock, inline, num, shown, t } from '../i18n.js'
import { again, retry } from '../actions.js'
import { copy } from '../copy.js'
import { remains, SEAT_IS_FREE } from '../memory.js'
import { lines } from '../rounds.js'
import { set } from '../store.js'
import { cardName } from '../words.js'
import { outcome } from './copied.js'
import { named } from './past.js'

/** @typedef {import('../i18n.js').Key} Key */

/** The calm pages after the table. @param {State} state @param {Room} room */
export function over(state, room) {
  const left = remains(room)
  const name = left?.name
  // A session that this tab or the server remembers was one: it is over, whoever ended it.
  const kind = room.ending === 'unknown' && name ? 'closed' : room.ending ?? 'unknown'
  const open = !SEAT_IS_FREE.includes(kind)
  const rejoin = !open && kind !== 'full'
  const { successor } = state
  return html`<main class="single"><section class="panel over" data-ending=${kind}>
    <div class="picture ${kind}" aria-hidden="true"><div class="table"></div><span class="mini back a"></span><span class="mini b"></span></div>
    <h1 tabindex="-1">${t(/** @type {Key} */ (`over.${kind}`))}</h1>
    ${name ? html`<p class="which clip"><bdi>${shown(name)}</bdi></p>` : nothing}
    <p>${t(/** @type {Key} */ (`over.${kind}.text`))}</p>
    ${left?.rounds.length ? estimates(state, left) : nothing}
    ${open && name && successor ? html`<p>${t('over.open', { name: inline(name) })}</p>` : nothing}
    ${state.form.error ? html`<p class="error" role="alert">${state.form.error}</p>` : nothing}
    <div class="acts">
      ${kind === 'full' ? html`<button class="primary" @click=${retry}>${t('over.retry')}</button>` : nothing}
      ${rejoin ? html`<button class="primary" @click=${retry}>${t('over.rejoin')}</button>` : nothing}
      ${open && name ? successor ? html`<a class="button primary" href="/session/${successor.id}">${t('over.join')}</a>` : html`<button class="primary" ?disabled=${state.form.busy} @click=${() => again(name)}>${t('over.again')}</button>` : nothing}
      ${open && name ? html`<a class="button" href="/session/${room.id}/summary">${t('summary.open')}</a>` : nothing}
      ${open && name && room.session?.backlog.total ? html`<button @click=${() => set({ dialog: { kind: 'export', session: room.id } })}>${t('export.title')}</button>` : nothing}
      <a class="button ${open && !name ? 'primary' : ''}" href="/">${t(kind === 'full' ? 'over.own' : 'over.home')}</a>
    </div>
  </section></main>`
}

/** What was estimated, to take along. @param {State} state @param {Memory} left */
function estimates({ copied }, left) {
  const table = rows(left)
  const mine = copied?.what === 'rounds' ? copied : null
  return html`<div class="estimates" role="region" tabindex="0" aria-label=${t('past.title')}><table id="estimates"><thead><tr>${heads().map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
      <tbody>${table.map((r) => html`<tr>${r.map((c, i) => i ? html`<td>${c}</td>` : html`<th scope="row"><bdi>${c}</bdi></th>`)}</tr>`)}</tbody></table></div>
    <button @click=${() => void copy('rounds', asText(table), '#estimates', asTable(table))}>${t(mine?.ok ? 'copy.done' : 'over.copy')}</button>
    ${outcome(mine)}`
}

const heads = () => [t('over.topic'), t('over.estimate'), t('results.average'), t('summary.rounds')]

/** @param {Memory} left @returns {string[][]} */
function rows({ rounds }) {
  return lines(rounds).map((line) => {
    const { statistics } = /** @type {import('../types.js').Past} */ (line.rounds.at(-1))
    return [named(line), line.estimate === null ? '–' : cardName(line.estimate), statistics?.average == null ? '–' : num(statistics.average), num(line.rounds.length)]
  })
}

/** As Markdown, which can be read as it is. @param {string[][]} table */
const asText = (table) => [heads(), ['---', '---:', '---:', '---:'], ...table].map((r, i) => `| ${r.map((c) => i === 1 ? c : c.replace(/([\\|])/g, '\\$1').replace(/\s+/g, ' ')).join(' | ')} |`).join('\n') + '\n'

/** @param {string[][]} table */
const asTable = (table) => `<table><thead><tr>${heads().map((h) => `<th>${escaped(h)}</th>`).join('')}</tr></thead><tbody>${table.map((r) => `<tr>${r.map((c) => `<td>${escaped(c)}</td>`).join('')}</tr>`).join('')}</tbody></table>`

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)

/** Before there is a table: the session is looked for. @param {State} state */
export const loading = ({ room, now }) => room?.phase === 'failed'
  ? html`<main class="single"><section class="panel over"><h1 tabindex="-1">${t('failed.title')}</h1><p>${t('failed.text')} ${room.retryAt === null ? t('lost.trying') : t('lost.next', { time: clock(Math.max(1, room.retryAt - now)) })}</p>
    <button ?disabled=${room.retryAt === null} @click=${retry}>${t('lost.now')}</button></section></main>`
  : html`<main class="single"><h1 class="soft quietly" tabindex="-1">${t('loading')}</h1></main>`
