package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// nginxPlain is a request as nginx passes it on that has nothing but a proxy_pass: what the client says of its address and host comes through unchanged.
func (s *server) nginxPlain(t *testing.T, head, body string) (status int, answer string) {
	t.Helper()
	conn := dial(t, s.url)
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "POST /api/sessions HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n%s\r\nContent-Length: %d\r\n\r\n%s", strings.TrimPrefix(s.url, "http://"), head, len(body), body); err != nil {
		t.Fatal(err)
	}
	resp, lines := answerOn(t, conn)
	for lines.Scan() {
		answer += lines.Text()
	}
	return resp.StatusCode, answer
}

func TestProxyThatSetsNothingPassesNoClaims(t *testing.T) {
	s := start(t, limitedTo(3, time.Hour))
	for i := range 10 {
		status, body := s.nginxPlain(t, fmt.Sprintf("X-Forwarded-For: 203.0.113.%d\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https", i), createBody)
		if want := map[bool]int{true: 200, false: 429}[i < 3]; status != want {
			t.Errorf("creation %d: %d, want %d", i, status, want)
		}
		if strings.Contains(body, "evil.example") {
			t.Errorf("the link goes where the client says: %s", body)
		}
	}
	if n := strings.Count(s.logged.String(), "X-Forwarded-For and X-Forwarded-Host are ignored"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

func TestForwardedHostIsTakenOnlyIfItIsOne(t *testing.T) {
	s := start(t)
	for claimed, want := range map[string]string{
		"poker.example.com": "poker.example.com", "poker.example.com:8443": "poker.example.com:8443", "board": "board", "192.0.2.1:81": "192.0.2.1:81", "[2001:db8::1]": "[2001:db8::1]", "[2001:db8::1]:444": "[2001:db8::1]:444",
		"a.example, b.example": "b.example",
		"<script>":             "", `"><b>`: "", "a b": "", "a/b": "", "a?b": "", "a@b": "", "a:b": "", "a:80:80": "", "2001:db8::1": "", "[2001:db8::1": "", "poker.example.com]": "", "[poker.example.com": "", "]": "", "[": "", "": "", ",": "", "javascript:1": "javascript:1", "a:123456": "", strings.Repeat("a", 300): "",
	} {
		r := s.must(t, "POST /api/sessions", createBody, header("X-Forwarded-Host", claimed))
		if want == "" {
			want = strings.TrimPrefix(s.url, "http://")
		}
		if got := r.text("join_url"); got != "http://"+want+"/session/"+r.text("session_id") {
			t.Errorf("%q: join_url %s", claimed, got)
		}
	}
}

func TestOwnHostInALinkIsAHost(t *testing.T) {
	s := start(t)
	r := s.must(t, "POST /api/sessions", createBody, func(r *http.Request) { r.Host = "a'(b);c" })
	if got := r.text("join_url"); !strings.HasPrefix(got, "http://localhost/session/") {
		t.Errorf("join_url %s", got)
	}
}

func TestForwardedForAsProxiesWriteIt(t *testing.T) {
	for entry, same := range map[string]string{
		"192.0.2.1:1234": "192.0.2.1", "[2001:db8::1]:443": "2001:db8::1", "[2001:db8::1]": "2001:db8::1", " 192.0.2.1 ": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "6.6.6.6,192.0.2.1": "192.0.2.1:9",
		"192.0.2.7, 127.0.0.1:80": "192.0.2.7",
	} {
		s := start(t, limitedTo(1, time.Hour))
		s.must(t, "POST /api/sessions", createBody, forwardedFor(entry))
		if got := s.call(t, "POST /api/sessions", createBody, forwardedFor(same)); got.status != 429 {
			t.Errorf("%q and %q are not the same: %d", entry, same, got.status)
		}
		s.must(t, "POST /api/sessions", createBody, forwardedFor("198.51.100.9"))
	}
	for _, nonsense := range []string{"unknown", "_hidden", "192.0.2.1;x", "[2001:db8::1", "", "192.0.2.300", "localhost"} {
		s := start(t, limitedTo(1, time.Hour))
		s.must(t, "POST /api/sessions", createBody)
		if got := s.call(t, "POST /api/sessions", createBody, forwardedFor("192.0.2.1, "+nonsense)); got.status != 429 {
			t.Errorf("%q is passed over: %d", nonsense, got.status)
		}
	}
}

func TestForwardedForOnSeveralLines(t *testing.T) {
	s := start(t, limitedTo(1, time.Hour))
	lines := func(lines ...string) with {
		return func(r *http.Request) { r.Header["X-Forwarded-For"] = lines }
	}
	s.must(t, "POST /api/sessions", createBody, lines("6.6.6.6", "192.0.2.1"))
	isProblem(t, s.call(t, "POST /api/sessions", createBody, lines("7.7.7.7", "192.0.2.1,127.0.0.2")), 429)
}

func allowedHosts(hosts ...string) setting {
	return func(o *setup) { o.api.AllowedHosts = hosts }
}

// Health checks by HTTP/1.0 need not name a host. Browsers always do.
func TestWhoNamesNoHostComesByAddress(t *testing.T) {
	s := start(t, publicURL("https://poker.example.com"))
	for head, want := range map[string]int{"GET /livez HTTP/1.0\r\n": 200, "GET /livez HTTP/1.1\r\nHost:\r\n": 200, "GET /livez HTTP/1.0\r\nX-Forwarded-Host: evil.example\r\n": 421} {
		conn := dial(t, s.url)
		if _, err := fmt.Fprintf(conn, "%s\r\n", head); err != nil {
			t.Fatal(err)
		}
		if resp, _ := answerOn(t, conn); resp.StatusCode != want {
			t.Errorf("%q: %d, want %d", head, resp.StatusCode, want)
		}
		_ = conn.Close()
	}
}

func TestOnlyAllowedHosts(t *testing.T) {
	asked := func(host, forwarded string) with {
		return func(r *http.Request) {
			if host != "" {
				r.Host = host
			}
			if forwarded != "" {
				r.Header.Set("X-Forwarded-Host", forwarded)
			}
		}
	}
	for _, c := range []struct {
		setting         setting
		host, forwarded string
		want            int
	}{
		{func(*setup) {}, "evil.example", "", 200},
		{publicURL("https://Poker.example.com:8443/x"), "evil.example", "", 421},
		{publicURL("https://poker.example.com"), "evil.example:8000", "", 421},
		{publicURL("https://poker.example.com"), "poker.example.com.evil.example", "", 421},
		{publicURL("https://poker.example.com"), "POKER.example.com", "", 200},
		{publicURL("https://poker.example.com"), "poker.example.com.", "", 200},
		{publicURL("https://poker.example.com"), "poker.example.com:8000", "", 200},
		{publicURL("https://poker.example.com"), "", "", 200}, // the address itself
		{publicURL("https://poker.example.com"), "[::1]:8000", "", 200},
		{publicURL("https://poker.example.com"), "localhost:8000", "", 200},
		{publicURL("https://poker.example.com"), "127.0.0.1.evil.example", "", 421},
		{publicURL("https://poker.example.com"), "poker.example.com", "evil.example", 421},
		{publicURL("https://poker.example.com"), "evil.example", "poker.example.com", 421},
		{publicURL("https://poker.example.com"), "127.0.0.1:1", "poker.example.com", 200},
		{allowedHosts("board", "other:81"), "board:8000", "", 200},
		{allowedHosts("board", "other:81"), "other:81", "", 200},
		{allowedHosts("board", "other:81"), "other", "", 421},
		{allowedHosts("board", "other:81"), "poker.example.com", "", 421},
	} {
		s := start(t, c.setting)
		for _, call := range []string{"GET /health", "POST /api/sessions", "GET /nothing/session"} {
			got := s.call(t, call, strings.Repeat(createBody, strings.Count(call, "POST")), asked(c.host, c.forwarded))
			if refused := got.status == http.StatusMisdirectedRequest; refused != (c.want == http.StatusMisdirectedRequest) {
				t.Errorf("%s by %q, %q: %d", call, c.host, c.forwarded, got.status)
			} else if refused {
				isProblem(t, got, http.StatusMisdirectedRequest)
			}
		}
	}
}
