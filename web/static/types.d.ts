// What the server says (see docs and /openapi.json), and what the page keeps of it.

export interface User { id: string; name: string; avatar: string; is_online: boolean; joined_at: string }
export interface Card { value: string; number: number | null }
export interface Vote { user_id: string; value: string | null; submitted_at: string }
export interface Statistics {
  average: number | null; median: number | null; lowest: number | null; highest: number | null; suggestion: string | null
  distribution: Record<string, number>; consensus: boolean; coffee_votes: number; total_votes: number
}
export interface Round {
  id: string; topic: string | null; votes: Record<string, Vote>; is_revealed: boolean; statistics: Statistics | null
  started_at: string; reveals_at: string | null; estimate: string | null; completed_at: string | null; my_vote?: string | null
}
export type Status = 'waiting' | 'voting' | 'revealing' | 'results' | 'paused'
export interface Session {
  id: string; name: string; participants: User[]; scrum_master_id: string; status: Status; current_round: Round | null
  expires_at: string; created_at: string; last_activity: string; resumes_by: string | null; rounds: Round[]
  deck: { name: string; cards: Card[] }; settings: { reveal_countdown_seconds: number }; my_vote?: string | null
}
export interface Summary { id: string; name: string; participant_count: number; scrum_master_name: string; status: Status; created_at: string }
export interface Envelope { type: string; session_id: string; timestamp: string; expires_at: string; data: any }

export type Connection = 'connecting' | 'live' | 'lost'
export type Ending = 'kicked' | 'left' | 'gone' | 'unknown' | 'ended' | 'inactive' | 'empty' | 'full'

/** One session as this page sees it. */
export interface Room {
  id: string
  phase: 'loading' | 'join' | 'seated' | 'over' | 'failed'
  ending: Ending | null
  session: Session | null
  me: string | null
  /** The card that the server has confirmed as mine. */
  myVote: string | null
  /** The card I asked for and the server has not answered yet; undefined when nothing is under way. */
  wanted: string | null | undefined
  connection: Connection
  /** When the next try to connect is made, in milliseconds since 1970; null while none is planned. */
  retryAt: number | null
  /** Who sits where: places by user id. */
  places: Map<string, number>
  /** What the server's clock is ahead of ours, in milliseconds. */
  skew: number
  /** The action whose answer is awaited. */
  busy: string | null
  /** The estimate that the Scrum Master has picked to accept. */
  choice: string | null
  /** The Scrum Master goes on without an estimate. */
  skipping: boolean
  /** The round whose consensus is being celebrated. */
  celebrate: string | null
}

export interface Me { name: string; avatar: string }
export interface Prefs { theme: 'system' | 'light' | 'dark'; lang: string | null; sound: boolean; me: Me | null }
export type Dialog = { kind: 'invite' | 'menu' | 'help' | 'end' | 'leave' | 'restart' } | { kind: 'person' | 'kick'; user: string }
export interface Toast { text: string; tone: 'refusal' | 'info' }

export interface State {
  route: { name: 'home' } | { name: 'session'; id: string }
  prefs: Prefs
  lobby: Summary[] | null
  lobbyLive: boolean
  room: Room | null
  dialog: Dialog | null
  toast: Toast | null
  /** What the form on this page is doing. */
  form: { busy: boolean; error: string | null }
  draft: Me
  now: number
  wide: boolean
  portrait: boolean
}
