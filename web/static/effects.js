// @ts-check
/** @import { Envelope, EventData, Room, Session, Statistics } from './types.js' */
import { announce, toast } from './tell.js'
import { deckName } from './decks.js'
import { exact, inline, t } from './i18n.js'
import { note } from './memory.js'
import { get, setRoom } from './store.js'
import { BRIEF } from './stream.js'
import { agreed, cardName, missing, nameOf, onlyCard, voters } from './words.js'

/** Until it is said that the line is down. @type {ReturnType<typeof setTimeout>|undefined} */
let brief
/** Whether the last that was said of the line is that it is down. */
let saidLost = false

function sayLost() {
  if (get().room?.connection !== 'lost') return // it was left
  saidLost = true
  announce(t('say.lost'))
}

/** What the page does besides showing the new state: it speaks to screen readers, sounds, and celebrates. */
export const happened = {
  /** @param {'live'|'lost'} now */
  connection(now) {
    if (now === 'lost') return void (brief ??= setTimeout(sayLost, BRIEF))
    clearTimeout(brief)
    brief = undefined
    if (saidLost) announce(t('say.live'))
    saidLost = false
  },

  /** @param {Envelope} event @param {Room} before @param {Session} session as it is after the event @param {boolean} old whether it happened before this page came: then it is neither said nor heard */
  event(event, before, session, old) {
    if (before.phase !== 'seated') return
    note(before.id, session)
    if (old) return
    const text = Object.hasOwn(words, event.type) ? /** @type {Record<string, Words<any>>} */ (words)[event.type](event.data, before, session) : null
    if (text) announce(text)
    const { sound } = get().prefs
    if (event.type === 'voting_started' && sound) play('tap')
    if (event.type === 'nudged' && event.data.user_ids.includes(before.me ?? '')) {
      toast(t('nudge.you'), 'info')
      if (sound) {
        play('nudge')
        setRoom(before.id, { nudged: Date.now() })
      }
    }
    if (event.type === 'vote_submitted' && sound && complete(before.session, session)) play('all')
    if (event.type === 'votes_revealed') {
      if (sound) play('riffle')
      const { room } = get()
      if (room && agreed(room, session)) setRoom(before.id, { celebrate: event.data.round_id })
    }
  },
}

/** Whether the last card that was waited for has come. Cards that then turn by themselves make a sound of their own. @param {Session|null} before @param {Session} now */
const complete = (before, now) => !!before && !now.settings.auto_reveal && missing(before).length > 0 && !missing(now).length && voters(now).length > 1

/** @param {'tap'|'riffle'|'bell'|'nudge'|'all'} sound */
export const play = (sound) => void import('./sounds.js').then(({ sounds }) => sounds[sound](), () => {})

/** @template D @typedef {(data: D, before: Room, session: Session) => string|null} Words */

/** @type {{[T in keyof EventData]?: Words<EventData[T]>}} */
const words = {
  user_joined: ({ user, reconnected }, { me }) => user.id === me ? null : t(reconnected ? 'say.back' : 'say.joined', { name: inline(user.name) }),
  user_left: ({ user_id, reason }, { session }) => t(reason === 'kicked' ? 'say.removed' : 'say.left', { name: inline(nameOf(session, user_id)) }),
  user_disconnected: ({ user_id }, _, session) => t('say.away', { name: inline(nameOf(session, user_id)) }),
  voting_started: ({ topic }) => topic ? t('say.startedTopic', { topic: inline(topic) }) : t('say.started'),
  vote_submitted: ({ user_id }, { session: was }, session) => user_id in (was?.current_round?.votes ?? {})
    ? null
    : t('say.voted', { n: voters(session).length - missing(session).length, total: voters(session).length }),
  votes_revealed: ({ statistics }, _, session) => revealed(statistics, session),
  round_completed: ({ estimate }) => estimate ? t('say.accepted', { card: cardName(estimate) }) : null,
  scrum_master_changed: ({ new_master_id }, { me }, session) => new_master_id === me ? t('say.masterYou') : t('say.master', { name: inline(nameOf(session, new_master_id)) }),
  stories_updated: ({ added }) => added.length ? t('say.storiesAdded', { n: added.length }) : null,
  session_paused: (_, __, session) => t('say.paused', { name: inline(nameOf(session, session.scrum_master_id)) }),
  session_updated: (_, { session }, now) => session?.status === 'paused' && now.status !== 'paused' ? t('say.resumed') : session && session.deck.name !== now.deck.name ? t('say.deck', { name: inline(deckName(now.deck.name)) }) : null,
  timer_updated: ({ ends_at }, _, { status }) => status !== 'voting' ? null : ends_at ? t('say.timer') : t('say.timerOff'),
}

/** @param {Statistics|null} s @param {Session} session */
function revealed(s, session) {
  const { room } = get()
  if (!s?.suggestion) return t('say.revealedEmpty')
  if (room && agreed(room, session)) return t('say.revealedConsensus', { card: onlyCard(s) })
  if (s.average === null || s.median === null || s.lowest === null || s.highest === null) return t('say.revealedCards', { card: cardName(s.suggestion) })
  return t('say.revealed', { average: s.average, median: s.median, low: exact(s.lowest), high: exact(s.highest) })
}
