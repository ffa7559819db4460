package conns_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/conns"
	"github.com/magnapp/magnapp/internal/leaks"
	"github.com/magnapp/magnapp/internal/stream"
	"github.com/magnapp/magnapp/internal/testcert"
)

func TestMain(m *testing.M) { leaks.VerifyTestMain(m) }

// patience bounds waits for what must come; nothing is measured against it.
const patience = time.Minute

// server is net/http's within bounds: "/" is answered at once, "/slow" when release is closed, "/stream" by a stream.
type server struct {
	*conns.Bound
	t       *testing.T
	scheme  string
	addr    string
	release chan struct{}
	streams chan stream.Conn

	mu     sync.Mutex
	states map[net.Conn]http.ConnState
}

func start(t *testing.T, o conns.Options, configure ...func(*http.Server)) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &server{Bound: conns.New(o), t: t, scheme: "http", addr: l.Addr().String(), release: make(chan struct{}), streams: make(chan stream.Conn, 10), states: make(map[net.Conn]http.ConnState)}
	streams := stream.New(stream.Options{})
	h := &http.Server{ConnState: s.state, Handler: s.handler(streams), ReadHeaderTimeout: patience}
	for _, c := range configure {
		c(h)
	}
	if h.TLSConfig != nil {
		s.scheme = "https"
	}
	served := make(chan error, 1)
	go func() {
		if h.TLSConfig != nil {
			served <- h.ServeTLS(s.Listen(l), "", "")
			return
		}
		served <- h.Serve(s.Listen(l))
	}()
	t.Cleanup(func() {
		streams.Close()
		_ = h.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("served until %v", err)
		}
		s.becomes(0)
	})
	return s
}

func (s *server) state(conn net.Conn, state http.ConnState) {
	s.State(conn, state)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[conn] = state
}

// await waits until the server knows so many connections in a state: it answers before it does.
func (s *server) await(state http.ConnState, want int) {
	s.t.Helper()
	s.until(fmt.Sprintf("%d connections %s", want, state), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		have := 0
		for _, is := range s.states {
			if is == state {
				have++
			}
		}
		return have == want
	})
}

// becomes waits for a number of connections: the server's end of one ends a little later than the client's.
func (s *server) becomes(want int) {
	s.t.Helper()
	s.until(fmt.Sprintf("%d connections", want), func() bool { return s.Open() == want })
}

func (s *server) until(what string, done func() bool) {
	s.t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for limit := time.Now().Add(patience); !done(); <-look.C {
		if time.Now().After(limit) {
			s.t.Fatal("waited in vain for", what)
		}
	}
}

func (s *server) handler(streams *stream.Streams) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			<-s.release
		case "/stream":
			_ = streams.Serve(w, r, false, func(c stream.Conn) (func(), error) {
				c.Send(stream.Chunk(": hello\n"))
				s.streams <- c
				return func() {}, nil
			})
			return
		}
		_, _ = io.WriteString(w, "here")
	})
}

// client is one connection.
type client struct {
	t    *testing.T
	conn net.Conn
	body *bufio.Reader
}

// dial connects from an address of this machine.
func (s *server) dial(from string) *client {
	s.t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := dialer.Dial("tcp", s.addr)
	if err != nil && from != "127.0.0.1" {
		s.t.Skipf("this system has no address %s: %v", from, err)
	} else if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		s.t.Fatal(err)
	}
	return &client{t: s.t, conn: conn, body: bufio.NewReader(conn)}
}

func (c *client) ask(path string) {
	c.t.Helper()
	if _, err := fmt.Fprintf(c.conn, "GET %s HTTP/1.1\r\nHost: test\r\n\r\n", path); err != nil {
		c.t.Fatal(err)
	}
}

// answered reads an answer to the end, or of a stream the beginning.
func (c *client) answered() {
	c.t.Helper()
	resp, err := http.ReadResponse(c.body, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		c.body = bufio.NewReader(resp.Body)
		c.reads(": welcome\nretry: 1000\n: hello\n")
		return
	}
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "here" {
		c.t.Fatalf("read %q (%v)", body, err)
	}
}

