package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSIGTERM(t *testing.T) {
	t.Parallel()
	data := "DATA_DIR=" + t.TempDir()
	p := serve(t, data)
	master := p.create(t)
	streams := []*listener{master.listens(t, ""), p.listen(t, "/api/sse/"+master.session, "", ""), p.listen(t, "/api/sse/", "", "")}
	half := p.halfARequest(t, master)

	p.terminate(t)
	for i, s := range streams {
		s.rest()
		if !s.retry {
			t.Errorf("stream %d ended without a retry", i)
		}
	}
	half.finish(t) // the server waits for it
	if code := p.exit(t); code != 0 {
		t.Errorf("exit code %d: %s", code, p.Stderr)
	}

	master.at = serve(t, data)
	if got := master.at.must(t, "GET /api/sessions/"+master.session+"/round", "", ""); got.body["topic"] != "in flight" {
		t.Errorf("the round of the request in flight: %s", got.raw)
	}
	master.does(t, "reveal", "")
}

// A node starts when it has found another one, which may take minutes: nobody need wait for that to stop it.
func TestSIGTERM_while_a_node_waits_for_the_others_is_no_failure(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	node := free.Addr().String()
	_ = free.Close() // it has served its purpose
	cmd := command(t, []string{"DATA_DIR=" + t.TempDir(), "CLUSTER_NAME=a", "CLUSTER_LISTEN=" + node, "CLUSTER_PEERS=" + node + ",127.0.0.2:9,127.0.0.3:9", "CLUSTER_SECRET=" + strings.Repeat("s", 32)})
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it may have ended
	tooLong := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer tooLong.Stop()
	var said strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		if strings.Contains(lines.Text(), "waiting for other nodes") {
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(said.String(), "waiting for other nodes") {
		t.Errorf("%v\n%s", err, &said)
	}
}

// slowRequest is a request whose body has not been sent to its end.
type slowRequest struct {
	conn   net.Conn
	answer *bufio.Reader
	rest   string
}

// halfARequest begins to start a round, and returns when the server waits for the body.
func (p *process) halfARequest(t *testing.T, who person) *slowRequest {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	body := `{"topic":"in flight"}`
	fmt.Fprintf(conn, "POST /api/sessions/%s/start?user_id=%s HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", who.session, who.id, who.token, len(body))
	r := &slowRequest{conn: conn, answer: bufio.NewReader(conn), rest: body}
	resp, err := http.ReadResponse(r.answer, nil)
	if err != nil || resp.StatusCode != http.StatusContinue {
		t.Fatalf("the server does not ask for the body: %v %v", resp, err)
	}
	_ = resp.Body.Close()
	return r
}

func (r *slowRequest) finish(t *testing.T) {
	t.Helper()
	if _, err := io.WriteString(r.conn, r.rest); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(r.answer, nil)
	if err != nil {
		t.Fatalf("the request in flight was not answered: %v", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the request in flight: %d", resp.StatusCode)
	}
}

func TestSecondServerOnTheSameDataRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := serve(t, "DATA_DIR="+dir)
	code, _, stderr := runToEnd(t, []string{"DATA_DIR=" + dir})
	if code == 0 || !strings.Contains(stderr, dir) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	p.create(t) // the first goes on
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	p := serve(t, "DATA_DIR=memory")
	_, port, _ := strings.Cut(strings.TrimPrefix(p.url, "http://"), ":")
	if code, _, stderr := runToEnd(t, []string{"DATA_DIR=memory", "PORT=" + port}); code == 0 || !strings.Contains(stderr, port) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

func TestBadSettingsStopTheStart(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"PORT=http", "HOST=a b", "DEBUG=maybe", "MAX_SESSIONS=-1", "MAX_USERS_PER_SESSION=many", "SESSION_TIMEOUT_MINUTES=0", "CLEANUP_INTERVAL_SECONDS=x", "GRACE_PERIOD_SECONDS=-5",
		"CORS_ORIGINS=localhost", "CORS_CREDENTIALS=perhaps", "CORS_METHODS=GE T", "AUTH=maybe", "RATE_LIMIT=fast", "TRUSTED_PROXIES=proxy", "SYNC=sometimes", "PUBLIC_URL=example.com",
		"TLS_CERT=without-a-key.pem", "TLS_KEY=without-a-certificate.key",
	} {
		name, _, _ := strings.Cut(s, "=")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := runToEnd(t, []string{"DATA_DIR=memory", s})
			if code == 0 || !strings.Contains(stderr, name) || strings.Contains(stdout, "ready") {
				t.Errorf("exit code %d: %s%s", code, stdout, stderr)
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := runToEnd(t, nil, "--help")
	if code != 0 || stderr != "" {
		t.Errorf("--help: exit code %d: %s", code, stderr)
	}
	code, serving, _ := runToEnd(t, nil, "serve", "--help")
	if code != 0 {
		t.Errorf("serve --help: exit code %d", code)
	}
	for _, flag := range []string{
		"--host", "--port", "--debug", "--max-sessions", "--max-users-per-session", "--session-timeout-minutes", "--cleanup-interval-seconds", "--grace-period-seconds", "--cors-origins",
		"--cors-credentials", "--cors-methods", "--cors-headers", "--data-dir", "--auth", "--rate-limit", "--trusted-proxies", "--sync", "--public-url", "--cluster-name", "--cluster-listen",
		"--cluster-peers", "--cluster-secret", "--nats-url", "--tls-cert", "--tls-key",
	} {
		if !strings.Contains(stdout, flag+" ") && !strings.Contains(stdout, flag+"=") && !strings.Contains(stdout, flag+"\n") {
			t.Errorf("--help does not list %s (serve --help does: %v)", flag, strings.Contains(serving, flag))
		}
	}
	code, stdout, stderr = runToEnd(t, nil, "--version")
	if code != 0 || strings.TrimSpace(stdout) == "" || stderr != "" {
		t.Errorf("--version: exit code %d: %q %q", code, stdout, stderr)
	}
}

func TestAuthOpenSaysSo(t *testing.T) {
	t.Parallel()
	p := serve(t, "DATA_DIR=memory", "AUTH=open")
	p.terminate(t)
	p.exit(t)
	if log := p.Stderr.String(); !strings.Contains(log, "level=WARN") || !strings.Contains(log, "AUTH=open") {
		t.Errorf("the log does not warn: %s", log)
	}
}

func TestPathsOfNobody(t *testing.T) {
	t.Parallel()
	p := serve(t, "DATA_DIR=memory")
	for _, call := range []string{"GET /nothing", "POST /nothing", "GET /api/nothing", "GET /session/", "GET /assets/x.js"} {
		a, err := p.request(call, "", "")
		if err != nil || a.status != http.StatusNotFound || a.text("error") == "" || a.text("detail") == "" {
			t.Errorf("%s: %d %.100s %v", call, a.status, a.raw, err)
		}
	}
	who := p.create(t)
	for path, want := range map[string]int{"/": 200, "/session/" + who.session: 200, "/session/" + who.session + "/": 200, "/session/abc": 404} {
		if a, err := p.request("GET "+path, "", ""); err != nil || a.status != want || !strings.Contains(a.raw, "<html") {
			t.Errorf("%s: %d %.100s %v, want a page with %d", path, a.status, a.raw, err, want)
		}
	}
}
