package load

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

// A Target is the server to load, on 127.0.0.1, or the nodes of one: connections take turns through them.
type Target []Server

// A Server is a process that serves.
type Server struct {
	URL string
	PID int
}

// A Workload is what to open and how to play.
type Workload struct {
	Sessions int
	Users    int // in each session, each with a stream
	Stories  int // on the list of each session
	Rate     int // commands a second over all sessions; 0: as many as the server takes
	InFlight int // commands under way at once, at most, one in each session; or answers to pings

	Pings bool // the streams ask for pings, and answer them as the page does while they are held. They cannot be played.

	Warmup, Duration time.Duration // of each turn
}

// Streams is how many streams it opens.
func (w Workload) Streams() int { return w.Sessions * w.Users }

// Held is what arrived on streams while they were held.
type Held struct {
	Pings   int64
	Answers int64 // to pings, which the server has taken
	Events  int64
}

// Played is what came of a turn, or of several with the pauses between them left out.
type Played struct {
	Time         time.Duration
	Deliveries   int64 // events that arrived, over all streams
	Commands     int64 // commands that were completed
	CPU, LoadCPU time.Duration
	Latency      *hdrhistogram.Snapshot
	Sizes        wire.Sizes
}

// Add counts another turn in.
func (p *Played) Add(q Played) {
	h := hdrhistogram.Import(q.Latency)
	if p.Latency != nil {
		h.Merge(hdrhistogram.Import(p.Latency))
	}
	p.Latency = h.Export()
	p.Time += q.Time
	p.Deliveries += q.Deliveries
	p.Commands += q.Commands
	p.CPU += q.CPU
	p.LoadCPU += q.LoadCPU
	p.Sizes = q.Sizes
}

// Percentile is the latency of deliveries that such a share of them, in percent, did not exceed.
func (p *Played) Percentile(percent float64) time.Duration {
	return time.Duration(hdrhistogram.Import(p.Latency).ValueAtPercentile(percent)) * time.Microsecond
}

// longestLatency is the largest that is recorded; longer ones count as this.
const longestLatency = 10 * time.Minute

// latencies are the times from when a command was due to each of its deliveries.
type latencies struct {
	*hdrhistogram.Histogram // microseconds, to three digits
}

func newLatencies() latencies {
	return latencies{hdrhistogram.New(1, longestLatency.Microseconds(), 3)}
}

func (l latencies) delivered(d time.Duration, count int) {
	_ = l.RecordValues(max(min(d, longestLatency).Microseconds(), 0), int64(count)) // fails only out of range
}
