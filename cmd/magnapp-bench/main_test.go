//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/figure"
)

// TestMain lets the test binary be the processes that this program starts itself as.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "load" || os.Args[1] == "reference") {
		if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // or each process, built with the race detector as it is, would take a second to end
	goleak.VerifyTestMain(m)
}

func TestTheTableHasEveryFigure(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the server and starts some twenty")
	}
	server, err := build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"table", "--small", "--runs=1", "--json", "--server=" + server, "--baseline=" + server}, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	var got figure.Table
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in:\n%s", err, &out)
	}
	rows := map[string]*figure.Row{}
	for _, r := range got.Rows {
		rows[r.Name] = r
	}
	for _, f := range (&table{Small: true}).figures() {
		if r := rows[f.Name]; r == nil || len(r.Samples) != 1 {
			t.Errorf("%s: got %+v", f.Name, r)
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
		"fewer than no sessions":   "idle --sessions=-1",
	} {
		option := strings.Fields(args)[1]
		name, _, _ := strings.Cut(option, "=")
		if err := run(t.Context(), strings.Fields(args), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want an error about %s", what, err, name)
		}
	}
}
