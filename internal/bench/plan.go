package bench

import "time"

// A plan is how to play: at what rate (commands a second, 0: saturated), with how many commands under way at most, and for how long.
type plan struct {
	rate             float64
	inFlight         int
	warmup, duration time.Duration
	meter            func() meter // read at both ends of the measurement
}

// A meter is the CPU time used so far by the server and by this process; negative if it cannot be seen.
type meter struct{ server, load time.Duration }

// A mark is how far things have come at one moment.
type mark struct {
	at                   time.Duration
	deliveries, commands int64
	cpu                  meter
}

// played is what came of a plan.
type played struct {
	begin, end mark
	latency    *latencies
	unsent     int64 // commands that were due and could not be sent
	unexpected int64 // events that no command explains
	sizes      sizes
}
