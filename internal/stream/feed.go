package stream

import (
	"bytes"
	"slices"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/view"
)

// Update is an event of a session that is to be sent.
type Update struct {
	Session *poker.Session // right after the event
	Event   poker.Event
	ID      string // of the event in streams
}

// historyBytes is how much of a session's latest events a feed keeps encoded for readers that come back. What is older is read from the log.
const historyBytes = 64 << 10

// Feed makes bytes of a session's events, once for all its readers, and sends them. It keeps the latest for readers that come back. The zero Feed has no readers.
//
// A Feed is not safe for concurrent use: whoever publishes keeps the order. Only Readers may be called at any time.
type Feed struct {
	readers []*Subscriber
	conns   []Conn // of the readers, side by side: what lies apart costs every delivery a miss in the caches
	count   atomic.Int32

	watched bool     // a reader has been here, so that one may come back
	history [][]byte // the latest frames, in order and without a gap
	size    int      // of the history
	base    string   // the event that the first frame of the history follows, or will; unless a frame has been dropped
	dropped []byte   // the frame before the history; nil if none has been dropped since base
	last    string   // the last event that was published

	opening opening
}

// Subscriber is a reader of a feed.
type Subscriber struct {
	conn   Conn
	userID string // with whose seat it ends; empty for nobody's
	place  int    // among the feed's readers; -1 when taken out
}

// UserID is the participant with whose seat it ends; empty for nobody's.
func (s *Subscriber) UserID() string { return s.userID }

// Readers returns how many readers the feed has.
func (f *Feed) Readers() int { return int(f.count.Load()) }

// Rebase says which event was the last, when no reader has seen any.
func (f *Feed) Rebase(lastID string) {
	f.history, f.size = nil, 0
	f.base, f.dropped, f.last = lastID, nil, lastID
	f.opening = opening{}
}

// Forget drops what is kept for readers that come back: they get it from the log. Readers stay.
func (f *Feed) Forget() {
	f.Rebase(f.last)
	f.watched = f.watched && len(f.readers) > 0
}

// DropBeginning drops what was made for readers that begin afresh: it is made again for the next one. It reports whether there was anything to drop.
func (f *Feed) DropBeginning() bool {
	kept := f.opening.state != nil
	f.opening = opening{}
	return kept
}

// Expect keeps from now on what is published for a reader that is about to come, as if there were one.
func (f *Feed) Expect() { f.watched = true }

// LastID is the id of the last event that was published.
func (f *Feed) LastID() string { return f.last }

// Publish sends the events, which follow each other, to every reader. The streams of a participant who left end after the event that says so, those of nobody when the session gets a password,
// and all streams after the end of the session. It returns to how many readers something was sent.
func (f *Feed) Publish(updates []Update) int {
	var out []byte
	sent := len(f.conns)
	ended := false
	for _, u := range updates {
		before := out
		out = joined(out, f.frame(u))
		switch p := u.Event.Payload.(type) {
		case poker.SettingsChanged:
			if p.Password != nil && *p.Password != "" {
				f.part("", before) // who has no seat may read no longer
			}
		case poker.ParticipantLeft:
			f.part(p.UserID, out)
		case poker.SessionExpired:
			ended = true
		}
	}
	if len(out) == 0 {
		return 0
	}
	for _, conn := range f.conns {
		conn.Send(out)
	}
	if ended {
		f.Interrupt()
	}
	return sent
}

// frame encodes an event, once for all readers, and keeps it for those that come back. Nothing: clients are not sent this event, or there has never been a reader.
func (f *Feed) frame(u Update) []byte {
	if !view.Visible(u.Event) {
		return nil
	}
	f.last = u.ID
	if !f.watched {
		f.base, f.dropped = u.ID, nil
		return nil
	}
	event, _ := view.OfEvent(u.Session, u.Event)
	frame, err := AppendEvent(nil, u.ID, event)
	if err != nil { // cannot happen: the models are plain values
		f.Rebase(u.ID)
		return nil
	}
	f.keep(u.ID, frame)
	return frame
}

func (f *Feed) keep(id string, frame []byte) {
	f.history = append(f.history, frame)
	f.size += len(frame)
	for f.size > historyBytes && len(f.history) > 1 {
		f.size -= len(f.history[0])
		f.dropped, f.history[0] = f.history[0], nil // let go of the bytes
		f.history = f.history[1:]
	}
}

// before is the id of the event that the first frame of the history follows, or will. It is read from a dropped frame only when somebody asks, which is seldom.
func (f *Feed) before() string {
	if f.dropped != nil {
		return idOf(f.dropped)
	}
	return f.base
}

