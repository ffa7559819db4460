package clients_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var libraries = flag.Bool("libraries", false, "also run the libraries of tools/clients, which are fetched from their registries")

const folder = "../../tools/clients"

// How a library goes about a session.
const (
	followsAll = "follows"     // sees everything, and nothing twice
	stops      = "stops"       // takes the end of a stream for the end of all
	again      = "comes again" // asks again
)

// library is one of tools/clients, and what is known of it.
type library struct {
	name, version string
	program       string // a folder with a Go program, or a file for Node
	restart       string // the server is stopped and started
	crash         string // the server is killed and started
	missing       string // a 404 when it comes back
	unready       string // a 503 when it comes back
	largest       string // an event of nearly 64 KB
}

var known = []library{
	{"r3labs/sse", "v2.10.0", "r3labs", stops, followsAll, again, again, "arrives"},
	{"tmaxmax/go-sse", "v0.12.0", "tmaxmax", followsAll, followsAll, stops, stops, "arrives"},
	{"launchdarkly/eventsource", "v1.11.0", "launchdarkly", followsAll, followsAll, again, again, "arrives"},
	{"donovanhide/eventsource", "v0.0.0-20210830082556-c59027999da0", "donovanhide", followsAll, followsAll, again, again, "arrives"},
	{"eventsource", "3.0.7", "eventsource.mjs", followsAll, followsAll, stops, stops, "arrives"},
	{"@microsoft/fetch-event-source", "2.0.1", "fetch-event-source.mjs", stops, stops, again, again, "arrives"},
	{"eventsource-client", "1.2.0", "eventsource-client.mjs", followsAll, followsAll, again, again, "arrives"},
	{"eventsource-parser", "3.1.1", "eventsource-parser.mjs", followsAll, followsAll, stops, again, "arrives"},
}

// begin starts the library's program.
func (l library) begin(t *testing.T, url string) *client {
	t.Helper()
	if strings.HasSuffix(l.program, ".mjs") {
		return started(t, exec.Command("node", filepath.Join(folder, l.program), url))
	}
	built := filepath.Join(t.TempDir(), l.program)
	build := exec.Command("go", "build", "-o", built, "./"+l.program)
	build.Dir = folder
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return started(t, exec.Command(built, url))
}

func TestLibraries(t *testing.T) {
	if !*libraries {
		t.Skip("make clients runs it")
	}
	rows := make([]string, len(known))
	t.Run("each", func(t *testing.T) {
		for i, l := range known {
			t.Run(l.name, func(t *testing.T) {
				t.Parallel()
				got := l
				got.restart = l.throughARestart(t, func(s *server) { s.stop(t); s.start(t) })
				got.crash = l.throughARestart(t, func(s *server) { s.Kill(); s.start(t) })
				got.missing = l.refusedWith(t, http.StatusNotFound)
				got.unready = l.refusedWith(t, http.StatusServiceUnavailable)
				got.largest = l.largestEvent(t)
				rows[i] = fmt.Sprintf("| %s %s | %s | %s | %s | %s | %s |", got.name, got.version, got.restart, got.crash, got.missing, got.unready, got.largest)
				if got != l {
					t.Errorf("measured %+v\nknown    %+v", got, l)
				}
			})
		}
	})
	fmt.Println("| Library | Restart | Crash | 404 when it comes back | 503 when it comes back | Event of 64 KB |\n| --- | --- | --- | --- | --- | --- |")
	fmt.Println(strings.Join(rows, "\n"))
}

// TestVersionsOfLibrariesAreThoseThatWereMeasured compares the table with what is fetched.
func TestVersionsOfLibrariesAreThoseThatWereMeasured(t *testing.T) {
	var pinned string
	for _, file := range []string{"go.mod", "package.json"} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		pinned += string(text)
	}
	page, err := os.ReadFile("../../docs/clients.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range known {
		goPin, nodePin := "github.com/"+l.name+" "+l.version, `"`+l.name+`": "`+l.version+`"`
		if strings.HasPrefix(l.name, "r3labs") {
			goPin = "github.com/" + l.name + "/v2 " + l.version
		}
		if !strings.Contains(pinned, goPin) && !strings.Contains(pinned, nodePin) {
			t.Errorf("%s %s is not what tools/clients fetches", l.name, l.version)
		}
		if !strings.Contains(string(page), "| "+l.name+" "+l.version+" |") {
			t.Errorf("docs/clients.md does not speak of %s %s", l.name, l.version)
		}
	}
}

// quiet is how long a client may say nothing when there is something to say before it is taken to have stopped.
const quiet = 30 * time.Second

// throughARestart follows a session over an interruption, and says how that went.
func (l library) throughARestart(t *testing.T, interrupt func(*server)) string {
	t.Helper()
	s := serve(t).session(t)
	c := l.begin(t, s.stream())
	first := c.next(t)
	s.votes(t, 2)
	got := []string{c.next(t), c.next(t)}
	interrupt(s.at)
	s.votes(t, 3)
	id, _, _ := strings.Cut(first, " ")
	open, all := make(chan struct{}), make(chan []string, 1)
	go func() { all <- s.since(t, id, open) }()
	<-open
	for len(got) < 5 {
		line, ok := c.within(quiet)
		if !ok {
			break
		}
		got = append(got, line)
	}
	s.end(t)
	if line, ok := c.within(quiet); ok {
		got = append(got, line)
	}
	want := <-all
	switch {
	case slices.Equal(got, want):
		return followsAll
	case len(got) == 2:
		return stops
	}
	t.Logf("%s saw\n%s\nof\n%s", l.name, strings.Join(got, "\n"), strings.Join(want, "\n"))
	return "errs"
}

// within is the next line if there is one in time.
func (c *client) within(d time.Duration) (string, bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case line := <-c.lines:
		return line, line != ""
	case <-timer.C:
		return "", false
	}
}

// refusedWith lets a stream end, and says what a client does that is then refused.
func (l library) refusedWith(t *testing.T, status int) string {
	t.Helper()
	var asked atomic.Int64
	often := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		switch n := asked.Add(1); n {
		case 1:
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = fmt.Fprint(w, ": welcome\nretry: 100\nid: 1\ndata: {\"type\":\"one\"}\n\n") // the client may be gone
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		case 4:
			close(often)
			fallthrough
		default:
			w.WriteHeader(status)
		}
	}))
	defer server.Close()
	c := l.begin(t, server.URL)
	ended, cancel := context.WithTimeout(context.Background(), quiet)
	defer cancel()
	go func() {
		defer cancel() // its output has ended
		for open := true; open; {
			_, open = <-c.lines
		}
	}()
	select {
	case <-often:
		return again
	case <-ended.Done():
		return stops
	}
}

// largestEvent sends an event as large as one may be, and another, and says whether both arrive once.
func (l library) largestEvent(t *testing.T) string {
	t.Helper()
	frame := "id: 2\ndata: {\"type\":\"large\",\"data\":\"\"}\n\n"
	frame = strings.Replace(frame, `""`, `"`+strings.Repeat("x", 64<<10-len(frame))+`"`, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprint(w, ": welcome\nretry: 100\nid: 1\ndata: {\"type\":\"one\"}\n\n"+frame+"id: 3\ndata: {\"type\":\"three\"}\n\n") // the client may be gone
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	defer server.CloseClientConnections()
	c := l.begin(t, server.URL)
	for _, want := range []string{"1 one", "2 large", "3 three"} {
		if got, _ := c.within(quiet); got != want {
			return "does not arrive"
		}
	}
	return "arrives"
}
