package eventlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// Append stores data as the next entry of the session and returns its sequence,
// if the session's last entry still has the sequence after (0: it has none).
//
// It returns ErrConflict if not, ErrUnavailable if the store does not answer
// or refuses, within four seconds. Then the entry may be stored all the same:
// the next Append with the same after meets it as a conflict.
//
// Data must not equal that of any other append to the session, so that an
// entry whose acknowledgement was lost can be recognised as one's own: put a
// random command id into it. It may be reused when Append has returned.
func (l *Log) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	subj, err := subject(sessionPrefix, session)
	if err != nil {
		return 0, fmt.Errorf("append: %w", err)
	}
	if len(data) > MaxEntryBytes {
		return 0, fmt.Errorf("append to session %s: %d bytes are more than %d", session, len(data), MaxEntryBytes)
	}
	seq, tries, err := l.store(ctx, subj, after, data)
	if tries.doubtful && errors.Is(err, ErrConflict) {
		seq, err = l.recognise(ctx, session, after, data, tries.deadline)
	}
	return seq, l.note("append to session", session, err)
}

// store tries to store a message until it is known how that ended.
func (l *Log) store(ctx context.Context, subj string, after uint64, data []byte) (seq uint64, r retries, err error) {
	seq, err = l.publish(ctx, subj, after, data, ackTimeout)
	for err != nil && r.again(ctx, l, err) {
		r.doubtful = r.doubtful || errors.Is(err, errDoubtful)
		seq, err = l.publish(ctx, subj, after, data, r.left())
	}
	return seq, r, err
}

// recognise decides a conflict that follows a doubtful try: the entry that was
// in the way may be the one that this try stored. It has until the deadline.
func (l *Log) recognise(ctx context.Context, session string, after uint64, data []byte, deadline time.Time) (uint64, error) {
	limited, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	next, err := l.load(limited, session, after, 1)
	if limited.Err() != nil && ctx.Err() == nil && err != nil { // not the caller's time
		return 0, errSilent
	}
	if err != nil {
		return 0, err
	}
	if len(next) == 1 && bytes.Equal(next[0].Data, data) {
		return next[0].Seq, nil
	}
	return 0, ErrConflict
}

// note remembers for Ready how a write ended, and completes its error.
func (l *Log) note(what, session string, err error) error {
	switch {
	case err == nil:
		l.conn.wrote()
		if l.failure.Load() != nil {
			l.failure.Store(nil)
		}
		return nil
	case errors.Is(err, ErrConflict), errors.Is(err, ErrNoSlot):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded): // the caller's, not the store's
		return l.unavailable(what, session, err)
	}
	err = l.unavailable(what, session, err)
	l.failure.Store(&failure{err: err, at: time.Now()})
	return err
}
