// Package freeport finds addresses for servers that tests and benchmarks start
// later, or start again at the same address.
package freeport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// The ports an operating system gives to whoever asks for any, and to every
// connection, begin at 32768 on Linux and at 49152 elsewhere (RFC 6335, section 6).
// One of those would often be taken between the look and the server's start, so all
// are below.
const (
	first = 12000
	last  = 32767
	tries = 200
	above = 32768 // from a port to the one of UDP that says that it is taken
)

var (
	mu   sync.Mutex
	held []net.PacketConn // until the process ends
)

// Address is a host:port of 127.0.0.1 at which nobody listens. No two calls return
// the same one while the first one's process runs, be they of one process or of two.
func Address() (string, error) {
	mu.Lock()
	defer mu.Unlock()
	var failed error
	for range tries {
		port := first + rand.IntN(last-first+1)
		mark, err := claim(port)
		if err == nil {
			held = append(held, mark)
			return at(port), nil
		}
		failed = err
	}
	return "", fmt.Errorf("find a free port: %w", errors.Join(failed, fmt.Errorf("none in %d tries", tries)))
}

// claim makes sure that nobody listens at a port. The server that will may come late,
// or be away for a while: that the port is somebody's is said meanwhile by one of UDP,
// so far above it that no server has it for HTTP/3.
func claim(port int) (mark net.PacketConn, err error) {
	if mark, err = net.ListenPacket("udp", at(port+above)); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", at(port))
	if err == nil {
		err = l.Close()
	}
	if err != nil {
		return nil, errors.Join(err, mark.Close())
	}
	return mark, nil
}

func at(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// Test is what a test's *testing.T offers, or a benchmark's *testing.B.
type Test interface {
	Helper()
	Fatal(args ...any)
}

// For is an Address for a test, which ends if there is none.
func For(t Test) string {
	t.Helper()
	address, err := Address()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// Addresses are n of those.
func Addresses(n int) ([]string, error) {
	all := make([]string, n)
	for i := range all {
		address, err := Address()
		if err != nil {
			return nil, err
		}
		all[i] = address
	}
	return all, nil
}
