package room

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// counting is a real log that counts what is read of it.
type counting struct {
	*eventlog.Log
	replayed, ranged atomic.Int64
}

func (l *counting) Replay(ctx context.Context, begin func(eventlog.Entry) uint64, fn func(eventlog.Entry)) (eventlog.Replayed, error) {
	return l.Log.Replay(ctx, begin, func(e eventlog.Entry) {
		l.replayed.Add(1)
		fn(e)
	})
}

func (l *counting) Range(ctx context.Context, session string, after uint64, fn func(eventlog.Entry) bool) error {
	return l.Log.Range(ctx, session, after, func(e eventlog.Entry) bool {
		l.ranged.Add(1)
		return fn(e)
	})
}

func (h *node) on(log Log) *node {
	h.t.Helper()
	rs, err := Open(h.t.Context(), log, nodeOptions(h.clock))
	if err != nil {
		h.t.Fatal(err)
	}
	patient(rs)
	h.t.Cleanup(rs.Close)
	return &node{Rooms: rs, t: h.t, log: h.log, clock: h.clock}
}

// votes has a round in which somebody cannot make up their mind.
func votes(h *node, id string, n int) {
	h.do(id, poker.Start{By: by("sm"), RoundID: "r"})
	for i := range n {
		h.do(id, poker.CastVote{By: by("sm"), Value: []string{"5", "8"}[i%2]})
	}
}

func TestStart_after_a_stop_reads_one_entry_of_each_session(t *testing.T) {
	h := newNode(t)
	ids := []string{h.create(poker.Settings{}), h.create(poker.Settings{})}
	for _, id := range ids {
		votes(h, id, 40)
	}
	states := []*poker.Session{h.state(ids[0]), h.state(ids[1])}
	h.Close()
	log := &counting{Log: h.log}
	h = h.on(log)
	equal(t, "entries read", log.replayed.Load(), int64(len(ids)))
	for i, id := range ids {
		equal(t, "state", h.state(id), states[i])
	}
}

func TestStart_after_a_crash_reads_what_follows_the_latest_snapshot(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	votes(h, id, 3*snapshotAfter+1)
	state := settled(t, h, id)
	at := lastID(h.watch(id, "", ""))
	log := &counting{Log: h.log}
	crashed := h.on(log) // the first node is still there, as a log that was not closed
	equal(t, "state", crashed.state(id), state)
	equal(t, "where streams begin", lastID(crashed.watch(id, "", "")), at)
	if n := log.replayed.Load(); n > 2*snapshotAfter {
		t.Errorf("%d entries were read of %d", n, 3*snapshotAfter)
	}
}

// settled waits for snapshots that are about to be stored, and returns the state.
func settled(t *testing.T, h *node, id string) *poker.Session {
	t.Helper()
	eventually(t, "snapshots stored", func() bool {
		r := h.open[id]
		r.mu.Lock()
		defer r.mu.Unlock()
		return !r.tidying && !r.journal.wantsSnapshot()
	})
	return h.state(id)
}

func TestResume_over_snapshots_misses_nothing(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	all := h.watch(id, "", "")
	votes(h, id, 3*snapshotAfter)
	settled(t, h, id)
	if h.open[id].journal.base == 0 {
		t.Fatal("no snapshot was stored")
	}
	events := all.events()
	h = h.restart(time.Second) // nothing is at hand in memory
	checkResume(t, h, id, events)
}

func TestResume_of_a_long_session_reads_little_of_it(t *testing.T) {
	log := &counting{Log: openLog(t, 3)}
	h := (&node{t: t, log: log.Log, clock: clock.NewManual(time.Now())}).on(log)
	id := h.create(poker.Settings{})
	all := h.watch(id, "", "")
	for range 10 {
		votes(h, id, 2*snapshotAfter)
		settled(t, h, id)
	}
	events := all.events()
	seen := events[len(events)-snapshotAfter]
	h.Close()
	h = h.on(log)
	r := h.watch(id, "", seen.ID)
	equal(t, "sent", len(r.events()), snapshotAfter-1)
	if n := log.ranged.Load(); n > 4*snapshotAfter {
		t.Errorf("%d entries were read for the %d that were missed", n, snapshotAfter-1)
	}
}

