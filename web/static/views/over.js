// @ts-check
/** @import { State, Room, Ending } from '../types.js' */
import { html } from '../vendor/lit-html.js'
import { clock, t } from '../i18n.js'
import { retry } from '../actions.js'

/** @typedef {import('../i18n.js').Key} Key */

const again = /** @type {Ending[]} */ (['kicked', 'left', 'gone'])

/** The calm pages after the table. @param {Room} room */
export function over({ ending, session }) {
  const kind = ending ?? 'unknown'
  return html`<main class="single"><section class="panel over" data-ending=${kind}>
    <div class="picture ${kind}" aria-hidden="true"><div class="table"></div><span class="mini back a"></span><span class="mini b"></span></div>
    <h1 tabindex="-1">${t(/** @type {Key} */ (`over.${kind}`))}</h1>
    ${session ? html`<p class="which clip"><bdi>${session.name}</bdi></p>` : ''}
    <p>${t(/** @type {Key} */ (`over.${kind}.text`))}</p>
    <div class="acts">
      ${kind === 'full' ? html`<button class="primary" @click=${retry}>${t('over.retry')}</button>` : ''}
      ${again.includes(kind) ? html`<button class="primary" @click=${retry}>${t('over.rejoin')}</button>` : ''}
      <a class="button ${kind === 'full' || again.includes(kind) ? '' : 'primary'}" href="/">${t(kind === 'full' ? 'over.own' : 'over.home')}</a>
    </div>
  </section></main>`
}

/** Before there is a table: the session is looked for. @param {State} state */
export const loading = ({ room, now }) => room?.phase === 'failed'
  ? html`<main class="single"><section class="panel over"><h1 tabindex="-1">${t('failed.title')}</h1><p>${t('failed.text')} ${room.retryAt === null ? t('lost.trying') : t('lost.next', { time: clock(Math.max(1, room.retryAt - now)) })}</p>
    <button ?disabled=${room.retryAt === null} @click=${retry}>${t('lost.now')}</button></section></main>`
  : html`<main class="single"><h1 class="soft quietly" tabindex="-1">${t('loading')}</h1></main>`
