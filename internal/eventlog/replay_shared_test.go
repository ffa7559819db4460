package eventlog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sent is how many messages a log's server has sent.
func sent(t *testing.T, l *Log) int64 {
	t.Helper()
	v, err := embeddedOf(l).srv.Varz(nil)
	must(t, err)
	return v.OutMsgs
}

// replayed are the entries that a replay passes, by session.
func replayed(t *testing.T, l *Log, begin func(Entry) uint64) map[string][]Entry {
	t.Helper()
	all := map[string][]Entry{}
	found, err := l.Replay(t.Context(), begin, func(e Entry) { all[e.Session] = append(all[e.Session], e) })
	must(t, err)
	if len(found.Damaged) > 0 {
		t.Errorf("damaged: %v", found.Damaged)
	}
	return all
}

func TestShared_replay_reads_from_the_snapshots_on(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	const sessions, entries = 40, 30
	idle := Entry{Session: "idle", Data: []byte("all of it")}
	idle.Seq = mustAppend(t, l, idle.Session, 0, string(idle.Data))
	want := map[string][]Entry{"idle": {idle}}
	for _, e := range interleave(t, l, sessions, entries)[sessions*(entries-1):] {
		snapshot := Entry{Session: e.Session, After: e.Seq, Data: []byte("all of it")}
		snapshot.Seq = mustAppend(t, l, e.Session, e.Seq, string(snapshot.Data))
		want[e.Session] = []Entry{snapshot}
	}
	for i := range sessions / 2 { // the others end with their snapshots
		snapshot := want[fmt.Sprint("s", i)][0]
		last := Entry{Session: snapshot.Session, After: snapshot.Seq, Data: fmt.Appendf(nil, "snapshot %d", snapshot.Seq)}
		last.Seq = mustAppend(t, l, last.Session, last.After, string(last.Data))
		want[last.Session] = append(want[last.Session], last)
	}
	before := sent(t, l)
	if diff := cmp.Diff(want, replayed(t, l, snapshotOf)); diff != "" {
		t.Error(diff)
	}
	if n := sent(t, l) - before; n > 4*sessions {
		t.Errorf("%d messages for %d sessions, of which one or two entries are wanted", n, sessions)
	}
}

func TestShared_replay_passes_last_entries_that_are_too_long_for_one_request(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	const sessions, size = 5, 5 << 20
	for i := range sessions {
		session := fmt.Sprint("s", i)
		appendAgain(t, l, session, appendAgain(t, l, session, 0, "first"), strings.Repeat("x", size))
	}
	all := replayed(t, l, snapshotOf)
	for session, entries := range all {
		if len(entries) != 1 || len(entries[0].Data) != size {
			t.Errorf("session %s: %d entries", session, len(entries))
		}
	}
	if len(all) != sessions {
		t.Errorf("%d sessions, want %d", len(all), sessions)
	}
}

func TestShared_replay_passes_what_precedes_a_last_entry_that_cannot_be_read(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	cfg.node = "a"
	l := open(t, cfg)
	all := interleave(t, l, 3, 5)
	shut(t, l)
	flip(t, cfg.Dir, sessionsStream, "4 of 1")
	want := map[string][]Entry{"s0": all[12:13], "s1": all[10:11], "s2": all[14:]}
	if diff := cmp.Diff(want, replayed(t, open(t, cfg), snapshotOf)); diff != "" {
		t.Error(diff)
	}
}

func TestShared_replay_passes_what_is_stored_while_it_reads(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	all := interleave(t, l, 3, 5)
	var once sync.Once
	got := replayed(t, l, func(last Entry) uint64 {
		once.Do(func() {
			mustAppend(t, l, "s1", all[13].Seq, "more")
			mustAppend(t, l, "new", 0, "first")
		})
		return last.Seq
	})
	for session, data := range map[string]string{"s0": "4 of 0", "s1": "more", "s2": "4 of 2", "new": "first"} {
		if n := len(got[session]); n != 1 || string(got[session][0].Data) != data {
			t.Errorf("session %s: %d entries, %v, want %q", session, n, got[session], data)
		}
	}
}

// A chain is a session as somebody knows it who reads its log and then follows it.
type chain struct {
	last   uint64
	broken string
}

func (c *chain) add(e Entry) {
	switch {
	case e.Seq <= c.last: // had already
		return
	case c.broken != "":
	case c.last == 0 && snapshotOf(e) != e.Seq:
		c.broken = fmt.Sprintf("begins with entry %d, %q", e.Seq, e.Data)
	case c.last != 0 && e.After != c.last:
		c.broken = fmt.Sprintf("entry %d is after %d, not %d", e.Seq, e.After, c.last)
	}
	c.last = e.Seq
}

