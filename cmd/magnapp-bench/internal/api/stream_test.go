package api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEventsAreWhatHasData(t *testing.T) {
	const stream = "retry: 1000\n\n: hello\n\nid: 7\ndata: {}\n\n: keep-alive\n\nid:8\r\ndata: a\r\ndata: b\r\n\r\ndata: without an id\n\nid: 9\ndata: cut off"
	var got []Event
	err := readEvents(strings.NewReader(stream), func(e Event) bool {
		got = append(got, e)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Event{{ID: "7", Size: 16}, {ID: "8", Size: 26}, {Size: 21}}
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
