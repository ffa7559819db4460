// @ts-check
/** @import { State, Room, Session } from '../types.js' */
import { html, nothing } from '../vendor/lit-html.js'
import { takeover } from '../actions.js'
import { clock, t } from '../i18n.js'
import { left } from '../ticker.js'
import { iAmMaster } from '../words.js'

/** What anybody who is there can do about a pause: after a while, become Scrum Master. @param {State} state @param {Room} room @param {Session} session */
export function pause(state, room, { resumes_by, takeover_at }) {
  if (!resumes_by || !room.me || iAmMaster(room)) return nothing
  const wait = left(state, takeover_at)
  return html`<button class="takeover" ?disabled=${wait > 0 || room.busy === 'takeover'} @click=${takeover}>${wait > 0 ? t('pause.takeoverIn', { time: clock(wait) }) : t('pause.takeover')}</button>`
}
