//go:build !linux

package main

import (
	"context"
	"fmt"
	"net"
)

// listen opens the port. When a peer that has lost the network is given up is for the system to say.
func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return listener, nil
}
