package eventlog

import (
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/magnapp/magnapp/internal/clock"
)

// linkedTo reports whether one node's server has a link to another's.
func (c *testCluster) linkedTo(from, to int) bool {
	srv := c.nodes[from].clustered().srv.Load()
	if srv == nil {
		return false
	}
	links, err := srv.Routez(&server.RoutezOptions{})
	if err != nil {
		return false
	}
	for _, link := range links.Routes {
		if link.RemoteName == c.nodes[to].log.conn.node() {
			return true
		}
	}
	return false
}

// A link is made by the addresses that are configured, or not at all: NATS has a
// node that two others reach tell them where they are.
func TestNodes_reach_each_other_only_as_they_are_configured(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	const a, between, b = 0, 1, 2
	c.cut(b)
	eventually(t, "the end of all links to one node", func() bool { return !c.linkedTo(a, b) && !c.linkedTo(between, b) })
	eventually(t, "the stop of its server", func() bool { return c.nodes[b].clustered().srv.Load() == nil })
	c.nodes[between].out[b].Heal()
	c.nodes[b].out[between].Heal()
	eventually(t, "a link to one of the others", func() bool { return c.linkedTo(between, b) })
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for end := time.After(time.Second); ; {
		if c.linkedTo(a, b) {
			t.Fatal("two nodes are linked between which there is no way")
		}
		select {
		case <-look.C:
		case <-end:
			return
		}
	}
}

// The time for which a failed append counts does not pass here: the node knows
// by itself that appends work again.
func TestNode_that_was_cut_off_is_ready_though_nobody_has_appended_since(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	const node = 1
	c.nodes[node].cfg.Clock = clock.NewManual(time.Now())
	c.start(0, 1, 2)
	alone := c.nodes[node].log
	c.cut(node)
	eventually(t, "an append that fails", func() bool {
		_, err := alone.Append(t.Context(), "alone", 0, []byte("x"))
		return errors.Is(err, ErrUnavailable)
	})
	eventually(t, "cut", alone.Sharing().Cut)
	c.heal()
	eventually(t, "ready", func() bool { return alone.Ready() == nil })
}
