package eventlog

import (
	"context"
	"fmt"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

// leadsAll reports whether a node leads the sessions, the slots and the cluster.
func (n *testNode) leadsAll() bool {
	srv := n.clustered().srv.Load()
	return srv != nil && srv.JetStreamIsLeader() &&
		srv.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, sessionsStream) && srv.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, slotsStream)
}

// A node that leads anything delays everybody when it dies, so one of them leads
// all there is, and goes on to lead the sessions.
func TestNode_that_leads_the_sessions_comes_to_lead_all(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	leader := c.leader()
	one, other := others(leader)
	ctx, cancel := context.WithTimeout(t.Context(), testPatience)
	defer cancel()
	// They may be led by these already, and come back before anybody looks.
	_ = stepDown(ctx, c.nodes[leader].log.conn.requests.Conn, fmt.Sprintf(server.JSApiStreamLeaderStepDownT, slotsStream), c.nodes[one].clustered().id.Node)
	_ = c.nodes[leader].clustered().stepDownMeta(ctx, c.nodes[other].clustered().id.Node)
	eventually(t, "a node that leads all", func() bool { return c.nodes[c.leader()].leadsAll() })
	if now := c.leader(); now != leader {
		t.Errorf("node %d leads the sessions, and not %d any more", now, leader)
	}
}
