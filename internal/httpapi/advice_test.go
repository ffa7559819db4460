package httpapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestCookiesAreSecureWhereThePublicURLIs(t *testing.T) {
	for _, c := range []struct {
		public, proto string
		secure        bool
	}{
		{"", "", false}, {"", "https", true}, {"", "http", false},
		{"http://poker.example.com", "", false}, {"http://poker.example.com", "https", true},
		{"https://poker.example.com", "", true}, {"HTTPS://poker.example.com/", "http", true}, {"https://poker.example.com", "https", true},
	} {
		s := start(t, publicURL(c.public))
		var changes []with
		if c.proto != "" {
			changes = append(changes, header("X-Forwarded-Proto", c.proto))
		}
		r := s.must(t, "POST /api/sessions", createBody, changes...)
		if cookie := r.header.Get("Set-Cookie"); strings.Contains(cookie, "Secure") != c.secure {
			t.Errorf("PUBLIC_URL %q, by %q: %s", c.public, c.proto, cookie)
		}
		if link := r.text("join_url"); c.secure != (strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "HTTPS://")) && c.public == "" {
			t.Errorf("by %q the link is %s", c.proto, link)
		}
	}
}

// Browsers send no Sec-Fetch-Site from a page that came by plain http.
func TestPagesByPlainHTTP(t *testing.T) {
	for _, c := range []struct {
		name, public, origin, host, forwarded string
		want                                  int
	}{
		{"by the same name", "", "http://poker.lan", "poker.lan", "", 200},
		{"by the same name and port", "", "http://poker.lan:8000", "poker.lan:8000", "", 200},
		{"by the name with the port that goes without saying", "", "http://poker.lan", "poker.lan:80", "", 200},
		{"by the name in capitals", "", "http://poker.lan", "Poker.LAN", "", 200},
		{"by a proxy's word", "", "http://poker.lan", "magnapp:8000", "poker.lan:80", 200},
		{"by PUBLIC_URL", "http://Poker.lan:80/", "http://poker.lan", "127.0.0.1:8000", "", 200},
		{"by https and PUBLIC_URL", "https://Poker.lan:443", "https://poker.lan", "127.0.0.1:8000", "", 200},
		{"of another name", "", "http://evil.example", "poker.lan", "", 403},
		{"of another port", "", "http://poker.lan:81", "poker.lan", "", 403},
		{"of the port of another scheme", "", "http://poker.lan", "poker.lan:443", "", 403},
		{"of no name", "", "null", "poker.lan", "", 403},
		{"of a name that a proxy does not know", "", "http://poker.lan", "127.0.0.1:8000", "", 403},
		{"that a browser calls foreign", "", "http://poker.lan", "poker.lan", "cross-site", 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, publicURL(c.public))
			w := newWorld(t, s, "voting")
			for _, call := range []string{"POST /api/sessions", "POST /api/sessions/{s}/vote?user_id={guest}", "GET /api/sse/{s}?user_id={guest}"} {
				resp := s.sent(t, w.fill(call, ""), `{"vote":"5",`+createBody[1:], cookies(w.guest), func(r *http.Request) {
					r.Host = c.host
					r.Header.Set("Origin", c.origin)
					if c.forwarded == "cross-site" {
						r.Header.Set("Sec-Fetch-Site", c.forwarded)
					} else if c.forwarded != "" {
						r.Header.Set("X-Forwarded-Host", c.forwarded)
					}
				})
				if resp.StatusCode != c.want {
					t.Errorf("%s: %d, want %d", call, resp.StatusCode, c.want)
				}
			}
		})
	}
}

