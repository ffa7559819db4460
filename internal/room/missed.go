package room

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/stream"
	"github.com/magnapp/magnapp/internal/view"
)

// missed are events read from the log for a reader that comes back.
type missed struct {
	found  bool
	frames []byte
	upTo   string // id of the last of them, or of the one the reader has seen
}

// maxMissed is how many bytes a reader that comes back may have missed; one that missed more, and more than the whole session has, gets the session instead.
const maxMissed = 256 << 10

// maxSnapshots is how many snapshots before the latest one are looked for to find a state before what the reader has seen.
const maxSnapshots = 8

// errNotKept says that the missed events cannot be had: the id was never issued here, or what follows it is not in the log any more, or too much.
var errNotKept = errors.New("not kept")

// errStale says that what was read lacks entries that this node has folded: of several servers with the log, one answered that is behind.
var errStale = fmt.Errorf("%w yet", errNotKept)

// The times for reading again what a server that is behind does not have yet. It has it soon.
const (
	behindPause   = 20 * time.Millisecond
	behindTimeout = 2 * time.Second
)

// readMissed reads from the log what a returning reader has missed up to the entry that the room knows as the last, if the room no longer has it at hand. It returns none if the reader is better
// off with a fresh start.
func (r *Room) readMissed(ctx context.Context, w Watch, at position, base, last uint64) missed {
	if !r.rs.readings.begin(ctx, w.Address) {
		return missed{}
	}
	defer r.rs.readings.end(w.Address)
	r.lock()
	m := r.atHand(w.LastEventID) // if somebody else who came back has had it read
	r.unlock()
	if m.found {
		return m
	}
	err := r.render(ctx, &m, at, base, last)
	for began := time.Now(); errors.Is(err, errStale) && time.Since(began) < behindTimeout && pause(ctx, behindPause); {
		m = missed{}
		err = r.render(ctx, &m, at, base, last)
	}
	switch {
	case err == nil:
		r.lock()
		r.feed.Precede(w.LastEventID, m.upTo, m.frames)
		r.unlock()
		return m
	case !errors.Is(err, errNotKept) && ctx.Err() == nil:
		r.rs.Logger.Warn("missed events not read", "session_id", r.id, "last_event_id", at.String(), "error", err)
	}
	return missed{}
}

// atHand is what follows an event, as far as it need not be read. What is at hand now may not be a moment later. The room's lock is held.
func (r *Room) atHand(lastEventID string) (m missed) {
	m.frames, m.found = r.feed.After(lastEventID)
	m.upTo = r.feed.LastID()
	return m
}

// render folds the session's log from the snapshot before the position, because an event shows the state after it, and keeps what follows the position.
func (r *Room) render(ctx context.Context, m *missed, after position, base, last uint64) error {
	if err := r.issued(ctx, after); err != nil {
		return err
	}
	from, err := r.snapshotBefore(ctx, after.seq, base)
	if err != nil {
		return err
	}
	f := folding{room: r, missed: m, after: after, last: last}
	if err := r.rs.log.Range(ctx, r.id, max(from, 1)-1, f.entry); err != nil {
		return fmt.Errorf("read session: %w", err)
	}
	if f.err == nil && f.seq < last && r.rs.Sharing != nil {
		return errStale
	}
	if f.err == nil && !m.found {
		return errNotKept
	}
	return f.err
}

// issued looks whether the position is one of this session's, which takes the reading of a single entry: forged ids end here.
func (r *Room) issued(ctx context.Context, at position) error {
	rec, err := r.recordAt(ctx, at.seq)
	if err != nil {
		return err
	}
	if rec.Change != at.change || at.index >= len(rec.Events) {
		return errNotKept
	}
	return nil
}

// snapshotBefore returns the sequence of the latest snapshot at or before a sequence; 0 if the session is to be read from its beginning.
func (r *Room) snapshotBefore(ctx context.Context, seq, base uint64) (uint64, error) {
	for range maxSnapshots {
		if base <= seq {
			return base, nil
		}
		rec, err := r.recordAt(ctx, base)
		if err != nil {
			return 0, err
		}
		base = rec.Base
	}
	return 0, errNotKept
}

// recordAt reads one entry.
func (r *Room) recordAt(ctx context.Context, seq uint64) (record, error) {
	e, ok, err := r.rs.log.Next(ctx, r.id, max(seq, 1)-1)
	if err != nil {
		return record{}, fmt.Errorf("read entry %d: %w", seq, err)
	}
	if !ok && r.rs.Sharing != nil { // there is one, as this node knows
		return record{}, errStale
	}
	if !ok || e.Seq != seq {
		return record{}, errNotKept
	}
	rec, ok := r.read(e)
	if !ok {
		return record{}, errNotKept
	}
	return rec, nil
}

// pause waits for d. It returns false if the reader goes.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// folding folds entries, and keeps the frames of what comes after a position.
type folding struct {
	room   *Room
	missed *missed
	after  position
	last   uint64 // what follows this entry the reader gets from the room, which may not have it yet

	begun bool
	seq   uint64
	state *poker.Session
	err   error
}

// entry takes one entry, and reports whether to go on.
func (f *folding) entry(e eventlog.Entry) bool {
	if e.Seq > f.last {
		return false
	}
	rec, ok := f.room.read(e)
	whole := f.begun && e.After == f.seq || !f.begun && (rec.State != nil || e.After == 0)
	if !ok || !whole { // something is missing in between
		f.err = errNotKept
		return false
	}
	f.begun, f.seq = true, e.Seq
	if rec.State != nil {
		f.state = rec.State
		return true
	}
	for i, step := range rec.steps(f.state) {
		f.state = step.Session
		f.step(step, position{seq: e.Seq, index: i, change: rec.Change})
	}
	if len(f.missed.frames) > maxMissed {
		f.err = errNotKept
	}
	return f.err == nil
}

func (f *folding) step(step poker.Step, at position) {
	if at == f.after {
		f.missed.found, f.missed.upTo = true, at.String()
		return
	}
	if !f.missed.found {
		return
	}
	event, ok := view.OfEvent(step.Session, step.Event)
	if !ok {
		return
	}
	id := at.String()
	frames, err := stream.AppendEvent(f.missed.frames, id, event)
	if err != nil {
		f.err = err
		return
	}
	f.missed.frames, f.missed.upTo = frames, id
}
