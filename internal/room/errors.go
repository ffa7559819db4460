package room

import (
	"errors"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// Reasons of refusals that are the server's, not the game's.
const (
	SlotsTaken      poker.Reason = "slots_taken"       // as many sessions as the server allows
	Unproven        poker.Reason = "unproven"          // the acting user is in the session, but the proof is not theirs
	Unavailable     poker.Reason = "unavailable"       // the store cannot take the write now; nothing was changed
	OutcomeUnknown  poker.Reason = "outcome_unknown"   // the store did not say whether it took the write
	TooManyCommands poker.Reason = "too_many_commands" // one participant sends more than they may
	TooManyStreams  poker.Reason = "too_many_streams"  // one participant has as many open as they may
)

// ErrClosed is returned by everything after Close.
var ErrClosed = errors.New("the rooms are closed")

// texts are what people read, by reason.
var texts = map[poker.Reason]struct{ title, detail string }{
	SlotsTaken:      {"No session available", "All sessions of this server are taken. Try again when one has ended."},
	Unproven:        {"Credential missing or wrong", "Send the cookie or the token that was issued to this user when they created or joined the session."},
	Unavailable:     {"Store unavailable", "The change could not be stored and was not made. Try again in a moment."},
	OutcomeUnknown:  {"Outcome unknown", "It is not known whether the change was stored. The stream shows it as soon as the server knows. To try again, send the same request with the same Idempotency-Key."},
	TooManyCommands: {"Too many commands", "This participant sends more commands than the server takes. Wait as long as Retry-After says."},
	TooManyStreams:  {"Too many streams", "This participant has as many streams open as the server allows. Close one first."},
}

// Explain returns what people read about a reason, the game's or the server's; empty for another.
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
	return &unavailableError{Refusal: Refuse(Unavailable), cause: cause}
}

func unknown(cause error) error {
	return &unavailableError{Refusal: Refuse(OutcomeUnknown), cause: cause}
}

// waitError is a refusal that says how long to wait.
type waitError struct {
	*poker.Refusal
	wait time.Duration
}

func tooMany(reason poker.Reason, wait time.Duration) error {
	return &waitError{Refusal: Refuse(reason), wait: wait}
}

// RetryAfter is how long to wait before the next try.
func (e *waitError) RetryAfter() time.Duration { return e.wait }

// Unwrap gives the refusal.
func (e *waitError) Unwrap() error { return e.Refusal }

func (e *unavailableError) Error() string { return e.Refusal.Error() + ": " + e.cause.Error() }

// Unwrap gives both the refusal and its cause.
func (e *unavailableError) Unwrap() []error { return []error{e.Refusal, e.cause} }
