package eventlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// snapshotOf is a begin for entries that hold the sequence of their session's
// latest snapshot.
func snapshotOf(e Entry) (from uint64) {
	if _, err := fmt.Sscanf(string(e.Data), "snapshot %d", &from); err != nil {
		return e.Seq // it is one itself
	}
	return from
}

func TestReplay_passes_what_begin_asks_for(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	all := interleave(t, l, 3, 5) // s0: 1 4 7 10 13, s1: 2 5 …, s2: 3 6 …
	from := map[string]uint64{"s0": 13, "s1": 8, "s2": 0}
	var begun, passed []Entry
	found, err := l.Replay(t.Context(), func(last Entry) uint64 {
		begun = append(begun, last)
		return from[last.Session]
	}, func(e Entry) { passed = append(passed, e) })
	must(t, err)
	if found.Last != 15 || len(found.Damaged) != 0 {
		t.Errorf("found %+v", found)
	}
	if diff := cmp.Diff(all[12:], begun); diff != "" {
		t.Error("begin:", diff)
	}
	for session, seq := range from {
		if diff := cmp.Diff(ofSession(all, session, max(seq, 1)-1), ofSession(passed, session, 0)); diff != "" {
			t.Error(session, diff)
		}
	}
	if passed[0].Seq != 13 || !slices.IsSortedFunc(passed[1:], func(a, b Entry) int { return int(a.Seq) - int(b.Seq) }) {
		t.Errorf("passed in the order %v", passed)
	}
}

func TestReplay_of_compacted_sessions_is_whole(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	l := open(t, cfg)
	interleave(t, l, 3, 5)
	snap, err := l.Snapshot(t.Context(), "s1", 14, []byte("whole"))
	must(t, err)
	must(t, l.Compact(t.Context(), "s1", snap))
	mustAppend(t, l, "s1", snap, fmt.Sprint("snapshot ", snap))
	for range 2 {
		got := map[string]int{}
		found, err := l.Replay(t.Context(), snapshotOf, func(e Entry) { got[e.Session]++ })
		must(t, err)
		if diff := cmp.Diff(map[string]int{"s0": 1, "s1": 2, "s2": 1}, got); diff != "" || len(found.Damaged) > 0 {
			t.Errorf("%s, damaged %v", diff, found.Damaged)
		}
		if entries, _ := mustReplay(t, l); len(entries) != 12 {
			t.Errorf("%d entries in all, want 12", len(entries))
		}
		l = reopen(t, l, cfg)
	}
}

// flip changes one bit of what is stored of a stream, in the middle of the only
// place where text stands, and returns how often it stands there.
func flip(t *testing.T, dir, stream, text string) int {
	t.Helper()
	block := filepath.Join(dir, "jetstream", "$G", "streams", stream, "msgs", "1.blk")
	data, err := os.ReadFile(block)
	must(t, err)
	at := bytes.LastIndex(data, []byte(text))
	if at < 0 {
		t.Fatalf("%q is not in %s", text, block)
	}
	data[at+len(text)/2] ^= 4
	write(t, block, data)
	return bytes.Count(data, []byte(text))
}

func TestReplay_names_damaged_sessions(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text  string // where a bit is flipped; entries are "0 of 1", "1 of 1" and so on
		begin func(Entry) uint64
		want  Damage
		left  int
	}{
		"the last":             {"4 of 1", nil, Damage{Session: "s1", Last: 14, Missing: 1}, 4},
		"the last, begun":      {"4 of 1", func(Entry) uint64 { return 2 }, Damage{Session: "s1", Last: 14, Missing: 1}, 4},
		"one between":          {"2 of 1", nil, Damage{Session: "s1", Last: 14, Missing: 1}, 4},
		"one between, begun":   {"2 of 1", func(Entry) uint64 { return 2 }, Damage{Session: "s1", Last: 14}, 4},
		"the snapshot itself":  {"2 of 1", func(Entry) uint64 { return 8 }, Damage{Session: "s1", Last: 14}, 2},
		"the first":            {"0 of 1", nil, Damage{Session: "s1", Last: 14, Missing: 1}, 4},
		"before the snapshot":  {"1 of 1", func(Entry) uint64 { return 8 }, Damage{}, 3},
		"not asked for at all": {"1 of 1", func(e Entry) uint64 { return e.Seq }, Damage{}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := onDisk(t)
			l := open(t, cfg)
			interleave(t, l, 3, 5)
			shut(t, l)
			flip(t, cfg.Dir, sessionsStream, tt.text)
			var log logText
			l = open(t, logTo(cfg, &log))
			got := 0
			found, err := l.Replay(t.Context(), tt.begin, func(e Entry) {
				if e.Session == "s1" {
					got++
				}
			})
			must(t, err)
			var want []Damage
			if tt.want != (Damage{}) {
				want = []Damage{tt.want}
			}
			if diff := cmp.Diff(want, found.Damaged); diff != "" || found.Last != 15 {
				t.Errorf("up to %d: %s", found.Last, diff)
			}
			if got != tt.left {
				t.Errorf("%d entries of s1 were passed, want %d", got, tt.left)
			}
			if tt.want.Session != "" { // it goes on from there
				mustAppend(t, l, "s1", tt.want.Last, "anew")
			}
			shut(t, l)
			if said := strings.Contains(log.String(), "session_id=s1"); said != (want != nil) {
				t.Errorf("named: %t\n%s", said, log.String())
			}
		})
	}
}

