package room

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/magnapp/magnapp/internal/poker"
)

// resumed is what a reader got that came back.
type resumed struct {
	seen  string
	known int // how many events there were at least
	got   []received
}

// While the log is shortened under them, readers come back from everywhere, and get what they missed or the session, never less.
func TestResume_while_the_log_is_shortened(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	all := h.watch(id, "", "")
	topic := strings.Repeat("<", poker.MaxTopic)
	var readers sync.WaitGroup
	done := make(chan struct{})
	var results [3][]resumed
	for i := range results {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				known := all.events()
				seen := known[len(known)-1-rand.IntN(min(len(known), 300))].ID
				r := h.watch(id, "", seen)
				results[i] = append(results[i], resumed{seen, len(known), r.events()})
				r.cancel()
			}
		})
	}
	for range 1200 {
		h.do(id, poker.Start{By: by("sm"), RoundID: "r", Topic: &topic})
	}
	close(done)
	readers.Wait()
	settled(t, h, id)
	checkAll(t, all.events(), slices.Concat(results[:]...))
}

// checkAll wants each reader to have got everything that followed what it had seen, or what followed its fresh start.
func checkAll(t *testing.T, events []received, all []resumed) {
	t.Helper()
	place := map[string]int{}
	for i, e := range events {
		place[e.ID] = i
	}
	for _, r := range all {
		at := place[r.seen]
		if len(r.got) > 0 && r.got[0].Type == "session_updated" {
			at = place[r.got[0].ID]
			r.got = r.got[1:]
		}
		if at+1+len(r.got) < r.known {
			t.Fatalf("after %s: %d events, and %d were there", r.seen, len(r.got), r.known-at-1)
		}
		for n, e := range r.got {
			if at+1+n >= len(events) || events[at+1+n].Text != e.Text {
				t.Fatalf("after %s: event %d is %s", r.seen, n, e.ID)
			}
		}
	}
}
