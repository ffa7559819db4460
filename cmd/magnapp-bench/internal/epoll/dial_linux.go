package epoll

import (
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// perSource is how many connections share a source address: below the number of ports that one has.
const perSource = 20_000

// Dial opens the n-th connection to an IPv4 address, counted from 0, and makes it non-blocking. Connections to loopback take turns through the addresses 127.0.0.1, 127.0.0.2
// and so on, each of which has ports of its own.
func Dial(address *net.TCPAddr, n int) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("connection %d: %w", n+1, err)
	}
	if err := connect(fd, address, n); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("connection %d to %v: %w", n+1, address, err)
	}
	return fd, nil
}

func connect(fd int, address *net.TCPAddr, n int) error {
	ip := address.IP.To4()
	if ip == nil {
		return errors.New("not an IPv4 address")
	}
	if ip.IsLoopback() {
		source := &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, byte(1 + n/perSource)}}
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
			return err
		}
		if err := unix.Bind(fd, source); err != nil {
			return err
		}
	}
	target := &unix.SockaddrInet4{Port: address.Port, Addr: [4]byte(ip)}
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

// HangUp closes a connection without leaving its port waiting.
func HangUp(fd int) {
	_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}) // only a courtesy
	unix.Close(fd)
}
