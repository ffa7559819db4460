package doctor_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/doctor"
	"github.com/magnapp/magnapp/internal/testcert"
)

func TestDoctorSaysWhatIsThereInstead(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		check   string
		says    string
	}{
		{"no MagnaPP", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "<html>Welcome to nginx!</html>") }, "reachable", "is no MagnaPP"},
		{"no MagnaPP, but JSON", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, `{"status":"UP"}`) }, "reachable", "is no MagnaPP"},
		{"a proxy without a server", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "reachable", "does not reach MagnaPP behind it (502)"},
		{"a password", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, "reachable", "asks who you are (401)"},
		{"a sign-in", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/health" {
				http.Redirect(w, r, "/login", http.StatusFound)
			}
		}, "reachable", "Is there a sign-in in front?"},
		{"redirects without an end", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) }, "redirects", "redirects without an end"},
		{"a redirect to itself", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "redirects", "redirects without an end"},
		{"a redirect to nowhere", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://[::1")
			w.WriteHeader(http.StatusFound)
		}, "redirects", "redirects without an end"},
		{"no answer", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "reachable", "no answer within 1 s"},
		{"an answer without an end", func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("{"))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "reachable", "no answer within 1 s"},
		{"a connection that is closed", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "reachable", "closed without an answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(c.handler)
			defer server.Close()
			saysOnly(t, doctor.Run(t.Context(), doctor.Options{URL: server.URL, Patience: until(c.says)}, nil), c.check, c.says)
		})
	}
}

// until is how long the doctor waits where it is to say something: one second where that is that nothing comes, and long where something does, on however busy a machine.
func until(says string) time.Duration {
	if says == "no answer within 1 s" {
		return time.Second
	}
	return patience
}

// What answered as MagnaPP a moment ago may be a page of something else by then.
func TestDoctorSaysThatSomethingElseAnswersMeanwhile(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			_, _ = fmt.Fprint(w, `{"status":"healthy","timestamp":"2026-01-01T00:00:00.000Z"}`)
			return
		}
		_, _ = fmt.Fprint(w, "<html>Please sign in</html>")
	}))
	defer server.Close()
	r := doctor.Run(t.Context(), doctor.Options{URL: server.URL, Watch: time.Second}, nil)
	check(t, r, found{"session": doctor.Fail, "paths": doctor.Fail, "headers": doctor.Warn})
	for _, f := range r.Findings {
		if (f.Check == "session" || f.Check == "paths") && !strings.Contains(f.Text, "something in between has answered") {
			t.Errorf("%s does not say who has answered: %s", f.Check, f.Text)
		}
	}
}

// Whoever is no MagnaPP and says that it is may send anything, without an end.
func TestDoctorTakesNoMoreThanThereCanBe(t *testing.T) {
	for name, stream := range map[string]func(http.ResponseWriter, int) error{
		"a line without an end": func(w http.ResponseWriter, _ int) error {
			_, err := w.Write(bytes.Repeat([]byte("x"), 64<<10))
			return err
		},
		"events without an end": func(w http.ResponseWriter, n int) error {
			_, err := fmt.Fprintf(w, "id: %d\ndata: {\"type\":\"session_updated\"}\n\n", n)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/health":
					_, _ = fmt.Fprint(w, `{"status":"healthy","timestamp":"2026-11-29T12:00:00Z"}`) // the client may be gone
				case isStream(r):
					w.Header().Set("Content-Type", "text/event-stream")
					var err error
					for n := 0; err == nil; n++ {
						err = stream(w, n)
					}
				default:
					_, _ = fmt.Fprint(w, `{"session_id":"1","user_id":"2","token":"3","join_url":"http://[","status":"voting","error":"no","detail":"\u001b[2J"}`)
				}
			}))
			defer server.Close()
			r := doctor.Run(t.Context(), doctor.Options{URL: server.URL, Patience: time.Second, Watch: short}, nil)
			if r.Status != 2 || strings.ContainsRune(text(r), '\x1b') {
				t.Errorf("status %d, want 2:\n%s", r.Status, text(r))
			}
		})
	}
}

// saysOnly asserts that a report ends with one fault.
func saysOnly(t *testing.T, r doctor.Report, check, says string) {
	t.Helper()
	if got := bad(r); len(got) != 1 || got[check] != doctor.Fail || r.Status != 2 || !strings.Contains(text(r), says) {
		t.Errorf("status %d, want 2, and %s to say %q:\n%s", r.Status, check, says, text(r))
	}
}

func TestDoctorSaysWhyNobodyIsThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's, of this machine
	if err != nil {
		t.Fatal(err)
	}
	silent := listener.Addr().String()
	defer func() { _ = listener.Close() }()
	closed, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's, of this machine
	if err != nil {
		t.Fatal(err)
	}
	refusing := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, url, check, says string }{
		{"a connection that is never taken", "http://" + silent, "reachable", "no answer within 1 s"},
		{"a port where nobody listens", "http://" + refusing, "reachable", "nothing listens there"},
		{"a name that nobody has", "http://nobody.invalid", "reachable", "cannot be resolved"},
		{"TLS where there is none", strings.Replace(upstream, "http:", "https:", 1), "reachable", "no TLS at this port"},
		{"no address", "ftp://poker", "address", "write it as https://"},
		{"nothing", "", "address", "write it as https://"},
		{"nonsense", "http://[", "address", "write it as https://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			saysOnly(t, doctor.Run(t.Context(), doctor.Options{URL: c.url, Patience: until(c.says)}, nil), c.check, c.says)
		})
	}
}

func TestDoctorReportsACertificateThatDoesNotHoldAndLooksBehindIt(t *testing.T) {
	t.Parallel()
	address, _ := (&middle{}).start(t)
	r := looks(t, doctor.Options{URL: "https://" + name, Dial: doctor.To(address), Watch: short})
	check(t, r, found{"certificate": doctor.Fail})
	address, roots := (&middle{life: -24 * time.Hour}).start(t)
	r = looks(t, doctor.Options{URL: "https://" + name, Dial: doctor.To(address), Roots: roots, Watch: short})
	check(t, r, found{"certificate": doctor.Fail})
	if !strings.Contains(text(r), "has expired") {
		t.Errorf("not said that it has expired:\n%s", text(r))
	}
	address, roots = (&middle{}).start(t)
	r = looks(t, doctor.Options{URL: "https://another.example.com", Dial: doctor.To(address), Roots: roots, Watch: short})
	check(t, r, found{"certificate": doctor.Fail})
}

func TestDoctorFollowsARedirectToTheServer(t *testing.T) {
	t.Parallel()
	moved := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, upstream+r.URL.Path, http.StatusMovedPermanently)
	}))
	defer moved.Close()
	r := looks(t, doctor.Options{URL: moved.URL + "/session/of/somebody", Watch: short})
	check(t, r, found{})
	if r.Origin != upstream {
		t.Errorf("looked at %s, want %s", r.Origin, upstream)
	}
}

// A server without a free session is looked at as far as it can be.
func TestDoctorSaysThatItNeedsASession(t *testing.T) {
	t.Parallel()
	full, stop, err := serve(t.TempDir(), "MAX_SESSIONS=1")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	resp, err := http.Post(full+"/api/sessions/", "application/json", strings.NewReader(`{"name":"Sprint 12","creator_name":"Ada","creator_avatar":""}`)) //nolint:noctx // a test's, of this machine
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	r := doctor.Run(t.Context(), doctor.Options{URL: full, Watch: short}, nil)
	saysOnly(t, r, "session", "MAX_SESSIONS")
	if got := sessions(t, full); got != "1" {
		t.Errorf("%s sessions are left, want 1", got)
	}
}

// Watching may last longer than a session without activity does.
func TestDoctorKeepsItsSessionAsLongAsItWatches(t *testing.T) {
	t.Parallel()
	brief, stop, err := serve(t.TempDir(), "SESSION_TIMEOUT_MINUTES=0.15")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	r := looks(t, doctor.Options{URL: brief, Watch: 20 * time.Second})
	if check(t, r, found{}); !strings.Contains(text(r), "ok    watch") {
		t.Errorf("it was not watched to the end:\n%s", text(r))
	}
}

func TestDoctorSaysThatTheServerIsKnownByAnotherName(t *testing.T) {
	t.Parallel()
	named, stop, err := serve(t.TempDir(), "ALLOWED_HOSTS=cards.example.com")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	r := doctor.Run(t.Context(), doctor.Options{URL: "http://" + name, Dial: doctor.To(strings.TrimPrefix(named, "http://")), Watch: short}, nil)
	saysOnly(t, r, "reachable", "ALLOWED_HOSTS or PUBLIC_URL name others")
}

