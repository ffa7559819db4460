// @ts-check
/** @import { Room, Envelope, Session, Ending } from './types.js' */
import { api, Refusal } from './api.js'
import { fold } from './fold.js'
import { seat } from './seats.js'
import { Stream } from './stream.js'
import { keepSeat, seatIn } from './prefs.js'
import { get, set, setRoom } from './store.js'
import { refusedVote } from './tell.js'
import { VoteQueue } from './votes.js'
import { happened } from './effects.js'

/** @type {Room} */
const EMPTY = {
  id: '', phase: 'loading', ending: null, session: null, me: null, myVote: null, wanted: undefined, connection: 'connecting',
  retryAt: null, places: new Map(), skew: 0, busy: null, choice: null, reopened: false, celebrate: null,
  history: [], names: {}, witnesses: null, expanded: null,
}

/** The open session: its stream and its votes. Everything that is shown lies in the store. */
export class OpenRoom {
  /** @param {string} id */
  constructor(id) {
    this.id = id
    /** @type {Stream|null} */
    this.stream = null
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined
    this.closed = false
    this.failures = 0
    this.votes = new VoteQueue({ id, api, room: () => this.room(), change: (part) => setRoom(id, part), refused: refusedVote })
    set({ room: { ...EMPTY, id } })
  }

  /** @returns {Room|null} what is shown, if it is still this room */
  room() {
    const { room } = get()
    return room?.id === this.id && !this.closed ? room : null
  }

  /** Looks who I am here, and begins to listen. */
  async open() {
    clearTimeout(this.timer)
    const me = seatIn(this.id)
    try {
      this.enter(await api.session(this.id, me), me)
    } catch (e) {
      await this.shut(/** @type {Refusal} */ (e), me)
    }
  }

  /** @param {Session} session @param {string|null} me */
  enter(session, me) {
    if (!this.room()) return
    setRoom(this.id, { session, me, phase: me ? 'seated' : 'join', myVote: session.my_vote ?? null, wanted: undefined, places: seat(new Map(), session.participants, me), connection: 'connecting', ending: null })
    this.stream?.close()
    this.votes.reset()
    this.stream = new Stream(`/api/sse/${encodeURIComponent(this.id)}${me ? '?user_id=' + encodeURIComponent(me) : ''}`, {
      event: (e) => this.event(e),
      open: () => { setRoom(this.id, { connection: 'live', retryAt: null }); happened.connection('live'); this.votes.live() },
      lost: (retryAt) => { setRoom(this.id, { connection: 'lost', retryAt }); happened.connection('lost') },
      mayRetry: () => this.mayRetry(),
    })
  }

  /** Before each try of ours to come back: is there still a session, and a seat in it? */
  async mayRetry() {
    const room = this.room()
    if (!room) return false
    try {
      await api.session(this.id, room.me)
      return true
    } catch (e) {
      if (!(e instanceof Refusal) || ![401, 404].includes(e.status)) return true
      await this.shut(e, room.me, true)
      return false
    }
  }

  /** @param {Refusal} refusal @param {string|null} me @param {boolean} [wasThere] */
  async shut(refusal, me, wasThere = false) {
    if (refusal.status === 404 || refusal.status === 422) return this.over(me || wasThere ? 'inactive' : 'unknown')
    if (refusal.status === 401) {
      keepSeat(this.id, null)
      return wasThere ? this.over('gone') : this.open()
    }
    if (!this.room()) return
    setRoom(this.id, { phase: 'failed' })
    this.timer = setTimeout(() => void this.open(), Math.min(15_000, 500 * 2 ** this.failures++) * (0.5 + Math.random() / 2))
  }

  /** @param {Ending} ending */
  over(ending) {
    this.stream?.close()
    if (ending !== 'full') keepSeat(this.id, null)
    setRoom(this.id, { phase: 'over', ending, wanted: undefined })
    set({ dialog: null })
  }

  /** @param {Envelope} event */
  event(event) {
    const room = this.room()
    if (!room) return
    if (event.type === 'session_expired') return this.over(/** @type {Ending} */ (event.data.reason))
    if (event.type === 'user_left' && event.data.user_id === room.me) return this.over(/** @type {Ending} */ (event.data.reason))
    const session = /** @type {Session} */ (fold(room.session, event))
    const newRound = session.current_round?.id !== room.session?.current_round?.id
    const skew = Math.max(room.skew || -Infinity, Date.parse(event.timestamp) - Date.now())
    setRoom(this.id, {
      session, skew, places: seat(room.places, session.participants, room.me),
      ...(event.type === 'round_completed' ? { choice: null, reopened: false } : {}),
      ...(newRound ? { choice: null, reopened: false, celebrate: null } : {}),
    })
    happened.event(event, room, session)
    this.votes.event(event)
  }

  /** Someone in another tab of this browser took a seat here, or gave it up. */
  seatChanged() {
    const room = this.room()
    if (room && room.phase === 'join' && seatIn(this.id)) void this.open()
  }

  close() {
    this.closed = true
    clearTimeout(this.timer)
    this.stream?.close()
    this.votes.close()
  }
}

/** @type {OpenRoom|null} */
let current = null

/** The room that is open, if one is. */
export const openRoom = () => current

/** @param {string|null} id null leaves the room that is open */
export function change(id) {
  current?.close()
  current = id ? new OpenRoom(id) : null
  void current?.open()
}
