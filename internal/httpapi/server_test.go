package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/jub0bs/cors"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/httpapi"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/stream"
	"github.com/magnapp/magnapp/web"
)

// The times of the servers under test.
const (
	sessionTimeout = 10 * time.Minute
	gracePeriod    = 5 * time.Minute
	reloadGrace    = 8 * time.Second
	// patience is how long a test waits for what is about to happen. It fails then; it never passes by it.
	patience = 2 * time.Minute
)

// epoch is where every manual clock starts. Slots carry the machine's time, so it must not be far away.
var epoch = time.Now().UTC().Truncate(time.Hour)

// setting changes how a server under test is made.
type setting func(*setup)

type setup struct {
	api         httpapi.Options
	rules       poker.Rules
	streams     stream.Options
	maxSessions int
	dir         string
	keep        time.Duration
	debug       bool
}

// server is the API over real rooms and a real log, on a loopback port.
type server struct {
	url     string
	api     *httpapi.API
	rooms   *room.Rooms
	streams *stream.Streams
	log     *eventlog.Log
	clock   *clock.Manual
	logged  *logbook
}

// start serves the API on a loopback port for the time of a test.
func start(t testing.TB, settings ...setting) *server {
	t.Helper()
	s := newServer(t, settings...)
	listener := httptest.NewUnstartedServer(s)
	listener.Config.Protocols = &http.Protocols{}
	listener.Config.Protocols.SetHTTP1(true)
	listener.Config.Protocols.SetUnencryptedHTTP2(true)
	listener.Start()
	s.url = listener.URL
	t.Cleanup(func() {
		s.streams.Drain()
		client.CloseIdleConnections()
		listener.CloseClientConnections()
		listener.Close()
	})
	return s
}

// newServer makes the API without a port.
func newServer(t testing.TB, settings ...setting) *server {
	t.Helper()
	o := setup{rules: poker.Rules{SessionTimeout: sessionTimeout, GracePeriod: gracePeriod, MaxParticipants: 16}}
	o.api.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for _, set := range settings {
		set(&o)
	}
	s := &server{clock: clock.NewManual(epoch), logged: &logbook{}, streams: stream.New(o.streams)}
	t.Cleanup(s.streams.Close)
	logger := s.logged.logger(o.debug)
	var err error
	if s.log, err = eventlog.Open(t.Context(), eventlog.Config{Dir: o.dir, Sync: time.Second, MaxSessions: o.maxSessions, Logger: logger}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.log.Close() }) // some tests have closed it
	if s.rooms, err = room.Open(t.Context(), s.log, room.Options{Rules: o.rules, KeepEnded: o.keep, Clock: s.clock, Logger: logger}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.rooms.Close)
	o.api.Rooms, o.api.Streams, o.api.Clock, o.api.Logger, o.api.Version = s.rooms, s.streams, s.clock, logger, "test"
	if o.api.Ready == nil {
		o.api.Ready = s.log.Ready
	}
	if s.api, err = httpapi.New(o.api); err != nil {
		t.Fatal(err)
	}
	return s
}

// ServeHTTP answers with the API.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.api.ServeHTTP(w, r) }

// Settings of servers.

func slots(n int) setting { return func(o *setup) { o.maxSessions = n } }

// keptIn keeps sessions in a folder, for a server that is started again.
func keptIn(dir string) setting { return func(o *setup) { o.dir = dir } }

// keeping keeps ended sessions for so long.
func keeping(d time.Duration) setting { return func(o *setup) { o.keep = d } }

func debugging(o *setup) { o.debug = true }

// portable serves streams as on systems without sockets.
func portable(o *setup) { o.streams.Portable = true }

// pinging pings often.
func pinging(o *setup) { o.streams.Ping = 5 * time.Millisecond }

// impatient gives a client up soon.
func impatient(o *setup) {
	o.streams.WriteTimeout, o.streams.QueueBytes = 200*time.Millisecond, 100<<10
}

func authOpen(o *setup) { o.api.AuthOpen = true }

func publicURL(u string) setting { return func(o *setup) { o.api.PublicURL = u } }

func limitedTo(n int, per time.Duration) setting {
	return func(o *setup) { o.api.Rate = httpapi.Rate{Events: n, Per: per} }
}

func behind(prefixes ...string) setting {
	return func(o *setup) {
		o.api.TrustedProxies = nil
		for _, p := range prefixes {
			o.api.TrustedProxies = append(o.api.TrustedProxies, netip.MustParsePrefix(p))
		}
	}
}

// site has a page at every path that is answered by h.
func site(h http.HandlerFunc) setting { return func(o *setup) { o.api.Site = sameEverywhere(h) } }

type sameEverywhere http.HandlerFunc

// At returns the same page for every path but one.
func (h sameEverywhere) At(path string, _ web.Page) (http.Handler, error) {
	if path == "/nothing" {
		return nil, nil
	}
	return http.HandlerFunc(h), nil
}

// realSite serves the page as it is.
func realSite(o *setup) {
	page, err := web.New()
	if err != nil {
		panic(err)
	}
	o.api.Site = page
}

// friend is an origin whose pages may call.
const friend = "http://localhost:5173"

func friendly(o *setup) {
	o.api.CORS = cors.Config{
		Origins: []string{friend}, Credentialed: true, Methods: []string{"GET", "POST", "DELETE"}, RequestHeaders: []string{"*"},
		ExtraConfig: cors.ExtraConfig{DangerouslyTolerateInsecureOrigins: true},
	}
}

// logbook collects what a server logs.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes a line.
func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logbook) logger(debug bool) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: level}))
}

// everybody is a proof for tests that reach around HTTP.
type everybody struct{}

// Proves believes everything.
func (everybody) Proves(poker.Participant) bool { return true }

// nobodyReads is a reader that lets everything go.
type nobodyReads struct{}

// Send forgets.
func (nobodyReads) Send([]byte) {}

// Close does nothing.
func (nobodyReads) Close() {}

// drop makes a participant lose the only stream they ever had, and lets the time of a page's reload pass.
func (s *server) drop(t testing.TB, who seat) {
	t.Helper()
	cancel, err := s.rooms.Subscribe(context.Background(), room.Watch{SessionID: who.session, UserID: who.user, Proof: everybody{}}, nobodyReads{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	s.clock.Advance(reloadGrace)
}

// closeStore makes every further write fail.
func (s *server) closeStore(t testing.TB) {
	t.Helper()
	if err := s.log.Close(); err != nil && !errors.Is(err, eventlog.ErrClosed) {
		t.Fatal(err)
	}
}
