package load

import (
	"slices"
	"testing"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

// turns are what is due by now.
func turns(s *schedule, now time.Duration) (sessions []int, due []time.Duration) {
	for {
		n, at, ok := s.next(now)
		if !ok {
			return sessions, due
		}
		sessions, due = append(sessions, n), append(due, at)
	}
}

func TestScheduleIsEvenAndSessionsTakeTurns(t *testing.T) {
	sessions, due := turns(newSchedule(time.Second, time.Minute, 1000, 3), time.Second+4*time.Millisecond)
	if want := []int{0, 1, 2, 0, 1}; !slices.Equal(sessions, want) {
		t.Errorf("due after 4 ms at 1,000 a second: sessions %v, want %v", sessions, want)
	}
	for i, at := range due {
		if want := time.Second + time.Duration(i)*time.Millisecond; at != want {
			t.Errorf("turn %d is at %v, want %v", i, at, want)
		}
	}
}

func TestNothingIsDueAtTheEnd(t *testing.T) {
	if _, due := turns(newSchedule(0, 3*time.Millisecond, 1000, 1), time.Hour); len(due) != 3 {
		t.Errorf("%d commands in 3 ms at 1,000 a second, want 3", len(due))
	}
}

func TestSaturatedNothingIsDueByItself(t *testing.T) {
	s := newSchedule(0, 2*time.Hour, 0, 3)
	if sessions, _ := turns(s, time.Hour); len(sessions) > 0 || !s.saturated() {
		t.Error("a saturated schedule has something due")
	}
}

func TestRoundIsVotesRevealStart(t *testing.T) {
	p := newPlayer(wire.Requests{Host: "h", Session: "s"}, []wire.Seat{{UserID: "a", Token: "x"}, {UserID: "b", Token: "y"}})
	for n := range 2 * wire.CommandsPerRound {
		want := wire.Vote
		switch n % wire.CommandsPerRound {
		case wire.VotesPerRound:
			want = wire.Reveal
		case wire.VotesPerRound + 1:
			want = wire.Start
		}
		if got := wire.CommandAt(n); got != want {
			t.Fatalf("command %d is %d, want %d", n, got, want)
		}
		p.next(0, 0, true)
		if want := want.Frames() * 2; p.pending != want {
			t.Fatalf("command %d waits for %d deliveries, want %d", n, p.pending, want)
		}
	}
	if want := 2 * (wire.VotesPerRound + 1 + 2); p.frames != want {
		t.Errorf("two rounds are %d events, want %d", p.frames, want)
	}
}
