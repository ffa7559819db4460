// @ts-check
/** @import { Room, Round, Envelope } from './types.js' */
/** @import { calls, Refusal } from './api.js' */
/** @import { World } from './types.js' */
import { browser } from './world.js'

/** The pauses before a card is sent again that nobody has answered for, in milliseconds; the last one repeats. */
export const AGAIN = [3_000, 6_000, 12_000]
/** How long the event of a card that was taken may take, in milliseconds: one server has taken it, and the stream may be another's, which is gone. */
export const UNHEARD = 3_000

/**
 * What the queue needs.
 * @typedef {object} Needs
 * @property {string} id of the session
 * @property {() => Room|null} room what is shown; null when it is shown no more
 * @property {(part: Partial<Room>) => void} change
 * @property {Pick<ReturnType<typeof calls>, 'vote'|'round'|'key'>} api
 * @property {(refusal: Refusal, room: Room|null) => void} refused
 * @property {(refusal: Refusal) => void} waits the card has not arrived, and is sent again by itself
 * @property {() => void} late the round is over for which a card was kept
 * @property {() => void} unheard a card was taken, and the stream does not bring it
 */

/** @typedef {{card: string|null, round: string|null, key: string, newer: AbortController}} Sent */

/**
 * Brings my card to the server. It is shown as chosen at once, and confirmed or rolled back by the answer. One request at a time: while it is under way, only the last wish counts,
 * and a newer wish ends the tries of an older one.
 *
 * A card that is chosen while the line is down or the session is paused is kept and sent afterwards; so is one that nobody has answered for, with the key that it had. What was kept is
 * meant for one round: the server is asked which one runs before it is sent.
 *
 * Events never say which card was laid. My own requests do, so the server is asked only when they cannot: another tab of mine has laid a card, the page comes back to a session
 * in which mine was laid at another time than it knows, or nobody answered a request.
 */
export class VoteQueue {
  /** @param {Needs} needs @param {World} [world] */
  constructor(needs, world = browser) {
    this.needs = needs
    this.world = world
    /** The request that is under way. @type {Sent|null} */
    this.sent = null
    /** The one before, if nobody has answered for it. @type {Sent|null} */
    this.unanswered = null
    /** Whether a wish is kept, to be sent later. */
    this.kept = false
    this.checking = false
    this.failures = 0
    /** @type {unknown} */
    this.timer = undefined
    /** Grows with each new beginning, so that an answer from before is noticed. */
    this.era = 0
    /** The round that is known. @type {string|null} */
    this.round = null
    /** When the card that is shown as mine was laid; null when none was. @type {string|null} */
    this.laidAt = null
    /** How many events of votes sent from here are still to come. */
    this.expected = 0
    /** Until those of cards that were taken should have come. @type {unknown} */
    this.listening = undefined
    /** Whether the card that is shown may not be the one on the table. */
    this.doubt = false
    this.asking = false
    /** Grows with each request and event that an answer to a question of before may not know of. */
    this.moves = 0
    /** Whether the stream has just begun: a whole session that comes first may hide events. */
    this.opened = false
  }

  /** Begins anew, with what the server has said of the room. */
  reset() {
    this.close()
    this.era++
    const room = this.needs.room()
    const round = room?.session?.current_round ?? null
    this.round = round?.id ?? null
    this.laidAt = (room?.me && round?.votes[room.me]?.submitted_at) || null
    this.expected = 0
    this.doubt = this.asking = this.opened = false
  }

  /** Ends the tries that are under way. */
  close() {
    this.world.cancel(this.timer)
    this.world.cancel(this.listening)
    this.sent?.newer.abort()
    this.sent = this.unanswered = null
    this.kept = this.checking = false
    this.failures = 0
  }

  /** Whether a card would not get through now. @param {Room} room */
  held = (room) => room.connection === 'lost' || room.session?.status === 'paused'

  /** @param {string|null} card null takes the card back */
  choose(card) {
    this.needs.change({ wanted: card })
    if (this.kept && card === this.needs.room()?.myVote && !this.unanswered && !this.doubt) this.forgo()
    else if (this.kept) void this.resume()
    else if (!this.sent) void this.send()
    else if (this.sent.card !== card) this.sent.newer.abort()
  }

