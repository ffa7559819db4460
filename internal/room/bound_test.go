package room

import (
	"testing"

	"github.com/magnapp/magnapp/internal/poker"
)

// A session at its bound goes on as soon as its log has been made smaller: also if all of it lies before one snapshot, as that of a log without any.
func TestSession_at_its_bound_goes_on_when_a_snapshot_is_stored(t *testing.T) {
	start := poker.Start{By: by("sm"), RoundID: "r"}
	for name, try := range map[string]func(h *node, id string) error{
		"by commands": func(h *node, id string) error { return h.try(id, start) },
		"by a stream that is opened": func(h *node, id string) error {
			_, err := h.Subscribe(h.t.Context(), Watch{SessionID: id, UserID: "sm", Proof: proven(true)}, &reader{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newNode(t)
			id := h.create(poker.Settings{})
			r := h.open[id]
			r.mu.Lock()
			r.journal.tail = part{entries: snapshotAfter, bytes: maxSessionBytes + 1}
			r.mu.Unlock()
			equal(t, "at the bound", reason(try(h, id)), Unavailable)
			eventually(t, "the session goes on", func() bool { return try(h, id) == nil })
			equal(t, "start", reason(h.try(id, start)), "")
		})
	}
}
