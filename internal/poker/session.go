package poker

import (
	"slices"
	"time"
)

// Status says what a session is doing; the values are those of the API.
type Status string

// The five statuses of a session.
const (
	Waiting   Status = "waiting"   // no round has been started
	Voting    Status = "voting"    // a round is open for votes
	Revealing Status = "revealing" // the countdown to the reveal is running
	Results   Status = "results"   // the cards are turned
	Paused    Status = "paused"    // the Scrum Master is away
)

// What a session remembers of its past. Older rounds are forgotten, so that a session stays small however long the meeting.
const (
	MaxRounds      = 1000      // completed rounds
	MaxRoundVotes  = 32 * 1024 // votes in all of these
	MaxCredentials = 8         // of one participant
)

// Session is the state of one session, folded from its events. The zero value is a session that has not been created.
type Session struct {
	ID            string
	Name          string
	Deck          *Deck         // never changed: rounds and sessions share it
	Settings      Settings      `json:",omitzero"`
	Participants  []Participant // in the order in which they joined
	ScrumMasterID string
	Status        Status
	Pause         Pause     // meaningful while the Scrum Master is away
	Round         *Round    // the current round, nil before the first
	Rounds        []*Round  // completed rounds, newest last, at most MaxRounds
	RoundVotes    int       `json:"-"` // votes in all of these, at most MaxRoundVotes
	Stories       *Backlog  // nil before the first story
	File          *File     `json:",omitempty"` // that was imported last; nil for none
	Password      string    `json:",omitempty"` // a slow hash; empty for none. The game never looks into it, and no view shows it
	NudgedAt      time.Time `json:",omitzero"`  // when voters were last reminded; zero if never
	CreatedAt     time.Time
	LastActivity  time.Time
	ExpiresAt     time.Time
	Ended         EndReason // empty while the session lives
	Keys          Keys      // of the latest commands
	Creation      Key       `json:",omitzero"` // of the creation, which is never forgotten; zero if it had none
}

// Presence says why a participant counts as online, or that they do not.
type Presence string

// The three kinds of presence.
const (
	Assumed Presence = "assumed" // online by a call: joined or reconnected, and no stream has been seen since
	Present Presence = "present" // online by a stream of theirs
	Away    Presence = "away"    // their last stream closed
)

// Participant is one person in a session.
type Participant struct {
	ID       string
	Name     string
	Avatar   string
	JoinedAt time.Time
	Presence Presence
	// Nodes are the names of the nodes, of several, that have streams of theirs. Empty for a server that is alone.
	Nodes []string
	Role  Role
	// Facilitator says that they help to run the session.
	Facilitator bool
	// Credentials are digests of the secrets that each prove who acts as this participant, the newest last, at most MaxCredentials. The game never looks at them, and no view shows them.
	Credentials []string
	Link        SeatLink
}

// Online reports whether the participant counts as being there.
func (p Participant) Online() bool { return p.Presence != Away }

// On reports whether a node, of several, has streams of theirs. One without a name has those of whom nobody else has: a server that was alone knew of no others.
func (p Participant) On(node string) bool {
	if node == "" {
		return p.Presence == Present && len(p.Nodes) == 0
	}
	return slices.Contains(p.Nodes, node)
}

// Role says whether a participant votes; the values are those of the API.
type Role string

// The two roles. Nobody waits for spectators, and they have no card.
const (
	Voter     Role = "voter"
	Spectator Role = "spectator"
)

// Pause is what a session waits for whose Scrum Master is away. A facilitator who is online keeps the session from pausing, but not the role from going on.
type Pause struct {
	Earlier Status    // what the session returns to; empty if it is not paused
	Since   time.Time `json:",omitzero"` // when this grace period began; zero if an earlier version stored it
	// ResumesBy is when the role of the Scrum Master goes to somebody else. Zero, of a paused session: that moment passed with nobody online.
	ResumesBy time.Time
}

// Round is one round of voting.
type Round struct {
	ID          string
	Topic       *string // what the round is about, nil if nothing was said
	StoryID     string  // of the story that the round is about; empty for none
	Deck        *Deck   // never changed
	Votes       []Vote  // at most one for each user, in the order of their first vote
	StartedAt   time.Time
	RevealsAt   time.Time // when a running countdown ends; zero without one
	EndsAt      time.Time `json:",omitzero"` // when the round's timer ends; zero without one, and once the cards are about to turn
	Revealed    bool
	Anonymous   bool        `json:",omitempty"` // nobody is shown who played which card
	Statistics  *Statistics // nil until revealed
	Estimate    *string     // the accepted estimate, nil if none was
	CompletedAt time.Time   // when the round was first completed; zero before
}

