package reference

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
	"time"

	"golang.org/x/sys/unix"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/epoll"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

// A Reference is what its loops share. A connection that makes calls belongs to one loop; a stream belongs to its session.
type Reference struct {
	frames   [wire.CommandKinds][]byte
	snapshot []byte
	callers  []caller // by file descriptor

	mu       sync.RWMutex
	sessions []*session
	calls    atomic.Int64
}

// A session is the streams of one.
type session struct {
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
	*Reference
	poll   *epoll.Poller
	buffer []byte
}

// maxFiles bounds the connections.
const maxFiles = 1 << 17

// New makes a Reference that writes frames of the given sizes to its streams.
func New(s wire.Sizes) *Reference {
	r := &Reference{callers: make([]caller, maxFiles)}
	for c := range r.frames {
		r.frames[c] = padding(s[c], wire.Command(c).Frames())
	}
	r.snapshot = append([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"), padding(wire.UsualSizes[wire.Vote], 1)...)
	return r
}

// padding is a number of events that are size bytes long together.
func padding(size, events int) []byte {
	b := bytes.Repeat([]byte("data: \n\n"), events)
	filler := bytes.Repeat([]byte("x"), size-len(b))
	return append(append([]byte("data: "), filler...), b[len("data: "):]...)
}

// Serve accepts and answers until ctx ends. The error is the system's.
func (r *Reference) Serve(ctx context.Context, listener *net.TCPListener) error {
	file, err := listener.File() // the socket itself, so that epoll may watch it
	if err != nil {
		return err
	}
	defer file.Close()
	defer r.close()
	var loops []*loop
	defer func() {
		for _, l := range loops {
			l.poll.Close()
		}
	}()
	for range runtime.NumCPU() {
		poll, err := epoll.New()
		if err != nil {
			return err
		}
		loops = append(loops, &loop{Reference: r, poll: poll, buffer: make([]byte, 64<<10)})
	}
	listen := int(file.Fd())
	if err := errors.Join(unix.SetNonblock(listen, true), loops[0].poll.Add(listen, listen)); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, len(loops))
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

func (r *Reference) close() {
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

// lookEvery is how often a loop without work looks whether it is to end.
const lookEvery = 100 * time.Millisecond

// run handles what happens on a loop's connections; the first loop also accepts, for all of them.
func (l *loop) run(ctx context.Context, listen int, loops []*loop) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for ctx.Err() == nil {
		events, err := l.poll.Wait(lookEvery)
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
		if loops[fd%len(loops)].poll.Add(fd, fd) != nil {
			l.drop(fd)
		}
	}
}

// read takes what a caller sent and handles the request if it is whole.
func (l *loop) read(fd int, events uint32) {
	c := &l.callers[fd]
	n, err := unix.Read(fd, l.buffer)
	if errors.Is(err, unix.EAGAIN) {
		return
	}
	if err != nil || n == 0 || events&(unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		l.drop(fd)
		return
	}
	b := l.buffer[:n]
	if len(c.request) > 0 {
		c.request = append(c.request, b...)
		b = c.request
	}
	if !wire.RequestComplete(b) {
		c.request = append([]byte(nil), b...)
		return
	}
	c.request = nil
	l.handle(fd, b)
	if events&epoll.Ended != 0 && c.open.Load() {
		l.drop(fd)
	}
}

func (l *loop) drop(fd int) {
	l.callers[fd].forget()
	unix.Close(fd)
}

var (
	sessionsPath = []byte("POST /api/sessions/")
	streamPath   = []byte("GET /api/sse/")
	readyPath    = []byte("GET /readyz ")
)

// idLength is that of a GUID.
const idLength = 36

var (
	okAnswer = []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"success\":true}")
	noAnswer = []byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
)

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
	if bytes.HasPrefix(b, readyPath) {
		write(fd, okAnswer)
		return
	}
	write(fd, noAnswer)
}

// session finds the one whose id b begins with: its number, written as a GUID. nil if there is none.
func (r *Reference) session(b []byte) *session {
	if len(b) <= idLength {
		return nil
	}
	n, err := strconv.Atoi(string(b[idLength-12 : idLength]))
	r.mu.RLock()
	defer r.mu.RUnlock()
	if err != nil || n < 0 || n >= len(r.sessions) {
		return nil
	}
	return r.sessions[n]
}

func (r *Reference) newSession() (answer []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sessions = append(r.sessions, &session{})
	return r.seat(len(r.sessions) - 1)
}

// seat is the answer to creating and joining.
func (r *Reference) seat(session int) (answer []byte) {
	user := r.calls.Add(1)
	body := fmt.Sprintf(`{"session_id":"00000000-0000-4000-8000-%012d","user_id":"00000000-0000-4000-9000-%012d","token":"%043d"}`, session, user, user)
	return []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

func (l *loop) openStream(fd int, s *session) {
	l.poll.Remove(fd) // it will say nothing more
	l.callers[fd].forget()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams = append(s.streams, fd)
	write(fd, l.snapshot)
}

// act does what a command does: the call is the verb that follows the session's id.
func (l *loop) act(fd int, s *session, verb []byte) {
	switch verb[0] {
	case 'j':
		write(fd, l.seat(0))
		return
	case 'v':
		s.deliver(l.frames[wire.Vote])
	case 'r':
		s.deliver(l.frames[wire.Reveal])
	case 's':
		s.deliver(l.frames[wire.Start])
	}
	write(fd, okAnswer)
}

// deliver is what this is all about: one write for each stream.
func (s *session) deliver(frame []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 0; i < len(s.streams); i++ {
		if n, err := unix.Write(s.streams[i], frame); err != nil || n != len(frame) {
			unix.Close(s.streams[i])
			s.streams = slices.Delete(s.streams, i, i+1)
			i--
		}
	}
}

func write(fd int, b []byte) {
	_, _ = unix.Write(fd, b) // whoever does not take it has gone
}
