package room

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/stream"
)

// journal is where a room stands in its session's log.
type journal struct {
	seq    uint64 // of the last entry that has been read or stored
	after  uint64 // what the next append must name: that, unless the last entry cannot be read
	base   uint64 // of the latest snapshot; 0 if there is none
	change string // of the last entry

	stale    bool   // there may be an entry that has not been read: an append failed, and none may be decided before a look
	doubtful bool   // the store did not say whether it took that append
	doubted  string // the id of its idempotency key, while it is doubtful; empty if it had none
	damaged  bool   // entries could not be read, and the session does not know yet
	missing  uint64 // how many, if that is known

	tail     part   // what follows the latest snapshot
	snapshot int    // bytes of that
	before   []span // what lies before it, between snapshots, the oldest first
}

// part is a part of a session's log.
type part struct{ entries, bytes int }

func (p *part) add(bytes int) { p.entries, p.bytes = p.entries+1, p.bytes+bytes }

// span is the part of a session's log that ends before a snapshot.
type span struct {
	part
	until uint64 // the snapshot's sequence
}

// The times to store a snapshot, and to free what lies before it.
const (
	// snapshotAfter is the number of entries after which a snapshot is worth it: so many are read in the time of a snapshot of a usual session.
	snapshotAfter = 64
	// snapshotBytes are as many bytes of entries as are worth a snapshot, however few entries they are: an imported file is one. A session that has reached its bound must get out of it.
	snapshotBytes = 1 << 20
	// A snapshot must not be written more often than its size is worth, so that snapshots add at most half to what is written, and a start reads no more than twice as many bytes of entries. A session that
	// fills half of what it may have has no room for that.
	snapshotGrowth = 2

	// keptBytes are kept of what lies before the latest snapshot, for readers that come back after a while.
	keptBytes = 512 << 10
	// Freeing storage is slow, so it waits until it is worth it.
	deadEntries = 512
	deadBytes   = 256 << 10

	// maxSessionBytes is what the log may hold of one session. More is refused until storage has been freed: one session must not fill the store for all.
	maxSessionBytes = 16 << 20
)

func (j *journal) bytes() int {
	n := j.tail.bytes + j.snapshot
	for _, s := range j.before {
		n += s.bytes
	}
	return n
}

func (j *journal) wantsSnapshot() bool {
	long, grown := j.tail.entries >= snapshotAfter || j.tail.bytes >= snapshotBytes, j.tail.bytes >= snapshotGrowth*j.snapshot
	// A snapshot may be so large that the session comes to its bound before it has grown by as much, and then nothing would ever be freed.
	full := j.tail.bytes >= snapshotBytes && j.tail.bytes+j.snapshot > maxSessionBytes/2
	return long && grown || full
}

// compactable returns the sequence below which entries are not needed any more, and whether freeing them is worth it.
func (j *journal) compactable() (before uint64, worth bool) {
	kept := j.tail.bytes
	if j.bytes() > maxSessionBytes/2 { // there is no room for readers that come back
		kept = keptBytes
	}
	var dead part
	for i := len(j.before) - 1; i >= 0; i-- {
		s := j.before[i]
		if kept >= keptBytes {
			before = max(before, s.until)
			dead.entries, dead.bytes = dead.entries+s.entries, dead.bytes+s.bytes
		}
		kept += s.bytes
	}
	return before, dead.entries >= deadEntries || dead.bytes >= deadBytes
}

// compacted notes that entries below a sequence have been freed.
func (j *journal) compacted(before uint64) {
	j.before = slices.DeleteFunc(j.before, func(s span) bool { return s.until <= before })
}

// stored notes an entry that follows the last one.
func (j *journal) stored(seq uint64, change string, bytes int) {
	j.seq, j.after, j.change = seq, seq, change
	j.tail.add(bytes)
}

// rebased notes a snapshot that follows the last entry.
func (j *journal) rebased(seq uint64, change string, bytes int) {
	j.before = append(j.before, span{part: part{entries: j.tail.entries + 1, bytes: j.tail.bytes + j.snapshot}, until: seq})
	j.tail, j.snapshot = part{}, bytes
	j.seq, j.after, j.base, j.change = seq, seq, seq, change
}

