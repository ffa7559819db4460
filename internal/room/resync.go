package room

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// resync is how a node that was cut off comes to agree with the others again.
type resync struct {
	wanted, running atomic.Bool
	present         atomic.Pointer[presentFor]
}

// presentFor ends when the node is cut off: nobody waits longer for what the log would bring.
type presentFor struct {
	ctx context.Context
	end context.CancelFunc
}

// goAway has nobody served any more; false if that is so already.
func (rs *Rooms) goAway() bool {
	if rs.away.Swap(true) {
		return false
	}
	rs.resync.present.Load().end()
	return true
}

// comeHere has everybody served.
func (rs *Rooms) comeHere() {
	ctx, end := context.WithCancel(rs.life)
	rs.resync.present.Store(&presentFor{ctx, end})
	rs.away.Store(false)
}

// waiting bounds how long a call waits for the log. The caller must call end.
func (rs *Rooms) waiting(ctx context.Context) (limited context.Context, end func()) {
	limited, cancel := context.WithTimeout(ctx, waitTime)
	stop := context.AfterFunc(rs.resync.present.Load().ctx, cancel)
	return limited, func() {
		stop()
		cancel()
	}
}

// longBehind is how long a node may be stuck behind the others before another should be asked: whoever asks it waits in vain. One that has stood still has no way to read for seconds, though it hears the others.
const longBehind = time.Second

// Ready returns why the rooms serve nobody now; nil if they do. A node that is cut off from the others does not, and not before it has read again what there is, nor one that cannot read what is new.
func (rs *Rooms) Ready() error {
	if err := rs.serves(); err != nil || rs.Sharing == nil || rs.Sharing.Behind() < longBehind {
		return err
	}
	return unavailable(errBehind)
}

// changed takes note of who is alive, and of whether this node is cut off.
func (rs *Rooms) changed() {
	rs.nodesChanged()
	switch {
	case rs.Sharing.Cut():
		rs.cutOff()
	case rs.away.Load():
		rs.comeBack()
	default:
		rs.spawn(rs.rearm)
	}
}

// rearm sets the timers of all rooms, because it may be another node's turn.
func (rs *Rooms) rearm() {
	for _, r := range rs.snapshot() {
		r.lock()
		r.arm()
		r.unlock()
	}
}

// cutOff ends all streams: their readers find another node, which has what happens from now on.
func (rs *Rooms) cutOff() {
	if !rs.goAway() {
		return
	}
	rs.Logger.Warn("cut off from the other nodes; nothing is served until they can be reached")
	rs.spawn(func() {
		rs.list.interrupt()
		for _, r := range rs.snapshot() {
			r.lock()
			r.feed.Interrupt()
			r.presence.interrupted(r.now().Add(settleTime))
			r.arm()
			r.unlock()
		}
	})
}

// comeBack reads the log again, until that has succeeded or the node is cut off again.
func (rs *Rooms) comeBack() {
	rs.resync.wanted.Store(true)
	if !rs.resync.running.CompareAndSwap(false, true) {
		return
	}
	rs.spawn(func() {
		for again := true; again; {
			for rs.resync.wanted.Swap(false) && rs.away.Load() && !rs.Sharing.Cut() {
				if err := rs.readAgain(rs.life); err != nil {
					rs.Logger.Warn("the log is not read again yet", "error", err)
					rs.after(retryTime, rs.changed)
				}
			}
			rs.resync.running.Store(false)
			again = rs.resync.wanted.Load() && rs.resync.running.CompareAndSwap(false, true) // asked for in between
		}
	})
}

