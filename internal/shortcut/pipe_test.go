package shortcut

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// pipes is a listener whose connections need no network. Who writes to one goes on when the other end has read all of it: so the server reads what a client writes in the pieces in which
// the client writes it.
type pipes struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{calls: make(chan net.Conn), closed: make(chan struct{})} }

// Accept waits for somebody who dials.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close hangs up on whoever dials from now on.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr is where the listener would be.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (p *pipes) dial() (client, error) {
	theirs, ours := newPipe()
	select {
	case p.calls <- ours:
		return theirs, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// client is a client's end of a connection, which can say that it has nothing more to say.
type client interface {
	net.Conn
	CloseWrite() error
}

// pipe is one end of a connection. What it writes is read at the other end.
type pipe struct {
	net.Conn          // to read from
	out      net.Conn // to write to
	closed   chan struct{}
	once     sync.Once
}

func newPipe() (theirs, ours *pipe) {
	theirIn, ourOut := net.Pipe()
	ourIn, theirOut := net.Pipe()
	return &pipe{Conn: theirIn, out: theirOut, closed: make(chan struct{})}, &pipe{Conn: ourIn, out: ourOut, closed: make(chan struct{})}
}

// Write returns when the other end has read all of it.
func (p *pipe) Write(b []byte) (int, error) { return p.out.Write(b) }

// CloseWrite lets the other end read to an end.
func (p *pipe) CloseWrite() error { return p.out.Close() }

// Close hangs up.
func (p *pipe) Close() error {
	p.once.Do(func() { close(p.closed) })
	return errors.Join(p.Conn.Close(), p.out.Close())
}

// SetWriteDeadline bounds a Write.
func (p *pipe) SetWriteDeadline(t time.Time) error { return p.out.SetWriteDeadline(t) }

// SetDeadline bounds both directions.
func (p *pipe) SetDeadline(t time.Time) error {
	return errors.Join(p.Conn.SetReadDeadline(t), p.out.SetWriteDeadline(t))
}

// posts is what the servers of these tests want the shortcut for.
func posts(r *http.Request) bool { return r.Method == http.MethodPost }

// house is a server, with a shortcut or without, and a way to connect to it.
type house struct {
	way
	server *http.Server
	short  *Shortcut // nil without
	dial   func() (client, error)
	busy   states

	address string // over loopback
}

// states knows whether net/http is busy with a request. A client that is quick may have the answer before.
type states struct {
	sync.Mutex
	changed sync.Cond
	active  map[net.Conn]bool
}

func (s *states) watch(server *http.Server) {
	s.changed.L, s.active = &s.Mutex, make(map[net.Conn]bool)
	before := server.ConnState
	server.ConnState = func(c net.Conn, state http.ConnState) {
		if before != nil {
			before(c, state)
		}
		s.Lock()
		defer s.Unlock()
		if delete(s.active, c); state == http.StateActive {
			s.active[c] = true
		}
		s.changed.Broadcast()
	}
}

// wait returns when net/http is busy with no request.
func (s *states) wait() {
	s.Lock()
	defer s.Unlock()
	for len(s.active) > 0 {
		s.changed.Wait()
	}
}

// way is how a house answers.
type way struct {
	pipes bool // not over loopback
	plain bool // without a shortcut
}

// newHouse serves until the test ends. The server is as the caller fills it in, with a handler at least.
func newHouse(t testing.TB, server *http.Server, w way) *house {
	t.Helper()
	server.ErrorLog = log.New(io.Discard, "", 0)
	h := &house{way: w, server: server}
	listener := h.listen(t)
	if !w.plain {
		h.short = For(server, posts)
		listener = h.short.Listen(listener)
	}
	h.busy.watch(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close the server: %v", err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("served until %v", err)
		}
	})
	return h
}

func (h *house) listen(t testing.TB) net.Listener {
	t.Helper()
	if h.pipes {
		p := newPipes()
		h.dial = p.dial
		return p
	}
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.address = l.Addr().String()
	h.dial = func() (client, error) {
		c, err := net.Dial("tcp", h.address)
		if err != nil {
			return nil, err
		}
		return c.(*net.TCPConn), nil
	}
	return l
}

// connect returns a connection that ends with the test.
func (h *house) connect(t testing.TB) client {
	t.Helper()
	c, err := h.dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}
