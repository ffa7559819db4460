package room

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
)

func usualSession(tb testing.TB) *poker.Session {
	rules := poker.Rules{SessionTimeout: timeout, GracePeriod: grace}
	var s *poker.Session
	now := time.Now()
	do := func(c poker.Command) {
		d, err := rules.Decide(s, c, poker.Moment{Now: now})
		if err != nil {
			tb.Fatal(err)
		}
		now = now.Add(time.Millisecond)
		s = d.Steps[len(d.Steps)-1].Session
	}
	ids := make([]string, 16)
	for i := range ids {
		ids[i] = uuid.NewString()
		n := poker.Newcomer{ID: ids[i], Name: fmt.Sprint("Participant ", i), Avatar: "🦊", Credential: "0123456789012345678901234567890123456789012"}
		if i == 0 {
			do(&poker.Create{SessionID: uuid.NewString(), Name: "Sprint", Deck: poker.Fibonacci(), Creator: n})
		} else {
			do(&poker.Join{Newcomer: n})
		}
	}
	for range 3 {
		do(poker.Start{By: by(ids[0]), RoundID: uuid.NewString()})
		for _, id := range ids {
			do(poker.CastVote{By: by(id), Value: "5"})
		}
		do(poker.Reveal{By: by(ids[0])})
		do(poker.Accept{By: by(ids[0])})
	}
	return s
}

func BenchmarkSnapshot(b *testing.B) {
	s := usualSession(b)
	data, err := appendSnapshot(nil, head{Change: newChange(), Last: "x"}, s)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d bytes", len(data))
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = appendSnapshot(nil, head{Change: newChange(), Last: "x"}, s)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = decodeRecord(data)
		}
	})
	b.Run("head", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _, _ = headOf(data)
		}
	})
}
