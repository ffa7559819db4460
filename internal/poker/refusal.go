package poker

import "fmt"

// Reason says why a command was refused, for code that decides on it.
type Reason string

// The reasons for which a command is refused.
const (
	Invalid           Reason = "invalid"             // malformed input; Refusal.Field names it
	SessionGone       Reason = "session_gone"        // no such session, or it ended or expired
	NotParticipant    Reason = "not_participant"     // the acting user is not in the session (never was, left, or was kicked)
	NotScrumMaster    Reason = "not_scrum_master"    // only the Scrum Master may do this
	NoSuchParticipant Reason = "no_such_participant" // the other user is not in the session
	SessionFull       Reason = "session_full"        // no place is left
	SessionPaused     Reason = "session_paused"      // the Scrum Master is away
	NotPaused         Reason = "not_paused"          // the session is not paused
	TooEarly          Reason = "too_early"           // the Scrum Master still has time to come back
	NoStream          Reason = "no_stream"           // the acting user has no open stream
	NoRound           Reason = "no_round"            // no round is running
	RevealPending     Reason = "reveal_pending"      // the countdown to the reveal is running
	AlreadyRevealed   Reason = "already_revealed"    // the cards are turned
	NotRevealed       Reason = "not_revealed"        // the cards are not turned yet
	RoundRunning      Reason = "round_running"       // what may change between rounds only
	PasswordNeeded    Reason = "password_needed"     // the session has a password, and none was sent
	WrongPassword     Reason = "wrong_password"      // another was sent
	SessionLocked     Reason = "session_locked"      // nobody can join
	SeatLinkInvalid   Reason = "seat_link_invalid"   // the code of a seat link is none, was used, or is too old
	NobodyToNudge     Reason = "nobody_to_nudge"     // all voters who are meant have voted
	NudgedJustNow     Reason = "nudged_just_now"     // one nudge in ten seconds
	NoSuchStory       Reason = "no_such_story"       // there is no such story in the session
	StoryVotedOn      Reason = "story_voted_on"      // what may not happen to the story of the current round
	TooManyStories    Reason = "too_many_stories"    // the list is full
	StoriesTooLarge   Reason = "stories_too_large"   // the texts of all stories together are too long
	// StoryMeanwhileChanged: the change was made on texts that are not those of the story any more, which is in Refusal.Story.
	StoryMeanwhileChanged Reason = "story_changed"
	Spectating            Reason = "spectating"   // a spectator has no card
	Oneself               Reason = "oneself"      // kicking or transferring to oneself
	UnknownCard           Reason = "unknown_card" // the value is no card of the deck
	KeyReused             Reason = "key_reused"   // another request came with the same idempotency key
)

// Refusal is the error with which the game declines a command. Nothing has changed.
type Refusal struct {
	Reason Reason
	Field  string // which input, for Invalid and UnknownCard
	Title  string // short, for people
	Story  *Story // as it is now, for StoryMeanwhileChanged
	Detail string // what to do about it, for people; never repeats what was sent
}

// Error returns title and detail in one line.
func (r *Refusal) Error() string { return r.Title + ": " + r.Detail }

// texts are what people read, by reason.
var texts = map[Reason]struct{ title, detail string }{
	Invalid:               {"Invalid input", "Something is missing, too long or of the wrong form; field says what."},
	SessionGone:           {"Session not found", "This session does not exist, has ended or has expired. Create a new one, or ask for a new link."},
	NotParticipant:        {"Not a participant", "The acting user is not in this session. Join it first."},
	NotScrumMaster:        {"Only the Scrum Master may do this", "Ask the Scrum Master to do it, or to hand the role over to you."},
	NoSuchParticipant:     {"Participant not found", "The other user is not in this session. They may have left."},
	SessionFull:           {"Session full", "All places in this session are taken. Wait until somebody leaves, or create a session of your own."},
	SessionPaused:         {"Session paused", "The Scrum Master is away. The session goes on when they are back, or when somebody takes over."},
	NotPaused:             {"Session not paused", "The Scrum Master is there. Ask them to hand the role over to you."},
	TooEarly:              {"Too early", "The Scrum Master still has time to come back. Try again at the session's takeover_at."},
	NoStream:              {"No open stream", "Only somebody who is there may take over. Open a stream of the session with your user_id first."},
	NoRound:               {"No round running", "The Scrum Master has to start a round first."},
	RevealPending:         {"Reveal under way", "The cards are about to turn. Wait for the reveal."},
	AlreadyRevealed:       {"Already revealed", "The cards of this round are turned. Wait for the next round."},
	NotRevealed:           {"Not revealed yet", "Reveal the cards first."},
	RoundRunning:          {"Round running", "Another deck is for the next round: reveal this one first."},
	PasswordNeeded:        {"Password needed", "This session has a password. Join it with that, or bring the credential of a participant."},
	WrongPassword:         {"Wrong password", "This is not the session's password. Ask somebody who is in it."},
	SessionLocked:         {"Session locked", "Nobody can join at the moment. Ask somebody who is in the session to unlock it."},
	SeatLinkInvalid:       {"Seat link not valid", "A seat link is good once, within two minutes. Make a new one on the device where you have your seat."},
	NobodyToNudge:         {"Nobody to nudge", "All voters who are meant have voted."},
	NudgedJustNow:         {"Nudged just now", "One reminder in ten seconds is enough. Wait as long as Retry-After says."},
	NoSuchStory:           {"Story not found", "It may have been removed meanwhile. Read the list of stories again."},
	StoryVotedOn:          {"Story being voted on", "Accept an estimate for it first, or start a round about something else."},
	TooManyStories:        {"Too many stories", "A session takes 500 stories. Remove some that are done."},
	StoriesTooLarge:       {"Stories too large", "The texts of all stories together are too long. Shorten descriptions, or remove stories that are done."},
	StoryMeanwhileChanged: {"Story changed meanwhile", "Somebody else has changed the story; current has it as it is now. Send the change again with that version to make it all the same."},
	Spectating:            {"Spectators do not vote", "Become a voter first; then you have a card."},
	Oneself:               {"Not with yourself", "To hand the role over, name another participant; to go, leave the session; to end it for everybody, end it."},
	KeyReused:             {"Idempotency key reused", "Another request was made with the same Idempotency-Key. Choose a new key for each request, and send it again only with the same request."},
	UnknownCard:           {"Unknown card", "The value must be a card of this session's deck."},
}

// Explain returns what people read about a reason of the game's; empty for another.
func Explain(r Reason) (title, detail string) { return texts[r].title, texts[r].detail }

func refuse(reason Reason) *Refusal {
	title, detail := Explain(reason)
	return &Refusal{Reason: reason, Title: title, Detail: detail}
}

func refuseField(reason Reason, field string) *Refusal {
	r := refuse(reason)
	r.Field = field
	return r
}

func invalid(field, format string, args ...any) error {
	r := refuseField(Invalid, field)
	r.Detail = fmt.Sprintf(format, args...)
	return r
}

// Gone is the refusal of every command to a session that does not exist, ended or expired.
func Gone() error { return refuse(SessionGone) }
