package load

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

// openEngine makes the sessions of a workload on a reference and opens their streams.
func openEngine(t *testing.T, p *process.Process, w Workload) *engine {
	t.Helper()
	e, err := makeSessions(Target{{URL: p.URL, PID: p.PID()}}, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	if err := e.open(); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEveryCommandReachesEveryStreamOnce(t *testing.T) {
	for name, w := range map[string]Workload{
		"saturated":                       {Sessions: 5, Users: 4, InFlight: 3},
		"saturated, a line for each":      {Sessions: 3, Users: 2, InFlight: 64},
		"at a rate":                       {Sessions: 4, Users: 3, InFlight: 64, Rate: 500},
		"at a rate, fewer lines than due": {Sessions: 20, Users: 2, InFlight: 1, Rate: 2000},
		"one user alone":                  {Sessions: 1, Users: 1, InFlight: 1},
		"more users than votes":           {Sessions: 2, Users: 30, InFlight: 2},
	} {
		t.Run(name, func(t *testing.T) {
			w.Warmup, w.Duration = 50*time.Millisecond, 100*time.Millisecond
			e := openEngine(t, startReference(t), w)
			p := playTwice(t, e)
			checkDeliveries(t, e)
			if p.CPU <= 0 || p.LoadCPU <= 0 || p.Percentile(50) <= 0 {
				t.Errorf("CPU %v and %v, p50 %v", p.CPU, p.LoadCPU, p.Percentile(50))
			}
		})
	}
}

func playTwice(t *testing.T, e *engine) Played {
	t.Helper()
	var all Played
	for range 2 {
		p, err := e.play()
		if err != nil {
			t.Fatal(err)
		}
		all.Add(p)
	}
	return all
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
			frames += wire.CommandAt(n).Frames()
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
	e := openEngine(t, startReference(t), Workload{Sessions: 1, Users: 2, InFlight: 1, Rate: 500, Duration: 100 * time.Millisecond})
	p, err := e.play()
	if err != nil {
		t.Fatal(err)
	}
	if p.Sizes != sizesOfReference {
		t.Errorf("saw %v, want %v", p.Sizes, sizesOfReference)
	}
}

// A server that stands still is charged for every command that was due meanwhile, not only for the one it was working on.
func TestLatencyCountsFromWhenACommandWasDue(t *testing.T) {
	const rate, stall, users = 200, 500 * time.Millisecond, 3
	server := startReference(t)
	e := openEngine(t, server, Workload{Sessions: 1, Users: users, InFlight: 1, Rate: rate, Duration: stall})
	signals := []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT}
	e.cost = func() cost { // read at both ends of the measurement
		if err := syscall.Kill(server.PID(), signals[0]); err != nil {
			t.Error(err)
		}
		signals = signals[1:]
		return cost{}
	}
	p, err := e.play()
	if err != nil {
		t.Fatal(err)
	}
	if got, least := hdrhistogram.Import(p.Latency).TotalCount(), int64(rate*stall.Seconds())*users; got < least {
		t.Errorf("%d deliveries measured, want at least one to everybody of each command, %d", got, least)
	}
	for _, percent := range []float64{25, 50, 75} {
		want := time.Duration(float64(stall) * (100 - percent) / 100 * 0.9) // what was due that long before the end
		if got := p.Percentile(100 - percent); got < want {
			t.Errorf("%v%% of the commands were due more than %v before the end, yet their latency is %v", percent, want, got)
		}
	}
}

func TestAServerThatEndsAStreamFailsTheMeasurement(t *testing.T) {
	server := startReference(t)
	e := openEngine(t, server, Workload{Sessions: 1, Users: 3, InFlight: 1, Rate: 10, Duration: time.Minute})
	e.cost = func() cost {
		if err := server.Kill(); err != nil {
			t.Error(err)
		}
		return cost{}
	}
	if _, err := e.play(); err == nil || !strings.Contains(err.Error(), "the server ended") {
		t.Errorf("got %v, want an error about the stream", err)
	}
}

func TestAnotherProcessPlaysInTurns(t *testing.T) {
	server := startReference(t)
	w := Workload{Sessions: 2, Users: 3, InFlight: 2, Duration: 50 * time.Millisecond}
	p, err := Start(t.Context(), os.Args[0], []string{"load"}, Target{{URL: server.URL, PID: server.PID()}}, w)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Open(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if turn, err := p.Play(); err != nil || turn.Deliveries == 0 || turn.CPU <= 0 || turn.Percentile(99) <= 0 {
			t.Errorf("played %+v, %v", turn, err)
		}
	}
	if _, err := p.Hold(time.Millisecond); err != nil {
		t.Error(err)
	}
	if err := server.Kill(); err != nil {
		t.Error(err)
	}
	if _, err := p.Play(); err == nil {
		t.Error("played on a server that is gone")
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestAServerThatRefusesIsAnErrorOfTheStart(t *testing.T) {
	server := startReference(t)
	_, err := Start(t.Context(), os.Args[0], []string{"load"}, Target{{URL: server.URL + "0", PID: server.PID()}}, Workload{Sessions: 1, Users: 1, InFlight: 1})
	if err == nil {
		t.Error("started without a server")
	}
}