func TestLog_of_a_long_session_is_freed_and_the_session_stays_readable(t *testing.T) {
	topic, text := strings.Repeat("x", poker.MaxTopic), strings.Repeat("x", 8000)
	for name, c := range map[string]struct {
		bytes   int // of what is stored each time
		command poker.Command
	}{
		"of many entries":      {len(topic), poker.Start{By: by("sm"), RoundID: "r", Topic: &topic}},
		"of few that are long": {len(text), &poker.EditStory{By: by("sm"), StoryID: "y", Change: poker.StoryChange{Description: &text}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newNode(t)
			id := h.create(poker.Settings{})
			h.do(id, &poker.AddStories{By: by("sm"), Stories: []poker.Story{{ID: "y", Title: "y", Status: poker.StoryTodo}}})
			first := h.watch(id, "", "").events()[0].ID
			for stored := 0; stored < 4*(keptBytes+deadBytes); stored += c.bytes {
				h.do(id, c.command)
				settled(t, h, id) // or a busy machine stores a snapshot too late
			}
			state := settled(t, h, id)
			eventually(t, "storage freed", func() bool {
				entries, err := loadAll(h.log, id)
				equal(t, "error", err, nil)
				bytes := 0
				for _, e := range entries {
					bytes += len(e.Data)
				}
				return bytes < 2*(keptBytes+deadBytes)
			})
			equal(t, "who has seen what is freed begins afresh", h.watch(id, "", first).types(), "session_updated")
			h = h.restart(time.Second)
			equal(t, "state after a restart", h.state(id), state)
		})
	}
}

func TestIdle_session_is_packed_until_somebody_needs_it(t *testing.T) {
	h := newNode(t)
	id, busy := h.create(poker.Settings{}), h.create(poker.Settings{})
	seen := h.watch(id, "", "")
	votes(h, id, 3)
	state := h.state(id)
	watched := h.watch(busy, "sm", "")
	h.clock.Advance(quietAfter + 2*lookEvery)
	equal(t, "packed while it is watched", h.open[id].state.live.Load() == nil, false)
	seen.cancel()
	h.clock.Advance(quietAfter + 2*lookEvery)
	packed := func(id string) bool { return h.open[id].state.live.Load() == nil }
	equal(t, "packed", []bool{packed(id), packed(busy)}, []bool{true, false})
	equal(t, "in the list", len(h.summaries()), 2)
	equal(t, "participants counted", h.Stats().Participants, 2)
	equal(t, "still packed", packed(id), true)
	equal(t, "state", h.state(id), state)
	h.clock.Advance(quietAfter + 2*lookEvery)
	equal(t, "resumed", h.watch(id, "", lastID(seen)).types(), "")
	h.do(id, poker.CastVote{By: by("sm"), Value: "13"})
	watched.cancel()
	h.clock.Advance(timeout)
	_, err := h.Session(t.Context(), id)
	equal(t, "expired", reason(err), poker.SessionGone)
}

// unfreeable is a real log that cannot free what lies before a snapshot.
type unfreeable struct{ *eventlog.Log }

func (unfreeable) Compact(context.Context, string, uint64) error {
	return errors.New("the disk is busy")
}

func TestSession_whose_log_cannot_be_freed_is_bounded(t *testing.T) {
	log := unfreeable{openLog(t, 3)}
	h := (&node{t: t, log: log.Log, clock: clock.NewManual(time.Now())}).on(log)
	id := h.create(poker.Settings{})
	r := h.open[id]
	r.mu.Lock()
	r.journal.tail.bytes = maxSessionBytes + 1
	r.mu.Unlock()
	equal(t, "start", reason(h.try(id, poker.Start{By: by("sm"), RoundID: "r"})), Unavailable)
	equal(t, "end", reason(h.try(id, poker.End{By: by("sm")})), "")
}

// gap is a real log in which an entry of a session cannot be read, as after a damage on the disk.
type gap struct {
	*eventlog.Log
	session string
	seq     uint64
}

