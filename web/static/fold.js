// @ts-check
/** @import { Session, Envelope, EventData, User, Round } from './types.js' */

/** How many completed rounds a session lists. */
export const LISTED = 20
/** How many characters of their topics it has. */
export const TOPIC = 40

/**
 * Folds one event of the stream into the session. Pure: the session that is passed in stays as it was.
 * Types of event that we do not know change nothing but the expiry.
 * @param {Session|null} session @param {Envelope} event @returns {Session|null}
 */
export function fold(session, event) {
  if (event.type === 'session_updated') return { ...event.data.session, expires_at: event.expires_at ?? event.data.session.expires_at }
  if (!session) return null
  const next = Object.hasOwn(folds, event.type) ? /** @type {Record<string, Fold<any>>} */ (folds)[event.type](session, event.data, event) : session
  return { ...next, expires_at: event.expires_at ?? next.expires_at }
}

/** @template D @typedef {(s: Session, data: D, event: Envelope) => Session} Fold */

/** @type {{[T in keyof EventData]?: Fold<EventData[T]>}} */
const folds = {
  user_joined: (s, { user }) => ({ ...s, participants: upsert(s.participants, { ...user, is_online: true }) }),
  user_disconnected: (s, { user_id }) => ({ ...s, participants: s.participants.map((p) => (p.id === user_id ? { ...p, is_online: false } : p)) }),
  user_left: (s, { user_id }) => ({ ...s, participants: s.participants.filter((p) => p.id !== user_id), current_round: withoutVote(s.current_round, user_id) }),
  voting_started: (s, data) => ({ ...s, status: 'voting', current_round: newRound(data) }),
  vote_submitted: (s, { user_id }, { timestamp }) => s.current_round
    ? { ...s, current_round: { ...s.current_round, votes: { ...s.current_round.votes, [user_id]: { user_id, value: null, submitted_at: timestamp } } } }
    : s,
  votes_revealed: (s, { round_id, votes, statistics }) => s.current_round && s.current_round.id === round_id
    ? { ...s, status: s.status === 'paused' ? 'paused' : 'results', current_round: { ...s.current_round, is_revealed: true, votes, statistics, reveals_at: null, ends_at: null } }
    : s,
  round_completed: (s, data) => completed(s, data),
  scrum_master_changed: (s, { new_master_id }) => ({ ...s, scrum_master_id: new_master_id }),
  timer_updated: (s, { round_id, ends_at }) => s.current_round?.id === round_id ? { ...s, current_round: { ...s.current_round, ends_at } } : s,
  stories_updated: (s, { version, total, estimated, original }) => ({ ...s, backlog: { version, total, estimated, original } }),
  session_paused: (s, { resumes_by, takeover_at }) => ({ ...s, status: 'paused', resumes_by: resumes_by ?? null, takeover_at: takeover_at ?? null }),
}

/** @param {User[]} all @param {User} one */
function upsert(all, one) {
  return all.some((p) => p.id === one.id) ? all.map((p) => (p.id === one.id ? { ...p, ...one } : p)) : [...all, one]
}

/** Who leaves before the reveal takes the vote along. @param {Round|null} round @param {string} user */
function withoutVote(round, user) {
  if (!round || round.is_revealed || !(user in round.votes)) return round
  const { [user]: _, ...votes } = round.votes
  return { ...round, votes }
}

/** @param {EventData['voting_started']} data @returns {Round} */
function newRound(data) {
  return {
    id: data.round_id, topic: data.topic ?? null, story_id: data.story_id ?? null, started_at: data.started_at, votes: {}, is_revealed: false, anonymous: data.anonymous ?? false,
    statistics: null, reveals_at: null, ends_at: data.ends_at ?? null, estimate: null, completed_at: null,
  }
}

/** @param {string|null} topic */
function cut(topic) {
  const all = [...(topic ?? '')]
  return all.length > TOPIC ? all.slice(0, TOPIC - 1).join('') + '…' : topic
}

/** The story that a round is about, where there is one. @param {object} of @returns {{story_id?: string|null}} */
const story = (of) => ('story_id' in of ? { story_id: /** @type {string|null} */ (of.story_id) } : {})

/** A completed round joins the session's list, in short; completed again, it is amended. @param {Session} s @param {EventData['round_completed']} data @returns {Session} */
function completed(s, data) {
  const { round_id: id, statistics, estimate = null } = data
  const current = s.current_round?.id === id ? s.current_round : null
  const listed = s.rounds.find((r) => r.id === id)
  const known = current ?? listed
  const said = { topic: data.topic ?? known?.topic ?? null, estimate, completed_at: data.completed_at ?? listed?.completed_at ?? null }
  const short = { id, ...said, topic: cut(said.topic), ...(known && story(known)), ...story(data) }
  return {
    ...s,
    rounds: listed ? s.rounds.map((r) => (r === listed ? short : r)) : [...s.rounds, short].slice(-LISTED),
    current_round: current ? { ...current, ...said, is_revealed: true, statistics } : s.current_round,
  }
}
