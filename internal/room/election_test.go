package room

import (
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// elects has the log without a leader for d, and then with a new one, of which nodes may hear.
func (g *group) elects(t *testing.T, nodes []*node, id string, d time.Duration, heard bool) {
	t.Helper()
	g.leaderless.Store(true)
	for ; d > 0; d -= time.Second {
		nodes[0].clock.Advance(time.Second)
	}
	g.leaderless.Store(false)
	if heard {
		g.mu.Lock()
		g.elected = nodes[0].clock.Now()
		g.mu.Unlock()
	}
	agree(t, nodes, id)
}

// A node that goes on after it stood still has the others elect a leader: until then a stream can begin nowhere.
func TestNodes_who_could_not_come_back_while_the_log_had_no_leader_has_not_been_away(t *testing.T) {
	for name, heard := range map[string]bool{"as the nodes have heard": true, "as they have noticed": false} {
		t.Run(name, func(t *testing.T) {
			g, nodes, id, readers := meeting(t)
			stream := nodes[0].watch(id, "ann", "")
			agree(t, nodes, id)
			stream.cancel()
			without := reloadGrace - time.Second
			if !heard { // a departure had been due
				without = reloadGrace + time.Second
			}
			g.elects(t, nodes, id, without, heard)
			advance(t, nodes, id, 3*time.Second)
			nodes[1].watch(id, "ann", "")
			advance(t, nodes, id, 20*time.Second)
			sent(t, "of who came back soon after", readers, "session_updated")
			nodes[1].do(id, join("bob"))
			nodes[1].watch(id, "bob", "").cancel()
			agree(t, nodes, id)
			for _, r := range readers {
				r.forget()
			}
			g.elects(t, nodes, id, without, heard)
			advance(t, nodes, id, reloadGrace+2*time.Second)
			sent(t, "of who did not", readers, "user_disconnected")
			checkLogged(t, nodes[1], id)
		})
	}
}

func TestNodes_people_of_one_that_died_as_the_leader_have_time_after_the_election(t *testing.T) {
	g, nodes, id, readers := meeting(t)
	alive, readers := nodes[1:], readers[1:]
	nodes[0].watch(id, "sm", "")
	nodes[0].watch(id, "ann", "")
	agree(t, nodes, id)
	nodes[0].Close()
	g.dies("node0", true)
	g.elects(t, alive, id, settleTime-2*time.Second, true)
	advance(t, alive, id, 5*time.Second)
	nodes[1].watch(id, "sm", "")
	sent(t, "meanwhile", readers, "session_updated")
	advance(t, alive, id, reloadGrace)
	sent(t, "then", readers, "session_updated user_disconnected")
	equal(t, "who did not come", nodes[2].online(id, "ann"), false)
	equal(t, "who came", nodes[2].online(id, "sm"), true)
	equal(t, "Scrum Master", nodes[2].state(id).Status, poker.Waiting)
}

// Whoever asks it waits in vain, so nobody should be sent there.
func TestNodes_one_that_cannot_read_what_is_new_is_not_ready(t *testing.T) {
	_, nodes, id, _ := meeting(t)
	agree(t, nodes, id)
	equal(t, "ready", nodes[1].Ready(), nil)
	nodes[1].side.hold(true)
	nodes[0].do(id, join("bob"))
	eventually(t, "the other is not ready", func() bool { return isUnavailable(nodes[1].Ready()) })
	equal(t, "the one", nodes[0].Ready(), nil)
	nodes[1].side.hold(false)
	eventually(t, "ready again", func() bool { return nodes[1].Ready() == nil })
}