  /** What is wished for lies there: nothing is left to be sent. */
  forgo() {
    this.world.cancel(this.timer)
    this.kept = false
    this.needs.change({ wanted: undefined })
  }

  async send() {
    const room = this.needs.room()
    if (!room?.me || room.wanted === undefined) return
    this.kept = this.held(room)
    if (this.kept) return
    this.world.cancel(this.timer)
    const card = room.wanted
    const again = this.unanswered?.card === card && this.unanswered.round === this.round ? this.unanswered : null
    const sent = this.sent = { card, round: this.round, key: again?.key ?? this.needs.api.key(), newer: new AbortController() }
    this.unanswered = null
    this.moves++
    if (card !== null) this.expected++
    const refusal = await this.needs.api.vote(this.needs.id, room.me, card, { key: sent.key, newer: sent.newer.signal }).then(() => null, (e) => e)
    if (this.sent !== sent) return
    this.sent = null
    if (refusal) this.failed(sent, refusal)
    else this.taken(sent)
    if (this.kept) return
    if (this.needs.room()?.wanted !== undefined) void this.send()
    else void this.ask()
  }

  /** Sends what was kept, if it can get through and its round still runs. */
  async resume() {
    const room = this.needs.room()
    if (!room?.me || !this.kept || this.sent || this.checking || this.held(room)) return
    this.world.cancel(this.timer)
    this.checking = true
    const { era } = this
    const round = await this.needs.api.round(this.needs.id, room.me).catch(() => undefined)
    if (era !== this.era) return
    this.checking = false
    if (!this.kept) return
    if (round === undefined) return this.later()
    if (round?.id === this.round && !round?.is_revealed) return this.send()
    this.over(round?.id === this.round && (round?.my_vote ?? round?.votes[room.me]?.value) === this.needs.room()?.wanted)
    if (round?.anonymous) this.doubt = true
    void this.ask()
  }

  /** The round is over for which a card was kept. @param {boolean} arrived whether the card was in time, although nobody said so */
  over(arrived) {
    this.world.cancel(this.timer)
    this.kept = false
    this.needs.change({ wanted: undefined })
    if (!arrived) this.needs.late()
  }

  /** Looks once more after a while, unless something happens before. */
  later() {
    this.kept = true
    this.world.cancel(this.timer)
    this.timer = this.world.after(AGAIN[Math.min(this.failures++, AGAIN.length - 1)], () => void this.resume())
  }

  /** @param {{card: string|null, round: string|null}} sent */
  taken({ card, round }) {
    const room = this.needs.room()
    if (!room?.me || this.round !== round) return
    // Its event has come, and the card lies there no more: another tab has taken it back since.
    if (card !== null && !this.expected && this.laidAt === null) this.doubt = true
    else if (!room.session?.current_round?.is_revealed) this.needs.change({ myVote: card }) // else the round says what lies there
    this.failures = 0
    this.world.cancel(this.listening)
    if (card !== null && this.expected) this.listening = this.world.after(UNHEARD, () => { if (this.expected && this.round === round) this.needs.unheard() })
    if (room.wanted === card) this.needs.change({ wanted: undefined })
  }

  /** @param {Sent} sent @param {Refusal} refusal */
  failed(sent, refusal) {
    const { card, newer } = sent
    if (refusal.unknown) {
      this.expected = 0
      this.doubt = true
      this.unanswered = sent
    } else if (card !== null) {
      // If another tab's event was taken for this one's, the card that is shown is not the one that lies there.
      if (this.expected) this.expected--
      else this.doubt = true
    }
    if (newer.signal.aborted) return
    const room = this.needs.room()
    if (refusal.unknown || refusal.kind === 'session_paused') {
      if (refusal.unknown && room?.connection !== 'lost' && !this.failures) this.needs.waits(refusal)
      return this.later()
    }
    this.needs.change({ wanted: undefined })
    this.needs.refused(refusal, room)
  }

