package view

import (
	"encoding/json"
	"fmt"
	"slices"
)

// AppendJSON appends the event as encoding/json writes it. Every command needs it, and nearly every one is a vote, so what all events consist of and all that a vote says is
// written without reflection.
func (e Event) AppendJSON(b []byte) ([]byte, error) {
	b = appendString(append(b, `{"type":`...), e.Type)
	b = appendString(append(b, `,"session_id":`...), e.SessionID)
	b = appendString(append(b, `,"timestamp":`...), e.Timestamp)
	b = appendString(append(b, `,"expires_at":`...), e.ExpiresAt)
	b = append(b, `,"data":`...)
	if d, ok := e.Data.(OfUser); ok {
		b = appendString(append(b, `{"user_id":`...), d.UserID)
		return append(b, "}}"...), nil
	}
	b, err := appendJSON(b, e.Data)
	return append(b, '}'), err
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

// appendString appends a string as encoding/json writes it: itself between quotes, unless something in it needs care.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(s) // a string always has one
			return append(b, quoted...)
		}
	}
	b = slices.Grow(b, len(s)+2)
	return append(append(append(b, '"'), s...), '"')
}