// sent sends a request and returns the head of its answer.
func (s *server) sent(t *testing.T, methodPath, body string, changes ...with) *http.Response {
	t.Helper()
	method, path, _ := strings.Cut(methodPath, " ")
	if method == http.MethodGet {
		body = ""
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(req)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// A client that sends all of its body before it reads must not be cut off: it would never see the answer.
func TestABodyOverTheLimitIsReadOn(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	for _, proto := range []string{"HTTP/1.0", "HTTP/1.1"} {
		for _, call := range []string{"POST /api/sessions", "POST /api/sessions/{s}/start?user_id={master}", "GET /api/sse/{s}"} {
			err := s.sendsTooMuch(t, w.fill(call, "")+" "+proto)
			for again := 0; err != nil && again < 4; again++ { // the server reads on for three seconds, in which others may have the processor
				err = s.sendsTooMuch(t, w.fill(call, "")+" "+proto)
			}
			if err != nil {
				t.Errorf("%s by %s: %v", call, proto, err)
			}
		}
	}
}

// sendsTooMuch sends all of a body that is too long, and then reads the answer.
func (s *server) sendsTooMuch(t *testing.T, requestLine string) error {
	t.Helper()
	const length = 9 << 20 // more than the buffers of a connection take
	conn := dial(t, s.url)
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "%s\r\nHost: test\r\nContent-Length: %d\r\n\r\n", requestLine, length); err != nil {
		return err
	}
	if _, err := io.CopyN(conn, spaces{}, length); err != nil {
		return fmt.Errorf("cut off: %w", err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		return fmt.Errorf("answered with %s", resp.Status)
	}
	return nil
}

// spaces is a body without end.
type spaces struct{}

func (spaces) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestAProxyThatIsNotSetUpIsNamedOnce(t *testing.T) {
	const untrusted, upstream, oldHTTP = "TRUSTED_PROXIES", "PUBLIC_URL", "proxy_http_version 1.1"
	for _, c := range []struct {
		name    string
		setting setting
		proto   string
		head    string
		want    string
	}{
		{"headers of an address that is not trusted", behind("192.0.2.0/24"), "HTTP/1.1", "Host: poker.lan\r\nX-Forwarded-For: 198.51.100.1\r\n", untrusted},
		{"headers of one that is", behind("127.0.0.0/8"), "HTTP/1.1", "Host: poker.lan\r\nX-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Host: poker.lan\r\n", ""},
		{"nobody's headers", behind("192.0.2.0/24"), "HTTP/1.1", "Host: poker.lan\r\n", ""},
		{"a page of another host than the one asked for", publicURL(""), "HTTP/1.1", "Host: magnapp:8000\r\nOrigin: https://poker.lan\r\nSec-Fetch-Site: same-origin\r\n", upstream},
		{"the same with PUBLIC_URL", publicURL("https://poker.lan"), "HTTP/1.1", "Host: 127.0.0.1:8000\r\nOrigin: https://poker.lan\r\nSec-Fetch-Site: same-origin\r\n", ""},
		{"a page of the host asked for", publicURL(""), "HTTP/1.1", "Host: poker.lan:443\r\nOrigin: https://poker.lan\r\nSec-Fetch-Site: same-origin\r\n", ""},
		{"somebody far away who asks for this machine", publicURL(""), "HTTP/1.1", "Host: HERE\r\nX-Forwarded-For: 198.51.100.1\r\n", upstream},
		{"somebody here who asks for this machine", publicURL(""), "HTTP/1.1", "Host: HERE\r\nX-Forwarded-For: 127.0.0.1\r\n", ""},
		{"HTTP/1.0 of a proxy", publicURL("https://poker.lan"), "HTTP/1.0", "Host: poker.lan\r\nX-Forwarded-For: 198.51.100.1\r\n", oldHTTP},
		{"HTTP/1.0 of a browser", publicURL("https://poker.lan"), "HTTP/1.0", "Host: poker.lan\r\nOrigin: https://poker.lan\r\n", oldHTTP},
		{"HTTP/1.0 of a health check", publicURL(""), "HTTP/1.0", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, c.setting)
			for range 3 {
				conn := dial(t, s.url)
				head := strings.Replace(c.head, "HERE", strings.TrimPrefix(s.url, "http://"), 1)
				if _, err := fmt.Fprintf(conn, "GET /api/sessions %s\r\n%s\r\n", c.proto, head); err != nil {
					t.Fatal(err)
				}
				if resp, _ := answerOn(t, conn); resp.StatusCode != http.StatusOK {
					t.Errorf("%d", resp.StatusCode)
				}
				_ = conn.Close()
			}
			for _, text := range []string{untrusted, upstream, oldHTTP} {
				want := 0
				if text == c.want {
					want = 1
				}
				if n := strings.Count(s.logged.String(), text); n != want {
					t.Errorf("%s is named %d times, want %d: %s", text, n, want, s.logged)
				}
			}
		})
	}
}

// What comes from a proxy may be doubled, in another order, or joined. Nothing of it may be an error of ours, or be believed half.
func TestHeadersThatAProxyHasMixedUp(t *testing.T) {
	s := start(t, limitedTo(1000, time.Second))
	for _, head := range []string{
		"X-Forwarded-Host: a.example\r\nX-Forwarded-Host: b.example\r\n", "X-Forwarded-Host: b.example, a.example\r\nX-Forwarded-Host: b.example\r\n", "X-Forwarded-Host: a.example,b.example\r\n",
		"X-Forwarded-Host: \r\nX-Forwarded-Proto: https, http\r\nX-Forwarded-Host: b.example\r\n", "X-Forwarded-Proto: ,\r\nX-Forwarded-For: ,,,\r\nX-Forwarded-Host: b.example\r\n",
	} {
		conn := dial(t, s.url)
		if _, err := fmt.Fprintf(conn, "POST /api/sessions HTTP/1.1\r\nHost: magnapp:8000\r\n%sContent-Length: %d\r\n\r\n%s", head, len(createBody), createBody); err != nil {
			t.Fatal(err)
		}
		resp, lines := answerOn(t, conn)
		lines.Scan()
		if resp.StatusCode != http.StatusOK || !strings.Contains(lines.Text(), `"http://b.example/session/`) {
			t.Errorf("%q: %d %.200s", head, resp.StatusCode, lines.Text())
		}
		_ = conn.Close()
	}
	for _, host := range []string{"", "%00", "a b", "[::", "a:b:c", strings.Repeat("x", 5000), "\"><script>"} {
		conn := dial(t, s.url)
		if _, err := fmt.Fprintf(conn, "POST /api/sessions HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", host, len(createBody), createBody); err != nil {
			t.Fatal(err)
		}
		resp, lines := answerOn(t, conn)
		lines.Scan()
		if resp.StatusCode >= 500 || strings.Contains(lines.Text(), "script") {
			t.Errorf("%q: %d %.200s", host, resp.StatusCode, lines.Text())
		}
		_ = conn.Close()
	}
}
