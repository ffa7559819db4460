package room

import (
	"context"
	"errors"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// settle starts the clock of a session that was read from the log. Participants who had a stream when the server stopped are given until then to return.
func (r *Room) settle(until time.Time) {
	r.lock()
	defer r.unlock()
	r.used = r.now()
	s := r.state.Load()
	if r.unbegun() {
		return
	}
	if s.ID == "" || s.Ended != "" {
		r.rs.retire(r)
		return
	}
	if r.among == nil {
		r.settling = until
	}
	for _, p := range s.Participants {
		if r.here(p) { // as the log has it
			r.presence.missing(p.ID, until)
			r.settling = until
		}
	}
	r.passTime(context.Background())
	r.arm()
}

// wake is called when a deadline has come.
func (r *Room) wake() {
	r.lock()
	defer r.unlock()
	r.armedFor, r.used = time.Time{}, r.now()
	r.pass(r.rs.life, r.turn())
	r.arm()
	r.tidy()
}

// expire is wake for whoever needs the slot of a session that is over, whoever's turn it is.
func (r *Room) expire() {
	r.lock()
	defer r.unlock()
	r.pass(r.rs.life, 0)
	r.arm()
}

// wakeSoon calls wake elsewhere, once at a time: the store may make it wait, and anybody may ask for the session meanwhile.
func (r *Room) wakeSoon() {
	if r.waking.CompareAndSwap(false, true) {
		r.rs.spawn(func() {
			defer r.waking.Store(false)
			r.wake()
		})
	}
}

// passTime lets everything happen that is due by now.
func (r *Room) passTime(ctx context.Context) { r.pass(ctx, 0) }

// pass lets everything happen that has been due for so long.
func (r *Room) pass(ctx context.Context, turn time.Duration) {
	if r.closed.Load() || r.rs.away.Load() || r.state.Load().Ended != "" {
		return
	}
	if r.journal.stale {
		if r.refresh(ctx) != nil { // nothing is decided on a state that may be old; tried again, see arm
			r.notTaken(r.now())
			r.expireUnstored()
			return
		}
		if r.among == nil && r.neverCreated() {
			return
		}
	}
	if r.journal.damaged {
		r.recover(ctx)
	}
	now := r.now()
	r.presence.silence(now, now.Add(reloadGrace))
	for _, userID := range r.presence.due(now) {
		if r.depart(ctx, userID, r.rs.node(), now) {
			delete(r.presence.absent, userID)
		}
	}
	settled := !r.settling.IsZero() && !now.Before(r.settling)
	if settled {
		r.settling = time.Time{}
	}
	if r.among != nil {
		settled = r.passNodes(ctx, now, turn) || settled
	}
	if d := r.state.Load().Deadline(now, r.isSettling(now)); settled || !d.IsZero() && !now.Before(d.Add(turn)) {
		// Not stored: tried again, see arm.
		if _, err := r.commit(ctx, poker.Tick{}, poker.Key{}); err != nil {
			r.expireUnstored()
		}
	}
}

// neverCreated gives the slot of a session back whose creation turned out not to have been stored.
func (r *Room) neverCreated() bool {
	if r.state.Load().ID != "" {
		return false
	}
	if err := r.rs.log.Release(context.Background(), r.id); err != nil {
		r.rs.Logger.Warn("slot not released; the next sweep will", "session_id", r.id, "error", err)
	}
	r.rs.drop(r) // when the slot is free: who creates the session now takes one that is not given back
	r.disarm()
	return true
}

// expireUnstored ends a session whose time is over although that could not be stored: the session is gone for every call, its streams must end, and a full store gets room again only
// if its storage is freed. Nothing disagrees with the log, because Alive goes by ExpiresAt: a node that reads the log later finds the session expired. Not if the log is shared, or if
// a change may have been stored that has not been read: then the session may live on.
func (r *Room) expireUnstored() {
	s := r.state.Load()
	if r.closed.Load() || r.among != nil || s.ID == "" || s.Ended != "" || s.Alive(r.now()) || r.journal.doubtful {
		return
	}
	decision, err := r.rs.Rules.Decide(s, poker.Tick{}, r.moment("", poker.Key{}))
	if err != nil || len(decision.Steps) == 0 {
		return
	}
	r.rs.Logger.Warn("session ended, but that could not be stored", "session_id", r.id)
	// The sequence is that of the last entry, whose change is another: the log never issues these ids.
	r.absorb(r.journal.seq, newChange(), decision.Steps)
}

// arm sets the room's one timer to its next deadline. A deadline that moves away leaves the timer as it is: it will find nothing to do and be set again, which is cheaper than to
// move it with every vote.
func (r *Room) arm() {
	now := r.now()
	next := r.next(now)
	if next.IsZero() {
		r.disarm()
		return
	}
	r.due.Store(next.UnixMilli())
	if !next.After(now) { // due, but it could not be stored
		next = now.Add(retryTime)
	}
	if !r.armedFor.IsZero() && !r.armedFor.After(next) {
		return
	}
	r.stopTimer()
	r.armedFor = next
	r.timer = r.rs.after(next.Sub(now), r.wake)
}

func (r *Room) disarm() {
	r.stopTimer()
	r.due.Store(0)
}

func (r *Room) stopTimer() {
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	r.armedFor = time.Time{}
}

// next is the earliest moment at which something happens by itself; zero if nothing ever will.
func (r *Room) next(now time.Time) time.Time {
	s := r.state.Load()
	if r.closed.Load() || r.rs.away.Load() || s.Ended != "" {
		return time.Time{}
	}
	if r.journal.stale || r.journal.damaged {
		return now
	}
	if s.ID == "" {
		return time.Time{}
	}
	next := s.Deadline(now, r.isSettling(now))
	if r.among != nil {
		next = r.nextOfNodes(next, now)
	}
	if !r.settling.IsZero() {
		next = earlier(next, r.settling)
	}
	for _, at := range r.presence.absent {
		next = earlier(next, at)
	}
	if !r.presence.listen.IsZero() {
		next = earlier(next, r.presence.listen)
	}
	return next
}

// isSettling reports whether it cannot be known yet who is there: nobody inherits.
func (r *Room) isSettling(now time.Time) bool {
	return !r.settling.IsZero() || r.among != nil && r.waitsForNodes(now)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// close ends the room's part in things: no timer, no further command.
func (r *Room) close() {
	r.lock()
	defer r.unlock()
	r.disarm()
}

func isUnavailable(err error) bool {
	var refusal *poker.Refusal
	return isUnknown(err) || errors.As(err, &refusal) && refusal.Reason == Unavailable
}

func isUnknown(err error) bool {
	var refusal *poker.Refusal
	return errors.As(err, &refusal) && refusal.Reason == OutcomeUnknown
}

// Timers measure how long something takes, and deadlines are moments. A clock that is set, or a machine that sleeps, shows the difference, so all deadlines are looked at now and then.
const lookEvery = 10 * time.Second

// quietAfter is how long nothing may have happened in a session before it lets go of what only a busy session needs. Whoever needs it later makes it again, or gets it from the log. Streams that stay open,
// and answers to their pings, are nothing that happens.
const quietAfter = 15 * time.Second

// look wakes the rooms whose deadline has come by the clock on the wall, and lets those that are quiet let go of what they do not need.
func (rs *Rooms) look() {
	now := rs.Clock.Now()
	rs.slept(now)
	for _, r := range rs.snapshot() {
		if due := r.due.Load(); due != 0 && due <= now.UnixMilli() {
			r.wakeSoon()
			continue
		}
		r.letGo(now)
	}
	rs.scheduleLook()
}

// letGo drops what only a busy session needs. A room that is busy is left alone. One that has readers keeps its state, because the next answer to a ping would unpack it, and its history.
func (r *Room) letGo(now time.Time) {
	if !r.mu.TryLock() {
		return
	}
	defer r.unlock()
	if r.used.IsZero() || now.Sub(r.used) < quietAfter || r.closed.Load() {
		return
	}
	r.entry, r.used = nil, time.Time{}
	r.forgetRates(now)
	if r.feed.Readers() > 0 {
		if r.feed.DropBeginning() {
			r.rs.counters.letGo.Add(1)
		}
		return
	}
	r.feed.Forget()
	if r.among != nil {
		r.among.calm = calmness{} // which has people of the state's
	}
	if err := r.state.pack(); err != nil {
		r.rs.Logger.Warn("an idle session keeps all of its memory", "session_id", r.id, "error", err)
	}
	r.rs.counters.letGo.Add(1)
}

func (rs *Rooms) scheduleLook() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if !rs.closed {
		rs.looker = rs.after(lookEvery, rs.look)
	}
}
