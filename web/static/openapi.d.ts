// Written by a test from the OpenAPI document; do not edit, run make golden.

export interface AcceptRequest {
  /** A card of the session's deck; absent or null for no estimate. */
  estimate?: string | null
}

export interface AddStoriesRequest {
  /** The story before which they are to stand; null or left out: at the end. */
  before?: string | null
  /** 1 to 500. */
  stories: Array<NewStory>
}

export interface AddedStory {
  /** The story before which it stands; null: at the end. */
  before: string | null
  story: Story
}

export interface Addresses {
  /** What a link to this server starts with on another machine, the likeliest first; none if others cannot reach it. */
  addresses: Array<string>
}

export interface Backlog {
  estimated: number
  /** A file was imported and is kept: an export of the format original gives it back. */
  original: boolean
  total: number
  /** Grows by one with every stories_updated. Who is behind reads the list again. */
  version: number
}

export interface Card {
  number: number | null
  value: string
}

export interface CardRequest {
  /** What the card weighs; null: nothing. Left out: what its value says, of which ½, 1/2, 0.5 and 0,5 are the same number. */
  number?: number | null
  /** 1 to 16 characters. */
  value: string
}

export interface Completed {
  completed_at: string | null
  estimate: string | null
  round_id: string
  statistics: Statistics | null
  story_id: string | null
  topic: string | null
}

