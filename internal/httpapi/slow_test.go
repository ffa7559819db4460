package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestSlowReaderIsDisconnectedAndMissesNothing lets a client not read until the server has given it up. It must have got a beginning without a gap, and the rest when it comes back.
func TestSlowReaderIsDisconnectedAndMissesNothing(t *testing.T) {
	for name, way := range map[string]setting{"sockets": func(*setup) {}, "portable": portable} {
		t.Run(name, func(t *testing.T) { slowReader(t, start(t, impatient, way)) })
	}
}

// enough events, of some kilobytes each, fill whatever a kernel keeps for a connection.
const enough = 20_000

// freshFrom is how many bytes a client may have missed before it begins afresh, less what the round that starts adds.
const freshFrom = 248 << 10

func slowReader(t *testing.T, s *server) {
	t.Helper()
	w := newWorld(t, s, "waiting")
	topic := fmt.Sprintf(`{"topic":%q}`, strings.Repeat("x", 500))
	for range 50 { // long rounds make long events
		w.act(t, w.master, "start", topic)
		w.act(t, w.master, "reveal", "")
	}
	conn := dial(t, s.url)
	if _, err := fmt.Fprintf(conn, "GET /api/sse/%s HTTP/1.1\r\nHost: test\r\n\r\n", w.session); err != nil {
		t.Fatal(err)
	}
	_, lines := answerOn(t, conn)
	lines.Buffer(nil, 16<<20)
	slow := &eventStream{lines: lines}
	last := slow.until(t, "session_updated").id

	events := 0
	for ; s.streams.Open() > 0 && events < enough; events++ {
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
	for begun := false; !begun; { // a client that is too slow for what it missed, too, comes back again
		again := s.listen(t, "/api/sse/"+w.session, header("Last-Event-ID", last))
		for e, ok := again.next(); ok && !begun; e, ok = again.next() {
			last = e.id
			switch e.typ {
			case "session_updated":
				status, _ := dig(e.data, "session.status")
				if begun = status == "voting"; !begun {
					seen++
					continue
				}
				if owed := (events - seen) * len(e.raw); owed < freshFrom { // a fresh start, for one that missed much: the kernel throws away what it had for a connection that is given up
					t.Errorf("begun afresh for %d bytes that were missed", owed)
				}
				again.cancel()
				return
			case "voting_started":
				begun = true
				again.cancel()
			}
		}
	}
	if seen != events {
		t.Errorf("with the resumed stream %d events were seen, of %d", seen, events)
	}
}
