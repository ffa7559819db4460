// Package clock is where the time comes from, so that tests of hours take milliseconds.
package clock

import (
	"sync"
	"time"
)

// Clock has the time, and wakes at a later one. Safe for concurrent use.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// AfterFunc calls f once, in a goroutine of its own, when d has passed, unless the timer is stopped before.
	AfterFunc(d time.Duration, f func()) Timer
}

// Timer is a call that may still come.
type Timer interface {
	// Stop prevents the call; false if it has begun already.
	Stop() bool
}

// System is the machine's clock.
type System struct{}

// Now returns the machine's time.
func (System) Now() time.Time { return time.Now() }

// AfterFunc calls f when d has passed.
func (System) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

// Manual is a clock that stands still until it is advanced.
type Manual struct {
	mu     sync.Mutex
	now    time.Time
	timers map[*manualTimer]struct{}
	made   uint64 // how many timers there have been
}

type manualTimer struct {
	clock *Manual
	at    time.Time
	order uint64 // of two that are due at once, the one made first comes first
	f     func()
}

// NewManual returns a clock that stands at the given time.
func NewManual(now time.Time) *Manual {
	return &Manual{now: now, timers: make(map[*manualTimer]struct{})}
}

// Now returns the time at which the clock stands.
func (c *Manual) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc calls f, in the goroutine that advances the clock, when it has been advanced by d.
func (c *Manual) AfterFunc(d time.Duration, f func()) Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made++
	t := &manualTimer{clock: c, at: c.now.Add(d), order: c.made, f: f}
	c.timers[t] = struct{}{}
	return t
}

// Stop removes the timer.
func (t *manualTimer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	_, pending := t.clock.timers[t]
	delete(t.clock.timers, t)
	return pending
}

// Advance moves the clock by d, stopping on the way at each timer that comes due to call it. It returns when all calls have.
func (c *Manual) Advance(d time.Duration) {
	c.mu.Lock()
	end := c.now.Add(d)
	c.mu.Unlock()
	for t := c.next(end); t != nil; t = c.next(end) {
		t.f()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if end.After(c.now) { // a timer, or somebody else, may have moved the clock further
		c.now = end
	}
}

func (t *manualTimer) before(u *manualTimer) bool {
	return t.at.Before(u.at) || t.at.Equal(u.at) && t.order < u.order
}

// next takes the earliest timer that is due by end, and moves the clock to it.
func (c *Manual) next(end time.Time) *manualTimer {
	c.mu.Lock()
	defer c.mu.Unlock()
	var first *manualTimer
	for t := range c.timers {
		if !t.at.After(end) && (first == nil || t.before(first)) {
			first = t
		}
	}
	if first == nil {
		return nil
	}
	delete(c.timers, first)
	if first.at.After(c.now) {
		c.now = first.at
	}
	return first
}
