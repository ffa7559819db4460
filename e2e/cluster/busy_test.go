package cluster_test

import (
	"sync/atomic"
	"testing"
	"time"
)

const (
	// pulse is how often the machine is felt.
	pulse = 20 * time.Millisecond
	// heldUp is how late that may be on a machine that has time for everybody.
	heldUp = 100 * time.Millisecond
)

// busy is when this process last had to wait for its turn, in nanoseconds since 1970.
var busy atomic.Int64

// feel notes whenever the machine has no time for this process, and so none for the nodes, until the process ends.
func feel() {
	last := time.Now()
	for range time.Tick(pulse) {
		now := time.Now()
		if now.Sub(last) > pulse+heldUp {
			busy.Store(now.UnixNano())
		}
		last = now
	}
}

// wasBusy reports whether the machine had no time for this process since. The long run has the machine for itself.
func wasBusy(since time.Time) bool { return !long() && time.Unix(0, busy.Load()).After(since) }

// cuts is how often each node that runs has been cut off until a moment.
type cuts struct {
	at    time.Time
	times [size]float64
}

func (c *cluster) cuts(t *testing.T) (now cuts) {
	t.Helper()
	now.at = time.Now()
	for i, n := range c.nodes {
		if n.running() {
			now.times[i] = figure(t, n, "magnapp_cluster_cuts_total")
		}
	}
	return now
}

// starved reports whether a node has been cut off since, because the machine had no time for it or the others: it has to end its streams then, though nobody has done anything to it.
func (c *cluster) starved(t *testing.T, node int, since cuts) bool {
	t.Helper()
	if !wasBusy(since.at) || !c.nodes[node].running() || figure(t, c.nodes[node], "magnapp_cluster_cuts_total") <= since.times[node] {
		return false
	}
	t.Logf("the machine was busy, and node %d did not hear the others for a moment", node)
	return true
}
