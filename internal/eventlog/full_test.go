package eventlog

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// takeRoom makes the spare room impossible to have, as on a full disk, until
// the function it returns is called.
func takeRoom(t *testing.T, e *embedded) (makeRoom func()) {
	t.Helper()
	if err := e.dropSpare(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(e.sparePath(), "obstacle"), 0o700); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.RemoveAll(e.sparePath()); err != nil {
			t.Error(err)
		}
	}
}

func TestStore_without_room_is_read_and_purged(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	first := mustAppend(t, l, "a", 0, "1")
	mustAppend(t, l, "b", 0, "2")
	if err := l.Reserve(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	server := embeddedOf(l)
	makeRoom := takeRoom(t, server)
	server.keepSpare()
	if _, err := l.Append(t.Context(), "a", first, []byte("3")); !errors.Is(err, ErrUnavailable) {
		t.Errorf("append: got %v, want ErrUnavailable", err)
	}
	if err := errors.Join(l.Forget(t.Context(), "a", 0), l.Release(t.Context(), "a")); err != nil {
		t.Error(err)
	}
	held, err := l.Reserved(t.Context())
	if err != nil || len(held) != 0 {
		t.Errorf("slots %v are held, %v", held, err)
	}
	if got, _ := mustReplay(t, l); len(got) != 1 || got[0].Session != "b" {
		t.Errorf("got %v, want only the entry of b", got)
	}
	makeRoom()
	server.reviving.Wait()
	mustAppend(t, l, "a", 0, "4")
}

func TestStream_at_its_limit_is_purged_and_takes_more(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{"on disk": onDisk(t), "in memory": {}} {
		t.Run(name, func(t *testing.T) {
			l := open(t, cfg)
			limited := l.sessions.CachedInfo().Config
			limited.MaxBytes = 64 << 10
			if _, err := l.js.UpdateStream(t.Context(), limited); err != nil {
				t.Fatal(err)
			}
			fill(t, l, 4, 1000)
			if err := l.Forget(t.Context(), "s1", 0); err != nil {
				t.Fatal(err)
			}
			mustAppend(t, l, "new", 0, "x")
		})
	}
}

// fill appends to so many sessions in turn until the store takes no more.
func fill(t *testing.T, l *Log, sessions, size int) {
	t.Helper()
	last := make([]uint64, sessions)
	for n := range 1 << 20 {
		i := n % sessions
		data := fmt.Appendf(nil, "%*d", size, n)
		session := fmt.Sprint("s", i)
		seq, err := l.Append(t.Context(), session, last[i], data)
		switch {
		case err == nil:
			last[i] = seq
		case !errors.Is(err, ErrUnavailable):
			t.Fatal(err)
		case isFull(t, l, err):
			return
		default: // it had no answer in time
			eventually(t, "the last entry", func() bool {
				e, _, err := l.Last(t.Context(), session)
				last[i] = e.Seq
				return err == nil
			})
		}
	}
	t.Fatal("never full")
}

// isFull reports whether an append failed for want of room. A machine that has other
// things to do may only have been slow, and its store is opened anew then.
func isFull(t *testing.T, l *Log, err error) bool {
	t.Helper()
	if errors.Is(err, ErrFull) {
		return true
	}
	var why error
	eventually(t, "a store that works, or has no room", func() bool {
		why = embeddedOf(l).broken()
		return why == nil || errors.Is(why, syscall.ENOSPC)
	})
	return why != nil
}

func TestOpen_with_a_mark_that_cannot_be_written(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	l := open(t, cfg)
	first := mustAppend(t, l, "a", 0, "1")
	shut(t, l)
	obstacle := markPath(cfg.Dir) + ".new"
	if err := os.Mkdir(obstacle, 0o700); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
	l = open(t, cfg)
	mustAppend(t, l, "a", first, "2")
	if err := os.Remove(obstacle); err != nil {
		t.Fatal(err)
	}
	shut(t, l) // the log is written to no more
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), obstacle) {
		t.Errorf("no warning that names %s:\n%s", obstacle, log.String())
	}
}

// What is suspected while the store is about to be open again finds that under way, which must then not end.
func TestStore_that_fails_again_as_it_is_opened(t *testing.T) {
	e := embeddedOf(open(t, onDisk(t)))
	underWay := errors.New("under way")
	e.why.Store(&underWay)
	e.fail(errors.New("again"))
	if e.over() || !errors.Is(e.broken(), errFailedAgain) {
		t.Errorf("over, and broken: %v, want errFailedAgain", e.broken())
	}
	e.failed.Store(false)
	if !e.over() || e.broken() != nil {
		t.Errorf("not over, or broken: %v", e.broken())
	}
}

// waitRevived returns when the store works again.
func waitRevived(t *testing.T, l *Log) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		embeddedOf(l).reviving.Wait()
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("the store does not work again:", l.Ready())
	}
}
