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
	s.ID, s.Name, s.Deck = p.SessionID, p.Name, shared(p.Deck)
	s.Settings = p.Settings
	if p.RevealCountdown > 0 {
		s.Settings.RevealCountdownSeconds = p.RevealCountdown.Seconds()
	}
	s.Participants = []Participant{p.Creator.seated(at)}
	s.ScrumMasterID = p.Creator.ID
	s.Password = p.Password
	s.Status = Waiting
	s.CreatedAt = at
}

func (n Newcomer) seated(at time.Time) Participant {
	return Participant{ID: n.ID, Name: n.Name, Avatar: n.Avatar, Credentials: []string{n.Credential}, JoinedAt: at, Presence: Assumed, Role: roleOf(string(n.Role))}
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
	s.seen(p.UserID, p.ByStream, p.Node)
	if p.UserID == s.ScrumMasterID && s.Status != Paused {
		s.Pause = Pause{}
	}
}

func (p ParticipantPresent) apply(s *Session, _ time.Time) { s.seen(p.UserID, true, p.Node) }

func (p ParticipantVouched) apply(s *Session, _ time.Time) { s.seen(p.UserID, p.Stream, p.Node) }

func (p ParticipantDisconnected) apply(s *Session, _ time.Time) {
	s.changeParticipant(p.UserID, func(who *Participant) { who.Presence, who.Nodes = Away, nil })
}

func (p StreamsClosed) apply(s *Session, _ time.Time) {
	s.changeParticipant(p.UserID, func(who *Participant) { who.Nodes = without(who.Nodes, p.Node) })
}

// seen notes that somebody is there, by a stream, which a node of several has, or by a call.
func (s *Session) seen(userID string, stream bool, node string) {
	s.changeParticipant(userID, func(who *Participant) {
		if !stream {
			who.Presence, who.Nodes = Assumed, nil
			return
		}
		who.Presence = Present
		if node != "" && !who.On(node) {
			who.Nodes = append(slices.Clip(who.Nodes), node)
		}
	})
}

func without(nodes []string, node string) []string {
	left := slices.DeleteFunc(slices.Clone(nodes), func(other string) bool { return other == node })
	if len(left) == 0 {
		return nil
	}
	return left
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

func (p ScrumMasterChanged) apply(s *Session, _ time.Time) {
	s.ScrumMasterID = p.NewID
	if s.Status != Paused {
		s.Pause = Pause{}
	}
}

// A vote that is still hidden goes with the role of a voter.
func (p RoleChanged) apply(s *Session, _ time.Time) {
	s.changeParticipant(p.UserID, func(who *Participant) { who.Role = roleOf(string(p.Role)) })
	if p.Role == Spectator && s.Round != nil && !s.Round.Revealed {
		s.dropVote(p.UserID)
	}
}

func (p FacilitatorChanged) apply(s *Session, _ time.Time) {
	s.changeParticipant(p.UserID, func(who *Participant) { who.Facilitator = p.Facilitator })
}

// A round in which cards are hidden becomes anonymous with the session, and stays so: what people were promised when they played their cards holds.
func (p SettingsChanged) apply(s *Session, _ time.Time) {
	s.Settings = p.Settings
	if p.Password != nil {
		s.Password = *p.Password
	}
	if p.Settings.Anonymous && s.Round != nil && !s.Round.Revealed {
		s.changeRound(func(r *Round) { r.Anonymous = true })
	}
}

func (p DeckChanged) apply(s *Session, _ time.Time) { s.Deck = shared(p.Deck) }

func (p GraceBegan) apply(s *Session, _ time.Time) { s.Pause.ResumesBy = p.EndsAt }

func (p PauseBegan) apply(s *Session, at time.Time) {
	s.Pause = Pause{Earlier: s.activity(), Since: at, ResumesBy: p.ResumesBy}
	s.Status = Paused
}

func (p GraceLapsed) apply(s *Session, _ time.Time) { s.Pause.ResumesBy = time.Time{} }

func (p PauseEnded) apply(s *Session, _ time.Time) {
	s.Status, s.Pause = s.activity(), Pause{}
}

func (p VotingStarted) apply(s *Session, at time.Time) {
	s.Round = &Round{ID: p.RoundID, Topic: p.Topic, StoryID: p.StoryID, Deck: s.Deck, StartedAt: at, EndsAt: p.EndsAt, Anonymous: p.Anonymous}
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
	if s.Round == nil || s.Round.Revealed || p.RoundID != "" && p.RoundID != s.Round.ID { // its start could not be read
		return
	}
	s.changeRound(func(r *Round) { r.RevealsAt, r.EndsAt = p.RevealsAt, time.Time{} })
	s.setActivity(Revealing)
}

func (p VotesRevealed) apply(s *Session, _ time.Time) {
	if s.Round == nil || s.Round.ID != p.RoundID { // its start could not be read
		return
	}
	s.changeRound(func(r *Round) {
		r.Revealed = true
		r.RevealsAt, r.EndsAt = time.Time{}, time.Time{}
		r.Statistics = Summarize(r.Deck, r.Votes)
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
	kept := s.Rounds
	if n := len(kept); n > 0 && kept[n-1].ID == r.ID {
		kept = kept[:n-1]
		s.RoundVotes -= len(s.Rounds[n-1].Votes)
	}
	s.Rounds = append(slices.Clip(kept), r)
	s.RoundVotes += len(r.Votes)
	for len(s.Rounds) > MaxRounds || len(s.Rounds) > 1 && s.RoundVotes > MaxRoundVotes {
		s.RoundVotes -= len(s.Rounds[0].Votes)
		s.Rounds = s.Rounds[1:]
	}
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
