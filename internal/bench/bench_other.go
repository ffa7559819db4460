//go:build !linux

package bench

import (
	"context"
	"errors"
	"io"
)

var errNotLinux = errors.New("bench needs Linux: it reads from epoll and /proc")

// Run measures what the options say; on this system it only says that it cannot.
func Run(context.Context, Options, io.Writer) error { return errNotLinux }

// ServeReference is the program that a server's figures are held against; on this system it only says that it cannot.
func ServeReference(context.Context, string) error { return errNotLinux }
