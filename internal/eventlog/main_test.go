package eventlog

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magnapp/magnapp/internal/leaks"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(runChild(dir))
	}
	// A server that is stopped while it makes a stream leaves these two behind
	// (v2.15.2).
	leaks.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).flushStreamStateLoop"),
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server/ats.Register.func1"),
	)
}

// onDisk is the program's default, in a directory of the test's own.
func onDisk(t *testing.T) Config {
	t.Helper()
	return Config{Dir: t.TempDir(), Sync: time.Second, Logger: slog.New(slog.DiscardHandler)}
}

func embeddedOf(l *Log) *embedded { return l.conn.backend.(*embedded) }

// reopen closes a log and opens it again with another configuration.
func reopen(t *testing.T, l *Log, cfg Config) *Log {
	t.Helper()
	shut(t, l)
	return open(t, cfg)
}

// shut closes a log and waits until nothing uses its folder any more.
func shut(t *testing.T, l *Log) {
	t.Helper()
	must(t, l.Close())
	l.awaitEnd()
}

// awaitEnd waits for all that closing a log does: what a busy disk keeps from ending
// in time ends after Close, and writes to the folder until then.
func (l *Log) awaitEnd() {
	switch b := l.conn.backend.(type) {
	case *embedded:
		<-b.ended
	case *clustered:
		<-b.ended
		_ = b.release() // an error if Close has done it
	}
}

func mustAppend(t *testing.T, l *Log, session string, after uint64, data string) uint64 {
	t.Helper()
	seq, err := l.Append(t.Context(), session, after, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func mustLoad(t *testing.T, l *Log, session string, after uint64) []Entry {
	t.Helper()
	entries, err := l.Load(t.Context(), session, after)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func mustReplay(t *testing.T, l *Log) (entries []Entry, last uint64) {
	t.Helper()
	found, err := l.Replay(context.Background(), nil, func(e Entry) { entries = append(entries, e) })
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Damaged) > 0 {
		t.Errorf("damaged: %v", found.Damaged)
	}
	return entries, found.Last
}

// logText is what was logged. It may be read at any time.
type logText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func logTo(cfg Config, to *logText) Config {
	var options *slog.HandlerOptions
	if os.Getenv("LOG_ALL") != "" {
		options = &slog.HandlerOptions{Level: slog.LevelDebug}
	}
	cfg.Logger = slog.New(slog.NewTextHandler(to, options))
	return cfg
}

// An event of the size of a vote's.
var benchData = []byte(`{"command":"5b0d9f0e-6a52-4f0e-9d0c-0a8d0f6f7d11","at":"2026-01-01T00:00:00.000Z","events":[{"type":"vote_cast","user":"0a8d0f6f-7d11-4f0e-9d0c-5b0d9f0e6a52","value":"13"}]}`)

func appendOne(tb testing.TB, l *Log, session string, after uint64) uint64 {
	seq, err := l.Append(context.Background(), session, after, benchData)
	if err != nil {
		tb.Error(err)
	}
	return seq
}

func open(tb testing.TB, cfg Config) *Log {
	tb.Helper()
	l, err := Open(context.Background(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
		l.awaitEnd()
	})
	return l
}
