package load

import (
	"slices"
	"testing"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

func TestScheduleIsEvenAndSessionsTakeTurns(t *testing.T) {
	s := newSchedule(time.Second, time.Minute, 1000, 3)
	var turns []int
	for {
		n, ok := s.next(time.Second + 4*time.Millisecond)
		if !ok {
			break
		}
		turns = append(turns, n)
	}
	if want := []int{0, 1, 2, 0, 1}; !slices.Equal(turns, want) {
		t.Errorf("due after 4 ms at 1,000 a second: sessions %v, want %v", turns, want)
	}
	if got, want := s.dueOf(1, 2), time.Second+7*time.Millisecond; got != want {
		t.Errorf("session 1 has its third turn at %v, want %v", got, want)
	}
}

func TestNothingIsDueAtTheEnd(t *testing.T) {
	s := newSchedule(0, 3*time.Millisecond, 1000, 1)
	due := 0
	for {
		if _, ok := s.next(time.Hour); !ok {
			break
		}
		due++
	}
	if due != 3 {
		t.Errorf("%d commands in 3 ms at 1,000 a second, want 3", due)
	}
}

func TestSaturatedNothingIsDueByItself(t *testing.T) {
	s := newSchedule(0, 2*time.Hour, 0, 3)
	if _, ok := s.next(time.Hour); ok || !s.saturated() {
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

func TestFIFOGoesRound(t *testing.T) {
	q := newFIFO(2)
	for i := range 5 {
		q.push(i)
		q.push(-i)
		a, _ := q.pop()
		b, _ := q.pop()
		if _, more := q.pop(); a != i || b != -i || more {
			t.Fatalf("turn %d: got %d, %d", i, a, b)
		}
	}
}
