// What the server says is in openapi.d.ts, which is written from /openapi.json; here is what the page keeps of it.

import type { EventData, Report, Round as ServerRound, RoundAnswer, SessionAnswer, SettingsRequest, Statistics, StoryList as ServerStoryList, Summary, User, Vote } from './openapi.js'

export type { Card, Created, Deck, DeckRequest, EventData, Imported, ImportColumn, ImportedStory, ImportNote, ImportValue, Joined, Report, Seat, SeatLink, Settings, SettingsRequest, Statistics, StoriesDone, Story, StoryAnswer, Summary, User, Vote, WholeStory } from './openapi.js'
export type Role = User['role']
export type Status = SessionAnswer['status']
/** The list of stories, as far as the page keeps it. */
export type StoryList = Pick<ServerStoryList, 'version' | 'stories'>
/** A round as everybody sees it, or as the server answers to somebody. */
export type Round = ServerRound & Partial<Pick<RoundAnswer, 'my_vote'>>
/** A completed round, in short; whole, once the page knows its votes. */
export interface Past { id: string; topic: string | null; story_id?: string | null; estimate: string | null; completed_at: string | null; started_at?: string; votes?: Record<string, Vote>; statistics?: Statistics | null }
/** The completed rounds of one topic. */
export interface Line {
  /** The first round's id. */
  key: string
  topic: string | null
  rounds: Past[]
  /** The last one that was accepted. */
  estimate: string | null
  /** The round on the table is a further one. */
  running: boolean
}
/** What is left of a session when it is over. */
export interface Memory { name: string; rounds: Past[]; names: Record<string, string> }
/** The session as the stream says it, or as the server answers to somebody. */
export type Session = Omit<SessionAnswer, 'my_vote' | 'current_round' | 'rounds'> & Partial<Pick<SessionAnswer, 'my_vote'>> & { current_round: Round | null; rounds: Past[] }
/** One event of a session's stream: its type decides what its data is. */
export type Envelope = { [T in keyof EventData]: { type: T; session_id: string; timestamp: string; expires_at: string; data: EventData[T] } }[keyof EventData]

/** What not everybody may do; `may` in words.js says who. */
export type Action = 'start' | 'reveal' | 'accept' | 'stories' | 'deck' | 'timer' | 'nudge' | 'lock' | 'end' | 'kick' | 'transfer' | 'facilitators' | 'settings'
export type Connection = 'connecting' | 'live' | 'lost'
export type Ending = 'kicked' | 'left' | 'gone' | 'unknown' | 'ended' | 'inactive' | 'empty' | 'full' | 'closed'

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
  /** When the next try to connect is made, in milliseconds since 1970; null while none is planned, or one is under way. */
  retryAt: number | null
  /** Since when the connection is lost. */
  lostAt: number | null
  /** Who sits where: places by user id. */
  places: Map<string, number>
  /** What the server's clock is ahead of ours, in milliseconds. */
  skew: number
  /** The action whose answer is awaited. */
  busy: string | null
  /** The estimate that the Scrum Master has picked to accept. */
  choice: string | null
  /** The Scrum Master decides anew on a round that is completed. */
  reopened: boolean
  /** Every completed round that the page knows, oldest first. */
  history: Past[]
  /** Everybody who was seen here, by id. */
  names: Record<string, string>
  /** What the server says came of the session, where this page does not know it. */
  summary: Memory | null
  /** The list of stories; null until it was read. Its version is 0 when it is known to be old. */
  stories: StoryList | null
  /** The story that was picked here to be voted on next. */
  upNext: string | null
  /** Who was there when the cards of a round turned. */
  witnesses: { round: string; users: string[] } | null
  /** The line of past rounds that is open. */
  expanded: string | null
  /** The round whose consensus is being celebrated. */
  celebrate: string | null
  /** Joining takes a password, and nothing of the session is known before. */
  password: boolean
  /** Since when I am reminded of my card, in milliseconds since 1970; null when I am not. */
  nudged: number | null
}

