package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/magnapp/magnapp/internal/eventlog"
)

// varies lists the metrics whose values may differ between two games that differ in nothing but the hidden cards, and why that tells nothing of the cards.
var varies = map[string]string{
	"magnapp_http_request_duration_seconds":              "times, which differ from run to run by more than a card's name costs",
	"magnapp_go_gc_duration_seconds":                     "times, and how often garbage was collected: every few megabytes",
	"magnapp_go_memstats_last_gc_time_seconds":           "a time, and how often garbage was collected: every few megabytes",
	"magnapp_go_goroutines":                              "of the whole process, with the tests in it",
	"magnapp_go_threads":                                 "of the whole process",
	"magnapp_process_cpu_seconds_total":                  "counted in hundredths of a second",
	"magnapp_process_resident_memory_bytes":              "counted in pages",
	"magnapp_process_virtual_memory_bytes":               "counted in pages",
	"magnapp_process_open_fds":                           "of the whole process",
	"magnapp_http_requests_total{route=\"GET /metrics\"": "an answer is counted after it has been read",
}

// TestMetricsTellNothingOfHiddenCards plays two games whose cards have names of other lengths, and compares every line of /metrics.
func TestMetricsTellNothingOfHiddenCards(t *testing.T) {
	first, second := measuredGame(t, "5"), measuredGame(t, "coffee")
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the metrics depend on the card:\n%s", diff)
	}
	if len(first) < 40 {
		t.Errorf("only %d lines were compared", len(first))
	}
}

// measuredGame is every metric after a game with one card, without the values that may vary.
func measuredGame(t *testing.T, card string) []string {
	t.Helper()
	s := start(t)
	w := newWorld(t, s, "voting")
	stream := s.listen(t, "/api/sse/"+w.session)
	stream.until(t, "session_updated")
	for range 20 {
		w.act(t, w.guest, "vote", `{"vote":"`+card+`"}`)
		stream.until(t, "vote_submitted")
	}
	lines := strings.Split(s.must(t, "GET /metrics", "").body, "\n")
	for i, line := range lines {
		for name := range varies {
			if strings.HasPrefix(line, name) {
				lines[i] = line[:strings.LastIndexByte(line, ' ')]
			}
		}
	}
	return lines
}

func TestListOfWhatVariesNamesNothingElse(t *testing.T) {
	s := start(t)
	s.must(t, "GET /metrics", "")
	body := s.must(t, "GET /metrics", "").body
	for name, why := range varies {
		if !strings.Contains(body, "\n"+name) || why == "" {
			t.Errorf("%s is not there, or nothing says why it varies", name)
		}
	}
}

func TestMetricsCountAnswersByStatus(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	for range 2 {
		w.call(t, w.fill("POST /api/sessions/{s}/here?user_id={guest}", ""), "", as(w.guest))
		isProblem(t, w.call(t, w.fill("POST /api/sessions/{s}/here?user_id={guest}", ""), ""), 401)
		w.act(t, w.guest, "extend", "")
	}
	body := s.must(t, "GET /metrics", "").body
	for _, want := range []string{`here",status="204"} 2`, `here",status="401"} 2`, `extend",status="200"} 2`} {
		if !strings.Contains(body, `magnapp_http_requests_total{route="POST /api/sessions/{session_id}/`+want+"\n") {
			t.Errorf("no figure of %s", want)
		}
	}
	if strings.Count(body, `status="204"`) != 1 {
		t.Error("routes that always answer with content have a figure of answers without")
	}
}

func metricsToken(token string) setting { return func(o *setup) { o.api.MetricsToken = token } }

