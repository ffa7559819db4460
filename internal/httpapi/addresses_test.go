package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// lan has the server tell two addresses.
func lan(o *setup) {
	o.api.Reachable = func() []string { return []string{"http://192.0.2.7:8000", "http://[2001:db8::7]:8000"} }
}

func TestAddressesAreToldToThisMachine(t *testing.T) {
	s := start(t, lan)
	for _, path := range []string{"/api/addresses", "/api/addresses/"} {
		got := s.must(t, "GET "+path, "")
		if got.body != `{"addresses":["http://192.0.2.7:8000","http://[2001:db8::7]:8000"]}`+"\n" || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %q, Cache-Control %q", path, got.body, got.header.Get("Cache-Control"))
		}
	}
	s.must(t, "GET /api/addresses", "", forwardedFor("127.0.0.1"))
	for _, host := range []string{"localhost", "LOCALHOST:8000", "board.localhost.", "127.0.0.9:1", "[::1]:8000"} {
		s.must(t, "GET /api/addresses", "", func(r *http.Request) { r.Host = host })
	}
	isProblem(t, s.call(t, "POST /api/addresses", ""), http.StatusMethodNotAllowed)
}

func TestAddressesOfAServerThatOthersCannotReachAreNone(t *testing.T) {
	if got := start(t).must(t, "GET /api/addresses", ""); got.body != `{"addresses":[]}`+"\n" {
		t.Errorf("%q", got.body)
	}
}

func TestAddressesAreNobodyElsesBusiness(t *testing.T) {
	s := start(t, lan)
	hidden := func(name string, changes ...with) {
		t.Helper()
		got := s.call(t, "GET /api/addresses", "", changes...)
		isProblem(t, got, http.StatusNotFound)
		if strings.Contains(got.body, "192.0.2.7") || got.text("error") != "Path not found" {
			t.Errorf("%s: %s", name, got.body)
		}
	}
	hidden("who comes by a proxy", forwardedFor("192.0.2.9"))
	hidden("who says to a proxy that they are here", forwardedFor("127.0.0.1, 192.0.2.9"))
	hidden("a page of a name that has come to lead here", func(r *http.Request) { r.Host = "rebound.example:8000" })
	hidden("the same by an address that is not this machine's own", func(r *http.Request) { r.Host = "192.0.2.7:8000" })
	hidden("who comes by a proxy on another host", forwardedFor("127.0.0.1"), header("X-Forwarded-Host", "poker.example.com"))
	direct := newServer(t, lan)
	for _, from := range []string{"192.0.2.9", "10.0.0.1"} {
		w, r := &answered{discarded: discarded{http.Header{}}}, request(t, "/api/addresses", from)
		r.Host = "localhost"
		direct.ServeHTTP(w, r)
		if w.status != http.StatusNotFound {
			t.Errorf("from %s: %d", from, w.status)
		}
	}
}

// answered keeps the status of an answer that nobody reads.
type answered struct {
	discarded
	status int
}

func (w *answered) WriteHeader(status int) { w.status = status }

// nginx with nothing but a proxy_pass says nothing of its clients, who need not be here.
func TestAddressesAreKeptFromAProxyThatSetsNothing(t *testing.T) {
	s := start(t, lan)
	for _, claims := range []string{"", "X-Forwarded-For: 127.0.0.1\r\n"} {
		conn := dial(t, s.url)
		if _, err := fmt.Fprintf(conn, "GET /api/addresses HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n%s\r\n", strings.TrimPrefix(s.url, "http://"), claims); err != nil {
			t.Fatal(err)
		}
		if resp, _ := answerOn(t, conn); resp.StatusCode != http.StatusNotFound {
			t.Errorf("with %q: %d", claims, resp.StatusCode)
		}
		_ = conn.Close()
	}
}
