package doctor

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// endless repeats a text without an end.
type endless struct {
	text string
	at   int
}

// Read never ends.
func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = e.text[e.at]
		e.at = (e.at + 1) % len(e.text)
	}
	return len(b), nil
}

func streamOf(r io.Reader) *stream { return &stream{lines: lineReader(r), opened: time.Now()} }

func TestALineWithoutAnEndEndsAStream(t *testing.T) {
	_, err := streamOf(&endless{text: "x"}).next(func(time.Time) {})
	if !errors.Is(err, bufio.ErrBufferFull) {
		t.Errorf("it ended with %v", err)
	}
}

func TestEventsWithoutAnEndAreNotTaken(t *testing.T) {
	w := newWatcher(nil, ask{})
	_, over := w.read(context.Background(), streamOf(&endless{text: "id: 1\ndata: {}\n\n"}), "")
	if !over || w.count() != maxEvents {
		t.Errorf("%d events taken, over: %t", w.count(), over)
	}
	if _, err := w.wait(context.Background(), 0, "user_joined", ""); !errors.Is(err, errFlood) {
		t.Errorf("waiting ended with %v", err)
	}
}

func TestAStreamIsReadAsItIsSent(t *testing.T) {
	s := streamOf(strings.NewReader(": welcome\nretry: 1000\nid: 7\ndata: {\"type\":\"user_left\",\"data\":{\"user_id\":\"u\"}}\n\n: keep-alive\nevent: ping\ndata: {}\n\nid: 8\r\ndata: {\"type\":\"session_updated\"}\r\n\r\nid: 9\ndata: cut"))
	lines := 0
	heard := func(time.Time) { lines++ }
	for _, want := range []event{{id: "7", kind: "user_left", userID: "u"}, {id: "8", kind: "session_updated"}} {
		e, err := s.next(heard)
		if e.at = (time.Time{}); err != nil || e != want {
			t.Errorf("%+v (%v), want %+v", e, err, want)
		}
	}
	if _, err := s.next(heard); !errors.Is(err, io.EOF) {
		t.Errorf("an event that was cut off gave %v", err)
	}
	if lines != 13 {
		t.Errorf("%d lines heard, want 13", lines)
	}
}
