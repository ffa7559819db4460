package poker

import (
	"encoding/json"
	"fmt"
	"time"
)

// A session is stored whole now and then, and a start reads thousands of these. So votes, which are most of it, are stored as columns, with each voter named once for all rounds. Everything
// else is stored under its field's name, so that a new field needs no word here.

type (
	storedSession struct {
		*plainSession
		Voters  []string // ids of all who voted in any of the rounds
		Round   *storedRound
		Rounds  []storedRound
		Current bool // the last of the completed rounds is the current one, too
	}
	storedRound struct {
		plainRound
		Votes storedVotes
	}
	// storedVotes are the votes of a round by columns.
	storedVotes struct {
		Voter     []int // places in Voters
		Value     []string
		Submitted []int64 // milliseconds since 1970
	}
	plainSession Session
	plainRound   Round
)

// AppendStored appends the form in which a session is stored whole: one JSON object.
func (s *Session) AppendStored(b []byte) ([]byte, error) {
	stored := storedSession{plainSession: (*plainSession)(s)}
	voters := map[string]int{}
	store := func(r *Round) storedRound {
		votes := storedVotes{}
		for _, v := range r.Votes {
			place, ok := voters[v.UserID]
			if !ok {
				place = len(stored.Voters)
				voters[v.UserID] = place
				stored.Voters = append(stored.Voters, v.UserID)
			}
			votes.Voter = append(votes.Voter, place)
			votes.Value = append(votes.Value, v.Value)
			votes.Submitted = append(votes.Submitted, v.SubmittedAt.UnixMilli())
		}
		return storedRound{plainRound: plainRound(*r), Votes: votes}
	}
	for _, r := range s.Rounds {
		stored.Rounds = append(stored.Rounds, store(r))
	}
	if n := len(s.Rounds); n > 0 && s.Rounds[n-1] == s.Round {
		stored.Current = true
	} else if s.Round != nil {
		round := store(s.Round)
		stored.Round = &round
	}
	data, err := json.Marshal(stored)
	if err != nil {
		return b, fmt.Errorf("encode session %s: %w", s.ID, err)
	}
	return append(b, data...), nil
}

// DecodeStored reads what [Session.AppendStored] wrote.
func DecodeStored(data []byte) (*Session, error) {
	stored := storedSession{plainSession: &plainSession{}}
	if err := json.Unmarshal(data, &stored); err != nil {
		return nil, fmt.Errorf("decode session: %w", err)
	}
	s := (*Session)(stored.plainSession)
	for i := range stored.Rounds {
		round, err := stored.Rounds[i].round(stored.Voters)
		if err != nil {
			return nil, err
		}
		s.Rounds = append(s.Rounds, round)
	}
	switch {
	case stored.Round != nil:
		round, err := stored.Round.round(stored.Voters)
		s.Round = round
		return s, err
	case stored.Current && len(s.Rounds) > 0:
		s.Round = s.Rounds[len(s.Rounds)-1]
	}
	return s, nil
}

func (r *storedRound) round(voters []string) (*Round, error) {
	round := (*Round)(&r.plainRound)
	v := r.Votes
	if len(v.Value) != len(v.Voter) || len(v.Submitted) != len(v.Voter) {
		return nil, fmt.Errorf("decode round %s: the columns of votes differ in length", round.ID)
	}
	if len(v.Voter) > 0 {
		round.Votes = make([]Vote, len(v.Voter))
	}
	for i, place := range v.Voter {
		if place < 0 || place >= len(voters) {
			return nil, fmt.Errorf("decode round %s: a vote of nobody", round.ID)
		}
		round.Votes[i] = Vote{UserID: voters[place], Value: v.Value[i], SubmittedAt: time.UnixMilli(v.Submitted[i]).UTC()}
	}
	return round, nil
}
