package room

import (
	"testing"
	"time"
)

// Who is alive is looked up whenever that has changed, and once more at a start, which may be at the same moment: what was true before must not stay.
func TestNodes_what_was_true_before_does_not_come_after_what_is(t *testing.T) {
	g, nodes, id, readers := meeting(t)
	nodes[0].watch(id, "sm", "")
	nodes[1].watch(id, "ann", "")
	agree(t, nodes, id)
	newer := make(chan struct{})
	nodes[0].side.mu.Lock()
	nodes[0].side.asked = func() {
		go func() {
			defer close(newer)
			g.dies("node1", false)
		}()
		select {
		case <-newer:
		case <-time.After(200 * time.Millisecond): // it may have to wait for the one that has begun
		}
	}
	nodes[0].side.mu.Unlock()
	g.dies("node1", true)
	<-newer
	advance(t, nodes, id, settleTime+5*time.Second)
	sent(t, "though all nodes are alive", readers, "session_updated")
	equal(t, "alive for the first", nodes[0].isAlive("node1"), true)
}

// As long as somebody is waited for, every change in a session looks for them.
func TestNodes_nobody_is_looked_for_any_more_when_a_node_has_been_back_for_a_while(t *testing.T) {
	g, nodes, id, readers := meeting(t)
	nodes[0].watch(id, "sm", "")
	nodes[1].watch(id, "ann", "")
	agree(t, nodes, id)
	g.dies("node1", true)
	advance(t, nodes, id, time.Second)
	g.dies("node1", false)
	equal(t, "somebody is waited for", nodes[0].nodes.few.Load(), true)
	advance(t, nodes, id, settleTime+time.Second)
	equal(t, "somebody is still waited for", nodes[0].nodes.few.Load(), false)
	sent(t, "of that", readers, "session_updated")
}