var errTooLarge = errors.New("the session's log has reached its bound")

// usualEntry is the longest entry, in bytes, after which its buffer is kept for the next. That of a vote is half as long.
const usualEntry = 640

// append stores what a command did, and lets everybody know.
func (r *Room) append(ctx context.Context, change string, steps []poker.Step) error {
	data, err := appendRecord(r.entry[:0], change, r.journal.base, steps)
	if err != nil {
		return err
	}
	if len(data) <= usualEntry {
		r.entry = data
	}
	if r.among != nil {
		r.among.own, r.among.found, r.among.hid = change, false, false
	}
	seq, err := r.rs.log.Append(ctx, r.id, r.journal.after, data)
	if r.among != nil && steps[len(steps)-1].Session.Ended != "" && errors.Is(err, eventlog.ErrFull) && !errors.Is(err, eventlog.ErrDoubtful) {
		seq, err = r.rs.log.End(ctx, r.id, r.journal.after, data) // or the log stays full
	}
	if err != nil {
		return err
	}
	r.journal.stored(seq, change, len(data))
	if r.among == nil {
		r.absorb(seq, change, steps)
		return nil
	}
	r.among.storing = true
	r.absorb(seq, change, steps)
	r.among.storing = false
	return nil
}

// stored reports whether the log has brought a change of this room's of which the append did not say so.
func (r *Room) stored(change string) bool {
	return r.among != nil && r.among.found && r.among.own == change
}

// refresh reads what may have been stored without this room's knowledge, before anything is decided.
func (r *Room) refresh(ctx context.Context) error {
	if !r.journal.stale {
		return nil
	}
	settle := r.catchUp
	if r.among != nil {
		settle = r.settleDoubt
	}
	if err := settle(ctx); err != nil {
		return err
	}
	r.journal.stale, r.journal.doubtful = false, false
	return nil
}

// catchUp reads and folds what follows the last entry that the room knows.
func (r *Room) catchUp(ctx context.Context) error {
	entries, err := r.rs.log.Load(ctx, r.id, r.journal.seq)
	if err != nil {
		return fmt.Errorf("read what is new: %w", err)
	}
	for _, e := range entries {
		r.absorbEntry(e)
	}
	return nil
}

// lost catches up after an append that met another entry. What the log says is there and cannot be read is left out. What a log that nobody else writes to does not have any more, as after
// the repair of a damaged file, the room still has.
func (r *Room) lost(ctx context.Context, conflict error) error {
	if r.among != nil {
		return r.passed(ctx, conflict)
	}
	if err := r.catchUp(ctx); err != nil {
		r.journal.stale = true
		return err
	}
	var met *eventlog.ConflictError
	if errors.As(conflict, &met) && met.Last != r.journal.after {
		r.damage(met.Last, 0)
	}
	return nil
}

// damage notes that entries of the session cannot be read, so that the log expects the next append after another entry than the last one that can. The session goes on from what is there.
func (r *Room) damage(last, missing uint64) {
	r.rs.Logger.Error("entries of a session cannot be read; it goes on from those that can", "session_id", r.id, "read_up_to", r.journal.seq, "missing", missing)
	r.journal.after = last
	r.journal.damaged, r.journal.missing = true, r.journal.missing+missing
}

// absorbEntry folds an entry that was stored without this room, and publishes what is in it.
func (r *Room) absorbEntry(e eventlog.Entry) {
	rec, ok := r.read(e)
	r.fold(e, rec, ok)
}

// fold is absorbEntry for an entry as it was read, if it could be.
func (r *Room) fold(e eventlog.Entry, rec record, ok bool) {
	if r.among != nil && ok && rec.Change == r.among.own {
		r.among.found = true
	}
	switch {
	case !ok:
		r.journal.stored(e.Seq, "", len(e.Data))
	case rec.State != nil:
		r.restore(e, rec)
	default:
		r.journal.stored(e.Seq, rec.Change, len(e.Data))
		r.absorb(e.Seq, rec.Change, rec.steps(r.state.Load()))
	}
}

