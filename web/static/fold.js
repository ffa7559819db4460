// @ts-check
/** @import { Session, Envelope, User, Round } from './types.js' */

/**
 * Folds one event of the stream into the session. Pure: the session that is passed in stays as it was.
 * Types of event that we do not know change nothing but the expiry.
 * @param {Session|null} session @param {Envelope} event @returns {Session|null}
 */
export function fold(session, event) {
  if (event.type === 'session_updated') return { ...event.data.session, expires_at: event.expires_at ?? event.data.session.expires_at }
  if (!session) return null
  const next = folds[event.type]?.(session, event.data, event) ?? session
  return { ...next, expires_at: event.expires_at ?? next.expires_at }
}

/** @type {Record<string, (s: Session, data: any, event: Envelope) => Session>} */
const folds = {
  user_joined: (s, { user }) => ({ ...s, participants: upsert(s.participants, { ...user, is_online: true }) }),
  user_disconnected: (s, { user_id }) => ({ ...s, participants: s.participants.map((p) => (p.id === user_id ? { ...p, is_online: false } : p)) }),
  user_left: (s, { user_id }) => ({ ...s, participants: s.participants.filter((p) => p.id !== user_id), current_round: withoutVote(s.current_round, user_id) }),
  voting_started: (s, data) => ({ ...s, status: 'voting', current_round: newRound(data) }),
  vote_submitted: (s, { user_id }, { timestamp }) => s.current_round
    ? { ...s, current_round: { ...s.current_round, votes: { ...s.current_round.votes, [user_id]: { user_id, value: null, submitted_at: timestamp } } } }
    : s,
  votes_revealed: (s, { round_id, votes, statistics }) => s.current_round && s.current_round.id === round_id
    ? { ...s, status: s.status === 'paused' ? 'paused' : 'results', current_round: { ...s.current_round, is_revealed: true, votes, statistics, reveals_at: null } }
    : s,
  round_completed: (s, data) => completed(s, data),
  scrum_master_changed: (s, { new_master_id }) => ({ ...s, scrum_master_id: new_master_id }),
  session_paused: (s, { resumes_by }) => ({ ...s, status: 'paused', resumes_by: resumes_by ?? null }),
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

/** @param {{round_id: string, started_at: string, topic?: string|null}} data @returns {Round} */
function newRound(data) {
  return {
    id: data.round_id, topic: data.topic ?? null, started_at: data.started_at, votes: {}, is_revealed: false,
    statistics: null, reveals_at: null, estimate: null, completed_at: null,
  }
}

/** A completed round joins the session's list; completed again, it is amended. @param {Session} s @param {any} data @returns {Session} */
function completed(s, data) {
  const base = s.rounds.find((r) => r.id === data.round_id) ?? (s.current_round?.id === data.round_id ? s.current_round : null)
  const round = /** @type {Round} */ ({
    .../** @type {object} */ (base ?? newRound(data)), is_revealed: true, statistics: data.statistics, estimate: data.estimate ?? null,
    topic: data.topic ?? base?.topic ?? null, completed_at: data.completed_at ?? base?.completed_at ?? null,
  })
  const rounds = base && s.rounds.includes(base) ? s.rounds.map((r) => (r === base ? round : r)) : [...s.rounds, round].slice(-100)
  return { ...s, rounds, current_round: s.current_round?.id === data.round_id ? { ...s.current_round, ...round } : s.current_round }
}
