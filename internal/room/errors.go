package room

import (
	"errors"

	"github.com/magnapp/magnapp/internal/poker"
)

// Reasons of refusals that are the house's, not the game's.
const (
	SlotsTaken  poker.Reason = "slots_taken" // as many sessions as the server allows
	Unproven    poker.Reason = "unproven"    // the acting user is in the session, but the proof is not theirs
	Unavailable poker.Reason = "unavailable" // the store cannot take the write now
)

// ErrClosed is returned by everything after Close.
var ErrClosed = errors.New("the rooms are closed")

// texts are what people are told, by reason.
var texts = map[poker.Reason]struct{ title, detail string }{
	SlotsTaken:  {"No session available", "All sessions of this server are taken. Try again when one has ended."},
	Unproven:    {"Credential missing or wrong", "Send the cookie or the token that was issued to this user when they created or joined the session."},
	Unavailable: {"Store unavailable", "The change could not be stored and was not made. Try again in a moment."},
}

// Explain returns what people are told about a reason, the game's or the house's; empty for another.
func Explain(r poker.Reason) (title, detail string) {
	if t, ok := texts[r]; ok {
		return t.title, t.detail
	}
	return poker.Explain(r)
}

// Refuse returns the refusal for a reason.
func Refuse(reason poker.Reason) *poker.Refusal {
	title, detail := Explain(reason)
	return &poker.Refusal{Reason: reason, Title: title, Detail: detail}
}

// unavailableError is a refusal that remembers what the store said, for the log; clients see only the refusal.
type unavailableError struct {
	*poker.Refusal
	cause error
}

func unavailable(cause error) error {
	return &unavailableError{
		Refusal: Refuse(Unavailable),
		cause:   cause,
	}
}

func (e *unavailableError) Error() string { return e.Refusal.Error() + ": " + e.cause.Error() }

// Unwrap gives both the refusal and its cause.
func (e *unavailableError) Unwrap() []error { return []error{e.Refusal, e.cause} }
