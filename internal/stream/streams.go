package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Options are the limits of streams. Zero fields take the defaults.
type Options struct {
	KeepAlive    time.Duration // how often a comment is sent; default 19 s
	Ping         time.Duration // how often a ping is sent instead, to clients that ask for them; default 15 s
	WriteTimeout time.Duration // how long one write may take before the client counts as too slow; default 10 s
	QueueBytes   int           // how much may wait for one client; default 1 MiB
	Portable     bool          // serve every stream by a goroutine, as those over TLS, HTTP/2 and HTTP/1.0 are
}

func (o Options) withDefaults() Options {
	if o.KeepAlive == 0 {
		o.KeepAlive = 19 * time.Second
	}
	if o.Ping == 0 {
		o.Ping = 15 * time.Second
	}
	if o.WriteTimeout == 0 {
		o.WriteTimeout = 10 * time.Second
	}
	if o.QueueBytes == 0 {
		o.QueueBytes = 1 << 20
	}
	return o
}

// Streams are the open streams of one server: those on plain TCP by HTTP/1.1 in a sockets.Set, the others with a goroutine each. Safe for concurrent use.
type Streams struct {
	options Options
	fast    fast
	mu      sync.Mutex
	open    map[*queue]struct{}
	drained bool
	slow    atomic.Uint64
}

// New returns a set without streams. Close ends it.
func New(o Options) *Streams {
	o = o.withDefaults()
	return &Streams{options: o, fast: newFast(o), open: make(map[*queue]struct{})}
}

// Close ends all streams at once, and waits for a second at most until their sources have heard of it; Drain before it is polite.
func (s *Streams) Close() {
	s.Drain()
	s.fast.close()
}

// Open returns how many streams are open.
func (s *Streams) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open) + s.fast.open()
}

// Slow returns how many clients have been disconnected because they could not keep up.
func (s *Streams) Slow() uint64 { return s.slow.Load() + s.fast.slow() }

// ErrDraining is why a stream is refused while the server stops.
var ErrDraining = errors.New("the server is stopping")

// Subscribe hands a stream that is about to begin to the source of its events, and returns how to take it away again. What it sends before it returns is the beginning of the
// stream. An error means that there will be no stream.
type Subscribe func(Conn) (cancel func(), err error)

// Serve answers the request with a stream until the client goes, the source closes the connection, or the server drains. With pings, its signs of life are events
// named ping, which a page can hear, instead of comments. An error says that nothing has been written: the caller answers the request.
func (s *Streams) Serve(w http.ResponseWriter, r *http.Request, pings bool, subscribe Subscribe) error {
	if s.fast.takes(w, r) {
		return s.serveFast(w, r, pings, subscribe)
	}
	c := newQueue(s.options.QueueBytes)
	if err := s.add(c); err != nil {
		return err
	}
	defer s.remove(c)
	cancel, err := subscribe(c)
	if err != nil {
		return err
	}
	defer cancel()
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Time{}) // it is for requests; where it cannot be lifted, the client comes back
	if r.ContentLength != 0 {
		stop := discardBody(rc, w, r)
		defer stop()
	}
	header(w.Header())
	w.WriteHeader(http.StatusOK)
	sign, every := keepAlive, s.options.KeepAlive
	if pings {
		sign, every = ping, s.options.Ping
	}
	s.run(r.Context(), rc, w, c, sign, every)
	if c.tooSlow() {
		panic(http.ErrAbortHandler) // some clients come back only from an end that is none
	}
	return nil
}

func (s *Streams) serveFast(w http.ResponseWriter, r *http.Request, pings bool, subscribe Subscribe) error {
	if s.draining() {
		return ErrDraining
	}
	socket, err := s.fast.serve(w, r, pings, subscribe)
	if err == nil && s.draining() { // it began while Drain went round
		socket.Close()
	}
	return err
}

func (s *Streams) draining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drained
}

func header(h http.Header) {
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
}

func (s *Streams) add(c *queue) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drained {
		return ErrDraining
	}
	s.open[c] = struct{}{}
	return nil
}

func (s *Streams) remove(c *queue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	if c.tooSlow() {
		s.slow.Add(1)
	}
}

// run writes what is queued, and signs of life between, until the stream is over.
func (s *Streams) run(ctx context.Context, rc *http.ResponseController, w http.ResponseWriter, c *queue, sign []byte, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for begun := false; ; begun = true {
		frames, more := c.take()
		if !begun {
			frames = append([][]byte{greeting}, frames...)
		}
		if len(frames) > 0 {
			if err := s.write(rc, w, frames); err != nil {
				c.failed(err)
				return
			}
		}
		if !more {
			return
		}
		select {
		case <-c.wake:
		case <-tick.C:
			if err := s.write(rc, w, [][]byte{sign}); err != nil {
				c.failed(err)
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// write passes frames on. Its deadline must not outlast it: HTTP/2 ends a stream whose deadline comes while nothing is written, and over HTTP/1 the connection may serve further requests.
func (s *Streams) write(rc *http.ResponseController, w http.ResponseWriter, frames [][]byte) error {
	if err := rc.SetWriteDeadline(time.Now().Add(s.options.WriteTimeout)); err != nil {
		return fmt.Errorf("stream: set deadline: %w", err)
	}
	if err := flush(rc, w, frames); err != nil {
		return err
	}
	if err := rc.SetWriteDeadline(time.Time{}); err != nil {
		return fmt.Errorf("stream: lift deadline: %w", err)
	}
	return nil
}

func flush(rc *http.ResponseController, w http.ResponseWriter, frames [][]byte) error {
	for _, chunks := range frames {
		for content := range Contents(chunks) { // net/http makes chunks of its own, or frames of HTTP/2
			if _, err := w.Write(content); err != nil {
				return fmt.Errorf("stream: write: %w", err)
			}
		}
	}
	if err := rc.Flush(); err != nil {
		return fmt.Errorf("stream: flush: %w", err)
	}
	return nil
}

// Drain ends every stream. Their clients come back in a moment, as the greeting has told them. No stream begins afterwards.
func (s *Streams) Drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drained = true
	for c := range s.open {
		c.Close()
	}
	s.fast.each(Conn.Close)
}
