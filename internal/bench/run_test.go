//go:build linux

package bench

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// runReport runs the bench, with its servers as processes, and reads the report.
func runReport(t *testing.T, change func(*Options)) report {
	t.Helper()
	o := usable()
	o.Sessions, o.Users, o.JSON = 3, 4, true
	o.Warmup, o.Duration = 20*time.Millisecond, 100*time.Millisecond
	change(&o)
	var out bytes.Buffer
	if err := Run(t.Context(), o, &out); err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v in:\n%s", err, &out)
	}
	return r
}

func checkMeasured(t *testing.T, what string, f figures, want ...metric) {
	t.Helper()
	for _, m := range want {
		if v, ok := f[m]; !ok || v <= 0 {
			t.Errorf("%s: %s is %v (%v)", what, m, v, ok)
		}
	}
}

func TestRunPlaysOnServerAndReferenceInTurns(t *testing.T) {
	r := runReport(t, func(o *Options) { o.Reference, o.Runs = true, 2 })
	if len(r.Results) != 1 || len(r.Results[0].Runs) != 2 {
		t.Fatalf("want two runs of one workload, got %+v", r.Results)
	}
	want := []metric{deliveriesPerSecond, commandsPerSecond, cpuPerDelivery, cpuPerCommand, deliveryP50, deliveryP99, deliveryMax, answerP50, loadCores}
	for _, run := range r.Results[0].Runs {
		checkMeasured(t, "server", run.Server, want...)
		checkMeasured(t, "reference", run.Reference, want...)
	}
	checkMeasured(t, "ratio", r.Results[0].Medians.Ratio, want...)
}

func TestRunHoldsIdleStreams(t *testing.T) {
	r := runReport(t, func(o *Options) { o.Scenario = "idle" })
	for _, m := range []metric{memoryPerStream, settlingCPU, idleCPU} {
		if _, ok := r.Results[0].Medians.Server[m]; !ok {
			t.Errorf("no %s in %v", m, r.Results[0].Medians)
		}
	}
}

func TestRunStartsAServer(t *testing.T) {
	r := runReport(t, func(o *Options) { o.Scenario = "start" })
	checkMeasured(t, "server", r.Results[0].Medians.Server, startTime, restMemory)
}

func TestRunUsesTheServerThatIsNamed(t *testing.T) {
	reference, url, _ := startReference(t)
	r := runReport(t, func(o *Options) { o.URL = url })
	checkMeasured(t, "server", r.Results[0].Medians.Server, deliveriesPerSecond, deliveryP50)
	if _, ok := r.Results[0].Medians.Server[cpuPerDelivery]; ok {
		t.Error("CPU of a process that was not named")
	}
	if n := len(sessionsOf(reference)); n != 3 {
		t.Errorf("the server that is named has %d sessions, want 3", n)
	}
}

func TestTheTableHasEveryRow(t *testing.T) {
	if testing.Short() {
		t.Skip("starts some fifteen servers")
	}
	r := runReport(t, func(o *Options) { o.Scenario, o.Quick = "table", true })
	if got, want := len(r.Table), len(tableRows); got != want {
		t.Errorf("%d rows, want %d: %+v", got, want, r.Table)
	}
}

func TestTextNamesWorkloadFiguresAndRatios(t *testing.T) {
	o := usable()
	r := newReport(&o, []workload{o.workload()})
	r.add(0, pair{Server: figures{cpuPerDelivery: 6.5, unsentCommands: 0}, Reference: figures{cpuPerDelivery: 5}})
	var out bytes.Buffer
	if err := r.writeText(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"10 sessions of 16, saturated", "CPU per delivery", "6.50 µs", "5.00", "1.30 ×"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "not sent") {
		t.Errorf("a line about nothing in:\n%s", &out)
	}
}

func TestAServerThatDoesNotStartIsAnErrorWithItsLastWords(t *testing.T) {
	o := usable()
	o.Server = "/bin/ls" // ends at once: there is no file "serve"
	err := Run(t.Context(), o, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "serve") || !strings.Contains(err.Error(), "ended before it answered") {
		t.Errorf("got %v, want an error that says what the program said", err)
	}
}
