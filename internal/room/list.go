package room

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/stream"
	"github.com/magnapp/magnapp/internal/view"
)

// listPause is the least time between two versions of the list, so that many changes at once cost one.
const listPause = 50 * time.Millisecond

// list sends its readers the list of open sessions, whole, at every change.
type list struct {
	rs *Rooms

	mu      sync.Mutex
	readers map[stream.Conn]struct{}
	version uint64
	pending clock.Timer // set while a version is due
	closed  bool
}

func newList(rs *Rooms) *list { return &list{rs: rs, readers: make(map[stream.Conn]struct{})} }

// Watch begins a stream of the list of open sessions. The returned function ends it. The error is a refusal, or the context's.
func (rs *Rooms) Watch(ctx context.Context, reader stream.Conn) (cancel func(), err error) {
	if err := rs.allCurrent(ctx); err != nil {
		return nil, err
	}
	l := rs.list
	l.mu.Lock()
	defer l.mu.Unlock()
	frame, err := l.frame()
	if err != nil {
		return nil, unavailable(err)
	}
	reader.Send(frame)
	l.readers[reader] = struct{}{}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.readers, reader)
	}, nil
}

// changed sees to it that readers are sent the list soon. Without readers it does nothing. It may be called with a room's lock held, so the list is made elsewhere.
func (l *list) changed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.readers) == 0 || l.pending != nil || l.closed {
		return
	}
	l.pending = l.rs.after(listPause, l.send)
}

func (l *list) send() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = nil
	if l.closed {
		return
	}
	frame, err := l.frame()
	if err != nil {
		l.rs.Logger.Error("list of sessions not sent", "error", err)
		return
	}
	for reader := range l.readers {
		reader.Send(frame)
	}
	l.rs.counters.deliveries.Add(uint64(len(l.readers)))
}

func (l *list) frame() ([]byte, error) {
	data, err := view.OfList(l.rs.summaries(), l.rs.Clock.Now()).AppendJSON(nil)
	if err != nil {
		return nil, err
	}
	l.version++
	return stream.AppendFrame(nil, "list."+strconv.FormatUint(l.version, 10), data), nil
}

// interrupt ends all streams. Their readers may come back.
func (l *list) interrupt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for reader := range l.readers {
		reader.Close()
	}
	clear(l.readers)
}

func (l *list) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.readers)
}

func (l *list) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.pending != nil {
		l.pending.Stop()
	}
}
