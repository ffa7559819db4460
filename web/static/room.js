// @ts-check
/** @import { Room, Envelope, Session, Ending } from './types.js' */
import { api, left, lineIs, pace, Refusal } from './api.js'
import { follow } from './backlog.js'
import { fold } from './fold.js'
import { alone, goodbye, noGoodbye } from './here.js'
import { t } from './i18n.js'
import { summarize } from './rounds.js'
import { seat } from './seats.js'
import { catchUp } from './stories.js'
import { Stream } from './stream.js'
import { endingIn, keepEnding, keepSeat, seatIn } from './prefs.js'
import { get, set, setRoom } from './store.js'
import { alarm, hush, lateVote, refusedVote, toast, waitingVote } from './tell.js'
import { LONG, Tries } from './tries.js'
import { VoteQueue } from './votes.js'
import { browser } from './world.js'
import { happened } from './effects.js'

/** @type {Room} */
const EMPTY = {
  stories: null, upNext: null,
  id: '', phase: 'loading', ending: null, session: null, me: null, myVote: null, wanted: undefined, connection: 'connecting',
  retryAt: null, lostAt: null, places: new Map(), skew: 0, busy: null, choice: null, reopened: false, celebrate: null,
  history: [], names: {}, summary: null, witnesses: null, expanded: null, password: false, nudged: null,
}

/** The secret of a seat link, behind the address's #, where no server hears of it; empty if there is none. */
const codeHere = () => /^#seat=([\w-]+)$/.exec(location.hash)?.[1] ?? ''

/** The open session: its stream and its votes. Everything that is shown lies in the store. */
export class OpenRoom {
  /** @param {string} id */
  constructor(id) {
    this.id = id
    /** @type {Stream|null} */
    this.stream = null
    this.closed = false
    /** What the tabs of this browser have together. It comes beside the session; without it each has a stream of its own, and answers for it. @type {typeof import('./shared.js')|null} */
    this.tabs = null
    this.votes = new VoteQueue({ id, api, room: () => this.room(), change: (part) => setRoom(id, part), refused: refusedVote, waits: waitingVote, late: lateVote, unheard: () => this.stream?.unanswered() })
    /** The tries to find the session, before there is a stream. */
    this.tries = new Tries({
      attempt: (patience, signal) => this.look(patience, signal),
      trying: () => setRoom(id, { retryAt: null }),
      planned: (retryAt) => setRoom(id, { phase: 'failed', retryAt }),
    })
    this.unlisten = ['online', 'pageshow', 'visibilitychange'].map((type) => {
      const wake = () => { if (this.room()?.phase === 'failed') this.tries.soon() }
      addEventListener(type, wake)
      return () => removeEventListener(type, wake)
    })
    set({ room: { ...EMPTY, id } })
  }

  /** @returns {Room|null} what is shown, if it is still this room */
  room() {
    const { room } = get()
    return room?.id === this.id && !this.closed ? room : null
  }

  /** Looks who I am here, and begins to listen. */
  open() { this.tries.now() }

  /** @param {number} timeout @param {AbortSignal} signal @returns {Promise<boolean>} false: nobody can say */
  async look(timeout, signal) {
    if (codeHere() && !await this.sitDown()) return false
    const me = seatIn(this.id)
    try {
      const tabs = import('./shared.js').catch(() => null)
      const session = await api.session(this.id, me, { timeout: this.room()?.phase === 'failed' ? timeout : LONG, signal })
      this.tabs = await tabs
      if (!signal.aborted) this.enter(session, me)
      return true
    } catch (e) {
      if (!(e instanceof Refusal)) throw e
      if (signal.aborted || !this.room()) return true
      if (e.status !== 401 || !e.over) return this.shut(e, me)
      if (!me) return this.askPassword()
      keepSeat(this.id, null)
      return this.look(timeout, signal)
    }
  }

  /** Takes the seat for which the address has a link, and forgets the link: it is good once. @returns {Promise<boolean>} false: nobody can say */
  async sitDown() {
    try {
      const { session_id, user_id, session } = await api.takeSeat(codeHere())
      keepSeat(session_id, user_id, session.name)
    } catch (e) {
      if (!(e instanceof Refusal)) throw e
      if (!this.room()) return true
      if (e.unknown || e.foreign || e.status === 429) return false
      toast(t('seat.invalid'))
      alarm(t('seat.invalid'))
    }
    if (this.room()) history.replaceState(null, '', location.pathname)
    return true
  }

  /** Nothing is said of the session to who has no seat in it. */
  askPassword() {
    setRoom(this.id, { phase: 'join', session: null, password: true })
    return true
  }

