package room

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/poker"
)

// sink takes what it is sent.
type sink struct{}

func (*sink) Send([]byte) {}
func (*sink) Close()      {}

// voting is a session in which ann may vote, with so many readers.
func voting(t testing.TB, readers int) (h *node, id string, vote poker.Command) {
	t.Helper()
	h = newNode(t)
	id = h.create(poker.Settings{})
	h.do(id, join("ann"), poker.Start{By: by("sm"), RoundID: "r"})
	for range readers {
		if _, err := h.Subscribe(t.Context(), Watch{SessionID: id}, &sink{}); err != nil {
			t.Fatal(err)
		}
	}
	return h, id, poker.CastVote{By: by("ann"), Value: "5"}
}

// BenchmarkVote is a vote from the command to the readers: decided, stored, folded and fanned out to those who take it at once.
func BenchmarkVote(b *testing.B) {
	for _, readers := range []int{0, 1, 16, 1000} {
		b.Run(fmt.Sprint(readers), func(b *testing.B) {
			h, id, vote := voting(b, readers)
			b.ReportAllocs()
			for b.Loop() {
				h.do(id, vote)
			}
		})
	}
}

// answers are those to the pings of sixteen who are in a session that is made for it.
func answers(h *node) (all []Here) {
	h.t.Helper()
	id := h.create(poker.Settings{})
	for range 15 {
		h.do(id, join(uuid.NewString()))
	}
	for _, p := range h.state(id).Participants {
		a := Here{SessionID: id, UserID: p.ID, Proof: proven(true), Place: uuid.NewString()}
		if _, err := h.Subscribe(h.t.Context(), Watch{SessionID: id, UserID: p.ID, Proof: a.Proof, Pings: true, Place: a.Place}, &sink{}); err != nil {
			h.t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// BenchmarkHere is an answer to a ping, in sessions of sixteen that all answer in turn: of few, and of so many that none is in the processor's caches.
func BenchmarkHere(b *testing.B) {
	for _, sessions := range []int{1, 625} {
		b.Run(fmt.Sprint(sessions), func(b *testing.B) {
			h := newNodeOn(b, openLog(b, sessions), clock.NewManual(time.Now()), nil)
			var all []Here
			for range sessions {
				all = append(all, answers(h)...)
			}
			rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := h.Here(b.Context(), all[i%len(all)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestReadersCostNoAllocation(t *testing.T) {
	const readers = 1000
	allocations := func(readers int) float64 {
		h, id, vote := voting(t, readers)
		return testing.AllocsPerRun(20, func() { h.do(id, vote) })
	}
	few, many := allocations(1), allocations(1+readers)
	if more := many - few; more > readers/10 { // the log allocates in its own time
		t.Errorf("a vote to %d more readers costs %.0f allocations more", readers, more)
	}
}
