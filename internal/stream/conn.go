package stream

import (
	"errors"
	"os"
	"sync"
)

// Conn is one reader's end of a stream. Safe for concurrent use.
type Conn interface {
	// Send passes on whole chunks, as AppendFrame and Chunk make them, whose bytes must not change afterwards. It never blocks: a reader that does not keep up is disconnected.
	Send(chunks []byte)
	// Close ends the stream after what has been sent.
	Close()
}

// queue is a Conn whose bytes wait until the goroutine that serves the request takes them.
type queue struct {
	limit int
	wake  chan struct{} // holds a token while there is something to take

	mu      sync.Mutex
	waiting [][]byte
	bytes   int
	closed  bool
	slow    bool // could not keep up
}

func newQueue(limit int) *queue { return &queue{limit: limit, wake: make(chan struct{}, 1)} }

// Send queues bytes. If too much is waiting already the reader is too slow, and its stream ends here.
func (c *queue) Send(frames []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(frames) == 0 {
		return
	}
	// Whatever comes first is taken: a stream's beginning may be longer than the queue.
	if len(c.waiting) > 0 && c.bytes+len(frames) > c.limit {
		c.waiting, c.closed, c.slow = nil, true, true
	} else {
		c.waiting = append(c.waiting, frames)
		c.bytes += len(frames)
	}
	c.signal()
}

// Close ends the stream after what has been sent.
func (c *queue) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.signal()
}

func (c *queue) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// take returns what is queued; false if nothing will follow.
func (c *queue) take() ([][]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	frames := c.waiting
	c.waiting, c.bytes = nil, 0
	return frames, !c.closed
}

// failed notes why a write was the last one: a client that takes nothing in time is too slow as well.
func (c *queue) failed(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slow = c.slow || errors.Is(err, os.ErrDeadlineExceeded)
}

func (c *queue) tooSlow() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.slow
}
