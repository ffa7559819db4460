package cluster_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
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

// TestMachineIsReplaced does what docs/scaling.md says of one that is lost.
func TestMachineIsReplaced(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	master := c.nodes[0].create(t)
	lost := c.nodes[2]
	lost.kill()
	data := lost.setting("DATA_DIR")
	name, err := os.ReadFile(filepath.Join(data, "node.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.RemoveAll(data), os.Mkdir(data, 0o700), os.WriteFile(filepath.Join(data, "node.json"), name, 0o600)); err != nil {
		t.Fatal(err)
	}
	lost.start(t)
	lost.awaitReady(t)
	c.nodes[0].kill() // without which the new one is needed
	if a, _, err := c.persist(1, master.as("extend"), "", master.token); err != nil || a.status != http.StatusOK {
		t.Errorf("extend: %d %s %v", a.status, a.raw, err)
	}
	lost.must(t, "GET /api/sessions/"+master.session, "", master.token)
}
