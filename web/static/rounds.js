// @ts-check
/** @import { Memory, Past, Report, Round, Session, Line } from './types.js' */

/**
 * What the page knows of the completed rounds, after the session has changed. The session lists the last ones in short; the one on the table is known whole.
 * @param {Past[]} known oldest first @param {Session} session @returns {Past[]} the same array if nothing is new
 */
export function remember(known, session) {
  let next = known
  for (const short of session.rounds) {
    const was = next.find((r) => r.id === short.id)
    const now = { ...(session.current_round?.id === short.id ? whole(session.current_round) : was ?? short), estimate: short.estimate }
    if (!was) next = [...next, now]
    else if (was.estimate !== now.estimate || !was.votes && now.votes) next = next.map((r) => (r === was ? now : r))
  }
  return next
}

/** Whether the votes of a round are not known. @param {Past[]} known */
export const gaps = (known) => known.some((r) => !r.votes)

/** Rounds that the server has said, and those that came since. @param {Past[]} known @param {Round[]} said oldest first @returns {Past[]} */
export function complete(known, said) {
  const all = said.map(whole)
  const estimates = new Map(known.map((r) => [r.id, r.estimate]))
  return [...all.map((r) => ({ ...r, estimate: estimates.get(r.id) ?? r.estimate })), ...known.filter((r) => !all.some((a) => a.id === r.id))]
}

/** What the server says came of a session. @param {Report} said @param {Record<string, string>} names of those who were seen there @returns {Memory} */
export const summarize = ({ name, rounds, participants }, names) => ({ name, rounds: rounds.map(whole), names: { ...names, ...Object.fromEntries(participants.map((p) => [p.id, p.name])) } })

/** @param {Round} r @returns {Past} */
const whole = ({ id, topic, story_id, estimate, started_at, completed_at, votes, statistics }) => ({ id, topic, story_id, estimate, started_at, completed_at, votes, statistics })

/**
 * The rounds of one topic as one line. The round that is on the table belongs to a line when it is a further vote about what was voted on before.
 * @param {Past[]} rounds oldest first @param {Round|null} [current] @returns {Line[]} in the order in which their topics came
 */
export function lines(rounds, current) {
  /** @type {Line[]} */
  const all = []
  for (const round of rounds) {
    const line = all.findLast((l) => isAbout(l, round, l === all.at(-1)))
    if (line) line.rounds.push(round)
    else all.push({ key: round.id, topic: round.topic, rounds: [round], estimate: null, running: false })
  }
  for (const line of all) line.estimate = line.rounds.findLast((r) => r.estimate !== null)?.estimate ?? null
  const again = current && !rounds.some((r) => r.id === current.id) && all.findLast((l) => isAbout(l, current, l === all.at(-1)))
  if (again) again.running = true
  return all
}

/**
 * Whether a round is about the same as a line. Two rounds about nothing are, if one followed the other at once: "Vote again" completes a round in the moment in which it starts the next.
 * @param {Line} line @param {Past|Round} round @param {boolean} last @returns {boolean}
 */
function isAbout(line, round, last) {
  const before = /** @type {Past} */ (line.rounds.at(-1))
  if (round.story_id || before.story_id) return round.story_id === before.story_id
  if (round.topic !== null || before.topic !== null) return round.topic === before.topic
  return last && before.estimate === null && (!round.started_at || round.started_at === before.completed_at)
}
