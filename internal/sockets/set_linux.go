package sockets

import (
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Set owns adopted connections. Make one with New and end it with Close.
type Set struct {
	options Options
	poller  *os.File // an epoll
	fd      int      // of the poller
	slow    atomic.Uint64
	loops   sync.WaitGroup
	reports sync.WaitGroup // calls of onClose
	stop    chan struct{}

	mu      sync.Mutex
	sockets []*Socket // by descriptor
	open    int
	closed  bool
}

// New starts an empty set.
func New(o Options) (*Set, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		return nil, fmt.Errorf("create epoll: %w", err)
	}
	s := &Set{options: o, poller: os.NewFile(uintptr(fd), "epoll"), fd: fd, stop: make(chan struct{})}
	s.loops.Go(s.watch)
	s.loops.Go(s.keepAlive)
	return s, nil
}

// NewSocket returns a socket without a connection: what is sent to it waits for Attach. One that is never attached needs no ending. With pings, Options.Ping is its sign of life.
func (s *Set) NewSocket(pings bool) *Socket {
	return &Socket{set: s, pings: pings, fd: -1, queue: &queue{since: time.Now()}}
}

// Attach gives the socket its connection, which leaves the runtime's care whatever becomes of it. The given bytes go first, then what waits. onClose is called once, in a goroutine
// of its own, when the connection has ended for whatever reason. After an error the connection is closed, and onClose is not called.
func (s *Set) Attach(socket *Socket, conn *net.TCPConn, first []byte, onClose func()) error {
	fd, err := detach(conn)
	if err != nil {
		return err
	}
	// A client whose network died in silence acknowledges nothing, and the kernel would try for a quarter of an hour. Without the option it does.
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(s.options.WriteTimeout.Milliseconds()))
	// Our own signs of life find out as much as the kernel's probes, which would cost as much again.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 0)
	socket.attach(fd, first, onClose)
	if err := s.add(fd, socket); err != nil {
		socket.finish()
		return err
	}
	socket.flush()
	return nil
}

// detach duplicates the descriptor and closes the original, so that the runtime forgets the connection: its poller would wake for it too.
func detach(conn *net.TCPConn) (fd int, err error) {
	defer func() { _ = conn.Close() }()
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("detach connection: %w", err)
	}
	var dupErr error
	err = raw.Control(func(original uintptr) {
		fd, dupErr = unix.FcntlInt(original, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err == nil {
		err = dupErr
	}
	if err != nil {
		return 0, fmt.Errorf("detach connection: %w", err)
	}
	return fd, nil
}

// add has the poller watch a socket for its end, and for room after the kernel has refused bytes: only then does an edge of EPOLLOUT come.
func (s *Set) add(fd int, socket *Socket) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	for len(s.sockets) <= fd {
		s.sockets = append(s.sockets, nil)
	}
	event := unix.EpollEvent{Events: unix.EPOLLRDHUP | unix.EPOLLOUT | unix.EPOLLET, Fd: int32(fd)}
	if err := unix.EpollCtl(s.fd, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		return fmt.Errorf("watch socket: %w", err)
	}
	s.sockets[fd] = socket
	s.open++
	return nil
}

// Len returns how many sockets are open.
func (s *Set) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// Slow returns how many clients have been disconnected because they could not keep up.
func (s *Set) Slow() uint64 { return s.slow.Load() }

// Each calls f for every open socket.
func (s *Set) Each(f func(*Socket)) {
	for _, socket := range s.all() {
		f(socket)
	}
}

func (s *Set) all() []*Socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*Socket, 0, s.open)
	for _, socket := range s.sockets {
		if socket != nil {
			all = append(all, socket)
		}
	}
	return all
}

// watch handles what the poller reports until the set is closed.
func (s *Set) watch() {
	raw, err := s.poller.SyscallConn()
	if err != nil {
		return // closed already
	}
	events := make([]unix.EpollEvent, 128)
	for {
		n := 0
		// An epoll descriptor can itself be waited for, so the runtime's poller wakes this goroutine, and no thread is blocked.
		err := raw.Read(func(fd uintptr) bool {
			n, _ = unix.EpollWait(int(fd), events, 0)
			return n > 0
		})
		if err != nil {
			return
		}
		for _, event := range events[:n] {
			s.handle(event)
		}
	}
}

func (s *Set) handle(event unix.EpollEvent) {
	s.mu.Lock()
	socket := s.sockets[event.Fd]
	s.mu.Unlock()
	if socket == nil { // a process that is just being started holds our descriptors, too, until it becomes another program
		return
	}
	if event.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		s.end(int(event.Fd), socket)
		return
	}
	socket.flush()
}

// end closes a socket. Whoever wants to know of the end may have to wait, for a lock that is held while something is stored: each for itself, so that nobody waits for another.
func (s *Set) end(fd int, socket *Socket) {
	s.mu.Lock()
	s.sockets[fd] = nil
	s.open--
	s.mu.Unlock()
	if socket.finish() {
		s.slow.Add(1)
	}
	s.reports.Go(socket.onClose)
}

// keepAlive gives every client a sign of life in each Every, or PingEvery.
func (s *Set) keepAlive() {
	comments, pings := time.NewTicker(s.options.Every), time.NewTicker(s.options.PingEvery)
	defer comments.Stop()
	defer pings.Stop()
	for {
		select {
		case <-s.stop:
			return
		case now := <-comments.C:
			s.give(s.options.KeepAlive, false, now)
		case now := <-pings.C:
			s.give(s.options.Ping, true, now)
		}
	}
}

// give sends a sign of life to the sockets with pings, or to those without.
func (s *Set) give(sign []byte, pings bool, now time.Time) {
	s.Each(func(socket *Socket) {
		if socket.pings == pings {
			socket.keepAlive(sign, now)
		}
	})
}

// Close ends every stream at once. It returns when every onClose has, or after the CloseTimeout: those that still wait then end by themselves.
func (s *Set) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.mu.Unlock()
	close(s.stop)
	_ = s.poller.Close() // ends watch
	s.loops.Wait()
	for fd, socket := range s.sockets {
		if socket != nil {
			s.end(fd, socket)
		}
	}
	s.awaitReports()
}

func (s *Set) awaitReports() {
	reported := make(chan struct{})
	go func() {
		s.reports.Wait()
		close(reported)
	}()
	limit := time.NewTimer(s.options.CloseTimeout)
	defer limit.Stop()
	select {
	case <-reported:
	case <-limit.C:
	}
}
