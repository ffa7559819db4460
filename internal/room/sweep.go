package room

import (
	"context"
	"maps"
	"time"
)

// abandonedSlot is the age at which a slot without a session counts as abandoned: its holder died between taking it and creating the session.
const abandonedSlot = 30 * time.Second

// sweepTimeout bounds one sweep.
const sweepTimeout = 30 * time.Second

// retire takes a session that has ended out of the rooms. Its slot is free at once; its storage is freed by the next sweep, because that is slow, or when nothing of it is kept any more.
func (rs *Rooms) retire(r *Room) {
	o := rs.overOf(r)
	rs.mu.Lock()
	rs.ended[r.id] = o
	rs.mu.Unlock()
	r.disarm()
	defer rs.drop(r)                        // when the slot is free: until then expireDue finds the room, and waits for its lock
	if r.among != nil && !r.among.storing { // whoever has stored the end does it
		return
	}
	if err := rs.log.Release(context.Background(), r.id); err != nil {
		rs.Logger.Warn("slot not released; the next sweep will", "session_id", r.id, "error", err)
	}
}

func (rs *Rooms) scheduleSweep() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if !rs.closed {
		rs.sweeper = rs.after(rs.CleanupInterval, rs.sweep)
	}
}

// sweep frees the storage of ended sessions and the slots of sessions that do not exist. What Close interrupts, the next start does.
func (rs *Rooms) sweep() {
	ctx, cancel := context.WithTimeout(rs.life, sweepTimeout)
	defer cancel()
	rs.expireDue()
	for _, id := range rs.endedSessions() {
		if rs.isClosed() {
			return
		}
		if rs.rank(id) > 0 { // another node's to do
			continue
		}
		if err := rs.log.Forget(ctx, id, rs.lastOf(id)); err != nil {
			rs.putOff("storage of an ended session not freed; the next sweep will", "session_id", id, "error", err)
			continue
		}
		rs.freedStorage(id)
	}
	rs.packKept()
	rs.reconcileSlots(ctx, abandonedSlot)
	rs.scheduleSweep()
}

// keyLife is how long a creation's idempotency key is good, whatever becomes of the session.
const keyLife = 10 * time.Minute

// freedStorage forgets an ended session, but for its id if a key may have made it: that key must not make it a second time. A restart forgets that, too.
func (rs *Rooms) freedStorage(id string) {
	now := rs.Clock.Now()
	rs.mu.Lock()
	defer rs.mu.Unlock()
	maps.DeleteFunc(rs.freed, func(_ string, until time.Time) bool { return !now.Before(until) })
	o := rs.ended[id]
	delete(rs.ended, id)
	if o == nil || !o.keyed {
		return
	}
	if until := o.brief().CreatedAt.Add(keyLife); now.Before(until) {
		rs.freed[id] = until
	}
}

// putOff warns of what the next sweep has to try again. Not of what Close has interrupted.
func (rs *Rooms) putOff(warning string, args ...any) {
	if !rs.isClosed() {
		rs.Logger.Warn(warning, args...)
	}
}

// reconcileSlots makes slots and sessions agree again after a crash between the two: a slot without a session is released once it is older than the age, a session without a slot
// takes one.
func (rs *Rooms) reconcileSlots(ctx context.Context, age time.Duration) {
	held, err := rs.log.Reserved(ctx)
	if err != nil {
		rs.putOff("slots not checked", "error", err)
		return
	}
	if rs.Sharing != nil {
		rs.reconcileShared(ctx, held)
		return
	}
	for id, since := range held {
		if rs.has(id) || rs.Clock.Now().Sub(since) < age {
			continue
		}
		rs.release(ctx, id)
	}
	for _, r := range rs.snapshot() {
		if _, ok := held[r.id]; ok || r.state.brief().ID == "" {
			continue
		}
		rs.reserveLate(ctx, r.id)
	}
}

// abandonedAtStart is the age of an abandoned slot as seen by a node that starts: one that is alone knows that nobody else is about to use it.
func (rs *Rooms) abandonedAtStart() time.Duration {
	if rs.Sharing != nil {
		return abandonedSlot
	}
	return 0
}

func (rs *Rooms) has(id string) bool {
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	_, ok := rs.open[id]
	return ok
}
