package eventlog

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// interleave appends n entries to each of a few sessions in turn and returns
// them in log order.
func interleave(t *testing.T, l *Log, sessions, n int) (all []Entry) {
	t.Helper()
	after := make([]uint64, sessions)
	for i := range n {
		for s := range sessions {
			session, data := fmt.Sprint("s", s), fmt.Sprintf("%d of %d", i, s)
			seq := mustAppend(t, l, session, after[s], data)
			all = append(all, Entry{session, seq, after[s], []byte(data)})
			after[s] = seq
		}
	}
	return all
}

func ofSession(all []Entry, session string, after uint64) (some []Entry) {
	for _, e := range all {
		if e.Session == session && e.Seq > after {
			some = append(some, e)
		}
	}
	return some
}

func TestLoad_returns_one_sessions_entries_in_order(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	all := interleave(t, l, 3, 20)
	for _, after := range []uint64{0, 1, 2, 30, all[57].Seq, all[len(all)-1].Seq, 1 << 40} {
		if diff := cmp.Diff(ofSession(all, "s1", after), mustLoad(t, l, "s1", after)); diff != "" {
			t.Errorf("after %d: %s", after, diff)
		}
	}
	if got := mustLoad(t, l, "unknown", 0); len(got) != 0 {
		t.Errorf("unknown session: %v", got)
	}
}

func TestLoad_and_Replay_go_over_several_batches(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	big := make([]byte, batchBytes/5)
	var after uint64
	for range 23 {
		seq, err := l.Append(t.Context(), "a", after, big)
		if err != nil {
			t.Fatal(err)
		}
		after = seq
	}
	if got := mustLoad(t, l, "a", 3); len(got) != 20 || got[19].Seq != 23 || len(got[19].Data) != len(big) {
		t.Errorf("loaded %d entries", len(got))
	}
	if got, last := mustReplay(t, l); len(got) != 23 || last != 23 {
		t.Errorf("replayed %d entries up to %d", len(got), last)
	}
}

func TestReplay_passes_everything_in_log_order(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{"disk": onDisk(t), "memory": {}} {
		t.Run(name, func(t *testing.T) {
			l := open(t, cfg)
			if got, last := mustReplay(t, l); len(got) != 0 || last != 0 {
				t.Errorf("an empty log replayed %v up to %d", got, last)
			}
			all := interleave(t, l, 5, 10)
			got, last := mustReplay(t, l)
			if diff := cmp.Diff(all, got); diff != "" || last != 50 {
				t.Errorf("up to %d: %s", last, diff)
			}
		})
	}
}

func TestReplay_ends_where_the_log_ended_at_the_call(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	all := interleave(t, l, 1, 5)
	after := all[len(all)-1].Seq
	var got []Entry
	found, err := l.Replay(t.Context(), nil, func(e Entry) {
		after = mustAppend(t, l, "s0", after, "more") // as many as are read: it would not end
		got = append(got, e)
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all, got); diff != "" || found.Last != 5 {
		t.Errorf("up to %d: %s", found.Last, diff)
	}
}

func TestForget_frees_one_session(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	all := interleave(t, l, 3, 4)
	for range 2 { // the second time there is nothing to forget
		if err := l.Forget(t.Context(), "s1", 0); err != nil {
			t.Fatal(err)
		}
	}
	if got := mustLoad(t, l, "s1", 0); len(got) != 0 {
		t.Errorf("still there: %v", got)
	}
	if diff := cmp.Diff(ofSession(all, "s2", 0), mustLoad(t, l, "s2", 0)); diff != "" {
		t.Error(diff)
	}
	if got, last := mustReplay(t, l); len(got) != 8 || last != 12 {
		t.Errorf("replayed %d up to %d, want 8 up to 12", len(got), last)
	}
	if seq := mustAppend(t, l, "s1", 0, "anew"); seq != 13 {
		t.Errorf("a session made anew begins at %d, want 13", seq)
	}
}

// collect follows into a channel.
func collect(t *testing.T, l *Log, ctx context.Context, after uint64) (<-chan Entry, func()) {
	t.Helper()
	seen := make(chan Entry, 10000)
	stop, err := l.Follow(ctx, after, func(e Entry) { seen <- e })
	if err != nil {
		t.Fatal(err)
	}
	return seen, stop
}

// receive takes n entries, or as many as come.
func receive(t *testing.T, seen <-chan Entry, n int) (got []Entry) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for len(got) < n {
		select {
		case e := <-seen:
			got = append(got, e)
		case <-limit:
			t.Fatalf("%d of %d entries came", len(got), n)
		}
	}
	return got
}

func TestFollow_sees_each_entry_once_in_order(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	before := interleave(t, l, 2, 10)
	started := make(chan struct{})
	during := make(chan []Entry, 1)
	go func() { // appends while the follower starts, and after
		close(started)
		var all []Entry
		var after uint64
		for i := range 300 {
			data := fmt.Append(nil, i)
			seq, err := l.Append(t.Context(), "while", after, data)
			if err != nil {
				t.Error(err)
				break
			}
			all = append(all, Entry{"while", seq, after, data})
			after = seq
		}
		during <- all
	}()
	<-started
	seen, stop := collect(t, l, t.Context(), 5)
	defer stop()
	want := append(before[5:], <-during...)
	if diff := cmp.Diff(want, receive(t, seen, len(want))); diff != "" {
		t.Error(diff)
	}
}

func TestFollow_goes_on_where_Replay_ended(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	interleave(t, l, 2, 3)
	_, last := mustReplay(t, l)
	seen, stop := collect(t, l, t.Context(), last)
	defer stop()
	seq := mustAppend(t, l, "new", 0, "n")
	if diff := cmp.Diff([]Entry{{"new", seq, 0, []byte("n")}}, receive(t, seen, 1)); diff != "" {
		t.Error(diff)
	}
}

func TestFollow_goes_on_after_a_broken_connection(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	seen, stop := collect(t, l, t.Context(), 0)
	defer stop()
	first := mustAppend(t, l, "a", 0, "1")
	receive(t, seen, 1)
	if err := embeddedOf(l).srv.DisconnectClientByID(clientID(t, &l.conn.requests)); err != nil {
		t.Fatal(err)
	}
	second := mustAppend(t, l, "a", first, "2")
	mustAppend(t, l, "a", second, "3")
	want := []Entry{{"a", 2, 1, []byte("2")}, {"a", 3, 2, []byte("3")}}
	if diff := cmp.Diff(want, receive(t, seen, 2)); diff != "" {
		t.Error(diff)
	}
}

func TestFollow_ends(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	ends := map[string]func(stop func()){
		"by stop":    func(stop func()) { stop() },
		"by context": func(stop func()) { cancel(); stop() },
		"by Close":   func(stop func()) { _ = l.Close(); stop() },
	}
	for _, name := range []string{"by stop", "by context", "by Close"} {
		var calls int // unguarded: -race would see a call after stop
		stop, err := l.Follow(ctx, 0, func(Entry) { calls++ })
		if err != nil {
			t.Fatal(name, err)
		}
		ends[name](stop)
		calls++
		stop()
		if name == "by context" {
			ctx = t.Context()
		}
	}
	if _, err := l.Follow(t.Context(), 0, func(Entry) {}); !errors.Is(err, ErrClosed) {
		t.Errorf("following a closed log: %v", err)
	}
}
