package view

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/magnapp/magnapp/internal/poker"
)

// AppendJSON appends the event as encoding/json writes it. Every command needs it, and nearly every one belongs to a round, so what all events consist of and what those of a round say is
// written without reflection.
func (e Event) AppendJSON(b []byte) ([]byte, error) {
	b = poker.AppendText(append(b, `{"type":`...), e.Type)
	b = poker.AppendText(append(b, `,"session_id":`...), e.SessionID)
	b = poker.AppendText(append(b, `,"timestamp":`...), e.Timestamp)
	b = poker.AppendText(append(b, `,"expires_at":`...), e.ExpiresAt)
	b = append(b, `,"data":`...)
	var err error
	switch d := e.Data.(type) {
	case OfUser:
		b = append(poker.AppendText(append(b, `{"user_id":`...), d.UserID), '}')
	case Started:
		b = d.append(b)
	case RevealedVotes:
		b = d.AppendJSON(b)
	case Completed:
		b = d.append(b)
	default:
		b, err = appendJSON(b, e.Data)
	}
	return append(b, '}'), err
}

func (s Started) append(b []byte) []byte {
	b = poker.AppendText(append(b, `{"round_id":`...), s.RoundID)
	b = poker.AppendText(append(b, `,"started_at":`...), s.StartedAt)
	b = appendOrNull(append(b, `,"topic":`...), s.Topic)
	b = appendOrNull(append(b, `,"story_id":`...), s.StoryID)
	b = appendOrNull(append(b, `,"ends_at":`...), s.EndsAt)
	return append(strconv.AppendBool(append(b, `,"anonymous":`...), s.Anonymous), '}')
}

// AppendJSON appends the votes as encoding/json writes them. By reflection, they are most of what a round's JSON costs.
func (v RevealedVotes) AppendJSON(b []byte) []byte {
	b = poker.AppendText(append(b, `{"round_id":`...), v.RoundID)
	b = appendVotes(append(b, `,"votes":`...), v.Votes)
	return append(v.Statistics.append(append(b, `,"statistics":`...)), '}')
}

func (c Completed) append(b []byte) []byte {
	b = poker.AppendText(append(b, `{"round_id":`...), c.RoundID)
	b = appendOrNull(append(b, `,"topic":`...), c.Topic)
	b = appendOrNull(append(b, `,"story_id":`...), c.StoryID)
	b = c.Statistics.append(append(b, `,"statistics":`...))
	b = appendOrNull(append(b, `,"estimate":`...), c.Estimate)
	return append(appendOrNull(append(b, `,"completed_at":`...), c.CompletedAt), '}')
}

func (s *Statistics) append(b []byte) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	b = appendNumber(append(b, `{"average":`...), s.Average)
	b = appendNumber(append(b, `,"median":`...), s.Median)
	b = appendNumber(append(b, `,"lowest":`...), s.Lowest)
	b = appendNumber(append(b, `,"highest":`...), s.Highest)
	b = appendOrNull(append(b, `,"suggestion":`...), s.Suggestion)
	b = appendCounts(append(b, `,"distribution":`...), s.Distribution)
	b = strconv.AppendBool(append(b, `,"consensus":`...), s.Consensus)
	b = strconv.AppendInt(append(b, `,"coffee_votes":`...), int64(s.CoffeeVotes), 10)
	return append(strconv.AppendInt(append(b, `,"total_votes":`...), int64(s.TotalVotes), 10), '}')
}

// appendNumber leaves numbers that are no whole ones of few digits to encoding/json, which has rules of its own for when to write an exponent.
func appendNumber(b []byte, n *float64) []byte {
	if n == nil {
		return append(b, "null"...)
	}
	if whole := int64(*n); float64(whole) == *n && whole > -1e6 && whole < 1e6 && (whole != 0 || !math.Signbit(*n)) {
		return strconv.AppendInt(b, whole, 10)
	}
	number, _ := json.Marshal(*n) // those of statistics are finite
	return append(b, number...)
}

func appendCounts(b []byte, counts map[string]int) []byte {
	if counts == nil {
		return append(b, "null"...)
	}
	b = append(b, '{')
	for i, value := range sortedKeys(counts) {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(poker.AppendText(b, value), ':'), int64(counts[value]), 10)
	}
	return append(b, '}')
}

func appendVotes(b []byte, votes map[string]Vote) []byte {
	if votes == nil {
		return append(b, "null"...)
	}
	next := byte('{')
	for _, id := range sortedKeys(votes) {
		b = poker.AppendText(append(b, next), id)
		b = appendVote(append(b, ':'), votes[id])
		next = ','
	}
	if next == '{' {
		b = append(b, next)
	}
	return append(b, '}')
}

func sortedKeys[V any](m map[string]V) []string {
	keys := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(keys)
	return keys
}

func appendVote(b []byte, v Vote) []byte {
	b = poker.AppendText(append(b, `{"user_id":`...), v.UserID)
	b = appendOrNull(append(b, `,"value":`...), v.Value)
	b = poker.AppendText(append(b, `,"submitted_at":`...), v.SubmittedAt)
	return append(b, '}')
}

// AppendJSON appends the event as encoding/json writes it.
func (e ListEvent) AppendJSON(b []byte) ([]byte, error) { return appendJSON(b, e) }

func appendJSON(b []byte, v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return b, fmt.Errorf("encode event: %w", err)
	}
	return append(b, data...), nil
}

func appendOrNull(b []byte, s *string) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	return poker.AppendText(b, *s)
}
