package load

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTurnsAreCountedTogether(t *testing.T) {
	turn := func(count int64) Played {
		l := newLatencies()
		l.delivered(time.Duration(count)*time.Microsecond, int(count))
		return Played{
			Time: time.Second, Deliveries: count, Commands: count / 10, CPU: 300 * time.Millisecond, LoadCPU: 100 * time.Millisecond,
			Latency: l.Export(),
		}
	}
	var p Played
	p.Add(turn(100))
	p.Add(turn(300))
	want := Played{Time: 2 * time.Second, Deliveries: 400, Commands: 40, CPU: 600 * time.Millisecond, LoadCPU: 200 * time.Millisecond}
	if diff := cmp.Diff(want, p, cmpopts.IgnoreFields(Played{}, "Latency")); diff != "" {
		t.Errorf("two turns (-want +got):\n%s", diff)
	}
	for percent, want := range map[float64]time.Duration{20: 100 * time.Microsecond, 30: 300 * time.Microsecond, 100: 300 * time.Microsecond} {
		if got := p.Percentile(percent); got != want {
			t.Errorf("%v%% within %v, want %v", percent, got, want)
		}
	}
}
