package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestSlowReaderIsDisconnectedAndMissesNothing lets a client not read until the server has given it up. It must have got a beginning without a gap, and the rest when it comes back.
func TestSlowReaderIsDisconnectedAndMissesNothing(t *testing.T) {
	for name, served := range map[string]setting{"sockets": func(*setup) {}, "portable": portable} {
		t.Run(name, func(t *testing.T) { slowReader(t, start(t, impatient, served)) })
	}
}

func slowReader(t *testing.T, s *server) {
	t.Helper()
	w := newWorld(t, s, "waiting")
	topic := fmt.Sprintf(`{"topic":%q}`, strings.Repeat("x", 500))
	for range 50 { // long rounds make long events
		w.act(t, w.master, "start", topic)
		w.act(t, w.master, "reveal", "")
	}
	conn := dial(t, s.url)
	if _, err := fmt.Fprintf(conn, "GET /api/sse/%s HTTP/1.0\r\n\r\n", w.session); err != nil {
		t.Fatal(err)
	}
	_, lines := answerOn(t, conn)
	lines.Buffer(nil, 16<<20)
	slow := &eventStream{lines: lines}
	last := slow.until(t, "session_updated").id

	events := 0
	for ; s.streams.Open() > 0 && events < 50_000; events++ {
		w.act(t, w.guest, "extend", "")
	}
	if s.streams.Open() > 0 {
		t.Fatalf("%d events wait for a client that does not read", events)
	}
	seen := 0
	for e, ok := slow.next(); ok; e, ok = slow.next() {
		last = e.id
		seen++
	}
	if seen >= events {
		t.Fatalf("the slow client has seen %d of %d events", seen, events)
	}
	w.act(t, w.master, "start", "")
	anew := false                 // as it must when more was missed than is sent again: the faster this machine is, the more is
	for begun := false; !begun; { // a client that is too slow for what it missed, too, comes back again
		again := s.listen(t, "/api/sse/"+w.session, header("Last-Event-ID", last))
		for e, ok := again.next(); ok && !begun; e, ok = again.next() {
			last = e.id
			switch e.typ {
			case "session_updated":
				seen++
				if anew = strings.Contains(e.raw, `"status":"voting"`); anew {
					begun = true
					again.cancel()
				}
			case "voting_started":
				begun = true
				again.cancel()
			}
		}
	}
	if seen != events && !anew {
		t.Errorf("with the resumed stream %d events were seen, of %d", seen, events)
	}
}
