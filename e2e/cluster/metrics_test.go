package cluster_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// figure is the value of a metric of a node's that has no labels.
func figure(t *testing.T, n *node, name string) float64 {
	t.Helper()
	for line := range strings.Lines(n.must(t, "GET /metrics", "", "").raw) {
		if text, is := strings.CutPrefix(line, name+" "); is {
			value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func TestMetricsSayHowTheNodesStand(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	master := c.nodes[0].create(t)
	c.nodes[1].must(t, master.as("start"), "", master.token)
	agree := func(nodes float64, which ...*node) bool {
		leaders, position := 0.0, figure(t, which[0], "magnapp_cluster_position")
		for _, n := range which {
			leaders += figure(t, n, "magnapp_cluster_leader")
			if figure(t, n, "magnapp_cluster_nodes") != nodes || figure(t, n, "magnapp_cluster_behind_entries") != 0 || figure(t, n, "magnapp_cluster_position") < position {
				return false
			}
		}
		return leaders == 1 && position > 0
	}
	eventually(t, "one leader of three, who have read the same", func() bool { return agree(3, c.nodes[:]...) })
	for _, n := range c.nodes {
		eventually(t, "a node that is well says so", func() bool {
			return figure(t, n, "magnapp_ready") == 1 && figure(t, n, "magnapp_cluster_nodes_expected") == 3 && figure(t, n, "magnapp_cluster_marks_total") > 0
		})
	}

	leader := c.leads(t)
	first, second, left := c.nodes[leader], c.nodes[(leader+1)%size], c.nodes[(leader+2)%size]
	first.kill()
	eventually(t, "one leader of two", func() bool { return agree(2, second, left) })
	eventually(t, "an election that was seen", func() bool { return figure(t, left, "magnapp_cluster_elections_total") > 0 })
	second.kill()
	eventually(t, "a node that says it is cut off", func() bool { return figure(t, left, "magnapp_cluster_cut") == 1 })
	eventually(t, "a node that is cut off refuses", func() bool {
		a, err := left.call(master.as("extend"), "", master.token, "")
		return err == nil && a.status == http.StatusServiceUnavailable
	})
	eventually(t, "it says that it has, and that it neither leads nor is ready", func() bool {
		return figure(t, left, "magnapp_cluster_refusals_total") > 0 && figure(t, left, "magnapp_cluster_cuts_total") > 0 && figure(t, left, "magnapp_ready") == 0 && figure(t, left, "magnapp_cluster_leader") == 0
	})
	first.start(t)
	second.start(t)
	eventually(t, "one leader of three again", func() bool { return agree(3, c.nodes[:]...) })
}
