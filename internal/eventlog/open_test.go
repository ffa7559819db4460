package eventlog

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOpen_on_the_same_directory_finds_everything(t *testing.T) {
	t.Parallel()
	for name, sync := range map[string]time.Duration{"interval": time.Second, "always": 0} {
		t.Run(name, func(t *testing.T) {
			cfg := Config{Dir: filepath.Join(t.TempDir(), "made", "new"), Sync: sync}
			l := open(t, cfg)
			all := interleave(t, l, 4, 25)
			l = reopen(t, l, cfg)
			got, last := mustReplay(t, l)
			if diff := cmp.Diff(all, got); diff != "" || last != 100 {
				t.Errorf("up to %d: %s", last, diff)
			}
			if seq := mustAppend(t, l, "s0", all[96].Seq, "next"); seq != 101 {
				t.Errorf("the next sequence is %d, want 101", seq)
			}
		})
	}
}

func TestOpen_in_memory_keeps_nothing(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	mustAppend(t, l, "a", 0, "x")
	dir := embeddedOf(l).dir
	l = reopen(t, l, Config{})
	if got, _ := mustReplay(t, l); len(got) != 0 {
		t.Errorf("kept %v", got)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left behind: %v", dir, err)
	}
}

// refused opens a log that must not open, and returns why.
func refused(t *testing.T, cfg Config) string {
	t.Helper()
	cfg.Logger = slog.New(slog.DiscardHandler)
	l, err := Open(t.Context(), cfg)
	if err == nil {
		_ = l.Close()
		t.Fatal("opened")
	}
	if !strings.Contains(err.Error(), cfg.Dir) {
		t.Errorf("the error does not name %s: %v", cfg.Dir, err)
	}
	return err.Error()
}

func TestOpen_refuses_a_directory_in_use(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	l := open(t, cfg)
	mustAppend(t, l, "a", 0, "x")
	if why := refused(t, cfg); !strings.Contains(why, "in use by another process") {
		t.Error(why)
	}
	mustAppend(t, l, "a", 1, "y") // the first is none the worse
	reopen(t, l, cfg)
}

func TestOpen_refuses_a_directory_it_cannot_use(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, Config{Dir: file})
	closed := filepath.Join(t.TempDir(), "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		closed = "/proc/self/closed" // where not even root can make a folder
	}
	refused(t, Config{Dir: closed})
}

func TestOpen_refuses_data_it_cannot_read(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	l := open(t, cfg)
	mustAppend(t, l, "a", 0, "x")
	shut(t, l)
	meta := filepath.Join(cfg.Dir, "jetstream", "$G", "streams", sessionsStream, "meta.inf")
	good, err := os.ReadFile(meta)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(meta, good[:len(good)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if why := refused(t, cfg); !strings.Contains(why, sessionsStream) {
		t.Error(why)
	}
	if err := os.WriteFile(meta, good, 0o600); err != nil { // restored from a copy
		t.Fatal(err)
	}
	if got := mustLoad(t, open(t, cfg), "a", 0); len(got) != 1 {
		t.Errorf("the refusal cost the data: %v", got)
	}
}

func TestOpen_names_a_directory_that_lost_entries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		damage func(t *testing.T, block string, data []byte)
		want   bool
	}{
		"nothing":  {func(*testing.T, string, []byte) {}, false},
		"cut":      {func(t *testing.T, block string, data []byte) { write(t, block, data[:len(data)/2]) }, true},
		"one byte": {func(t *testing.T, block string, data []byte) { data[len(data)/2] ^= 1; write(t, block, data) }, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := storedWithMark(t)
			block := filepath.Join(cfg.Dir, "jetstream", "$G", "streams", sessionsStream, "msgs", "1.blk")
			data, err := os.ReadFile(block)
			if err != nil {
				t.Fatal(err)
			}
			tt.damage(t, block, data)
			// The index of a clean stop hides damage until the entry is read.
			if err := os.Remove(filepath.Join(filepath.Dir(block), "index.db")); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
			shut(t, open(t, cfg)) // the log is written to no more
			if got := strings.Contains(log.String(), "damaged") && strings.Contains(log.String(), cfg.Dir); got != tt.want {
				t.Errorf("reported: %v, want %v:\n%s", got, tt.want, log.String())
			}
		})
	}
}

