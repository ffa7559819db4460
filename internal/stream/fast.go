package stream

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/magnapp/magnapp/internal/sockets"
)

// closeTimeout bounds how long Close waits for the sources of events to hear that their streams have ended: one may wait for a disk.
const closeTimeout = time.Second

// fast serves streams over plain TCP and HTTP/1.1: the connection is taken out of the HTTP server and costs no goroutine. Over TLS, HTTP/2 and HTTP/1.0 a stream needs one.
type fast struct {
	set *sockets.Set // nil where the system has none
}

func newFast(o Options) fast {
	if o.Portable {
		return fast{}
	}
	set, err := sockets.New(sockets.Options{KeepAlive: keepAlive, Every: o.KeepAlive, Ping: ping, PingEvery: o.Ping, Last: lastChunk, WriteTimeout: o.WriteTimeout, QueueBytes: o.QueueBytes, CloseTimeout: closeTimeout})
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		slog.Warn("streams are served by a goroutine each", "error", err)
	}
	return fast{set: set}
}

// takes reports whether the request's connection is one of those.
func (f fast) takes(w http.ResponseWriter, r *http.Request) bool {
	_, tcp := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return f.set != nil && tcp && r.ProtoMajor == 1 && r.ProtoMinor > 0 && r.TLS == nil && hijackable(w)
}

func hijackable(w http.ResponseWriter) bool {
	for {
		switch v := w.(type) {
		case http.Hijacker:
			return true
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return false
		}
	}
}

// serve begins the stream and returns; it goes on without the caller.
func (f fast) serve(w http.ResponseWriter, r *http.Request, pings bool, subscribe Subscribe) (*sockets.Socket, error) {
	socket := f.set.NewSocket(pings)
	cancel, err := subscribe(socket)
	if err != nil {
		return nil, err
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		cancel()
		return nil, fmt.Errorf("take the connection over: %w", err)
	}
	tcp, ok := beneath(conn).(*net.TCPConn)
	if !ok {
		_ = conn.Close()
		cancel()
		return socket, nil
	}
	if counted, ok := conn.(interface{ Detach() func() }); ok { // see package conns
		cancel = both(counted.Detach(), cancel)
	}
	if err := f.set.Attach(socket, tcp, head(w.Header()), cancel); err != nil {
		cancel() // the connection is closed, so nobody waits for an answer
	}
	return socket, nil
}

func both(first, second func()) func() {
	return func() {
		first()
		second()
	}
}

// beneath is the connection in the one that the server was given, if that is only put around it.
func beneath(conn net.Conn) net.Conn {
	if around, ok := conn.(interface{ NetConn() net.Conn }); ok {
		return around.NetConn()
	}
	return conn
}

// head is the beginning of the answer.
func head(h http.Header) []byte {
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	header(h)
	h.Set("Transfer-Encoding", "chunked")
	h.Set("Connection", "close")
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	_ = h.Write(&b) // a buffer takes everything
	b.WriteString("\r\n")
	b.Write(greeting)
	return b.Bytes()
}

func (f fast) open() int {
	if f.set == nil {
		return 0
	}
	return f.set.Len()
}

func (f fast) slow() uint64 {
	if f.set == nil {
		return 0
	}
	return f.set.Slow()
}

func (f fast) each(do func(Conn)) {
	if f.set != nil {
		f.set.Each(func(s *sockets.Socket) { do(s) })
	}
}

func (f fast) close() {
	if f.set != nil {
		f.set.Close()
	}
}
