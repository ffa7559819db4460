package eventlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	// MaxEntryBytes is the most that one entry can hold. Append refuses more.
	MaxEntryBytes = maxPayload - 1024
	// MaxSnapshotBytes is the most that one snapshot can hold. Snapshot refuses
	// more.
	MaxSnapshotBytes = maxPayload - 1024

	maxPayload = 8 << 20
)

// Append stores data as the next entry of the session and returns its sequence,
// if the session's last entry still has the sequence after (0: it has none).
//
// It returns a [*ConflictError] if not. If the store refuses or does not answer
// within four seconds, or one and a half as a node of several, it returns
// ErrUnavailable when nothing was stored for sure, and ErrDoubtful when the entry
// may be stored: then the next Append with the same after may meet it as a
// conflict.
//
// Data must not equal that of any other append to the session, so that an
// entry whose acknowledgement was lost can be recognised as one's own: put a
// random command id into it. It may be reused when Append has returned.
func (l *Log) Append(ctx context.Context, session string, after uint64, data []byte) (seq uint64, err error) {
	return l.append(ctx, session, after, data, MaxEntryBytes, false)
}

// End is Append for an entry after which the session can be forgotten. Among
// several nodes it has room where others meet an ErrFull: without it, nothing
// would ever be freed.
func (l *Log) End(ctx context.Context, session string, after uint64, data []byte) (seq uint64, err error) {
	return l.append(ctx, session, after, data, MaxEntryBytes, true)
}

// Snapshot is Append for an entry that holds all that came before it, of up to
// MaxSnapshotBytes. Compact may then free what it replaces.
func (l *Log) Snapshot(ctx context.Context, session string, after uint64, data []byte) (seq uint64, err error) {
	return l.append(ctx, session, after, data, MaxSnapshotBytes, false)
}

func (l *Log) append(ctx context.Context, session string, after uint64, data []byte, limit int, ends bool) (uint64, error) {
	subj, err := subject(sessionPrefix, session)
	if err != nil {
		return 0, fmt.Errorf("append: %w", err)
	}
	if len(data) > limit {
		return 0, fmt.Errorf("append to session %s: %d bytes are more than %d", session, len(data), limit)
	}
	if !ends {
		if err := l.hasRoom(); err != nil {
			return 0, l.note("append to session", session, retries{}, err)
		}
	}
	seq, tries, err := l.store(ctx, subj, after, data, nil)
	if tries.doubtful && errors.Is(err, ErrConflict) {
		seq, err = l.recognise(ctx, session, after, data, tries.deadline, err)
	}
	return seq, l.note("append to session", session, tries, err)
}

// store tries to store a message until it is known how that ended.
// Extra headers may be nil.
func (l *Log) store(ctx context.Context, subj string, after uint64, data []byte, extra nats.Header) (seq uint64, r retries, err error) {
	limits := l.conn.limits()
	for patience := l.pace.patience(limits, len(data)); ; patience = min(2*patience, r.left()) {
		done := l.pace.time(limits)
		seq, err = l.publish(ctx, subj, after, data, patience, extra)
		r.doubtful = r.doubtful || errors.Is(err, errDoubtful)
		if err == nil {
			done()
		}
		if errors.Is(err, errSilent) {
			l.pace.missed(patience)
		}
		if err == nil || !r.again(ctx, l, err) {
			return seq, r, err
		}
	}
}

// recognise decides a conflict that follows a doubtful try: the entry that was
// in the way may be the one that this try stored. It has until the deadline.
func (l *Log) recognise(ctx context.Context, session string, after uint64, data []byte, deadline time.Time, conflict error) (uint64, error) {
	limited, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	next, err := l.inTheWay(limited, session, after, conflict)
	switch {
	case limited.Err() != nil && ctx.Err() == nil && err != nil: // not the caller's time
		return 0, errSilent
	case err != nil:
		return 0, err
	case bytes.Equal(next.Data, data):
		return next.Seq, nil
	}
	return 0, conflict
}

// inTheWay reads the session's first entry above after, of which a conflict has
// shown that it is there. What a server answers that does not know it yet is
// asked again. The entry is empty if it cannot be read.
func (l *Log) inTheWay(ctx context.Context, session string, after uint64, conflict error) (Entry, error) {
	known := &ConflictError{}
	_ = errors.As(conflict, &known) // 0 if it does not say
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		next, err := l.load(ctx, session, after, 1)
		if err != nil {
			return Entry{}, err
		}
		if len(next) == 1 && (known.Last == 0 || next[0].Seq <= known.Last) {
			return next[0], nil
		}
		if l.conn.node() == "" { // one server knows all there is
			return Entry{}, nil
		}
		if !wait(ctx, pause) {
			return Entry{}, ctx.Err()
		}
	}
}

// note remembers for Ready how a write ended, and completes its error.
func (l *Log) note(what, session string, tries retries, err error) error {
	switch {
	case err == nil:
		l.conn.wrote()
		l.worked()
		return nil
	case errors.Is(err, ErrConflict), errors.Is(err, ErrNoSlot):
		return err
	}
	callers := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	err = l.unavailable(what, session, err)
	if tries.doubtful {
		err = fmt.Errorf("%w: %w", ErrDoubtful, err)
	}
	if !callers { // who went away does not say anything of the store
		l.failed(err)
	}
	return err
}
