package sockets

import (
	"errors"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Socket is one connection. It is written to with Send and ends with Close, or when the client goes.
type Socket struct {
	set     *Set
	onClose func()

	mu      sync.Mutex
	fd      int    // -1 before Attach and after the end
	closing bool   // nothing more is taken; what waits is still written
	slow    bool   // the client could not keep up
	pings   bool   // its sign of life is a ping
	queue   *queue // not nil: what is sent must wait, for the kernel or for Attach
}

// queue is what the kernel has not taken yet. Few sockets ever have one.
type queue struct {
	frames [][]byte // the first one without what has been written of it
	bytes  int
	since  time.Time // when the kernel last took anything
}

// Send writes the bytes, which must not change afterwards, or queues what the kernel does not take. It never blocks. After Close it does nothing.
func (s *Socket) Send(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing:
	case s.queue != nil:
		s.enqueue(b)
	default:
		s.write(b)
	}
}

// Close ends the stream after what has been sent. The descriptor is closed later, by the Set.
func (s *Socket) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return
	}
	last := s.set.options.Last
	if s.queue != nil {
		s.queue.add(last) // however much waits
	} else if s.write(last); s.queue == nil {
		s.abandon()
	}
	s.closing = true
}

// write hands bytes to the kernel, and queues what it does not take.
func (s *Socket) write(b []byte) {
	n, err := write(s.fd, b)
	switch {
	case err != nil:
		s.abandon()
	case n < len(b):
		s.queue = &queue{since: time.Now()}
		s.enqueue(b[n:])
	}
}

// write hands bytes to the kernel until it takes no more, and returns how many it took. That the kernel has refused some is why the poller hears when it can take more.
func write(fd int, b []byte) (taken int, err error) {
	for taken < len(b) {
		n, err := unix.Write(fd, b[taken:])
		switch {
		case err == nil:
			taken += n
		case errors.Is(err, unix.EAGAIN):
			return taken, nil
		case !errors.Is(err, unix.EINTR):
			return taken, err
		}
	}
	return taken, nil
}

// enqueue keeps what must wait. Whatever comes first is taken, however long; more than the limit is too much.
func (s *Socket) enqueue(b []byte) {
	q := s.queue
	if len(q.frames) > 0 && q.bytes+len(b) > s.set.options.QueueBytes {
		s.slow = true
		s.abandon()
		return
	}
	q.add(b)
}

func (q *queue) add(b []byte) {
	q.frames = append(q.frames, b)
	q.bytes += len(b)
}

// flush writes what waits, when the kernel can take more.
func (s *Socket) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd < 0 || s.queue == nil {
		return
	}
	switch done, err := s.queue.write(s.fd); {
	case err != nil:
		s.abandon()
	case done && s.closing:
		s.abandon()
	case done:
		s.queue = nil
	}
}

// write writes until the queue is empty, which it reports, or the kernel takes no more.
func (q *queue) write(fd int) (done bool, err error) {
	for len(q.frames) > 0 {
		n, err := write(fd, q.frames[0])
		if n > 0 {
			q.since = time.Now()
			q.bytes -= n
		}
		if n < len(q.frames[0]) {
			q.frames[0] = q.frames[0][n:]
			return false, err
		}
		q.frames[0] = nil
		q.frames = q.frames[1:]
	}
	return true, nil
}

// attach gives the socket its descriptor. The given bytes go first, then what waits.
func (s *Socket) attach(fd int, first []byte, onClose func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fd, s.onClose = fd, onClose
	if s.queue == nil { // too much was sent already
		s.abandon()
		return
	}
	s.queue.frames = append([][]byte{first}, s.queue.frames...)
	s.queue.bytes += len(first)
}

// abandon gives the connection up. The poller sees the hang-up and closes it.
func (s *Socket) abandon() {
	s.closing, s.queue = true, nil
	if s.fd >= 0 {
		_ = unix.Shutdown(s.fd, unix.SHUT_RDWR) // fails only if the client is gone already, which the poller sees too
	}
}

// keepAlive gives the client a sign of life. One for whom something waits needs none, and is given up if it has taken nothing of that for too long.
func (s *Socket) keepAlive(sign []byte, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.fd < 0:
	case s.queue == nil && !s.closing:
		s.write(sign)
	case s.queue != nil && now.Sub(s.queue.since) > s.set.options.WriteTimeout:
		s.slow = true
		s.abandon()
	}
}

// finish closes the descriptor. Only the Set's poller calls it, so that a number is never reused while an event for it is under way.
func (s *Socket) finish() (slow bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queue != nil { // the kernel may have lost patience before us
		cause, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR)
		s.slow = s.slow || err == nil && unix.Errno(cause) == unix.ETIMEDOUT
	}
	_ = unix.Close(s.fd) // nothing can be done, and the number is free in any case
	s.fd, s.closing, s.queue = -1, true, nil
	return s.slow
}
