// Package epoll waits for many sockets in one goroutine, without a goroutine, a buffer or an allocation for each. Only Linux has it.
package epoll

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// A Poller waits for many sockets at once. It is safe for concurrent use: each event goes to one of those who wait.
type Poller struct{ fd int }

// New makes a Poller that waits for nothing yet. The error is the system's.
func New() (*Poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	return &Poller{fd: fd}, nil
}

// Close frees what the Poller holds. The sockets stay open.
func (p *Poller) Close() { unix.Close(p.fd) }

// readable is edge-triggered: there is one event each time that something arrives, and a socket that was drained costs nothing until then.
const readable = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET

// Ended are the events of a socket whose other side has closed it: read it to the end, no further event will come.
const Ended = unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR

// Add watches fd; its events carry token in their Fd field.
func (p *Poller) Add(fd, token int) error {
	err := unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: readable, Fd: int32(token)})
	if err != nil {
		return fmt.Errorf("watch a socket: %w", err)
	}
	return nil
}

// Remove stops watching fd.
func (p *Poller) Remove(fd int) {
	_ = unix.EpollCtl(p.fd, unix.EPOLL_CTL_DEL, fd, nil) // fails only for what is not watched
}

// Wait puts what happened into events and returns how many there are: none after the timeout, which is in whole milliseconds, or a signal.
func (p *Poller) Wait(events []unix.EpollEvent, timeout time.Duration) (int, error) {
	n, err := unix.EpollWait(p.fd, events, int(timeout.Milliseconds()))
	if err != nil && !errors.Is(err, unix.EINTR) {
		return 0, fmt.Errorf("epoll: %w", err)
	}
	return max(n, 0), nil
}
