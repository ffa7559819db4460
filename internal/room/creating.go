package room

import (
	"context"
	"errors"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// Create opens a session. The error is a refusal: malformed input, no slot, or no store. A call with a key must name the session that [SessionID] gives, so that the same call again, here
// or on another node, finds the same session.
func (rs *Rooms) Create(ctx context.Context, c *poker.Create, call Call) (Outcome, error) {
	if err := c.Validate(); err != nil {
		return Outcome{}, err
	}
	if rs.isClosed() {
		return Outcome{}, unavailable(ErrClosed)
	}
	if err := rs.serves(); err != nil {
		return Outcome{}, err
	}
	ctx = context.WithoutCancel(ctx)
	for {
		r, fresh, err := rs.place(c.SessionID)
		if err != nil {
			return Outcome{}, err
		}
		var outcome Outcome
		if fresh {
			outcome, err = r.createFirst(ctx, c, keyOf(c, call))
		} else {
			outcome, err = r.createAgain(ctx, c, keyOf(c, call))
		}
		if !errors.Is(err, errDropped) {
			return outcome, err
		}
	}
}

// place returns the room of a session that is to be created, listed before its first event is stored, so that a follower of the log finds it; until then it is not alive. A room that
// is not fresh was made by an earlier call with the same key.
func (rs *Rooms) place(id string) (r *Room, fresh bool, err error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.ended[id] != nil || rs.Clock.Now().Before(rs.freed[id]) {
		return nil, false, poker.Gone()
	}
	if r = rs.open[id]; r != nil {
		return r, false, nil
	}
	r = newRoom(rs, id)
	r.created = make(chan struct{})
	r.closed.Store(rs.closed)
	rs.open[id] = r
	return r, true, nil
}

func (r *Room) createFirst(ctx context.Context, c *poker.Create, key poker.Key) (Outcome, error) {
	defer close(r.created)
	reserved := r.rs.reserve(ctx, r.id)
	r.lock()
	defer r.unlock()
	if reserved != nil {
		if r.journal.seq == 0 { // no other node has created it
			r.rs.drop(r)
		}
		return Outcome{}, reserved
	}
	return r.create(ctx, c, key)
}

// create stores the session's first event. If that fails for sure, the room is dropped, and before that its slot is free: whoever tries again takes one of their own.
func (r *Room) create(ctx context.Context, c *poker.Create, key poker.Key) (Outcome, error) {
	outcome, err := r.commit(ctx, c, key)
	if err != nil && r.among != nil {
		return Outcome{}, r.notCreated(ctx, key, err)
	}
	if err != nil && r.state.Load().ID == "" && !isUnknown(err) {
		err = errors.Join(err, r.rs.log.Release(ctx, r.id))
		r.rs.drop(r)
		return Outcome{}, err
	}
	r.arm()
	return outcome, err
}

// notCreated gives the slot of a session back of which it is known that there is none, and never will be, on whichever node it is tried again. Otherwise a sweep does so when nobody has tried for a while.
func (r *Room) notCreated(ctx context.Context, key poker.Key, err error) error {
	defer r.arm()
	s := r.state.Load()
	over := r.neverWas() || s.Ended != ""
	nobodys := s.ID == "" && key.ID == "" && r.journal.seq == 0 && !isUnknown(err) && !errors.Is(err, eventlog.ErrConflict) // without a key nobody else knows its id
	if !over && !nobodys {
		return err
	}
	if nobodys {
		r.rs.drop(r)
	}
	return errors.Join(err, r.rs.log.Release(ctx, r.id))
}

// createAgain answers a creation whose key was used before, when that has come to its end. If it turns out that nothing was stored, the session is created now.
func (r *Room) createAgain(ctx context.Context, c *poker.Create, key poker.Key) (Outcome, error) {
	if r.created != nil {
		<-r.created
	}
	if r.among != nil && r.state.brief().ID == "" { // what another node, or this one, did not come to an end with
		if err := r.rs.reserve(ctx, r.id); err != nil {
			return Outcome{}, err
		}
	}
	r.lock()
	defer r.unlock()
	switch {
	case r.state.Load().ID != "" || (r.created != nil || r.among != nil) && r.rs.lists(r):
		return r.create(ctx, c, key)
	case r.created != nil || r.among != nil:
		return Outcome{}, errDropped
	}
	return Outcome{}, unavailable(errNotCreated)
}

var (
	errNotCreated = errors.New("the session's log cannot be read")
	errDropped    = errors.New("the first try to create the session did not succeed")
)

// reserve takes a slot. When none is left, sessions whose time is over give theirs back first, because they are gone for every call already.
func (rs *Rooms) reserve(ctx context.Context, id string) error {
	err := rs.log.Reserve(ctx, id)
	if errors.Is(err, eventlog.ErrNoSlot) {
		rs.expireDue()
		if rs.Sharing != nil {
			rs.releaseEnded(ctx)
		}
		err = rs.log.Reserve(ctx, id)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, eventlog.ErrNoSlot):
		return Refuse(SlotsTaken)
	default:
		return unavailable(err)
	}
}

func (rs *Rooms) expireDue() {
	now := rs.Clock.Now()
	for _, r := range rs.snapshot() {
		if b := r.state.brief(); b.ID != "" && !b.alive(now) {
			r.expire()
		}
	}
}
