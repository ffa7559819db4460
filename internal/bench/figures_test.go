package bench

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRatiosAreTakenWithinEachRun(t *testing.T) {
	runs := []pair{
		{Server: figures{cpuPerDelivery: 2}, Reference: figures{cpuPerDelivery: 1}},
		{Server: figures{cpuPerDelivery: 9}, Reference: figures{cpuPerDelivery: 3}},
		{Server: figures{cpuPerDelivery: 4}, Reference: figures{cpuPerDelivery: 4}},
	}
	want := summary{
		Server:    figures{cpuPerDelivery: 4},
		Reference: figures{cpuPerDelivery: 3},
		Ratio:     figures{cpuPerDelivery: 2}, // of 2, 3 and 1, and not 4/3
	}
	if diff := cmp.Diff(want, summarize(runs)); diff != "" {
		t.Errorf("medians (-want +got):\n%s", diff)
	}
}

func TestMedianOfAnEvenNumberIsBetween(t *testing.T) {
	if got := median([]float64{4, 1, 3, 2}); got != 2.5 {
		t.Errorf("got %v, want 2.5", got)
	}
}

func TestFiguresOfWhatWasPlayed(t *testing.T) {
	l := newLatencies()
	l.delivered(100*time.Microsecond, 990)
	l.delivered(900*time.Microsecond, 10)
	p := played{
		begin:   mark{at: time.Second, deliveries: 100, commands: 10, cpu: meter{server: time.Second}},
		end:     mark{at: 3 * time.Second, deliveries: 2100, commands: 110, cpu: meter{server: 2 * time.Second, load: 500 * time.Millisecond}},
		latency: l, sizes: sizes{vote: 330},
	}
	want := figures{
		deliveriesPerSecond: 1000, commandsPerSecond: 50,
		deliveryP50: 100, deliveryP99: 100, deliveryP999: 900, deliveryMax: 900,
		cpuPerDelivery: 500, cpuPerCommand: 10_000, serverCores: 0.5, loadCores: 0.25,
		voteBytes: 330, unsentCommands: 0, unexpectedEvents: 0,
	}
	if diff := cmp.Diff(want, p.figures()); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

func TestTurnsAreCountedTogether(t *testing.T) {
	turn := func(begin time.Duration, count int64) *played {
		l := newLatencies()
		l.delivered(time.Duration(count)*time.Microsecond, int(count))
		return &played{
			begin:   mark{at: begin, deliveries: 7, commands: 5, cpu: meter{server: begin, load: begin}},
			end:     mark{at: begin + time.Second, deliveries: 7 + count, commands: 5 + count/10, cpu: meter{server: begin + 300*time.Millisecond, load: begin + 100*time.Millisecond}},
			latency: l, unsent: 1, unexpected: 2, sizes: sizes{vote: 330},
		}
	}
	p := turn(time.Second, 100)
	p.add(turn(time.Minute, 300))
	got := p.figures()
	want := figures{
		deliveriesPerSecond: 200, commandsPerSecond: 20, deliveryP50: 300, deliveryP99: 300, deliveryP999: 300, deliveryMax: 300,
		cpuPerDelivery: 1500, cpuPerCommand: 15_000, serverCores: 0.3, loadCores: 0.1, unsentCommands: 2, unexpectedEvents: 4, voteBytes: 330,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCPUThatCannotBeSeenIsNoFigure(t *testing.T) {
	p := played{
		begin:   mark{cpu: meter{server: -1}},
		end:     mark{at: time.Second, deliveries: 10, commands: 1, cpu: meter{server: -1}},
		latency: newLatencies(),
	}
	f := p.figures()
	for _, m := range []metric{cpuPerDelivery, cpuPerCommand, serverCores, deliveryP50} {
		if v, ok := f[m]; ok {
			t.Errorf("%s is %v without having been seen", m, v)
		}
	}
}

func TestVerdicts(t *testing.T) {
	medians := map[string]summary{
		"a": {Server: figures{cpuPerDelivery: 6, deliveriesPerSecond: 80}, Reference: figures{cpuPerDelivery: 5, deliveriesPerSecond: 100},
			Ratio: figures{cpuPerDelivery: 1.2, deliveriesPerSecond: 0.8}},
		"b": {Server: figures{cpuPerDelivery: 4, startTime: 70}},
		"c": {Server: figures{cpuPerDelivery: 4}, Reference: figures{cpuPerDelivery: 4}, Ratio: figures{cpuPerDelivery: 1}},
	}
	for name, c := range map[string]struct {
		row     row
		value   float64
		reached bool
	}{
		"below a ceiling":     {row{Workload: "a", Metric: cpuPerDelivery, Target: 1.4, Against: theReference}, 1.2, true},
		"above a ceiling":     {row{Workload: "a", Metric: cpuPerDelivery, Target: 1.1, Against: theReference}, 1.2, false},
		"above a floor":       {row{Workload: "a", Metric: deliveriesPerSecond, Target: 0.75, AtLeast: true, Against: theReference}, 0.8, true},
		"below a floor":       {row{Workload: "a", Metric: deliveriesPerSecond, Target: 0.9, AtLeast: true, Against: theReference}, 0.8, false},
		"by itself":           {row{Workload: "b", Metric: startTime, Target: 60}, 70, false},
		"to another workload": {row{Workload: "a", Metric: cpuPerDelivery, Target: 1.5, Against: "b"}, 1.5, true},
		"growth":              {row{Workload: "a", Metric: cpuPerDelivery, Target: 1.3, Against: "c", Growth: true}, 1.2, true},
	} {
		t.Run(name, func(t *testing.T) {
			v, ok := c.row.judge(medians)
			if !ok || v.Value != c.value || v.Reached != c.reached {
				t.Errorf("got %v (%v), reached %v; want %v, %v", v.Value, ok, v.Reached, c.value, c.reached)
			}
		})
	}
	for _, r := range []row{{Workload: "c", Metric: startTime}, {Workload: "a", Metric: cpuPerDelivery, Against: "b", Growth: true}, {Workload: "b", Metric: cpuPerDelivery, Against: "c", Growth: true}} {
		if v, ok := r.judge(medians); ok {
			t.Errorf("a verdict on what was not measured: %v", v)
		}
	}
}

func TestEveryRowOfTheTableIsMeasured(t *testing.T) {
	names := map[string]bool{}
	for _, w := range tableWorkloads(&Options{}) {
		names[w.Name] = true
	}
	for _, r := range tableRows {
		if !names[r.Workload] || r.Against != "" && r.Against != theReference && !names[r.Against] {
			t.Errorf("%s: no such workload: %q, %q", r.Figure, r.Workload, r.Against)
		}
	}
}