export interface CreateRequest {
  /** Up to 200 characters; may be empty. */
  creator_avatar: string
  /** 1 to 50 characters. */
  creator_name: string
  /** Default: fibonacci. */
  deck?: DeckRequest
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

export interface DeckRequest {
  /** 2 to 30 cards, all different, in the order in which they lie in the hand. */
  cards?: Array<CardRequest>
  /** Without cards: fibonacci, modified-fibonacci, powers, t-shirt, fist or hours. With cards: what one's own deck is called, 1 to 50 characters. */
  name: string
}

export interface Done {
  message: string
  success: boolean
}

export interface EditStoryRequest {
  description?: string
  /** A card of the session's deck; null takes an estimate back. */
  estimate?: string | null
  key?: string
  status?: "todo" | "skipped"
  title?: string
  type?: string
  /** null: none. */
  url?: string | null
  /** The version of the story on which the change was made. If its texts have changed since: 409, and current has the story as it is. */
  version?: number
}

export interface End {
  reason: string
}

export interface EventData {
  nudged: OfUsers
  round_completed: Completed
  scrum_master_changed: MasterChanged
  session_expired: End
  session_paused: Pause
  session_updated: Updated
  sessions_updated: List
  stories_updated: StoriesChange
  timer_updated: Timer
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

export interface ImportColumn {
  /** Counted from 0. */
  index: number
  /** key, title, description, type, status, points, url, parent or sprint; null: it is not read. */
  meaning: string | null
  name: string
  /** The first cell that is filled, on one line, cut to 80 characters. */
  sample: string
  /** The file has no names of columns: this one is made of the place, in English. */
  unnamed: boolean
}

export interface ImportNote {
  code: "other_sheet" | "broken_letters" | "guessed_letters" | "wrapped_rows" | "loose_quotes" | "guessed_title" | "no_results" | "no_title" | "long_rows" | "cut_titles" | "cut_descriptions" | "cut_keys" | "rounded_keys" | "too_many" | "one_page" | "not_whole" | "guessed_keys" | "sums" | "not_written" | "no_room" | "no_card" | "not_kept"
  /** How many there may be, or are: of characters, or of stories; 0 for none. */
  max: number
  /** How many rows, stories, sheets or formulas it is about; 0 where it counts nothing. */
  n: number
  /** Of a sheet, a column or a cell; empty for none. */
  name: string
  /** The first that it is about, counted from 1; 0 for none. */
  row: number
}

export interface ImportSkipped {
  reason: string
  /** Counted from 1, headers included. */
  row: number
}

export interface ImportValue {
  /** How many stories have it. */
  count: number
  value: string
}

export interface Imported {
  /** How many of these were added, or would be. */
  added: number
  columns: Array<ImportColumn>
  /** Empty where there is none. */
  delimiter: string
  dry_run: boolean
  /** How its letters are encoded; a workbook has utf-8. */
  encoding: string
  /** How many of these were on the list already. */
  existing: number
  /** What kind of file it is, such as jira-csv. */
  format: string
  message: string
  /** The warnings once more, in the same order, for a client with words of its own. */
  notes: Array<ImportNote>
  /** The file is kept, or would be if there is room: an export of the format original gives it back. */
  original: boolean
  /** How many stories the session takes besides those on its list. If more would be added, the import is refused with 409. */
  room: number
  /** How many stories of the file are asked for: those that the query lets through. */
  selected: number
  /** Rows that are no story, the first 500. */
  skipped: Array<ImportSkipped>
  skipped_total: number
  sprints: Array<ImportValue>
  statuses: Array<ImportValue>
  /** Those that are asked for, in the order of the file, the first 1,000. */
  stories: Array<ImportedStory>
  success: boolean
  /** How many rows the file has, without headers and empty ones. */
  total: number
  /** The same for people, such as Jira. */
  tracker: string
  /** What to choose from: the values of all stories of the file, in its order, at most 200. So for statuses and sprints. */
  types: Array<ImportValue>
  /** Of the list. */
  version: number
  /** What to mind, in English. */
  warnings: Array<string>
}

export interface ImportedStory {
  /** The tracker counts it as finished. */
  done: boolean
  /** That of the story on the list, or with estimates=true the card that it would get. */
  estimate: string | null
  /** It was on the list already. */
  existing: boolean
  key: string
  parent: string
  /** As the file has them; empty for none. */
  points: string
  /** Counted from 1, headers included. */
  row: number
  sprint: string
  /** As the tracker has it. */
  status: string
  /** Which story of the list it is; null: none yet, or not any more. */
  story_id: string | null
  title: string
  type: string
  url: string | null
}

export interface JoinRequest {
  /** The session's, if it is protected. */
  password?: string
  /** Spectators do not vote. */
  role?: "voter" | "spectator"
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

export interface MoveStoryRequest {
  /** The story before which it is to stand; null or left out: at the end. */
  before?: string | null
}

export interface MovedStory {
  /** The story before which it stands; null: at the end. */
  before: string | null
  id: string
}

export interface NewStory {
  /** Up to 10,000 characters. */
  description?: string
  /** A card of the session's deck. */
  estimate?: string | null
  /** Its name in a tracker, up to 64 characters. */
  key?: string
  status?: "todo" | "skipped"
  /** 1 to 500 characters. */
  title: string
  /** Up to 40 characters. */
  type?: string
  /** A link, by http or https, up to 2,000 characters. */
  url?: string | null
}

export interface NudgeRequest {
  /** Of these, voters who have not voted; left out: all of these. */
  user_ids?: Array<string>
}

export interface OfUser {
  user_id: string
}

export interface OfUsers {
  user_ids: Array<string>
}

export interface Pause {
  reason: string
  resumes_by: string | null
  takeover_at: string | null
}

export interface Problem {
  /** Where in the row: counted from 1. */
  column?: number
  /** The story as it is now, if somebody else has changed it. */
  current?: WholeStory
  /** What to do about it. */
  detail: string
  /** The title again, for clients of the original plan. */
  error: string
  /** Which input is meant. */
  field?: string
  /** What is wrong with a file, in a word. */
  reason?: "empty" | "wrong_file" | "too_large" | "too_many" | "cut" | "broken" | "unsafe"
  /** Where in a file: counted from 1, headers included. */
  row?: number
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

export interface Report {
  created_at: string
  deck: Deck
  /** null while the session lives. */
  end_reason: "inactive" | "ended" | "empty" | null
  /** null while the session lives. */
  ended_at: string | null
  id: string
  name: string
  /** Those who had a seat in the end. */
  participants: Array<User>
  /** Every completed round, oldest first. */
  rounds: Array<Round>
  scrum_master_id: string
  /** In their order. */
  stories: Array<WholeStory>
  /** Of the list of stories. */
  version: number
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

export interface RoleRequest {
  role: "voter" | "spectator"
  /** Whose role it is; left out: one's own. */
  user_id?: string
}

export interface Round {
  /** The votes never name anybody's card; the statistics are whole. */
  anonymous: boolean
  completed_at: string | null
  /** When the round's timer ends. */
  ends_at: string | null
  /** The accepted estimate. */
  estimate: string | null
  id: string
  is_revealed: boolean
  /** When a running countdown ends. */
  reveals_at: string | null
  started_at: string
  statistics: Statistics | null
  /** Of the story that the round is about. */
  story_id: string | null
  topic: string | null
  /** By user id. Each value is null until the round is revealed. */
  votes: Record<string, Vote>
}

export interface RoundAnswer {
  /** The votes never name anybody's card; the statistics are whole. */
  anonymous: boolean
  completed_at: string | null
  /** When the round's timer ends. */
  ends_at: string | null
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
  /** Of the story that the round is about. */
  story_id: string | null
  topic: string | null
  /** By user id. Each value is null until the round is revealed. */
  votes: Record<string, Vote>
}

export interface RoundInShort {
  completed_at: string | null
  estimate: string | null
  id: string
  story_id: string | null
  /** Cut to 40 characters, the last one an ellipsis, if it is longer. The whole round is in the rounds of the session. */
  topic: string | null
}

export interface Seat {
  session: SessionAnswer
  session_id: string
  /** One more secret credential of the participant. It is also set as a cookie. */
  token: string
  user_id: string
}

export interface SeatLink {
  /** A secret, good once. */
  code: string
  /** Two minutes from now. */
  expires_at: string
  /** The page with the code, to be opened on the other device. The code is behind a #, so that no server and no log gets it. */
  url: string
}

export interface SeatRequest {
  /** The code of a seat link. */
  code: string
}

export interface Session {
  backlog: Backlog
  created_at: string
  current_round: Round | null
  deck: Deck
  expires_at: string
  id: string
  last_activity: string
  name: string
  /** In the order in which they joined. */
  participants: Array<User>
  /** Joining takes a password, and reading a participant's credential. */
  protected: boolean
  /** While paused: when the role of the Scrum Master goes on. null: when the next participant comes online. */
  resumes_by: string | null
  /** The last completed rounds in short, newest last: 20, or as many as have room in a session of 8 KB. */
  rounds: Array<RoundInShort>
  scrum_master_id: string
  settings: Settings
  status: "waiting" | "voting" | "revealing" | "results" | "paused"
  /** While paused: from when on anybody with an open stream may take the role. */
  takeover_at: string | null
}

export interface SessionAnswer {
  backlog: Backlog
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
  /** Joining takes a password, and reading a participant's credential. */
  protected: boolean
  /** While paused: when the role of the Scrum Master goes on. null: when the next participant comes online. */
  resumes_by: string | null
  /** The last completed rounds in short, newest last: 20, or as many as have room in a session of 8 KB. */
  rounds: Array<RoundInShort>
  scrum_master_id: string
  settings: Settings
  status: "waiting" | "voting" | "revealing" | "results" | "paused"
  /** While paused: from when on anybody with an open stream may take the role. */
  takeover_at: string | null
}

export interface Settings {
  /** After the reveal, votes name nobody's card. Rounds that were played so stay so. */
  anonymous: boolean
  /** The cards turn as soon as every voter who is online has voted, at least two of them. */
  auto_reveal: boolean
  /** What everybody may do, and not only the Scrum Master and facilitators. */
  everyone_may: Array<"start" | "reveal" | "accept" | "stories" | "timer">
  /** Whether the session is in the list of open sessions. */
  listed: boolean
  /** Nobody can join. */
  locked: boolean
  /** Time between asking for the reveal and the turning of the cards, 0 to 10. May have a fraction. */
  reveal_countdown_seconds: number
  /** How long each round's timer runs, 0 to 3,600; 0 is no timer. May have a fraction. */
  round_seconds: number
  /** The cards turn when the round's timer ends. */
  timer_reveals: boolean
}

export interface SettingsRequest {
  /** After the reveal, votes name nobody's card. Rounds that were played so stay so. */
  anonymous?: boolean
  /** The cards turn as soon as every voter who is online has voted, at least two of them. */
  auto_reveal?: boolean
  /** What everybody may do, and not only the Scrum Master and facilitators. */
  everyone_may?: Array<"start" | "reveal" | "accept" | "stories" | "timer">
  /** Whether the session is in the list of open sessions. */
  listed?: boolean
  /** Nobody can join. */
  locked?: boolean
  /** Never shown. 4 to 100 characters; null for none. With one, joining takes it, and reading the credential of a participant. */
  password?: string | null
  /** Time between asking for the reveal and the turning of the cards, 0 to 10. May have a fraction. */
  reveal_countdown_seconds?: number
  /** How long each round's timer runs, 0 to 3,600; 0 is no timer. May have a fraction. */
  round_seconds?: number
  /** The cards turn when the round's timer ends. */
  timer_reveals?: boolean
}

export interface StartRequest {
  /** The story that the round is about, whose title is the topic. */
  story_id?: string
  /** What the round is about, up to 500 characters. */
  topic?: string
}

export interface Started {
  anonymous: boolean
  ends_at: string | null
  round_id: string
  started_at: string
  story_id: string | null
  topic: string | null
}

export interface Statistics {
  /** Mean of the numeric votes; null without any. */
  average: number | null
  coffee_votes: number
  /** At least one numeric vote, and all of them the same; of a deck without numbers: at least one vote, and all the same, but for coffee and ?. */
  consensus: boolean
  /** How often each value was voted. */
  distribution: Record<string, number>
  /** Largest numeric vote; null without any. */
  highest: number | null
  /** Smallest numeric vote; null without any. */
  lowest: number | null
  /** Median of the numeric votes; null without any. */
  median: number | null
  /** The deck's card nearest to the average; of a deck without numbers the middle vote, of two middles the higher one. */
  suggestion: string | null
  total_votes: number
}

export interface StoriesChange {
  /** In this order. */
  added: Array<AddedStory>
  /** As they are now. */
  changed: Array<Story>
  estimated: number
  moved: Array<MovedStory>
  /** A file was imported and is kept: an export of the format original gives it back. */
  original: boolean
  /** Ids. */
  removed: Array<string>
  total: number
  /** Grows by one with every stories_updated. Who is behind reads the list again. */
  version: number
}

export interface StoriesDone {
  message: string
  /** Those that were added or changed. */
  stories: Array<Story>
  success: boolean
  /** Of the list, after the change. */
  version: number
}

export interface Story {
  /** A card's value. */
  estimate: string | null
  id: string
  /** Its name in a tracker, up to 64 characters; may be empty. */
  key: string
  /** How many rounds of it were completed. */
  rounds: number
  status: "todo" | "voting" | "estimated" | "skipped"
  /** 1 to 500 characters. */
  title: string
  /** Up to 40 characters; may be empty. */
  type: string
  /** A link, by http or https. */
  url: string | null
  /** That of the list when somebody last changed the story's texts. Sent along with a change, it keeps that from undoing another's. */
  version: number
}

export interface StoryAnswer {
  /** The story's completed rounds, oldest first. */
  rounds: Array<Round>
  story: WholeStory
  /** Of the list. */
  version: number
}

export interface StoryFile {
  /** What kind of file it is, such as jira-csv. */
  format: string
  /** As whoever imported it called it; may be empty. */
  name: string
  /** It is kept: an export of the format original gives it back, with the estimates in it. */
  original: boolean
  /** In bytes. */
  size: number
}

export interface StoryList {
  /** The file that was imported last; null if none was. */
  file: StoryFile | null
  /** In their order, without descriptions. */
  stories: Array<Story>
  /** Grows by one with every stories_updated. */
  version: number
}

export interface Summary {
  created_at: string
  id: string
  name: string
  participant_count: number
  /** Joining takes a password. */
  protected: boolean
  scrum_master_name: string
  status: "waiting" | "voting" | "revealing" | "results" | "paused"
}

export interface Timer {
  ends_at: string | null
  round_id: string
}

export interface TimerRequest {
  /** From now, more than 0 and at most 3,600; may have a fraction. null or left out: the timer stops. */
  seconds?: number | null
}

export interface Updated {
  session: Session
}

export interface User {
  /** Up to 200 characters, chosen by the participant; may be empty. */
  avatar: string
  /** Helps the Scrum Master to run the session. */
  facilitator: boolean
  /** Public id. It is no proof of being this participant. */
  id: string
  is_online: boolean
  joined_at: string
  /** 1 to 50 characters. */
  name: string
  /** Nobody waits for spectators, and they do not vote. */
  role: "voter" | "spectator"
}

export interface Vote {
  submitted_at: string
  user_id: string
  /** null until the round is revealed, and always in an anonymous one. */
  value: string | null
}

export interface VoteRequest {
  /** A card of the session's deck: 1, 2, 3, 5, 8, 13, 21 or coffee. */
  vote: string
}

export interface WholeStory {
  /** Up to 10,000 characters, as it was imported. A text, and no HTML. */
  description: string
  /** A card's value. */
  estimate: string | null
  id: string
  /** Its name in a tracker, up to 64 characters; may be empty. */
  key: string
  /** How many rounds of it were completed. */
  rounds: number
  status: "todo" | "voting" | "estimated" | "skipped"
  /** 1 to 500 characters. */
  title: string
  /** Up to 40 characters; may be empty. */
  type: string
  /** A link, by http or https. */
  url: string | null
  /** That of the list when somebody last changed the story's texts. Sent along with a change, it keeps that from undoing another's. */
  version: number
}
