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

	"github.com/nats-io/nats.go/jetstream"

	"github.com/magnapp/magnapp/internal/clock"
)

// Config says where a Log keeps its entries.
type Config struct {
	// Dir holds the streams; it is created if missing. "" keeps them in memory.
	Dir string
	// Sync is how long an acknowledged append may wait for the disk, which is
	// what a power cut can cost (a killed process costs nothing). 0 waits for
	// the disk before each acknowledgement.
	Sync time.Duration
	// Cluster makes this node one of several that keep the log together; nil keeps
	// it alone.
	Cluster *Cluster
	// NATS has the log kept by servers that are there already; nil keeps it in this
	// process. Only one of NATS and Cluster may be set. Dir then holds nothing but
	// this node's name.
	NATS *NATS
	// MaxSessions is the number of slots for Reserve; 0 means no limit.
	MaxSessions int
	// Clock is for Ready and Live; nil is the system's.
	Clock clock.Clock
	// Logger receives what NATS logs: warnings and errors as such, the rest at
	// debug level. nil is slog.Default.
	Logger *slog.Logger

	node     string // makes a lone server's log one that is shared, for tests
	maxStore int64  // bytes that entries may take, for tests; 0 is maxStoreBytes
}

// Entry is one stored append.
type Entry struct {
	Session string
	Seq     uint64 // rises over all sessions; starts at 1
	// After is the sequence that the append was decided on (0: the first). If it
	// is not that of the entry before, something between them cannot be read, or
	// was compacted.
	After uint64
	Data  []byte
}

// Log is an open event log. Make one with Open.
type Log struct {
	conn     *connection
	js       jetstream.JetStream
	sessions jetstream.Stream
	slots    jetstream.Stream
	senders  *senders
	pace     pace
	sharing  *sharing // nil if nobody else writes to this log
	logger   *slog.Logger
	clock    clock.Clock

	failure atomic.Pointer[failure]   // the last append, if it found the store unavailable
	failing atomic.Pointer[time.Time] // since when Ready has not returned nil

	mu        sync.Mutex
	closed    bool
	followers map[*follower]struct{}
	closeOnce sync.Once
	closeErr  error
}

// Open opens the log in cfg.Dir, or makes one. It fails if another process has
// the directory open, if it cannot be written, or if what is stored there
// cannot be read; the error names the directory.
func Open(ctx context.Context, cfg Config) (*Log, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	conn, err := connect(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open event log %s: %w", place(cfg), err)
	}
	l := &Log{
		conn:      conn,
		senders:   &senders{nc: conn.appends.Conn},
		logger:    cfg.Logger,
		clock:     cfg.Clock,
		followers: map[*follower]struct{}{},
	}
	if err := l.setUp(ctx, cfg); err != nil {
		return nil, fmt.Errorf("open event log %s: %w", place(cfg), errors.Join(err, conn.close(conn.limits().close)))
	}
	return l, nil
}

func place(cfg Config) string {
	if cfg.NATS != nil {
		return "at NATS"
	}
	if cfg.Dir == "" {
		return "in memory"
	}
	return "in " + cfg.Dir
}

// setUp opens the streams.
func (l *Log) setUp(ctx context.Context, cfg Config) (err error) {
	ctx, cancel := context.WithTimeout(ctx, l.conn.limits().open)
	defer cancel()
	if l.js, err = jetstream.New(l.conn.requests.Conn, jetstream.WithDefaultTimeout(requestTimeout)); err != nil {
		return err
	}
	if node := l.conn.node(); node != "" {
		l.sharing = newSharing(l, node, l.conn.cut)
		l.conn.whenCut(l.sharing.wake)
	}
	err = l.conn.openStreams(ctx, func(ctx context.Context) error { return l.openStreams(ctx, cfg) })
	if err != nil || l.sharing == nil {
		return err
	}
	return l.sharing.start()
}

// Close stops every follower, hands what this node leads to another one, writes
// what is not on the disk yet and frees the directory. It takes less than two
// and a half seconds, less than six as a node of several, and may be called more
// than once.
//
// Every acknowledged append has been handed to the operating system long
// before, so that the end of the process costs none of them. If the disk does
// not answer in that time, Close logs a warning, leaves the directory locked
// until the process ends, and returns nil: a power cut costs what Config.Sync
// allows and no more. It returns an error if more than that is at stake,
// because the disk has failed to sync for longer.
func (l *Log) Close() error {
	l.closeOnce.Do(func() {
		l.mu.Lock()
		l.closed = true
		l.mu.Unlock()
		began := time.Now()
		if l.sharing != nil {
			l.sharing.stop()
		}
		l.senders.close()
		l.conn.endLife()
		followers := l.stopFollowers()
		l.conn.closing(l)
		l.closeErr = errors.Join(followers, l.conn.close(l.conn.limits().close-time.Since(began)))
	})
	return l.closeErr
}

func (l *Log) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// subject returns the subject of a session. A session's name must be one token.
func subject(prefix, session string) (string, error) {
	if session == "" || strings.ContainsAny(session, ".*> \t\r\n") {
		return "", fmt.Errorf("session name %q is not usable as a subject", session)
	}
	return prefix + session, nil
}
