// @ts-check
/** @import { State, Room, Session } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { takeover } from '../actions.js'
import { clock, t } from '../i18n.js'
import { iAmMaster } from '../words.js'

/** How long a session must have been paused before anybody may take over, in milliseconds. */
const PATIENCE = 30_000

/** What anybody who is there can do about a pause: after a while, become Scrum Master. @param {State} state @param {Room} room @param {Session} session */
export function pause({ now }, room, { resumes_by }) {
  if (!resumes_by || !room.me || iAmMaster(room)) return nothing
  const wait = Math.min(PATIENCE, room.pausedAt + PATIENCE - now)
  return html`<button class="takeover" ?disabled=${wait > 0 || room.busy === 'takeover'} @click=${takeover}>${wait > 0 ? t('pause.takeoverIn', { time: clock(wait) }) : t('pause.takeover')}</button>`
}
