package room

import (
	"fmt"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// A page that is loaded again says goodbye by a request that nobody waits for: a slow network, or a busy browser, may bring it when the new page has its stream.
func TestGoodbye_that_comes_late_ends_no_other_stream(t *testing.T) {
	for name, places := range map[string][2]string{"with names": {"before", "after"}, "without": {"", ""}} {
		t.Run(name, func(t *testing.T) {
			h := newNode(t)
			id := h.create(poker.Settings{})
			all := h.watch(id, "", "")
			before := h.pinged(id, "sm", places[0])
			before.cancel()
			h.clock.Advance(time.Second)
			after := h.pinged(id, "sm", places[1])
			h.clock.Advance(reloadGrace - 2*time.Second)
			h.gone(id, "sm", places[0])
			h.clock.Advance(silenceTime / 2)
			equal(t, "sent", all.types(), "session_updated")
			h.gone(id, "sm", places[1]) // its own
			h.isGoneAfter(id, "sm", reloadGrace)
			after.cancel()
		})
	}
}

// Of two tabs one is closed: its stream may be gone before its goodbye comes.
func TestGoodbye_of_a_tab_that_has_closed_is_not_the_other_s(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	all := h.watch(id, "", "")
	h.pinged(id, "sm", "")
	h.pinged(id, "sm", "").cancel()
	h.gone(id, "sm", "")
	h.clock.Advance(silenceTime - time.Second)
	equal(t, "sent", all.types(), "session_updated")
}

// What was not said in time is not waited for any more.
func TestGoodbye_is_one_s_that_is_open_if_none_has_closed_lately(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.pinged(id, "sm", "")
	h.pinged(id, "sm", "").cancel()
	h.clock.Advance(reloadGrace)
	h.gone(id, "sm", "")
	h.isGoneAfter(id, "sm", reloadGrace)
}

// Wherever the old stream was, the new one is, and the goodbye comes, and in whichever order that is heard: who has a stream is there.
func TestNodes_a_goodbye_that_comes_late_ends_no_other_stream(t *testing.T) {
	for name, late := range map[string]bool{"before the old stream closes": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			_, nodes, id, readers := meeting(t)
			nodes[0].watch(id, "sm", "")
			at, was := nodes[0].pinged(id, "ann", "page 0"), "page 0"
			for i := range 9 {
				page := fmt.Sprint("page ", i+1)
				agree(t, nodes, id)
				if late {
					at.cancel()
				}
				next := nodes[i%3].pinged(id, "ann", page)
				nodes[i/3].gone(id, "ann", was)
				advance(t, nodes, id, reloadGrace/2)
				at.cancel()
				advance(t, nodes, id, reloadGrace+2*time.Second)
				at, was = next, page
			}
			sent(t, "of all that", readers, "session_updated")
		})
	}
}

// Each goodbye is good for one stream of one person: a late one is the closed stream's, the next is that of a stream that is open.
func TestGoodbye_that_was_late_is_heard_once(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"))
	for _, user := range []string{"ann", "sm"} {
		h.pinged(id, user, "")
		h.pinged(id, user, "").cancel()
	}
	h.gone(id, "sm", "")
	h.gone(id, "sm", "")
	h.gone(id, "ann", "")
	h.isGoneAfter(id, "sm", reloadGrace)
	equal(t, "the other, who said one", h.online(id, "ann"), true)
}

// However often streams close without a goodbye, what is remembered of them is bounded.
func TestGoodbyes_that_never_come_are_waited_for_in_bounded_number(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	for range 4 * mostLeft {
		h.pinged(id, "sm", "").cancel()
	}
	r := h.open[id]
	r.mu.Lock()
	defer r.mu.Unlock()
	equal(t, "waited for", len(r.presence.left), mostLeft)
}
