package bench

import (
	"fmt"
	"time"
)

// A scenario is what is done with the sessions of a workload.
type scenario string

const (
	scenarioPlay  scenario = "play"  // rounds are played and deliveries measured
	scenarioIdle  scenario = "idle"  // streams are held, and the server's memory and CPU measured
	scenarioStart scenario = "start" // a server is started and left alone
)

// scenarioTable, of the options only, is all the workloads of the table.
const scenarioTable = "table"

// A workload is one thing to measure.
type workload struct {
	Name      string   `json:"name"`
	Scenario  scenario `json:"scenario"`
	Sessions  int      `json:"sessions,omitempty"`
	Users     int      `json:"users,omitempty"`    // in each session
	Watchers  int      `json:"watchers,omitempty"` // in each session
	Rate      float64  `json:"rate,omitempty"`     // commands a second over all sessions; 0: saturated
	InFlight  int      `json:"in_flight,omitempty"`
	Reference bool     `json:"-"` // measure the reference too

	Warmup   time.Duration `json:"-"` // or, of idle streams, until they count as idle
	Duration time.Duration `json:"-"`
}

func (w workload) perSession() int { return w.Users + w.Watchers }

func (w workload) streams() int { return w.Sessions * w.perSession() }

// files is how many connections it needs.
func (w workload) files() int { return w.streams() + w.InFlight }

// workload is what the options describe, the table aside.
func (o *Options) workload() workload {
	w := workload{
		Scenario: scenario(o.Scenario), Sessions: o.Sessions, Users: o.Users, Watchers: o.Watchers, Rate: o.Rate, InFlight: o.InFlight,
		Reference: o.Reference && o.Scenario == string(scenarioPlay), Warmup: o.Warmup, Duration: o.Duration,
	}
	switch w.Scenario {
	case scenarioStart:
		w = workload{Name: "start", Scenario: scenarioStart, Duration: o.Duration}
	case scenarioIdle:
		w.Warmup = o.Settle
		w.Name = fmt.Sprintf("idle: %d sessions of %d", w.Sessions, w.perSession())
	default:
		w.Name = fmt.Sprintf("%d sessions of %d, %s", w.Sessions, w.perSession(), pace(w.Rate))
	}
	return w
}

func pace(rate float64) string {
	if rate == 0 {
		return "saturated"
	}
	return fmt.Sprintf("%g commands a second", rate)
}

// idleDuration is three times as long as a stream is left without a keep-alive, so that it makes no difference when in their rhythm it begins.
const idleDuration = 57 * time.Second

// restDuration is how long a server is left alone before its memory at rest is read.
const restDuration = 2 * time.Second

// The workloads of the table, by what they are for.
const (
	manyTeams    = "1,000 sessions of 16, saturated"
	fewerTeams   = "100 sessions of 16, saturated"
	oneCrowd     = "one session of 1,000, saturated"
	busyTeams    = "500 sessions of 16, 500 commands a second"
	oneTeam      = "one session of 16, 100 commands a second"
	oneReader    = "100 sessions of 1, saturated"
	idleTeams    = "idle: 625 sessions of 16"
	fewerIdle    = "idle: 62 sessions of 16"
	freshlyBegun = "start"
)

// tableWorkloads are what the table measures.
func tableWorkloads(o *Options) []workload {
	all := []workload{
		{Name: manyTeams, Sessions: 1000, Users: 16},
		{Name: fewerTeams, Sessions: 100, Users: 16},
		{Name: oneCrowd, Sessions: 1, Users: 16, Watchers: 984},
		{Name: busyTeams, Sessions: 500, Users: 16, Rate: 500},
		{Name: oneTeam, Sessions: 1, Users: 16, Rate: 100},
		{Name: oneReader, Sessions: 100, Users: 1},
		{Name: idleTeams, Scenario: scenarioIdle, Sessions: 625, Users: 16, Warmup: o.Settle, Duration: idleDuration},
		{Name: fewerIdle, Scenario: scenarioIdle, Sessions: 62, Users: 16, Warmup: o.Settle, Duration: restDuration},
		{Name: freshlyBegun, Scenario: scenarioStart, Duration: restDuration},
	}
	for i := range all {
		w := &all[i]
		if w.Scenario == "" {
			w.Scenario, w.InFlight, w.Reference, w.Warmup, w.Duration = scenarioPlay, o.InFlight, true, o.Warmup, o.Duration
		}
		if o.Quick {
			w.shrink()
		}
	}
	return all
}

// shrink makes a workload small and short. Its name stays, as rows of the table refer to it.
func (w *workload) shrink() {
	w.Sessions = min(w.Sessions, 10)
	w.Watchers = min(w.Watchers, 34)
	w.Rate = min(w.Rate, 200)
	w.Warmup, w.Duration = 50*time.Millisecond, 500*time.Millisecond
}

// A row is one figure of the table and the target for it.
type row struct {
	Figure   string  `json:"figure"`
	Workload string  `json:"workload"`
	Metric   metric  `json:"metric"`
	Target   float64 `json:"target"`
	AtLeast  bool    `json:"at_least,omitempty"` // the target is a floor and not a ceiling
	Against  string  `json:"against,omitempty"`  // [theReference], or another workload: the target is for the ratio to that
	Growth   bool    `json:"growth,omitempty"`   // the target is for how much more that ratio is than the reference's own
}

// theReference is what most rows are against.
const theReference = "reference"

// tableRows are the targets of docs/performance.md.
var tableRows = []row{
	{Figure: "CPU per delivery, 1,000 sessions of 16, saturated", Workload: manyTeams, Metric: cpuPerDelivery, Target: 1.4, Against: theReference},
	{Figure: "growth of that with 10 × the sessions", Workload: manyTeams, Metric: cpuPerDelivery, Target: 1.15, Against: fewerTeams, Growth: true},
	{Figure: "CPU per delivery, one session of 1,000, saturated", Workload: oneCrowd, Metric: cpuPerDelivery, Target: 1.1, Against: theReference},
	{Figure: "deliveries a second, 1,000 sessions of 16", Workload: manyTeams, Metric: deliveriesPerSecond, Target: 0.75, AtLeast: true, Against: theReference},
	{Figure: "p99 of delivery, 500 of 16, 500 commands/s", Workload: busyTeams, Metric: deliveryP99, Target: 1.5, Against: theReference},
	{Figure: "p50 of delivery, one team of 16", Workload: oneTeam, Metric: deliveryP50, Target: 1.5, Against: theReference},
	{Figure: "CPU per stored command with one reader", Workload: oneReader, Metric: cpuPerCommand, Target: 4, Against: theReference},
	{Figure: "memory per idle stream, 10,000 in 625 sessions", Workload: idleTeams, Metric: memoryPerStream, Target: 4096},
	{Figure: "memory per idle stream, 10 × the sessions", Workload: idleTeams, Metric: memoryPerStream, Target: 1.15, Against: fewerIdle},
	{Figure: "CPU while those idle", Workload: idleTeams, Metric: idleCPU, Target: 6},
	{Figure: "start to first answer", Workload: freshlyBegun, Metric: startTime, Target: 60},
	{Figure: "memory at rest", Workload: freshlyBegun, Metric: restMemory, Target: 40},
}
