package shortcut

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
)

// slow answers "/slow" when it is told to, and everything else with the way that it came.
type slow struct {
	begun    chan struct{}
	finish   chan struct{}
	finished atomic.Bool
}

func newSlow() *slow { return &slow{begun: make(chan struct{}), finish: make(chan struct{})} }

func (s *slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/slow" {
		s.begun <- struct{}{}
		<-s.finish
		s.finished.Store(true)
	}
	tellWay(w, r)
}

// guest is a client of one connection.
type guest struct {
	*house
	conn    client
	answers *bufio.Reader
}

// guest connects, and asks once, so that the connection has the shortcut.
func (h *house) guest(t testing.TB) *guest {
	t.Helper()
	conn := h.connect(t)
	g := &guest{house: h, conn: conn, answers: bufio.NewReader(conn)}
	if way := g.ask(t, post("/", "")); way != "net/http" {
		t.Fatalf("the first request went by %s", way)
	}
	h.busy.wait()
	return g
}

// ask sends a request and returns the body of the answer.
func (g *guest) ask(t testing.TB, request string) string {
	t.Helper()
	g.say(t, request)
	return g.hear(t)
}

func (g *guest) say(t testing.TB, request string) {
	t.Helper()
	if _, err := io.WriteString(g.conn, request); err != nil {
		t.Fatal(err)
	}
}

func (g *guest) hear(t testing.TB) string {
	t.Helper()
	a, err := hear(g.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a.Body
}

// stopping returns when the shortcut is closed for new requests, which Stop does first; or when Stop is over.
func stopping(s *Shortcut, stopped <-chan error) {
	for len(stopped) == 0 && s.open.TryRLock() {
		s.open.RUnlock()
		runtime.Gosched()
	}
}

func TestStopLetsRequestsFinish(t *testing.T) {
	handler := newSlow()
	h := newHouse(t, &http.Server{Handler: handler}, way{})
	one, other := h.guest(t), h.guest(t)
	one.say(t, post("/slow", ""))
	<-handler.begun

	stopped := make(chan error, 1)
	go func() { stopped <- h.short.Stop(t.Context()) }()
	stopping(h.short, stopped)
	if len(stopped) > 0 {
		t.Error("stopped with a request under way")
	}
	if way := other.ask(t, post("/", "")); way != "net/http" {
		t.Errorf("a request during the stop went by %s", way)
	}
	close(handler.finish)
	if err := <-stopped; err != nil || !handler.finished.Load() {
		t.Errorf("stopped with %v before the request was finished", err)
	}
	if way := one.hear(t); way != "shortcut" {
		t.Errorf("the request that was under way went by %s", way)
	}
	for _, g := range []*guest{one, other, h.guest(t)} {
		if way := g.ask(t, post("/", "")); way != "net/http" {
			t.Errorf("a request after the stop went by %s", way)
		}
	}
}

func TestStopWaitsNoLongerThanItsContext(t *testing.T) {
	handler := newSlow()
	h := newHouse(t, &http.Server{Handler: handler}, way{})
	g := h.guest(t)
	g.say(t, post("/slow", ""))
	<-handler.begun
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	if err := h.short.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped with %v", err)
	}
	close(handler.finish)
	if way := g.hear(t); way != "shortcut" {
		t.Errorf("the request that was under way went by %s", way)
	}
	if err := h.short.Stop(t.Context()); err != nil {
		t.Errorf("stopped again with %v", err)
	}
}

func TestShutdownAfterStopEndsKeptConnections(t *testing.T) {
	h := newHouse(t, &http.Server{Handler: newSlow()}, way{})
	var guests []*guest
	for range 10 {
		g := h.guest(t)
		if way := g.ask(t, post("/", "")); way != "shortcut" {
			t.Errorf("the second request went by %s", way)
		}
		guests = append(guests, g)
	}
	if err := h.short.Stop(t.Context()); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := h.server.Shutdown(t.Context()); err != nil {
		t.Errorf("shut down: %v", err)
	}
	for _, g := range guests {
		if _, err := g.answers.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("the connection ended with %v", err)
		}
	}
}
