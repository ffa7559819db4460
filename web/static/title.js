// @ts-check
/** @import { State, Room, Session } from './types.js' */
import { clock, t } from './i18n.js'
import { expiring, left } from './ticker.js'
import { hasVoted, missing, myCard, present } from './words.js'

/** What the tab says: first what happens, since a tab is narrow. @param {State} state */
export function title(state) {
  const { room, route } = state
  if (route.name === 'home' || !room?.session) return 'MagnaPP'
  const now = room.phase === 'seated' ? happening(state, room, room.session) : ''
  return `${now ? `${now} · ` : ''}${room.session.name} · MagnaPP`
}

/** @param {State} state @param {Room} room @param {Session} session */
function happening(state, room, session) {
  if (expiring(state)) return t('title.left', { time: clock(left(state, session.expires_at)) })
  if (session.status === 'paused') return t('status.paused')
  if (session.status !== 'voting') return ''
  if (!hasVoted(session.current_round, room.me ?? '') && myCard(room) === null) return t('title.vote')
  return `${present(session).length - missing(session).length}/${present(session).length}`
}
