package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// ServeReference is the program that a server's figures are held against, until ctx ends. On the loopback address it listens on,
// it takes the calls that the load makes and answers them with as little as the load needs. For a command it makes one write to
// each stream of the session and one for the answer, without encoding, storing, checking or allocating anything, on one thread for each CPU.
//
// It is not a server: it trusts its callers, never forgets a session and drops a stream whose socket is full.
// The error is that of listening, or an address that is not loopback.
func ServeReference(ctx context.Context, address string) error {
	return serveReference(ctx, address, usualSizes)
}

// serveReference is ServeReference with the sizes of what is written to each stream.
func serveReference(ctx context.Context, address string, s sizes) error {
	if err := checkLoopback("the reference", address); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	defer listener.Close()
	return newReference(s).serve(ctx, listener.(*net.TCPListener))
}

// A reference is what its loops share. A connection that makes calls belongs to one loop; a stream belongs to its session.
type reference struct {
	frames   [commandKinds][]byte
	snapshot []byte
	callers  []caller // by file descriptor

	mu       sync.RWMutex
	sessions []*referenceSession
	calls    atomic.Int64
}

// A referenceSession is the streams of one session.
type referenceSession struct {
	mu      sync.Mutex
	streams []int
}

// A caller is a connection that makes calls. Its loop reads it once it is open.
type caller struct {
	open    atomic.Bool
	request []byte // one that has not come whole
}

// forget makes room for another caller with the same file descriptor.
func (c *caller) forget() {
	c.request = nil
	c.open.Store(false)
}

// A loop is one thread and the connections it reads from.
type loop struct {
	*reference
	poll   *poller
	buffer []byte
}

func newReference(s sizes) *reference {
	r := &reference{callers: make([]caller, maxStreams+maxInFlight+filesBeside)}
	for c := range r.frames {
		r.frames[c] = padding(s[c], command(c).frames())
	}
	r.snapshot = append([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"), padding(usualSizes[vote], 1)...)
	return r
}

// padding is a number of events that are size bytes long together.
func padding(size, events int) []byte {
	b := bytes.Repeat([]byte("data: \n\n"), events)
	filler := bytes.Repeat([]byte("x"), size-len(b))
	return append(append([]byte("data: "), filler...), b[len("data: "):]...)
}

// serve accepts and answers until ctx ends.
func (r *reference) serve(ctx context.Context, listener *net.TCPListener) error {
	file, err := listener.File() // the socket itself, so that epoll may watch it
	if err != nil {
		return err
	}
	defer file.Close()
	defer r.close()
	var loops []*loop
	defer func() {
		for _, l := range loops {
			l.poll.close()
		}
	}()
	for range runtime.NumCPU() {
		l, err := r.newLoop()
		if err != nil {
			return err
		}
		loops = append(loops, l)
	}
	ended := make(chan error, len(loops))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wake, err := wakeWhenDone(ctx)
	if err != nil {
		return err
	}
	defer wake.close()
	for _, l := range loops {
		if err := l.poll.add(wake.fd, wake.fd); err != nil {
			return err
		}
	}
	listen := int(file.Fd())
	if err := errors.Join(unix.SetNonblock(listen, true), loops[0].poll.add(listen, listen)); err != nil {
		return err
	}
	for _, l := range loops {
		go func() {
			defer cancel()
			ended <- l.run(ctx, listen, loops)
		}()
	}
	for range loops {
		err = errors.Join(err, <-ended)
	}
	return err
}

func (r *reference) newLoop() (*loop, error) {
	poll, err := newPoller()
	if err != nil {
		return nil, err
	}
	return &loop{reference: r, poll: poll, buffer: make([]byte, 64<<10)}, nil
}

func (r *reference) close() {
	for fd := range r.callers {
		if r.callers[fd].open.Load() {
			unix.Close(fd)
		}
	}
	for _, s := range r.sessions {
		for _, fd := range s.streams {
			unix.Close(fd)
		}
	}
}

// run handles what happens on a loop's connections; the first loop also accepts, for all of them.
func (l *loop) run(ctx context.Context, listen int, loops []*loop) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for ctx.Err() == nil {
		events, err := l.poll.wait(forever)
		if err != nil {
			return err
		}
		for i := range events {
			if fd := int(events[i].Fd); fd == listen {
				l.accept(listen, loops)
			} else if l.callers[fd].open.Load() {
				l.read(fd, events[i].Events)
			}
		}
	}
	return nil
}

func (l *loop) accept(listen int, loops []*loop) {
	for {
		fd, _, err := unix.Accept4(listen, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return // all accepted, or the caller has gone again
		}
		if fd >= len(l.callers) || unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) != nil {
			unix.Close(fd)
			continue
		}
		l.callers[fd].open.Store(true)
		if loops[fd%len(loops)].poll.add(fd, fd) != nil {
			l.drop(fd)
		}
	}
}

