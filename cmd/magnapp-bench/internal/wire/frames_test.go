package wire

import (
	"fmt"
	"strings"
	"testing"
)

const (
	plainHeader   = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
	chunkedHeader = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
)

const ping = "event: ping\ndata: {}\n\n"

func chunk(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }

func TestFramesAreCountedHoweverTheyAreCut(t *testing.T) {
	event := "id: 7\ndata: {\"type\":\"vote_submitted\"}\n\n"
	for name, c := range map[string]struct {
		stream string
		want   int
	}{
		"the header alone":              {plainHeader, 0},
		"one event":                     {plainHeader + event, 1},
		"events together":               {plainHeader + event + event + event, 3},
		"keep-alives are none":          {plainHeader + ": keep-alive\n\n" + event + ": keep-alive\n\n", 1},
		"a beginning is none yet":       {plainHeader + event + "data: {", 1},
		"chunks":                        {chunkedHeader + chunk(event) + chunk(event), 2},
		"two events in a chunk":         {chunkedHeader + chunk(event+event), 2},
		"keep-alives in chunks":         {chunkedHeader + chunk(": keep-alive\n\n") + chunk(event), 1},
		"the last chunk":                {chunkedHeader + chunk(event) + "0\r\n\r\n", 1},
		"retry and comment before data": {plainHeader + "retry: 1000\n: hello\n" + event, 1},
		"pings are none":                {plainHeader + ping + event + ping, 1},
		"pings in chunks":               {chunkedHeader + chunk(ping) + chunk(event) + chunk(ping), 1},
		"an event about a ping":         {chunkedHeader + chunk("id: 7\ndata: event: ping\n\n"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			for size := 1; size <= len(c.stream); size++ {
				if got := count(t, c.stream, size); got != c.want {
					t.Fatalf("read %d bytes at a time: %d events, want %d", size, got, c.want)
				}
			}
		})
	}
}

func TestPingsAreCountedByThemselves(t *testing.T) {
	var f FrameCounter
	stream := chunkedHeader + chunk("id: 1\ndata: {}\n\n") + chunk(ping) + chunk(": keep-alive\n") + chunk(ping)
	if _, err := f.Feed([]byte(stream)); err != nil || f.Pings != 2 {
		t.Errorf("%d pings, %v, want 2", f.Pings, err)
	}
}

// count feeds a stream in pieces of the given size.
func count(t *testing.T, stream string, size int) int {
	t.Helper()
	var f FrameCounter
	events := 0
	for len(stream) > 0 {
		piece := stream[:min(size, len(stream))]
		stream = stream[len(piece):]
		n, err := f.Feed([]byte(piece))
		if err != nil {
			t.Fatal(err)
		}
		events += n
	}
	return events
}

func TestWholeFramesLeaveNoBufferBehind(t *testing.T) {
	event := []byte(chunk("id: 7\ndata: {\"type\":\"vote_submitted\"}\n\n"))
	f := FrameCounter{opened: true}
	if n := testing.AllocsPerRun(100, func() { _, _ = f.Feed(event) }); n != 0 || f.rest != nil {
		t.Errorf("%v allocations for an event, %d bytes left", n, len(f.rest))
	}
}

func TestARefusedStreamIsAnError(t *testing.T) {
	var f FrameCounter
	_, err := f.Feed([]byte("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"))
	if err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("got %v, want an error with the status", err)
	}
}
