// @ts-check
/** @import { Session, Room, Round } from './types.js' */
import { t } from './i18n.js'

/** @param {Session|null} session @param {string} user */
export const nameOf = (session, user) => session?.participants.find((p) => p.id === user)?.name ?? ''

/** @param {string} value */
export const cardName = (value) => (value === 'coffee' ? t('card.coffee') : value)

/** The key that chooses a card. @param {string} value */
export const cardKey = (value) => (/^\d+$/.test(value) ? value : value[0].toUpperCase())

/** @param {Room} room */
export const iAmMaster = (room) => !!room.me && room.session?.scrum_master_id === room.me

/** The card that is shown as mine: the one I wish for, or else the one that the server has. @param {Room} room */
export const myCard = (room) => (room.wanted === undefined ? room.myVote : room.wanted)

/** Whether cards can be chosen: while paused the page keeps them. @param {Room} room */
export const votable = ({ session }) => session?.status === 'voting' || session?.status === 'paused' && !!session.current_round && !session.current_round.is_revealed && !session.current_round.reveals_at

/** Whether my card is chosen and the server has not taken it yet. @param {Room} room */
export const pending = (room) => room.wanted !== undefined

/** The estimate that accepting would take: picked by hand, accepted before, or the server's suggestion. @param {Room} room @returns {string|null} */
export const estimate = (room) => room.choice ?? room.session?.current_round?.estimate ?? room.session?.current_round?.statistics?.suggestion ?? null

/** Who voted lowest and who highest, if they differ. @param {Session} session @returns {{low: string[], high: string[], lowCard: string, highCard: string}|null} user ids */
export function extremes(session) {
  const round = session.current_round
  const s = round?.statistics
  if (!round?.is_revealed || !s || s.lowest === null || s.lowest === s.highest) return null
  const card = (/** @type {number|null} */ n) => session.deck.cards.find((c) => c.number === n)?.value ?? ''
  const [lowCard, highCard] = [card(s.lowest), card(s.highest)]
  const by = (/** @type {string} */ value) => session.participants.filter((p) => round.votes[p.id]?.value === value).map((p) => p.id)
  return { low: by(lowCard), high: by(highCard), lowCard, highCard }
}

/** The few who are ringed at the table; when many share an extreme, a ring says nothing. @param {Session} session */
export function ringed(session) {
  const far = extremes(session)
  return far ? [far.low, far.high].filter((users) => users.length <= 2).flat() : []
}

/** @param {Round|null} round @param {string} user */
export const hasVoted = (round, user) => !!round && user in round.votes
