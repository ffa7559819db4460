package doctor_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/e2e/built"
	"github.com/magnapp/magnapp/internal/doctor"
)

// patience is how long a test waits for what must happen. It fails then; it never passes by it.
const patience = time.Minute

// program is the built binary, and upstream a server of it that lasts as long as the tests.
var (
	program  string
	upstream string
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if err := flag.Set("test.parallel", "12"); err != nil { // these tests mostly wait
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return built.Main("doctor", func(path string) int {
		program = path
		return runWith(m, filepath.Dir(path))
	})
}

func runWith(m *testing.M, dir string) int {
	url, stop, err := serve(dir, "MAX_SESSIONS=500", "RATE_LIMIT=off")
	if err != nil {
		fmt.Fprintln(os.Stderr, "the server does not start:", err)
		return 1
	}
	defer stop()
	upstream = url
	return m.Run()
}

// serve starts a server in a folder, with no settings but the given ones, and returns where it is.
func serve(dir string, settings ...string) (url string, stop func(), err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	cmd := exec.CommandContext(ctx, program)
	cmd.Dir = dir
	cmd.Env = append([]string{"HOST=127.0.0.1", "PORT=0", "DATA_DIR=memory", "TMPDIR=" + dir}, settings...)
	s, err := built.Start(cmd)
	if err != nil {
		cancel()
		return "", nil, err
	}
	return s.URL, func() { cancel(); <-s.Ended() }, nil
}

// bad are the findings of a report that are no good, by their checks.
func bad(r doctor.Report) map[string]doctor.Level {
	found := make(map[string]doctor.Level)
	for _, f := range r.Findings {
		if (f.Level == doctor.Warn || f.Level == doctor.Fail) && found[f.Check] != doctor.Fail {
			found[f.Check] = f.Level
		}
	}
	return found
}

// text is a report as people read it.
func text(r doctor.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		_ = f.Write(&b) // to a builder
	}
	return b.String()
}

// sessions is how many sessions the server has; those of the doctor are not listed, so they are counted by what the server says of itself.
func sessions(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url + "/metrics") //nolint:noctx // a test's, of this machine
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(body)) {
		if n, ok := strings.CutPrefix(line, "magnapp_sessions "); ok {
			return strings.TrimSpace(n)
		}
	}
	t.Fatalf("no number of sessions in\n%s", body)
	return ""
}
