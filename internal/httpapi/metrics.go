package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/stream"
)

// metrics are what /metrics shows. Labels name routes and statuses, never sessions or users.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	panics   prometheus.Counter
	cluster  *clusterMetrics // nil alone
}

func newMetrics(o Options) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "magnapp_http_requests_total", Help: "Answered requests by route and status."}, []string{"route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "magnapp_http_request_duration_seconds", Help: "Time from a request's head to the end of its answer, streams aside.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .5, 1, 5},
		}, []string{"route"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{Name: "magnapp_panics_total", Help: "Requests whose handler panicked."}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.panics)
	// All names begin alike, those of the runtime and the process too.
	prometheus.WrapRegistererWithPrefix("magnapp_", m.registry).MustRegister(
		collectors.NewGoCollector(collectors.WithGoCollectorMemStatsMetricsDisabled()),
		discreet{collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})},
	)
	m.registry.MustRegister(&figures{rooms: o.Rooms, streams: o.Streams, ready: o.Ready, nearlyFull: o.NearlyFull})
	if o.ClusterState != nil {
		m.cluster = newClusterMetrics(o.ClusterState, o.Rooms.Sharing)
		m.registry.MustRegister(m.cluster, m.cluster.refusals)
	}
	return m
}

// discreet is a collector without what counts bytes or objects one by one. Read before and after a vote, such a figure tells how long the hidden card's name is: by what was sent over the
// network, or by whether a text of its length had to be allocated.
type discreet struct{ prometheus.Collector }

// Collect passes on what is coarse.
func (d discreet) Collect(ch chan<- prometheus.Metric) {
	all := make(chan prometheus.Metric)
	go func() {
		defer close(all)
		d.Collector.Collect(all)
	}()
	for m := range all {
		if name := m.Desc().String(); !strings.Contains(name, "process_network_") {
			ch <- m
		}
	}
}

// route counts the answers of one route. Its counters are looked up once, not with every request.
type route struct {
	all      *metrics
	name     string
	duration prometheus.Observer
	ok       prometheus.Counter
	none     func() prometheus.Counter // of answers without content: most routes have none, and then no such figure
}

func (m *metrics) route(name string) *route {
	counter := func(status string) prometheus.Counter { return m.requests.WithLabelValues(name, status) }
	return &route{all: m, name: name, duration: m.duration.WithLabelValues(name), ok: counter("200"), none: sync.OnceValue(func() prometheus.Counter { return counter("204") })}
}

// measured has the answers of a handler counted.
func (m *metrics) measured(name string, next http.Handler) http.Handler {
	route := m.route(name)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(w)
		x.route = route
		next.ServeHTTP(w, r)
	})
}

// answered counts an answer.
func (r *route) answered(x *exchange) {
	switch {
	case !x.done && x.status == 0:
		r.count(http.StatusInternalServerError)
	case x.status == 0, x.status == http.StatusOK:
		r.ok.Inc()
	case x.status == http.StatusNoContent:
		r.none().Inc()
	default:
		r.count(x.status)
	}
	if field(x.Header(), "Content-Type") != "text/event-stream" {
		r.duration.Observe(time.Since(x.started).Seconds())
	}
}

func (r *route) count(status int) {
	if status == http.StatusServiceUnavailable {
		r.all.cluster.refused()
	}
	r.all.requests.WithLabelValues(r.name, strconv.Itoa(status)).Inc()
}

// figures reads the rooms and streams when somebody asks, so that counting costs nothing in between.
type figures struct {
	rooms   *room.Rooms
	streams *stream.Streams
	ready   func() error
	// nearlyFull says whether the log is.
	nearlyFull func() bool
}

var (
	readyDesc        = desc("ready", "1 while commands can be taken, as /readyz says.")
	nearlyFullDesc   = desc("log_nearly_full", "1 while the log takes four fifths of what it may, or more. Of another NATS it is 0.")
	sessionsDesc     = desc("sessions", "Live sessions.")
	participantsDesc = desc("participants", "Participants of live sessions.")
	readersDesc      = desc("streams", "Open streams.")
	eventsDesc       = desc("events_total", "Events folded from the log since the start.")
	deliveriesDesc   = desc("deliveries_total", "Changes handed to a stream since the start.")
	conflictsDesc    = desc("append_conflicts_total", "Commands decided again because another append came first.")
	slowDesc         = desc("slow_streams_total", "Streams ended because the client could not keep up.")
)

func desc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("magnapp_"+name, help, nil, nil)
}

// Describe names the figures.
func (*figures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{readyDesc, nearlyFullDesc, sessionsDesc, participantsDesc, readersDesc, eventsDesc, deliveriesDesc, conflictsDesc, slowDesc} {
		ch <- d
	}
}

// Collect reads the figures.
func (f *figures) Collect(ch chan<- prometheus.Metric) {
	st := f.rooms.Stats()
	gauge := func(d *prometheus.Desc, v int) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	counter := func(d *prometheus.Desc, v uint64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v))
	}
	gauge(readyDesc, oneIf(f.ready() == nil))
	gauge(nearlyFullDesc, oneIf(f.nearlyFull != nil && f.nearlyFull()))
	gauge(sessionsDesc, st.Sessions)
	gauge(participantsDesc, st.Participants)
	gauge(readersDesc, f.streams.Open())
	counter(eventsDesc, st.Events)
	counter(deliveriesDesc, st.Deliveries)
	counter(conflictsDesc, st.Conflicts)
	counter(slowDesc, f.streams.Slow())
}
