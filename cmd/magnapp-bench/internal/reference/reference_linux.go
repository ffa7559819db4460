// Package reference is the program that a server's figures are held against: the cheapest one that puts the same bytes on the same sockets.
//
// On a loopback address it takes the calls that the load makes and answers them with as little as the load needs. For a command it makes one write to each stream of the session and one
// for the answer, without encoding, storing, checking or allocating anything, on one thread for each CPU.
//
// It is not a server: it trusts its callers and never forgets a session. Only Linux has what it is made of.
package reference

import (
	"bytes"
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

// A reference is what its threads share. No connection has a state: a request comes whole, and the next one only after the answer.
type reference struct {
	frames [wire.CommandKinds][]byte
	poll   *epoll.Poller
	listen int

	mu       sync.RWMutex
	sessions []*session
	seats    atomic.Int64
}

// A session is its streams.
type session struct {
	mu      sync.Mutex
	streams []int
}

// Serve accepts and answers until the process ends, with frames of the given sizes. The error is the system's.
func Serve(listener *net.TCPListener, s wire.Sizes) error {
	file, err := listener.File() // the socket itself, so that epoll may watch it
	if err != nil {
		return err
	}
	defer file.Close()
	r := &reference{listen: int(file.Fd())}
	for c := range r.frames {
		r.frames[c] = padding(int(s[c]), wire.Command(c).Frames())
	}
	if err := unix.SetNonblock(r.listen, true); err != nil {
		return err
	}
	if r.poll, err = epoll.New(); err != nil {
		return err
	}
	defer r.poll.Close()
	if err := r.poll.Add(r.listen, r.listen); err != nil {
		return err
	}
	ended := make(chan error)
	for range runtime.NumCPU() {
		go func() { ended <- r.run() }()
	}
	return <-ended
}

// padding is a number of events that are size bytes long together, if that is enough for them.
func padding(size, events int) []byte {
	b := bytes.Repeat([]byte("data: \n\n"), events)
	filler := bytes.Repeat([]byte("x"), max(size-len(b), 0))
	return slices.Insert(b, len("data: "), filler...)
}

// run is one thread: it handles whatever happens next.
func (r *reference) run() error {
	runtime.LockOSThread()
	events, buffer := make([]unix.EpollEvent, 128), make([]byte, 64<<10)
	for {
		n, err := r.poll.Wait(events, time.Hour)
		if err != nil {
			return err
		}
		for _, e := range events[:n] {
			if int(e.Fd) == r.listen {
				r.accept()
			} else {
				r.read(int(e.Fd), buffer, e.Events)
			}
		}
	}
}

func (r *reference) accept() {
	for {
		fd, _, err := unix.Accept4(r.listen, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return // all accepted, or the caller has gone again
		}
		if unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) != nil || r.poll.Add(fd, fd) != nil {
			unix.Close(fd)
		}
	}
}

// read takes a request and handles it. Whoever sends something else is dropped.
func (r *reference) read(fd int, buffer []byte, events uint32) {
	n, err := unix.Read(fd, buffer)
	switch {
	case err == unix.EAGAIN:
	case err != nil || n == 0 || events&epoll.Ended != 0 || !wire.RequestComplete(buffer[:n]):
		unix.Close(fd)
	default:
		r.handle(fd, buffer[:n])
	}
}

var (
	sessionsPath = []byte("POST /api/sessions/")
	streamPath   = []byte("GET /api/sse/")
	okAnswer     = []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"success\":true}")
	streamAnswer = []byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: first\n\n")
)

// idLength is that of a GUID.
const idLength = 36

// handle answers a request. Which call it is shows in the bytes at fixed places.
func (r *reference) handle(fd int, b []byte) {
	if rest, ok := bytes.CutPrefix(b, sessionsPath); ok {
		if rest[0] == ' ' {
			write(fd, r.newSession())
		} else if s := r.session(rest); s != nil {
			r.act(fd, s, rest[idLength+1])
		}
	} else if rest, ok := bytes.CutPrefix(b, streamPath); ok {
		if s := r.session(rest); s != nil {
			r.openStream(fd, s)
		}
	} else {
		write(fd, okAnswer) // it is ready
	}
}

// session finds the one whose id b begins with: its number, written as a GUID. nil if there is none, which nobody asks for.
func (r *reference) session(b []byte) *session {
	if len(b) <= idLength+1 {
		return nil
	}
	n, err := strconv.ParseUint(string(b[idLength-12:idLength]), 10, 31)
	r.mu.RLock()
	defer r.mu.RUnlock()
	if err != nil || int(n) >= len(r.sessions) {
		return nil
	}
	return r.sessions[n]
}

func (r *reference) newSession() (answer []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sessions = append(r.sessions, &session{})
	return r.seat(len(r.sessions) - 1)
}

// seat is the answer to creating and joining.
func (r *reference) seat(session int) (answer []byte) {
	user := r.seats.Add(1)
	body := fmt.Sprintf(`{"session_id":"00000000-0000-4000-8000-%012d","user_id":"00000000-0000-4000-9000-%012d","token":"%043d"}`, session, user, user)
	return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func (r *reference) openStream(fd int, s *session) {
	r.poll.Remove(fd) // it will say nothing more
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams = append(s.streams, fd)
	write(fd, streamAnswer)
}

// act does what a command does. Its verb follows the session's id.
func (r *reference) act(fd int, s *session, verb byte) {
	switch verb {
	case 'j':
		write(fd, r.seat(0))
		return
	case 'v':
		s.deliver(r.frames[wire.Vote])
	case 'r':
		s.deliver(r.frames[wire.Reveal])
	case 's':
		s.deliver(r.frames[wire.Start])
	}
	write(fd, okAnswer)
}

// deliver is what this is all about: one write for each stream. One whose reader does not keep up is dropped.
func (s *session) deliver(frame []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams = slices.DeleteFunc(s.streams, func(fd int) bool {
		n, err := unix.Write(fd, frame)
		failed := err != nil || n != len(frame)
		if failed {
			unix.Close(fd)
		}
		return failed
	})
}

func write(fd int, b []byte) {
	_, _ = unix.Write(fd, b) // whoever does not take it has gone
}
