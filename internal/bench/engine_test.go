//go:build linux

package bench

import (
	"context"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// startReference serves the reference inside the test, until it ends or stop is called.
func startReference(t *testing.T) (*reference, string, func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := newReference(sizes{vote: 330, reveal: 1000, start: 1200})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.serve(ctx, listener.(*net.TCPListener)) }()
	stopped := false
	stop := func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		listener.Close()
		if err := <-ended; err != nil {
			t.Errorf("the reference ended with: %v", err)
		}
	}
	t.Cleanup(stop)
	return r, "http://" + listener.Addr().String(), stop
}

// sessionsOf are the sessions that were made on a reference.
func sessionsOf(r *reference) []*referenceSession {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.sessions)
}

// openEngine makes the sessions of a workload at url and opens their streams.
func openEngine(t *testing.T, url string, w workload) *engine {
	t.Helper()
	p := newProgress(nil)
	t.Cleanup(p.close)
	r := &runner{progress: p}
	e, err := r.open(t.Context(), w, target{url: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	return e
}

func noMeter() meter { return meter{server: -1} }

func TestEveryCommandReachesEveryStreamOnce(t *testing.T) {
	for name, w := range map[string]workload{
		"saturated":                       {Sessions: 5, Users: 4, InFlight: 3},
		"saturated, a line for each":      {Sessions: 3, Users: 2, InFlight: 64},
		"at a rate":                       {Sessions: 4, Users: 3, InFlight: 64, Rate: 500},
		"at a rate, fewer lines than due": {Sessions: 20, Users: 2, InFlight: 1, Rate: 2000},
		"one user alone":                  {Sessions: 1, Users: 1, InFlight: 1},
		"users and watchers":              {Sessions: 2, Users: 2, Watchers: 30, InFlight: 2},
	} {
		t.Run(name, func(t *testing.T) {
			_, url, _ := startReference(t)
			e := openEngine(t, url, w)
			turn := plan{rate: w.Rate, inFlight: w.InFlight, warmup: 50 * time.Millisecond, duration: 100 * time.Millisecond, meter: noMeter}
			p, err := e.play(t.Context(), turn)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.addTurn(t.Context(), e, turn); err != nil {
				t.Fatal(err)
			}
			checkDeliveries(t, e)
			if p.unsent != 0 || p.unexpected != 0 {
				t.Errorf("%d commands were not sent, %d events not expected", p.unsent, p.unexpected)
			}
			if w.Rate > 0 {
				checkCount(t, "measured answers", p.latency.answers.TotalCount(), int64(w.Rate/5))
			}
		})
	}
}

// checkDeliveries compares what each stream got with what its session's commands should have caused.
func checkDeliveries(t *testing.T, e *engine) {
	t.Helper()
	if len(e.streams) == 0 || e.commands == 0 {
		t.Fatalf("%d streams, %d commands: nothing was tried", len(e.streams), e.commands)
	}
	commands, deliveries := int64(0), int64(0)
	for i, p := range e.players {
		frames := 0
		for n := range p.played {
			frames += commandAt(n).frames()
		}
		commands += int64(p.played)
		deliveries += int64(frames * p.streams)
		for k, s := range e.streams {
			if int(s.player) == i && s.received != frames {
				t.Errorf("stream %d got %d events of %d commands, want %d", k, s.received, p.played, frames)
			}
		}
	}
	checkCount(t, "commands", e.commands, commands)
	checkCount(t, "deliveries", e.deliveries, deliveries)
}

func checkCount(t *testing.T, what string, got, want int64) {
	t.Helper()
	if got != want {
		t.Errorf("%d %s, want %d", got, what, want)
	}
}

func TestSizesAreThoseOnTheWire(t *testing.T) {
	r, url, _ := startReference(t)
	e := openEngine(t, url, workload{Sessions: 1, Users: 2, InFlight: 1})
	p, err := e.play(t.Context(), plan{rate: 500, inFlight: 1, duration: 100 * time.Millisecond, meter: noMeter})
	if err != nil {
		t.Fatal(err)
	}
	if want := (sizes{len(r.frames[vote]), len(r.frames[reveal]), len(r.frames[start])}); p.sizes != want {
		t.Errorf("saw %v, want %v", p.sizes, want)
	}
}

// A server that stands still is charged for every command that was due meanwhile, not only for the one it was working on.
func TestLatencyCountsFromWhenACommandWasDue(t *testing.T) {
	const rate, stall, users = 200, 500 * time.Millisecond, 3
	r, url, _ := startReference(t)
	e := openEngine(t, url, workload{Sessions: 1, Users: users, InFlight: 1})
	session := sessionsOf(r)[0]
	calls := 0
	standStill := func() meter { // while measuring: the meter is read at both ends
		if calls++; calls == 1 {
			session.mu.Lock()
		} else {
			session.mu.Unlock()
		}
		return noMeter()
	}
	p, err := e.play(t.Context(), plan{rate: rate, inFlight: 1, duration: stall, meter: standStill})
	if err != nil {
		t.Fatal(err)
	}
	h := p.latency.answers
	checkCount(t, "measured answers", h.TotalCount(), int64(rate*stall.Seconds()))
	for _, percentile := range []float64{25, 50, 75} {
		got := time.Duration(h.ValueAtPercentile(100-percentile)) * time.Microsecond
		want := time.Duration(float64(stall) * (100 - percentile) / 100 * 0.95) // what was due that long before the end
		if got < want {
			t.Errorf("%v%% of the commands were due more than %v before the end, yet their latency is %v", percentile, want, got)
		}
	}
}

func TestWhatWasNeverSentIsCountedAndCharged(t *testing.T) {
	e := &engine{
		origin:   time.Now().Add(-time.Minute),
		players:  []player{{backlog: 2, streams: 5}, {}},
		schedule: newSchedule(0, time.Second, 1, 2),
		plan:     plan{duration: time.Second},
		latency:  newLatencies(),
	}
	checkCount(t, "commands not sent", e.giveUp(), 2)
	h := e.latency.deliveries // of the first, which was due in the second that was measured
	if h.TotalCount() != 5 || h.Max() < (59*time.Second).Microseconds() {
		t.Errorf("%d deliveries of up to %d µs, want 5 of a minute", h.TotalCount(), h.Max())
	}
}

func TestAServerThatEndsAStreamFailsTheMeasurement(t *testing.T) {
	_, url, stop := startReference(t)
	e := openEngine(t, url, workload{Sessions: 1, Users: 3, InFlight: 1})
	_, err := e.play(t.Context(), plan{rate: 10, inFlight: 1, duration: time.Minute, meter: func() meter { stop(); return noMeter() }})
	if err == nil || !strings.Contains(err.Error(), "the server ended") {
		t.Errorf("got %v, want an error about the stream", err)
	}
}

func TestAMeasurementEndsWithItsContext(t *testing.T) {
	_, url, _ := startReference(t)
	e := openEngine(t, url, workload{Sessions: 1, Users: 3, InFlight: 1})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := e.play(ctx, plan{inFlight: 1, duration: time.Minute, meter: func() meter { cancel(); return noMeter() }})
	if err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestTheReferenceIsNotForOtherMachines(t *testing.T) {
	if err := ServeReference(t.Context(), "0.0.0.0:0"); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("got %v, want an error about loopback", err)
	}
}

func TestAProcessCanBeSeen(t *testing.T) {
	used, err := cpuTime(os.Getpid())
	if err != nil || used <= 0 {
		t.Errorf("CPU time %v, %v", used, err)
	}
	sum := 0
	for spin := time.Now(); time.Since(spin) < 5*time.Millisecond; {
		sum++
	}
	if later, err := cpuTime(os.Getpid()); err != nil || later <= used {
		t.Errorf("CPU time %v after %v and %d turns, %v", later, used, sum, err)
	}
	if memory, err := residentMemory(os.Getpid()); err != nil || memory < 1<<20 {
		t.Errorf("memory %d, %v", memory, err)
	}
}
