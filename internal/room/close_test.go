package room

import (
	"bytes"
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// slow is a real log, one of whose calls takes until it is let go.
type slow struct {
	*eventlog.Log
	call    string
	entered chan context.Context // that of the call
	letGo   chan struct{}
	calls   atomic.Int32 // of the slow kind
	busy    atomic.Bool
}

func newSlow(t *testing.T, call string) *slow {
	return &slow{Log: openLog(t, 3), call: call, entered: make(chan context.Context), letGo: make(chan struct{})}
}

func (l *slow) Forget(ctx context.Context, session string, last uint64) error {
	return l.slowly("Forget", ctx, func() error { return l.Log.Forget(ctx, session, last) })
}

func (l *slow) Release(ctx context.Context, session string) error {
	return l.slowly("Release", ctx, func() error { return l.Log.Release(ctx, session) })
}

func (l *slow) slowly(call string, ctx context.Context, do func() error) error {
	if call == l.call {
		l.calls.Add(1)
		l.busy.Store(true)
		defer l.busy.Store(false)
		l.entered <- ctx
		<-l.letGo
	}
	return do()
}

// closing closes the rooms, and says afterwards whether the log was still busy.
func closing(rs *Rooms, l *slow) <-chan bool {
	busy := make(chan bool, 1)
	go func() {
		rs.Close()
		busy <- l.busy.Load()
	}()
	return busy
}

// nearlyClosed reports whether Close has nothing left to do but to wait.
func nearlyClosed(rs *Rooms) func() bool {
	return func() bool {
		rs.list.mu.Lock()
		defer rs.list.mu.Unlock()
		return rs.list.closed
	}
}

func TestClose_waits_for_what_uses_the_log(t *testing.T) {
	for _, test := range []struct {
		name, call string
		begin      func(*node) // what then comes by itself
		after      time.Duration
	}{
		{"a sweep", "Forget", func(h *node) { h.do(h.create(poker.Settings{}), poker.End{By: by("sm")}) }, 2 * time.Minute},
		{"the end of a session", "Release", func(h *node) { h.create(poker.Settings{}) }, timeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			log, c := newSlow(t, test.call), clock.NewManual(time.Now())
			rs, err := Open(t.Context(), log, Options{Rules: poker.Rules{SessionTimeout: timeout, GracePeriod: grace}, Clock: c, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			patient(rs)
			test.begin(&node{Rooms: rs, t: t, log: log.Log, clock: c})
			advanced := make(chan struct{})
			go func() {
				defer close(advanced)
				c.Advance(test.after)
			}()
			<-log.entered
			busy := closing(rs, log)
			eventually(t, "the end of everything else", nearlyClosed(rs))
			close(log.letGo)
			equal(t, "busy after Close", <-busy, false)
			<-advanced
		})
	}
}

// What a sweep leaves undone the next start does, so a server that stops need not wait for all of it, and has nothing to warn of.
func TestClose_ends_a_sweep(t *testing.T) {
	var warnings bytes.Buffer
	log, c := newSlow(t, "Forget"), clock.NewManual(time.Now())
	rs, err := Open(t.Context(), log, Options{
		Rules: poker.Rules{SessionTimeout: timeout, GracePeriod: grace}, Clock: c, Logger: slog.New(slog.NewTextHandler(&warnings, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		t.Fatal(err)
	}
	patient(rs)
	h := &node{Rooms: rs, t: t, log: log.Log, clock: c}
	for range 3 {
		h.do(h.create(poker.Settings{}), poker.End{By: by("sm")})
	}
	advanced := make(chan struct{})
	go func() {
		defer close(advanced)
		c.Advance(rs.CleanupInterval)
	}()
	ctx := <-log.entered
	busy := closing(rs, log)
	eventually(t, "the end of the sweep's context", func() bool { return ctx.Err() != nil })
	close(log.letGo)
	for done := false; !done; {
		select {
		case <-log.entered: // the next session
		case <-busy:
			done = true
		}
	}
	<-advanced
	equal(t, "sessions of which the storage was to be freed", log.calls.Load(), 1)
	equal(t, "warnings", warnings.String(), "")
}

// A timer that nobody stops finds the rooms closed.
func TestClose_is_the_end_of_all_timers(t *testing.T) {
	c := clock.NewManual(time.Now())
	rs, err := Open(t.Context(), openLog(t, 3), Options{Clock: c, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	rs.after(time.Second, func() { t.Error("called after Close") })
	rs.Close()
	c.Advance(time.Minute)
}
