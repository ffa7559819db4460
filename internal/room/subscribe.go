package room

import (
	"context"
	"errors"
	"fmt"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/stream"
	"github.com/magnapp/magnapp/internal/view"
)

// Reader takes the events of a stream.
type Reader interface {
	// Send takes bytes that must not be changed. It never blocks; a reader that cannot keep up ends its own stream.
	Send(frames []byte)
	// Close ends the stream after what was sent.
	Close()
}

// subscription is a reader in a room.
type subscription struct {
	Reader
	userID string // empty: an onlooker
	place  int    // in the room's readers; -1 when taken out
}

// Watch is how a stream wants to begin.
type Watch struct {
	SessionID   string
	UserID      string // whose presence the stream shows; empty for none
	Proof       Proof  // that it is their stream
	LastEventID string // the last event the client has seen; empty for none
}

// Subscribe begins a stream. The reader gets the whole session, or, if it has seen an event that is known here, exactly what followed it; then every further event, in order. The
// returned function ends the subscription. The error is a refusal.
func (rs *Rooms) Subscribe(ctx context.Context, w Watch, reader Reader) (cancel func(), err error) {
	r, err := rs.find(w.SessionID)
	if err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	missed := r.missedBefore(ctx, w.LastEventID)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.passTime(ctx)
	defer r.arm()
	userID, err := r.arrive(ctx, w)
	if err != nil {
		return nil, err
	}
	beginning, err := r.beginning(missed, w.LastEventID)
	if err != nil {
		r.leave(userID)
		return nil, unavailable(err)
	}
	reader.Send(beginning)
	sub := &subscription{Reader: reader, userID: userID}
	r.add(sub)
	if missed.partial {
		r.remove(sub)
		r.leave(userID)
		sub.Close()
	}
	return func() { r.unsubscribe(sub) }, nil
}

// arrive counts the stream for its user, who may come back online by it. It returns the user's id as the state has it: the one that was sent is a part of a request, and would keep
// all of that in memory for as long as the stream lasts.
func (r *Room) arrive(ctx context.Context, w Watch) (userID string, err error) {
	if err := r.admit(w.UserID, w.Proof); err != nil || w.UserID == "" {
		return "", err
	}
	s, err := r.commit(ctx, poker.Arrive{By: poker.By{UserID: w.UserID}})
	if err != nil {
		return "", err
	}
	p, _ := s.Participant(w.UserID)
	r.presence.opened(p.ID)
	return p.ID, nil
}

func (r *Room) leave(userID string) {
	if userID != "" {
		r.presence.closed(userID, r.now().Add(reloadGrace))
	}
}

func (r *Room) add(sub *subscription) {
	r.watched = true
	sub.place = len(r.readers)
	r.readers = append(r.readers, sub)
	r.targets = append(r.targets, sub.Reader)
	r.readerCount.Add(1)
}

func (r *Room) remove(sub *subscription) {
	if sub.place < 0 {
		return
	}
	last := len(r.readers) - 1
	r.readers[sub.place] = r.readers[last]
	r.readers[sub.place].place = sub.place
	r.targets[sub.place] = r.targets[last]
	r.readers[last], r.targets[last] = nil, nil
	r.readers, r.targets = r.readers[:last], r.targets[:last]
	sub.place = -1
	r.readerCount.Add(-1)
}

func (r *Room) unsubscribe(sub *subscription) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if sub.place < 0 { // ended from here, see closeReaders
		return
	}
	r.remove(sub)
	r.leave(sub.userID)
	r.arm()
}

// closeReaders ends the streams of those readers for which the test holds.
func (r *Room) closeReaders(which func(*subscription) bool) {
	for i := len(r.readers) - 1; i >= 0; i-- {
		if sub := r.readers[i]; which(sub) {
			r.remove(sub)
			sub.Close()
		}
	}
}

// fanOut sends the same bytes to every reader.
func (r *Room) fanOut(frames []byte) {
	if len(frames) == 0 {
		return
	}
	for _, target := range r.targets {
		target.Send(frames)
	}
	r.rs.counters.deliveries.Add(uint64(len(r.readers)))
}

// missed are events read from the log for a reader that comes back.
type missed struct {
	found   bool
	frames  []byte
	upTo    position // the last of them, or the one the reader has seen
	partial bool     // there are more than these
}

