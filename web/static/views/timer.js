// @ts-check
/** @import { Room, Round, Session, State } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { nudge } from '../lead.js'
import { clock, t } from '../i18n.js'
import { set } from '../store.js'
import { left } from '../ticker.js'
import { may, missing } from '../words.js'
import { bell, hourglass } from './icons.js'

/** How long the timer that runs was at its beginning, in milliseconds: the server says only when it ends. */
let whole = { ends: '', ms: 0 }

/** @param {State} state @param {Session} session @param {string} ends */
function length(state, { settings, current_round }, ends) {
  if (whole.ends === ends) return whole.ms
  const own = settings.round_seconds * 1000
  const first = Math.abs(Date.parse(ends) - Date.parse(current_round?.started_at ?? '') - own) < 1000
  whole = { ends, ms: first ? own : Math.max(1, left(state, ends)) }
  return whole.ms
}

const AROUND = 2 * Math.PI * 9

/** The round's timer: a ring that empties, and what is left in figures. @param {State} state @param {Session} session @param {Round} round */
export function ring(state, session, { ends_at }) {
  if (!ends_at) return nothing
  const rest = left(state, ends_at)
  const part = Math.min(1, rest / length(state, session, ends_at))
  return html`<span class="timer ${rest ? rest <= SOON ? 'soon' : '' : 'up'}" role="timer"><svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9"/><circle class="rest" cx="12" cy="12" r="9" .style=${`--rest:${(part * AROUND).toFixed(2)}`}/></svg>${rest ? clock(rest) : t('timer.up')}</span> `
}

/** When the end of a round is near, in milliseconds. */
export const SOON = 30_000

/** What those who run the round have at hand besides: its timer, and a reminder. @param {Room} room @param {Session} session */
export const tools = (room, session) => html`
  ${may(room, 'timer') ? html`<button class="tool" aria-label=${t('timer.title')} title=${t('timer.title')} @click=${() => set({ dialog: { kind: 'timer' } })}>${hourglass}</button>` : nothing}
  ${may(room, 'nudge') ? html`<button class="tool" aria-label=${t('nudge.all')} title=${t('nudge.all')} ?disabled=${room.busy === 'nudge' || !missing(session).length} @click=${() => void nudge()}>${bell}</button>` : nothing}`
