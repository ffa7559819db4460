package eventlog

import (
	"context"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
)

// states are those of the nodes that run.
func (c *testCluster) states() (all []ClusterState) {
	for _, n := range c.nodes {
		n.mu.Lock()
		if n.log != nil {
			now, _ := n.log.ClusterState()
			all = append(all, now)
		}
		n.mu.Unlock()
	}
	return all
}

// agree reports whether so many nodes see each other, one of them leads, and all
// have read everything up to a sequence.
func agree(all []ClusterState, nodes int, seq uint64) bool {
	leaders := 0
	for _, s := range all {
		if s.Peers != nodes-1 || s.Expected != 2 || s.Cut || s.Behind != 0 || s.Position < seq || s.Marks == 0 {
			return false
		}
		if s.Leads {
			leaders++
		}
	}
	return len(all) == nodes && leaders == 1
}

func TestNodes_say_how_they_stand(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	for _, n := range c.nodes {
		stop, err := n.log.Follow(context.Background(), 0, func(Entry) {})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
	}
	seq := appendAgain(t, c.nodes[0].log, "a", 0, "x")
	for _, n := range c.nodes {
		marked(t, n.log)
	}
	eventually(t, "one leader of three that have read everything", func() bool { return agree(c.states(), 3, seq) })

	leader := c.leader()
	cut, _ := others(leader)
	cuts := c.states()[cut].Cuts // more than none on a machine that had other things to do
	c.cut(cut)
	eventually(t, "a node that says it is cut off", func() bool {
		now := c.states()[cut]
		return now.Cut && now.Cuts > cuts && !now.Leads && now.Peers == 0
	})
	if _, err := c.nodes[cut].log.Sharing().Mark(t.Context()); err == nil {
		t.Error("a node that is cut off stored a mark")
	}
	if now := c.states()[cut]; now.MarkFailures == 0 {
		t.Errorf("no failed mark is counted: %+v", now)
	}
	c.heal()
	eventually(t, "all three again", func() bool { return agree(c.states(), 3, seq) })

	leader = c.leader()
	a, b := others(leader)
	before := [2]uint64{c.states()[a].Elections, c.states()[b].Elections}
	c.nodes[leader].close()
	eventually(t, "another leader, which both have heard of", func() bool {
		for i, which := range []int{a, b} {
			if now, _ := c.nodes[which].log.ClusterState(); now.Elections == before[i] {
				return false
			}
		}
		return agree(c.states(), 2, seq)
	})
}

func TestLog_of_a_node_that_is_alone_has_no_cluster_state(t *testing.T) {
	t.Parallel()
	if now, among := open(t, Config{}).ClusterState(); among {
		t.Errorf("stands as %+v", now)
	}
}

func TestNode_that_is_cut_off_for_long_is_not_to_be_started_again(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	watch := clock.NewManual(time.Now())
	c.nodes[0].cfg.Clock = watch
	c.start(0, 1, 2)
	alone := c.nodes[0].log
	c.cut(0)
	eventually(t, "cut", alone.Sharing().Cut)
	if alone.Ready() == nil {
		t.Error("a node that is cut off is ready")
	}
	watch.Advance(2 * deadAfter)
	if err := alone.Live(); err != nil {
		t.Errorf("live: %v", err)
	}
}
