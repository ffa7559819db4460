// Written by a test from the OpenAPI document; do not edit, run make golden.

export interface AcceptRequest {
  /** A card of the session's deck; absent or null for no estimate. */
  estimate?: string
}

export interface Addresses {
  /** What a link to this server starts with on another machine, the likeliest first; none if others cannot reach it. */
  addresses: Array<string>
}

export interface Card {
  number: number | null
  value: string
}

export interface Completed {
  completed_at: string | null
  estimate: string | null
  round_id: string
  statistics: Statistics | null
  topic: string | null
}

export interface CreateRequest {
  /** Up to 200 characters; may be empty. */
  creator_avatar: string
  /** 1 to 50 characters. */
  creator_name: string
  /** 1 to 100 characters. */
  name: string
  settings?: SettingsRequest
}

export interface Created {
  join_url: string
  session: SessionAnswer
  session_id: string
  /** The creator's secret credential. It is also set as a cookie. */
  token: string
  user_id: string
}

export interface Deck {
  cards: Array<Card>
  name: string
}

export interface Done {
  message: string
  success: boolean
}

export interface End {
  reason: string
}

export interface EventData {
  round_completed: Completed
  scrum_master_changed: MasterChanged
  session_expired: End
  session_paused: Pause
  session_updated: Updated
  sessions_updated: List
  user_disconnected: OfUser
  user_joined: JoinedUser
  user_left: Gone
  vote_submitted: OfUser
  votes_revealed: RevealedVotes
  voting_started: Started
}

export interface Gone {
  reason: string
  user_id: string
}

export interface Health {
  status: "healthy"
  timestamp: string
}

export interface JoinRequest {
  /** Up to 200 characters; may be empty. */
  user_avatar: string
  /** 1 to 50 characters. */
  user_name: string
}

export interface Joined {
  session: SessionAnswer
  /** The new user's secret credential. It is also set as a cookie. */
  token: string
  user_id: string
}

export interface JoinedUser {
  reconnected?: boolean
  user: User
}

export interface List {
  sessions: Array<Summary>
}

export interface MasterChanged {
  new_master_id: string
  old_master_id: string
  reason: string
}

export interface OfUser {
  user_id: string
}

export interface Pause {
  reason: string
  resumes_by: string | null
  takeover_at: string | null
}

export interface Problem {
  /** What to do about it. */
  detail: string
  /** The title again, for clients of the original plan. */
  error: string
  /** Which input is meant. */
  field?: string
  status: number
  title: string
  /** What kind of problem it is, as a reference into the documentation. */
  type: string
}

export interface ProfileRequest {
  /** Up to 200 characters; may be empty. */
  avatar?: string
  /** 1 to 50 characters. */
  name?: string
}

export interface Reconnected {
  message: string
  session: SessionAnswer
  success: boolean
}

export interface Revealed {
  reveals_at: string | null
  round_id: string
  statistics: Statistics | null
  votes: Record<string, Vote>
}

export interface RevealedVotes {
  round_id: string
  statistics: Statistics | null
  votes: Record<string, Vote>
}

export interface Round {
  completed_at: string | null
  /** The accepted estimate. */
  estimate: string | null
  id: string
  is_revealed: boolean
  /** When a running countdown ends. */
  reveals_at: string | null
  started_at: string
  statistics: Statistics | null
  topic: string | null
  /** By user id. Each value is null until the round is revealed. */
  votes: Record<string, Vote>
}

export interface RoundAnswer {
  completed_at: string | null
  /** The accepted estimate. */
  estimate: string | null
  id: string
  is_revealed: boolean
  /** The caller's own card, if they brought a credential. */
  my_vote: string | null
  /** When a running countdown ends. */
  reveals_at: string | null
  started_at: string
  statistics: Statistics | null
  topic: string | null
  /** By user id. Each value is null until the round is revealed. */
  votes: Record<string, Vote>
}

export interface RoundInShort {
  completed_at: string | null
  estimate: string | null
  id: string
  story_id?: string
  /** Cut to 40 characters, the last one an ellipsis, if it is longer. The whole round is in the rounds of the session. */
  topic: string | null
}

export interface Session {
  created_at: string
  current_round: Round | null
  deck: Deck
  expires_at: string
  id: string
  last_activity: string
  name: string
  /** In the order in which they joined. */
  participants: Array<User>
  /** While paused: when the role of the Scrum Master goes on. null: when the next participant comes online. */
  resumes_by: string | null
  /** The last completed rounds in short, newest last: 20, or as many as have room in 2,300 bytes. */
  rounds: Array<RoundInShort>
  scrum_master_id: string
  settings: Settings
  status: "waiting" | "voting" | "revealing" | "results" | "paused"
  /** While paused: from when on anybody with an open stream may take the role. */
  takeover_at: string | null
}

export interface SessionAnswer {
  created_at: string
  current_round: Round | null
  deck: Deck
  expires_at: string
  id: string
  last_activity: string
  /** The caller's own card in the current round, if they brought a credential. */
  my_vote: string | null
  name: string
  /** In the order in which they joined. */
  participants: Array<User>
  /** While paused: when the role of the Scrum Master goes on. null: when the next participant comes online. */
  resumes_by: string | null
  /** The last completed rounds in short, newest last: 20, or as many as have room in 2,300 bytes. */
  rounds: Array<RoundInShort>
  scrum_master_id: string
  settings: Settings
  status: "waiting" | "voting" | "revealing" | "results" | "paused"
  /** While paused: from when on anybody with an open stream may take the role. */
  takeover_at: string | null
}

export interface Settings {
  /** Time between asking for the reveal and the turning of the cards, 0 to 10. May have a fraction. */
  reveal_countdown_seconds: number
}

export interface SettingsRequest {
  /** Time between asking for the reveal and the turning of the cards, 0 to 10. May have a fraction. */
  reveal_countdown_seconds?: number
}

export interface StartRequest {
  /** What the round is about, up to 500 characters. */
  topic?: string
}

export interface Started {
  round_id: string
  started_at: string
  topic: string | null
}

export interface Statistics {
  /** Mean of the numeric votes; null without any. */
  average: number | null
  coffee_votes: number
  /** At least one numeric vote, and all of them the same. */
  consensus: boolean
  /** How often each value was voted. */
  distribution: Record<string, number>
  /** Largest numeric vote; null without any. */
  highest: number | null
  /** Smallest numeric vote; null without any. */
  lowest: number | null
  /** Median of the numeric votes; null without any. */
  median: number | null
  /** The deck's card nearest to the average; null without numeric votes. */
  suggestion: string | null
  total_votes: number
}

export interface Summary {
  created_at: string
  id: string
  name: string
  participant_count: number
  scrum_master_name: string
  status: "waiting" | "voting" | "revealing" | "results" | "paused"
}

export interface Updated {
  session: Session
}

export interface User {
  /** Up to 200 characters, chosen by the participant; may be empty. */
  avatar: string
  /** Public id. It is no proof of being this participant. */
  id: string
  is_online: boolean
  joined_at: string
  /** 1 to 50 characters. */
  name: string
}

export interface Vote {
  submitted_at: string
  user_id: string
  /** null until the round is revealed. */
  value: string | null
}

export interface VoteRequest {
  /** A card of the session's deck: 1, 2, 3, 5, 8, 13, 21 or coffee. */
  vote: string
}
