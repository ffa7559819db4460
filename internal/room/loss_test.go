package room

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// forgetful is a real log that loses entries after it has acknowledged them, as a file does that is cut off where it is damaged.
type forgetful struct {
	*eventlog.Log
	loses atomic.Bool
}

func (l *forgetful) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	if l.loses.Load() {
		return after + 1, nil
	}
	return l.Log.Append(ctx, session, after, data)
}

func TestSession_whose_last_entries_got_lost_while_it_was_open_goes_on_from_what_the_room_has(t *testing.T) {
	log := &forgetful{Log: openLog(t, 3)}
	h := (&node{t: t, log: log.Log, clock: clock.NewManual(time.Now())}).on(log)
	id := h.create(poker.Settings{})
	log.loses.Store(true)
	h.do(id, join("ann"), join("bob"))
	seen := lastID(h.watch(id, "", ""))
	log.loses.Store(false)
	equal(t, "a command", reason(h.try(id, poker.Extend{By: by("ann")})), "")
	state := h.state(id)
	h.Close()
	h = h.on(log.Log)
	equal(t, "state after a restart", h.state(id), state)
	equal(t, "who has seen what is lost", h.watch(id, "", seen).types(), "session_updated")
}

// unrangeable is a real log of which no session can be read whole for a while.
type unrangeable struct {
	gap
	fails atomic.Bool
}

func (l *unrangeable) Range(ctx context.Context, session string, after uint64, fn func(eventlog.Entry) bool) error {
	if l.fails.Load() {
		return fmt.Errorf("range: %w", eventlog.ErrUnavailable)
	}
	return l.gap.Range(ctx, session, after, fn)
}

// A session that cannot be read now is not one that does not exist: the next sweep would free its storage.
func TestStart_on_a_store_that_does_not_answer_loses_no_session(t *testing.T) {
	log := &unrangeable{gap: gap{Log: openLog(t, 3)}}
	h := (&node{t: t, log: log.Log, clock: clock.NewManual(time.Now())}).on(log)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"))
	state := h.state(id)
	h.Close()
	first, _, err := log.Log.Next(t.Context(), id, 0)
	equal(t, "error", err, nil)
	log.seq = first.Seq
	log.fails.Store(true)
	if rs, err := Open(t.Context(), &unreplayed{log}, nodeOptions(h.clock)); err == nil {
		h.clock.Advance(rs.CleanupInterval)
		rs.Close()
	}
	h = h.on(log.Log)
	equal(t, "state", h.state(id), state)
}

// unreplayed is a log whose entries pass a start without the session's snapshot.
type unreplayed struct{ *unrangeable }

func (l *unreplayed) Replay(ctx context.Context, _ func(eventlog.Entry) uint64, fn func(eventlog.Entry)) (eventlog.Replayed, error) {
	n := 0
	return l.Log.Replay(ctx, nil, func(e eventlog.Entry) {
		if n++; n == 2 {
			fn(e)
		}
	})
}

func TestCreation_sent_again_after_the_storage_of_its_session_was_freed_makes_no_second_one(t *testing.T) {
	h := newNode(t)
	call := Call{Key: "key", Body: "request"}
	create := func() error {
		c := creation()
		c.SessionID = SessionID(call.Key)
		_, err := h.Create(t.Context(), c, call)
		return err
	}
	equal(t, "first", create(), nil)
	h.do(SessionID(call.Key), poker.End{By: by("sm")})
	h.clock.Advance(2 * h.CleanupInterval)
	entries, err := h.log.Load(t.Context(), SessionID(call.Key), 0)
	equal(t, "error", err, nil)
	equal(t, "entries left", len(entries), 0)
	equal(t, "after the sweep", reason(create()), poker.SessionGone)
	h.clock.Advance(10 * time.Minute)
	equal(t, "sessions remembered", len(h.ended), 0)
}

func TestCreation_sent_again_finds_its_session_however_much_has_happened_since(t *testing.T) {
	h := newNode(t)
	call := Call{Key: "key", Body: "request"}
	create := func(body string) (Outcome, error) {
		c := creation()
		c.SessionID, call.Body = SessionID(call.Key), body
		return h.Create(t.Context(), c, call)
	}
	first, err := create("request")
	equal(t, "first", err, nil)
	for i := range 3 * poker.MaxKeys {
		_, err := h.Do(t.Context(), first.Session.ID, poker.Extend{By: by("sm")}, Call{Proof: proven(true), Key: fmt.Sprint(i), Body: "b"})
		equal(t, "extend", err, nil)
	}
	for range 2 {
		again, err := create("request")
		equal(t, "again", err, nil)
		equal(t, "repeated", again.Repeated, true)
		_, err = create("another request")
		equal(t, "another request", reason(err), poker.KeyReused)
		h = h.restart(time.Second)
	}
}
