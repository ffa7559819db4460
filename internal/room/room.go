package room

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/view"
)

// Room is one live session on this node.
type Room struct {
	id string
	rs *Rooms

	// state is written under mu and read without it.
	state       atomic.Pointer[poker.Session]
	readerCount atomic.Int32

	mu       sync.Mutex
	seq      uint64   // of the last entry that has been folded
	last     position // of the last event that clients were told
	history  history
	watched  bool // a reader has been here, so that one may come back
	snapshot cachedSnapshot
	entry    []byte // room for the next entry of the log
	readers  []*subscription
	targets  []Reader // of the readers, side by side: what lies apart costs every delivery a miss in the caches
	presence presence
	timer    clock.Timer
	armedFor time.Time
	settling time.Time // until then nobody inherits; zero: no such time
	closed   bool
}

func newRoom(rs *Rooms, id string) *Room {
	r := &Room{id: id, rs: rs}
	r.state.Store(&poker.Session{})
	return r
}

// do carries out a command for somebody who proves who they are.
func (r *Room) do(ctx context.Context, c poker.Command, proof Proof) (*poker.Session, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.passTime(ctx)
	if err := r.admit(c.Actor(), proof); err != nil {
		return nil, err
	}
	if rc, ok := c.(poker.Reconnect); ok {
		rc.Stream = r.presence.streams[rc.UserID] > 0
		c = rc
	}
	s, err := r.commit(ctx, c)
	r.arm()
	return s, err
}

// admit refuses a session that is gone, and an actor without proof.
func (r *Room) admit(actor string, proof Proof) error {
	s := r.state.Load()
	if !s.Alive(r.now()) {
		return poker.Gone()
	}
	if actor == "" {
		return nil
	}
	// An actor who is not in the session is the game's to refuse.
	if p, ok := s.Participant(actor); ok && !proof.Proves(p) {
		return Refuse(Unproven)
	}
	return nil
}

func (r *Room) now() time.Time { return r.rs.Clock.Now() }

func (r *Room) moment() poker.Moment {
	now := r.now()
	return poker.Moment{Now: now, Settling: now.Before(r.settling)}
}

// maxTries bounds how often a command is decided again because other nodes' appends came first. It is high because losing is the rule while another node is busy: whoever won has
// no reading to do before the next append.
const maxTries = 200

// commit takes a command the whole way round: decide, append, fold, fan out. It returns the state right after the command.
func (r *Room) commit(ctx context.Context, c poker.Command) (*poker.Session, error) {
	if r.closed {
		return nil, unavailable(ErrClosed)
	}
	for range maxTries {
		events, err := r.rs.Rules.Decide(r.state.Load(), c, r.moment())
		if err != nil {
			return nil, err
		}
		if len(events) == 0 {
			return r.state.Load(), nil
		}
		err = r.append(ctx, newRecord(events))
		if errors.Is(err, eventlog.ErrConflict) {
			r.rs.counters.conflicts.Add(1)
			err = r.catchUp(ctx)
			if err == nil {
				continue
			}
		}
		if err != nil {
			return nil, r.notStored(c, err)
		}
		return r.state.Load(), nil
	}
	return nil, r.notStored(c, eventlog.ErrConflict)
}

func (r *Room) notStored(c poker.Command, err error) error {
	r.rs.Logger.Error("command not stored", "command", poker.Name(c), "session_id", r.id, "user_id", c.Actor(), "error", err)
	return unavailable(err)
}

// usualEntry is the longest entry, in bytes, after which its buffer is kept for the next. That of a vote is half as long.
const usualEntry = 640

func (r *Room) append(ctx context.Context, rec record) error {
	data, err := rec.appendJSON(r.entry[:0])
	if err != nil {
		return err
	}
	if len(data) <= usualEntry {
		r.entry = data
	}
	seq, err := r.rs.log.Append(ctx, r.id, r.seq, data)
	if err != nil {
		return err
	}
	r.absorb(seq, rec)
	return nil
}

// catchUp folds what other nodes have appended.
func (r *Room) catchUp(ctx context.Context) error {
	entries, err := r.rs.log.Load(ctx, r.id, r.seq)
	if err != nil {
		return err
	}
	for _, e := range entries {
		r.absorbEntry(e)
	}
	return nil
}

