package sockets

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Supported says that this system has the fast path.
const Supported = true

// Options are the limits of a Set. All must be set.
type Options struct {
	KeepAlive    []byte        // what is sent now and then
	Every        time.Duration // how often
	WriteTimeout time.Duration // a client whose queue has not moved for so long is disconnected; looked at every Every
	QueueBytes   int           // how much may wait for one client
}

// Set owns adopted connections. Make one with New and end it with Close.
type Set struct {
	options Options
	epoll   *os.File
	fd      int // of epoll
	slow    atomic.Uint64
	done    sync.WaitGroup
	stop    chan struct{}

	mu      sync.Mutex
	sockets []*Socket // by descriptor
	open    int
	closed  bool
	first   chan struct{} // holds a token if there has been a first socket since it was empty
	ended   []*Socket     // those whose onClose is still to be called
	more    chan struct{} // holds a token while there are any
}

// neighbours is how many sockets whose descriptors follow each other get their keep-alive without a look at who else wants the processor: events need not wait behind more. What was opened
// together lies together in the kernel's memory, too, and is cheaper to write to one after the other.
const neighbours = 128

// New starts an empty set.
func New(o Options) (*Set, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("create epoll: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, fmt.Errorf("create epoll: %w", err)
	}
	s := &Set{options: o, fd: fd, epoll: os.NewFile(uintptr(fd), "epoll"), stop: make(chan struct{}), first: make(chan struct{}, 1), more: make(chan struct{}, 1)}
	s.done.Add(3)
	go s.watch()
	go s.keepAlive()
	go s.report()
	return s, nil
}

// ErrClosed is returned by Attach after Close.
var ErrClosed = fmt.Errorf("sockets: %w", os.ErrClosed)

// NewSocket returns a socket without a connection: what is sent to it waits for Attach. One that is never attached needs no ending.
func (s *Set) NewSocket() *Socket {
	return &Socket{set: s, fd: -1, queue: &queue{since: time.Now()}}
}

// Attach gives the socket its connection, which leaves the runtime's care whatever becomes of it. The given bytes go first, then what waits. onClose is called once, in a goroutine
// of the Set, when the connection has ended for whatever reason. After an error the connection is closed, and onClose is not called.
func (s *Set) Attach(socket *Socket, conn *net.TCPConn, first []byte, onClose func()) error {
	fd, err := detach(conn)
	if err != nil {
		return err
	}
	// A client whose network died without a word acknowledges nothing, and the kernel would try for a quarter of an hour. Without the option it does.
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(s.options.WriteTimeout.Milliseconds()))
	// Our own signs of life find out as much as the kernel's probes, which would cost as much again.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 0)
	socket.mu.Lock()
	socket.fd, socket.onClose = int32(fd), onClose
	if socket.queue != nil { // nil: too much was sent already
		socket.queue.frames = append([][]byte{first}, socket.queue.frames...)
		socket.queue.bytes += len(first)
	}
	socket.mu.Unlock()
	if err := s.add(socket); err != nil {
		socket.finish()
		return err
	}
	socket.start()
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

func (s *Set) add(socket *Socket) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	fd := int(socket.fd)
	for len(s.sockets) <= fd {
		s.sockets = append(s.sockets, nil)
	}
	s.sockets[fd] = socket
	if s.open++; s.open == 1 {
		signal(s.first)
	}
	event := unix.EpollEvent{Events: unix.EPOLLRDHUP, Fd: socket.fd}
	if err := unix.EpollCtl(s.fd, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		s.forget(socket)
		return fmt.Errorf("watch socket: %w", err)
	}
	return nil
}

// forget takes a socket out of the tables.
func (s *Set) forget(socket *Socket) {
	s.sockets[socket.fd] = nil
	s.open--
}

