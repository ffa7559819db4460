// Written by a test from the OpenAPI document; do not edit, run make golden.

export interface AcceptRequest {
  /** A card of the session's deck; absent or null for no estimate. */
  estimate?: string
}

export interface Card {
  number: number | null
  value: string
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
  /** Completed rounds, newest last, at most 100. */
  rounds: Array<Round>
  scrum_master_id: string
  settings: Settings
  status: "waiting" | "voting" | "revealing" | "results" | "paused"
}

export interface Settings {
  /** Time between asking for the reveal and the turning of the cards, 0 to 10. */
  reveal_countdown_seconds: number
}

export interface SettingsRequest {
  /** 0 to 10, may have a fraction. */
  reveal_countdown_seconds?: number
}

export interface StartRequest {
  /** What the round is about, up to 500 characters. */
  topic?: string
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

/** The data of events, by their type. */
export type EventData = Record<string, any>
