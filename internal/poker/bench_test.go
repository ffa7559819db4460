package poker

import (
	"fmt"
	"testing"
)

// BenchmarkVote is the game's part of a vote: deciding it, and folding it, with 16 people at the table.
func BenchmarkVote(b *testing.B) {
	g := newGame(b)
	g.rules.MaxParticipants = 0
	for i := range 13 {
		g.do(&Join{Newcomer: Newcomer{ID: fmt.Sprint("user", i), Name: "Somebody"}})
	}
	g.do(Start{By: by("sm"), RoundID: "r1"})
	for _, p := range g.s.Participants {
		g.do(CastVote{By: by(p.ID), Value: "5"})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.rules.Decide(g.s, CastVote{By: by("ann"), Value: "8"}, g.moment()); err != nil {
			b.Fatal(err)
		}
	}
}
