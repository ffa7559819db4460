package room

import (
	"context"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// buried takes a session out of which the log says that it is gone. If it still lives here, it ends. The room's lock is held.
func (r *Room) buried(e eventlog.Entry) {
	r.among.gone = true
	r.journal.stored(e.Seq, "", len(e.Data))
	if s := r.state.Load(); s.ID != "" && s.Ended == "" {
		r.rs.Logger.Warn("a session has ended, and this node had not heard of it", "session_id", r.id)
		now := r.now()
		end := poker.Event{At: now, ExpiresAt: now, Payload: poker.SessionExpired{Reason: poker.EndedBy}}
		r.absorb(e.Seq, newChange(), []poker.Step{{Event: end, Session: poker.Fold(s, end)}})
	}
	r.disarm()
	r.rs.drop(r)
	r.rs.freedStorage(r.id)
}

// neverWas reports whether the room is that of a session that was not created and cannot be any more.
func (r *Room) neverWas() bool {
	return r.among != nil && r.among.gone && r.state.Load().ID == ""
}

// unbegun reports whether the log has no more of a session than that its creation was in doubt. It may be tried again.
func (r *Room) unbegun() bool {
	return r.among != nil && r.state.Load().ID == "" && r.journal.seq > 0 && !r.journal.damaged
}

// neverBegins sees to it that a session that has not begun never will, and reports whether that is so. The mark of those that are gone takes the place of its first entry.
func (rs *Rooms) neverBegins(ctx context.Context, id string) bool {
	last := uint64(0)
	if r := rs.roomOf(id); r != nil {
		r.lock()
		begun, stale := r.state.Load().ID != "", r.journal.stale
		last = r.journal.after
		r.unlock()
		if begun || stale {
			return false
		}
	}
	if err := rs.log.Forget(ctx, id, last); err != nil { // it may have begun
		rs.putOff("a slot without a session is kept", "session_id", id, "error", err)
		return false
	}
	return true
}

func (rs *Rooms) roomOf(id string) *Room {
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	return rs.open[id]
}

func (rs *Rooms) hasEnded(id string) bool {
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	return rs.ended[id] != nil
}

// releaseEnded gives the slots back of sessions that have ended, as the log says, if whoever ended them has not.
func (rs *Rooms) releaseEnded(ctx context.Context) {
	held, err := rs.log.Reserved(ctx)
	if err != nil {
		return // then there is no slot
	}
	for id := range held {
		if rs.hasEnded(id) {
			rs.release(ctx, id)
		}
	}
}

func (rs *Rooms) release(ctx context.Context, id string) {
	if err := rs.log.Release(ctx, id); err != nil {
		rs.putOff("abandoned slot not released", "session_id", id, "error", err)
	}
}

// reconcileShared is reconcileSlots for a node among several. What it has read of the slots may be old: one is given back only if the log says that its session has ended, or will never begin.
func (rs *Rooms) reconcileShared(ctx context.Context, held map[string]time.Time) {
	if err := rs.allCurrent(ctx); err != nil {
		rs.putOff("slots not checked", "error", err)
		return
	}
	now := rs.Clock.Now()
	for id, since := range held {
		r := rs.roomOf(id)
		switch {
		case rs.rank(id) > 0, r != nil && r.state.brief().ID != "":
		case rs.hasEnded(id), now.Sub(since) >= abandonedSlot && rs.neverBegins(ctx, id):
			rs.release(ctx, id)
		}
	}
	for _, r := range rs.snapshot() {
		_, ok := held[r.id]
		switch {
		case ok, rs.rank(r.id) > 0:
		case r.state.brief().ID == "":
			rs.forgetUnbegun(ctx, r, now)
		default:
			rs.reserveLate(ctx, r.id)
		}
	}
}

// forgetUnbegun lets go of a session that has not begun, and of which only doubts are in the log.
func (rs *Rooms) forgetUnbegun(ctx context.Context, r *Room, now time.Time) {
	r.lock()
	old := r.journal.seq > 0 && now.Sub(r.used) >= abandonedSlot
	r.unlock()
	if old {
		rs.neverBegins(ctx, r.id)
	}
}

// reserveLate takes a slot for a session that has none, as after a crash.
func (rs *Rooms) reserveLate(ctx context.Context, id string) {
	if err := rs.log.Reserve(ctx, id); err != nil {
		rs.putOff("session without a slot", "session_id", id, "error", err)
		return
	}
	if !rs.has(id) { // it ended meanwhile
		rs.release(ctx, id)
	}
}
