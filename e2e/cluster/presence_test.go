package cluster_test

import (
	"strings"
	"testing"
	"time"
)

// online reports whether a node shows somebody to be there.
func (n *node) online(t *testing.T, who person) bool {
	t.Helper()
	var session struct {
		Participants []struct {
			ID     string
			Online bool `json:"is_online"`
		}
	}
	n.get(t, "/api/sessions/"+who.session, who.token, &session)
	for _, p := range session.Participants {
		if p.ID == who.id {
			return p.Online
		}
	}
	t.Fatalf("%s does not show somebody", n.url)
	return false
}

// about is how many events of a type name somebody.
func about(events []event, typ string, who person) (n int) {
	for _, e := range events {
		if e.typ == typ && strings.Contains(e.data, who.id) {
			n++
		}
	}
	return n
}

// TestNodeThatIsBackAtOnceHasOnlyThePeopleWhoComeBack kills a node and starts it before the others miss it.
func TestNodeThatIsBackAtOnceHasOnlyThePeopleWhoComeBack(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	const killed = 2
	master := c.nodes[0].create(t)
	stays, leaves, moves := c.nodes[1].join(t, master.session, "Bo"), c.nodes[1].join(t, master.session, "Cy"), c.nodes[1].join(t, master.session, "Di")
	watching := c.listenAt(t, master, 0)
	c.listenAt(t, stays, killed)
	goes := c.listenAt(t, leaves, killed)
	c.listen(t, moves, killed)
	for _, p := range []person{stays, leaves, moves} {
		eventually(t, "all are there", func() bool { return c.nodes[0].online(t, p) })
	}
	c.nodes[killed].kill()
	began := time.Now()
	goes.stop()
	c.nodes[killed].start(t)
	c.nodes[killed].awaitReady(t)
	t.Logf("back after %v", time.Since(began).Round(time.Millisecond))
	eventually(t, "who does not come back is away", func() bool { return !c.nodes[0].online(t, leaves) })
	t.Logf("away after %v", time.Since(began).Round(time.Millisecond))
	for i, n := range c.nodes {
		if n.online(t, leaves) || !n.online(t, stays) || !n.online(t, moves) || !n.online(t, master) {
			t.Errorf("node %d shows others to be there than those who are", i)
		}
	}
	for name, p := range map[string]person{"who came back": stays, "who came back elsewhere": moves} {
		if n := about(watching.heard(), "user_disconnected", p); n != 0 {
			t.Errorf("%s was away %d times", name, n)
		}
	}
	eventually(t, "it is heard that who does not come back is away", func() bool { return about(watching.heard(), "user_disconnected", leaves) > 0 })
	if n := about(watching.heard(), "user_disconnected", leaves); n != 1 {
		t.Errorf("who did not come back went away %d times", n)
	}
}
