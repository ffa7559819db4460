package stream

import (
	"bytes"
	"strconv"
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
