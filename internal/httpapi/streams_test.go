package httpapi_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jub0bs/cors"
)

// online reports whether a participant is there, as far as everybody can see.
func (w *world) online(t *testing.T, who seat) bool {
	t.Helper()
	p, _ := w.state(t).Participant(who.user)
	return p.Online()
}

// open opens a stream and returns the answer's head.
func (s *server) open(t *testing.T, path string, changes ...with) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
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

func TestWhatBringsAUserOnline(t *testing.T) {
	for _, c := range []struct {
		name    string
		headers []string
		want    int
		online  bool
	}{
		{"a client that is no browser", nil, 200, true},
		{"our own page", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"}, 200, true},
		{"a page that may", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Origin", friend}, 200, true},
		{"a link on another site", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200, false},
		{"the address bar", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, 200, false},
		{"a picture on another site", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403, false},
		{"a picture of a neighbour", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"}, 403, false},
		{"a foreign page", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Origin", "https://evil.example"}, 403, false},
		{"a foreign page in an old browser", []string{"Origin", "https://evil.example"}, 403, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBothWays(t, func(t *testing.T, s *server) {
				w := newWorld(t, s, "guest away")
				resp := s.open(t, w.fill("/api/sse/{s}?user_id={guest}", ""), cookies(w.guest), headers(c.headers...))
				if resp.StatusCode != c.want || w.online(t, w.guest) != c.online {
					t.Errorf("%d, online %v", resp.StatusCode, w.online(t, w.guest))
				}
			})
		})
	}
}

// everyOrigin is CORS_ORIGINS=*.
func everyOrigin(o *setup) {
	o.api.CORS = cors.Config{Origins: []string{"*"}, Methods: []string{"GET", "POST", "DELETE"}, RequestHeaders: []string{"*", "Authorization"}}
}

func TestEveryOriginMayCallButNotInItsVisitorsNames(t *testing.T) {
	s := start(t, everyOrigin)
	foreign := headers("Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	w := newWorld(t, s, "guest away")
	for _, call := range []string{"POST /api/sessions", "POST /api/sessions/{s}/join", "POST /api/sessions/{s}/extend?user_id={guest}", "DELETE /api/sessions/{s}?user_id={master}"} {
		before := w.state(t)
		isProblem(t, s.call(t, w.fill(call, ""), createBody, foreign, cookies(w.guest, w.master)), 403)
		if w.state(t) != before {
			t.Errorf("%s changed something", call)
		}
	}
	for _, call := range []string{"POST /api/sessions", "POST /api/sessions/{s}/join"} { // no token is any proof there
		isProblem(t, s.call(t, w.fill(call, ""), `{"user_name":"Eve","user_avatar":"",`+createBody[1:], foreign, header("Authorization", "Bearer x")), 403)
	}
	isProblem(t, s.call(t, w.fill("GET /api/sse/{s}?user_id={guest}", ""), "", foreign, cookies(w.guest)), 403)
	isProblem(t, s.call(t, w.fill("POST /api/sessions/{s}/extend?user_id={guest}", ""), "", foreign, cookies(w.guest), header("Authorization", "Bearer x")), 401)
	s.must(t, w.fill("POST /api/sessions/{s}/extend?user_id={guest}", ""), "", foreign, as(w.guest))
	if got := s.must(t, w.fill("GET /api/sessions/{s}", ""), "", foreign); got.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Error("a page of any origin cannot read")
	}
}

func TestStreamsOfOneAddress(t *testing.T) {
	for name, kind := range map[string]setting{"sockets": func(*setup) {}, "portable": portable} {
		t.Run(name, func(t *testing.T) {
			s := start(t, kind, func(o *setup) { o.api.StreamsPerAddress = 3 })
			w := newWorld(t, s, "waiting")
			first := s.listen(t, "/api/sse/"+w.session)
			s.listen(t, "/api/sse/")
			for range 5 { // what is refused takes no place
				isProblem(t, s.call(t, "GET /api/sse/unknown", ""), 404)
			}
			s.listen(t, "/api/sse/"+w.session)
			isProblem(t, s.call(t, "GET /api/sse/"+w.session, ""), 429)
			isProblem(t, s.call(t, "GET /api/sse/", ""), 429)
			s.listen(t, "/api/sse/", forwardedFor("192.0.2.1"))
			first.cancel()
			for s.open(t, "/api/sse/").StatusCode != 200 { // as soon as the server has noticed
				w.act(t, w.guest, "extend", "")
			}
		})
	}
}

// A body that is announced and does not come must not keep the connection for longer than any other request.
func TestStreamWithABodyThatDoesNotCome(t *testing.T) {
	for name, kind := range map[string]setting{"sockets": func(*setup) {}, "portable": portable} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, kind)
			web := httptest.NewUnstartedServer(s)
			web.Config.ReadTimeout = time.Second  // which a client that has other things to do must not need to ask
			web.Config.IdleTimeout = 2 * patience // or the server hangs up on a client that is about to ask again
			web.Start()
			t.Cleanup(web.Close)
			w := newWorld(t, &server{url: web.URL, api: s.api, rooms: s.rooms, streams: s.streams, log: s.log, clock: s.clock, logged: s.logged}, "waiting")
			for path, want := range map[string]int{"/api/sse/" + w.session: 422, "/api/sse/": 422, "/api/sse/unknown": 422} {
				conn := dial(t, web.URL)
				if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n", path); err != nil {
					t.Fatal(err)
				}
				resp, _ := answerOn(t, conn)
				if resp.StatusCode != want {
					t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
				}
				if _, err := io.Copy(io.Discard, conn); err != nil { // to the end of the connection
					t.Errorf("%s: %v", path, err)
				}
			}
			conn := dial(t, web.URL)
			if _, err := fmt.Fprintf(conn, "GET /api/sse/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", w.session); err != nil {
				t.Fatal(err)
			}
			resp, lines := answerOn(t, conn)
			if resp.StatusCode != 200 || !lines.Scan() {
				t.Errorf("a body that came: %d", resp.StatusCode)
			}
			s.streams.Drain()
		})
	}
}

// A ping has a name, so that onmessage does not hear it, and no id, so that it is not what a client resumes after.
func TestStreamsPingWhoAsksForIt(t *testing.T) {
	onBothWays(t, func(t *testing.T, s *server) {
		w := newWorld(t, s, "waiting")
		for _, path := range []string{"/api/sse/" + w.session, "/api/sse"} {
			stream := s.listen(t, path+"?ping=true")
			if first, _ := stream.next(); first.id == "" {
				t.Errorf("%s begins with %q", path, first.raw)
			}
			for range 3 {
				if got, _ := stream.next(); got.raw != "event: ping\ndata: {}\n" {
					t.Errorf("%s: %q instead of a ping", path, got.raw)
				}
			}
		}
		quiet := s.listen(t, "/api/sse/"+w.session+"?ping=false")
		quiet.until(t, "session_updated")
		w.act(t, w.guest, "extend", "")
		if got, _ := quiet.next(); got.typ != "session_updated" {
			t.Errorf("who did not ask gets %q", got.raw)
		}
	}, pinging)
}