// read takes what a caller sent and handles the request if it is whole.
func (l *loop) read(fd int, events uint32) {
	c := &l.callers[fd]
	n, errno := rawRead(fd, l.buffer)
	if errno == unix.EAGAIN {
		return
	}
	if errno != 0 || n == 0 || events&(unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		l.drop(fd)
		return
	}
	b := l.buffer[:n]
	if len(c.request) > 0 {
		c.request = append(c.request, b...)
		b = c.request
	}
	if !requestComplete(b) {
		c.request = append([]byte(nil), b...)
		return
	}
	c.request = nil
	l.handle(fd, b)
	if events&ended != 0 && c.open.Load() {
		l.drop(fd)
	}
}

func (l *loop) drop(fd int) {
	l.callers[fd].forget()
	unix.Close(fd)
}

// requestComplete reports whether b holds a whole request. A caller sends the next one only when this is answered.
func requestComplete(b []byte) bool {
	end := bytes.Index(b, headerEnd)
	if end < 0 {
		return false
	}
	length, _ := contentLength(b[:end])
	return len(b) >= end+len(headerEnd)+length
}

var (
	sessionsPath = []byte("POST /api/sessions/")
	streamPath   = []byte("GET /api/sse/")
)

// idLength is that of a GUID.
const idLength = 36

// handle answers a request. Which call it is shows in the bytes at fixed places.
func (l *loop) handle(fd int, b []byte) {
	if rest, ok := bytes.CutPrefix(b, sessionsPath); ok {
		if rest[0] == ' ' {
			write(fd, l.newSession())
			return
		}
		if s := l.session(rest); s != nil {
			l.act(fd, s, rest[idLength+1:])
			return
		}
	}
	if rest, ok := bytes.CutPrefix(b, streamPath); ok {
		if s := l.session(rest); s != nil {
			l.openStream(fd, s)
			return
		}
	}
	if bytes.HasPrefix(b, []byte("GET /health ")) {
		write(fd, okAnswer)
		return
	}
	write(fd, []byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
}

// session finds the one whose id b begins with: its number, written as a GUID. nil if there is none.
func (r *reference) session(b []byte) *referenceSession {
	if len(b) <= idLength {
		return nil
	}
	n := 0
	for _, c := range b[idLength-12 : idLength] {
		if c < '0' || c > '9' {
			return nil
		}
		n = n*10 + int(c-'0')
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if n >= len(r.sessions) {
		return nil
	}
	return r.sessions[n]
}

func (r *reference) newSession() (answer []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sessions = append(r.sessions, &referenceSession{})
	return r.seat(len(r.sessions) - 1)
}

// seat is the answer to creating and joining.
func (r *reference) seat(session int) (answer []byte) {
	user := r.calls.Add(1)
	body := fmt.Sprintf(`{"session_id":"00000000-0000-4000-8000-%012d","user_id":"00000000-0000-4000-9000-%012d","token":"%043d"}`, session, user, user)
	return []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

func (l *loop) openStream(fd int, s *referenceSession) {
	l.poll.remove(fd) // it will say nothing more
	l.callers[fd].forget()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams = append(s.streams, fd)
	write(fd, l.snapshot)
}

var okAnswer = []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"success\":true}")

// act does what a command does: the call is the verb that follows the session's id.
func (l *loop) act(fd int, s *referenceSession, verb []byte) {
	switch verb[0] {
	case 'j':
		write(fd, l.seat(0))
		return
	case 'v':
		s.deliver(l.frames[vote])
	case 'r':
		s.deliver(l.frames[reveal])
	case 's':
		s.deliver(l.frames[start])
	}
	write(fd, okAnswer)
}

// deliver is what this is all about: one write for each stream.
func (s *referenceSession) deliver(frame []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 0; i < len(s.streams); i++ {
		if n, errno := rawWrite(s.streams[i], frame); errno != 0 || n != len(frame) {
			unix.Close(s.streams[i])
			s.streams = slices.Delete(s.streams, i, i+1)
			i--
		}
	}
}

func write(fd int, b []byte) {
	_, _ = rawWrite(fd, b) // whoever does not take it has gone
}

// A waker makes epoll return when a context ends.
type waker struct {
	fd   int
	quit chan struct{}
	done sync.WaitGroup
}

func wakeWhenDone(ctx context.Context) (*waker, error) {
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	w := &waker{fd: fd, quit: make(chan struct{})}
	w.done.Go(func() {
		select {
		case <-ctx.Done():
			_, _ = unix.Write(fd, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // an event counter always takes one
		case <-w.quit:
		}
	})
	return w, nil
}

func (w *waker) close() {
	close(w.quit)
	w.done.Wait()
	unix.Close(w.fd)
}
