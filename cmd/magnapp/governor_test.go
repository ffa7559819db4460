package main

import (
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
)

func TestGovernor_uses_as_many_processors_as_are_needed(t *testing.T) {
	var used time.Duration
	var set []int
	queue := busyQueue
	c := clock.NewManual(time.Now())
	g := &governor{all: 4, set: func(n int) { set = append(set, n) }, used: func() time.Duration { return used }, queue: func() int { return queue }, clock: c}
	pass := func(d time.Duration, share float64) {
		for range int(d / governEvery) {
			c.Advance(governEvery)
			used += time.Duration(share * float64(governEvery))
			g.look()
		}
	}
	check := func(what string, want ...int) {
		t.Helper()
		if len(set) != len(want) {
			t.Fatalf("%s: set to %v, want %v", what, set, want)
		}
		for i := range want {
			if set[i] != want[i] {
				t.Fatalf("%s: set to %v, want %v", what, set, want)
			}
		}
	}
	stop := g.begin()
	check("at first", 1)
	pass(time.Second, 0.8)
	check("while one is enough", 1)
	queue = 1
	pass(time.Second, 1)
	check("while nothing waits for it", 1)
	queue = busyQueue
	pass(governEvery, 0.99)
	check("as soon as it is not", 1, 4)
	pass(10*time.Second, 2.5)
	pass(calmAfter/2, 0.3)
	pass(calmAfter/2, 1.5)
	pass(calmAfter/2, 0.3)
	check("while it is calm only now and then", 1, 4)
	pass(calmAfter, 0.3)
	check("when it stays calm", 1, 4, 1)
	c.Advance(time.Hour) // nobody asks anything
	g.look()
	check("after a pause", 1, 4, 1)
	pass(calmAfter, 0.5)
	pass(governEvery, 1)
	queue = 0
	pass(calmAfter+governEvery, 1.2)
	queue = busyQueue
	pass(governEvery, 1)
	check("when one is not enough after all", 1, 4, 1, 4, 1, 4)
	queue = 0
	pass(calmAfter+governEvery, 1)
	check("it is tried less often", 1, 4, 1, 4, 1, 4)
	pass(calmAfter+governEvery, 1)
	check("but it is", 1, 4, 1, 4, 1, 4, 1)
	stop()
	check("in the end", 1, 4, 1, 4, 1, 4, 1, 4)
	pass(10*time.Second, 0.1)
	check("and nothing afterwards", 1, 4, 1, 4, 1, 4, 1, 4)
}
