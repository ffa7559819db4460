package room

import (
	"context"
	"sync"
	"time"
)

// compactTimeout bounds one compaction.
const compactTimeout = 30 * time.Second

// compactor frees the storage of what lies before snapshots, one session after the other: that is slow among many sessions, so it has no place on a command's path.
type compactor struct {
	mu      sync.Mutex
	waiting []*Room
	running bool
}

// compactLater has the storage freed of what lies before the room's latest snapshot. The room's lock may be held.
func (rs *Rooms) compactLater(r *Room) {
	c := &rs.compact
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, other := range c.waiting {
		if other == r {
			return
		}
	}
	c.waiting = append(c.waiting, r)
	if !c.running {
		c.running = true
		rs.spawn(rs.compactAll)
	}
}

func (rs *Rooms) compactAll() {
	for r := rs.compact.next(); r != nil; r = rs.compact.next() {
		r.compact()
	}
}

// next takes a room whose turn it is; nil when there is none left.
func (c *compactor) next() *Room {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		c.running = false
		return nil
	}
	r := c.waiting[0]
	c.waiting = c.waiting[1:]
	return r
}

func (r *Room) compact() {
	r.lock()
	before, _ := r.journal.compactable()
	r.unlock()
	if before == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(r.rs.life, compactTimeout)
	defer cancel()
	if err := r.rs.log.Compact(ctx, r.id, before); err != nil {
		r.rs.putOff("what lies before a snapshot not freed; the next snapshot will have it done", "session_id", r.id, "error", err)
		return
	}
	r.lock()
	defer r.unlock()
	r.journal.compacted(before)
}
