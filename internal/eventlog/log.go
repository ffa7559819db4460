package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var (
	// ErrConflict says that another append came first: load what is new and
	// decide again. Nothing was stored.
	ErrConflict = errors.New("another append came first")
	// ErrNoSlot says that all session slots are taken.
	ErrNoSlot = errors.New("all session slots are taken")
	// ErrUnavailable says that the store cannot be used now. A write that
	// returns it is not known to be stored; it is safe to try again.
	ErrUnavailable = errors.New("event store unavailable")
	// ErrClosed is what every call returns after Close. It is an ErrUnavailable.
	ErrClosed = fmt.Errorf("%w: closed", ErrUnavailable)
)

// MaxEntryBytes is the most that one entry can hold. Append refuses more.
const MaxEntryBytes = 1<<20 - 1024

// readyAfterFailure is how long after a failed append Ready reports it, unless
// one succeeds before. Not longer: without traffic nothing would prove recovery.
const readyAfterFailure = 5 * time.Second

// Config says where a Log keeps its entries.
type Config struct {
	// Dir holds the streams; it is created if missing. "" keeps them in memory.
	Dir string
	// Sync is how long an acknowledged append may wait for the disk, which is
	// what a power cut can cost (a killed process costs nothing). 0 waits for
	// the disk before each acknowledgement.
	Sync time.Duration
	// MaxSessions is the number of slots for Reserve; 0 means no limit.
	MaxSessions int
	// Logger receives what NATS logs: warnings and errors as such, the rest at
	// debug level. nil is slog.Default.
	Logger *slog.Logger
}

// Entry is one stored append.
type Entry struct {
	Session string
	Seq     uint64 // rises over all sessions; starts at 1
	Data    []byte
}

// Log is an open event log. Make one with Open.
type Log struct {
	conn     *connection
	js       jetstream.JetStream
	sessions jetstream.Stream
	slots    jetstream.Stream
	senders  *senders
	logger   *slog.Logger

	failure atomic.Pointer[failure] // the last append, if it found the store unavailable

	mu        sync.Mutex
	closed    bool
	followers map[*follower]struct{}
	closeOnce sync.Once
	closeErr  error
}

type failure struct {
	err error
	at  time.Time
}

// Open opens the log in cfg.Dir, or makes one. It fails if another process has
// the directory open, if it cannot be written, or if what is stored there
// cannot be read; the error names the directory.
func Open(ctx context.Context, cfg Config) (*Log, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	conn, err := connect(cfg)
	if err != nil {
		return nil, fmt.Errorf("open event log %s: %w", place(cfg), err)
	}
	l := &Log{
		conn:      conn,
		senders:   &senders{nc: conn.nc},
		logger:    cfg.Logger,
		followers: map[*follower]struct{}{},
	}
	if err := l.setUp(ctx, cfg); err != nil {
		return nil, fmt.Errorf("open event log %s: %w", place(cfg), errors.Join(err, conn.close()))
	}
	return l, nil
}

func place(cfg Config) string {
	if cfg.Dir == "" {
		return "in memory"
	}
	return "in " + cfg.Dir
}

// setUp opens the streams.
func (l *Log) setUp(ctx context.Context, cfg Config) (err error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if l.js, err = jetstream.New(l.conn.nc, jetstream.WithDefaultTimeout(requestTimeout)); err != nil {
		return err
	}
	return l.openStreams(ctx, cfg)
}

// Close stops every follower, writes what is not on the disk yet and frees the
// directory. It takes less than three seconds and may be called more than once.
func (l *Log) Close() error {
	l.closeOnce.Do(func() {
		l.mu.Lock()
		l.closed = true
		l.mu.Unlock()
		l.senders.close()
		l.conn.endLife()
		l.closeErr = errors.Join(l.stopFollowers(), l.conn.closing(l.held), l.conn.close())
	})
	return l.closeErr
}

// Ready returns nil while appends can be expected to work, and otherwise an
// ErrUnavailable that says why. It asks no one and is cheap.
func (l *Log) Ready() error {
	if l.isClosed() {
		return ErrClosed
	}
	if err := l.conn.alive(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if f := l.failure.Load(); f != nil && time.Since(f.at) < readyAfterFailure {
		return fmt.Errorf("last append failed: %w", f.err)
	}
	return nil
}

func (l *Log) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// unavailable makes an error of the client or the server an ErrUnavailable
// that says what was attempted for whom.
func (l *Log) unavailable(what, whom string, err error) error {
	switch {
	case l.isClosed() || errors.Is(err, nats.ErrConnectionClosed):
		return fmt.Errorf("%s %s: %w", what, whom, ErrClosed)
	case errors.Is(err, ErrUnavailable):
		return fmt.Errorf("%s %s: %w", what, whom, err)
	}
	return fmt.Errorf("%s %s: %w: %w", what, whom, ErrUnavailable, err)
}

// subject returns the subject of a session. A session's name must be one token.
func subject(prefix, session string) (string, error) {
	if session == "" || strings.ContainsAny(session, ".*> \t\r\n") {
		return "", fmt.Errorf("session name %q is not usable as a subject", session)
	}
	return prefix + session, nil
}
