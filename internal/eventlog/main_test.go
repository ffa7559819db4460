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
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(runChild(dir))
	}
	goleak.VerifyTestMain(m)
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
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, cfg)
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
	cfg.Logger = slog.New(slog.NewTextHandler(to, nil))
	return cfg
}