  /** The stream has begun, or begun again. */
  live() {
    this.opened = true
    this.failures = 0
    void this.resume()
    void this.ask()
  }

  /** @param {Envelope} event that the room has taken over by now */
  event(event) {
    const room = this.needs.room()
    if (!room?.me) return
    const round = room.session?.current_round ?? null
    const whole = event.type === 'session_updated'
    if ((round?.id ?? null) !== this.round) this.begin(round)
    if (round?.is_revealed && (whole || event.type === 'votes_revealed')) this.turned(round, room.me)
    else if (whole) this.look(round?.votes[room.me]?.submitted_at ?? null)
    else if (event.type === 'vote_submitted' && event.data.user_id === room.me) this.laid(event.timestamp)
    this.opened = false
    if (whole) void this.resume() // a pause ends with one
    void this.ask()
  }

  /** Another round: what was wished for in the one before counts no more. @param {Round|null} round */
  begin(round) {
    this.round = round?.id ?? null
    this.laidAt = null
    this.expected = 0
    this.doubt = false
    this.sent?.newer.abort()
    this.unanswered = null
    if (this.kept) this.over(false)
    this.needs.change({ myVote: null, wanted: undefined })
  }

  /** My card was laid, from here or from another tab. @param {string} at */
  laid(at) {
    if (this.expected) this.expected--
    else if (at !== this.laidAt) this.doubt = true
    this.lies(at)
  }

  /** The session has come whole. @param {string|null} at when my card was laid, as it says */
  look(at) {
    if (this.opened) { // such a session may hide what came after the card that is under way, or after the answer to a question
      this.expected = this.sent?.card && this.sent.round === this.round && at === this.laidAt ? 1 : 0
      this.moves++
      if (this.sent) this.doubt = true
    }
    // While an event of mine is still to come, the session is from before it.
    if (at === null && !this.sent && !this.expected) this.needs.change({ myVote: null })
    if (at !== null && at !== this.laidAt) this.doubt = true
    this.lies(at)
  }

  /** Notes when the card was laid that lies there now. @param {string|null} at */
  lies(at) {
    if (at !== this.laidAt) this.moves++
    this.laidAt = at
  }

  /** The cards lie open, mine too. @param {Round} round @param {string} me */
  turned(round, me) {
    const mine = round.votes[me]
    if (round.anonymous && mine) return this.unnamed(mine.submitted_at)
    if (this.kept) this.over(mine?.value === this.needs.room()?.wanted)
    this.needs.change({ wanted: undefined, myVote: mine?.value ?? null })
    this.moves++
    this.laidAt = mine?.submitted_at ?? null
    this.expected = 0
    this.doubt = false
  }

  /** The cards lie open, and nobody's is named: which one is mine, the server says to me alone. @param {string} at when mine was laid */
  unnamed(at) {
    if (this.kept) return void this.resume()
    const room = this.needs.room()
    if (at !== this.laidAt || this.sent || room?.wanted !== undefined || room?.myVote === null) this.doubt = true
    this.needs.change({ wanted: undefined })
    this.expected = 0
    this.lies(at)
  }

  /** Asks which card of mine lies on the table, if that is in doubt and nothing of mine is under way. What fails is asked again with the next event, or when the stream is back. */
  async ask() {
    const room = this.needs.room()
    if (!this.doubt || !room?.me || this.sent || this.kept || this.asking) return
    this.doubt = false
    const shown = room.session?.current_round
    if (shown?.is_revealed && !shown.anonymous) return // the session says it
    this.asking = true
    const { era, moves } = this
    const round = await this.needs.api.round(this.needs.id, room.me).catch(() => undefined)
    if (era !== this.era) return
    this.asking = false
    if (round === undefined || this.sent) this.doubt = true
    else if (moves !== this.moves) {
      this.doubt = true
      void this.ask()
    } else if ((round?.id ?? null) === this.round) {
      this.needs.change({ myVote: round?.my_vote ?? null })
      this.laidAt = round?.votes[room.me]?.submitted_at ?? null
      void this.ask()
    }
  }
}
