package browser_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/freeport"
)

// patience is how long a test waits for what must come. It is long because machines may be slow; nothing takes this long.
const patience = 2 * time.Minute

// server is one running binary.
type server struct {
	t       *testing.T
	program string // the binary
	url     string
	env     []string
	cmd     *exec.Cmd
	out     lockedBuffer
	http    *http.Client
}

// lockedBuffer collects what the server writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve starts a server for the test, with NAME=value settings besides the usual ones.
func serve(t *testing.T, settings ...string) *server {
	t.Helper()
	return serveWith(t, binary, settings...)
}

// serveWith does it with another build.
func serveWith(t *testing.T, program string, settings ...string) *server {
	t.Helper()
	host := freeport.For(t)
	_, port, _ := net.SplitHostPort(host)
	s := &server{t: t, program: program, url: "http://" + host, http: &http.Client{Timeout: patience}}
	s.env = append(os.Environ(), "HOST=127.0.0.1", "PORT="+port, "DATA_DIR="+t.TempDir(), "MAX_SESSIONS=0", "RATE_LIMIT=off")
	s.env = append(s.env, settings...)
	s.start()
	t.Cleanup(func() {
		s.kill()
		s.http.CloseIdleConnections()
		if t.Failed() {
			t.Logf("the server wrote:\n%s", s.out.String())
		}
	})
	return s
}

// start starts the binary and waits until it is ready.
func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.Command(s.program)
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr, s.cmd.Dir = s.env, &s.out, &s.out, s.t.TempDir()
	if err := s.cmd.Start(); err != nil {
		s.t.Fatalf("start the server: %v", err)
	}
	eventually(s.t, "the server is ready", func() bool {
		resp, err := s.http.Get(s.url + "/readyz")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// kill ends the server at once, as a crash would.
func (s *server) kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// eventually asks again and again until the answer is yes.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	if !looks(patience, ok) {
		t.Fatalf("waited in vain until %s", what)
	}
}

// looks asks again and again until the answer is yes, or for so long at most, and returns whether it was. It asks ever more rarely: each question takes time that the page could use.
func looks(limit time.Duration, ok func() bool) bool {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for pause := 20 * time.Millisecond; !ok(); pause = min(pause*5/4, 100*time.Millisecond) {
		select {
		case <-deadline.C:
			return false
		case <-time.After(pause):
		}
	}
	return true
}

// guest is somebody who is in a session by the API alone.
type guest struct {
	s                  *server
	id, token, session string
}

// call makes a call as the guest and returns the status of the answer; the answer is decoded into out unless that is nil.
func (s *server) call(method, path, token string, body, out any) int {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest(method, s.url+path, bytes.NewReader(b))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, answer)
		}
	}
	return resp.StatusCode
}

type seat struct {
	SessionID string `json:"session_id"`
	UserID    string `json:"user_id"`
	Token     string `json:"token"`
}

// create opens a session by the API; its first guest is the Scrum Master.
func (s *server) create(session, name, avatar string) guest {
	s.t.Helper()
	var made seat
	if status := s.call("POST", "/api/sessions/", "", map[string]string{"name": session, "creator_name": name, "creator_avatar": avatar}, &made); status != http.StatusOK {
		s.t.Fatalf("create: status %d", status)
	}
	return guest{s, made.UserID, made.Token, made.SessionID}
}

// join lets somebody in by the API.
func (s *server) join(session, name, avatar string) guest {
	s.t.Helper()
	var made seat
	if status := s.call("POST", "/api/sessions/"+session+"/join", "", map[string]string{"user_name": name, "user_avatar": avatar}, &made); status != http.StatusOK {
		s.t.Fatalf("join as %q: status %d", name, status)
	}
	return guest{s, made.UserID, made.Token, session}
}

// do makes a call as the guest that must succeed.
func (g guest) do(method, verb string, body any) {
	g.s.t.Helper()
	path := "/api/sessions/" + g.session + verb
	if !strings.Contains(verb, "?") {
		path += "?user_id=" + g.id
	}
	if status := g.s.call(method, path, g.token, body, nil); status != http.StatusOK {
		g.s.t.Fatalf("%s %s: status %d", method, path, status)
	}
}

func (g guest) vote(card string) {
	g.s.t.Helper()
	g.do("POST", "/vote", map[string]string{"vote": card})
}

func (g guest) start(topic string) {
	g.s.t.Helper()
	g.do("POST", "/start", map[string]string{"topic": topic})
}

func (g guest) reveal() { g.s.t.Helper(); g.do("POST", "/reveal", nil) }

func (g guest) accept(card string) {
	g.s.t.Helper()
	g.do("POST", "/accept", map[string]string{"estimate": card})
}