// readAgain follows the log anew from what is in it now. What this node holds and the log does not have any more has ended.
func (rs *Rooms) readAgain(ctx context.Context) error {
	rs.follow(nil)
	seen := make(map[string]uint64)
	replayed, err := rs.log.Replay(ctx, func(last eventlog.Entry) uint64 {
		seen[last.Session] = last.Seq
		return rs.readOn(last)
	}, rs.followed)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	if err := rs.rewind(seen, replayed.Last); err != nil {
		return err
	}
	for _, d := range replayed.Damaged {
		rs.damagedSince(d)
	}
	rs.endUnseen(seen, replayed.Last)
	stop, err := rs.log.Follow(ctx, replayed.Last, rs.followed)
	if err != nil {
		return fmt.Errorf("follow the log: %w", err)
	}
	rs.follow(stop)
	if rs.Sharing.Cut() || rs.resync.wanted.Load() { // again, meanwhile
		return nil
	}
	rs.comeHere()
	rs.Logger.Info("the other nodes can be reached again, and the log has been read")
	rs.rearm()
	return nil
}

// follow replaces what ends the following of the log.
func (rs *Rooms) follow(stop func()) {
	rs.mu.Lock()
	before := rs.stop
	late := rs.closed && stop != nil
	if rs.stop = stop; stop == nil || late {
		rs.stop = func() {}
	}
	rs.mu.Unlock()
	before()
	if late {
		stop()
	}
}

// readOn is readFrom for a session of which a part may be known.
func (rs *Rooms) readOn(last eventlog.Entry) uint64 {
	rs.mu.RLock()
	r, over := rs.open[last.Session], rs.ended[last.Session] != nil
	rs.mu.RUnlock()
	from := rs.readFrom(last)
	if r == nil {
		if over {
			return last.Seq
		}
		return from
	}
	r.lock()
	defer r.unlock()
	return max(from, min(r.journal.seq+1, last.Seq))
}

// rewind lets go of the sessions of which the log has lost the end, as this node has read it, so that they are read anew: see the error. What was stored since the log was read is no loss.
func (rs *Rooms) rewind(seen map[string]uint64, last uint64) error {
	var lost error
	for _, r := range rs.snapshot() {
		at, ok := seen[r.id]
		r.lock()
		if ok && at < r.journal.seq && r.journal.seq <= last {
			rs.Logger.Error("the log has lost the end of a session", "session_id", r.id)
			r.journal = journal{}
			r.state.Store(&poker.Session{})
			r.feed.Rebase("")
			lost = errors.New("the log has lost the end of sessions, which are read from their beginning")
		}
		r.unlock()
	}
	return lost
}

// damagedSince is damaged for what happened while this node was away.
func (rs *Rooms) damagedSince(d eventlog.Damage) {
	rs.mu.RLock()
	r := rs.open[d.Session]
	rs.mu.RUnlock()
	if r == nil {
		return
	}
	r.lock()
	defer r.unlock()
	if r.journal.after < d.Last {
		r.damage(d.Last, d.Missing)
	}
}

// endUnseen ends the sessions of which the log has nothing any more.
func (rs *Rooms) endUnseen(seen map[string]uint64, last uint64) {
	for _, r := range rs.snapshot() {
		if seen[r.id] > 0 {
			continue
		}
		r.lock()
		if r.journal.seq <= last {
			r.buried(eventlog.Entry{Session: r.id, Seq: r.journal.seq})
		}
		r.unlock()
	}
	rs.mu.RLock()
	var gone []string
	for id := range rs.ended {
		if seen[id] == 0 {
			gone = append(gone, id)
		}
	}
	rs.mu.RUnlock()
	for _, id := range gone {
		rs.freedStorage(id)
	}
}

// longSleep is how much later than it should a look may come before this node has slept, and must read what it has missed.
const longSleep = 6 * lookEvery

// slept has the log read again if the machine has slept: what was freed meanwhile may have left no trace.
func (rs *Rooms) slept(now time.Time) {
	if rs.Sharing == nil {
		return
	}
	before := rs.looked
	rs.looked = now
	if !before.IsZero() && now.Sub(before) > longSleep {
		rs.goAway()
		rs.comeBack()
	}
}
