//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/figure"
)

// ownCommands are what this program starts itself as.
var ownCommands = []string{"load", "reference", "engine"}

// TestMain lets the test binary be the processes that this program starts itself as, and a build of the server that knows neither stories nor pings.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains(ownCommands, os.Args[1]) {
		if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "serve" {
		serveUntilStopped()
		return
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // or each process, built with the race detector as it is, would take a second to end
	goleak.VerifyTestMain(m, goleak.Cleanup(func(exitCode int) {
		os.RemoveAll(buildFolder)
		os.Exit(exitCode)
	}))
}

// buildFolder is where the server of this source is, if a test needed it.
var buildFolder string

// buildOnce builds it.
var buildOnce = sync.OnceValues(func() (server string, err error) {
	if buildFolder, err = os.MkdirTemp("", "magnapp-bench-test-"); err != nil {
		return "", err
	}
	return build(context.Background(), buildFolder)
})

// serveUntilStopped is the reference as a server: what it answers is enough to be played.
func serveUntilStopped() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() { fmt.Fprintln(os.Stderr, serveReference(os.Getenv("PORT"), nil)) }()
	<-stop
}

// builtServer is the server of this source.
func builtServer(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the server and starts it")
	}
	server, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// measured runs a command once and returns what it printed.
func measured(t *testing.T, args ...string) figure.Table {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), append(args, "--runs=1", "--json"), &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	var got figure.Table
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in:\n%s", err, &out)
	}
	return got
}

// rowOf is the only sample of a figure.
func rowOf(t *testing.T, got figure.Table, f figureOf) figure.Sample {
	t.Helper()
	for _, r := range got.Rows {
		if r.Name == f.Name && r.Against == f.Against && len(r.Samples) == 1 {
			return r.Samples[0]
		}
	}
	t.Fatalf("%s against %q: there is no such row with one sample in %+v", f.Name, f.Against, got.Rows)
	return figure.Sample{}
}

func TestTheTableHasEveryFigure(t *testing.T) {
	t.Parallel()
	server := builtServer(t)
	got := measured(t, "table", "--small", "--server="+server, "--baseline="+server)
	for _, f := range (&table{Small: true}).figures() {
		if sample := rowOf(t, got, f); f.Against != "" && sample.Against == 0 {
			t.Errorf("%s is not held against the %s", f.Name, f.Against)
		}
	}
}

// It takes the server half a minute to ping twice.
func TestTheStreamsOfAServerAnswerItsPings(t *testing.T) {
	t.Parallel()
	server := builtServer(t)
	got := measured(t, "streams", "--sessions=2", "--users=3", "--quiet=100ms", "--duration=42s", "--server="+server)
	for _, f := range (&streams{Sessions: 2, Users: 3}).pingFigures() {
		if sample := rowOf(t, got, f); sample.Value == 0 {
			t.Errorf("%s: nothing was measured", f.Name)
		}
	}
}

func TestABaselineWithoutStoriesIsPlayedWithout(t *testing.T) {
	t.Parallel()
	server := builtServer(t)
	got := measured(t, "play", "--sessions=2", "--users=3", "--stories=120", "--duration=100ms", "--warmup=10ms", "--server="+server, "--baseline="+os.Args[0])
	for _, f := range (&play{Sessions: 2, Users: 3, Stories: 120}).figures() {
		if sample := rowOf(t, got, f); sample.Ratio() == 0 {
			t.Errorf("%s has no ratio to the %s", f.Name, f.Against)
		}
	}
	if notes := strings.Join(got.Notes, "\n"); !strings.Contains(notes, "no stories") {
		t.Errorf("the notes do not say so: %s", notes)
	}
}

func TestAServerThatLacksWhatIsMeasuredIsAnError(t *testing.T) {
	for args, want := range map[string]string{
		"play --stories=1": "no stories",
		"streams":          "no pings",
	} {
		err := run(t.Context(), append(strings.Fields(args), "--runs=1", "--sessions=1", "--users=1", "--server="+os.Args[0]), &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error about %s", args, err, want)
		}
	}
}

func TestTheTableSaysWhatFailed(t *testing.T) {
	var out bytes.Buffer
	err := run(t.Context(), []string{"table", "--small", "--runs=1", "--server=/bin/false"}, &out)
	if err == nil || !strings.Contains(out.String(), "ended before it was ready") {
		t.Errorf("got %v and:\n%s", err, &out)
	}
}

func TestOptionsThatCannotBeUsedAreRefused(t *testing.T) {
	for what, args := range map[string]string{
		"no run":                   "table --runs=0",
		"no session to play":       "play --sessions=0",
		"nothing in flight":        "play --in-flight=0",
		"fewer than no commands":   "play --rate=-1",
		"no session to start with": "start --sessions=0",
		"no votes":                 "resume --votes=none",
		"fewer than no users":      "updated --users=-1",
		"fewer than no stories":    "play --stories=-1",
		"no stream":                "streams --sessions=0",
		"no command in a turn":     "cluster --turn=0",
		"a part that there is not": "cluster --only=votes",
	} {
		option := strings.Fields(args)[1]
		name, _, _ := strings.Cut(option, "=")
		if err := run(t.Context(), strings.Fields(args), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want an error about %s", what, err, name)
		}
	}
}
