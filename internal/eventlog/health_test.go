package eventlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
)

// hide takes a stream's description away, as far as the server is concerned: it
// only warns if it cannot open one.
func hide(t *testing.T, l *Log, stream string) (back func()) {
	t.Helper()
	meta := filepath.Join(embeddedOf(l).streamsDir(), "$G", "streams", stream, "meta.inf")
	must(t, os.Rename(meta, meta+".away"))
	return func() { must(t, os.Rename(meta+".away", meta)) }
}

// waitTried returns when the store was opened in vain because a stream is missing.
func waitTried(t *testing.T, l *Log) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		err := embeddedOf(l).broken()
		if errors.Is(err, errNoStream) {
			return
		}
		if err == nil || !wait(ctx, time.Millisecond) {
			t.Fatal("a store without its stream is taken for whole:", err)
		}
	}
}

func TestStore_that_is_opened_anew_without_a_stream_is_opened_again(t *testing.T) {
	t.Parallel()
	for _, stream := range []string{sessionsStream, slotsStream} {
		t.Run(stream, func(t *testing.T) {
			cfg := onDisk(t)
			c := clock.NewManual(time.Now())
			cfg.Clock = c
			l := open(t, cfg)
			first := mustAppend(t, l, "a", 0, "1")
			back := hide(t, l, stream)
			embeddedOf(l).fail(errors.New("disk"))
			waitTried(t, l)
			if _, err := l.Append(t.Context(), "a", first, []byte("2")); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrDoubtful) {
				t.Errorf("got %v, want ErrUnavailable without a doubt", err)
			}
			if err := l.Ready(); !errors.Is(err, ErrUnavailable) {
				t.Errorf("ready: got %v", err)
			}
			c.Advance(deadAfter - time.Second)
			if err := l.Live(); err != nil {
				t.Errorf("dead too soon: %v", err)
			}
			c.Advance(time.Second)
			if err := l.Live(); !errors.Is(err, ErrUnavailable) {
				t.Errorf("live after a minute: got %v", err)
			}
			back()
			waitRevived(t, l)
			mustAppend(t, l, "a", first, "2")
			must(t, l.Reserve(t.Context(), "a"))
			if err := errors.Join(l.Ready(), l.Live()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestClose_succeeds_while_a_stream_is_missing(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	hide(t, l, sessionsStream)
	embeddedOf(l).fail(errors.New("disk"))
	waitTried(t, l)
	must(t, l.Close())
}

// Nobody has noticed that a stream is gone, until an append finds none.
func TestAppend_that_finds_no_stream_has_the_store_looked_at(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	first := mustAppend(t, l, "a", 0, "1")
	server := embeddedOf(l)
	back := hide(t, l, sessionsStream)
	must(t, server.srv.ShutdownJetStream())
	server.opening.Lock()
	server.openedAnew = time.Now() // so that the next opening does not come too soon for NATS, see reviveEvery
	config := server.config
	err := server.srv.EnableJetStream(&config)
	server.opening.Unlock()
	must(t, err)
	back()
	seq, err := l.Append(t.Context(), "a", first, []byte("2")) // may have to wait too long
	if err != nil {
		waitRevived(t, l)
		seq = mustAppend(t, l, "a", first, "2")
	}
	if seq != first+1 || errors.Is(err, ErrDoubtful) {
		t.Errorf("stored as %d after %v", seq, err)
	}
}

func TestLive_counts_from_the_first_failure_to_the_next_success(t *testing.T) {
	t.Parallel()
	c := clock.NewManual(time.Now())
	l := open(t, Config{Clock: c})
	fail := func() { l.failed(errors.New("disk")) }
	fail()
	for range 20 {
		c.Advance(3 * time.Second)
		fail()
	}
	if err := l.Live(); err == nil {
		t.Error("live although appends have failed for a minute")
	}
	mustAppend(t, l, "a", 0, "1")
	fail()
	if err := l.Live(); err != nil {
		t.Errorf("dead right after an append that succeeded: %v", err)
	}
	c.Advance(deadAfter)
	if err := l.Live(); err != nil {
		t.Errorf("dead although nobody has found a failure for long: %v", err)
	}
	must(t, l.Close())
	if err := l.Live(); err != nil {
		t.Errorf("dead after Close: %v", err)
	}
}

func TestFailed_write_whose_outcome_is_known_is_not_doubtful(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	for name, tt := range map[string]struct {
		tries    retries
		err      error
		doubtful bool
	}{
		"refused":            {retries{}, ErrUnavailable, false},
		"never sent":         {retries{}, errNotSent, false},
		"no answer":          {retries{doubtful: true}, errSilent, true},
		"refused after none": {retries{doubtful: true}, ErrFull, true},
	} {
		err := l.note("append to session", "a", tt.tries, tt.err)
		if !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrDoubtful) != tt.doubtful {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
