package cluster_test

import (
	"slices"
	"strings"
	"testing"
)

// TestOneMachineBecomesThree does what docs/scaling.md says of a server that has sessions.
func TestOneMachineBecomesThree(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	first := c.nodes[0]
	clustered := first.settings
	first.settings = slices.DeleteFunc(slices.Clone(clustered), func(s string) bool { return strings.HasPrefix(s, "CLUSTER_") })
	first.start(t)
	first.awaitReady(t)
	master := first.create(t)
	first.must(t, master.as("start"), `{"topic":"Alone"}`, master.token)
	first.must(t, master.as("vote"), `{"vote":"5"}`, master.token)
	before := first.must(t, "GET /api/sessions/"+master.session+"/round", "", master.token).raw
	first.stop(t)

	first.settings = clustered
	c.start(t)
	for i, n := range c.nodes {
		if after := n.must(t, "GET /api/sessions/"+master.session+"/round?user_id="+master.id, "", master.token).raw; after != before {
			t.Errorf("node %d has the round as\n%s\nand it was\n%s", i, after, before)
		}
	}
	if a := c.nodes[1].must(t, master.as("reveal"), "", master.token); !strings.Contains(a.raw, `"value":"5"`) {
		t.Errorf("the card is lost: %s", a.raw)
	}
}
