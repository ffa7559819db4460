package stream

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/poker"
)

// A reader whose last event is the one right before the history has missed all of that and nothing else.
func TestFeed_that_has_dropped_events_knows_which_one_its_history_follows(t *testing.T) {
	var f Feed
	f.Expect()
	published := 0
	for sent := 0; sent < 2*historyBytes; {
		published++
		f.Publish([]Update{{Session: &poker.Session{ID: "s"}, Event: poker.Event{Payload: poker.VoteSubmitted{UserID: "u"}}, ID: strconv.Itoa(published)}})
		sent += len(f.history[len(f.history)-1])
	}
	first := published - len(f.history) + 1
	if first < 3 {
		t.Fatalf("of %d events, the history begins with number %d", published, first)
	}
	if missed, known := f.After(strconv.Itoa(first - 1)); !known || !bytes.Equal(missed, bytes.Join(f.history, nil)) {
		t.Errorf("after the event before the history: known %t, %d bytes, want %d", known, len(missed), f.size)
	}
	if _, known := f.After(strconv.Itoa(first - 2)); known {
		t.Error("the history is taken for what follows an event that is further back")
	}
	f.Rebase("elsewhere")
	if _, known := f.After(strconv.Itoa(first - 1)); known {
		t.Error("an event is still known after the feed has begun anew")
	}
	if _, known := f.After("elsewhere"); !known {
		t.Error("the event after which the feed has begun anew is not known")
	}
}

// eventOf is a frame of an event with an id, and so much data.
func eventOf(id string, bytes int) []byte {
	return AppendFrame(nil, id, []byte(`"`+strings.Repeat("x", bytes)+`"`))
}

func TestFeed_what_was_read_for_one_reader_is_at_hand_for_the_next(t *testing.T) {
	b, c, d := eventOf("b", 10), eventOf("c", 10), eventOf("d", 10)
	for name, test := range map[string]struct {
		upTo   string
		frames []byte
		at     map[string]bool // after which events the rest is at hand then
	}{
		"up to what is kept":       {"c", bytes.Join([][]byte{b, c}, nil), map[string]bool{"a": true, "b": true, "c": true, "d": true}},
		"not up to it":             {"b", b, map[string]bool{"a": false, "b": false, "c": true, "d": true}},
		"nothing":                  {"c", nil, map[string]bool{"a": false, "c": true}},
		"more than is to be kept":  {"c", eventOf("c", historyBytes), map[string]bool{"a": false, "c": true}},
		"with data like a frame's": {"c", AppendFrame(nil, "c", []byte(`"\n\n\r\n"`)), map[string]bool{"a": true, "c": true}},
	} {
		f := &Feed{}
		f.Rebase("c")
		f.Expect()
		f.last = "d"
		f.keep("d", d)
		f.Precede("a", test.upTo, test.frames)
		for id, want := range test.at {
			frames, ok := f.After(id)
			if ok != want {
				t.Errorf("%s: what follows %s is at hand: %v", name, id, ok)
			}
			if rest := bytes.Join([][]byte{test.frames, d}, nil); ok && id == "a" && !bytes.Equal(frames, rest) {
				t.Errorf("%s: %q, want %q", name, frames, rest)
			}
		}
	}
}

// A room may have let go of its feed while a reader's events were read; what happens before the reader is there is not kept.
func TestFeed_that_keeps_nothing_takes_nothing_that_was_read(t *testing.T) {
	publish := func(f *Feed, id string) {
		f.Publish([]Update{{Session: &poker.Session{ID: "s"}, Event: poker.Event{Payload: poker.VoteSubmitted{UserID: "u"}}, ID: id}})
	}
	f := &Feed{}
	f.Rebase("c")
	f.Expect()
	f.Forget()
	f.Precede("a", "c", bytes.Join([][]byte{eventOf("b", 10), eventOf("c", 10)}, nil))
	publish(f, "d")
	f.Expect()
	publish(f, "e")
	for _, id := range []string{"a", "b", "c"} {
		if frames, ok := f.After(id); ok {
			t.Errorf("after %s, without d: %q", id, frames)
		}
	}
	if frames, ok := f.After("d"); !ok || bytes.Count(frames, frameEnd) != 1 {
		t.Errorf("after d: %v, %q", ok, frames)
	}
}
