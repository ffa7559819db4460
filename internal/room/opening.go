package room

import (
	"context"
	"fmt"

	"github.com/magnapp/magnapp/internal/eventlog"
)

// readFrom returns where the reading of a session begins: at its latest snapshot, of which its last entry knows.
func (rs *Rooms) readFrom(last eventlog.Entry) uint64 {
	if eventlog.IsGone(last) {
		return last.Seq
	}
	head, _, err := headOf(last.Data)
	switch {
	case err != nil:
		return 0
	case head.Snapshot:
		return last.Seq
	default:
		return head.Base
	}
}

// readWhole reads those sessions from their beginning whose latest snapshot could not be read.
func (rs *Rooms) readWhole(ctx context.Context) error {
	for _, r := range rs.snapshot() {
		if r.state.Load().ID != "" {
			continue
		}
		again := newRoom(rs, r.id)
		err := rs.log.Range(ctx, r.id, 0, func(e eventlog.Entry) bool {
			again.replay(e)
			return true
		})
		if err != nil { // of the store, not of the session
			return fmt.Errorf("read a session from its beginning: %w", err)
		}
		if again.unbegun() {
			continue
		}
		if again.state.Load().ID == "" {
			rs.Logger.Error("a session cannot be read", "session_id", r.id)
			continue
		}
		if r.journal.after != r.journal.seq {
			again.journal.after = r.journal.after
		}
		again.journal.damaged = true
		rs.open[r.id] = again
	}
	return nil
}

// damaged lets a room know that entries of its session could not be read from the log.
func (rs *Rooms) damaged(d eventlog.Damage) {
	r := rs.open[d.Session]
	if r == nil {
		rs.Logger.Error("nothing of a session can be read", "session_id", d.Session)
		r = newRoom(rs, d.Session)
		rs.open[d.Session] = r
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.damage(d.Last, d.Missing)
}

// replayed folds an entry of the log at the start, when nobody looks on yet.
func (rs *Rooms) replayed(e eventlog.Entry) {
	if eventlog.IsGone(e) {
		return
	}
	r := rs.open[e.Session]
	if r == nil {
		r = newRoom(rs, e.Session)
		rs.open[e.Session] = r
	}
	r.replay(e)
}

// settle gives each session that was read from the log its deadlines; those that have ended are only remembered for their storage.
func (rs *Rooms) settle() {
	until := rs.Clock.Now().Add(settleTime)
	for _, r := range rs.snapshot() {
		r.settle(until)
	}
}

// followed takes an entry that a node has stored, maybe this one. It waits for no room.
func (rs *Rooms) followed(e eventlog.Entry) {
	for {
		rs.mu.RLock()
		r, over := rs.open[e.Session], rs.ended[e.Session] != nil
		rs.mu.RUnlock()
		switch {
		case r == nil && eventlog.IsGone(e):
			rs.freedStorage(e.Session)
			return
		case r == nil && !over:
			r = rs.began(e.Session)
		}
		if r == nil {
			return
		}
		r.deliver(e)
		if rs.lists(r) { // if not, it has ended, or its creation was given up when the entry came
			return
		}
	}
}

// began makes the room of a session that was not known; nil after Close.
func (rs *Rooms) began(id string) *Room {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r := rs.open[id]
	if r == nil && !rs.closed {
		r = newRoom(rs, id)
		rs.open[id] = r
	}
	return r
}
