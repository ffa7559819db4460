package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEventsAreWhatHasData(t *testing.T) {
	const stream = "id: 6\ndata: {\"type\":\"session_updated\"}\n\nretry: 1000\n\n: hello\n\nid: 7\ndata: {}\n\n: keep-alive\n\nid:8\r\ndata: a\r\ndata: b\r\n\r\ndata: without an id\n\nid: 9\ndata: cut off"
	var got []Event
	err := readEvents(strings.NewReader(stream), func(e Event) bool {
		got = append(got, e)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Event{{ID: "6", Size: 40, Whole: true}, {ID: "7", Size: 16}, {ID: "8", Size: 26}, {Size: 21}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestReadingEndsWhenNothingMoreIsWanted(t *testing.T) {
	count := 0
	err := readEvents(strings.NewReader(strings.Repeat("data: x\n\n", 5)), func(Event) bool {
		count++
		return count < 2
	})
	if err != nil || count != 2 {
		t.Errorf("%d events (%v), want 2", count, err)
	}
}

// A server may end a stream that has much to catch up with, and send the whole session instead of what was missed.
func TestResumeComesBackUntilNothingIsMissing(t *testing.T) {
	streams := map[string]string{
		"1": "id: 2\ndata: vote\n\nid: 3\ndata: vote\n\n", "3": "id: 4\ndata: vote\n\n",
		"old": "id: 9\ndata: {\"type\":\"session_updated\"}\n\n",
	}
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last := r.Header.Get("Last-Event-ID")
		asked = append(asked, last)
		_, _ = io.WriteString(w, streams[last])
	}))
	defer server.Close()
	c := New(server.URL)
	defer c.Close()
	for _, test := range []struct {
		from            string
		events, streams int
		fails           bool
	}{
		{"1", 3, 2, false},
		{"old", 1, 1, false},
		{"unknown", 0, 1, true},
	} {
		got, err := c.Resume(t.Context(), Session{ID: "s"}, test.from, 3)
		if got.Events != test.events || got.Streams != test.streams || (err != nil) != test.fails {
			t.Errorf("from %s: %+v, %v; want %d events in %d streams", test.from, got, err, test.events, test.streams)
		}
	}
	if want := []string{"1", "3", "old", "unknown"}; !slices.Equal(asked, want) {
		t.Errorf("asked for what came after %q, want %q", asked, want)
	}
}
