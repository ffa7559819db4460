package poker

import "time"

// Event is something that happened to a session.
type Event struct {
	At        time.Time
	ExpiresAt time.Time // when the session expires, as it is after this event
	Activity  bool      // a person made the change, so the session's life was extended
	Key       Key       // of the command, on the first of its events; zero if it had none
	Payload   Payload
}

// Payload is what an event says. The types of this package are all there are; Unknown stands for those of a later version.
type Payload interface {
	apply(s *Session, at time.Time)
}

// EndReason says why a session ended; the values are those of the API.
type EndReason string

// The reasons for which a session ends.
const (
	Inactive EndReason = "inactive" // nobody did anything until it expired
	EndedBy  EndReason = "ended"    // the Scrum Master ended it
	Empty    EndReason = "empty"    // the last participant left
)

// LeaveReason says why a participant left; the values are those of the API.
type LeaveReason string

// The reasons for which a participant leaves.
const (
	Left   LeaveReason = "left"
	Kicked LeaveReason = "kicked"
)

// SuccessionReason says why the role of the Scrum Master moved; the values are those of the API.
type SuccessionReason string

// The reasons for which the role moves.
const (
	ByTransfer   SuccessionReason = "transferred"
	ByLeaving    SuccessionReason = "left"
	ByDisconnect SuccessionReason = "disconnected"
)

// PauseReason says why a session paused; the values are those of the API.
type PauseReason string

// The reasons for which a session pauses.
const (
	MasterDisconnected PauseReason = "scrum_master_disconnected"
	MasterLeft         PauseReason = "scrum_master_left"
	MasterTransferred  PauseReason = "transferred"
)

// Newcomer is what a participant brings along.
type Newcomer struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Avatar     string `json:"avatar"`
	Credential string `json:"credential"`     // a digest, see Participant
	Role       Role   `json:"role,omitempty"` // empty: a voter
}