// Precede puts frames that were read from the log before those that are kept, if they reach up to them and there is room: the next reader who comes back after the same event need not have them read.
// They follow the event with one id and end with that of another. A feed that keeps nothing takes none: it would not keep what follows.
func (f *Feed) Precede(after, upTo string, frames []byte) {
	if !f.watched || upTo != f.before() || len(frames) == 0 || f.size+len(frames) > historyBytes {
		return
	}
	before := slices.Collect(bytes.SplitAfterSeq(frames, frameEnd))
	before = before[:len(before)-1] // what follows the last end is nothing
	f.history, f.size = append(before, f.history...), f.size+len(frames)
	f.base, f.dropped = after, nil
}

// idOf reads the id of a frame back.
func idOf(frame []byte) string {
	_, event, _ := bytes.Cut(frame, lineEnd)
	id, _, _ := bytes.Cut(bytes.TrimPrefix(event, idField), []byte("\n"))
	return string(id)
}

// After returns the frames that follow the event with that id; false if the history does not reach back to it, or does not know it.
func (f *Feed) After(id string) ([]byte, bool) {
	if id == f.last {
		return nil, true
	}
	from := -1
	for i := len(f.history) - 1; i >= 0 && from < 0; i-- {
		if idOf(f.history[i]) == id {
			from = i + 1
		}
	}
	if from < 0 && id == f.before() {
		from = 0
	}
	if from < 0 {
		return nil, false
	}
	return bytes.Join(f.history[from:], nil), true
}

// joined appends frames to frames. What is alone, as nearly always, is not copied.
func joined(frames, more []byte) []byte {
	if len(frames) == 0 {
		return more[:len(more):len(more)]
	}
	return append(frames, more...)
}

// part ends the streams of a participant who left, or, without an id, of all who are nobody's, after what was published up to that.
func (f *Feed) part(userID string, frames []byte) {
	f.end(func(s *Subscriber) bool {
		if s.userID != userID {
			return false
		}
		if len(frames) > 0 {
			s.conn.Send(frames[:len(frames):len(frames)])
		}
		return true
	})
}

// end closes the streams of those readers for which the test holds.
func (f *Feed) end(which func(*Subscriber) bool) {
	for i := len(f.readers) - 1; i >= 0; i-- {
		if s := f.readers[i]; which(s) {
			f.End(s)
		}
	}
}

// End ends one stream. Its reader may come back.
func (f *Feed) End(s *Subscriber) {
	if f.Remove(s) {
		s.conn.Close()
	}
}

// Interrupt ends all streams. Their readers may come back.
func (f *Feed) Interrupt() { f.end(func(*Subscriber) bool { return true }) }

// Add begins a stream with what it is to begin with. userID is with whose seat it ends; empty for nobody's.
func (f *Feed) Add(conn Conn, userID string, first []byte) *Subscriber {
	conn.Send(first)
	s := &Subscriber{conn: conn, userID: userID, place: len(f.readers)}
	f.watched = true
	f.readers = append(f.readers, s)
	f.conns = append(f.conns, conn)
	f.count.Add(1)
	return s
}

// Remove takes a reader out. False: it was taken out before, because its stream was ended from here.
func (f *Feed) Remove(s *Subscriber) bool {
	if s.place < 0 {
		return false
	}
	last := len(f.readers) - 1
	f.readers[s.place] = f.readers[last]
	f.readers[s.place].place = s.place
	f.conns[s.place] = f.conns[last]
	f.readers[last], f.conns[last] = nil, nil
	f.readers, f.conns = f.readers[:last], f.conns[:last]
	s.place = -1
	f.count.Add(-1)
	return true
}

// opening is the session_updated for readers that begin, made once for each state.
type opening struct {
	state *poker.Session
	bytes []byte
}

// Beginning returns the session_updated with which a fresh stream begins.
func (f *Feed) Beginning(s *poker.Session, now time.Time) ([]byte, error) {
	if f.opening.state != s {
		frame, err := AppendEvent(nil, f.last, view.Snapshot(s, now))
		if err != nil {
			return nil, err
		}
		f.opening = opening{state: s, bytes: frame}
	}
	return f.opening.bytes, nil
}

// AppendEvent appends an event with its id to b, as streams send it.
func AppendEvent(b []byte, id string, event view.Event) ([]byte, error) {
	var short [512]byte // for nearly every event
	data, err := event.AppendJSON(short[:0])
	if err != nil {
		return b, err
	}
	if b == nil {
		b = make([]byte, 0, len(data)+len(id)+24)
	}
	return AppendFrame(b, id, data), nil
}
