package room

import (
	"testing"

	"github.com/magnapp/magnapp/internal/poker"
)

// A session at its bound goes on as soon as its log has been made smaller: also if all of it lies before one snapshot, as that of a log without any, and if its list of stories and its file are so long that
// a snapshot is not worth it yet.
func TestSession_at_its_bound_goes_on_when_a_snapshot_is_stored(t *testing.T) {
	start := poker.Start{By: by("sm"), RoundID: "r"}
	const long = 6 << 20
	logs := map[string]journal{
		"a log without a snapshot": {tail: part{entries: snapshotAfter, bytes: maxSessionBytes + 1}},
		"a long list":              {tail: part{entries: snapshotAfter, bytes: maxSessionBytes + 1 - long}, snapshot: long},
	}
	for name, try := range map[string]func(h *node, id string) error{
		"by commands": func(h *node, id string) error { return h.try(id, start) },
		"by a stream that is opened": func(h *node, id string) error {
			_, err := h.Subscribe(h.t.Context(), Watch{SessionID: id, UserID: "sm", Proof: proven(true)}, &reader{})
			return err
		},
	} {
		for of, log := range logs {
			t.Run(name+", "+of, func(t *testing.T) {
				h := newNode(t)
				id := h.create(poker.Settings{})
				r := h.open[id]
				r.mu.Lock()
				r.journal.tail, r.journal.snapshot = log.tail, log.snapshot
				r.mu.Unlock()
				equal(t, "at the bound", reason(try(h, id)), Unavailable)
				eventually(t, "the session goes on", func() bool { return try(h, id) == nil })
				equal(t, "start", reason(h.try(id, start)), "")
			})
		}
	}
}

// A session with a list as long as it may be never comes to its bound by changes of it, at the pace at which storage is freed.
func TestSnapshot_of_a_long_list_is_stored_before_the_session_comes_to_its_bound(t *testing.T) {
	for _, snapshot := range []int{1 << 20, poker.MaxBacklogBytes / 2, poker.MaxBacklogBytes, poker.MaxBacklogBytes + 1<<20} {
		j := journal{snapshot: snapshot}
		for !j.wantsSnapshot() {
			j.tail.add(10_000)
		}
		j.rebased(1, "", snapshot)
		if free := maxSessionBytes - j.bytes(); free < 0 {
			t.Errorf("with a snapshot of %d bytes, %d are too many until the storage of the last one is freed", snapshot, -free)
		}
	}
}