// The payloads. Their JSON is what the log keeps: fields may be added, none may change its meaning.
type (
	// SessionCreated is the first event of every session.
	SessionCreated struct {
		SessionID string   `json:"session_id"`
		Name      string   `json:"name"`
		Deck      Deck     `json:"deck"`
		Settings  Settings `json:"settings,omitzero"`
		Creator   Newcomer `json:"creator"`
		Password  string   `json:"password,omitempty"` // a slow hash; empty for none

		// RevealCountdown is how versions before 0.3 stored the only setting there was.
		RevealCountdown time.Duration `json:"reveal_countdown_ns,omitempty"`
	}
	// ParticipantJoined: somebody new takes a seat.
	ParticipantJoined struct {
		Newcomer Newcomer `json:"newcomer"`
	}
	// CredentialIssued: a participant has one more credential, because the answer with an earlier one may have been lost. Clients see nothing of it.
	CredentialIssued struct {
		UserID     string `json:"user_id"`
		Credential string `json:"credential"` // a digest, see Participant
	}
	// ParticipantReturned: somebody who was away is back, by a stream or by a call.
	ParticipantReturned struct {
		UserID   string `json:"user_id"`
		ByStream bool   `json:"by_stream,omitempty"`
		Node     string `json:"node,omitempty"` // that has the stream, of several
	}
	// ParticipantPresent: the first stream of somebody who already counted as online, or their first on a node of several. Clients are not sent it: nothing they see has changed.
	ParticipantPresent struct {
		UserID string `json:"user_id"`
		Node   string `json:"node,omitempty"` // that has the stream, of several
	}
	// StreamsClosed: a participant has no stream on a node any more, but has on others. Clients are not sent it: nothing they see has changed.
	StreamsClosed struct {
		UserID string `json:"user_id"`
		Node   string `json:"node"`
	}
	// ParticipantVouched: somebody who counts as online said so by a call; without a stream they stay online from here on.
	ParticipantVouched struct {
		UserID string `json:"user_id"`
		Stream bool   `json:"stream,omitempty"` // a stream of theirs was open
		Node   string `json:"node,omitempty"`   // that has the stream, of several, if it is the one that was asked
	}
	// ParticipantDisconnected: the last stream of a participant closed, and they did not come back.
	ParticipantDisconnected struct {
		UserID string `json:"user_id"`
	}
	// ParticipantLeft: a participant is no longer in the session.
	ParticipantLeft struct {
		UserID string      `json:"user_id"`
		Reason LeaveReason `json:"reason"`
	}
	// ScrumMasterChanged: the role went to somebody else.
	ScrumMasterChanged struct {
		OldID  string           `json:"old_id"`
		NewID  string           `json:"new_id"`
		Reason SuccessionReason `json:"reason"`
	}
	// RoleChanged: a participant votes from now on, or no longer.
	RoleChanged struct {
		UserID string `json:"user_id"`
		Role   Role   `json:"role"`
	}
	// FacilitatorChanged: a participant helps to run the session from now on, or no longer.
	FacilitatorChanged struct {
		UserID      string `json:"user_id"`
		Facilitator bool   `json:"facilitator"`
	}
	// SettingsChanged has all settings, as they are from now on.
	SettingsChanged struct {
		Settings Settings `json:"settings"`
		Password *string  `json:"password,omitempty"` // a slow hash, empty for none; nil: as before
	}
	// DeckChanged: the next rounds are played with another deck.
	DeckChanged struct {
		Deck Deck `json:"deck"`
	}
	// GraceBegan: the Scrum Master is away, and a facilitator is there. Clients are not sent it: nothing they see has changed.
	GraceBegan struct {
		EndsAt time.Time `json:"ends_at"` // when the role goes on
	}
	// PauseBegan: the Scrum Master is away; or, of a paused session, another absent Scrum Master has a grace period of their own.
	PauseBegan struct {
		Reason    PauseReason `json:"reason"`
		ResumesBy time.Time   `json:"resumes_by"`
	}
	// GraceLapsed: the grace period ended with nobody online to inherit.
	GraceLapsed struct{}
	// PauseEnded: the earlier status is restored.
	PauseEnded struct{}
	// VotingStarted opens a fresh round.
	VotingStarted struct {
		RoundID string  `json:"round_id"`
		Topic   *string `json:"topic,omitempty"`
		StoryID string  `json:"story_id,omitempty"` // of the story that the round is about

		EndsAt    time.Time `json:"ends_at,omitzero"`    // when the round's timer ends; zero without one
		Anonymous bool      `json:"anonymous,omitempty"` // nobody is shown who played which card
	}
	// VoteSubmitted: a first, changed or repeated vote.
	VoteSubmitted struct {
		UserID string `json:"user_id"`
		Value  string `json:"value"`
	}
	// VoteRetracted: a vote was taken back (or there was none to take).
	VoteRetracted struct {
		UserID string `json:"user_id"`
	}
	// RevealScheduled starts the countdown.
	RevealScheduled struct {
		RoundID   string    `json:"round_id,omitempty"` // empty if an earlier version stored it: it was of the current round
		RevealsAt time.Time `json:"reveals_at"`
	}
	// VotesRevealed turns the cards.
	VotesRevealed struct {
		RoundID string `json:"round_id"`
	}
	// RoundCompleted: an estimate was accepted (or amended), or the next round began without one.
	RoundCompleted struct {
		RoundID  string  `json:"round_id"`
		Estimate *string `json:"estimate"`
	}
	// SessionExtended: somebody said that they are still here.
	SessionExtended struct {
		UserID string `json:"user_id"`
	}
	// SessionRecovered: entries of the session's log could not be read, and the session goes on from those that could.
	SessionRecovered struct {
		Missing uint64 `json:"missing,omitempty"` // how many entries; 0: not known
	}
	// SessionExpired is the last event of every session.
	SessionExpired struct {
		Reason EndReason `json:"reason"`
	}
)
