package room

import (
	"context"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/stream"
)

// Watch is how a stream wants to begin.
type Watch struct {
	SessionID   string
	UserID      string // whose presence the stream shows; empty for none
	Proof       Proof  // that it is their stream
	Pings       bool   // the client answers its pings, see Here; without answers the stream does not count for presence
	Place       string // with Pings, what the client calls the stream; may be empty
	LastEventID string // the last event the client has seen; empty for none
	Address     string // where the client is, for bounds; those of one address share them
}

// maxStreams is how many streams one participant may have open. One that a client has left behind ends when there is need of its room: a proxy may keep it open long after.
const maxStreams = 16

// Subscribe begins a stream. The reader gets the whole session, or, if it has seen an event that is known here, exactly what followed it; then every further event, in order. The
// returned function ends the subscription. The error is a refusal, or the context's if the reader has gone.
func (rs *Rooms) Subscribe(ctx context.Context, w Watch, conn stream.Conn) (cancel func(), err error) {
	r, err := rs.findCurrent(ctx, w.SessionID)
	if err != nil {
		return nil, err
	}
	m, err := r.missedBefore(ctx, w)
	if err != nil {
		return nil, err
	}
	stored := context.WithoutCancel(ctx) // what has begun to be stored is not given up
	r.lock()
	defer r.unlock()
	if err := rs.serves(); err != nil { // a stream that begins now is not among those that were ended
		return nil, err
	}
	r.used = r.now()
	r.passTime(stored)
	defer r.arm()
	userID, place, err := r.arrive(stored, w)
	if err != nil {
		return nil, err
	}
	owner := userID
	if owner == "" { // whose credential it is by which they may read: the stream ends with the seat
		owner, _ = insider(r.state.Load(), w.Proof)
	}
	first, err := r.beginning(m, w.LastEventID)
	if err != nil {
		r.leave(userID, place)
		return nil, unavailable(err)
	}
	sub := r.feed.Add(conn, owner, first)
	if place != nil {
		place.stream = sub
	}
	switch { // most streams are of a user and without pings: what each of them keeps is small
	case place != nil:
		return func() { r.unsubscribe(sub, sub.UserID(), place) }, nil
	case userID != "":
		return func() { r.unsubscribe(sub, sub.UserID(), nil) }, nil
	default:
		return func() { r.unsubscribe(sub, "", nil) }, nil
	}
}

// missedBefore reads from the log what a returning reader has missed, if the room no longer has it at hand, and not before the reader has proved who they are. It takes the lock only
// to look: reading may take long.
func (r *Room) missedBefore(ctx context.Context, w Watch) (missed, error) {
	at, ok := parsePosition(w.LastEventID)
	if !ok {
		return missed{}, nil
	}
	r.lock()
	err := r.admitReader(w.UserID, w.Proof)
	m := r.atHand(w.LastEventID)
	base, last := r.journal.base, r.journal.seq
	if err == nil && !m.found {
		r.used = r.now()
		r.feed.Expect() // what happens while the reader gets what it missed
	}
	r.unlock()
	switch {
	case err != nil:
		return missed{}, err
	case m.found || at.seq > last:
		return m, nil
	}
	m = r.readMissed(ctx, w, at, base, last)
	return m, ctx.Err()
}

// arrive counts the stream for its user, who may come back online by it. It returns the user's id as the state has it: the one that was sent is a part of a request, and would keep
// all of that in memory for as long as the stream lasts.
func (r *Room) arrive(ctx context.Context, w Watch) (userID string, at *place, err error) {
	if err := r.admitReader(w.UserID, w.Proof); err != nil || w.UserID == "" {
		return "", nil, err
	}
	if r.presence.streams[w.UserID] >= maxStreams && !r.makeRoom(w.UserID, w.Place) {
		return "", nil, tooMany(TooManyStreams, reloadGrace)
	}
	outcome, err := r.commit(ctx, poker.Arrive{By: poker.By{UserID: w.UserID}}, poker.Key{})
	if err != nil {
		r.arrivedInDoubt(w.UserID, err)
		return "", nil, err
	}
	p, _ := outcome.Session.Participant(w.UserID)
	if w.Pings {
		return p.ID, r.presence.openedWithPings(p.ID, w.Place, r.now()), nil
	}
	r.presence.opened(p.ID)
	return p.ID, nil, nil
}

// makeRoom ends a stream of a user's that can be spared for one of that name; false if there is none.
func (r *Room) makeRoom(userID, name string) bool {
	spare := r.presence.spare(userID, name)
	if spare == nil {
		return false
	}
	r.feed.End(spare.stream)
	r.leave(userID, spare)
	return true
}

// arrivedInDoubt sees to it that nobody stays online by a stream that did not begin.
func (r *Room) arrivedInDoubt(userID string, err error) {
	p, ok := r.state.Load().Participant(userID)
	if ok && isUnknown(err) && r.presence.counting(p.ID) == 0 {
		r.presence.missing(p.ID, r.now().Add(reloadGrace))
	}
}

func (r *Room) leave(userID string, from *place) {
	r.used = r.now()
	if userID != "" {
		r.presence.closed(userID, from, r.used.Add(reloadGrace))
	}
}

func (r *Room) unsubscribe(sub *stream.Subscriber, userID string, from *place) {
	r.lock()
	defer r.unlock()
	if r.feed.Remove(sub) {
		r.leave(userID, from)
		r.arm()
	}
}

// beginning returns what a new stream starts with.
func (r *Room) beginning(m missed, lastEventID string) ([]byte, error) {
	seen := lastEventID
	if m.found {
		seen = m.upTo
	}
	if frames, ok := r.feed.After(seen); ok && seen != "" {
		if len(m.frames) == 0 {
			return frames, nil
		}
		return append(m.frames, frames...), nil
	}
	return r.feed.Beginning(r.state.Load(), r.now())
}
