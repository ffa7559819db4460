package poker

import (
	"slices"
	"time"
)

// Fold returns the state after the event. It never changes s; a nil s is a session that has not been created.
func Fold(s *Session, e Event) *Session {
	var next Session
	if s != nil {
		next = *s
	}
	e.Payload.apply(&next, e.At)
	next.ExpiresAt = e.ExpiresAt
	if e.Activity {
		next.LastActivity = e.At
	}
	if e.Key.ID != "" {
		next.remembers(e)
	}
	return &next
}

func (s *Session) remembers(e Event) {
	if _, first := e.Payload.(SessionCreated); first {
		s.Creation = e.Key
		return
	}
	s.Keys = s.Keys.with(e.Key)
}

// apply changes s, a copy that shares slices and rounds with the state before: what it points to is replaced, never written to.

func (p SessionCreated) apply(s *Session, at time.Time) {
	s.ID, s.Name, s.Deck = p.SessionID, p.Name, p.Deck
	if s.Deck.isDefault() {
		s.Deck = fibonacci // one for all sessions
	}
	s.Settings = p.Settings
	if p.RevealCountdown > 0 {
		s.Settings.RevealCountdownSeconds = p.RevealCountdown.Seconds()
	}
	s.Participants = []Participant{p.Creator.seated(at)}
	s.ScrumMasterID = p.Creator.ID
	s.Status = Waiting
	s.CreatedAt = at
}

func (n Newcomer) seated(at time.Time) Participant {
	return Participant{ID: n.ID, Name: n.Name, Avatar: n.Avatar, Credentials: []string{n.Credential}, JoinedAt: at, Presence: Assumed}
}

func (p ParticipantJoined) apply(s *Session, at time.Time) {
	s.Participants = append(slices.Clip(s.Participants), p.Newcomer.seated(at))
}

func (p CredentialIssued) apply(s *Session, _ time.Time) {
	s.changeParticipant(p.UserID, func(who *Participant) {
		all := append(slices.Clone(who.Credentials), p.Credential)
		who.Credentials = all[max(0, len(all)-MaxCredentials):]
	})
}

func (p ParticipantReturned) apply(s *Session, _ time.Time) {
	s.setPresence(p.UserID, seenBy(p.ByStream))
}

func (p ParticipantPresent) apply(s *Session, _ time.Time) { s.setPresence(p.UserID, Present) }

func (p ParticipantVouched) apply(s *Session, _ time.Time) {
	s.setPresence(p.UserID, seenBy(p.Stream))
}

func (p ParticipantDisconnected) apply(s *Session, _ time.Time) { s.setPresence(p.UserID, Away) }

func seenBy(stream bool) Presence {
	if stream {
		return Present
	}
	return Assumed
}

func (s *Session) setPresence(userID string, presence Presence) {
	s.changeParticipant(userID, func(who *Participant) { who.Presence = presence })
}

// changeParticipant replaces a participant by a changed copy. Nobody is replaced by nobody.
func (s *Session) changeParticipant(userID string, change func(*Participant)) {
	i := s.indexOf(userID)
	if i < 0 {
		return
	}
	s.Participants = slices.Clone(s.Participants)
	change(&s.Participants[i])
}

// A vote that is still hidden leaves with its user; a revealed one is part of the round's history.
func (p ParticipantLeft) apply(s *Session, _ time.Time) {
	if i := s.indexOf(p.UserID); i >= 0 {
		s.Participants = slices.Delete(slices.Clone(s.Participants), i, i+1)
	}
	if s.Round != nil && !s.Round.Revealed {
		s.dropVote(p.UserID)
	}
}

func (p ScrumMasterChanged) apply(s *Session, _ time.Time) { s.ScrumMasterID = p.NewID }

func (p PauseBegan) apply(s *Session, at time.Time) {
	s.Pause = Pause{Earlier: s.activity(), Since: at, ResumesBy: p.ResumesBy}
	s.Status = Paused
}