func TestReplay_of_a_session_of_which_nothing_can_be_read(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	l := open(t, cfg)
	mustAppend(t, l, "a", 0, "one of a")
	mustAppend(t, l, "b", 0, "one of b")
	shut(t, l)
	flip(t, cfg.Dir, sessionsStream, "one of a")
	l = open(t, cfg)
	var begun []string
	found, err := l.Replay(t.Context(), func(e Entry) uint64 {
		begun = append(begun, e.Session)
		return e.Seq
	}, func(Entry) {})
	must(t, err)
	if diff := cmp.Diff([]Damage{{Session: "a", Last: 1, Missing: 1}}, found.Damaged); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(begun, []string{"b"}) {
		t.Errorf("began %v", begun)
	}
}

func TestRange_stops_when_it_is_to(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	all := interleave(t, l, 1, 2*sessionBatch)
	for _, n := range []int{1, sessionBatch, sessionBatch + 1, len(all)} {
		var got []Entry
		must(t, l.Range(t.Context(), "s0", 0, func(e Entry) bool {
			got = append(got, e)
			return len(got) < n
		}))
		if diff := cmp.Diff(all[:n], got); diff != "" {
			t.Errorf("of %d: %s", n, diff)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := l.Range(ctx, "s0", 0, func(Entry) bool { n++; cancel(); return true })
	if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUnavailable) || n != 1 {
		t.Errorf("%d entries after the end of the context, %v", n, err)
	}
}

func TestLast(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	all := interleave(t, l, 2, 3)
	got, found, err := l.Last(t.Context(), "s0")
	if diff := cmp.Diff(all[4], got); diff != "" || !found || err != nil {
		t.Errorf("%t, %v: %s", found, err, diff)
	}
	if got, found, err := l.Last(t.Context(), "none"); found || err != nil {
		t.Errorf("%v of a session without entries, %v", got, err)
	}
}

func TestSnapshot_may_be_large(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	first := mustAppend(t, l, "a", 0, "1")
	if _, err := l.Snapshot(t.Context(), "a", first, make([]byte, MaxSnapshotBytes+1)); err == nil || errors.Is(err, ErrUnavailable) {
		t.Errorf("one above the limit: got %v", err)
	}
	seq, err := l.Snapshot(t.Context(), "a", first, make([]byte, MaxSnapshotBytes))
	must(t, err)
	mustAppend(t, l, "b", 0, "1")
	if got := mustLoad(t, l, "a", 0); len(got) != 2 || len(got[1].Data) != MaxSnapshotBytes {
		t.Errorf("%d entries", len(got))
	}
	if last, found, err := l.Last(t.Context(), "a"); !found || err != nil || last.Seq != seq {
		t.Errorf("last is %d, %v", last.Seq, err)
	}
	if all, _ := mustReplay(t, l); len(all) != 3 {
		t.Errorf("replayed %d entries, want 3", len(all))
	}
}

func TestCompact_keeps_what_it_must(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	l := open(t, cfg)
	all := interleave(t, l, 2, 5) // s0: 1 3 5 7 9
	for _, before := range []uint64{0, 1} {
		must(t, l.Compact(t.Context(), "s0", before))
	}
	for _, before := range []uint64{2, 8, 10, 1 << 40} {
		if err := l.Compact(t.Context(), "s0", before); !errors.Is(err, ErrUnavailable) {
			t.Errorf("below %d, which is no entry of the session: got %v", before, err)
		}
	}
	if diff := cmp.Diff(ofSession(all, "s0", 0), mustLoad(t, l, "s0", 0)); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		must(t, l.Compact(t.Context(), "s0", 7))
		if diff := cmp.Diff(ofSession(all, "s0", 5), mustLoad(t, l, "s0", 0)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(ofSession(all, "s1", 0), mustLoad(t, l, "s1", 0)); diff != "" {
			t.Error(diff)
		}
		l = reopen(t, l, cfg)
	}
	mustAppend(t, l, "s0", 9, "next")
}

// What Compact relies on is on the disk before it frees anything.
func TestCompact_syncs_first(t *testing.T) {
	t.Parallel()
	l := open(t, onDisk(t))
	interleave(t, l, 1, 3)
	repair := unsyncable(t, l)
	defer repair()
	if err := l.Compact(t.Context(), "s0", 3); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if got := mustLoad(t, l, "s0", 0); len(got) != 3 {
		t.Errorf("%d of 3 entries are left", len(got))
	}
}

func TestSlots_that_are_damaged_are_neither_more_nor_less(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	cfg.MaxSessions = 3
	l := open(t, cfg)
	reserve(t, l, nil, "anna", "berta", "carla")
	shut(t, l)
	flip(t, cfg.Dir, slotsStream, "slot.berta")
	for range 2 {
		l = open(t, cfg)
		wantHolders(t, l, "anna", "berta", "carla")
		reserve(t, l, ErrNoSlot, "dora")
		reserve(t, l, nil, "berta")
		shut(t, l)
	}
	l = open(t, cfg)
	release(t, l, "berta")
	reserve(t, l, nil, "dora")
	reserve(t, l, ErrNoSlot, "emil")
	wantHolders(t, l, "anna", "carla", "dora")
}
