package room

import (
	"context"
	"errors"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// settle starts the clock of a session that was read from the log. Participants who had a stream when the server stopped are given until then to return.
func (r *Room) settle(until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.state.Load()
	if s.ID == "" || s.Ended != "" {
		r.rs.retire(r)
		return
	}
	r.settling = until
	for _, p := range s.Participants {
		if p.Presence == poker.Present {
			r.presence.missing(p.ID, until)
		}
	}
	r.passTime(context.Background())
	r.arm()
}

// wake is called when a deadline has come.
func (r *Room) wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.armedFor = time.Time{}
	r.passTime(context.Background())
	r.arm()
}

// passTime lets everything happen that is due by now.
func (r *Room) passTime(ctx context.Context) {
	if r.closed || r.state.Load().Ended != "" {
		return
	}
	now := r.now()
	for _, userID := range r.presence.due(now) {
		if _, err := r.commit(ctx, poker.Depart{By: poker.By{UserID: userID}}); err == nil || !isUnavailable(err) {
			delete(r.presence.absent, userID)
		}
	}
	settled := !r.settling.IsZero() && !now.Before(r.settling)
	if settled {
		r.settling = time.Time{}
	}
	if d := r.state.Load().Deadline(!r.settling.IsZero()); settled || !d.IsZero() && !now.Before(d) {
		// Not stored: tried again, see arm.
		if _, err := r.commit(ctx, poker.Tick{}); err != nil {
			r.expireUnstored()
		}
	}
}

// expireUnstored ends a session whose time is over although the log could not be told: the session is gone for every call, its streams must end, and a full store gets room again only
// if its storage is freed. Nothing disagrees with the log, because Alive goes by ExpiresAt: a node that reads the log later finds the session expired. Not if the log is shared:
// another node may have stored a change that has not come here yet, and then the session lives on.
func (r *Room) expireUnstored() {
	s := r.state.Load()
	if r.closed || r.rs.Shared || s.ID == "" || s.Ended != "" || s.Alive(r.now()) {
		return
	}
	events, err := r.rs.Rules.Decide(s, poker.Tick{}, r.moment())
	if err != nil || len(events) == 0 {
		return
	}
	r.rs.Logger.Warn("session ended, but the log could not be told", "session_id", r.id)
	// The sequence is that of the last entry, whose change is another: the log never issues these ids.
	r.absorb(r.seq, newRecord(events))
}

// arm sets the room's one timer to its next deadline. A deadline that moves away leaves the timer as it is: it will find nothing to do and be set again, which is cheaper than to
// move it with every vote.
func (r *Room) arm() {
	next := r.next()
	if next.IsZero() {
		r.disarm()
		return
	}
	now := r.now()
	if !next.After(now) { // due, but it could not be stored
		next = now.Add(retryTime)
	}
	if !r.armedFor.IsZero() && !r.armedFor.After(next) {
		return
	}
	r.disarm()
	r.armedFor = next
	r.timer = r.rs.after(next.Sub(now), r.wake)
}

func (r *Room) disarm() {
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	r.armedFor = time.Time{}
}

// next is the earliest moment at which something happens by itself; zero if nothing ever will.
func (r *Room) next() time.Time {
	s := r.state.Load()
	if r.closed || s.Ended != "" || s.ID == "" {
		return time.Time{}
	}
	next := s.Deadline(!r.settling.IsZero())
	if !r.settling.IsZero() {
		next = earlier(next, r.settling)
	}
	for _, at := range r.presence.absent {
		next = earlier(next, at)
	}
	return next
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// close ends the room's part in things: no timer, no further command.
func (r *Room) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.disarm()
}

func isUnavailable(err error) bool {
	var refusal *poker.Refusal
	return errors.As(err, &refusal) && refusal.Reason == Unavailable
}
