package room

import (
	"context"
	"fmt"
	"testing"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

func (h *node) slots() int {
	h.t.Helper()
	held, err := h.log.Reserved(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return len(held)
}

// creates tries to create a session with that key.
func (h *node) creates(key string) (Outcome, error) {
	c := creation()
	c.SessionID = SessionID(key)
	return h.Create(h.t.Context(), c, Call{Key: key, Body: "b"})
}

// A node that has not heard of a session takes no slot for abandoned.
func TestSlots_of_sessions_that_a_node_has_not_heard_of_are_kept(t *testing.T) {
	a, b := pair(t)
	b.side.hold(true)
	for range 3 {
		a.create(poker.Settings{})
	}
	b.clock.Advance(2 * abandonedSlot)
	swept := meanwhile(func() error { b.sweep(); return nil })
	_ = swept() // cannot know
	equal(t, "slots", b.slots(), 3)
	_, err := b.Create(t.Context(), creation(), Call{})
	equal(t, "a fourth session", reason(err), SlotsTaken)
	b.side.hold(false)
	for _, h := range []*node{a, b} {
		h.sweep()
		equal(t, "slots", h.slots(), 3)
		list, err := h.List(t.Context())
		equal(t, "error", err, nil)
		equal(t, "sessions", len(list), 3)
	}
}

// dies is a real log of a node that dies between taking a slot and using it.
type dies struct {
	*eventlog.Log
	dead bool
}

func (l *dies) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	if l.dead {
		return 0, fmt.Errorf("append: %w", eventlog.ErrUnavailable)
	}
	return l.Log.Append(ctx, session, after, data)
}

// A slot whose holder has died is free after a while, and what the holder may still have under way comes too late.
func TestSlots_without_a_session_are_given_back_when_it_can_never_begin(t *testing.T) {
	log := &dies{}
	a, b := two(t, func(l *eventlog.Log) Log { log.Log = l; return log })
	log.dead = true
	_, err := b.creates("key")
	equal(t, "the one that dies", reason(err), Unavailable)
	equal(t, "slots", a.slots(), 1)
	for _, h := range []*node{a, b} {
		h.sweep()
	}
	equal(t, "at once", a.slots(), 1)
	b.Close()
	b.side.group.dies("b", true)
	a.clock.Advance(abandonedSlot + a.CleanupInterval)
	equal(t, "after a while", a.slots(), 0)
	_, late := a.log.Append(t.Context(), SessionID("key"), 0, []byte("what was under way"))
	if late == nil {
		t.Error("the session began without a slot")
	}
	_, err = a.creates("key")
	equal(t, "with the key again", reason(err), poker.SessionGone)
	equal(t, "slots", a.slots(), 0)
}

func TestCreation_that_failed_on_one_node_succeeds_with_its_key_on_another(t *testing.T) {
	for name, doubt := range map[string]func(*once){
		"not stored":          func(l *once) { l.refuses = true },
		"in doubt":            func(l *once) { l.armed, l.refuses = true, true },
		"in doubt and stored": func(l *once) { l.armed, l.stores, l.refuses = true, true, true },
		"settled":             func(l *once) { l.armed = true },
	} {
		t.Run(name, func(t *testing.T) {
			log := &once{}
			a, b := two(t, func(l *eventlog.Log) Log { log.Log = l; return log })
			doubt(log)
			_, err := b.creates("key")
			equal(t, "failed", isUnavailable(err), true)
			first, err := a.creates("key")
			equal(t, "elsewhere", err, nil)
			log.refuses = false
			again, err := b.creates("key")
			equal(t, "and here", err, nil)
			equal(t, "the same", again.Session.ID, first.Session.ID)
			equal(t, "repeated", again.Repeated, true)
			equal(t, "slots", a.slots(), 1)
			a.do(first.Session.ID, poker.End{By: by("sm")})
			equal(t, "slots after the end", a.slots(), 0)
			_, err = b.creates("key")
			equal(t, "after the end", reason(err), poker.SessionGone)
			equal(t, "slots", a.slots(), 0)
		})
	}
}

// A creation of which the log has no more than that it was in doubt has not happened, also after a restart.
func TestCreation_in_doubt_is_tried_again_after_a_restart(t *testing.T) {
	log := &once{}
	a, b := two(t, func(l *eventlog.Log) Log { log.Log = l; return log })
	log.armed = true
	_, err := b.creates("key")
	equal(t, "in doubt, and settled", reason(err), Unavailable)
	b.Close()
	b = nodeAt(t, b.side, b.clock, nil)
	_, err = b.Session(t.Context(), SessionID("key"))
	equal(t, "not begun", reason(err), poker.SessionGone)
	_, err = b.creates("key")
	equal(t, "again", err, nil)
	equal(t, "slots", a.slots(), 1)
	log.armed = true
	_, err = b.creates("another")
	equal(t, "in doubt, and settled", reason(err), Unavailable)
	equal(t, "slots", a.slots(), 2)
	b.clock.Advance(abandonedSlot + 2*a.CleanupInterval)
	equal(t, "slots of what nobody has tried again", a.slots(), 1)
	for _, h := range []*node{a, b} {
		eventually(t, "nothing left of it", func() bool { return h.Stats().Sessions == 1 })
	}
}

// Keys, credentials and what they were good for are the same on every node, also when it hears of them late.
func TestKeys_made_by_one_node_are_known_on_all(t *testing.T) {
	_, nodes := three(t)
	first, err := nodes[0].creates("key")
	equal(t, "error", err, nil)
	id := first.Session.ID
	for _, h := range nodes {
		again, err := h.creates("key")
		equal(t, "error", err, nil)
		equal(t, "repeated", again.Ref, first.Ref)
	}
	call := Call{Proof: proven(true), Key: "join", Body: "b"}
	joined, err := nodes[0].Do(t.Context(), id, join("ann"), call)
	equal(t, "error", err, nil)
	for i, h := range nodes {
		again, err := h.Do(t.Context(), id, join(fmt.Sprint("another", i)), call)
		equal(t, "error", err, nil)
		equal(t, "seated once", again.Ref, joined.Ref)
	}
	call.Key = "end"
	_, err = nodes[1].Do(t.Context(), id, poker.End{By: by("sm")}, call)
	equal(t, "error", err, nil)
	for _, h := range nodes {
		again, err := h.Do(t.Context(), id, poker.End{By: by("sm")}, call)
		equal(t, "after the end", err, nil)
		equal(t, "repeated", again.Repeated, true)
		_, err = h.creates("key")
		equal(t, "not made again", reason(err), poker.SessionGone)
	}
	equal(t, "slots", nodes[0].slots(), 0)
}

// The storage of a session is freed while a node hears nothing: it does not serve what is gone, and nothing is made under its id.
func TestGone_sessions_end_on_nodes_that_hear_of_it_late(t *testing.T) {
	_, nodes := three(t)
	a, late := nodes[0], nodes[2]
	first, err := a.creates("key")
	equal(t, "error", err, nil)
	id := first.Session.ID
	reader := late.watch(id, "", "")
	late.side.hold(true)
	a.do(id, poker.End{By: by("sm")})
	for _, h := range nodes[:2] {
		h.sweep()
	}
	if a.rank(id)+nodes[1].rank(id) > 1 { // it is for the late one to do
		err = a.side.Forget(t.Context(), id, a.lastOf(id))
		equal(t, "error", err, nil)
	}
	late.side.hold(false)
	eventually(t, "the end of the stream", reader.ended)
	equal(t, "sent", reader.types(), "session_updated session_expired")
	for _, h := range nodes {
		_, err := h.Session(t.Context(), id)
		equal(t, "read", reason(err), poker.SessionGone)
		equal(t, "act", reason(h.try(id, poker.Extend{By: by("sm")})), poker.SessionGone)
		_, err = h.creates("key")
		equal(t, "make", reason(err), poker.SessionGone)
		equal(t, "rooms", h.Stats().Sessions, 0)
	}
	equal(t, "slots", a.slots(), 0)
	fresh := nodeAt(t, a.side.group.side("fresh", a.log), a.clock, nil)
	_, err = fresh.creates("key")
	equal(t, "on a node that starts", reason(err), poker.SessionGone)
	equal(t, "slots", a.slots(), 0)
	equal(t, "rooms", fresh.Stats().Sessions, 0)
}

// What the log has nothing of any more, not even a mark, is gone for whoever tries to write to it.
func TestGone_without_a_trace(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	b.state(id)
	reader := b.watch(id, "", "")
	equal(t, "purged", a.log.Forget(t.Context(), id, 0), nil)
	equal(t, "act", reason(b.try(id, poker.Extend{By: by("sm")})), poker.SessionGone)
	equal(t, "stream ended", reader.ended(), true)
	eventually(t, "the other node's end", func() bool { return a.Stats().Sessions == 0 })
}
