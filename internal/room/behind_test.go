package room

import (
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// A node that is so far behind that what it has not read has been freed goes on from the snapshot. Readers of its streams must not be left with a gap: they come back, and begin afresh.
func TestShared_streams_of_a_node_that_finds_only_a_snapshot_end(t *testing.T) {
	a, b := pair(t)
	l, c := a.log, a.clock
	id := a.create(poker.Settings{})
	a.do(id, join("ann"))
	eventually(t, "the session on the other node", func() bool { return knows(b, id)() && len(b.state(id).Participants) == 2 })
	behind, list := b.watch(id, "", ""), &reader{}
	stop, err := b.Watch(t.Context(), list)
	equal(t, "error", err, nil)
	defer stop()
	seen := lastID(behind)
	b.side.hold(true)
	a.do(id, poker.Leave{By: by("ann")})
	topic := strings.Repeat("x", poker.MaxTopic)
	for range 4 * (keptBytes + deadBytes) / poker.MaxTopic {
		a.do(id, poker.Start{By: by("sm"), RoundID: "r", Topic: &topic})
	}
	settled(t, a, id)
	eventually(t, "storage freed", func() bool {
		entries, err := l.Load(t.Context(), id, 0)
		return err == nil && entries[0].Seq > 2
	})
	b.side.hold(false)
	a.do(id, poker.Extend{By: by("sm")})
	eventually(t, "the node has caught up", func() bool {
		return b.state(id).LastActivity.Equal(a.state(id).LastActivity) && len(b.state(id).Participants) == 1
	})
	equal(t, "stream ended", behind.ended(), true)
	fresh := b.watch(id, "", seen)
	equal(t, "who comes back", fresh.types(), "session_updated")
	equal(t, "state", b.state(id), a.state(id))
	c.Advance(time.Second)
	equal(t, "the list shows it", strings.Contains(list.events()[len(list.events())-1].Text, `"participant_count":1`), true)
}
