package room

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// full is a real log that, once full, takes no more entries; purging it still works.
type full struct {
	*eventlog.Log
	refuses atomic.Bool
}

func (l *full) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	if l.refuses.Load() {
		return 0, fmt.Errorf("append to session %s: %w", session, eventlog.ErrUnavailable)
	}
	return l.Log.Append(ctx, session, after, data)
}

func TestExpiry_that_cannot_be_stored_comes_all_the_same(t *testing.T) {
	log := &full{Log: openLog(t, 1)}
	rs, c := openWatched(t, log)
	defer rs.Close()
	created, err := rs.Create(t.Context(), creation(), Call{})
	s := created.Session
	equal(t, "create", err, nil)
	all := &reader{}
	w := Watch{SessionID: s.ID, UserID: "sm", Proof: proven(true)}
	if _, err := rs.Subscribe(t.Context(), w, all); err != nil {
		t.Fatal(err)
	}
	log.refuses.Store(true)
	c.Advance(timeout)
	equal(t, "sent", all.types(), "session_updated session_expired")
	equal(t, "ended once", all.closed, 1)
	equal(t, "stats", rs.Stats().Sessions, 0)
	held, err := log.Reserved(t.Context())
	equal(t, "slots", len(held), 0)
	equal(t, "error", err, nil)
	sent := all.events()
	if at, ok := parsePosition(sent[1].ID); !ok || sent[1].ID == sent[0].ID {
		t.Errorf("the end has the id %v, after %v", at, sent[0].ID)
	}
	w.LastEventID = sent[1].ID
	_, err = rs.Subscribe(t.Context(), w, &reader{})
	equal(t, "to come back", reason(err), poker.SessionGone)
	c.Advance(rs.CleanupInterval) // the sweep
	entries, err := log.Load(t.Context(), s.ID, 0)
	equal(t, "entries left", len(entries), 0)
	equal(t, "error", err, nil)
	log.refuses.Store(false)
	_, err = rs.Create(t.Context(), creation(), Call{})
	equal(t, "the next session", err, nil)
}

// What was over when the server stopped is over when it starts, also if the log takes nothing.
func TestOpen_with_an_expired_session_on_a_full_log(t *testing.T) {
	h := newNode(t)
	over := h.create(poker.Settings{})
	h.clock.Advance(timeout / 2)
	on := h.create(poker.Settings{})
	h.Close()
	h.clock.Advance(timeout / 2)
	log := &full{Log: h.log}
	log.refuses.Store(true)
	rs, err := Open(t.Context(), log, h.Options)
	if err != nil {
		t.Fatal(err)
	}
	defer rs.Close()
	_, err = rs.Session(t.Context(), over)
	equal(t, "the expired session", reason(err), poker.SessionGone)
	_, err = rs.Session(t.Context(), on)
	equal(t, "the live session", err, nil)
	equal(t, "sessions", rs.Stats().Sessions, 1)
	h.clock.Advance(rs.CleanupInterval)
	left := map[string]bool{}
	_, err = log.Replay(t.Context(), nil, func(e eventlog.Entry) { left[e.Session] = true })
	equal(t, "error", err, nil)
	equal(t, "left", left, map[string]bool{on: true})
}

// Another node may have stored what keeps the session alive, so its storage must not be freed.
func TestExpiry_that_cannot_be_stored_in_a_shared_log_waits(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.Close()
	before, err := h.log.Load(t.Context(), id, 0)
	equal(t, "error", err, nil)
	log := &full{Log: h.log}
	log.refuses.Store(true)
	o := h.Options
	s := (&group{}).side("node", log)
	o.Sharing = s
	rs, err := Open(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	defer rs.Close()
	h.clock.Advance(timeout + rs.CleanupInterval)
	entries, err := log.Load(t.Context(), id, 0)
	equal(t, "entries left", len(entries), len(before))
	equal(t, "error", err, nil)
	log.refuses.Store(false)
	h.clock.Advance(retryTime + time.Millisecond)
	equal(t, "sessions", rs.Stats().Sessions, 0)
}

// crowded is a real log that, once full, has room for nothing but what frees it.
type crowded struct {
	*eventlog.Log
	full atomic.Bool
}

func (l *crowded) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	if l.full.Load() && !bytes.Contains(data, []byte("gone")) {
		return 0, fmt.Errorf("append to session %s: %w", session, eventlog.ErrFull)
	}
	return l.Log.Append(ctx, session, after, data)
}

// Nothing is freed but what has ended, so a full log must take the ends, or it stays full.
func TestNodes_of_a_full_log_store_how_sessions_end(t *testing.T) {
	for name, end := range map[string]func(h *node, id string){
		"by their time": func(h *node, _ string) { h.clock.Advance(timeout + retryTime) },
		"by a command":  func(h *node, id string) { h.do(id, poker.End{By: by("sm")}) },
	} {
		t.Run(name, func(t *testing.T) {
			log := &crowded{Log: openLog(t, 1)}
			_, nodes := nodesOf(t, 2, log, nil)
			a, b := nodes[0], nodes[1]
			id := a.create(poker.Settings{})
			eventually(t, "the session on the other node", knows(b, id))
			readers := []*reader{a.watch(id, "", ""), b.watch(id, "", "")}
			log.full.Store(true)
			equal(t, "what does not end it", reason(a.try(id, poker.Extend{By: by("sm")})), Unavailable)
			end(a, id)
			for _, r := range readers {
				eventually(t, "the end of a stream", r.ended)
				equal(t, "sent", r.types(), "session_updated session_expired")
			}
			eventually(t, "the slot", func() bool {
				held, err := log.Reserved(t.Context())
				return err == nil && len(held) == 0
			})
			for _, h := range nodes {
				h.sweep()
			}
			eventually(t, "the storage", func() bool {
				e, found, err := log.Last(t.Context(), id)
				return err == nil && found && eventlog.IsGone(e)
			})
		})
	}
}
