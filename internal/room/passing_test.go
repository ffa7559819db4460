package room

import (
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// Nodes pass answers on by messages that may be lost, and a client answers so seldom that its stream would be silent before the next.
func TestNodes_an_answer_that_is_lost_on_its_way_takes_nobody_away(t *testing.T) {
	_, nodes, id, readers := meeting(t)
	nodes[0].watch(id, "sm", "")
	nodes[0].pinged(id, "ann", "page")
	for range 3 {
		advance(t, nodes, id, 30*time.Second)
		nodes[1].side.loses.Store(1)
		nodes[1].here(id, "ann", "page")
	}
	sent(t, "though one of two messages is lost", readers, "session_updated")
	advance(t, nodes, id, silenceTime+reloadGrace+time.Second)
	sent(t, "when no more answers come", readers, "session_updated user_disconnected")
}

// What is repeated is old: a goodbye may have come since.
func TestNodes_an_answer_that_is_repeated_takes_no_goodbye_back(t *testing.T) {
	_, nodes, id, readers := meeting(t)
	nodes[0].watch(id, "sm", "")
	nodes[0].pinged(id, "ann", "page")
	advance(t, nodes, id, 30*time.Second)
	nodes[1].here(id, "ann", "page")
	nodes[1].gone(id, "ann", "page")
	advance(t, nodes, id, reloadGrace+2*time.Second)
	sent(t, "of that", readers, "session_updated user_disconnected")
	advance(t, nodes, id, 2*repeatTime)
	sent(t, "and no more", readers, "session_updated user_disconnected")
}

// A room may be busy for seconds, as with a log that takes nothing.
func TestNodes_a_busy_room_keeps_no_answers_from_others(t *testing.T) {
	_, nodes, id, _ := meeting(t)
	other := nodes[0].create(poker.Settings{})
	agree(t, nodes, other)
	nodes[0].pinged(id, "ann", "page")
	nodes[0].pinged(other, "sm", "page")
	agree(t, nodes, id)
	agree(t, nodes, other)
	busy, free := nodes[0].open[id], nodes[0].open[other]
	heard := func(r *Room, user string) bool {
		r.lock()
		defer r.unlock()
		return r.presence.places[user][0].heard.Equal(nodes[0].clock.Now())
	}
	nodes[0].clock.Advance(time.Second)
	busy.lock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range mostUnheard + 1 {
			nodes[0].hears([]byte(`{"SessionID":"` + id + `","UserID":"ann","Place":"page"}`))
		}
		nodes[0].hears([]byte(`{"SessionID":"` + other + `","UserID":"sm","Place":"page"}`))
	}()
	eventually(t, "the other room has heard its own", func() bool { return heard(free, "sm") })
	busy.unlock()
	<-done
	eventually(t, "the busy one has heard its own", func() bool { return heard(busy, "ann") })
}

// Thousands of answers may wait to be passed on once more. The proof of each has the whole request with it, credentials included.
func TestNodes_keep_no_request_of_an_answer_that_they_pass_on(t *testing.T) {
	_, nodes, id, _ := meeting(t)
	nodes[0].pinged(id, "ann", "page")
	nodes[1].here(id, "ann", "page")
	nodes[1].repeated.mu.Lock()
	defer nodes[1].repeated.mu.Unlock()
	equal(t, "answers", len(nodes[1].repeated.later), 1)
	equal(t, "proof", nodes[1].repeated.later[0].Proof, nil)
}
