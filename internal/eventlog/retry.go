package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	ackTimeout     = 2 * time.Second // for one try of an append
	requestTimeout = 2 * time.Second // for any other answer
	retryTimeout   = 2 * time.Second // for all tries that follow the first failure, alone
	firstPause     = time.Millisecond
	longestPause   = 100 * time.Millisecond
)

// How one try can end, beside ErrConflict and ErrUnavailable.
var (
	errDoubtful = errors.New("no answer")                                // may be stored
	errSilent   = fmt.Errorf("%w in time", errDoubtful)                  // the connection stands
	errNotSent  = errors.New("no one to send to")                        // not stored
	errNoStream = fmt.Errorf("%w: no stream answers", errNotSent)        // not stored
	errInFlight = errors.New("another append is still being replicated") // not stored
)

// retries bounds the tries of one call. The zero value is ready, and its time
// runs from the first failure: success asks no clock.
type retries struct {
	deadline time.Time
	pause    time.Duration
	doubtful bool // one of the tries may have been stored
}

// again waits a little, and says whether to try again what ended with err.
func (r *retries) again(ctx context.Context, l *Log, err error) bool {
	if !worthRetrying(err) || ctx.Err() != nil || l.isClosed() {
		return false
	}
	l.conn.suspect(err)
	limit := l.conn.limits().retry
	if r.deadline.IsZero() {
		r.deadline, r.pause = time.Now().Add(limit), firstPause
	}
	if r.left()-r.pause < leastPatience(limit) {
		return false
	}
	defer func() { r.pause = min(2*r.pause, longestPause) }()
	return wait(ctx, r.pause) && r.left() > 0
}

// leastPatience is the time with less of which there is no new try: silence would
// not mean much.
func leastPatience(limit time.Duration) time.Duration { return limit / 4 }

// left is how much time there is for what follows a failure.
func (r *retries) left() time.Duration { return time.Until(r.deadline) }

// worthRetrying says whether the same may end otherwise soon.
func worthRetrying(err error) bool {
	return errors.Is(err, errInFlight) || errors.Is(err, errDoubtful) || errors.Is(err, errNotSent)
}

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// notSent says of an error of the client's that nothing left this process.
func notSent(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrConnectionClosed):
		return ErrClosed
	}
	return fmt.Errorf("%w: %w", errNotSent, err)
}