func (l *gap) Replay(ctx context.Context, _ func(eventlog.Entry) uint64, fn func(eventlog.Entry)) (eventlog.Replayed, error) {
	replayed, err := l.Log.Replay(ctx, nil, func(e eventlog.Entry) {
		if e.Seq != l.seq {
			fn(e)
		}
	})
	if l.session == "" {
		return replayed, err
	}
	last, _, err2 := l.Log.Last(ctx, l.session)
	if last.Seq == l.seq {
		replayed.Damaged = append(replayed.Damaged, eventlog.Damage{Session: l.session, Last: l.seq, Missing: 1})
	}
	return replayed, errors.Join(err, err2)
}

func (l *gap) Range(ctx context.Context, session string, after uint64, fn func(eventlog.Entry) bool) error {
	return l.Log.Range(ctx, session, after, func(e eventlog.Entry) bool { return e.Seq == l.seq || fn(e) })
}

func (l *gap) Next(ctx context.Context, session string, after uint64) (eventlog.Entry, bool, error) {
	e, ok, err := l.Log.Next(ctx, session, after)
	if ok && e.Seq == l.seq {
		return l.Log.Next(ctx, session, e.Seq)
	}
	return e, ok, err
}

func TestStart_with_an_entry_that_cannot_be_read_goes_on_from_what_is_there(t *testing.T) {
	for name, which := range map[string]int{"the last": 3, "one in between": 2} {
		t.Run(name, func(t *testing.T) {
			log := &gap{Log: openLog(t, 3)}
			h := (&node{t: t, log: log.Log, clock: clock.NewManual(time.Now())}).on(log)
			id := h.create(poker.Settings{})
			all := h.watch(id, "", "")
			h.do(id, join("ann"), join("bob"), join("cat"))
			entries, err := log.Load(t.Context(), id, 0)
			equal(t, "error", err, nil)
			log.session, log.seq = id, entries[which].Seq
			again := h.on(log)
			equal(t, "participants", len(again.state(id).Participants), 3)
			equal(t, "a command", reason(again.try(id, poker.Extend{By: by("sm")})), "")
			for _, seen := range all.events()[which:] {
				equal(t, "who knows what is lost, or follows it, begins afresh: "+seen.Type, again.watch(id, "", seen.ID).types(), "session_updated")
			}
		})
	}
}

func TestReadings_are_bounded_by_address_and_given_up_when_the_reader_goes(t *testing.T) {
	q := newReadings()
	gone, cancel := context.WithCancel(t.Context())
	for range maxReadings {
		equal(t, "a turn", q.begin(t.Context(), "a"), true)
	}
	waited := make(chan bool)
	go func() { waited <- q.begin(gone, "b") }()
	cancel()
	equal(t, "after the reader has gone", <-waited, false)
	for range maxWaitingAddress - maxReadings {
		go func() { waited <- q.begin(t.Context(), "a") }()
	}
	eventually(t, "all of the address wait", func() bool {
		q.mu.Lock()
		defer q.mu.Unlock()
		return q.address["a"] == maxWaitingAddress
	})
	equal(t, "one more of the address", q.begin(t.Context(), "a"), false)
	for range maxReadings {
		q.end("a")
	}
	for range maxWaitingAddress - maxReadings {
		equal(t, "those who waited", <-waited, true)
		q.end("a")
	}
	equal(t, "left", fmt.Sprint(q.all, len(q.address)), "0 0")
}

func TestResume_by_too_many_at_once_is_a_fresh_start(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	seen := h.watch(id, "", "").events()[0].ID
	h.do(id, join("ann"))
	h = h.restart(time.Second)
	for range maxWaitingAddress {
		if !h.readings.enter("192.0.2.1/32") {
			t.Fatal("no room for those before")
		}
	}
	r := &reader{}
	if _, err := h.Subscribe(t.Context(), Watch{SessionID: id, LastEventID: seen, Address: "192.0.2.1/32"}, r); err != nil {
		t.Fatal(err)
	}
	equal(t, "sent", r.types(), "session_updated")
	_, err := h.Subscribe(t.Context(), Watch{SessionID: id, UserID: "sm", Proof: proven(false), LastEventID: seen}, &reader{})
	equal(t, "without a credential", reason(err), Unproven)
}
