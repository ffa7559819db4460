package room

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// What is kept of ended sessions, so that their rounds and stories can be read for a while, must not fill the store: the oldest go first.
const (
	maxKept      = 1000
	maxKeptBytes = 512 << 20 // of the log, in all
)

// over is a session that has ended, and whose storage is still there.
type over struct {
	state           // as it was in the end
	until time.Time // when what is kept of it can no longer be read; zero if nothing is kept
	bytes int       // its log
	last  uint64    // the sequence of its last entry
	keyed bool      // a key may have made it
}

// overOf is what is remembered of a session that is over. Those in which nothing came to an end are not worth keeping. The room's lock is held.
func (rs *Rooms) overOf(r *Room) *over {
	s := r.state.Load()
	o := &over{bytes: r.journal.bytes(), last: r.journal.after, keyed: s.Creation.ID != ""}
	o.Store(s)
	if rs.KeepEnded > 0 && s.ID != "" && (len(s.Rounds) > 0 || s.Stories.Len() > 0) {
		o.until = s.ExpiresAt.Add(rs.KeepEnded)
		o.packOrWarn(rs, r.id)
	}
	return o
}

// packOrWarn lets a kept session need little memory.
func (o *over) packOrWarn(rs *Rooms, id string) {
	if err := o.pack(); err != nil {
		rs.Logger.Warn("an ended session keeps all of its memory", "session_id", id, "error", err)
	}
}

func (o *over) kept(now time.Time) bool { return now.Before(o.until) }

// Kept reports whether a session has ended and can still be read by ReadKept.
func (rs *Rooms) Kept(id string) bool { return rs.keptSession(id) != nil }

func (rs *Rooms) keptSession(id string) *over {
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	if o := rs.ended[id]; o != nil && o.kept(rs.Clock.Now()) {
		return o
	}
	return nil
}

// ReadKept is Read for a session that lives, or has ended not longer ago than Options.KeepEnded.
func (rs *Rooms) ReadKept(ctx context.Context, id, userID string, proof Proof) (*poker.Session, error) {
	s, err := rs.Read(ctx, id, userID, proof)
	var refusal *poker.Refusal
	if !errors.As(err, &refusal) || refusal.Reason != poker.SessionGone {
		return s, err
	}
	o := rs.keptSession(id)
	if o == nil {
		return nil, err
	}
	s = o.Load()
	return s, mayRead(s, userID, proof)
}

// endedAs is a session that has ended, as it was in the end; nil if its storage has been freed.
func (rs *Rooms) endedAs(id string) *poker.Session {
	rs.mu.RLock()
	o := rs.ended[id]
	rs.mu.RUnlock()
	if o == nil {
		return nil
	}
	return o.Load()
}

// lastOf is the sequence of the last entry of a session that has ended.
func (rs *Rooms) lastOf(id string) uint64 {
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	if o := rs.ended[id]; o != nil {
		return o.last
	}
	return 0
}

// endedSessions are those whose storage is to be freed: nothing is kept of them any more, or there are too many. When the store has failed to take a write, the older half is freed, because it
// may be full.
func (rs *Rooms) endedSessions() []string {
	now := rs.Clock.Now()
	limit := maxKept
	rs.mu.RLock()
	var ids, kept []string
	for id, o := range rs.ended {
		if o.kept(now) {
			kept = append(kept, id)
		} else {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(kept, func(a, b string) int { return cmp.Or(rs.ended[b].until.Compare(rs.ended[a].until), cmp.Compare(a, b)) })
	if rs.strained.Swap(false) {
		limit = len(kept) / 2
	}
	bytes := 0
	for i, id := range kept {
		if bytes += rs.ended[id].bytes; i >= limit || bytes > maxKeptBytes {
			ids = append(ids, id)
		}
	}
	rs.mu.RUnlock()
	return ids
}

// packKept lets go of what reading has unpacked.
func (rs *Rooms) packKept() {
	now := rs.Clock.Now()
	kept := make(map[string]*over)
	rs.mu.RLock()
	for id, o := range rs.ended {
		if o.kept(now) {
			kept[id] = o
		}
	}
	rs.mu.RUnlock()
	for id, o := range kept {
		o.packOrWarn(rs, id)
	}
}
