package eventlog

import (
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
)

var (
	// ErrConflict says that the session's last entry is another than the append
	// was decided on: load what is new and decide again. Nothing was stored. It
	// comes as a [*ConflictError].
	ErrConflict = errors.New("another append came first")
	// ErrNoSlot says that all session slots are taken.
	ErrNoSlot = errors.New("all session slots are taken")
	// ErrUnavailable says that the store cannot be used now. Nothing was stored,
	// unless the error is an ErrDoubtful too.
	ErrUnavailable = errors.New("event store unavailable")
	// ErrDoubtful says that a write may be stored and may not: read what is there
	// before anything else is decided. It is an ErrUnavailable.
	ErrDoubtful = fmt.Errorf("%w: it is not known whether this was stored", ErrUnavailable)
	// ErrFull says that there is no room, until other sessions have been forgotten.
	// It is an ErrUnavailable.
	ErrFull = fmt.Errorf("%w: stream is full", ErrUnavailable)
	// ErrClosed is what every call returns after Close. It is an ErrUnavailable.
	ErrClosed = fmt.Errorf("%w: closed", ErrUnavailable)
)

// ConflictError is an ErrConflict that knows the session's last entry.
type ConflictError struct {
	// Last is the sequence that an append would have to name, as the server says.
	// 0 means that there is no entry, that the last one is damaged, or that the
	// server did not say.
	Last uint64
}

func (e *ConflictError) Error() string { return fmt.Sprintf("%v: the last is %d", ErrConflict, e.Last) }

// Is makes every ConflictError an ErrConflict.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

// unavailable makes an error of the client or the server an ErrUnavailable
// that says what was attempted for whom.
func (l *Log) unavailable(what, whom string, err error) error {
	switch {
	case l.isClosed() || errors.Is(err, nats.ErrConnectionClosed):
		err = ErrClosed
	case !errors.Is(err, ErrUnavailable):
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return fmt.Errorf("%s %s: %w", what, whom, err)
}