// want sets what the poller watches a socket for, beside its end. An error means that the descriptor is gone, which needs no watching.
func (s *Set) want(fd int32, events uint32) {
	event := unix.EpollEvent{Events: unix.EPOLLRDHUP | events, Fd: fd}
	_ = unix.EpollCtl(s.fd, unix.EPOLL_CTL_MOD, int(fd), &event)
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

// watch handles what epoll reports until the set is closed.
func (s *Set) watch() {
	defer s.done.Done()
	raw, err := s.epoll.SyscallConn()
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
		for _, event := range events[:max(n, 0)] {
			s.handle(event)
		}
	}
}

func (s *Set) handle(event unix.EpollEvent) {
	s.mu.Lock()
	socket := s.sockets[event.Fd]
	s.mu.Unlock()
	if socket == nil {
		return
	}
	if event.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		s.end(socket)
		return
	}
	socket.flush()
}

func (s *Set) end(socket *Socket) {
	s.mu.Lock()
	s.forget(socket)
	s.mu.Unlock()
	if socket.finish() {
		s.slow.Add(1)
	}
	s.mu.Lock()
	s.ended = append(s.ended, socket)
	s.mu.Unlock()
	signal(s.more)
}

// signal puts a token into a channel that holds one, unless it is there already.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// report calls what wants to know of the ends. It has a goroutine of its own because it may have to wait for a lock that is held while something is stored, and the others must not.
func (s *Set) report() {
	defer s.done.Done()
	for {
		select {
		case <-s.stop:
			return
		case <-s.more:
			s.reportEnded()
		}
	}
}

func (s *Set) reportEnded() {
	s.mu.Lock()
	ended := s.ended
	s.ended = nil
	s.mu.Unlock()
	for _, socket := range ended {
		socket.onClose()
	}
}

// keepAlive goes round for as long as there are sockets, and sleeps while there are none.
func (s *Set) keepAlive() {
	defer s.done.Done()
	for {
		select {
		case <-s.stop:
			return
		case <-s.first:
			s.goRound()
		}
	}
}

// goRound visits every socket once in Every, until there are none. It visits them all at once: a processor that has gone to sleep needs as long to wake up as to write to a hundred sockets,
// and the runtime looks after a processor that has just woken up every few microseconds.
func (s *Set) goRound() {
	tick := time.NewTicker(s.options.Every)
	defer tick.Stop()
	others := newWaiting()
	for s.Len() > 0 {
		select {
		case <-s.stop:
			return
		case now := <-tick.C:
			s.visit(now, others)
		}
	}
}

// visit sends all the keep-alives, and lets others have the processor in between if they want it.
func (s *Set) visit(now time.Time, others waiting) {
	var part [neighbours]*Socket
	for from := 0; ; from += neighbours {
		n := s.part(part[:], from)
		if n == 0 {
			return
		}
		for _, socket := range part[:n] {
			if socket != nil {
				socket.keepAlive(now)
			}
		}
		if others.any() {
			runtime.Gosched()
		}
	}
}

// part fills into with the sockets of the descriptors from there on, nil for one that is no socket's, and returns of how many: 0 when there are no more to visit.
func (s *Set) part(into []*Socket, from int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || from >= len(s.sockets) {
		return 0
	}
	return copy(into, s.sockets[from:])
}

// waiting tells whether goroutines wait for a processor.
type waiting []metrics.Sample

func newWaiting() waiting {
	return waiting{{Name: "/sched/goroutines/runnable:goroutines"}}
}

func (w waiting) any() bool {
	metrics.Read(w)
	return w[0].Value.Kind() != metrics.KindUint64 || w[0].Value.Uint64() > 0 // better once too often, should the runtime not know
}

// Close ends every stream at once, calls every onClose, and returns when the set's goroutines have ended.
func (s *Set) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.mu.Unlock()
	close(s.stop)
	_ = s.epoll.Close() // ends watch
	s.done.Wait()
	for _, socket := range s.all() {
		s.end(socket)
	}
	s.reportEnded()
}
