// @ts-check
/** @import { Envelope, EventData, Room, Session, Statistics } from './types.js' */
import { announce } from './tell.js'
import { inline, num, t } from './i18n.js'
import { get, setRoom } from './store.js'
import { cardName, nameOf } from './words.js'

let connected = true

/** What the page does besides showing the new state: it speaks to screen readers, sounds, and celebrates. */
export const happened = {
  /** @param {'live'|'lost'} now */
  connection(now) {
    if (now === 'lost' && connected) announce(t('say.lost'))
    if (now === 'live' && !connected) announce(t('say.live'))
    connected = now === 'live'
  },

  /** @param {Envelope} event @param {Room} before @param {Session} session as it is after the event */
  event(event, before, session) {
    if (before.phase !== 'seated') return
    const text = Object.hasOwn(words, event.type) ? /** @type {Record<string, Words<any>>} */ (words)[event.type](event.data, before, session) : null
    if (text) announce(text)
    const { sound } = get().prefs
    if (event.type === 'voting_started' && sound) play('tap')
    if (event.type === 'votes_revealed') {
      if (sound) play('riffle')
      if (celebrates(event.data.statistics)) setRoom(before.id, { celebrate: event.data.round_id })
    }
  },
}

/** @param {'tap'|'riffle'} sound */
const play = (sound) => void import('./sounds.js').then(({ sounds }) => sounds[sound](), () => {})

/** Agreement is worth a burst of confetti if more than one had to agree. @param {Statistics|null} s */
const celebrates = (s) => !!s?.consensus && s.total_votes - s.coffee_votes > 1

/** @template D @typedef {(data: D, before: Room, session: Session) => string|null} Words */

/** @type {{[T in keyof EventData]?: Words<EventData[T]>}} */
const words = {
  user_joined: ({ user, reconnected }, { me }) => user.id === me ? null : t(reconnected ? 'say.back' : 'say.joined', { name: inline(user.name) }),
  user_left: ({ user_id, reason }, { session }) => t(reason === 'kicked' ? 'say.removed' : 'say.left', { name: inline(nameOf(session, user_id)) }),
  user_disconnected: ({ user_id }, _, session) => t('say.away', { name: inline(nameOf(session, user_id)) }),
  voting_started: ({ topic }) => topic ? t('say.startedTopic', { topic: inline(topic) }) : t('say.started'),
  vote_submitted: ({ user_id }, { session: was }, { current_round, participants }) => user_id in (was?.current_round?.votes ?? {})
    ? null
    : t('say.voted', { n: Object.keys(current_round?.votes ?? {}).length, total: participants.length }),
  votes_revealed: ({ statistics }) => revealed(statistics),
  round_completed: ({ estimate }) => estimate ? t('say.accepted', { card: cardName(estimate) }) : null,
  scrum_master_changed: ({ new_master_id }, { me }, session) => new_master_id === me ? t('say.masterYou') : t('say.master', { name: inline(nameOf(session, new_master_id)) }),
  session_paused: (_, __, session) => t('say.paused', { name: inline(nameOf(session, session.scrum_master_id)) }),
  session_updated: (_, { session }, now) => session?.status === 'paused' && now.status !== 'paused' ? t('say.resumed') : null,
}

/** @param {Statistics|null} s */
function revealed(s) {
  if (!s || s.average === null || s.median === null || s.lowest === null || s.highest === null) return t('say.revealedEmpty')
  if (s.consensus) return t('say.revealedConsensus', { card: num(s.average) })
  return t('say.revealed', { average: s.average, median: s.median, low: s.lowest, high: s.highest })
}
