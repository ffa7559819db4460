package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Reserve takes one of the MaxSessions slots for the session. It returns nil
// also if the session holds one already, ErrNoSlot if all are taken, and
// ErrUnavailable if the store does not answer; then the slot may be taken, and
// Reserve or Release of the same session settles it.
func (l *Log) Reserve(ctx context.Context, session string) error {
	subj, err := subject(slotPrefix, session)
	if err != nil {
		return fmt.Errorf("reserve a slot: %w", err)
	}
	_, _, err = l.store(ctx, subj, 0, nil)
	switch {
	case errors.Is(err, ErrConflict): // it holds one
		err = nil
	case errors.Is(err, errFull):
		err = ErrNoSlot
	}
	return l.note("reserve a slot for session", session, err)
}

// Release gives the session's slot back, also while appends are refused. A
// session without one is no error. It is tried once.
func (l *Log) Release(ctx context.Context, session string) error {
	return l.purged(slotPrefix, session, func(subj string) error {
		return l.tryPurge(ctx, l.slots, subj)
	})
}

// Reserved returns the sessions that hold a slot, and since when.
func (l *Log) Reserved(ctx context.Context) (map[string]time.Time, error) {
	held := map[string]time.Time{}
	err := l.read(ctx, query{stream: slotsStream}, func(m message) {
		held[m.subject[len(slotPrefix):]] = m.at
	})
	if err != nil {
		return nil, l.unavailable("read", "slots", err)
	}
	return held, nil
}

// Forget frees the storage of a session's entries, also while appends are
// refused: that is how a full store gets room again. It can take tens of
// milliseconds among many sessions, and seconds while the store is opened anew,
// so it has no place on a request's path.
func (l *Log) Forget(ctx context.Context, session string) error {
	return l.purged(sessionPrefix, session, func(subj string) error {
		for r := (retries{}); ; {
			err := l.tryPurge(ctx, l.sessions, subj)
			if err == nil || !r.again(ctx, l, err) {
				return err
			}
		}
	})
}

// purged calls purge with the session's subject and completes its error.
func (l *Log) purged(prefix, session string, purge func(subj string) error) error {
	subj, err := subject(prefix, session)
	if err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	if l.isClosed() {
		return l.unavailable("purge", subj, ErrClosed)
	}
	if err := purge(subj); err != nil {
		return l.unavailable("purge", subj, err)
	}
	l.conn.wrote()
	return nil
}

// tryPurge is one try. Purging twice does no harm, so what a failed store, or
// one that is being opened anew, refused may be tried again.
func (l *Log) tryPurge(ctx context.Context, stream jetstream.Stream, subj string) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	err := l.conn.whileOpen(ctx, func() error {
		return stream.Purge(ctx, jetstream.WithPurgeSubject(subj))
	})
	if err != nil && l.conn.broken() != nil {
		return fmt.Errorf("%w: %w", errNotSent, err)
	}
	return err
}
