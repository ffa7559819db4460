package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/stream"
)

// protocol is how a client speaks to the server.
type protocol struct {
	name string
	tls  bool
	http int // the major version
}

var protocols = []protocol{{"HTTP1", false, 1}, {"HTTP1 over TLS", true, 1}, {"HTTP2", false, 2}, {"HTTP2 over TLS", true, 2}}

// everyProtocol runs a test by each protocol, in a time of its own that passes when everybody waits.
func everyProtocol(t *testing.T, test func(*testing.T, *running)) { by(t, protocols, test) }

// everyHTTP2 runs a test of what only HTTP/2 has: a connection that many share, and pings on it.
func everyHTTP2(t *testing.T, test func(*testing.T, *running)) {
	by(t, slices.DeleteFunc(slices.Clone(protocols), func(p protocol) bool { return p.http != 2 }), test)
}

func by(t *testing.T, protocols []protocol, test func(*testing.T, *running)) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, newRunning(t, p)) })
		})
	}
}

// running is the real server with real streams, on connections that need no network.
type running struct {
	protocol
	lines   *lines
	streams *stream.Streams
	ended   chan struct{} // each stream that was taken away
	client  *http.Transport
	cookies string // which the client sends
}

func newRunning(t *testing.T, p protocol) *running {
	h := &running{protocol: p, lines: newLines(), streams: stream.New(stream.Options{Portable: true}), ended: make(chan struct{}, 2*maxStreams)}
	logger := slog.New(slog.DiscardHandler)
	var cert *certificate
	if p.tls {
		certPEM, keyPEM := newPair(t, "test", time.Now(), days)
		files := newPairFiles(t, certPEM, keyPEM)
		var err error
		if cert, err = loadCertificate(files.cert, files.key, clock.System{}, logger); err != nil {
			t.Fatal(err)
		}
	}
	server := newServer(h, cert, logger)
	served := make(chan error, 1)
	go func() { served <- server.serve(h.lines) }()
	h.client = h.newClient()
	t.Cleanup(func() {
		h.client.CloseIdleConnections()
		h.streams.Close()
		if err := server.shutdown(shutdownTimeout); err != nil {
			t.Errorf("the server does not stop: %v", err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("served until %v", err)
		}
	})
	return h
}

// ServeHTTP answers "/" with a stream and everything else at once.
func (h *running) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		_, _ = io.WriteString(w, "here")
		return
	}
	err := h.streams.Serve(w, r, false, func(c stream.Conn) (func(), error) {
		c.Send(stream.Chunk(": hello\n"))
		return func() { h.ended <- struct{}{} }, nil
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

func (h *running) newClient() *http.Transport {
	var speaks http.Protocols
	speaks.SetHTTP1(h.http == 1)
	speaks.SetHTTP2(h.http == 2 && h.tls)
	speaks.SetUnencryptedHTTP2(h.http == 2 && !h.tls)
	return &http.Transport{
		Protocols: &speaks, DialContext: h.lines.dial,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // who the server is does not matter here
	}
}

func (h *running) get(t *testing.T, path string) *http.Response {
	t.Helper()
	scheme := "http"
	if h.tls {
		scheme = "https"
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, scheme+"://localhost"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if h.cookies != "" {
		req.Header.Set("Cookie", h.cookies)
	}
	resp, err := h.client.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.ProtoMajor != h.http || (resp.TLS != nil) != h.tls || resp.StatusCode != http.StatusOK {
		t.Fatalf("the answer came by %s, TLS %t: %s", resp.Proto, resp.TLS != nil, resp.Status)
	}
	return resp
}

// lines is a listener whose connections are pipes. There is nothing between the two ends: what one does not read, the other cannot write.
type lines struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
	dials  atomic.Int32
	last   *line // the client's end
}

func newLines() *lines { return &lines{calls: make(chan net.Conn), closed: make(chan struct{})} }

// Accept waits for somebody who dials.
func (l *lines) Accept() (net.Conn, error) {
	select {
	case conn := <-l.calls:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close hangs up on whoever dials from now on.
func (l *lines) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is where the listener would be.
func (l *lines) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (l *lines) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.calls <- server:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	l.dials.Add(1)
	l.last = &line{Conn: client, closed: make(chan struct{})}
	return l.last, nil
}

// line is a client's end of a connection that may fall ill.
type line struct {
	net.Conn
	closed     chan struct{}
	once       sync.Once
	deaf, mute atomic.Bool
}

// Read waits until the end once the client is deaf.
func (l *line) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	if l.deaf.Load() {
		<-l.closed
		return 0, net.ErrClosed
	}
	return n, err
}

// deafen lets the client read no more, not even with the call that it waits in.
func (l *line) deafen() {
	l.deaf.Store(true)
	_ = l.SetReadDeadline(time.Now()) // a pipe takes any
}

// Write loses everything once the client is mute.
func (l *line) Write(b []byte) (int, error) {
	if l.mute.Load() {
		return len(b), nil
	}
	return l.Conn.Write(b)
}

// Close hangs up.
func (l *line) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Conn.Close()
}

// readsLine reads up to a line that is not empty.
func readsLine(t *testing.T, body *bufio.Reader, want string) {
	t.Helper()
	for {
		got, err := body.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream ended with %v, want %s", err, want)
		}
		if got = strings.TrimSpace(got); got == want {
			return
		} else if got != "" {
			t.Fatalf("read %q, want %q", got, want)
		}
	}
}

