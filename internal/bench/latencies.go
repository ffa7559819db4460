package bench

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// longestLatency is the largest that is told apart; longer ones count as this.
const longestLatency = 10 * time.Minute

// latencies are the times from when a command was due to each of its deliveries, and to its answer.
type latencies struct {
	deliveries *hdrhistogram.Histogram // microseconds, to three digits
	answers    *hdrhistogram.Histogram
}

func newLatencies() *latencies {
	histogram := func() *hdrhistogram.Histogram { return hdrhistogram.New(1, longestLatency.Microseconds(), 3) }
	return &latencies{deliveries: histogram(), answers: histogram()}
}

func (l *latencies) delivered(d time.Duration, count int) { record(l.deliveries, d, int64(count)) }

func (l *latencies) answered(d time.Duration) { record(l.answers, d, 1) }

func record(h *hdrhistogram.Histogram, d time.Duration, count int64) {
	_ = h.RecordValues(max(min(d, longestLatency).Microseconds(), 0), count) // fails only out of range
}
