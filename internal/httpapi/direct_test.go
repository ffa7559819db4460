package httpapi_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What differs between two answers to the same.
var (
	anyID   = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	anyTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`)
)

// comparable is an answer without that.
func (r reply) comparable() string {
	header := r.header.Clone()
	header.Del("Date")
	header.Del("X-Request-Id")
	return fmt.Sprint(r.status, header, anyTime.ReplaceAllString(anyID.ReplaceAllString(r.body, "ID"), "TIME"))
}

// A request that a browser says its user typed in is left to huma, and for the cross-origin rules the same as one of the page's own. So that is all in which the two differ.
func TestBothWaysAnswerAlike(t *testing.T) {
	s := start(t)
	for _, c := range []command{
		{"vote", `{"vote":"5"}`},
		{"vote", `{"vote":"4"}`}, // no card of the deck
		{"start", ""},
		{"reveal", ""},
		{"reveal", "ignored"},
	} {
		for _, who := range []string{"master", "guest", "gone", "stranger", "somebody"} {
			for _, given := range []string{"waiting", "voting", "voted", "revealing", "results", "completed", "paused", "ended"} {
				s.answersAlike(t, c, given, who, "")
			}
			for _, accept := range []string{"*/*", "json", "application/xml", "a;,b"} {
				s.answersAlike(t, c, "voting", who, accept)
			}
		}
	}
}

type command struct{ call, body string }

// answersAlike sends a command both ways, each to a session of its own.
func (s *server) answersAlike(t *testing.T, c command, given, who, accept string) {
	t.Helper()
	send := func(site string) string {
		w := newWorld(t, s, given)
		actor := w.who(who)
		return s.call(t, "POST /api/sessions/"+w.session+"/"+c.call+"?user_id="+actor.user, c.body, as(actor), header("Accept", accept), header("Sec-Fetch-Site", site)).comparable()
	}
	if diff := cmp.Diff(send("none"), send("same-origin")); diff != "" {
		t.Errorf("%s of %s while %s, accepting %q (-by huma +direct):\n%s", c.call, who, given, accept, diff)
	}
}

// Whoever announces a long body and sends none must not be given the room for it.
func TestAnAnnouncedBodyCostsNothing(t *testing.T) {
	s := newServer(t)
	who := s.seat(t)
	ask := func() {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://example.com/api/sessions/"+who.session+"/vote?user_id="+who.user, struct{ *strings.Reader }{strings.NewReader("")})
		if err != nil {
			t.Fatal(err)
		}
		req.ContentLength = 60_000
		s.ServeHTTP(&discarded{header: http.Header{}}, req)
	}
	ask()
	const times = 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range times {
		ask()
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / times; each > 30_000 {
		t.Errorf("a body that never came cost %d bytes", each)
	}
}

// discarded is an answer that nobody reads.
type discarded struct{ header http.Header }

func (d *discarded) Header() http.Header       { return d.header }
func (*discarded) Write(b []byte) (int, error) { return len(b), nil }
func (*discarded) WriteHeader(int)             {}

// Over HTTP/2 a connection may be a proxy's and carry the streams of everybody.
func TestAnIgnoredBodyDoesNotEndAnHTTP2Connection(t *testing.T) {
	s := start(t)
	var dials atomic.Int32
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials.Add(1)
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	defer transport.CloseIdleConnections()
	for range 3 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/sessions/none/extend?user_id=x", struct{ *strings.Reader }{strings.NewReader("ignored")})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.ProtoMajor != 2 || resp.StatusCode != http.StatusNotFound {
			t.Fatalf("%s %s", resp.Proto, resp.Status)
		}
	}
	if n := dials.Load(); n != 1 {
		t.Errorf("three requests took %d connections", n)
	}
}