// storedWithMark stores some, and makes sure that what the folder holds was noted at
// the end: Close takes a third of a second for that and no longer.
func storedWithMark(t *testing.T) Config {
	t.Helper()
	for range 20 {
		cfg := onDisk(t)
		l := open(t, cfg)
		interleave(t, l, 3, 30)
		must(t, l.Forget(t.Context(), "s1", 0))
		shut(t, l)
		if _, err := os.Stat(markPath(cfg.Dir)); err == nil {
			return cfg
		}
	}
	t.Fatal("what the folder holds is not noted")
	return Config{}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestClosed_log_answers_unavailable(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	mustAppend(t, l, "a", 0, "x")
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	calls := map[string]func() error{
		"Append":   func() error { _, err := l.Append(ctx, "a", 1, []byte("y")); return err },
		"Load":     func() error { _, err := l.Load(ctx, "a", 0); return err },
		"Replay":   func() error { _, err := l.Replay(ctx, nil, func(Entry) {}); return err },
		"Follow":   func() error { _, err := l.Follow(ctx, 0, func(Entry) {}); return err },
		"Next":     func() error { _, _, err := l.Next(ctx, "a", 0); return err },
		"Last":     func() error { _, _, err := l.Last(ctx, "a"); return err },
		"Range":    func() error { return l.Range(ctx, "a", 0, func(Entry) bool { return true }) },
		"Snapshot": func() error { _, err := l.Snapshot(ctx, "a", 1, []byte("y")); return err },
		"Compact":  func() error { return l.Compact(ctx, "a", 2) },
		"Forget":   func() error { return l.Forget(ctx, "a", 0) },
		"Reserve":  func() error { return l.Reserve(ctx, "a") },
		"Release":  func() error { return l.Release(ctx, "a") },
		"Reserved": func() error { _, err := l.Reserved(ctx); return err },
		"Ready":    l.Ready,
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, ErrUnavailable) || !errors.Is(err, ErrClosed) {
			t.Errorf("%s: got %v, want ErrClosed", name, err)
		}
	}
}

func TestClose_ends_appends_under_way(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	l := open(t, cfg)
	acknowledged := make([]int, 8)
	enough := make(chan struct{}, 1)
	done := make(chan []error)
	go func() {
		done <- together(len(acknowledged), func(w int) error {
			for after := uint64(0); ; {
				seq, err := l.Append(context.Background(), fmt.Sprint("s", w), after, fmt.Append(nil, after))
				if err != nil {
					return err
				}
				after = seq
				if acknowledged[w]++; acknowledged[w] == 50 {
					select {
					case enough <- struct{}{}:
					default:
					}
				}
			}
		})
	}()
	<-enough
	shut(t, l)
	if errs := <-done; count(errs, ErrUnavailable) != len(errs) {
		t.Errorf("not all are ErrUnavailable: %v", errors.Join(errs...))
	}
	l = open(t, cfg)
	for w, n := range acknowledged {
		if got := mustLoad(t, l, fmt.Sprint("s", w), 0); len(got) < n {
			t.Errorf("writer %d: %d of %d acknowledged entries are left", w, len(got), n)
		}
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	if err := l.Ready(); err != nil {
		t.Error(err)
	}
	l.failure.Store(&failure{err: errors.New("disk"), at: time.Now()})
	if err := l.Ready(); err == nil || !strings.Contains(err.Error(), "disk") {
		t.Errorf("after a failed append: %v", err)
	}
	mustAppend(t, l, "a", 0, "x")
	if err := l.Ready(); err != nil {
		t.Errorf("after a good append: %v", err)
	}
	l.failure.Store(&failure{err: errors.New("disk"), at: time.Now().Add(-readyAfterFailure)})
	if err := l.Ready(); err != nil {
		t.Errorf("long after a failed append: %v", err)
	}
}

// childDir makes the test binary a writer in this directory, to be killed.
const childDir = "EVENTLOG_TEST_CHILD_DIR"

const childWriters = 16

// runChild appends without end and prints each acknowledged entry.
func runChild(dir string) int {
	l, err := Open(context.Background(), Config{Dir: dir, Sync: time.Second})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	errs := together(childWriters, func(w int) error {
		for after := uint64(0); ; {
			session := fmt.Sprint("s", w)
			seq, err := l.Append(context.Background(), session, after, fmt.Append(nil, after))
			if err != nil {
				return err
			}
			after = seq
			fmt.Printf("%s %d\n", session, seq) // one write each, and so whole
		}
	})
	fmt.Fprintln(os.Stderr, errors.Join(errs...))
	return 1
}

func TestKilled_process_loses_no_acknowledged_append(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	last := map[string]uint64{}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == 2000 {
			if err := child.Process.Kill(); err != nil { // it goes on reading what was printed
				t.Fatal(err)
			}
		}
		var session string
		var seq uint64
		if _, err := fmt.Sscanf(lines.Text(), "%s %d", &session, &seq); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		last[session] = seq
	}
	_ = child.Wait() // killed
	l := open(t, Config{Dir: dir, Sync: time.Second})
	if len(last) != childWriters {
		t.Errorf("%d of %d writers appended", len(last), childWriters)
	}
	for session, seq := range last {
		got := mustLoad(t, l, session, 0)
		if len(got) == 0 || got[len(got)-1].Seq < seq {
			t.Errorf("%s: entry %d was acknowledged and is gone", session, seq)
		}
		for i, e := range got {
			var want uint64
			if i > 0 {
				want = got[i-1].Seq
			}
			if string(e.Data) != fmt.Sprint(want) {
				t.Errorf("%s: entry %d follows %s, not %d", session, e.Seq, e.Data, want)
			}
		}
	}
}
