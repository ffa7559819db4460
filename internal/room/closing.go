package room

import (
	"context"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
)

// Close stops all timers and the following of the log, and stores a snapshot of each session that has changed. When it returns, nothing that happens by itself uses the log any more, unless
// the store does not answer: Close does not wait long for that. The calls of others are theirs to finish before. Sessions stay in the log. Streams are left alone: they
// belong to whoever opened them.
func (rs *Rooms) Close() {
	rs.mu.Lock()
	again := rs.closed
	rs.closed = true
	timers := []clock.Timer{rs.sweeper, rs.looker}
	rs.mu.Unlock()
	rs.endLife()
	for _, timer := range timers {
		if timer != nil {
			timer.Stop()
		}
	}
	rs.follow(nil)
	rooms := rs.snapshot()
	for _, r := range rooms {
		r.closed.Store(true)
	}
	rs.list.close()
	if rs.closeAll(rooms) && !again && rs.Sharing == nil {
		rs.storeSnapshots(rooms)
	}
}

// closeBounds are how long Close waits.
type closeBounds struct {
	rooms     time.Duration // for rooms that are storing something
	snapshots time.Duration // for snapshots, which only make the next start quicker
	snapshot  time.Duration // for one of these: a store that needs longer has other worries
}

var closesWithin = closeBounds{rooms: 150 * time.Millisecond, snapshots: 2 * time.Second, snapshot: 200 * time.Millisecond}

// closeAll waits for what the rooms have begun. False: it took too long, because the store does not answer.
func (rs *Rooms) closeAll(rooms []*Room) bool {
	done := make(chan struct{})
	go func() { // ends when the store answers, or is closed
		defer close(done)
		for _, r := range rooms {
			r.close()
		}
		rs.running.Wait()
	}()
	select {
	case <-done:
		return true
	case <-time.After(rs.closes.rooms):
		rs.Logger.Warn("the store does not answer; what is under way is given up")
		return false
	}
}

// storeSnapshots stores one of each session that has changed since its latest. What is not stored in time is read entry by entry at the next start.
func (rs *Rooms) storeSnapshots(rooms []*Room) {
	ctx, cancel := context.WithTimeout(context.Background(), rs.closes.snapshots)
	defer cancel()
	for _, r := range rooms {
		if err := r.parting(ctx); err != nil {
			rs.Logger.Warn("not all snapshots stored; the next start takes longer", "error", err)
			return
		}
	}
}

func (r *Room) parting(ctx context.Context) error {
	r.lock()
	defer r.unlock()
	if b := r.state.brief(); r.journal.stale || r.journal.tail.entries == 0 || b.ID == "" || b.Ended != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, r.rs.closes.snapshot)
	defer cancel()
	return r.storeSnapshot(ctx)
}
