package main

import (
	"math"
	"net/http"
	"os"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
)

// A command passes through some ten goroutines, most of them the event store's, and each hand-over wakes a second processor that has nothing else to do. For a server with
// little to do that is a third of what a command costs. So the program uses one processor for as long as one is enough, and all of them when it is not.
const (
	governEvery = 50 * time.Millisecond // between two looks, at least; there is none while nothing is asked of the server
	busyShare   = 0.9                   // of one processor: above it, one is not enough if work waits for it
	busyQueue   = 4                     // goroutines that wait for a processor: a command alone has one or two
	calmShare   = 1.25                  // of one processor: below it for calmAfter, one may be enough, because a part of that is what several cost
	calmAfter   = time.Second           // doubled each time that one was not enough after all
	calmAtMost  = time.Minute

	never = math.MaxInt64 // the moment of the next look when there is none
)

// governor decides how many processors the program uses. Safe for concurrent use.
type governor struct {
	all   int
	set   func(processors int)
	used  func() time.Duration // processor time of the program so far
	queue func() int           // goroutines that wait for a processor
	clock clock.Clock

	next atomic.Int64 // when to look next, in nanoseconds since 1970

	mu        sync.Mutex
	one       bool
	seenAt    time.Time
	seen      time.Duration
	calmSince time.Time // zero while it is not calm
	calmFor   time.Duration
	oneSince  time.Time
}

// newGovernor returns nil where there is nothing to decide: one processor, a number that GOMAXPROCS sets, or a system that does not say what has been used.
func newGovernor() *governor {
	all := runtime.GOMAXPROCS(0)
	if all < 2 || os.Getenv("GOMAXPROCS") != "" || processorTime == nil {
		return nil
	}
	return &governor{all: all, set: func(n int) { runtime.GOMAXPROCS(n) }, used: processorTime, queue: runnable, clock: clock.System{}}
}

// begin starts with one processor, until stop is called.
func (g *governor) begin() (stop func()) {
	if g == nil {
		return func() {}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seenAt, g.seen, g.one, g.calmFor = g.clock.Now(), g.used(), true, calmAfter
	g.set(1)
	return func() {
		g.next.Store(never)
		g.mu.Lock()
		defer g.mu.Unlock()
		g.set(g.all)
	}
}

// governed looks, with each request, whether the number of processors still fits.
func (g *governor) governed(next http.Handler) http.Handler {
	if g == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.look()
		next.ServeHTTP(w, r)
	})
}

// runnable is how many goroutines wait for a processor now.
func runnable() int {
	sample := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 { // better all processors than too few, should the runtime not say
		return busyQueue
	}
	return int(sample[0].Value.Uint64())
}

func (g *governor) look() {
	now := g.clock.Now()
	if now.UnixNano() < g.next.Load() || !g.mu.TryLock() {
		return
	}
	defer g.mu.Unlock()
	if g.next.Load() == never { // stopped
		return
	}
	g.next.Store(now.Add(governEvery).UnixNano())
	used := g.used()
	share := float64(used-g.seen) / float64(max(now.Sub(g.seenAt), time.Nanosecond))
	g.seenAt, g.seen = now, used
	g.decide(share, now)
}

func (g *governor) decide(share float64, now time.Time) {
	switch {
	case g.one && share > busyShare && g.queue() >= busyQueue:
		g.one, g.calmSince = false, time.Time{}
		if now.Sub(g.oneSince) < g.calmFor { // it was not enough after all
			g.calmFor = min(2*g.calmFor, calmAtMost)
		} else {
			g.calmFor = calmAfter
		}
		g.set(g.all)
	case g.one:
	case share >= calmShare:
		g.calmSince = time.Time{}
	case g.calmSince.IsZero():
		g.calmSince = now
	case now.Sub(g.calmSince) >= g.calmFor:
		g.one, g.oneSince = true, now
		g.set(1)
	}
}