// missedBefore reads from the log what a returning reader has missed, if the room no longer has it at hand. It takes the lock only to look: reading may take long.
func (r *Room) missedBefore(ctx context.Context, lastEventID string) missed {
	at, ok := parsePosition(lastEventID)
	if !ok {
		return missed{}
	}
	r.mu.Lock()
	_, atHand := r.history.after(at)
	needless := atHand || at == r.last || r.last.before(at)
	r.mu.Unlock()
	if needless {
		return missed{}
	}
	m, err := r.readMissed(ctx, at)
	if err != nil && !errors.Is(err, errNotKept) {
		r.rs.Logger.Warn("missed events not read", "session_id", r.id, "last_event_id", at.String(), "error", err)
	}
	return m
}

// The bounds of what is read from the log for readers that come back. Each costs the reading of a whole session, and anybody may ask.
const (
	maxReadings = 1       // at once
	maxMissed   = 1 << 20 // bytes of frames, about. Who has missed more gets the first of them, and is to come back for the rest
)

// errNotKept says that the missed events cannot be had: the id was never issued here.
var errNotKept = errors.New("not kept")

// readMissed renders the session's log anew from its beginning, because an event shows the state after it, and keeps what follows the position.
func (r *Room) readMissed(ctx context.Context, after position) (missed, error) {
	r.rs.reading <- struct{}{}
	defer func() { <-r.rs.reading }()
	if err := r.issued(ctx, after); err != nil {
		return missed{}, err
	}
	entries, err := r.rs.log.Load(ctx, r.id, 0)
	if err != nil {
		return missed{}, fmt.Errorf("load session: %w", err)
	}
	var m missed
	var state *poker.Session
	for _, e := range entries {
		rec, ok := r.read(e)
		if !ok {
			continue
		}
		if state, err = m.follow(state, e.Seq, rec, after); err != nil {
			return missed{}, err
		}
		if m.partial {
			break
		}
	}
	return m, nil
}

// issued looks whether the position is one of this session's, which takes the reading of a single entry: forged ids end here.
func (r *Room) issued(ctx context.Context, at position) error {
	e, ok, err := r.rs.log.Next(ctx, r.id, max(at.seq, 1)-1)
	if err != nil {
		return fmt.Errorf("look for the last seen event: %w", err)
	}
	if !ok || e.Seq != at.seq {
		return errNotKept
	}
	if rec, ok := r.read(e); !ok || rec.Change != at.change || at.index >= len(rec.Events) {
		return errNotKept
	}
	return nil
}

// follow folds a record, and keeps the frames of those of its events that come after the position.
func (m *missed) follow(state *poker.Session, seq uint64, rec record, after position) (*poker.Session, error) {
	for i, event := range rec.Events {
		state = poker.Fold(state, event)
		at := position{seq: seq, index: i, change: rec.Change}
		if m.found && !m.partial {
			if err := m.add(state, event, at); err != nil {
				return nil, err
			}
		}
		if at == after {
			m.found, m.upTo = true, at
		}
	}
	return state, nil
}

func (m *missed) add(state *poker.Session, e poker.Event, at position) error {
	event, ok := view.OfEvent(state, e)
	if !ok {
		return nil
	}
	data, err := event.AppendJSON(nil)
	if err != nil {
		return err
	}
	m.frames = stream.AppendFrame(m.frames, at.String(), data)
	m.upTo = at
	m.partial = len(m.frames) > maxMissed
	return nil
}

// beginning returns what a new stream starts with.
func (r *Room) beginning(m missed, lastEventID string) ([]byte, error) {
	seen, ok := parsePosition(lastEventID)
	if m.found {
		seen = m.upTo
	}
	if m.partial {
		return m.frames, nil
	}
	if ok {
		if seen == r.last {
			return m.frames, nil
		}
		if frames, ok := r.history.after(seen); ok {
			out := m.frames
			for _, f := range frames {
				out = append(out, f.bytes...)
			}
			return out, nil
		}
	}
	return r.snapshot.of(r)
}

// cachedSnapshot is the session_updated for readers that begin, made once for each state.
type cachedSnapshot struct {
	state *poker.Session
	bytes []byte
}

func (c *cachedSnapshot) of(r *Room) ([]byte, error) {
	state := r.state.Load()
	if c.state == state {
		return c.bytes, nil
	}
	data, err := view.Snapshot(state, r.now()).AppendJSON(nil)
	if err != nil {
		return nil, err
	}
	c.state, c.bytes = state, stream.AppendFrame(nil, r.last.String(), data)
	return c.bytes, nil
}
