package room

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/poker"
)

func TestCreate_of_24_at_once_exactly_the_slots_succeed(t *testing.T) {
	h := newNode(t)
	ends := together(24, func(int) error {
		_, err := h.Create(t.Context(), creation(), Call{})
		return err
	})
	equal(t, "ends", ends, map[poker.Reason]int{"": 3, SlotsTaken: 21})
	equal(t, "listed", len(h.summaries()), 3)
}

func TestJoin_of_24_at_once_exactly_the_places_are_taken(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	watcher := h.watch(id, "", "")
	ends := together(24, func(i int) error { return h.try(id, join(fmt.Sprint("u", i))) })
	equal(t, "ends", ends, map[poker.Reason]int{"": 15, poker.SessionFull: 9})
	equal(t, "participants", len(h.state(id).Participants), 16)
	equal(t, "sent", strings.Count(watcher.types(), "user_joined"), 15)
}

func TestCreate_that_fails_leaves_no_slot_taken(t *testing.T) {
	h := newNode(t)
	huge := creation()
	huge.Deck.Cards = append(huge.Deck.Cards, poker.Card{Value: strings.Repeat("x", 9<<20)})
	for range 5 {
		if _, err := h.Create(t.Context(), huge, Call{}); reason(err) != Unavailable {
			t.Fatalf("got %v, want a refusal: no entry can be that long", err)
		}
	}
	equal(t, "listed", len(h.summaries()), 0)
	_, err := h.Session(t.Context(), huge.SessionID)
	equal(t, "session", reason(err), poker.SessionGone)
	for range 3 {
		h.create(poker.Settings{})
	}
}

func TestCreate_with_malformed_input_takes_no_slot(t *testing.T) {
	h := newNode(t)
	_, err := h.Create(t.Context(), &poker.Create{SessionID: "x"}, Call{})
	equal(t, "reason", reason(err), poker.Invalid)
	held, err := h.log.Reserved(t.Context())
	equal(t, "slots", len(held), 0)
	equal(t, "error", err, nil)
}

func TestSlot_is_free_at_once(t *testing.T) {
	for name, end := range map[string]func(*node, string){
		"ended":   func(h *node, id string) { h.do(id, poker.End{By: by("sm")}) },
		"empty":   func(h *node, id string) { h.do(id, poker.Leave{By: by("sm")}) },
		"expired": func(h *node, _ string) { h.clock.Advance(timeout) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newNodeOn(t, openLog(t, 1), clock.NewManual(time.Now()), nil)
			for range 3 {
				id := h.create(poker.Settings{})
				_, err := h.Create(t.Context(), creation(), Call{})
				equal(t, "second", reason(err), SlotsTaken)
				end(h, id)
			}
			h.create(poker.Settings{})
		})
	}
}

// stuck is a clock whose timers come too late, as on a machine that is very busy.
type stuck struct{ *clock.Manual }

type never struct{}

func (never) Stop() bool { return true }

func (stuck) AfterFunc(time.Duration, func()) clock.Timer { return never{} }

func TestExpiry_needs_no_timer(t *testing.T) {
	c := clock.NewManual(time.Now().Truncate(time.Millisecond))
	h := newNodeOn(t, openLog(t, 1), c, func(o *Options) { o.Clock = stuck{c} })
	id := h.create(poker.Settings{})
	stream := h.watch(id, "sm", "")
	c.Advance(timeout - time.Millisecond)
	h.state(id)
	c.Advance(time.Millisecond)
	_, err := h.Session(t.Context(), id)
	equal(t, "read", reason(err), poker.SessionGone)
	equal(t, "command", reason(h.try(id, poker.Extend{By: by("sm")})), poker.SessionGone)
	_, err = h.Subscribe(t.Context(), Watch{SessionID: id, Proof: proven(true)}, &reader{})
	equal(t, "stream", reason(err), poker.SessionGone)
	equal(t, "list", len(h.summaries()), 0)
	h.create(poker.Settings{})
	equal(t, "whoever needs the slot ends it", stream.types(), "session_updated session_expired")
	equal(t, "stream ended", stream.ended(), true)
}

func TestSweep_frees_the_storage_of_ended_sessions(t *testing.T) {
	h := newNode(t)
	ended, open := h.create(poker.Settings{}), h.create(poker.Settings{})
	h.do(ended, poker.End{By: by("sm")})
	stored := func(id string) int {
		entries, err := h.log.Load(t.Context(), id, 0)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	equal(t, "entries before the sweep", stored(ended), 2)
	h.clock.Advance(2 * time.Minute)
	equal(t, "entries after", stored(ended), 0)
	equal(t, "of the other", stored(open), 1)
}

func TestSweep_lets_nobody_create_a_session_a_second_time(t *testing.T) {
	h := newNode(t)
	call := Call{Proof: proven(true), Key: "key", Body: "request"}
	again := func() error {
		c := creation()
		c.SessionID = SessionID(call.Key)
		_, err := h.Create(t.Context(), c, call)
		return err
	}
	equal(t, "at first", again(), nil)
	h.do(SessionID(call.Key), poker.End{By: by("sm")})
	h.clock.Advance(2 * time.Minute)
	equal(t, "after the sweep", reason(again()), poker.SessionGone)
	h.clock.Advance(10 * time.Minute)
	equal(t, "much later, when the key may be forgotten", again(), nil)
}

func TestSweep_releases_abandoned_slots(t *testing.T) {
	h := newNode(t)
	for _, id := range []string{"abandoned-1", "abandoned-2", "abandoned-3"} {
		if err := h.log.Reserve(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.Create(t.Context(), creation(), Call{})
	equal(t, "create", reason(err), SlotsTaken)
	h.clock.Advance(2 * time.Minute)
	h.create(poker.Settings{})
}

func TestOpen_makes_slots_and_sessions_agree(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	for _, err := range []error{h.log.Release(t.Context(), id), h.log.Reserve(t.Context(), "abandoned")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	h = h.restart(time.Second)
	held, err := h.log.Reserved(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := held[id]; !ok || len(held) != 1 {
		t.Errorf("slots held: %v, want that of %s", held, id)
	}
}

func TestOpen_of_a_session_that_expired_while_nobody_ran(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h = h.restart(time.Hour)
	_, err := h.Session(t.Context(), id)
	equal(t, "session", reason(err), poker.SessionGone)
	held, err := h.log.Reserved(t.Context())
	equal(t, "slots", len(held), 0)
	equal(t, "error", err, nil)
}