// Vote is the card a user has played. It is secret until the round is revealed.
type Vote struct {
	UserID      string
	Value       string
	SubmittedAt time.Time
}

// VoteOf returns the card that the user has played in the round; false if they have not, or if there is no round.
func (r *Round) VoteOf(userID string) (Vote, bool) {
	if r == nil {
		return Vote{}, false
	}
	if i := r.indexOf(userID); i >= 0 {
		return r.Votes[i], true
	}
	return Vote{}, false
}

func (r *Round) indexOf(userID string) int {
	for i := range r.Votes { // by place: every command looks for somebody, and a copy of each would cost more than the look
		if r.Votes[i].UserID == userID {
			return i
		}
	}
	return -1
}

// Participant returns the participant with that id; false if there is none (never was, left, or was kicked).
func (s *Session) Participant(userID string) (Participant, bool) {
	if i := s.indexOf(userID); i >= 0 {
		return s.Participants[i], true
	}
	return Participant{}, false
}

func (s *Session) indexOf(userID string) int {
	for i := range s.Participants {
		if s.Participants[i].ID == userID {
			return i
		}
	}
	return -1
}

// Alive reports whether the session exists for its users at that moment: created, not ended, not expired.
func (s *Session) Alive(now time.Time) bool {
	return s.ID != "" && s.Ended == "" && now.Before(s.ExpiresAt)
}

// Deadline returns the next moment at which time alone changes the session: its expiry, the end of the grace period, of the reveal's countdown, or of a timer that turns the cards. Zero if it has ended.
// What then happens is decided by a Tick. While settling (see Moment) the grace period does not count.
//
// It depends on now because a clock may be set back: see revealDeadline.
func (s *Session) Deadline(now time.Time, settling bool) time.Time {
	if s.ID == "" || s.Ended != "" {
		return time.Time{}
	}
	next := earlier(earlier(s.ExpiresAt, s.revealDeadline(now)), s.timerDeadline(now))
	if !settling {
		next = earlier(next, s.Pause.ResumesBy)
	}
	return next
}

// earlier is the first of two moments, of which b may be none.
func earlier(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

// revealDeadline is when the cards turn. That is never further away than the longest countdown: if it seems so, the clock was set back meanwhile, and the cards turn now. What the
// session's countdown is by now says nothing of one that runs.
func (s *Session) revealDeadline(now time.Time) time.Time {
	if s.activity() != Revealing {
		return time.Time{}
	}
	if s.Round.RevealsAt.Sub(now) > MaxRevealCountdown+time.Second {
		return now
	}
	return s.Round.RevealsAt
}

// activity is what the session does, or would do if it were not paused.
func (s *Session) activity() Status {
	if s.Status == Paused {
		return s.Pause.Earlier
	}
	return s.Status
}

// setActivity changes what the session does, behind a pause if there is one.
func (s *Session) setActivity(to Status) {
	if s.Status == Paused {
		s.Pause.Earlier = to
		return
	}
	s.Status = to
}

// heir is who becomes Scrum Master when the role is free: of those who are online the longest-joined facilitator, or else the longest-joined of all. False if nobody is.
func (s *Session) heir() (Participant, bool) {
	if p, ok := s.facilitatorOnline(); ok {
		return p, true
	}
	return s.firstOnline(func(Participant) bool { return true })
}

// facilitatorOnline is the longest-joined facilitator who is online and not the Scrum Master; false if there is none.
func (s *Session) facilitatorOnline() (Participant, bool) {
	return s.firstOnline(func(p Participant) bool { return p.Facilitator })
}

func (s *Session) firstOnline(fits func(Participant) bool) (Participant, bool) {
	for _, p := range s.Participants {
		if p.Online() && p.ID != s.ScrumMasterID && fits(p) {
			return p, true
		}
	}
	return Participant{}, false
}

func (s *Session) masterOnline() bool {
	p, ok := s.Participant(s.ScrumMasterID)
	return ok && p.Online()
}

// Keyed returns the key with that id, if it is that of the creation or of one of the latest commands; false if not.
func (s *Session) Keyed(id string) (Key, bool) {
	if id != "" && id == s.Creation.ID {
		return s.Creation, true
	}
	return s.Keys.Find(id)
}

// RoundOf returns the round with that id, if it is the current one or one of the completed ones that the session remembers; otherwise nil.
func (s *Session) RoundOf(id string) *Round {
	if s.Round != nil && s.Round.ID == id {
		return s.Round
	}
	for _, r := range slices.Backward(s.Rounds) {
		if r.ID == id {
			return r
		}
	}
	return nil
}
