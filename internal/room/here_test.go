package room

import (
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// pinged opens a stream of a user's whose client answers pings.
func (h *node) pinged(id, user, name string) *reader {
	h.t.Helper()
	r := &reader{}
	cancel, err := h.Subscribe(h.t.Context(), Watch{SessionID: id, UserID: user, Proof: proven(true), Pings: true, Place: name}, r)
	if err != nil {
		h.t.Fatal(err)
	}
	r.cancel = cancel
	return r
}

func (h *node) here(id, user, name string) {
	h.t.Helper()
	if err := h.Here(h.t.Context(), Here{SessionID: id, UserID: user, Proof: proven(true), Place: name}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *node) gone(id, user, name string) {
	h.t.Helper()
	if err := h.Here(h.t.Context(), Here{SessionID: id, UserID: user, Proof: proven(true), Place: name, Gone: true}); err != nil {
		h.t.Fatal(err)
	}
}

// isGoneAfter fails unless the user goes offline exactly so much later.
func (h *node) isGoneAfter(id, user string, d time.Duration) {
	h.t.Helper()
	h.clock.Advance(d - time.Millisecond)
	equal(h.t, "just before", h.online(id, user), true)
	h.clock.Advance(time.Millisecond)
	equal(h.t, "then", h.online(id, user), false)
}

func TestHere_a_stream_whose_client_is_silent_does_not_count(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	all := h.watch(id, "", "")
	h.pinged(id, "sm", "")
	before := h.state(id)
	for range 5 {
		h.clock.Advance(silenceTime - time.Millisecond)
		h.here(id, "sm", "")
	}
	equal(t, "as long as it answers", all.types(), "session_updated")
	equal(t, "activity", h.state(id).ExpiresAt, before.ExpiresAt)
	h.isGoneAfter(id, "sm", silenceTime+reloadGrace)
	equal(t, "sent", all.types(), "session_updated user_disconnected session_paused")
	h.clock.Advance(time.Minute)
	h.here(id, "sm", "")
	equal(t, "when it answers again", h.online(id, "sm"), true)
	equal(t, "sent then", all.types(), "session_updated user_disconnected session_paused user_joined session_updated")
	h.isGoneAfter(id, "sm", silenceTime+reloadGrace)
}

func TestHere_an_answer_in_time_is_no_disconnection(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	all := h.watch(id, "", "")
	h.pinged(id, "sm", "")
	for range 5 {
		h.clock.Advance(silenceTime + reloadGrace - time.Millisecond)
		h.here(id, "sm", "")
	}
	equal(t, "sent", all.types(), "session_updated")
}

func TestHere_a_stream_without_pings_counts_as_long_as_it_is_open(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.pinged(id, "sm", "")
	plain := h.watch(id, "sm", "")
	h.gone(id, "sm", "")
	h.clock.Advance(timeout / 2)
	equal(t, "online", h.online(id, "sm"), true)
	plain.cancel()
	h.isGoneAfter(id, "sm", reloadGrace)
}

func TestHere_a_goodbye_is_as_good_as_a_close(t *testing.T) {
	for name, late := range map[string]time.Duration{"at once": 0, "soon": reloadGrace / 2, "much later": time.Minute} {
		t.Run("of a stream that closes "+name, func(t *testing.T) {
			h := newNode(t)
			id := h.create(poker.Settings{})
			all := h.watch(id, "", "")
			stream := h.pinged(id, "sm", "tab")
			h.gone(id, "sm", "tab")
			h.gone(id, "sm", "tab") // twice is once
			h.clock.Advance(min(late, reloadGrace-time.Millisecond))
			if late < reloadGrace {
				stream.cancel()
			}
			equal(t, "just before", h.online(id, "sm"), true)
			h.clock.Advance(reloadGrace - min(late, reloadGrace-time.Millisecond))
			equal(t, "then", h.online(id, "sm"), false)
			h.clock.Advance(late)
			stream.cancel()
			h.clock.Advance(time.Minute)
			equal(t, "sent", all.types(), "session_updated user_disconnected session_paused")
		})
	}
}

func TestHere_coming_back_takes_a_goodbye_back(t *testing.T) {
	for _, name := range []string{"", "tab"} {
		t.Run(name, func(t *testing.T) {
			h := newNode(t)
			id := h.create(poker.Settings{})
			all := h.watch(id, "", "")
			stream := h.pinged(id, "sm", name)
			h.gone(id, "sm", name)
			h.clock.Advance(reloadGrace - time.Millisecond)
			h.here(id, "sm", name)
			h.clock.Advance(silenceTime - time.Millisecond)
			equal(t, "sent", all.types(), "session_updated")
			h.gone(id, "sm", name)
			h.clock.Advance(time.Minute)
			h.here(id, "sm", name)
			equal(t, "sent after a while", all.types(), "session_updated user_disconnected session_paused user_joined session_updated")
			stream.cancel()
			h.isGoneAfter(id, "sm", reloadGrace)
		})
	}
}

func TestHere_a_goodbye_is_of_one_stream(t *testing.T) {
	t.Run("with names", func(t *testing.T) {
		h := newNode(t)
		id := h.create(poker.Settings{})
		first, second := h.pinged(id, "sm", "first"), h.pinged(id, "sm", "second")
		first.cancel()
		h.gone(id, "sm", "first") // too late, which a goodbye may be
		h.clock.Advance(time.Minute / 2)
		h.here(id, "sm", "second")
		h.clock.Advance(time.Minute / 2)
		equal(t, "with the other", h.online(id, "sm"), true)
		h.gone(id, "sm", "second")
		h.here(id, "sm", "first")
		h.isGoneAfter(id, "sm", reloadGrace)
		second.cancel()
	})
	t.Run("without", func(t *testing.T) {
		h := newNode(t)
		id := h.create(poker.Settings{})
		first, second := h.pinged(id, "sm", ""), h.pinged(id, "sm", "")
		h.gone(id, "sm", "")
		h.here(id, "sm", "") // of the other
		first.cancel()       // the one that had said goodbye
		h.clock.Advance(time.Minute / 2)
		equal(t, "with the other", h.online(id, "sm"), true)
		h.gone(id, "sm", "")
		h.isGoneAfter(id, "sm", reloadGrace)
		second.cancel()
	})
	t.Run("the silent one with a name", func(t *testing.T) {
		h := newNode(t)
		id := h.create(poker.Settings{})
		h.pinged(id, "sm", "dead")
		h.pinged(id, "sm", "alive")
		h.clock.Advance(silenceTime - time.Second)
		h.here(id, "sm", "alive")
		h.gone(id, "sm", "alive")
		h.clock.Advance(time.Second)
		h.isGoneAfter(id, "sm", reloadGrace)
	})
}

func TestHere_without_a_stream_changes_nothing(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"))
	all := h.watch(id, "", "")
	h.watch(id, "ann", "").cancel()
	h.here(id, "ann", "")
	h.gone(id, "sm", "")
	h.clock.Advance(time.Minute)
	equal(t, "sent", all.types(), "session_updated user_disconnected")
	h.here(id, "ann", "")
	equal(t, "sent then", all.types(), "session_updated user_disconnected")
	equal(t, "who never had one", h.online(id, "sm"), true)
}

func TestHere_needs_a_proof_and_a_seat(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.pinged(id, "sm", "")
	for user, want := range map[string]poker.Reason{"sm": Unproven, "stranger": poker.NotParticipant} {
		equal(t, user, reason(h.Here(t.Context(), Here{SessionID: id, UserID: user, Proof: proven(false), Gone: true})), want)
	}
	h.clock.Advance(time.Minute / 2)
	equal(t, "online", h.online(id, "sm"), true)
}

func TestHere_after_the_end_is_nothing(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.pinged(id, "sm", "")
	h.do(id, poker.End{By: by("sm")})
	for _, session := range []string{id, "no such session"} {
		for _, gone := range []bool{false, true} {
			equal(t, "refused", reason(h.Here(t.Context(), Here{SessionID: session, UserID: "sm", Proof: proven(false), Gone: gone})), "")
		}
	}
}

// Who is silent has no stream, as far as the game is concerned.
func TestHere_who_calls_while_silent_is_online_until_the_stream_closes(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	stream := h.pinged(id, "sm", "")
	h.clock.Advance(silenceTime + reloadGrace)
	h.do(id, poker.Reconnect{By: by("sm")})
	h.clock.Advance(time.Minute)
	equal(t, "by the call", h.online(id, "sm"), true)
	h.here(id, "sm", "")
	stream.cancel()
	h.clock.Advance(reloadGrace)
	equal(t, "after the stream", h.online(id, "sm"), false)
}

func TestHere_costs_nothing_of_the_rate_of_commands(t *testing.T) {
	h := newNode(t)
	h.CommandRate = Rate{Events: 1, Per: time.Second}
	id := h.create(poker.Settings{})
	h.pinged(id, "sm", "")
	for range 100 {
		h.here(id, "sm", "")
	}
	h.do(id, poker.Extend{By: by("sm")})
}

func TestHere_of_a_stream_that_lasts_keeps_no_state(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	for range 3 {
		h.pinged(id, "sm", "tab").cancel()
	}
	p := h.open[id].presence
	if len(p.streams)+len(p.places) > 0 {
		t.Errorf("%v, %v are left", p.streams, p.places)
	}
	h.pinged(id, "sm", "")
	h.do(id, join("ann"), poker.Transfer{By: by("sm"), To: "ann"}, poker.Kick{By: by("ann"), Other: "sm"})
	if p := h.open[id].presence; len(p.streams)+len(p.places) > 0 {
		t.Errorf("after a kick %v, %v are left", p.streams, p.places)
	}
}

// Who loses the network again and again leaves streams behind that a proxy keeps open for a quarter of an hour. They are no reason to keep anybody out.
func TestHere_streams_that_do_not_count_make_room(t *testing.T) {
	for name, leave := range map[string]func(h *node, id string){
		"silent": func(h *node, _ string) { h.clock.Advance(silenceTime) },
		"gone":   func(h *node, id string) { h.gone(id, "ann", "old") },
	} {
		t.Run(name, func(t *testing.T) {
			h := newNode(t)
			id := h.create(poker.Settings{})
			h.do(id, join("ann"))
			old := h.pinged(id, "ann", "old")
			for range maxStreams - 1 {
				h.watch(id, "ann", "")
			}
			again := Watch{SessionID: id, UserID: "ann", Proof: proven(true), Pings: true, Place: "another"}
			_, err := h.Subscribe(t.Context(), again, &reader{})
			equal(t, "while all count", reason(err), TooManyStreams)
			leave(h, id)
			h.pinged(id, "ann", "new")
			equal(t, "the stream in whose place it is has ended", old.ended(), true)
			_, err = h.Subscribe(t.Context(), again, &reader{})
			equal(t, "another", reason(err), TooManyStreams)
			old.cancel() // is no second end
			_, err = h.Subscribe(t.Context(), again, &reader{})
			equal(t, "after the end of what has ended", reason(err), TooManyStreams)
			equal(t, "online", h.online(id, "ann"), true)
		})
	}
}

// A browser that changes networks comes back by itself, under the same name, and answers for what it has left behind as well.
func TestHere_a_stream_that_comes_back_takes_the_place_of_its_former_ones(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"))
	other := h.pinged(id, "ann", "other")
	former := make([]*reader, maxStreams-1)
	for i := range former {
		former[i] = h.pinged(id, "ann", "tab")
	}
	h.here(id, "ann", "tab")
	h.pinged(id, "ann", "tab")
	equal(t, "the oldest has ended", former[0].ended(), true)
	equal(t, "the next has ended", former[1].ended(), false)
	equal(t, "another's has ended", other.ended(), false)
	_, err := h.Subscribe(t.Context(), Watch{SessionID: id, UserID: "ann", Proof: proven(true), Pings: true}, &reader{})
	equal(t, "one without a name", reason(err), TooManyStreams)
}
