package main

import (
	"context"
	"fmt"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// listen opens the port. Connections inherit from it that a peer which acknowledges nothing for a while is gone: over TLS nothing else would tell for a quarter of an hour that somebody
// has lost the network, and everybody would see them at the table.
func listen(ctx context.Context, address string) (net.Listener, error) {
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) {
			_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(stuckTimeout.Milliseconds())) // without it we do, only later
		})
	}}
	config.SetMultipathTCP(false) // its sockets need not know the option
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return listener, nil
}
