package poker

import (
	"testing"
	"time"
)

// The start of a round can be lost to a damaged disk. What follows it must not be taken for a part of the round before, which is open for all to see.
func TestFold_without_the_start_of_a_round_leaves_the_round_before_as_it_was(t *testing.T) {
	g := newGameWith(t, Settings{RevealCountdownSeconds: 2})
	reveal := func() {
		g.do(Reveal{by("sm")})
		g.pass(2 * time.Second)
		g.do(Tick{})
	}
	g.do(Start{By: by("sm"), RoundID: "r1"})
	g.do(CastVote{By: by("ann"), Value: "5"})
	reveal()
	g.do(Accept{By: by("sm"), Estimate: ptr("5")})
	before, from := g.s, len(g.log)
	g.do(Start{By: by("sm"), RoundID: "r2"})
	g.do(CastVote{By: by("ann"), Value: "8"})
	g.do(CastVote{By: by("bob"), Value: "13"})
	g.do(RetractVote{by("ann")})
	g.do(SetTimer{By: by("sm"), Seconds: ptr(60.0)})
	g.do(settings("sm", `{"anonymous":true}`))
	g.do(ChangeRole{By: by("bob"), Other: "bob", Role: Spectator})
	reveal()
	g.do(Accept{By: by("sm"), Estimate: ptr("13")})
	s := before
	for _, e := range g.log[from:] {
		if _, start := e.Payload.(VotingStarted); start {
			continue
		}
		s = Fold(s, e)
		equal(t, "round", s.Round, before.Round)
		equal(t, "status", s.Status, before.Status)
		equal(t, "completed rounds", s.Rounds, before.Rounds)
	}
}

// A round that was started anew was never revealed, and its cards stay hidden also when the start of the next is lost.
func TestFold_without_the_start_of_a_round_reveals_none_of_the_round_before(t *testing.T) {
	for name, countdown := range map[string]float64{"at once": 0, "after a countdown": 2} {
		t.Run(name, func(t *testing.T) {
			g := started(newGameWith(t, Settings{RevealCountdownSeconds: countdown}))
			s, from := g.s, len(g.log)
			g.do(Start{By: by("sm"), RoundID: "r2"})
			g.do(SetTimer{By: by("sm"), Seconds: ptr(60.0)})
			g.do(Reveal{by("sm")})
			g.pass(2 * time.Second)
			g.do(Tick{})
			g.do(Accept{By: by("sm"), Estimate: ptr("13")})
			before := s.Round
			for _, e := range g.log[from:] {
				if _, start := e.Payload.(VotingStarted); !start {
					s = Fold(s, e)
					equal(t, "round", s.Round, before)
					equal(t, "status", s.Status, Voting)
					equal(t, "completed rounds", len(s.Rounds), 0)
				}
			}
		})
	}
}
