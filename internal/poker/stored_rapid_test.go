package poker

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// restored is a state as it is read after it has been stored whole.
func restored(t *rapid.T, s *Session) *Session {
	stored, err := s.AppendStored(nil)
	if err != nil {
		t.Fatal(err)
	}
	read, err := DecodeStored(stored)
	if err != nil {
		t.Fatalf("%v in %s", err, stored)
	}
	return read
}

// Whatever has happened, a state that is stored whole is the state, and the game goes on from it as if nothing had been.
func TestGame_goes_on_from_a_state_stored_whole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		countdown := rapid.SampledFrom([]time.Duration{0, 3 * time.Second}).Draw(t, "countdown")
		m := &machine{game: newGameWith(t, Settings{RevealCountdownSeconds: (countdown).Seconds()})}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			m.step(t)
			if m.s.Ended == "" && rapid.Bool().Draw(t, "stored") {
				read := restored(t, m.s)
				equal(t, "state stored and read", read, m.s)
				m.s = read
			}
		}
		equal(t, "state replayed from the log", m.replayed(t), m.s)
	})
}

// Entries of a log can be lost to a damaged disk. What is left must fold to something that can be stored, and goes on.
func TestGame_with_events_missing_can_be_stored_and_goes_on(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{game: newGameWith(t, Settings{RevealCountdownSeconds: 3})}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			m.step(t)
		}
		var s *Session
		for _, e := range m.log {
			if rapid.IntRange(0, 4).Draw(t, "lost") == 0 {
				continue
			}
			s = Fold(s, e)
			if diff := cmp.Diff(s, restored(t, s), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("after %s (-state +read):\n%s", Kind(e.Payload), diff)
			}
			for _, c := range []Command{Tick{}, Start{By: by("sm"), RoundID: "r"}, CastVote{By: by("ann"), Value: "5"}, Reveal{by("sm")}, Accept{By: by("sm")}, Kick{By: by("sm"), Other: "ann"}} {
				_, _ = m.rules.Decide(s, c, Moment{Now: e.At}) // must not panic
			}
		}
	})
}
