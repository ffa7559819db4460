package cluster_test

import "testing"

// TestUpgradeFailsNoCommandAndLosesNoEvent replaces the nodes of an earlier build by those of this one, one after another, while people store through all of them.
func TestUpgradeFailsNoCommandAndLosesNoEvent(t *testing.T) {
	t.Parallel()
	if *before == "" {
		t.Skip("no earlier build was given: go test ./e2e/cluster -before PROGRAM; make torture-cluster makes one")
	}
	took := times{}
	for range rounds() {
		c := newCluster(t)
		for _, n := range c.nodes {
			n.program = *before
		}
		c.start(t)
		people, streams := c.team(t, size, c.listen)
		s := c.keepStoring(t, people)
		s.awaitMore(t, 3)
		for _, n := range c.nodes {
			s.pause()
			n.stop(t)
			s.awaitMore(t, 3)
			n.program = program
			n.start(t)
			n.awaitReady(t)
			took.add("an upgrade", s.after(t))
		}
		s.awaitMore(t, 50)
		s.stop(t, c, people[0])
		c.finish(t, people[0], streams...)
		sameStreams(t, streams)
		for _, n := range c.nodes {
			n.stop(t)
		}
	}
	took.log(t)
}
