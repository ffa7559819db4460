package httpapi

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/magnapp/magnapp/internal/eventlog"
)

// clusterMetrics are of a node of several. They say nothing of what is stored, only how much is.
type clusterMetrics struct {
	state    func() eventlog.ClusterState
	sharing  eventlog.Sharing // what a room has; nil if it has none
	refusals prometheus.Counter
}

func newClusterMetrics(state func() eventlog.ClusterState, sharing eventlog.Sharing) *clusterMetrics {
	return &clusterMetrics{state: state, sharing: sharing, refusals: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "magnapp_cluster_refusals_total", Help: "Requests refused with 503 while this node was cut off, probes included.",
	})}
}

// refused counts a 503 of a node that is cut off.
func (c *clusterMetrics) refused() {
	if c != nil && c.sharing != nil && c.sharing.Cut() {
		c.refusals.Inc()
	}
}

var (
	cutDesc          = desc("cluster_cut", "1 while this node cannot reach enough of the others, and takes no requests.")
	cutsDesc         = desc("cluster_cuts_total", "How often this node was cut off since the start.")
	nodesDesc        = desc("cluster_nodes", "Nodes that are alive, as this one sees it, itself included.")
	expectedDesc     = desc("cluster_nodes_expected", "Nodes that there are to be; not known of another NATS.")
	leaderDesc       = desc("cluster_leader", "1 if what is stored goes through this node.")
	electionsDesc    = desc("cluster_elections_total", "Changes of the leader that this node heard of since the start.")
	positionDesc     = desc("cluster_position", "Sequence up to which this node has followed the log.")
	behindDesc       = desc("cluster_behind_entries", "Entries that are stored and that this node has not read yet.")
	marksDesc        = desc("cluster_marks_total", "Marks stored since the start, by which this node finds out what is new.")
	markFailuresDesc = desc("cluster_mark_failures_total", "Marks that could not be stored since the start.")
)

// Describe names the figures.
func (*clusterMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{cutDesc, cutsDesc, nodesDesc, expectedDesc, leaderDesc, electionsDesc, positionDesc, behindDesc, marksDesc, markFailuresDesc} {
		ch <- d
	}
}

// Collect reads the figures.
func (c *clusterMetrics) Collect(ch chan<- prometheus.Metric) {
	now := c.state()
	gauge := func(d *prometheus.Desc, v float64) { ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	counter := func(d *prometheus.Desc, v uint64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v))
	}
	gauge(cutDesc, float64(oneIf(now.Cut)))
	counter(cutsDesc, now.Cuts)
	gauge(nodesDesc, float64(now.Peers+1))
	if now.Expected > 0 {
		gauge(expectedDesc, float64(now.Expected+1))
	}
	gauge(leaderDesc, float64(oneIf(now.Leads)))
	counter(electionsDesc, now.Elections)
	gauge(positionDesc, float64(now.Position))
	gauge(behindDesc, float64(now.Behind))
	counter(marksDesc, now.Marks)
	counter(markFailuresDesc, now.MarkFailures)
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
