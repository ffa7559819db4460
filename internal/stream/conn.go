package stream

import "sync"

// Conn is one reader's end of a stream. Safe for concurrent use.
type Conn struct {
	limit int
	wake  chan struct{} // holds a token while there is something to take

	mu       sync.Mutex
	queue    [][]byte
	bytes    int
	closed   bool
	overflow bool
}

func newConn(limit int) *Conn { return &Conn{limit: limit, wake: make(chan struct{}, 1)} }

// Send queues bytes, which must not change afterwards, and returns at once. If too much is waiting already the reader is too slow, and its stream ends here.
func (c *Conn) Send(frames []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(frames) == 0 {
		return
	}
	// Whatever comes first is taken: a stream's beginning may be longer than the queue.
	if len(c.queue) > 0 && c.bytes+len(frames) > c.limit {
		c.queue, c.closed, c.overflow = nil, true, true
	} else {
		c.queue = append(c.queue, frames)
		c.bytes += len(frames)
	}
	c.signal()
}

// Close ends the stream after what has been sent.
func (c *Conn) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.signal()
}

func (c *Conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// take returns what is queued; false if nothing will follow.
func (c *Conn) take() ([][]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	frames := c.queue
	c.queue, c.bytes = nil, 0
	return frames, !c.closed
}

func (c *Conn) overflowed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.overflow
}
