package httpapi_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// What a body of a plain call may look like, and what is said to it.
func TestBodiesOfVoteAndStart(t *testing.T) {
	s := start(t)
	const notObject = "The body must be a JSON object."
	for _, c := range []struct {
		call, body    string
		status        int
		field, detail string
	}{
		{"vote", `{"vote":"5"}`, 200, "", ""},
		{"vote", ` { "vote" : "5" } `, 200, "", ""},
		{"vote", `{"vote":"\u0035"}`, 200, "", ""},
		{"vote", `{"v\u006fte":"5"}`, 200, "", ""},
		{"vote", `{"VOTE":7,"Vote":"8","vote":"5"}`, 200, "", ""},
		{"vote", `{"x":null,"y":{"vote":8},"vote":"5"}`, 200, "", ""},
		{"vote", `{"vote":"8","vote":"5"}`, 200, "", ""},
		{"vote", `{"x":[[[[]]]],"vote":"5"}`, 200, "", ""},
		{"vote", `{"vote":""}`, 422, "vote", "The value must be a card of this session's deck."},
		{"vote", `{"vote":"\ud800"}`, 422, "vote", "The value must be a card of this session's deck."},
		{"vote", "{\"vote\":\"\xff\"}", 422, "vote", "The value must be a card of this session's deck."},
		{"vote", ``, 422, "", notObject},
		{"vote", `null`, 422, "", notObject},
		{"vote", `[]`, 422, "", notObject},
		{"vote", `"5"`, 422, "", notObject},
		{"vote", `{"vote":"5"`, 422, "", notObject},
		{"vote", `{"vote":"5"}x`, 422, "", notObject},
		{"vote", `{"vote":"5"}{"vote":"5"}`, 422, "", notObject},
		{"vote", "\ufeff{\"vote\":\"5\"}", 422, "", notObject},
		{"vote", `{}`, 422, "vote", "vote is missing."},
		{"vote", `{"vote":null}`, 422, "vote", "vote is missing."},
		{"vote", `{"vote":"5","vote":null}`, 422, "vote", "vote is missing."},
		{"vote", `{"VOTE":"5"}`, 422, "vote", "vote is missing."},
		{"vote", `{"vote":5}`, 422, "vote", "vote: expected string."},
		{"vote", `{"vote":["5"]}`, 422, "vote", "vote: expected string."},
		{"vote", `{"vote":{"a":"5"}}`, 422, "vote", "vote: expected string."},
		{"vote", `{"vote":true}`, 422, "vote", "vote: expected string."},
		{"start", ``, 200, "", ""},
		{"start", `null`, 200, "", ""},
		{"start", `{}`, 200, "", ""},
		{"start", `{"topic":null}`, 200, "", ""},
		{"start", `{"topic":"a\nb","Topic":5}`, 200, "", ""},
		{"start", `{"topic":5}`, 422, "topic", "topic: expected string."},
		{"start", `[]`, 422, "", notObject},
		{"start", ` `, 422, "", notObject},
		{"reveal", `{"broken":`, 200, "", ""},
	} {
		w := newWorld(t, s, "voting")
		got := s.call(t, w.fill("POST /api/sessions/{s}/"+c.call+"?user_id={master}", ""), c.body, as(w.master))
		if got.status != c.status || c.status != 200 && (got.text("field") != c.field || got.text("detail") != c.detail) {
			t.Errorf("%s %q: %d %s", c.call, c.body, got.status, got.body)
		}
		if c.call == "vote" && c.status == 200 && s.must(t, w.fill("GET /api/sessions/{s}?user_id={master}", ""), "", as(w.master)).text("my_vote") != "5" {
			t.Errorf("%q is no vote for 5", c.body)
		}
	}
}

// The query is looked at before the body.
func TestWhoActsIsNamedFirst(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "voting")
	for _, call := range []string{"vote", "start", "reveal"} {
		for _, query := range []string{"", "?user_id=", "?USER_ID={master}", "?x=user_id"} {
			got := s.call(t, w.fill("POST /api/sessions/{s}/"+call+query, ""), "[]", as(w.master))
			isProblem(t, got, 422)
			if got.text("field") != "user_id" || got.text("detail") != "user_id is missing from the query." {
				t.Errorf("%s%s: %s", call, query, got.body)
			}
		}
	}
}

// A call that does not read its body answers although what was announced does not come.
func TestNobodyWaitsForABodyThatIsNotRead(t *testing.T) {
	s := start(t, site(func(http.ResponseWriter, *http.Request) {})) // a page need not say anything for HEAD
	w := newWorld(t, s, "voting")
	for call, want := range map[string]int{
		"POST /api/sessions/{s}/reveal?user_id={master}": 401, "POST /api/sessions/{s}/reveal": 422, "POST /nothing": 404, "PUT /api/sessions/{s}/vote": 405,
		"GET /api/sessions/{s}": 200, "DELETE /api/sessions/{s}?user_id={guest}": 401, "HEAD /silent": 200,
	} {
		for _, announced := range []string{"Content-Length: 10", "Content-Length: 1000000", "Transfer-Encoding: chunked"} {
			conn := dial(t, s.url)
			if _, err := fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", w.fill(call, ""), announced); err != nil {
				t.Fatal(err)
			}
			if resp, _ := answerOn(t, conn); resp.StatusCode != want {
				t.Errorf("%s with %s: %d, want %d", call, announced, resp.StatusCode, want)
			}
			_ = conn.Close()
		}
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
	const requests = 12
	for range requests {
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
	// A client may have its answer before it knows its own connection for one that can be used again, and make another then.
	if n := dials.Load(); n > requests/4 {
		t.Errorf("%d requests took %d connections", requests, n)
	}
}
