package eventlog

import (
	"fmt"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/freeport"
)

// holds reports whether a node's server runs and has the sessions up to a sequence.
func (n *testNode) holds(seq uint64) bool {
	srv := n.clustered().srv.Load()
	return srv != nil && lastHeld(srv, sessionsStream) >= seq
}

// readyWith waits until a node is ready, and wants it to have the sessions up to a
// sequence then.
func (n *testNode) readyWith(t *testing.T, seq uint64) {
	t.Helper()
	eventually(t, "ready", func() bool {
		srv := n.clustered().srv.Load()
		if srv == nil || n.log.Ready() != nil {
			return false
		}
		has := lastHeld(srv, sessionsStream)
		if n.clustered().srv.Load() != srv { // cut off again, and stopped
			return false
		}
		if has < seq {
			t.Errorf("ready with entries up to %d of %d", has, seq)
		}
		return true
	})
}

// Of more than three nodes some keep no copy of the log, and are as far as the others all the same.
func TestNode_that_keeps_no_copy_is_ready(t *testing.T) {
	addrs := make([]string, 4)
	for i := range addrs {
		addrs[i] = freeport.For(t)
	}
	nodes := make([]*testNode, len(addrs))
	errs := make(chan error, len(addrs))
	for i, addr := range addrs {
		nodes[i] = &testNode{said: &logText{}}
		nodes[i].cfg = logTo(Config{Dir: t.TempDir(), Sync: time.Minute, Cluster: &Cluster{Name: "test", Listen: addr, Secret: "secret", Peers: addrs}}, nodes[i].said)
		go func() { errs <- nodes[i].open() }()
		t.Cleanup(nodes[i].close)
	}
	for range nodes {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	last := uint64(0)
	for i := range 5 {
		last = appendAgain(t, nodes[0].log, "a", last, fmt.Sprint(i))
	}
	bare := -1
	eventually(t, "three copies", func() bool {
		bare = -1
		copies := 0
		for i, n := range nodes {
			if n.holds(last) {
				copies++
			} else {
				bare = i
			}
		}
		return copies == replicas
	})
	nodes[bare].close()
	must(t, nodes[bare].open())
	eventually(t, "ready", func() bool { return nodes[bare].log.Ready() == nil }, func() string { return fmt.Sprint(nodes[bare].log.Ready()) })
}

func TestNode_that_was_cut_off_is_ready_when_it_has_what_it_missed(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	leader := c.leader()
	node, _ := others(leader)
	last := uint64(0)
	for range 4 {
		c.cut(node)
		eventually(t, "a server that has stopped", func() bool { return c.nodes[node].clustered().srv.Load() == nil })
		for range 5 {
			last = appendAgain(t, c.nodes[leader].log, "a", last, fmt.Sprint(last))
		}
		c.heal()
		c.nodes[node].readyWith(t, last)
	}
}
