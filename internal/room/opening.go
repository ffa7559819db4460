package room

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
)

// firstLimit is how long one of several nodes tries to read the log at its start. It waits as long for the others.
const firstLimit = 5 * time.Minute

// readFirst reads the log at the start. Among several nodes it cannot be read for some seconds after one has died that led: then it is tried again.
func (rs *Rooms) readFirst(ctx context.Context) (eventlog.Replayed, error) {
	if rs.Sharing == nil {
		return rs.readOnce(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, firstLimit)
	defer cancel()
	for {
		replayed, err := rs.readOnce(ctx)
		if !errors.Is(err, eventlog.ErrUnavailable) || errors.Is(err, eventlog.ErrClosed) {
			return replayed, err
		}
		rs.Logger.Warn("the log is not read yet", "error", err)
		again := make(chan struct{})
		timer := rs.Clock.AfterFunc(retryTime, func() { close(again) })
		select {
		case <-again:
		case <-ctx.Done():
			timer.Stop()
			return replayed, err
		}
		rs.open = make(map[string]*Room) // what a part of it has made
	}
}

func (rs *Rooms) readOnce(ctx context.Context) (eventlog.Replayed, error) {
	replayed, err := rs.log.Replay(ctx, rs.readFrom, rs.replayed)
	if err != nil {
		return replayed, fmt.Errorf("read the log: %w", err)
	}
	for _, d := range replayed.Damaged {
		rs.damaged(d)
	}
	return replayed, rs.readWhole(ctx)
}

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