func (p GraceLapsed) apply(s *Session, _ time.Time) { s.Pause.ResumesBy = time.Time{} }

func (p PauseEnded) apply(s *Session, _ time.Time) {
	s.Status, s.Pause = s.activity(), Pause{}
}

func (p VotingStarted) apply(s *Session, at time.Time) {
	s.Round = &Round{ID: p.RoundID, Topic: p.Topic, StartedAt: at}
	s.setActivity(Voting)
}

func (p VoteSubmitted) apply(s *Session, at time.Time) {
	if s.Round == nil || s.Round.Revealed { // its start could not be read, and a vote that is still hidden must not show in the round before
		return
	}
	s.changeRound(func(r *Round) {
		vote := Vote{UserID: p.UserID, Value: p.Value, SubmittedAt: at}
		if i := r.indexOf(p.UserID); i >= 0 {
			r.Votes = slices.Clone(r.Votes)
			r.Votes[i] = vote
			return
		}
		r.Votes = append(append(make([]Vote, 0, len(r.Votes)+1), r.Votes...), vote) // not more: the next vote copies it again
	})
}

func (p VoteRetracted) apply(s *Session, _ time.Time) {
	if s.Round != nil && !s.Round.Revealed {
		s.dropVote(p.UserID)
	}
}

func (s *Session) dropVote(userID string) {
	s.changeRound(func(r *Round) {
		if i := r.indexOf(userID); i >= 0 {
			if r.Votes = slices.Delete(slices.Clone(r.Votes), i, i+1); len(r.Votes) == 0 {
				r.Votes = nil
			}
		}
	})
}

func (p RevealScheduled) apply(s *Session, _ time.Time) {
	if s.Round == nil || s.Round.Revealed { // its start could not be read
		return
	}
	s.changeRound(func(r *Round) { r.RevealsAt = p.RevealsAt })
	s.setActivity(Revealing)
}

func (p VotesRevealed) apply(s *Session, _ time.Time) {
	if s.Round == nil || s.Round.ID != p.RoundID { // its start could not be read
		return
	}
	s.changeRound(func(r *Round) {
		r.Revealed = true
		r.RevealsAt = time.Time{}
		r.Statistics = Summarize(s.Deck, r.Votes)
	})
	s.setActivity(Results)
}

func (p RoundCompleted) apply(s *Session, at time.Time) {
	if s.Round == nil || s.Round.ID != p.RoundID { // its start could not be read
		return
	}
	s.changeRound(func(r *Round) {
		r.Estimate = p.Estimate
		if r.CompletedAt.IsZero() {
			r.CompletedAt = at
		}
	})
	s.remember(s.Round)
}

// remember lists a completed round, in place of its earlier form if there is one.
func (s *Session) remember(r *Round) {
	if r == nil {
		return
	}
	if n := len(s.Rounds); n > 0 && s.Rounds[n-1].ID == r.ID {
		s.Rounds = append(slices.Clone(s.Rounds[:n-1]), r)
		return
	}
	s.Rounds = append(slices.Clone(s.Rounds), r)
	for len(s.Rounds) > MaxRounds || len(s.Rounds) > 1 && votesIn(s.Rounds) > MaxRoundVotes {
		s.Rounds = s.Rounds[1:]
	}
}

func votesIn(rounds []*Round) (n int) {
	for _, r := range rounds {
		n += len(r.Votes)
	}
	return n
}

// changeRound replaces the current round by a changed copy.
func (s *Session) changeRound(change func(*Round)) {
	if s.Round == nil {
		return
	}
	r := *s.Round
	change(&r)
	s.Round = &r
}

func (p SessionExtended) apply(*Session, time.Time) {}

func (p SessionRecovered) apply(*Session, time.Time) {}

func (p SessionExpired) apply(s *Session, _ time.Time) { s.Ended = p.Reason }
