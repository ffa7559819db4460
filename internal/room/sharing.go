package room

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// A node among several holds what the log has brought it, which may be old. Nothing is decided by a read: what an append names decides, and who answers without one asks for a mark first.

// waitTime is how long a call waits for what the log has and the node has not.
const waitTime = 2 * time.Second

var (
	errCut    = errors.New("this node cannot reach the others")
	errBehind = errors.New("this node has not read the log yet")
)

// serves is why nothing can be answered now; nil if it can.
func (rs *Rooms) serves() error {
	switch {
	case rs.Sharing == nil:
		return nil
	case rs.away.Load():
		return unavailable(errBehind)
	case rs.Sharing.Cut():
		return unavailable(errCut)
	}
	return nil
}

// current returns when the rooms have everything that was acknowledged on any node before the call. Alone that is always so. The error is the refusal Unavailable, or the context's.
func (rs *Rooms) current(ctx context.Context) error {
	if rs.Sharing == nil {
		return nil
	}
	if err := rs.serves(); err != nil {
		return err
	}
	limited, end := rs.waiting(ctx)
	defer end()
	seq, err := rs.Sharing.Mark(limited)
	if err == nil {
		err = rs.Sharing.Passed(limited, seq)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return unavailable(fmt.Errorf("look for what is new: %w", err))
}

// allCurrent is current for the state of every room.
func (rs *Rooms) allCurrent(ctx context.Context) error {
	if rs.Sharing == nil {
		return nil
	}
	if err := rs.current(ctx); err != nil {
		return err
	}
	for _, r := range rs.snapshot() {
		r.see()
	}
	return nil
}

// outdated looks whether the room has decided on a state that was old, and brings it up to date.
func (r *Room) outdated(ctx context.Context) (bool, error) {
	if r.among == nil {
		return false, nil
	}
	seq := r.journal.seq
	if err := r.rs.current(ctx); err != nil {
		return false, err
	}
	r.drain()
	return r.journal.seq != seq, nil
}

// surely repeats a check that has refused somebody on a state that was old.
func (r *Room) surely(ctx context.Context, check func() error) error {
	for {
		refused := check()
		if refused == nil {
			return nil
		}
		again, err := r.outdated(ctx)
		switch {
		case err != nil:
			return err
		case !again:
			return refused
		}
	}
}

// undecided looks whether a command that stores nothing was decided on a state that was old. Nobody waits for what time does, and a stream has looked before.
func (r *Room) undecided(ctx context.Context, c poker.Command) (again bool, err error) {
	switch c.(type) {
	case poker.Tick, poker.Depart, poker.Recover, poker.Arrive:
		return false, nil
	}
	return r.outdated(ctx)
}

// passed waits for what a refused append has met, and folds it. The room's lock is held.
func (r *Room) passed(ctx context.Context, conflict error) error {
	var met *eventlog.ConflictError
	if !errors.As(conflict, &met) {
		return conflict
	}
	named := r.journal.after
	limited, end := r.rs.waiting(ctx)
	defer end()
	if err := r.rs.Sharing.Passed(limited, met.Last); err != nil {
		return fmt.Errorf("wait for entry %d: %w", met.Last, err)
	}
	r.drain()
	switch {
	case r.among.gone:
	case met.Last < named:
		return r.vanished(ctx, met.Last)
	case met.Last > r.journal.after && r.journal.seq == 0: // it ended before this node knew of it
		r.among.gone = true
		r.rs.drop(r)
	case met.Last > r.journal.after:
		r.damage(met.Last, 0)
	}
	return nil
}

// vanished ends a session of which the log has nothing any more. Nothing may be born under its id: that this can be stored is the proof.
func (r *Room) vanished(ctx context.Context, last uint64) error {
	if last > 0 {
		return fmt.Errorf("the log ends at entry %d of the session, before what this node has read", last)
	}
	if err := r.rs.log.Forget(ctx, r.id, 0); err != nil {
		return err
	}
	r.buried(eventlog.Entry{Session: r.id, Seq: r.journal.seq})
	return nil
}

// settleDoubt finds out what became of an append in doubt: an empty record takes its place, after which it never will, or finds that taken. The room's lock is held.
func (r *Room) settleDoubt(ctx context.Context) error {
	change := newChange()
	data, err := appendRecord(nil, change, r.journal.base, nil)
	if err != nil {
		return err
	}
	seq, err := r.rs.log.Append(ctx, r.id, r.journal.after, data)
	if errors.Is(err, eventlog.ErrConflict) {
		return r.passed(ctx, err)
	}
	if err != nil {
		return err
	}
	r.journal.stored(seq, change, len(data))
	return nil
}
