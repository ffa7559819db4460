package clients_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/e2e/built"
	"github.com/magnapp/magnapp/internal/freeport"
)

// patience is how long a test waits for what must happen. It fails then; it never passes by it.
const patience = time.Minute

// program is the built binary.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	if !*libraries { // of which a table is measured
		_ = flag.Set("test.parallel", "8") // it is a number, and the tests mostly wait
	}
	os.Exit(built.Main("clients", func(path string) int {
		program = path
		return m.Run()
	}))
}

// caller does not use connections again: after a restart, one to the server before would fail the next call.
var caller = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// server is MagnaPP on a port that it keeps when it is started again.
type server struct {
	*built.Server
	dir, port, url string
}

func serve(t *testing.T) *server {
	t.Helper()
	_, port, err := net.SplitHostPort(freeport.For(t))
	if err != nil {
		t.Fatal(err)
	}
	s := &server{dir: t.TempDir(), port: port, url: "http://127.0.0.1:" + port}
	s.start(t)
	t.Cleanup(func() { s.Kill() }) // the one that runs then
	return s
}

func (s *server) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Dir = s.dir
	cmd.Env = []string{"HOST=127.0.0.1", "PORT=" + s.port, "TMPDIR=" + s.dir}
	var err error
	if s.Server, err = built.Start(cmd); err != nil {
		t.Fatal(err)
	}
}

// stop ends the server as a deployment does.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Ended():
	case <-time.After(patience):
		t.Fatal("the server does not stop")
	}
}

// session is one with a round under way.
type session struct {
	at    *server
	ID    string `json:"session_id"`
	User  string `json:"user_id"`
	Token string `json:"token"`
}

func (s *server) session(t *testing.T) *session {
	t.Helper()
	made := &session{at: s}
	body := s.call(t, "POST", "/api/sessions/", `{"name":"Sprint 12","creator_name":"Ada","creator_avatar":"🦉"}`, "")
	if err := json.Unmarshal(body, made); err != nil {
		t.Fatal(err)
	}
	made.act(t, "start", `{"topic":"Story"}`)
	return made
}

func (s *server) call(t *testing.T, method, path, body, token string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := caller.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %s %v", method, path, resp.Status, answer, err)
	}
	return answer
}

func (x *session) act(t *testing.T, verb, body string) {
	t.Helper()
	x.at.call(t, "POST", "/api/sessions/"+x.ID+"/"+verb+"?user_id="+x.User, body, x.Token)
}

func (x *session) votes(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		x.act(t, "vote", fmt.Sprintf(`{"vote":"%d"}`, i%3+1))
	}
}

func (x *session) end(t *testing.T) {
	t.Helper()
	x.at.call(t, "DELETE", "/api/sessions/"+x.ID+"?user_id="+x.User, "", x.Token)
}

// stream is the address of the session's stream.
func (x *session) stream() string { return x.at.url + "/api/sse/" + x.ID }

// since are the events after the one with an id up to the session's end, each as "id type", as the server sends them on one stream. open is closed once the stream is.
func (x *session) since(t *testing.T, id string, open chan<- struct{}) []string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*patience) // until a client of which each line may take a minute is as far
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, x.stream(), http.NoBody)
	if err != nil {
		t.Error(err)
		return nil
	}
	req.Header.Set("Last-Event-ID", id)
	resp, err := caller.Do(req)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer func() { _ = resp.Body.Close() }()
	close(open)
	var all []string
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 128<<10)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			id = value
		}
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var e struct{ Type string }
			_ = json.Unmarshal([]byte(data), &e) // what is broken has no type
			all = append(all, id+" "+e.Type)
		}
	}
	return all
}