// busy stores entries in one session after another, every third a snapshot, until
// the context ends. It returns the last one of each.
func busy(ctx context.Context, t *testing.T, l *Log, name string) map[string]uint64 {
	stored := map[string]uint64{}
	for i := 0; ctx.Err() == nil; i++ {
		session, last, snapshot := fmt.Sprint(name, i), uint64(0), uint64(0)
		for j := range 10 {
			data := "snapshot"
			if j%3 != 0 {
				data = fmt.Sprint("snapshot ", snapshot)
			}
			seq, err := l.Append(t.Context(), session, last, []byte(data))
			if err != nil {
				t.Error(err)
				return stored
			}
			if last = seq; j%3 == 0 {
				snapshot = seq
			}
			stored[session] = last
		}
	}
	return stored
}

// replayWhileBusy replays and follows while others store, and returns what it was
// passed and what they have stored.
func replayWhileBusy(t *testing.T, l *Log, name string) (passed map[string]*chain, stored map[string]uint64) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	var each [3]map[string]uint64
	for i := range each {
		writers.Go(func() { each[i] = busy(ctx, t, l, fmt.Sprint(name, i, "-")) })
	}
	passed = map[string]*chain{}
	add := func(e Entry) {
		c := passed[e.Session]
		if c == nil {
			c = &chain{}
			passed[e.Session] = c
		}
		c.add(e)
	}
	found, err := l.Replay(t.Context(), snapshotOf, add)
	cancel()
	writers.Wait()
	must(t, err)
	stop, err := l.Follow(t.Context(), found.Last, add)
	must(t, err)
	passedMark(t, l)
	stop()
	stored = map[string]uint64{}
	for _, some := range each {
		maps.Copy(stored, some)
	}
	return passed, stored
}

func TestShared_replay_and_follow_have_all_of_what_is_stored_meanwhile(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	for round := 0; round < 20 && !t.Failed(); round++ {
		passed, stored := replayWhileBusy(t, l, fmt.Sprint("round", round, "-"))
		for session, c := range passed {
			if c.broken != "" {
				t.Errorf("session %s: %s", session, c.broken)
			}
		}
		for session, last := range stored {
			if c := passed[session]; c == nil || c.last != last {
				t.Errorf("session %s was stored up to %d, and passed as %+v", session, last, c)
			}
		}
	}
}

func TestShared_follower_that_begins_late_has_not_been_stuck(t *testing.T) {
	t.Parallel()
	l := sharedLog(t)
	mark := marked(t, l)
	storeSome(t, l, 2)
	marked(t, l) // which says that there is more
	began := time.Now()
	var longest atomic.Int64
	stop, err := l.Follow(t.Context(), mark, func(Entry) {
		if behind := l.Sharing().Behind(); behind > time.Since(began) {
			longest.Store(int64(behind))
		}
	})
	must(t, err)
	t.Cleanup(stop)
	passedMark(t, l)
	if behind := longest.Load(); behind > 0 {
		t.Errorf("stuck for %v when it began", time.Duration(behind))
	}
}

func TestSlots_of_a_cluster_are_read_with_few_questions(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	const slots = 60
	for i := range slots {
		eventually(t, "a slot", func() bool { return c.nodes[0].log.Reserve(t.Context(), fmt.Sprint("s", i)) == nil })
	}
	l := c.nodes[1].log
	before := l.conn.requests.Stats().OutMsgs
	held, err := l.Reserved(t.Context())
	must(t, err)
	if len(held) != slots {
		t.Errorf("%d slots, want %d", len(held), slots)
	}
	if n := l.conn.requests.Stats().OutMsgs - before; n > slots/2 {
		t.Errorf("%d questions for %d slots", n, slots)
	}
}

func TestNode_that_returns_is_ready_when_it_has_what_it_missed(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	leader := c.leader()
	node, _ := others(leader)
	last := uint64(0)
	for range 3 {
		c.nodes[node].close()
		for range 5 {
			last = appendAgain(t, c.nodes[leader].log, "a", last, fmt.Sprint(last))
		}
		c.start(node)
		c.nodes[node].readyWith(t, last)
	}
}

func TestNode_that_was_there_before_asks_the_others_before_it_has_heard_who_leads(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		node *clustered
		asks bool
	}{
		"was there before":   {&clustered{}, true},
		"is new":             {&clustered{new: true, bare: true}, false},
		"has lost its files": {&clustered{bare: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := false
			err := tt.node.tryOpenStreams(t.Context(), func(ctx context.Context) error {
				_, limited := ctx.Deadline()
				asked = limited
				return nil
			})
			if asked != tt.asks || errors.Is(err, errNoLeader) == tt.asks {
				t.Errorf("asked: %v, want %v, with %v", asked, tt.asks, err)
			}
		})
	}
}
