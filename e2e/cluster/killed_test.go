package cluster_test

import (
	"slices"
	"testing"
	"time"
)

// leads is the node that leads.
func (c *cluster) leads(t *testing.T) (leader int) {
	t.Helper()
	eventually(t, "one leader", func() bool {
		leaders := 0
		for i, n := range c.nodes {
			if n.running() && figure(t, n, "magnapp_cluster_leader") == 1 {
				leader, leaders = i, leaders+1
			}
		}
		return leaders == 1
	})
	return leader
}

// kept are streams that are not to be interrupted.
type kept struct {
	c       *cluster
	cuts    cuts
	streams []*listener
	at      []int // to which nodes they are
	begun   []int
}

// elsewhere are the streams that stand, and are not to a node.
func (c *cluster) elsewhere(t *testing.T, streams []*listener, node int) kept {
	t.Helper()
	k := kept{c: c, cuts: c.cuts(t)}
	for _, l := range streams {
		if at, open, begun := l.stream(); open && at != node {
			k.streams, k.at, k.begun = append(k.streams, l), append(k.at, at), append(k.begun, begun)
		}
	}
	return k
}

func (k kept) check(t *testing.T, since string) {
	t.Helper()
	if len(k.streams) == 0 {
		t.Errorf("%s: no stream is to a node that lives", since)
	}
	for i, l := range k.streams {
		if _, open, begun := l.stream(); (!open || begun != k.begun[i]) && !k.c.starved(t, k.at[i], k.cuts) {
			t.Errorf("%s: a stream to node %d, which lives, was interrupted", since, k.at[i])
		}
	}
}

// nextVictim is the node to be killed next of those that have not been in this round: the leader, then one that does not lead, whichever that is by then, then the last.
func nextVictim(left []int, leader int) int {
	if len(left) == size {
		return leader
	}
	if i := slices.IndexFunc(left, func(n int) bool { return n != leader }); i >= 0 {
		return left[i]
	}
	return left[0]
}

// TestNodesThatAreKilledCostNothingThatWasAcknowledged kills each node in turn, in rounds of three that begin with the leader.
func TestNodesThatAreKilledCostNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	people, streams := c.team(t, 16, c.listen)
	for i := range size { // so that there is one to each, wherever the others go
		streams = append(streams, c.listenAt(t, people[i], i))
	}
	s := c.keepStoring(t, people[:size])
	s.awaitMore(t, 3)
	var alone *engine
	if long() {
		alone = startEngine(t)
	}
	took := times{}
	var left []int // of this round
	for range *kills {
		if len(left) == 0 {
			left = []int{0, 1, 2}
		}
		leader := c.leads(t)
		which := nextVictim(left, leader)
		left = slices.DeleteFunc(left, func(n int) bool { return n == which })
		n, role := c.nodes[which], "a follower"
		if leader == which {
			role = "the leader"
		}
		eventually(t, "all have a stream", func() bool {
			return !slices.ContainsFunc(streams, func(l *listener) bool { _, open, _ := l.stream(); return !open })
		})
		others := c.elsewhere(t, streams, which)
		took.add(calm, s.calm(t))
		n.kill()
		took.add(role+" killed", s.after(t))
		others.check(t, role+" was killed")
		n.start(t)
		n.awaitReady(t)
		took.add(role+" back", s.after(t))
		others.check(t, role+" is back")
		if alone != nil && role == "the leader" {
			took.add("the leader of the engine alone killed", alone.killLeader(t))
		}
	}
	s.stop(t, c, people[0])
	c.finish(t, people[0], streams...)
	sameStreams(t, streams)
	took.log(t)
	limit, half := 8*time.Second, time.Duration(0)
	if alone != nil {
		of := took["the leader of the engine alone killed"]
		limit = max(limit, slices.Max(of)+time.Second)
		if half = 0; len(of) >= 20 { // an election takes four to nine seconds: of a few, the medians say little
			half = median(of) + time.Second
		}
	}
	took.want(t, "the leader killed", half, limit)
	for _, what := range []string{"a follower killed", "a follower back"} {
		took.want(t, what, 300*time.Millisecond+median(took[calm]), 0)
	}
}

// TestRollingRestartFailsNoCommandAndLosesNoEvent stops and starts all nodes, one after another.
func TestRollingRestartFailsNoCommandAndLosesNoEvent(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	people, streams := c.team(t, size, c.listen)
	s := c.keepStoring(t, people)
	s.awaitMore(t, 3)
	took := times{}
	for range rounds() {
		for _, n := range c.nodes {
			took.add(calm, s.calm(t))
			n.stop(t)
			s.awaitMore(t, 3)
			n.start(t)
			n.awaitReady(t)
			took.add("a restart", s.after(t))
		}
	}
	s.stop(t, c, people[0])
	c.finish(t, people[0], streams...)
	sameStreams(t, streams)
	took.log(t)
	took.want(t, "a restart", 150*time.Millisecond+median(took[calm]), time.Second+slices.Max(took[calm]))
}
