package room

import (
	"runtime/debug"
	"testing"
	"time"
	"weak"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/poker"
)

// noting is a client that notes where the bytes were that it was sent first, and does not keep them.
type noting struct{ first weak.Pointer[byte] }

func (n *noting) Send(b []byte) {
	if n.first == (weak.Pointer[byte]{}) {
		n.first = weak.Make(&b[0])
	}
}

func (*noting) Close() {}

// kept reports whether somebody still keeps those bytes.
func (n *noting) kept() bool {
	debug.FreeOSMemory() // which collects first
	return n.first.Value() != nil
}

// What a stream begins with is a quarter of the memory of a session that is watched.
func TestQuiet_session_with_streams_does_not_keep_what_they_began_with(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"), poker.Start{By: by("sm"), RoundID: "r"})
	back := h.watch(id, "sm", "")
	votes(h, id, 1)
	for _, user := range []string{"", "sm"} {
		h.watch(id, user, "")
	}
	first, second := &noting{}, &noting{}
	for _, client := range []*noting{first, second} {
		if _, err := h.Subscribe(t.Context(), Watch{SessionID: id, UserID: "ann", Proof: proven(true), Pings: true}, client); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "made once for all", first.first == second.first, true)
	h.clock.Advance(lookEvery)
	equal(t, "kept for those who come soon", first.kept(), true)
	h.here(id, "ann", "")
	h.clock.Advance(quietAfter)
	equal(t, "kept when it is quiet", first.kept(), false)

	h.here(id, "ann", "")
	done := h.Work()
	for range 6 {
		h.clock.Advance(silenceTime - time.Second)
		h.here(id, "ann", "")
	}
	equal(t, "work that leaves memory to give back", h.Work()-done, 0)
	equal(t, "who begins", h.watch(id, "", "").types(), "session_updated")
	equal(t, "who has missed nothing", h.watch(id, "", lastID(back)).types(), "")
	equal(t, "who has missed something", h.watch(id, "", back.events()[0].ID).text(), text(back.events()[1:]))
	h.clock.Advance(quietAfter + lookEvery)
	equal(t, "work after streams that began", h.Work()-done, 1)
}

// text is what a client reads of events.
func text(events []received) (all string) {
	for _, e := range events {
		all += e.Text
	}
	return all
}

func TestQuiet_session_remembers_who_has_sent_too_much(t *testing.T) {
	for name, watched := range map[string]bool{"watched": true, "not watched": false} {
		t.Run(name, func(t *testing.T) {
			const perMinute = 2
			h := newNodeOn(t, openLog(t, 3), clock.NewManual(time.Now()), func(o *Options) { o.CommandRate = Rate{Events: perMinute, Per: time.Minute} })
			id := h.create(poker.Settings{})
			if watched {
				h.watch(id, "", "")
			}
			extend := poker.Extend{By: by("sm")}
			for range burst * perMinute {
				h.do(id, extend)
			}
			h.clock.Advance(time.Minute / perMinute)
			equal(t, "what has come by then", reason(h.try(id, extend)), "")
			equal(t, "one more", reason(h.try(id, extend)), TooManyCommands)
		})
	}
}

func TestQuiet_session_forgets_who_has_sent_little(t *testing.T) {
	h := newNodeOn(t, openLog(t, 3), clock.NewManual(time.Now()), func(o *Options) { o.CommandRate = Rate{Events: 20, Per: time.Second} })
	id := h.create(poker.Settings{})
	h.watch(id, "", "")
	h.do(id, poker.Extend{By: by("sm")})
	equal(t, "remembered at first", len(h.open[id].rates), 1)
	h.clock.Advance(quietAfter + lookEvery)
	equal(t, "remembered when it makes no difference any more", len(h.open[id].rates), 0)
}

// What a packed session kept of its people besides would take the memory that packing gives back.
func TestQuiet_session_of_several_nodes_keeps_its_people_only_packed(t *testing.T) {
	_, nodes, id, readers := meeting(t)
	for _, reader := range readers {
		reader.cancel()
	}
	for _, what := range []string{"at first", "after what came from another node"} {
		agree(t, nodes, id)
		for range 3 {
			nodes[0].clock.Advance(lookEvery)
		}
		for _, h := range nodes {
			r := h.open[id]
			r.lock()
			equal(t, "packed "+what, r.state.live.Load() == nil, true)
			equal(t, "people beside the packed ones "+what, len(r.among.calm.people), 0)
			r.unlock()
		}
		nodes[0].do(id, poker.Extend{By: by("sm")})
	}
}

// Who comes back and goes before their stream has begun leaves nothing in memory.
func TestQuiet_session_lets_go_of_what_was_read_for_somebody_who_did_not_stay(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"), poker.Start{By: by("sm"), RoundID: "r"})
	back := h.watch(id, "sm", "")
	begun := lastID(back)
	votes(h, id, 2)
	back.cancel()
	at, _ := parsePosition(begun)
	quiet := func() {
		for range 4 { // their stream's end has something happen by itself
			h.clock.Advance(lookEvery)
		}
	}
	quiet()
	equal(t, "kept when it is quiet", atHand(h, id, at), false)
	m, err := h.open[id].missedBefore(t.Context(), Watch{SessionID: id, UserID: "sm", Proof: proven(true), LastEventID: begun})
	equal(t, "refused", reason(err), "")
	equal(t, "read", m.found, true)
	equal(t, "kept for those who come soon", atHand(h, id, at), true)
	quiet()
	equal(t, "kept when it is quiet again", atHand(h, id, at), false)
	equal(t, "packed", h.open[id].state.live.Load() == nil, true)
}
