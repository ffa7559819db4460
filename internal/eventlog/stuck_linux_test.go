package eventlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// stick makes whoever opens the file at path wait, as for a disk that does not
// answer, until answer is called.
func stick(t *testing.T, path string) (answer func()) {
	t.Helper()
	if err := os.Rename(path, path+".away"); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	must(t, syscall.Mkfifo(path, 0o600)) // opening it waits for somebody who writes
	return sync.OnceFunc(func() {
		writer, err := os.OpenFile(path, os.O_RDWR, 0)
		must(t, errors.Join(err, os.Remove(path)))
		if err := os.Rename(path+".away", path); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
		must(t, writer.Close())
	})
}

// within fails the test if fn hangs.
func within(t *testing.T, what string, fn func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- fn() }()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Minute):
		t.Fatalf("%s hangs", what)
		return nil
	}
}

// What talks to a store whose disk does not answer must end all the same.
func TestLog_of_a_disk_that_does_not_answer(t *testing.T) {
	t.Parallel()
	var log logText
	cfg := logTo(onDisk(t), &log)
	l := open(t, cfg)
	first := mustAppend(t, l, "old", 0, "1")
	for after := uint64(0); after < 10; { // so that the first is in a file that is no longer open
		after = appendAgain(t, l, "large", after, strings.Repeat("x", MaxEntryBytes))
	}
	l = reopen(t, l, cfg)
	answer := stick(t, filepath.Join(embeddedOf(l).streamsDir(), "$G", "streams", sessionsStream, "msgs", "1.blk"))
	defer func() {
		answer()
		_ = l.Close() // again, if all went well
		<-embeddedOf(l).ended
	}()
	appendTo := func(session string, after uint64) func() error {
		return func() error {
			_, err := l.Append(t.Context(), session, after, []byte("2"))
			return err
		}
	}
	if err := within(t, "append", appendTo("old", first)); !errors.Is(err, ErrDoubtful) {
		t.Errorf("append: got %v, want ErrDoubtful", err)
	}
	for _, call := range []struct {
		what string
		do   func() error
	}{ // the server does the first two where it reads what comes over their connection
		{"forget", func() error { return l.Forget(context.Background(), "old", 0) }},
		{"load", func() error { _, err := l.Load(context.Background(), "old", 0); return err }},
		{"append to another session", appendTo("new", 0)},
		{"release", func() error { return l.Release(context.Background(), "a") }},
	} {
		if err := within(t, call.what, call.do); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: got %v, want ErrUnavailable", call.what, err)
		}
	}
	began := time.Now()
	if err := within(t, "close", l.Close); err != nil {
		t.Errorf("close: %v", err)
	}
	if took := time.Since(began); took > 2*closeLimit {
		t.Errorf("close took %v", took)
	}
	if !strings.Contains(log.String(), "the disk did not answer") {
		t.Error("nobody is warned")
	}
}

func TestClose_says_whether_a_stuck_disk_costs_more_than_it_may(t *testing.T) {
	t.Parallel()
	for name, waits := range map[string]time.Duration{"not as long as it may, however slow the machine is": -time.Hour, "longer than it may": time.Hour} {
		t.Run(name, func(t *testing.T) {
			cfg := onDisk(t)
			cfg.Sync = time.Millisecond
			l, err := Open(t.Context(), cfg)
			must(t, err)
			must(t, embeddedOf(l).synced(t.Context())) // so that the next sync is the one that is stuck
			answer := stick(t, filepath.Join(embeddedOf(l).streamsDir(), "stuck"))
			defer func() {
				answer()
				_ = l.Close()
				<-embeddedOf(l).ended
			}()
			mustAppend(t, l, "a", 0, "1")
			s := embeddedOf(l).syncer
			for s.begun.Load() == 0 {
				wait(t.Context(), time.Millisecond)
			}
			s.begun.Store(time.Now().Add(-waits).UnixNano())
			if err := within(t, "close", l.Close); (err != nil) != (waits > 0) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAppends_go_on_without_a_free_descriptor(t *testing.T) {
	var log logText
	cfg := logTo(onDisk(t), &log)
	cfg.Sync = time.Millisecond
	l, err := Open(t.Context(), cfg)
	must(t, err)
	after := mustAppend(t, l, "a", 0, "0")
	lost := l.conn.appends.lost()

	giveBack := useUpDescriptors(t)
	for range 200 {
		if after, err = l.Append(t.Context(), "a", after, []byte("more")); err != nil {
			break
		}
	}
	synced := embeddedOf(l).synced(t.Context())
	giveBack()

	must(t, err)
	must(t, synced)
	select {
	case <-lost:
		t.Error("the store was closed")
	default:
	}
	must(t, l.Close())
	if strings.Contains(log.String(), "level=ERROR") {
		t.Error(log.String())
	}
}

// A new file is needed now and then, and NATS does not ask for it: then the
// store is opened anew, for which descriptors are reserved.
func TestStore_that_fails_without_a_free_descriptor_works_again(t *testing.T) {
	cfg := onDisk(t)
	l := open(t, cfg)
	after := mustAppend(t, l, "a", 0, "0")
	giveBack := useUpDescriptors(t)
	embeddedOf(l).fail(errors.New("disk"))
	err := within(t, "opening", func() error { embeddedOf(l).reviving.Wait(); return nil })
	_, appended := l.Append(t.Context(), "a", after, []byte("1"))
	giveBack()
	must(t, errors.Join(err, appended))
}

// useUpDescriptors leaves this process none.
func useUpDescriptors(t *testing.T) (giveBack func()) {
	t.Helper()
	var was syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was))
	must(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: min(was.Cur, 1000), Max: was.Max}))
	var files []*os.File
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		files = append(files, f)
	}
	return func() {
		for _, f := range files {
			_ = f.Close()
		}
		must(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was))
	}
}
