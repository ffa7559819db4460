package archtest

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// rows are the numbers of a table of a document, by the first column. The header's first word says which table.
func rows(t *testing.T, document, header string) map[string]float64 {
	t.Helper()
	_, table, found := strings.Cut(document, "| "+header)
	if !found {
		t.Fatalf("no table of %s", header)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	values := map[string]float64{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \| ([0-9.,]+)`).FindAllStringSubmatch(table, -1) {
		value, err := strconv.ParseFloat(strings.ReplaceAll(row[2], ",", ""), 64)
		if err != nil {
			t.Fatal(err)
		}
		values[row[1]] = value
	}
	return values
}

// TestReckoningAddsUp works docs/scaling.md's way to a million people out again.
func TestReckoningAddsUp(t *testing.T) {
	document := read(t, "../../docs/scaling.md")
	figures, said := rows(t, document, "Figure |"), rows(t, document, "Reckoning ")
	of := func(name string) float64 {
		value := figures[name]
		if value == 0 {
			t.Fatalf("docs/scaling.md has no figure of %s", name)
		}
		return value
	}
	const people = 1_000_000
	sessions := people / of("people in a session")
	commands := sessions * of("commands in a round") / of("time from one round to the next")
	deliveries := commands * of("people in a session")
	// One node of three may be away; the other two hold what there is.
	clusters := math.Ceil(people / (2 * of("streams a node may hold")))
	inCluster := commands / clusters
	worked := map[string]float64{
		"sessions": sessions, "streams": people, "commands a second": commands, "deliveries a second": deliveries,
		"processors for deliveries": deliveries * of("CPU of a delivery") / 1e6, "processors for appends": commands * of("CPU of an append, three nodes together") / 1e6,
		"clusters of three": clusters, "nodes": 3 * clusters, "sessions of a cluster": sessions / clusters, "commands a second of a cluster": inCluster,
		"share of what a cluster takes":     100 * inCluster / of("appends a second that a cluster takes"),
		"memory of sessions on a node":      sessions / clusters * (of("memory of a session in the log") + of("memory of a session in a node")) / 1000,
		"memory of streams on a node":       people / clusters / 3 * of("memory of a stream") / 1000,
		"streams on a node, all there":      people / clusters / 3,
		"streams on a node, one of 3 away":  people / clusters / 2,
		"share if there were one cluster":   100 * commands / of("appends a second that a cluster takes"),
		"streams that come back at a death": people / clusters / 3,
	}
	for name, value := range worked {
		if got, there := said[name]; !there || math.Abs(got-value) > 0.03*value {
			t.Errorf("%s: the document says %v, and it is %.4g", name, got, value)
		}
	}
	if len(said) != len(worked) {
		t.Errorf("the document has %d values, and %d are worked out", len(said), len(worked))
	}
}
