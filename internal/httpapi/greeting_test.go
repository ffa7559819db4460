package httpapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// greeting is what every stream begins with: in one block with the event that follows, so that no client takes it for an empty message.
const greeting = ": welcome\nretry: 1000\n"

func TestEveryStreamBeginsAtOnce(t *testing.T) {
	onBothWays(t, func(t *testing.T, s *server) {
		w := newWorld(t, s, "waiting")
		last := s.listen(t, "/api/sse/"+w.session).until(t, "session_updated").id
		for name, c := range map[string]struct{ path, lastID, then string }{
			"with the session":           {"/api/sse/" + w.session, "", "id: " + last + "\ndata: {\"type\":\"session_updated\""},
			"that has missed nothing":    {"/api/sse/" + w.session, last, ""},
			"with the list of sessions":  {"/api/sse/", "", "id: list."},
			"of a list that comes again": {"/api/sse/", "list.1", "id: list."},
		} {
			for _, proto := range []string{"HTTP/1.0", "HTTP/1.1"} {
				t.Run(proto+" "+name, func(t *testing.T) {
					resp := s.asked(t, proto, c.path, c.lastID)
					beginsWith(t, resp.Body, greeting+c.then)
					if chunked := len(resp.TransferEncoding) > 0; chunked != (proto == "HTTP/1.1") {
						t.Errorf("transfer encoding %v", resp.TransferEncoding)
					}
				})
			}
			t.Run("HTTP/2 "+name, func(t *testing.T) { beginsWith(t, s.askedByHTTP2(t, c.path, c.lastID).Body, greeting+c.then) })
		}
	})
}

// asked asks for a stream by a protocol of its own.
func (s *server) asked(t *testing.T, proto, path, lastID string) *http.Response {
	t.Helper()
	conn := dial(t, s.url)
	if _, err := fmt.Fprintf(conn, "GET %s %s\r\nHost: test\r\nLast-Event-ID: %s\r\n\r\n", path, proto, lastID); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(); _ = resp.Body.Close() })
	return resp
}

func (s *server) askedByHTTP2(t *testing.T, path, lastID string) *http.Response {
	t.Helper()
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols}
	t.Cleanup(transport.CloseIdleConnections)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", lastID)
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func beginsWith(t *testing.T, r io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(r, got); err != nil || string(got) != want {
		t.Errorf("%q (%v), want %q", got, err, want)
	}
}

// maxEvent is what an event may have in bytes: some clients take no more, and come back for the same event for ever. It holds for so many people and so many sessions on the list, as
// docs/clients.md says; where the limits are lifted to more, events get longer with them.
const (
	maxEvent    = 64 << 10
	maxPeople   = 24
	maxSessions = 50
)

// longestTexts are the characters that take the most room.
var longestTexts = map[string]string{"the longest in bytes": "😀", "the longest in JSON": `"`, "the longest in HTML": "<"}

func TestNoListIsTooLong(t *testing.T) {
	for name, c := range longestTexts {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			long := func(n int) string { return strings.ReplaceAll(strings.Repeat(c, n), `"`, `\"`) }
			for range maxSessions {
				s.create(t, fmt.Sprintf(`{"name":"%s","creator_name":"%s","creator_avatar":""}`, long(100), long(50)))
			}
			e := s.listen(t, "/api/sse/").until(t, "sessions_updated")
			if n := len(e.data["sessions"].([]any)); n != maxSessions {
				t.Fatalf("%d sessions are listed", n)
			}
			if len(e.raw) > maxEvent {
				t.Errorf("the list has %d bytes", len(e.raw))
			}
			t.Logf("the list has %d bytes", len(e.raw))
		})
	}
}

func TestNoEventIsTooLong(t *testing.T) {
	s := start(t, func(o *setup) { o.rules.MaxParticipants = maxPeople })
	for name, c := range longestTexts {
		t.Run(name, func(t *testing.T) {
			long := func(n int) string { return strings.ReplaceAll(strings.Repeat(c, n), `"`, `\"`) }
			values, cards := make([]string, 30), make([]string, 30)
			for i := range values {
				values[i] = fmt.Sprintf("%s%02d", long(14), i)
				cards[i] = fmt.Sprintf(`{"value":"%s"}`, values[i])
			}
			w := &world{server: s}
			w.master = s.create(t, fmt.Sprintf(`{"name":"%s","creator_name":"%s","creator_avatar":"%s","deck":{"name":"Long","cards":[%s]}}`, long(100), long(50), long(200), strings.Join(cards, ",")))
			w.session = w.master.session
			stream := s.listen(t, "/api/sse/"+w.session)
			people := []seat{w.master}
			for range maxPeople - 1 {
				r := s.must(t, "POST /api/sessions/"+w.session+"/join", fmt.Sprintf(`{"user_name":"%s","user_avatar":"%s"}`, long(50), long(200)))
				people = append(people, seat{session: w.session, user: r.text("user_id"), token: r.text("token")})
			}
			for range 21 {
				s.act(t, w.master, "start", fmt.Sprintf(`{"topic":"%s"}`, long(500)))
				for i, who := range people {
					s.act(t, who, "vote", fmt.Sprintf(`{"vote":"%s"}`, values[i]))
				}
				s.act(t, w.master, "reveal", "")
				s.act(t, w.master, "accept", fmt.Sprintf(`{"estimate":"%s"}`, values[0]))
			}
			s.act(t, w.master, "extend", "")
			s.must(t, "DELETE /api/sessions/"+w.session+"?user_id="+w.master.user, "", as(w.master))
			longest := 0
			for e, ok := stream.next(); ok; e, ok = stream.next() {
				if longest = max(longest, len(e.raw)); len(e.raw) > maxEvent {
					t.Errorf("%s has %d bytes", e.typ, len(e.raw))
				}
			}
			t.Logf("the longest event has %d bytes", longest)
		})
	}
}
