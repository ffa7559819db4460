package doctor

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// An event is one of a stream, with the moment at which its last line came.
type event struct {
	id, kind string
	userID   string // whom it is about, if anybody
	at       time.Time
}

// A stream is an open one.
type stream struct {
	body   io.ReadCloser
	header http.Header
	proto  string
	opened time.Time
	lines  *bufio.Reader
	cancel context.CancelFunc
	leave  func() // closes the connection that was the stream's alone, if it was
}

// A refused stream was answered with something else.
type refused struct{ answer answer }

// Error says what came instead.
func (r refused) Error() string { return r.answer.says() }

// openAlone opens a stream on a connection of its own, as somebody at another machine would.
func (c *client) openAlone(ctx context.Context, q ask) (*stream, error) {
	own := c.fresh()
	s, err := own.open(ctx, q)
	if err != nil {
		own.transport.CloseIdleConnections()
		return nil, err
	}
	s.leave = own.transport.CloseIdleConnections
	return s, nil
}

// open opens a stream; its head has to come within the client's patience. The error may be a [refused].
func (c *client) open(ctx context.Context, q ask) (*stream, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.patience, func() { cancel(errNoAnswer) })
	defer timer.Stop()
	resp, _, err := c.request(ctx, q)
	if err != nil {
		err = cause(ctx, err)
		cancel(err)
		return nil, err
	}
	s := &stream{body: resp.Body, header: resp.Header, proto: resp.Proto, opened: time.Now(), lines: lineReader(resp.Body), cancel: func() { cancel(nil) }}
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // what there is of it serves the message
		s.close()
		return nil, refused{answer{status: resp.StatusCode, proto: resp.Proto, header: resp.Header, body: body}}
	}
	return s, nil
}

// close ends the stream.
func (s *stream) close() {
	s.cancel()
	_ = s.body.Close() // the stream is given up
	if s.leave != nil {
		s.leave()
	}
}

// errCut is how a stream ends that should have gone on.
var errCut = errors.New("the stream was cut")

// isCut reports whether an error is a cut, and not our own end of waiting.
func isCut(err error) bool {
	return errors.Is(err, errCut) && !errors.Is(err, context.Canceled) && !errors.Is(err, errNoAnswer)
}

// next reads the next event; heard is called for every line. The error is how the stream ended: an [errCut], and io.EOF if it was ended and not broken off.
func (s *stream) next(heard func(time.Time)) (event, error) {
	var e event
	hasData := false
	for {
		text, err := s.lines.ReadSlice('\n')
		if err != nil {
			return event{}, fmt.Errorf("%w: %w", errCut, err)
		}
		now := time.Now()
		heard(now)
		line := strings.TrimRight(string(text), "\r\n")
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			e.id = id
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			hasData = true
			e.read(data)
		}
		if line == "" && hasData && e.id != "" {
			e.at = now
			return e, nil
		}
	}
}

func (e *event) read(data string) {
	var content struct {
		Type string `json:"type"`
		Data struct {
			UserID string `json:"user_id"`
		} `json:"data"`
	}
	_ = json.Unmarshal([]byte(data), &content) // what is broken is of no kind
	e.kind, e.userID = content.Type, content.Data.UserID
}

// maxEvents is how many events are taken. The doctor causes a few dozen.
const maxEvents = 10_000

var errFlood = errors.New("more events came than anything can have caused")

// errOver means that the session ended by itself.
var errOver = errors.New("the session has ended meanwhile")

// A cut is the end of a stream that should have gone on.
type cut struct {
	after   time.Duration // since the stream was opened
	silence time.Duration // since its last byte
	clean   bool          // it was ended, not broken off
}

// A watcher follows a session. It comes back after a cut, as every client should, and remembers all it has seen.
type watcher struct {
	client *client
	ask    ask
	begin  time.Time

	mu      sync.Mutex
	events  []event
	cuts    []cut
	heard   time.Time     // when the last byte came
	gap     time.Duration // the longest silence before it
	err     error         // why it could not come back
	changed chan struct{} // closed when anything above has changed
}

func newWatcher(c *client, q ask) *watcher {
	return &watcher{client: c, ask: q, begin: time.Now(), changed: make(chan struct{})}
}

// follow follows the session until ctx ends, the session does, or the stream is refused. first is called with the first stream.
func (w *watcher) follow(ctx context.Context, first func(*stream)) {
	last := ""
	for ctx.Err() == nil {
		q := w.ask
		q.header = w.ask.header.Clone()
		if last != "" {
			q.header.Set("Last-Event-ID", last)
		}
		s, err := w.client.openAlone(ctx, q)
		if err != nil {
			w.update(func() { w.err = err })
			return
		}
		if first != nil {
			first(s)
			first = nil
		}
		var over bool
		last, over = w.read(ctx, s, last)
		s.close()
		if over && ctx.Err() == nil {
			w.update(func() { w.err = cmp.Or(w.err, errOver) })
		}
		if over || !pause(ctx, time.Second) {
			return
		}
	}
}

// read reads a stream to its end; over means that the session is.
func (w *watcher) read(ctx context.Context, s *stream, last string) (newLast string, over bool) {
	w.update(func() { w.heard = s.opened })
	note := func(now time.Time) {
		w.update(func() { w.gap, w.heard = max(w.gap, now.Sub(w.heard)), now })
	}
	for {
		e, err := s.next(note)
		if err != nil {
			if ctx.Err() == nil && !over {
				now := time.Now()
				w.update(func() { w.cuts = append(w.cuts, cut{now.Sub(s.opened), now.Sub(w.heard), errors.Is(err, io.EOF)}) })
			}
			return last, over
		}
		last, over = e.id, e.kind == "session_expired"
		w.update(func() { w.events = append(w.events, e) })
		if w.count() >= maxEvents {
			w.update(func() { w.err = errFlood })
			return last, true
		}
	}
}

func (w *watcher) update(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
	close(w.changed)
	w.changed = make(chan struct{})
}

// count is how many events have come.
func (w *watcher) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.events)
}

// since are the events after the first n.
func (w *watcher) since(n int) []event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]event(nil), w.events[min(n, len(w.events)):]...)
}

// wait returns the first event after the first n that is of a kind and about somebody, who may be empty for anybody. The error is ctx's cause, or why the stream could not be had.
func (w *watcher) wait(ctx context.Context, n int, kind, userID string) (event, error) {
	for {
		w.mu.Lock()
		changed, err, events := w.changed, w.err, w.events
		w.mu.Unlock()
		for ; n < len(events); n++ {
			if e := events[n]; (kind == "" || e.kind == kind) && (userID == "" || e.userID == userID) {
				return e, nil
			}
		}
		if err != nil {
			return event{}, fmt.Errorf("the stream was not opened again: %w", err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return event{}, context.Cause(ctx)
		}
	}
}

// pause waits and reports whether ctx has not ended meanwhile.
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

// maxLine is how many bytes a line of a stream may have, a little more than an event of the server's. Who is no MagnaPP may send anything.
const maxLine = 128 << 10

func lineReader(r io.Reader) *bufio.Reader { return bufio.NewReaderSize(r, maxLine) }
