package httpapi_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// stalled is an answer that its client does not read. It speaks the given version of HTTP.
type stalled struct {
	header  http.Header
	status  atomic.Int32
	began   sync.Once
	waiting *sync.WaitGroup // done as soon as the answer waits, or has ended
	release <-chan struct{}
}

func (w *stalled) Header() http.Header    { return w.header }
func (w *stalled) WriteHeader(status int) { w.status.Store(int32(status)) }
func (w *stalled) FlushError() error      { return nil }
func (w *stalled) Write(b []byte) (int, error) {
	if w.status.Load() == http.StatusOK { // what is refused is short enough to be gone
		w.began.Do(w.waiting.Done)
		<-w.release
	}
	return len(b), nil
}

// TestWhatWaitsToBeWrittenIsBounded asks again and again for a long answer and reads none.
func TestWhatWaitsToBeWrittenIsBounded(t *testing.T) {
	s := newServer(t)
	for range 1000 {
		s.seat(t)
	}
	body := httptest.NewRecorder()
	s.ServeHTTP(body, request(t, "/api/sessions", "198.51.100.1"))
	size := body.Body.Len()
	release := make(chan struct{})
	var running, waiting sync.WaitGroup
	statuses := map[int]int{}
	ask := func(address string) int {
		w := &stalled{header: http.Header{}, waiting: &waiting, release: release}
		waiting.Add(1)
		running.Go(func() {
			defer func() {
				_ = recover() // it may be cut off
				w.began.Do(waiting.Done)
			}()
			s.ServeHTTP(w, request(t, "/api/sessions", address))
		})
		waiting.Wait()
		return int(w.status.Load())
	}
	for statuses[http.StatusTooManyRequests] < 10 && len(statuses) < 3 && statuses[200] < 10_000 {
		statuses[ask("192.0.2.1")]++
	}
	if most := 32<<20/size + 1; statuses[200] == 0 || statuses[200] > most || statuses[429] == 0 {
		t.Errorf("of answers of %d bytes, by status: %v", size, statuses)
	}
	before := len(listed(t, s.rooms))
	refused := s.refusedCommands(t, "192.0.2.1")
	if made := len(listed(t, s.rooms)) - before; refused == 0 || made != 10-refused {
		t.Errorf("of ten creations %d were refused, and %d made", refused, made)
	}
	if status := ask("192.0.2.2"); status != 200 {
		t.Errorf("somebody else gets %d", status)
	}
	all := map[int]int{}
	for i := 3; i < 40 && all[503] < 10; i++ {
		for range 32<<20/size - 1 {
			all[ask(fmt.Sprintf("192.0.2.%d", i))]++
		}
	}
	if all[503] == 0 || all[200] > 256<<20/size {
		t.Errorf("of everybody's answers, by status: %v", all)
	}
	close(release)
	running.Wait()
	after := httptest.NewRecorder()
	if s.ServeHTTP(after, request(t, "/api/sessions", "192.0.2.1")); after.Code != 200 {
		t.Errorf("afterwards: %d", after.Code)
	}
}

// refusedCommands is how many of ten creations by HTTP/2 are refused while answers wait: what is refused must not have been done.
func (s *server) refusedCommands(t *testing.T, address string) (refused int) {
	t.Helper()
	waiting := make(chan struct{})
	var running sync.WaitGroup
	var began sync.WaitGroup
	var mu sync.Mutex
	for range 10 {
		began.Add(1)
		running.Go(func() {
			r := request(t, "/api/sessions", address)
			r.Method, r.Body, r.ContentLength = http.MethodPost, io.NopCloser(strings.NewReader(createBody)), int64(len(createBody))
			w := &stalled{header: http.Header{}, waiting: &began, release: waiting}
			s.ServeHTTP(w, r)
			w.began.Do(began.Done)
			if w.status.Load() == http.StatusTooManyRequests {
				mu.Lock()
				refused++
				mu.Unlock()
			}
		})
		began.Wait()
	}
	close(waiting)
	running.Wait()
	return refused
}

func request(t *testing.T, path, address string) *http.Request {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.RemoteAddr = net.JoinHostPort(address, "1")
	r.ProtoMajor, r.ProtoMinor, r.Proto = 2, 0, "HTTP/2.0"
	return r
}

// TestConstantAnswersAreShared: who asks for a document again makes the server keep nothing but the place where it is in it.
func TestConstantAnswersAreShared(t *testing.T) {
	s := newServer(t)
	for _, path := range []string{"/openapi.json", "/docs"} {
		ask := func() {
			s.ServeHTTP(&discarded{header: http.Header{}}, request(t, path, "192.0.2.1"))
		}
		ask()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 100 {
			ask()
		}
		runtime.ReadMemStats(&after)
		if each := (after.TotalAlloc - before.TotalAlloc) / 100; each > 10_000 {
			t.Errorf("%s costs %d bytes each time", path, each)
		}
	}
}

// TestHTTP2ClientsThatReadNothing opens three connections, and on each as many requests as it may have, and reads no answer.
func TestHTTP2ClientsThatReadNothing(t *testing.T) {
	const streams = 100 // as the program allows
	s := newServer(t)
	for range 300 {
		s.seat(t)
	}
	var answering atomic.Int32
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answering.Add(1)
		defer answering.Add(-1)
		s.ServeHTTP(w, r)
	}))
	web.Config.Protocols = &http.Protocols{}
	web.Config.Protocols.SetUnencryptedHTTP2(true)
	web.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: streams}
	web.Start()
	t.Cleanup(web.Close)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ctx, cancel := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range 3 {
		transport := deafTransport(t)
		for i := range streams {
			asking.Go(func() {
				req, _ := http.NewRequestWithContext(ctx, http.MethodGet, web.URL+[]string{"/openapi.json", "/api/sessions", "/docs"}[i%3], nil)
				if resp, err := transport.RoundTrip(req); err == nil {
					_ = resp.Body.Close()
				}
			})
		}
	}
	for end := time.Now().Add(patience); answering.Load() < 150 && time.Now().Before(end); { // the others wait in the client for a stream that is never free
		runtime.Gosched()
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 100<<20 {
		t.Errorf("%d answers that nobody reads take %d MB", answering.Load(), grown>>20)
	}
	cancel()
	asking.Wait()
}

// deafTransport speaks HTTP/2 on a connection of which it reads nothing but the beginning.
func deafTransport(t *testing.T) *http.Transport {
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols, HTTP2: &http.HTTP2Config{MaxReceiveBufferPerStream: 1 << 10, MaxReceiveBufferPerConnection: 64 << 10}, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		deaf := &deafConn{Conn: conn, left: 64, closed: make(chan struct{})}
		t.Cleanup(func() { _ = deaf.Close() })
		return deaf, err
	}}
	return transport
}

type deafConn struct {
	net.Conn
	left   int
	closed chan struct{}
	once   sync.Once
}

// Close ends the connection.
func (c *deafConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// Read reads the server's settings and nothing more until the end.
func (c *deafConn) Read(b []byte) (int, error) {
	if c.left <= 0 {
		<-c.closed
		return 0, net.ErrClosed
	}
	n, err := c.Conn.Read(b[:min(len(b), c.left)])
	c.left -= n
	return n, err
}