// absorbEntry folds an entry that another node has stored and fans it out.
func (r *Room) absorbEntry(e eventlog.Entry) {
	if rec, ok := r.read(e); ok {
		r.absorb(e.Seq, rec)
	}
	r.seq = e.Seq
}

// replay folds an entry at the start, when nobody looks on.
func (r *Room) replay(e eventlog.Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq = e.Seq
	rec, ok := r.read(e)
	if !ok {
		return
	}
	state := r.state.Load()
	for i, event := range rec.Events {
		state = poker.Fold(state, event)
		if view.Visible(event) {
			r.last = position{seq: e.Seq, index: i, change: rec.Change}
		}
	}
	r.history.base = r.last
	r.state.Store(state)
}

// read decodes an entry. One that cannot be read is left out, with a word in the log: the session goes on without it.
func (r *Room) read(e eventlog.Entry) (record, bool) {
	rec, err := decodeRecord(e.Data)
	if err != nil {
		r.rs.Logger.Error("unreadable entry in the log", "session_id", r.id, "sequence", e.Seq, "error", err)
	}
	return rec, err == nil
}

// absorb folds what has been stored and sends it to every reader: the only way by which anybody learns of a change.
func (r *Room) absorb(seq uint64, rec record) {
	before := r.state.Load()
	state := before
	var out []byte
	var partings []parting
	for i, e := range rec.Events {
		state = poker.Fold(state, e)
		if f, ok := r.encode(state, e, position{seq: seq, index: i, change: rec.Change}); ok {
			out = joined(out, f.bytes)
		}
		if p, ok := e.Payload.(poker.ParticipantLeft); ok {
			partings = append(partings, parting{userID: p.UserID, seen: len(out)})
		}
	}
	r.seq = seq
	r.state.Store(state) // before anybody hears of it, so that whoever asks then finds it
	r.rs.counters.events.Add(uint64(len(rec.Events)))
	for _, p := range partings {
		r.part(p, out)
	}
	r.fanOut(out)
	for _, e := range rec.Events {
		r.afterwards(state, e)
	}
	if summaryChanged(before, state) {
		r.rs.list.changed()
	}
}

// joined appends frames to frames. What is alone, as nearly always, is not copied.
func joined(frames, more []byte) []byte {
	if len(frames) == 0 {
		return more[:len(more):len(more)]
	}
	return append(frames, more...)
}

// parting is a user who left, and how much of a record's frames their streams still get: all up to the word that they left.
type parting struct {
	userID string
	seen   int
}

// part ends the streams of a user who left.
func (r *Room) part(p parting, frames []byte) {
	r.presence.forget(p.userID)
	r.closeReaders(func(sub *subscription) bool {
		if sub.userID != p.userID {
			return false
		}
		sub.Send(frames[:p.seen:p.seen])
		return true
	})
}

// encode makes the frame of an event, once for all readers, and keeps it for those that come back. False: clients are not told of this event, or there has never been one here.
func (r *Room) encode(state *poker.Session, e poker.Event, at position) (frame, bool) {
	if !view.Visible(e) {
		return frame{}, false
	}
	r.last = at
	if !r.watched {
		r.history.base = at
		return frame{}, false
	}
	event, _ := view.OfEvent(state, e)
	f, err := newFrame(at, event)
	if err != nil { // cannot happen: the models are plain values
		r.rs.Logger.Error("event not sent", "session_id", r.id, "event", event.Type, "error", err)
		return frame{}, false
	}
	r.history.push(f)
	return f, true
}

// afterwards does what an event means for streams and for the house.
func (r *Room) afterwards(s *poker.Session, e poker.Event) {
	switch p := e.Payload.(type) {
	case poker.SessionCreated:
		r.rs.Logger.Info("session created", "session_id", r.id, "user_id", p.Creator.ID)
	case poker.SessionExpired:
		r.closeReaders(func(*subscription) bool { return true })
		r.rs.Logger.Info("session ended", "session_id", r.id, "reason", p.Reason, "rounds", len(s.Rounds))
		r.rs.retire(r)
	}
}

func summaryChanged(a, b *poker.Session) bool {
	return a.ID != b.ID || a.Ended != b.Ended || a.Status != b.Status || a.ScrumMasterID != b.ScrumMasterID || len(a.Participants) != len(b.Participants)
}