// restore takes a snapshot over. It says nothing new, unless entries before it are missing.
func (r *Room) restore(e eventlog.Entry, rec record) {
	contiguous := r.journal.seq != 0 && e.After == r.journal.seq
	r.journal.rebased(e.Seq, rec.Change, len(e.Data))
	if contiguous {
		return
	}
	if r.among != nil {
		r.among.hid = true
	}
	r.journal.tail, r.journal.before = part{}, nil
	before := r.state.Load()
	r.state.Store(rec.State)
	r.interrupt()
	r.feed.Rebase(rec.Last)
	if summaryChanged(before, rec.State) {
		r.rs.list.changed()
	}
}

// restates takes over a snapshot that follows the last entry, without decoding the state: the room has it. False: it is something else.
func (r *Room) restates(e eventlog.Entry) bool {
	if r.journal.seq == 0 || e.After != r.journal.seq {
		return false
	}
	h, _, ok := plainHead(e.Data)
	if ok = ok && h.Snapshot; ok {
		r.journal.rebased(e.Seq, h.Change, len(e.Data))
	}
	return ok
}

// interrupt ends all streams, because what their readers have missed is not known. They come back, and begin afresh.
func (r *Room) interrupt() {
	r.feed.Interrupt()
	r.presence.interrupted(r.now().Add(reloadGrace))
}

// replay folds an entry at the start, when nobody looks on.
func (r *Room) replay(e eventlog.Entry) {
	r.lock()
	defer r.unlock()
	rec, ok := r.read(e)
	if ok && rec.State != nil {
		r.restore(e, rec)
		return
	}
	if before := r.journal.seq; before != e.After && (before != 0 || rec.Base == 0) {
		r.damage(e.After, 0)
	}
	r.journal.stored(e.Seq, rec.Change, len(e.Data))
	if !ok {
		r.journal.damaged, r.journal.missing = true, r.journal.missing+1
		return
	}
	steps := rec.steps(r.state.Load())
	for i, step := range steps {
		r.feed.Publish([]stream.Update{{Session: step.Session, Event: step.Event, ID: position{seq: e.Seq, index: i, change: rec.Change}.String()}})
		r.state.Store(step.Session)
	}
}

// read decodes an entry. One that cannot be read is left out, with a line in the log: the session goes on without it.
func (r *Room) read(e eventlog.Entry) (record, bool) {
	rec, err := decodeRecord(e.Data)
	if err != nil {
		r.rs.Logger.Error("unreadable entry in the log", "session_id", r.id, "sequence", e.Seq, "error", err)
	}
	return rec, err == nil
}

// store stores a snapshot, so that the session need not be read from its beginning.
func (r *Room) storeSnapshot(ctx context.Context) error {
	h := head{Change: newChange(), Base: r.journal.base, Last: r.feed.LastID()}
	data, err := appendSnapshot(nil, h, r.state.Load())
	if err != nil {
		return err
	}
	seq, err := r.rs.log.Snapshot(ctx, r.id, r.journal.after, data)
	if err != nil {
		r.journal.stale = r.among == nil // among several the next append meets what there is
		return fmt.Errorf("store snapshot: %w", err)
	}
	r.journal.rebased(seq, h.Change, len(data))
	return nil
}

// tidy stores a snapshot if it is time, and has freed what lies before it. It is called after commands, and never makes one wait.
func (r *Room) tidy() {
	if r.journal.wantsSnapshot() && !r.tidying {
		r.tidying = true
		r.rs.spawn(func() {
			r.lock()
			defer r.unlock()
			r.tidying = false
			r.shorten()
		})
	}
}

// snapshotTimeout bounds how long a snapshot may hold a room up.
const snapshotTimeout = time.Second

func (r *Room) shorten() {
	if r.closed.Load() || r.journal.stale || r.state.Load().Ended != "" || !r.journal.wantsSnapshot() {
		return
	}
	ctx, cancel := context.WithTimeout(r.rs.life, snapshotTimeout)
	defer cancel()
	if err := r.storeSnapshot(ctx); err != nil {
		r.rs.Logger.Warn("snapshot not stored; the next one will be", "session_id", r.id, "error", err)
		r.arm()
		return
	}
	if _, worth := r.journal.compactable(); worth {
		r.rs.compactLater(r)
	}
}