func (c *client) reads(want string) {
	c.t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c.body, got); err != nil || string(got) != want {
		c.t.Fatalf("read %q (%v), want %q", got[:n], err, want)
	}
}

// idle asks once and keeps the connection.
func (s *server) idle(from string) *client {
	s.t.Helper()
	c := s.dial(from)
	c.ask("/")
	c.answered()
	return c
}

func (c *client) isClosed() {
	c.t.Helper()
	if b, err := c.body.ReadByte(); err == nil || isTimeout(err) {
		c.t.Fatalf("the connection is open (%q, %v)", b, err)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

func TestNewConnectionTakesThePlaceOfTheOneIdleForLongest(t *testing.T) {
	s := start(t, conns.Options{PerAddress: 3})
	first, second, third := s.dial("127.0.0.1"), s.dial("127.0.0.1"), s.dial("127.0.0.1")
	for _, c := range []*client{second, first, third, second, first} { // so third is idle for longest
		c.ask("/")
		c.answered()
		s.await(http.StateActive, 0)
	}
	s.dial("127.0.0.1").ask("/")
	third.isClosed()
	for _, c := range []*client{second, first} {
		c.ask("/")
		c.answered()
	}
	s.becomes(3)
}

func TestConnectionsAtWorkAreNotClosed(t *testing.T) {
	s := start(t, conns.Options{PerAddress: 2})
	watching := s.dial("127.0.0.1")
	watching.ask("/stream")
	watching.answered()
	waiting := s.dial("127.0.0.1")
	waiting.ask("/slow")
	s.await(http.StateActive, 1)
	for range 3 {
		s.dial("127.0.0.1").isClosed()
	}
	if n := s.Refused(); n != 3 {
		t.Errorf("%d connections were refused, want 3", n)
	}
	(<-s.streams).Send(stream.Chunk("event"))
	watching.reads("event")
	close(s.release)
	waiting.answered()
	s.await(http.StateIdle, 1)
	next := s.dial("127.0.0.1") // in the place of the one that waited
	next.ask("/")
	next.answered()
	waiting.isClosed()
	_ = watching.conn.Close()
	s.becomes(1)
}

func TestStreamThatEndsMakesRoom(t *testing.T) {
	s := start(t, conns.Options{PerAddress: 1})
	for range 5 {
		c := s.dial("127.0.0.1")
		c.ask("/stream")
		c.answered()
		(<-s.streams).Close()
		if _, err := io.ReadAll(c.body); err != nil {
			t.Fatal(err)
		}
		s.becomes(0)
	}
}

func TestAddressesDoNotDisturbEachOther(t *testing.T) {
	s := start(t, conns.Options{PerAddress: 2, InAll: 100})
	person := s.idle("127.0.0.2")
	for range 20 {
		s.idle("127.0.0.3")
		s.await(http.StateActive, 0)
	}
	person.ask("/")
	person.answered()
	s.becomes(3)
}

func TestOneAddressCannotUseUpAll(t *testing.T) {
	s := start(t, conns.Options{PerAddress: 1000, InAll: 8})
	var greedy []*client
	for range 4 {
		c := s.dial("127.0.0.3")
		c.ask("/slow")
		greedy = append(greedy, c)
	}
	s.await(http.StateActive, 4)
	s.dial("127.0.0.3").isClosed()
	for range 4 {
		s.idle("127.0.0.2")
	}
	close(s.release)
	for _, c := range greedy {
		c.answered()
	}
}

func TestProxyIsBoundedInAllOnly(t *testing.T) {
	for _, shared := range []string{"127.0.0.1/32", "127.0.0.0/8"} {
		s := start(t, conns.Options{PerAddress: 2, InAll: 5, Shared: []netip.Prefix{netip.MustParsePrefix(shared)}})
		var all []*client
		for range 5 {
			all = append(all, s.idle("127.0.0.1"))
			s.await(http.StateActive, 0)
		}
		s.becomes(5)
		s.idle("127.0.0.1")
		all[0].isClosed()
		all[1].ask("/")
		all[1].answered()
		s.becomes(5)
	}
}

func TestWithoutBoundsNothingIsClosed(t *testing.T) {
	s := start(t, conns.Options{})
	var all []*client
	for range 50 {
		all = append(all, s.idle("127.0.0.1"))
	}
	for _, c := range all {
		c.ask("/")
		c.answered()
	}
	s.becomes(50)
}

func TestIdleIsKnownByEveryProtocol(t *testing.T) {
	for _, p := range []struct {
		name      string
		set       func(*http.Protocols)
		configure func(*testing.T, *http.Server)
	}{
		{"HTTP1 over TLS", func(p *http.Protocols) { p.SetHTTP1(true) }, overTLS},
		{"HTTP2 over TLS", func(p *http.Protocols) { p.SetHTTP2(true) }, overTLS},
		{"HTTP2", func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }, func(*testing.T, *http.Server) {}},
	} {
		t.Run(p.name, func(t *testing.T) {
			var protocols http.Protocols
			p.set(&protocols)
			idleIsKnown(t, start(t, conns.Options{PerAddress: 2}, func(h *http.Server) {
				h.Protocols = &protocols
				p.configure(t, h)
			}), &protocols)
		})
	}
}

func overTLS(t *testing.T, h *http.Server) {
	t.Helper()
	certPEM, keyPEM, err := testcert.New("test", time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	h.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}} //nolint:gosec // the default is what is wanted
}

