// @ts-check
/** @import { Action, Session, State, Room, Round, User } from './types.js' */
import { inline, list, num, t } from './i18n.js'
import { BRIEF } from './stream.js'

/** @param {Session|null} session @param {string} user */
export const nameOf = (session, user) => session?.participants.find((p) => p.id === user)?.name ?? ''

/** @param {string} value */
export const cardName = (value) => (value === 'coffee' ? t('card.coffee') : value)

/** The letters of the longest word that is not broken. */
const UNBROKEN = 8

/** How many letters the longest line of a card has, at least two, with a line for each word and longer words broken. @param {string} value */
export const longest = (value) => value === 'coffee' ? 2 : Math.min(UNBROKEN, Math.max(2, ...value.split(/\s+/).map((word) => [...word].length)))

/** How many lines these are. @param {string} value */
export const lines = (value) => value === 'coffee' ? 1 : value.split(/\s+/).reduce((n, word) => n + Math.ceil([...word].length / UNBROKEN), 0)

/** The same for the style sheet, which sets the letters so that they fit the card. @param {string} value */
export const lettering = (value) => `--long:${longest(value)};--words:${lines(value)}`

/** @param {Room} room */
export const iAmMaster = (room) => !!room.me && room.session?.scrum_master_id === room.me

/** What only the Scrum Master may do. Everything else of Action facilitators may, too, and everybody what settings.everyone_may names; internal/poker/may.go decides. */
const LEADS = ['end', 'kick', 'transfer', 'facilitators', 'settings']

/** Whether I may do that here. What is no Action, everybody at the table may. @param {Room} room @param {Action} action */
export function may({ me, session }, action) {
  const who = session?.participants.find((p) => p.id === me)
  if (!session || !who) return false
  if (session.scrum_master_id === me) return true
  if (LEADS.includes(action)) return false
  return who.facilitator || /** @type {string[]} */ (session.settings.everyone_may).includes(action)
}

/** Who goes on with the session: the Scrum Master, or while they are away a facilitator who is there. @param {Session} session @returns {string} */
export function runner({ participants, scrum_master_id }) {
  const away = participants.some((p) => p.id === scrum_master_id && !p.is_online)
  return away && participants.find((p) => p.facilitator && p.is_online)?.id || scrum_master_id
}

/** Whether I watch, and have no cards. @param {Room} room */
export const iWatch = ({ me, session }) => session?.participants.find((p) => p.id === me)?.role === 'spectator'

/** The card that is shown as mine: the one I wish for, or else the one that the server has. @param {Room} room */
export const myCard = (room) => (room.wanted === undefined ? room.myVote : room.wanted)

/** Whether cards can be chosen: while paused the page keeps them. @param {Room} room */
export const votable = ({ session }) => session?.status === 'voting' || session?.status === 'paused' && !!session.current_round && !session.current_round.is_revealed && !session.current_round.reveals_at

/** Whether my card is chosen and the server has not taken it yet. @param {Room} room */
export const pending = (room) => room.wanted !== undefined

/** Whether a card of mine waits to be sent; a wish to take one back is none. @param {Room} room */
export const keepsCard = (room) => room.wanted !== undefined && room.wanted !== null

/** Whether the line has been down for long enough to be worth a word. @param {Pick<State, 'room'|'now'>} state */
export const isLost = ({ room, now }) => room?.phase === 'seated' && room.connection === 'lost' && now - (room.lostAt ?? now) >= BRIEF

/** The estimate that accepting would take: picked by hand, accepted before, or the server's suggestion. A round that was completed without one has none, until it is decided on anew. @param {Room} room @returns {string|null} */
export function estimate({ choice, reopened, session }) {
  const round = session?.current_round
  const open = round?.completed_at === null || reopened
  return choice ?? round?.estimate ?? (open ? round?.statistics?.suggestion : null) ?? null
}

/** Who is there. @param {Session} session */
export const present = (session) => session.participants.filter((p) => p.is_online)

/** Those of them whose cards are waited for: nobody waits for spectators. @param {Session} session */
export const voters = (session) => present(session).filter((p) => p.role !== 'spectator')

/** Who is there, has cards and has not voted. @param {Session} session */
export const missing = (session) => voters(session).filter((p) => !hasVoted(session.current_round, p.id))

/** "Ana, Bo and +3". @param {User[]} people @param {number} [most] names */
export function names(people, most = 3) {
  const some = people.slice(0, people.length > most ? most - 1 : most).map((p) => inline(p.name))
  return list(people.length > some.length ? [...some, '+' + num(people.length - some.length)] : some)
}

/**
 * Whether everybody who was there when the cards turned gave the same number, two of them at least. The server's consensus is another one: it asks only those who gave a number.
 * @param {Room} room @param {Session} session
 */
export function agreed({ witnesses }, session) {
  const round = session.current_round
  if (!round?.is_revealed || !round.statistics?.consensus) return false
  const there = witnesses?.round === round.id ? witnesses.users : voters(session).map((p) => p.id)
  const [first, ...others] = new Set([...there, ...Object.keys(round.votes)])
  if (round.anonymous) return others.length > 0 && [first, ...others].every((u) => u in round.votes) && Object.keys(round.statistics.distribution).length === 1
  return others.length > 0 && others.every((u) => round.votes[u]?.value === round.votes[first]?.value)
}

/** The card that all have chosen, of a round in which they agreed. @param {NonNullable<Round['statistics']>} statistics */
export const onlyCard = ({ distribution }) => cardName(Object.keys(distribution)[0] ?? '')

/** How many cards of the deck further two votes may be, for an estimate to be the next thing to do. */
const NEAR = 2

/** The cards that say how much, from the least to the most: numbers by their size; in a deck without any, all but coffee and ?, as they lie in the hand. @param {Session['deck']} deck */
function scale({ cards }) {
  const numbers = cards.filter((c) => c.number !== null).sort((a, b) => Number(a.number) - Number(b.number))
  return numbers.length ? numbers : cards.filter((c) => c.value !== 'coffee' && c.value !== '?')
}

/** The lowest and the highest card that was voted, and how many cards of the deck they are apart; null where nobody said how much. @param {Session} session */
function ends({ deck, current_round }) {
  const s = current_round?.statistics
  const all = scale(deck)
  const voted = s && all.flatMap((c, i) => (s.lowest === null ? c.number === null && s.distribution[c.value] : c.number === s.lowest || c.number === s.highest) ? [i] : [])
  return voted?.length ? { low: all[voted[0]], high: all[voted[voted.length - 1]], apart: voted[voted.length - 1] - voted[0] } : null
}

/** Whether the votes are so far apart that talking and voting again comes first. @param {Session} session */
export const farApart = (session) => (ends(session)?.apart ?? 0) > NEAR

/** Who voted lowest and who highest, if they differ. @param {Session} session @returns {{low: string[], high: string[], lowCard: string, highCard: string}|null} user ids */
export function extremes(session) {
  const round = session.current_round
  const far = ends(session)
  if (!round?.is_revealed || !far?.apart) return null
  const [lowCard, highCard] = [far.low.value, far.high.value]
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
