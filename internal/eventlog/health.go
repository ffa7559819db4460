package eventlog

import (
	"errors"
	"fmt"
	"time"
)

const (
	// readyAfterFailure is how long after a failed append Ready reports it, unless
	// one succeeds before. Not longer: without traffic nothing would prove recovery.
	readyAfterFailure = 5 * time.Second
	// deadAfter is how long the store may fail before Live reports it.
	deadAfter = time.Minute
)

var errApart = errors.New("other nodes answer, but nothing is stored")

type failure struct {
	err error
	at  time.Time
}

// failed remembers an append that found the store unavailable.
func (l *Log) failed(err error) {
	l.failure.Store(&failure{err: err, at: l.clock.Now()})
	_ = l.Ready() // which notes when the failing began
}

// worked forgets what failed.
func (l *Log) worked() {
	if l.failure.Load() != nil || l.failing.Load() != nil {
		l.failure.Store(nil)
		l.failing.Store(nil)
	}
}

// Ready returns nil while appends can be expected to work, and otherwise an
// ErrUnavailable that says why. It asks no one and is cheap.
func (l *Log) Ready() error {
	err := l.ready()
	switch now := l.clock.Now(); {
	case err == nil || errors.Is(err, ErrClosed):
		if l.failing.Load() != nil {
			l.failing.Store(nil)
		}
	default:
		l.failing.CompareAndSwap(nil, &now)
	}
	return err
}

func (l *Log) ready() error {
	if l.isClosed() {
		return ErrClosed
	}
	if err := l.conn.alive(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if l.sharing != nil && l.sharing.Cut() {
		return fmt.Errorf("%w: %w", ErrUnavailable, errApart)
	}
	if f := l.failure.Load(); f != nil && l.clock.Now().Sub(f.at) < readyAfterFailure {
		return fmt.Errorf("last append failed: %w", f.err)
	}
	return nil
}

// Live returns an error when the store has been failing for a minute or longer,
// which a new start of the process may end. How long that is counts from the
// first failed append, Ready or Live. It returns nil after Close, and while other
// nodes cannot be reached, which no start would end. It is cheap.
func (l *Log) Live() error {
	err := l.Ready()
	if why := l.conn.broken(); errors.Is(why, errCut) || errors.Is(why, errForming) || errors.Is(why, errNoServer) {
		return nil
	}
	since := l.failing.Load()
	if since == nil {
		return nil
	}
	if lasts := l.clock.Now().Sub(*since); lasts >= deadAfter {
		return fmt.Errorf("failing for %v: %w", lasts.Round(time.Second), err)
	}
	return nil
}
