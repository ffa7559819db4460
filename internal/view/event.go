package view

import (
	"reflect"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// The event types of a session's stream.
const (
	SessionUpdated     = "session_updated"
	UserJoined         = "user_joined"
	UserLeft           = "user_left"
	UserDisconnected   = "user_disconnected"
	VotingStarted      = "voting_started"
	VoteSubmitted      = "vote_submitted"
	VotesRevealed      = "votes_revealed"
	RoundCompleted     = "round_completed"
	ScrumMasterChanged = "scrum_master_changed"
	SessionPaused      = "session_paused"
	SessionExpired     = "session_expired"
	TimerUpdated       = "timer_updated"
	Nudged             = "nudged"
	StoriesUpdated     = "stories_updated"
	SessionsUpdated    = "sessions_updated" // of the list's stream
)

// Event is the data of one event of a session's stream.
type Event struct {
	Type      string `json:"type"`
	SessionID string `json:"session_id"`
	Timestamp string `json:"timestamp"`
	ExpiresAt string `json:"expires_at"`
	Data      any    `json:"data"`
}

// The data of the events.
type (
	// Updated is the data of session_updated.
	Updated struct {
		Session Session `json:"session"`
	}
	// JoinedUser is the data of user_joined; Reconnected marks a return.
	JoinedUser struct {
		User        User `json:"user"`
		Reconnected bool `json:"reconnected,omitempty"`
	}
	// Gone is the data of user_left.
	Gone struct {
		UserID string `json:"user_id"`
		Reason string `json:"reason"`
	}
	// OfUser is the data of user_disconnected and vote_submitted.
	OfUser struct {
		UserID string `json:"user_id"`
	}
	// Started is the data of voting_started.
	Started struct {
		RoundID   string  `json:"round_id"`
		StartedAt string  `json:"started_at"`
		Topic     *string `json:"topic"`
		StoryID   *string `json:"story_id"`
		EndsAt    *string `json:"ends_at"`
		Anonymous bool    `json:"anonymous"`
	}
	// RevealedVotes is the data of votes_revealed.
	RevealedVotes struct {
		RoundID    string          `json:"round_id"`
		Votes      map[string]Vote `json:"votes"`
		Statistics *Statistics     `json:"statistics"`
	}
	// Completed is the data of round_completed.
	Completed struct {
		RoundID     string      `json:"round_id"`
		Topic       *string     `json:"topic"`
		StoryID     *string     `json:"story_id"`
		Statistics  *Statistics `json:"statistics"`
		Estimate    *string     `json:"estimate"`
		CompletedAt *string     `json:"completed_at"`
	}
	// MasterChanged is the data of scrum_master_changed.
	MasterChanged struct {
		OldMasterID string `json:"old_master_id"`
		NewMasterID string `json:"new_master_id"`
		Reason      string `json:"reason"`
	}
	// Pause is the data of session_paused.
	Pause struct {
		Reason     string  `json:"reason"`
		ResumesBy  *string `json:"resumes_by"`
		TakeoverAt *string `json:"takeover_at"`
	}
	// End is the data of session_expired.
	End struct {
		Reason string `json:"reason"`
	}
	// Timer is the data of timer_updated.
	Timer struct {
		RoundID string  `json:"round_id"`
		EndsAt  *string `json:"ends_at"`
	}
	// OfUsers is the data of nudged.
	OfUsers struct {
		UserIDs []string `json:"user_ids"`
	}
	// List is the data of sessions_updated.
	List struct {
		Sessions []Summary `json:"sessions"`
	}
)

// OfEvent returns what clients are sent of the event, after which the session was s. False: nothing, because nothing that they can see has changed.
func OfEvent(s *poker.Session, e poker.Event) (Event, bool) {
	r, ok := renderings[reflect.TypeOf(e.Payload)]
	if !ok {
		return Event{}, false
	}
	return Event{Type: r.name, SessionID: s.ID, Timestamp: Time(e.At), ExpiresAt: Time(e.ExpiresAt), Data: r.render(s, e)}, true
}

// Visible reports whether clients are sent the event.
func Visible(e poker.Event) bool {
	_, ok := renderings[reflect.TypeOf(e.Payload)]
	return ok
}

func userIn(s *poker.Session, id string) User {
	p, _ := s.Participant(id)
	return OfParticipant(p)
}

// roundOf is the current round; an empty one if the log's entry that began it could not be read.
func roundOf(s *poker.Session) *poker.Round {
	if s.Round == nil {
		return &poker.Round{}
	}
	return s.Round
}

func revealed(id string, r *poker.Round) RevealedVotes {
	return RevealedVotes{RoundID: id, Votes: OfVotes(r), Statistics: OfStatistics(r.Statistics)}
}

func completed(id string, r *poker.Round) Completed {
	return Completed{RoundID: id, Topic: r.Topic, StoryID: orNull(r.StoryID), Statistics: OfStatistics(r.Statistics), Estimate: r.Estimate, CompletedAt: timeOrNull(r.CompletedAt)}
}

// Snapshot is the session_updated with which a stream begins.
func Snapshot(s *poker.Session, now time.Time) Event {
	return Event{Type: SessionUpdated, SessionID: s.ID, Timestamp: Time(now), ExpiresAt: Time(s.ExpiresAt), Data: Updated{Session: OfSession(s)}}
}

// ListEvent is a sessions_updated with the list of open sessions.
type ListEvent struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      List   `json:"data"`
}

// OfList shows the list of open sessions.
func OfList(sessions []Summary, now time.Time) ListEvent {
	return ListEvent{Type: SessionsUpdated, Timestamp: Time(now), Data: List{Sessions: sessions}}
}
