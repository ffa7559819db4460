// Package view decides what a client may see: the models of the API, and the events of its streams, made from the game's state. It is the only place that turns votes into
// something that leaves the server, and it shows a vote's value only once the round is revealed.
package view

import (
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// User is a participant as clients see them.
type User struct {
	ID       string `json:"id" format:"uuid" doc:"Public id. It is no proof of being this participant."`
	Name     string `json:"name" doc:"1 to 50 characters."`
	Avatar   string `json:"avatar" doc:"Up to 200 characters, chosen by the participant; may be empty."`
	IsOnline bool   `json:"is_online"`
	JoinedAt string `json:"joined_at" format:"date-time"`

	Role        string `json:"role" enum:"voter,spectator" doc:"Nobody waits for spectators, and they do not vote."`
	Facilitator bool   `json:"facilitator" doc:"Helps the Scrum Master to run the session."`
}

// Vote is a card that a user has played; its value is null until the reveal.
type Vote struct {
	UserID      string  `json:"user_id" format:"uuid"`
	Value       *string `json:"value" doc:"null until the round is revealed, and always in an anonymous one."`
	SubmittedAt string  `json:"submitted_at" format:"date-time"`
}

// Statistics are the numbers of a revealed round.
type Statistics struct {
	Average      *float64       `json:"average" doc:"Mean of the numeric votes; null without any."`
	Median       *float64       `json:"median" doc:"Median of the numeric votes; null without any."`
	Lowest       *float64       `json:"lowest" doc:"Smallest numeric vote; null without any."`
	Highest      *float64       `json:"highest" doc:"Largest numeric vote; null without any."`
	Suggestion   *string        `json:"suggestion" doc:"The deck's card nearest to the average; of a deck without numbers the middle vote, of two middles the higher one."`
	Distribution map[string]int `json:"distribution" doc:"How often each value was voted."`
	Consensus    bool           `json:"consensus" doc:"At least one numeric vote, and all of them the same; of a deck without numbers: at least one vote, and all the same, but for coffee and ?."`
	CoffeeVotes  int            `json:"coffee_votes"`
	TotalVotes   int            `json:"total_votes"`
}

// Round is one round of voting.
type Round struct {
	ID          string          `json:"id" format:"uuid"`
	Topic       *string         `json:"topic"`
	StoryID     *string         `json:"story_id" format:"uuid" doc:"Of the story that the round is about."`
	Votes       map[string]Vote `json:"votes" doc:"By user id. Each value is null until the round is revealed."`
	IsRevealed  bool            `json:"is_revealed"`
	Statistics  *Statistics     `json:"statistics"`
	Estimate    *string         `json:"estimate" doc:"The accepted estimate."`
	StartedAt   string          `json:"started_at" format:"date-time"`
	RevealsAt   *string         `json:"reveals_at" format:"date-time" doc:"When a running countdown ends."`
	Anonymous   bool            `json:"anonymous" doc:"The votes never name anybody's card; the statistics are whole."`
	EndsAt      *string         `json:"ends_at" format:"date-time" doc:"When the round's timer ends."`
	CompletedAt *string         `json:"completed_at" format:"date-time"`
}

// RoundInShort is a completed round in the list that a session carries.
type RoundInShort struct {
	ID          string  `json:"id" format:"uuid"`
	Topic       *string `json:"topic" doc:"Cut to 40 characters, the last one an ellipsis, if it is longer. The whole round is in the rounds of the session."`
	StoryID     *string `json:"story_id" format:"uuid"`
	Estimate    *string `json:"estimate"`
	CompletedAt *string `json:"completed_at" format:"date-time"`
}

// Session is a whole session.
type Session struct {
	ID            string         `json:"id" format:"uuid"`
	Name          string         `json:"name"`
	Participants  []User         `json:"participants" doc:"In the order in which they joined."`
	ScrumMasterID string         `json:"scrum_master_id" format:"uuid"`
	Status        string         `json:"status" enum:"waiting,voting,revealing,results,paused"`
	CurrentRound  *Round         `json:"current_round"`
	Rounds        []RoundInShort `json:"rounds" doc:"The last completed rounds in short, newest last: 20, or as many as have room in a session of 8 KB."`
	Deck          poker.Deck     `json:"deck"`
	Settings      poker.Settings `json:"settings"`
	Protected     bool           `json:"protected" doc:"Joining takes a password, and reading a participant's credential."`
	Backlog       Backlog        `json:"backlog"`
	ResumesBy     *string        `json:"resumes_by" format:"date-time" doc:"While paused: when the role of the Scrum Master goes on. null: when the next participant comes online."`
	TakeoverAt    *string        `json:"takeover_at" format:"date-time" doc:"While paused: from when on anybody with an open stream may take the role."`
	ExpiresAt     string         `json:"expires_at" format:"date-time"`
	CreatedAt     string         `json:"created_at" format:"date-time"`
	LastActivity  string         `json:"last_activity" format:"date-time"`
}

// Summary is a session in the list of open sessions.
type Summary struct {
	ID               string `json:"id" format:"uuid"`
	Name             string `json:"name"`
	ParticipantCount int    `json:"participant_count"`
	ScrumMasterName  string `json:"scrum_master_name"`
	Status           string `json:"status" enum:"waiting,voting,revealing,results,paused"`
	CreatedAt        string `json:"created_at" format:"date-time"`
	Protected        bool   `json:"protected" doc:"Joining takes a password."`
}

// Time writes a time as the API does: RFC 3339, UTC, milliseconds.
func Time(t time.Time) string {
	t = t.UTC()
	var room [len("2006-01-02T15:04:05.000Z")]byte
	b := t.AppendFormat(room[:0], time.RFC3339) // a layout that package time writes without interpreting it
	ms := t.Nanosecond() / int(time.Millisecond)
	b = append(b[:len(b)-len("Z")], '.', '0'+byte(ms/100), '0'+byte(ms/10%10), '0'+byte(ms%10), 'Z')
	return string(b)
}

func timeOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := Time(t)
	return &s
}

