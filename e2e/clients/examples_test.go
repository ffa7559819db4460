package clients_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// example is the code under a heading of docs/clients.md.
func example(t *testing.T, heading string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/clients.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("(?s)\n## " + regexp.QuoteMeta(heading) + "\n[^#]*?```[a-z]+\n(.*?)```\n").FindSubmatch(text)
	if code == nil {
		t.Fatalf("docs/clients.md has no code under %q", heading)
	}
	return string(code[1])
}

// client is a running client, which prints "id type" for every event.
type client struct {
	lines <-chan string // closed at the end of the output
	ended func() error
}

// runs starts an example as people would.
func runs(t *testing.T, heading, file string, command []string, args ...string) *client {
	t.Helper()
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, []byte(example(t, heading)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skipf("%s is not installed", command[0])
	}
	if command[0] == "go" { // a program of its own, so that it ends when it is told to
		return started(t, exec.Command(compiled(t, path), args...))
	}
	return started(t, exec.Command(command[0], append(append(command[1:], path), args...)...))
}

// compiling makes sure that the one example that has to be compiled is compiled once.
var compiling sync.Mutex

// compiled is the program of an example, which lies beside the server's.
func compiled(t *testing.T, path string) string {
	t.Helper()
	compiling.Lock()
	defer compiling.Unlock()
	built := filepath.Join(filepath.Dir(program), strings.TrimSuffix(filepath.Base(path), ".go"))
	if _, err := os.Stat(built); err == nil {
		return built
	}
	if out, err := exec.Command("go", "build", "-o", built, path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return built
}

func started(t *testing.T, cmd *exec.Cmd) *client {
	t.Helper()
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1000)
	c := &client{lines: said}
	ended, failure := make(chan struct{}), error(nil)
	go func() {
		defer close(ended)
		defer close(said)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			said <- lines.Text()
		}
		_, _ = io.Copy(io.Discard, stdout)
		failure = cmd.Wait()
	}()
	c.ended = func() error {
		select {
		case <-ended:
			return failure
		case <-time.After(patience):
			return context.DeadlineExceeded
		}
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-ended
	})
	return c
}

// next is the client's next line; nothing at its end.
func (c *client) next(t *testing.T) string {
	t.Helper()
	select {
	case line := <-c.lines:
		return line
	case <-time.After(patience):
		t.Fatal("the client says nothing more")
	}
	return ""
}

// follows lets a client follow a session over a stop and a crash of the server, while things happen, and compares what it saw with what there was.
func follows(t *testing.T, s *session, start func() *client) *client {
	t.Helper()
	c := start()
	first := c.next(t)
	if !strings.HasSuffix(first, " session_updated") {
		t.Fatalf("began with %q", first)
	}
	s.votes(t, 2)
	got := []string{c.next(t), c.next(t)}
	s.at.stop(t)
	s.at.start(t)
	s.votes(t, 3) // whether or not the client has come back
	got = append(got, c.next(t))
	s.at.Kill()
	s.at.start(t)
	s.votes(t, 2)
	for range 4 { // two of the votes before, or as many as there are
		got = append(got, c.next(t))
	}
	id, _, _ := strings.Cut(first, " ")
	open, all := make(chan struct{}), make(chan []string, 1)
	go func() { all <- s.since(t, id, open) }()
	select {
	case <-open:
	case <-time.After(patience):
		t.Fatal("no stream to compare with")
	}
	s.end(t)
	for line := c.next(t); line != ""; line = c.next(t) {
		got = append(got, line)
		if strings.HasSuffix(line, " session_expired") {
			break
		}
	}
	if want := <-all; !slices.Equal(got, want) {
		t.Errorf("followed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return c
}

var examples = []struct {
	heading, file string
	command       []string
}{
	{"Go", "follow.go", []string{"go"}},
	{"JavaScript in Node", "follow.mjs", []string{"node"}},
	{"Python", "follow.py", []string{"python3"}},
	{"curl", "follow.sh", []string{"bash"}},
}

func TestExamplesFollowASessionOverRestarts(t *testing.T) {
	t.Parallel()
	for _, e := range examples {
		t.Run(e.heading, func(t *testing.T) {
			t.Parallel()
			s := serve(t).session(t)
			c := follows(t, s, func() *client { return runs(t, e.heading, e.file, e.command, s.stream()) })
			if err := c.ended(); err != nil {
				t.Errorf("at the session's end: %v", err)
			}
		})
	}
}

// Whoever has nothing to wait for stops.
func TestExamplesStopWhereThereIsNothingForThem(t *testing.T) {
	t.Parallel()
	at := serve(t)
	s := at.session(t)
	for _, e := range examples {
		t.Run(e.heading, func(t *testing.T) {
			t.Parallel()
			for what, args := range map[string][]string{
				"no such session": {at.url + "/api/sse/00000000-0000-4000-8000-000000000000"},
				"no credential":   {s.stream() + "?user_id=" + s.User},
				"a wrong one":     {s.stream() + "?user_id=" + s.User, "wrong"},
			} {
				c := runs(t, e.heading, e.file, e.command, args...)
				if line := c.next(t); line != "" {
					t.Errorf("%s: %q", what, line)
				}
			}
			c := runs(t, e.heading, e.file, e.command, s.stream()+"?user_id="+s.User, s.Token)
			if line := c.next(t); !strings.HasSuffix(line, " session_updated") {
				t.Errorf("with the credential: %q", line)
			}
		})
	}
}

// Whoever is told to wait waits for so long, and follows then.
func TestExamplesWaitAsLongAsTheyAreTold(t *testing.T) {
	t.Parallel()
	for _, e := range examples {
		t.Run(e.heading, func(t *testing.T) {
			t.Parallel()
			var asked []time.Time
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, time.Now()) // one after another
				switch len(asked) {
				case 1:
					w.Header().Set("Retry-After", "3")
					http.Error(w, `{"error":"Too many"}`, http.StatusTooManyRequests)
				case 2:
					w.Header().Set("Retry-After", "2")
					http.Error(w, `{"error":"Not ready"}`, http.StatusServiceUnavailable)
				default:
					w.Header().Set("Content-Type", "text/event-stream")
					_, _ = fmt.Fprint(w, ": welcome\nretry: 1000\nid: 1.0.x\ndata: {\"type\":\"session_expired\"}\n\n") // the client may be gone
				}
			}))
			defer server.Close()
			c := runs(t, e.heading, e.file, e.command, server.URL)
			if line := c.next(t); line != "1.0.x session_expired" {
				t.Errorf("%q", line)
			}
			_ = c.ended() // so that nobody asks any more
			if len(asked) != 3 || asked[1].Sub(asked[0]) < 2900*time.Millisecond || asked[2].Sub(asked[1]) < 1900*time.Millisecond {
				t.Errorf("asked at %v, want 3 and 2 s in between", asked)
			}
		})
	}
}

func TestExampleOfABrowserFollowsASessionOverRestarts(t *testing.T) {
	t.Parallel()
	s := serve(t).session(t)
	page, lines := tab(t, s.at.url+"/openapi.json") // the page of a browser that shows it, with no rules of ours
	follows(t, s, func() *client {
		script := example(t, "JavaScript in a browser") + "\nfollow('" + s.stream() + "', (id, type) => console.log(id + ' ' + type)); 0"
		if _, err := chromedp.Run(page, chromedp.Evaluate[int](script)); err != nil {
			t.Fatal(err)
		}
		return &client{lines: lines}
	})
}
