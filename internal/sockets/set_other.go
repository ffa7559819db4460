//go:build !linux

package sockets

import (
	"errors"
	"net"
)

// Set cannot be made here.
type Set struct{}

// Socket cannot be made here.
type Socket struct{}

// New returns errors.ErrUnsupported: streams are served by a goroutine each.
func New(Options) (*Set, error) { return nil, errors.ErrUnsupported }

// NewSocket is never called.
func (*Set) NewSocket(bool) *Socket { return nil }

// Attach is never called.
func (*Set) Attach(*Socket, *net.TCPConn, []byte, func()) error { return errors.ErrUnsupported }

// Len is never called.
func (*Set) Len() int { return 0 }

// Slow is never called.
func (*Set) Slow() uint64 { return 0 }

// Each is never called.
func (*Set) Each(func(*Socket)) {}

// Close is never called.
func (*Set) Close() {}

// Send is never called.
func (*Socket) Send([]byte) {}

// Close is never called.
func (*Socket) Close() {}