  /** @param {Session} session @param {string|null} me */
  enter(session, me) {
    if (!this.room()) return
    this.tries.stop() // a look that is under way may still know nothing of the seat
    setRoom(this.id, { session, me, phase: me ? 'seated' : 'join', myVote: session.my_vote ?? null, wanted: undefined, places: seat(new Map(), session.participants, me), connection: 'connecting', lostAt: null, ending: null })
    if (me) keepSeat(this.id, me, session.name, session.settings.listed)
    this.stream?.close()
    lineIs(true)
    this.votes.reset()
    this.stream = new Stream(`/api/sse/${encodeURIComponent(this.id)}?${new URLSearchParams({ ping: 'true', ...(me && { user_id: me }) })}`, {
      event: (e, old) => this.event(e, old),
      open: () => { lineIs(true); setRoom(this.id, { connection: 'live', retryAt: null, lostAt: null }); hush(); happened.connection('live'); this.votes.live() },
      lost: (retryAt) => { if (me) lineIs(false); setRoom(this.id, { connection: 'lost', retryAt, lostAt: this.room()?.lostAt ?? Date.now() }); happened.connection('lost') },
      mayReturn: (patience, signal) => this.mayReturn(patience, signal),
    }, (this.tabs?.together ?? alone)(browser), pace)
  }

  /** Before each try of ours to come back: is there still a session, and a seat in it? @param {number} timeout @param {AbortSignal} signal @returns {Promise<'yes'|'no'|'later'>} */
  async mayReturn(timeout, signal) {
    const room = this.room()
    if (!room) return 'no'
    try {
      await api.session(this.id, room.me, { timeout, signal })
      return 'yes'
    } catch (e) {
      if (signal.aborted || !(e instanceof Refusal) || !e.over) return 'later'
      return (e.status === 401 && !room.me ? this.askPassword() : this.shut(e, room.me, true)) ? 'no' : 'later'
    }
  }

  /** The session cannot be entered. @param {Refusal} refusal @param {string|null} me @param {boolean} [wasThere] @returns {boolean} whether that is known */
  shut({ status, over }, me, wasThere = false) {
    if (!over) return false
    if (status === 401) this.over('gone')
    else void this.ended(me || wasThere ? 'inactive' : 'unknown', me)
    return true
  }

  /** The session is no more. The server may still know how it ended, and what came of it. @param {Ending} ending as far as the page knows @param {string|null} me */
  async ended(ending, me) {
    this.stream?.close()
    lineIs(true) // it has answered
    const said = await api.summary(this.id, me).catch(() => null)
    const room = this.room()
    if (!room) return
    if (said) setRoom(this.id, { summary: summarize(said, room.names) })
    this.over(endingIn(this.id) ?? said?.end_reason ?? ending)
  }

  /** @param {Ending} ending */
  over(ending) {
    this.stream?.close()
    noGoodbye()
    this.votes.close()
    lineIs(true)
    if (ending !== 'full') keepSeat(this.id, null)
    if (ending === 'left' || ending === 'kicked') keepEnding(this.id, ending)
    setRoom(this.id, { phase: 'over', ending, wanted: undefined })
    set({ dialog: null, form: { busy: false, error: null } })
  }

  /** @param {Envelope} event @param {boolean} old whether it is no news here */
  event(event, old) {
    const room = this.room()
    if (!room) return
    if (event.type === 'session_expired') {
      const ending = /** @type {Ending} */ (event.data.reason)
      if (room.session?.rounds.length && !room.history.length) return void this.ended(ending, room.me) // who has no seat yet keeps no account of the rounds
      return this.over(ending)
    }
    if (event.type === 'user_left' && event.data.user_id === room.me) return this.over(/** @type {Ending} */ (event.data.reason))
    const session = /** @type {Session} */ (fold(room.session, event))
    const newRound = session.current_round?.id !== room.session?.current_round?.id
    const skew = Math.max(room.skew || -Infinity, Date.parse(event.timestamp) - Date.now())
    setRoom(this.id, {
      session, skew, stories: follow(room.stories, event), places: seat(room.places, session.participants, room.me),
      ...(newRound && session.current_round?.story_id === room.upNext ? { upNext: null } : {}),
      ...(event.type === 'round_completed' ? { choice: null, reopened: false } : {}),
      ...(newRound ? { choice: null, reopened: false, celebrate: null, nudged: null } : {}),
    })
    happened.event(event, room, session, old)
    this.votes.event(event)
    void catchUp(this.id)
  }

  /** Someone in another tab of this browser took a seat here, or gave it up. */
  seatChanged() {
    const room = this.room()
    if (room && room.phase === 'join' && seatIn(this.id)) this.open()
  }

  close() {
    this.closed = true
    this.tries.stop()
    for (const end of this.unlisten) end()
    goodbye()
    this.stream?.close()
    this.votes.close()
    left()
  }
}

/** @type {OpenRoom|null} */
let current = null

/** The room that is open, if one is. */
export const openRoom = () => current

/** Asked later, it says whether the room that is open now still is: an answer that comes after it was left is none of the page's business. @returns {() => boolean} */
export function stillHere() {
  const was = current
  return () => current === was
}

/** @param {string|null} id null leaves the room that is open */
export function change(id) {
  current?.close()
  current = id ? new OpenRoom(id) : null
  current?.open()
}