// idleIsKnown lets clients take the place of each other, beside one at work.
func idleIsKnown(t *testing.T, s *server, protocols *http.Protocols) {
	var slow sync.WaitGroup
	busy := s.newTransport(protocols)
	s.get(busy, "/")
	slow.Go(func() { s.get(busy, "/slow") })
	s.await(http.StateActive, 1)
	for range 5 {
		s.get(s.newTransport(protocols), "/")
		s.await(http.StateIdle, 1)
		s.becomes(2)
	}
	close(s.release)
	slow.Wait()
}

func (s *server) newTransport(protocols *http.Protocols) *http.Transport {
	transport := &http.Transport{Protocols: protocols, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // who the server is does not matter here
	s.t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func (s *server) get(c *http.Transport, path string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.scheme+"://"+s.addr+path, nil)
	if err != nil {
		s.t.Error(err)
		return
	}
	resp, err := c.RoundTrip(req)
	if err != nil {
		s.t.Error(err)
		return
	}
	_, err = io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		s.t.Error(err)
	}
}

// entries are what is logged.
type entries chan string

// Write keeps an entry.
func (e entries) Write(b []byte) (int, error) {
	e <- string(b)
	return len(b), nil
}

func TestRefusalsAreLoggedOnceAMinute(t *testing.T) {
	log := make(entries, 10)
	manual := clock.NewManual(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	s := start(t, conns.Options{PerAddress: 1, Logger: slog.New(slog.NewTextHandler(log, nil)), Clock: manual})
	c := s.dial("127.0.0.1")
	c.ask("/slow")
	s.await(http.StateActive, 1)
	for range 3 {
		s.dial("127.0.0.1").isClosed()
	}
	manual.Advance(time.Minute)
	s.dial("127.0.0.1").isClosed()
	close(s.release)
	c.answered()
	for range 2 {
		if entry := <-log; !strings.Contains(entry, "too many connections") || !strings.Contains(entry, "127.0.0.1/32") {
			t.Error(entry)
		}
	}
	if len(log) > 0 {
		t.Errorf("then %s", <-log)
	}
}

func TestFilesLeaveAReserve(t *testing.T) {
	for files, want := range map[int]int{0: 0, 20: 16, 128: 64, 256: 192, 1024: 896, 20_000: 19_488, 1 << 20: 1<<20 - 512} {
		if got := conns.InAll(files); got != want {
			t.Errorf("%d files leave room for %d connections, want %d", files, got, want)
		}
	}
	if files, err := conns.RaiseFiles(); err != nil || files < 0 {
		t.Errorf("%d files, %v", files, err)
	}
}
