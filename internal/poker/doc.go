// Package poker is the game: planning poker as one function from a session's state and a command to events, and one from a state and an event to the next state.
//
//	Decide(state, command, moment) → events, or a Refusal
//	Fold(state, event)             → state
//
// There is no I/O, no clock and no goroutine here, and nothing is imported but the standard library. A *Session is never changed once it has been returned: Fold answers a
// new one that shares with the old what the event left alone. So a state may be read from any goroutine without a lock.
//
// All times are UTC, cut to milliseconds, so that a state folded from stored events equals the one that the events were decided on.
package poker
