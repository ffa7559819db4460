package browser_test

import (
	"flag"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/network"
)

var baseline = flag.String("baseline", "", "another build of the server, beside which the first paint is measured")

// visits is how often each build is visited for the first time.
const visits = 5

// TestFirstPaintOnASlowLine reports when something is to be seen first, and when all of the start page is, as new visitors by slow 4G have it: 150 ms for each round trip, 1.6 Mbit/s. With
// -baseline=BINARY it visits both builds in turn, and holds this one to half the other's time. Without, it asserts nothing about time: machines differ.
func TestFirstPaintOnASlowLine(t *testing.T) {
	programs := []string{binary}
	if *baseline != "" {
		programs = append(programs, *baseline)
	}
	servers := make([]*server, len(programs))
	for i, program := range programs {
		servers[i] = serveWith(t, program)
	}
	painted, whole := make([][]float64, len(programs)), make([][]float64, len(programs))
	for range visits {
		for i, s := range servers {
			first, last := s.paints()
			painted[i], whole[i] = append(painted[i], first), append(whole[i], last)
		}
	}
	medians := make([]float64, len(programs))
	for i, times := range painted {
		t.Logf("%s: first paint after %.0f ms, the largest after %.0f ms", programs[i], times, whole[i])
		slices.Sort(times)
		medians[i] = times[len(times)/2]
	}
	if len(medians) > 1 && medians[0] > medians[1]/2 {
		t.Errorf("the median of first paints is %.0f ms, more than half of %.0f ms", medians[0], medians[1])
	}
}

// paints has somebody new come by a slow line, and returns after how many milliseconds they see something, and the largest thing that there is to see.
func (s *server) paints() (first, largest float64) {
	s.t.Helper()
	p := s.person("Somebody")
	p.do(command(network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{
		{Latency: 150, DownloadThroughput: 1.6e6 / 8, UploadThroughput: 750e3 / 8},
	}}))
	p.visit("/")
	p.sees("No session is open right now")
	times := eval[[]float64](p, `new Promise((seen) => new PerformanceObserver((l) => seen([performance.getEntriesByName('first-contentful-paint')[0].startTime, l.getEntries().at(-1).startTime]))
		.observe({ type: 'largest-contentful-paint', buffered: true }))`)
	return times[0], times[1]
}
