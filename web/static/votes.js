// @ts-check
/** @import { Room, Envelope } from './types.js' */
import { api, Refusal } from './api.js'
import { setRoom } from './store.js'
import { refusedVote } from './tell.js'

/**
 * Brings my card to the server. It is shown as chosen at once, and confirmed or rolled back by the answer. One request at a time: while it is under way, only the last wish counts.
 * Another tab of mine may play a card too. Events never say which card it was, so on a vote of mine that was not sent from here, the server is asked.
 */
export class VoteQueue {
  /** @param {string} id @param {() => Room|null} room */
  constructor(id, room) {
    this.id = id
    this.room = room
    this.sending = false
    /** How many events of votes sent from here are still to come. */
    this.expected = 0
    /** Whether the card that is shown may not be the one on the table. */
    this.stale = false
  }

  /** Begins anew, with what the server has said. */
  reset() {
    this.sending = false
    this.expected = 0
    this.stale = false
  }

  /** @param {string|null} card null takes the card back */
  choose(card) {
    setRoom(this.id, { wanted: card })
    if (!this.sending) void this.send()
  }

  async send() {
    const room = this.room()
    if (!room?.me || room.wanted === undefined) return
    const { wanted: card } = room
    this.sending = true
    if (card !== null) this.expected++
    try {
      await api.vote(this.id, room.me, card)
      this.answered(card)
    } catch (e) {
      this.expected = 0
      setRoom(this.id, { wanted: undefined })
      refusedVote(/** @type {Refusal} */ (e), this.room())
      this.stale = true
    }
    this.sending = false
    this.goOn()
  }

  /** @param {string|null} card */
  answered(card) {
    const room = this.room()
    if (!room?.session?.current_round) return
    setRoom(this.id, { myVote: card, ...(room.wanted === card ? { wanted: undefined } : {}) })
  }

  goOn() {
    if (this.room()?.wanted !== undefined) void this.send()
    else if (this.stale) void this.ask()
  }

  /** @param {Envelope} event */
  event(event) {
    const room = this.room()
    if (!room?.me) return
    if (event.type === 'vote_submitted' && event.data.user_id === room.me) {
      if (this.expected > 0) this.expected--
      else this.stale = true
    } else if (event.type === 'session_updated' || event.type === 'voting_started') {
      if (event.type === 'voting_started') this.expected = 0
      const voted = room.me in (room.session?.current_round?.votes ?? {})
      if (voted) this.stale = true
      else if (!this.sending) setRoom(this.id, { myVote: null })
    } else if (event.type === 'votes_revealed') {
      setRoom(this.id, { wanted: undefined, myVote: event.data.votes[room.me]?.value ?? null })
      this.stale = false
    }
    if (this.stale && !this.sending) void this.ask()
  }

  /** Asks which card of mine lies on the table. */
  async ask() {
    const room = this.room()
    this.stale = false
    if (!room?.me) return
    const round = await api.round(this.id, room.me).catch(() => undefined)
    if (round === undefined || this.sending || round?.id !== this.room()?.session?.current_round?.id) return
    setRoom(this.id, { myVote: round?.my_vote ?? null })
  }
}
