package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// getTimeout is for one question to a leader. A leader that is gone does not
// answer at all, and the next one is asked soon.
const getTimeout = 800 * time.Millisecond

// longGetTimeout is for the same question when it was not answered: an entry can
// have megabytes.
const longGetTimeout = 3 * time.Second

// leaderBatch asks the leader for one message after another. It may be a leader
// that was, and its answer old: it never decides anything, only a write does.
func (l *Log) leaderBatch(ctx context.Context, q query, fn func(message) bool) (more bool, err error) {
	if err := l.conn.broken(); err != nil {
		return false, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	stream := l.sessions
	if q.stream == slotsStream {
		stream = l.slots
	}
	if q.LastOf != nil {
		return false, lastFromLeader(ctx, stream, q, fn)
	}
	batch := q.Batch
	if batch == 0 {
		batch = sessionBatch
	}
	for range batch {
		m, found, err := fromLeader(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
			return stream.GetMsg(ctx, q.Seq, jetstream.WithGetMsgSubject(q.Filter))
		})
		if err != nil || !found || !fn(m) {
			return false, err
		}
		q.Seq = m.seq + 1
	}
	return q.Batch == 0, nil
}

func lastFromLeader(ctx context.Context, stream jetstream.Stream, q query, fn func(message) bool) error {
	for _, subj := range q.LastOf {
		m, found, err := fromLeader(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
			return stream.GetLastMsgForSubject(ctx, subj)
		})
		if err != nil {
			return err
		}
		if found && (q.UpTo == 0 || m.seq <= q.UpTo) && !fn(m) {
			return nil
		}
	}
	return nil
}

// fromLeader asks for a message. An error other than the caller's is worth
// another try.
func fromLeader(ctx context.Context, get func(context.Context) (*jetstream.RawStreamMsg, error)) (m message, found bool, err error) {
	m, found, err = askLeader(ctx, getTimeout, get)
	if errors.Is(err, errSilent) { // or the answer is long
		return askLeader(ctx, longGetTimeout, get)
	}
	return m, found, err
}

func askLeader(ctx context.Context, limit time.Duration, get func(context.Context) (*jetstream.RawStreamMsg, error)) (m message, found bool, err error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	raw, err := get(limited)
	var refused jetstream.JetStreamError
	switch {
	case err == nil:
		m, err = storedMessage(raw)
		return m, err == nil, err
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return message{}, false, nil
	case ctx.Err() != nil:
		return message{}, false, ctx.Err()
	case limited.Err() != nil:
		return message{}, false, errSilent
	case errors.As(err, &refused):
		return message{}, false, fmt.Errorf("%w: %w", errNotSent, err)
	}
	return message{}, false, notSent(err)
}

func storedMessage(raw *jetstream.RawStreamMsg) (message, error) {
	after, err := decidedOn(raw.Header)
	if err != nil {
		return message{}, fmt.Errorf("entry %d: %w", raw.Sequence, err)
	}
	return message{subject: raw.Subject, seq: raw.Sequence, after: after, at: raw.Time, data: raw.Data}, nil
}
