package view

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// AppendJSON appends the event as encoding/json writes it. Every command needs it, and nearly every one is a vote, so what all events consist of and all that a vote says is
// written without reflection.
func (e Event) AppendJSON(b []byte) ([]byte, error) {
	b = appendString(append(b, `{"type":`...), e.Type)
	b = appendString(append(b, `,"session_id":`...), e.SessionID)
	b = appendString(append(b, `,"timestamp":`...), e.Timestamp)
	b = appendString(append(b, `,"expires_at":`...), e.ExpiresAt)
	b = append(b, `,"data":`...)
	var err error
	switch d := e.Data.(type) {
	case OfUser:
		b = append(appendString(append(b, `{"user_id":`...), d.UserID), '}')
	case RevealedVotes:
		b, err = d.AppendJSON(b)
	default:
		b, err = appendJSON(b, e.Data)
	}
	return append(b, '}'), err
}

// AppendJSON appends the votes as encoding/json writes them. By reflection, they are most of what a round's JSON costs.
func (v RevealedVotes) AppendJSON(b []byte) ([]byte, error) {
	b = appendString(append(b, `{"round_id":`...), v.RoundID)
	b = appendVotes(append(b, `,"votes":`...), v.Votes)
	b, err := appendJSON(append(b, `,"statistics":`...), v.Statistics)
	return append(b, '}'), err
}

func appendVotes(b []byte, votes map[string]Vote) []byte {
	if votes == nil {
		return append(b, "null"...)
	}
	next := byte('{')
	for _, id := range slices.Sorted(maps.Keys(votes)) {
		b = appendString(append(b, next), id)
		b = appendVote(append(b, ':'), votes[id])
		next = ','
	}
	if next == '{' {
		b = append(b, next)
	}
	return append(b, '}')
}

func appendVote(b []byte, v Vote) []byte {
	b = appendString(append(b, `{"user_id":`...), v.UserID)
	b = append(b, `,"value":`...)
	if v.Value == nil {
		b = append(b, "null"...)
	} else {
		b = appendString(b, *v.Value)
	}
	b = appendString(append(b, `,"submitted_at":`...), v.SubmittedAt)
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

// plain are the bytes that encoding/json writes as they are.
var plain = func() (plain [256]bool) {
	for c := ' '; c <= '~'; c++ {
		plain[c] = !strings.ContainsRune(`"\<>&`, c)
	}
	return plain
}()

// appendString appends a string as encoding/json writes it: itself between quotes, unless something in it needs care.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if !plain[s[i]] {
			quoted, _ := json.Marshal(s) // a string always has one
			return append(b, quoted...)
		}
	}
	b = slices.Grow(b, len(s)+2)
	return append(append(append(b, '"'), s...), '"')
}
