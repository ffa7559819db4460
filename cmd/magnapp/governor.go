package main

import (
	"net/http"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
)

// A command passes through some ten goroutines, most of them the event store's, and each hand-over of the runtime's wakes a second processor that has nothing else to do. For a server with
// little to do that is a third of what a command costs. So the program uses one processor for as long as one is enough, and all of them when it is not.
const (
	governEvery = 50 * time.Millisecond // between two looks, at least; there is none while nothing is asked of the server
	busyShare   = 0.95                  // of one processor: above it, one is not enough
	calmShare   = 0.85                  // of one processor: below it for calmAfter, one is enough again
	calmAfter   = time.Second
)

// governor decides how many processors the program uses. Safe for concurrent use.
type governor struct {
	all   int
	set   func(processors int)
	used  func() time.Duration // processor time of the program so far
	clock clock.Clock

	next atomic.Int64 // when to look next, in nanoseconds since 1970

	mu        sync.Mutex
	one       bool
	seenAt    time.Time
	seen      time.Duration
	calmSince time.Time // zero while it is not calm
}

// newGovernor returns nil where there is nothing to decide: one processor, a number that GOMAXPROCS sets, or a system that does not say what has been used.
func newGovernor() *governor {
	all := runtime.GOMAXPROCS(0)
	if all < 2 || os.Getenv("GOMAXPROCS") != "" || processorTime == nil {
		return nil
	}
	return &governor{all: all, set: func(n int) { runtime.GOMAXPROCS(n) }, used: processorTime, clock: clock.System{}}
}

// begin starts with one processor, until stop is called.
func (g *governor) begin() (stop func()) {
	if g == nil {
		return func() {}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seenAt, g.seen, g.one = g.clock.Now(), g.used(), true
	g.set(1)
	return func() {
		g.next.Store(1<<63 - 1)
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

func (g *governor) look() {
	now := g.clock.Now()
	if now.UnixNano() < g.next.Load() || !g.mu.TryLock() {
		return
	}
	defer g.mu.Unlock()
	if g.next.Load() == 1<<63-1 { // stopped
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
	case g.one && share > busyShare:
		g.one, g.calmSince = false, time.Time{}
		g.set(g.all)
	case g.one:
	case share >= calmShare:
		g.calmSince = time.Time{}
	case g.calmSince.IsZero():
		g.calmSince = now
	case now.Sub(g.calmSince) >= calmAfter:
		g.one = true
		g.set(1)
	}
}
