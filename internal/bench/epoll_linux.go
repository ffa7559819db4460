package bench

import (
	"errors"
	"fmt"
	"net"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A poller waits for many sockets at once. It is used by one goroutine; wait may be interrupted by nothing but its timeout.
type poller struct {
	fd     int
	events [512]unix.EpollEvent
}

func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	return &poller{fd: fd}, nil
}

func (p *poller) close() { unix.Close(p.fd) }

// readable is told once each time something arrives (edge-triggered: a socket that was drained costs nothing until then).
const readable = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET

// ended is in the events of a socket whose other side has closed: read it to the end, no further event will come.
const ended = unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR

// add watches fd; its events carry token in their Fd field.
func (p *poller) add(fd, token int) error {
	err := unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: readable, Fd: int32(token)})
	if err != nil {
		return fmt.Errorf("watch a socket: %w", err)
	}
	return nil
}

// remove stops watching fd.
func (p *poller) remove(fd int) {
	_ = unix.EpollCtl(p.fd, unix.EPOLL_CTL_DEL, fd, nil) // fails only for what is not watched
}

// forever is a timeout that never ends.
const forever = -time.Millisecond

// wait returns what happened, after at most the timeout (in whole milliseconds). The events are good until the next call.
func (p *poller) wait(timeout time.Duration) ([]unix.EpollEvent, error) {
	n, err := unix.EpollWait(p.fd, p.events[:], int(timeout.Milliseconds()))
	if err != nil && !errors.Is(err, unix.EINTR) {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	return p.events[:max(n, 0)], nil
}

// rawRead and rawWrite are the system calls and nothing else: these sockets never block, so Go's scheduler need not be told,
// which would cost as much as a tenth of the call itself.
func rawRead(fd int, b []byte) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

func rawWrite(fd int, b []byte) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// perSource is how many connections share a source address: below the number of ports that one has.
const perSource = 20_000

// dial opens the n-th connection to address and makes it non-blocking. Connections to loopback take turns through the addresses
// 127.0.0.1, 127.0.0.2 and so on, each of which has ports of its own.
func dial(address *net.TCPAddr, n int) (int, error) {
	family, target := sockaddr(address)
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("connection %d: %w", n+1, err)
	}
	if err := connect(fd, address, target, n); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("connection %d to %v: %w", n+1, address, err)
	}
	return fd, nil
}

func connect(fd int, address *net.TCPAddr, target unix.Sockaddr, n int) error {
	if address.IP.IsLoopback() && address.IP.To4() != nil {
		source := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, byte(1 + n/perSource)}}
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
			return err
		}
		if err := unix.Bind(fd, source); err != nil {
			return err
		}
	}
	err := unix.Connect(fd, target)
	for errors.Is(err, unix.EINTR) || errors.Is(err, unix.EALREADY) {
		err = unix.Connect(fd, target)
	}
	if err != nil && !errors.Is(err, unix.EISCONN) {
		return err
	}
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return err
	}
	return unix.SetNonblock(fd, true)
}

func sockaddr(a *net.TCPAddr) (family int, address unix.Sockaddr) {
	if ip := a.IP.To4(); ip != nil {
		return unix.AF_INET, &unix.SockaddrInet4{Port: a.Port, Addr: [4]byte(ip)}
	}
	return unix.AF_INET6, &unix.SockaddrInet6{Port: a.Port, Addr: [16]byte(a.IP.To16())}
}

// hangUp closes a connection without leaving its port waiting.
func hangUp(fd int) {
	_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}) // only a courtesy
	unix.Close(fd)
}

// allowFiles raises this process's limit of open files to n, and so that of the processes it starts, or says how to.
func allowFiles(n int) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("limit of open files: %w", err)
	}
	need := uint64(n)
	if limit.Cur >= need {
		return nil
	}
	raised := unix.Rlimit{Cur: need, Max: max(need, limit.Max)}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &raised); err != nil {
		return fmt.Errorf("%d open files are needed and %d allowed: raise the limit with `ulimit -n %d` (%w)", n, limit.Max, n, err)
	}
	return nil
}
