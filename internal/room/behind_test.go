package room

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// deaf is a real log whose follower hears nothing for a while.
type deaf struct {
	*eventlog.Log
	deaf atomic.Bool
}

func (l *deaf) Follow(ctx context.Context, after uint64, fn func(eventlog.Entry)) (func(), error) {
	return l.Log.Follow(ctx, after, func(e eventlog.Entry) {
		if !l.deaf.Load() {
			fn(e)
		}
	})
}

// A node that is so far behind that what it has not read has been freed goes on from the snapshot. Readers of its streams must not be left with a gap: they come back, and begin afresh.
func TestShared_streams_of_a_node_that_finds_only_a_snapshot_end(t *testing.T) {
	l, c := openLog(t, 3), clock.NewManual(time.Now())
	shared := func(o *Options) { o.Shared = true }
	a := newNodeOn(t, l, c, shared)
	log := &deaf{Log: l}
	o := nodeOptions(c)
	o.Shared = true
	rs, err := Open(t.Context(), log, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rs.Close)
	b := &node{Rooms: rs, t: t, log: l, clock: c}
	id := a.create(poker.Settings{})
	a.do(id, join("ann"))
	eventually(t, "the session on the other node", func() bool { return knows(b, id)() && len(b.state(id).Participants) == 2 })
	behind, list := b.watch(id, "", ""), &reader{}
	stop, err := b.Watch(list)
	equal(t, "error", err, nil)
	defer stop()
	seen := lastID(behind)
	log.deaf.Store(true)
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
	log.deaf.Store(false)
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
