package room

import (
	"sync"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
)

// among is what the room of a node among several keeps besides.
type among struct {
	inbox inbox
	own   string // the change of this room's latest append, until it is known to be stored or not
	found bool   // that change has come by the log
	hid   bool   // it may have come by a snapshot, which does not show it
	gone  bool   // the log says that the session is gone

	storing bool // what is absorbed is this room's own append

	rank     int       // this node's, see turn
	rankedOf *[]string // the nodes that were alive then

	calm   calmness  // when nobody was waited for
	waited bool      // somebody was waited for who had streams to another node
	lost   time.Time // when the log last took nothing of what was due
	missed []string  // who has streams here, and is away as another node says

	unheard unheard
}

// inbox holds what the log has brought and the room has not folded yet. Whoever follows the log for all rooms must not wait for one of them.
type inbox struct {
	mu      sync.Mutex
	entries []eventlog.Entry
	folding int // how many have been taken and are not in the state yet
}

func (b *inbox) put(e eventlog.Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries = append(b.entries, e)
}

// take empties the inbox. What was taken before is in the state.
func (b *inbox) take() []eventlog.Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	entries := b.entries
	b.entries, b.folding = nil, len(entries)
	return entries
}

// empty reports whether everything that was put in is in the state.
func (b *inbox) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.entries) == 0 && b.folding == 0
}

// lock takes the room's lock, with everything folded that the log has brought.
func (r *Room) lock() {
	r.mu.Lock()
	r.drain()
}

// unlock lets the lock go. What the log brings while somebody has it is folded by them, or by whoever finds it free: an entry that is put into the inbox before the lock is free is seen here, after that it is,
// and one that is put there later finds the lock free.
func (r *Room) unlock() {
	if r.among == nil {
		r.mu.Unlock()
		return
	}
	for {
		if r.drain() {
			r.arm()
		}
		r.mu.Unlock()
		if r.among.inbox.empty() || !r.mu.TryLock() {
			return
		}
	}
}

// drain folds what the log has brought, and reports whether there was anything new. The room's lock is held.
func (r *Room) drain() (changed bool) {
	if r.among == nil {
		return false
	}
	for {
		entries := r.among.inbox.take()
		if len(entries) == 0 {
			return changed
		}
		for _, e := range entries {
			changed = r.came(e) || changed
		}
		if changed {
			r.used = r.now() // what has come has unpacked the state
		}
	}
}

// came folds the next entry that the log has brought, unless the room has it. The log leaves out what it cannot read, and what was freed before it came here: then a snapshot follows.
func (r *Room) came(e eventlog.Entry) bool {
	switch {
	case e.Seq <= r.journal.seq || r.among.gone:
		return false
	case eventlog.IsGone(e):
		r.buried(e)
		return true
	case r.restates(e):
		return true
	}
	rec, ok := r.read(e)
	if e.After != r.journal.after && rec.State == nil {
		r.damage(e.After, 0)
		r.interrupt()
	}
	r.fold(e, rec, ok)
	return true
}

// deliver puts an entry into the inbox, and folds it if nobody is busy with the room.
func (r *Room) deliver(e eventlog.Entry) {
	r.among.inbox.put(e)
	if r.mu.TryLock() {
		r.unlock()
	}
}

// see waits until what the log has brought is in the state.
func (r *Room) see() {
	if r.among != nil && !r.among.inbox.empty() {
		r.lock()
		r.unlock()
	}
}