func TestStreamOutlivesTheTimesOfRequests(t *testing.T) {
	everyProtocol(t, func(t *testing.T, h *running) {
		begun := time.Now()
		body := bufio.NewReader(h.get(t, "/").Body)
		readsLine(t, body, ": welcome")
		readsLine(t, body, "retry: 1000")
		readsLine(t, body, ": hello")
		for time.Since(begun) < 10*(readTimeout+writeTimeout+idleTimeout) {
			readsLine(t, body, ": keep-alive")
		}
		if n := h.streams.Open(); n != 1 || h.lines.dials.Load() != 1 {
			t.Errorf("%d streams open, %d connections made", n, h.lines.dials.Load())
		}
	})
}

func TestClientThatReadsNothingIsGivenUp(t *testing.T) {
	everyProtocol(t, func(t *testing.T, h *running) {
		h.get(t, "/")
		synctest.Wait()
		h.lines.last.deafen()
		deaf := time.Now()
		<-h.ended
		if d := time.Since(deaf); d > 25*time.Second+stuckTimeout { // 19 to the next sign of life, which cannot be written, and 5 for the goodbye of TLS
			t.Errorf("given up after %v", d)
		}
		_ = h.lines.last.Close()
	})
}

// TestHTTP2ClientThatSaysNothingIsGivenUp has a client that takes everything, as a proxy that hangs may, and does not answer.
func TestHTTP2ClientThatSaysNothingIsGivenUp(t *testing.T) {
	everyHTTP2(t, func(t *testing.T, h *running) {
		h.get(t, "/")
		synctest.Wait()
		h.lines.last.mute.Store(true)
		mute := time.Now()
		<-h.ended
		if d := time.Since(mute); d > 2*(pingAfter+pingTimeout) {
			t.Errorf("given up after %v", d)
		}
	})
}

// TestHTTP2ConnectionTakesTheStreamsOfMany opens hundreds of streams as a proxy does. A client opens a second connection when the first takes no more.
func TestHTTP2ConnectionTakesTheStreamsOfMany(t *testing.T) {
	everyHTTP2(t, func(t *testing.T, h *running) {
		h.get(t, "/")
		synctest.Wait() // a client may have its answer before it knows its own connection for one that can be used again
		for range maxStreams - 2 {
			h.get(t, "/")
		}
		if body, err := io.ReadAll(h.get(t, "/other").Body); err != nil || string(body) != "here" {
			t.Errorf("beside the streams: %q %v", body, err)
		}
		if open, dials := h.streams.Open(), h.lines.dials.Load(); open != maxStreams-1 || dials != 1 {
			t.Errorf("%d streams on %d connections", open, dials)
		}
	})
}

func TestStreamsAreSentHomeAtTheEnd(t *testing.T) {
	everyProtocol(t, func(t *testing.T, h *running) {
		body := h.get(t, "/").Body
		h.streams.Drain()
		if all, err := io.ReadAll(body); err != nil || !strings.Contains(string(all), "retry: ") {
			t.Errorf("the stream ended with %q (%v)", all, err)
		}
	})
}

func TestOldTLSIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newRunning(t, protocol{tls: true, http: 1})
		for version, good := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
			conn, err := h.lines.dial(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}
			client := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version}) //nolint:gosec // old on purpose
			if err := client.HandshakeContext(t.Context()); (err == nil) != good {
				t.Errorf("%s: %v", tls.VersionName(version), err)
			}
			_ = conn.Close()
		}
	})
}

// A browser may hold many seats, of sessions long over too, and sends all their cookies.
func TestCookiesOfManySeats(t *testing.T) {
	everyProtocol(t, func(t *testing.T, h *running) {
		h.cookies = strings.Repeat("magnapp_01234567-89ab-4cde-8f01-23456789abcd="+strings.Repeat("t", 51)+"; ", 400)
		if body, err := io.ReadAll(h.get(t, "/other").Body); err != nil || string(body) != "here" {
			t.Errorf("%q %v", body, err)
		}
	})
}