// OfSession shows a session to everybody alike.
func OfSession(s *poker.Session) Session {
	v := Session{
		ID: s.ID, Name: s.Name, ScrumMasterID: s.ScrumMasterID, Status: string(s.Status),
		Participants: make([]User, len(s.Participants)), Rounds: inShort(s.Rounds, sessionBytes-bytesBesideRounds(s)),
		CurrentRound: OfRound(s.Round),
		Deck:         deckOf(s),
		Settings:     s.Settings,
		Protected:    s.Protected(),
		Backlog:      backlogOf(s),
		ExpiresAt:    Time(s.ExpiresAt), CreatedAt: Time(s.CreatedAt), LastActivity: Time(s.LastActivity),
	}
	for i, p := range s.Participants {
		v.Participants[i] = OfParticipant(p)
	}
	if s.Status == poker.Paused {
		v.ResumesBy, v.TakeoverAt = timeOrNull(s.Pause.ResumesBy), timeOrNull(s.TakeOverAt())
	}
	return v
}

// deckOf is a session's deck; an empty one if the entry that says which cannot be read.
func deckOf(s *poker.Session) poker.Deck {
	if s.Deck == nil {
		return poker.Deck{}
	}
	return *s.Deck
}

// OfRounds shows all completed rounds that a session remembers, oldest first.
func OfRounds(s *poker.Session) []Round {
	rounds := make([]Round, len(s.Rounds))
	for i, r := range s.Rounds {
		rounds[i] = *OfRound(r)
	}
	return rounds
}

// OfParticipant shows a participant.
func OfParticipant(p poker.Participant) User {
	return User{ID: p.ID, Name: p.Name, Avatar: p.Avatar, IsOnline: p.Online(), JoinedAt: Time(p.JoinedAt), Role: string(p.Role), Facilitator: p.Facilitator}
}

// OfRound shows a round, its votes without their values until it is revealed; nil for nil.
func OfRound(r *poker.Round) *Round {
	if r == nil {
		return nil
	}
	return &Round{
		ID: r.ID, Topic: r.Topic, StoryID: orNull(r.StoryID), IsRevealed: r.Revealed, Estimate: r.Estimate, Anonymous: r.Anonymous,
		Votes: OfVotes(r), Statistics: OfStatistics(r.Statistics),
		StartedAt: Time(r.StartedAt), RevealsAt: timeOrNull(r.RevealsAt), EndsAt: timeOrNull(r.EndsAt), CompletedAt: timeOrNull(r.CompletedAt),
	}
}

// OfVotes shows the votes of a round, without their values until it is revealed, and for ever if it is anonymous.
func OfVotes(r *poker.Round) map[string]Vote {
	votes := make(map[string]Vote, len(r.Votes))
	for _, vote := range r.Votes {
		v := Vote{UserID: vote.UserID, SubmittedAt: Time(vote.SubmittedAt)}
		if r.Revealed && !r.Anonymous {
			v.Value = &vote.Value
		}
		votes[vote.UserID] = v
	}
	return votes
}

// OfStatistics shows the numbers of a round; nil for nil.
func OfStatistics(s *poker.Statistics) *Statistics {
	if s == nil {
		return nil
	}
	v := Statistics(*s)
	return &v
}

// OfSummary shows a session in the list.
func OfSummary(s *poker.Session) Summary {
	master, _ := s.Participant(s.ScrumMasterID)
	return Summary{
		ID: s.ID, Name: s.Name, ParticipantCount: len(s.Participants), ScrumMasterName: master.Name, Status: string(s.Status), CreatedAt: Time(s.CreatedAt), Protected: s.Protected(),
	}
}
