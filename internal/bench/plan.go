package bench

import "time"

// A plan is how to play: at what rate (commands a second, 0: saturated), with how many commands under way at most, and for how long.
type plan struct {
	rate             float64
	inFlight         int
	warmup, duration time.Duration
	meter            func() meter // read at both ends of the measurement
}

// by is the plan with another meter.
func (p plan) by(meter func() meter) plan {
	p.meter = meter
	return p
}

// A meter is the CPU time used so far by the server and by this process; negative if it cannot be seen.
type meter struct{ server, load time.Duration }

// A mark is how far things have come at one moment.
type mark struct {
	at                   time.Duration
	deliveries, commands int64
	cpu                  meter
}

// played is what came of a plan, or of several with the pauses between them left out.
type played struct {
	begin, end mark
	latency    *latencies
	unsent     int64 // commands that were due and could not be sent
	unexpected int64 // events that no command explains
	sizes      sizes
}

// add counts another turn in.
func (p *played) add(q *played) {
	p.end.at += q.end.at - q.begin.at
	p.end.deliveries += q.end.deliveries - q.begin.deliveries
	p.end.commands += q.end.commands - q.begin.commands
	p.end.cpu.server += q.end.cpu.server - q.begin.cpu.server
	p.end.cpu.load += q.end.cpu.load - q.begin.cpu.load
	p.latency.deliveries.Merge(q.latency.deliveries)
	p.latency.answers.Merge(q.latency.answers)
	p.unsent += q.unsent
	p.unexpected += q.unexpected
	p.sizes = q.sizes
}