/** What the page takes from the browser. */
export interface World {
  fetch: (path: string, init: RequestInit) => Promise<Response>
  source: (url: string) => Source
  /** Sends a request whose answer nobody waits for, even when the page goes. */
  beacon: (url: string) => void
  /** Bytes that nobody can guess. */
  bytes: (n: number) => Uint8Array
  /** From 0 to 1. */
  random: () => number
  /** In milliseconds since 1970. */
  now: () => number
  /** Calls once, after so many milliseconds, unless it is cancelled. */
  after: (ms: number, what: () => void) => unknown
  cancel: (timer: unknown) => void
  /** Whether the page can be seen. */
  visible: () => boolean
  /** Returns what ends it. */
  listen: (type: 'online' | 'offline' | 'pageshow' | 'visibilitychange', listener: () => void) => () => void
}
/** As much of an EventSource as the page uses. */
export interface Source {
  onopen: ((e: Event) => void) | null
  /** old: it happened before this page came, and is no news in it. */
  onmessage: ((e: MessageEvent & { old?: boolean }) => void) | null
  onerror: ((e: Event) => void) | null
  addEventListener(type: 'open' | 'ping', listener: () => void): void
  readonly readyState: number
  /** How long it may wait for another tab before it asks the server itself, in milliseconds. */
  readonly waits?: number
  /** lost: it has broken, or is in doubt, and the page is still there. The server may not know that it is closed. */
  close(lost?: boolean): void
}

export interface Me { name: string; avatar: string }
/** What the form about oneself holds; picked: the face was chosen by hand; watches: as a spectator. */
export interface Draft extends Me { picked?: boolean; watches?: boolean }
/** What a new session begins with: the name of a deck, or the word for one's own, and settings that differ from the usual ones. */
export interface Setup { deck: string; own: { name: string; text: string }; settings: Omit<SettingsRequest, 'password'> }
/** What the summary page has. */
export type Takeaway = { id: string; report: Report | null; problem: 'gone' | 'closed' | 'silent' | null }
export type Field = 'me-name' | 'session-name' | 'password' | 'own-cards' | 'new-password'
export interface Prefs { theme: 'system' | 'light' | 'dark'; lang: string | null; sound: boolean; me: Me | null }
export type Dialog = { kind: 'invite' | 'menu' | 'help' | 'end' | 'leave' | 'restart' | 'away' | 'topic' | 'again' | 'profile' | 'deck' | 'settings' | 'timer' | 'seat' } | { kind: 'person' | 'kick'; user: string } | { kind: 'stories' | 'add-stories' } | { kind: 'import-stories'; source?: File[] | string } | { kind: 'export'; session: string } | { kind: 'story' | 'edit-story' | 'remove-story'; story: string }
/** offline: it is about the line that is down, and goes when that is up again. */
export interface Toast { text: string; tone: 'refusal' | 'info' | 'offline' }
/** How the table lies: an oval; two columns of seats on a phone held upright; two rows in a low window; people and cards in lines where there is room for nothing else. */
export type Shape = 'around' | 'upright' | 'flat' | 'small'

export interface State {
  route: { name: 'home' } | { name: 'session' | 'summary'; id: string }
  prefs: Prefs
  lobby: Summary[] | null
  lobbyLive: boolean
  room: Room | null
  dialog: Dialog | null
  toast: Toast | null
  /** What the form on this page is doing; field: the one that the error is about. */
  form: { busy: boolean; error: string | null; field?: Field }
  draft: Draft
  setup: Setup
  /** A seat link of mine, by which I can go on on another device; without a code if none could be had. */
  seatLink?: { code: string; until: number } | null
  /** What was copied a moment ago, and whether that worked. */
  copied?: { what: 'link' | 'rounds' | 'markdown' | 'table' | 'seat'; ok: boolean } | null
  /** Addresses of this server that others can open; null until the server was asked. */
  addresses?: string[] | null
  /** The one of them that was chosen for the invitation. */
  address?: string | null
  /** A session of the same name as the one that is over here, open now. */
  successor?: Summary | null
  /** On the page of what a team takes home. */
  takeaway?: Takeaway | null
  /** The name that the form for a new session begins with. */
  proposal?: string
  now: number
  shape: Shape
}
