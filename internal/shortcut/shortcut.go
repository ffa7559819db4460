package shortcut

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// Shortcut belongs to one HTTP server. Make it with [For].
type Shortcut struct {
	handler http.Handler
	takes   func(*http.Request) bool
	context context.Context
	idle    time.Duration // how long a connection may be silent
	write   time.Duration // how long the client may take to accept an answer
	renew   time.Duration // how old a deadline may become

	// Each request that is under way holds a part of this lock; who stops the shortcut takes all of it for good.
	open    sync.RWMutex
	stop    sync.Once
	stopped chan struct{} // closed when all of it is taken
}

// For makes a shortcut to the server's handler, for those requests which takes is true of: it sees the method, the address and the headers. Their answers must be short, as they are
// kept until they are whole, and their handlers must need nothing of the [http.ResponseWriter] beyond its three methods, nor it or the request's body once they have returned; they cannot
// switch protocols (101), and the context of the request does not end with the connection. BaseContext and ConnContext are not asked for it.
//
// The server's IdleTimeout (or ReadTimeout, as with net/http) and WriteTimeout hold here too, less up to an eighth of the shorter. They are counted from the beginning of a request.
//
// It sets the server's ConnState, so call it before the server serves what [Shortcut.Listen] returns.
func For(server *http.Server, takes func(*http.Request) bool) *Shortcut {
	s := &Shortcut{
		handler: server.Handler, takes: takes, idle: cmp.Or(server.IdleTimeout, server.ReadTimeout), write: server.WriteTimeout,
		stopped: make(chan struct{}),
		context: context.WithValue(context.Background(), http.ServerContextKey, server),
	}
	s.renew = min(orLong(s.idle), orLong(s.write)) / 8
	server.ConnState = func(c net.Conn, state http.ConnState) {
		if c, ok := c.(*conn); ok {
			c.changed(state)
		}
	}
	return s
}

// orLong is a timeout, or, as it is not set, a long time.
func orLong(d time.Duration) time.Duration {
	if d <= 0 {
		return time.Hour
	}
	return d
}

// Listen returns l with connections that have the shortcut. They must be served by the server of [For], and as they are: TLS cannot go on top of them.
func (s *Shortcut) Listen(l net.Listener) net.Listener { return &listener{Listener: l, shortcut: s} }

// Stop lets the requests that are under way here finish, and returns when they have. From then on, net/http gets every request. Call it before the server's Shutdown, which takes
// connections with a request under way here for idle ones. The error is that of the context; another Stop then waits on.
func (s *Shortcut) Stop(ctx context.Context) error {
	s.stop.Do(func() {
		go func() { // ends with the last request
			s.open.Lock()
			close(s.stopped)
		}()
	})
	select {
	case <-s.stopped:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type listener struct {
	net.Listener
	shortcut *Shortcut
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, shortcut: l.shortcut, between: true}, nil
}