func TestMetricsTakeTheirToken(t *testing.T) {
	s := start(t, metricsToken("s3cret"), limitedTo(3, time.Minute))
	s.must(t, "GET /metrics", "", header("Authorization", "Bearer s3cret"))
	for _, bad := range []with{func(*http.Request) {}, header("Authorization", "Bearer s3cre"), header("Authorization", "Basic s3cret")} {
		got := s.call(t, "GET /metrics", "", bad)
		isProblem(t, got, 401)
		if got.header.Get("WWW-Authenticate") != "Bearer" {
			t.Error("401 does not say what it takes")
		}
	}
	isProblem(t, s.call(t, "GET /metrics", "", header("Authorization", "Bearer guess")), 429)
	s.must(t, "GET /metrics", "", header("Authorization", "Bearer s3cret"))
}

func TestMetricsElsewhere(t *testing.T) {
	s := start(t, metricsToken("s3cret"), func(o *setup) { o.api.MetricsElsewhere = true })
	isProblem(t, s.call(t, "GET /metrics", "", header("Authorization", "Bearer s3cret")), 404)
	own := httptest.NewServer(s.api.Metrics())
	t.Cleanup(own.Close)
	there := &server{url: own.URL}
	if body := there.must(t, "GET /metrics", "", header("Authorization", "Bearer s3cret")).body; !slices.Contains(strings.Split(body, "\n"), "magnapp_sessions 0") {
		t.Errorf("no metrics: %.200s", body)
	}
	isProblem(t, there.call(t, "GET /metrics", ""), 401)
	isProblem(t, there.call(t, "POST /metrics", ""), 405)
	isProblem(t, there.call(t, "GET /api/sessions", ""), 404)
	isProblem(t, there.call(t, "GET /", ""), 404)
}

func TestMetricsOfACluster(t *testing.T) {
	alone := start(t).must(t, "GET /metrics", "").body
	if strings.Contains(alone, "magnapp_cluster_") {
		t.Error("a server that is alone has metrics of a cluster")
	}
	now := eventlog.ClusterState{Peers: 1, Expected: 2, Cuts: 4, Leads: true, Elections: 5, Position: 60, Behind: 7, Marks: 8, MarkFailures: 9}
	s := start(t, func(o *setup) { o.api.ClusterState = func() eventlog.ClusterState { return now } })
	lines := strings.Split(s.must(t, "GET /metrics", "").body, "\n")
	for _, want := range []string{
		"magnapp_ready 1", "magnapp_cluster_cut 0", "magnapp_cluster_cuts_total 4", "magnapp_cluster_nodes 2", "magnapp_cluster_nodes_expected 3", "magnapp_cluster_leader 1",
		"magnapp_cluster_elections_total 5", "magnapp_cluster_position 60", "magnapp_cluster_behind_entries 7", "magnapp_cluster_marks_total 8", "magnapp_cluster_mark_failures_total 9",
		"magnapp_cluster_refusals_total 0",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q", want)
		}
	}
	now.Cut, now.Leads = true, false
	lines = strings.Split(s.must(t, "GET /metrics", "").body, "\n")
	if !slices.Contains(lines, "magnapp_cluster_cut 1") || !slices.Contains(lines, "magnapp_cluster_leader 0") {
		t.Error("the metrics do not follow")
	}
}

func TestMetricsSayWhetherTheLogIsNearlyFull(t *testing.T) {
	full := false
	s := start(t, func(o *setup) { o.api.NearlyFull = func() bool { return full } })
	for _, want := range []string{"magnapp_log_nearly_full 0", "magnapp_log_nearly_full 1"} {
		if lines := strings.Split(s.must(t, "GET /metrics", "").body, "\n"); !slices.Contains(lines, want) {
			t.Errorf("no line %q", want)
		}
		full = true
	}
}

func TestMetricsSayWhetherTheServerIsReady(t *testing.T) {
	s := start(t)
	if err := s.log.Close(); err != nil {
		t.Fatal(err)
	}
	if body := s.must(t, "GET /metrics", "").body; !strings.Contains(body, "\nmagnapp_ready 0\n") {
		t.Error("a server whose log is closed says that it is ready")
	}
}