func TestDoctorSaysThatTheServerAsksForNoProof(t *testing.T) {
	t.Parallel()
	open, stop, err := serve(t.TempDir(), "AUTH=open")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	check(t, looks(t, doctor.Options{URL: open, Watch: short}), found{"credentials": doctor.Warn})
}

// command runs "magnapp doctor".
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, append([]string{"doctor"}, args...)...)
	cmd.Dir = t.TempDir() // no .env of anybody's
	return cmd
}

// slowVotes is how "magnapp doctor" says that votes are slow, to people or in JSON.
var slowVotes = regexp.MustCompile(`warn  delay|"delay",\s*"level":\s*"warn"`)

// runs runs "magnapp doctor" to its end, again if votes were slow, as in looks.
func runs(t *testing.T, args ...string) (out string, status int) {
	t.Helper()
	for range calm {
		cmd := command(t, args...)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if out, status = said.String(), cmd.ProcessState.ExitCode(); !slowVotes.MatchString(out) {
			break
		}
		t.Logf("votes were slow:\n%s", out)
	}
	return out, status
}

func TestCommandAnswersByItsStatus(t *testing.T) {
	t.Parallel()
	plain, _ := (&middle{plain: true}).start(t)
	folder := t.TempDir()
	nothing := filepath.Join(folder, "nothing.pem")
	if err := os.WriteFile(nothing, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"all is well", []string{"--watch", "1s", upstream}, 0, "All is well.\n"},
		{"warnings", []string{"--watch", "1s", "--connect", plain, "http://" + name}, 1, "It works, with 1 warning.\n"},
		{"faults", []string{"--watch", "1s", "http://127.0.0.1:1"}, 2, "It does not work as it should: 1 fault, 0 warnings.\n"},
		{"a file without authorities", []string{"--ca-file", nothing, upstream}, 2, "it must be PEM\n"},
		{"no file of authorities", []string{"--ca-file", filepath.Join(folder, "none.pem"), upstream}, 2, "no such file or directory\n"},
		{"a flag that is none", []string{"--patience", "1s", upstream}, 2, "unknown flag --patience\n"},
		{"no URL", nil, 2, "expected \"<url>\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, status := runs(t, c.args...)
			if status != c.status || !strings.Contains(out, c.says) {
				t.Errorf("exit status %d, want %d and %q in\n%s", status, c.status, c.says, out)
			}
		})
	}
}

func TestCommandPrintsJSON(t *testing.T) {
	t.Parallel()
	certPEM, _, err := testcert.New("another", time.Now().Add(-time.Hour), 2*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, certPEM, 0o600); err != nil {
		t.Fatal(err)
	}
	address, _ := (&middle{rewritesHost: true}).start(t)
	out, status := runs(t, "--json", "--watch", "1s", "--ca-file", file, "--connect", address, "https://"+name)
	if status != 2 {
		t.Errorf("exit status %d, want 2", status)
	}
	var r doctor.Report
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	check(t, r, found{"certificate": doctor.Fail, "join-url": doctor.Fail})
	for _, f := range r.Findings {
		if f.Check == "join-url" && f.Change["nginx"] == "" {
			t.Errorf("nothing to change in nginx: %v", f.Change)
		}
	}
}

// Whoever interrupts the doctor leaves nothing behind.
func TestCommandEndsItsSessionWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	url, stop, err := serve(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		cmd := command(t, url)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, sent, all := bufio.NewScanner(stdout), false, ""
		for lines.Scan() {
			all += lines.Text() + "\n"
			if !sent && strings.Contains(lines.Text(), "stream") {
				if got := sessions(t, url); got != "1" {
					t.Errorf("%s sessions while it plays, want 1", got)
				}
				if err := cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				sent = true
			}
		}
		_ = cmd.Wait() // its status is looked at
		if code := cmd.ProcessState.ExitCode(); code != 2 || !sent || !strings.Contains(all, "Interrupted") {
			t.Errorf("%v: exit status %d, want 2, after\n%s", signal, code, all)
		}
		if got := sessions(t, url); got != "0" {
			t.Errorf("%v: %s sessions are left:\n%s", signal, got, all)
		}
	}
}
