package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/internal/config"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/httpapi"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/stream"
	"github.com/magnapp/magnapp/web"
)

// The times of a connection. Streams set their own.
const (
	headerTimeout   = 5 * time.Second
	readTimeout     = 15 * time.Second
	writeTimeout    = 30 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 2 * time.Second
)

// maxHeader is how many bytes a request's head may have. A seat's cookie has about a hundred.
const maxHeader = 32 << 10

var errStopping = errors.New("the server is stopping")

// serveUntil runs the server until the context ends, and then stops it from outside in: no new streams, the open ones told to come back, requests finished, timers stopped, the log
// closed.
func serveUntil(ctx context.Context, c config.Config, stdout, stderr io.Writer) (err error) {
	collectRarely()
	logger := newLogger(c.Debug, stderr)
	listener, err := net.Listen("tcp", c.Address())
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	defer func() { _ = listener.Close() }() // the HTTP server has closed it before, if it came so far

	log, err := openLog(ctx, c, logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()

	rooms, err := openRooms(ctx, c, log, logger)
	if err != nil {
		return err
	}
	defer rooms.Close()

	streams := stream.New(stream.Options{})
	defer streams.Close()
	var stopping atomic.Bool
	ready := func() error {
		if stopping.Load() {
			return errStopping
		}
		return log.Ready()
	}
	api, err := newAPI(c, rooms, streams, ready, logger)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: api, MaxHeaderBytes: maxHeader, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
	quiet := make(chan struct{})
	defer close(quiet)
	go (&tidier{work: rooms.Events}).run(quiet)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	announce(c, listener.Addr(), stdout, logger)

	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stopping.Store(true)
	logger.Info("stopping")
	streams.Drain()
	return shutdown(server)
}

// shutdown lets the requests that are under way finish, and closes the connections of those that do not in time.
func shutdown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	return err
}

func newLogger(debug bool, to io.Writer) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level}))
}

func openLog(ctx context.Context, c config.Config, logger *slog.Logger) (*eventlog.Log, error) {
	settings := eventlog.Config{Dir: c.DataDir, Sync: c.Sync, MaxSessions: c.MaxSessions, Logger: logger}
	if c.InMemory() {
		settings.Dir = ""
	}
	log, err := eventlog.Open(ctx, settings)
	if err != nil {
		return nil, fmt.Errorf("open the event log in %s: %w", c.DataDir, err)
	}
	return log, nil
}

func openRooms(ctx context.Context, c config.Config, log *eventlog.Log, logger *slog.Logger) (*room.Rooms, error) {
	return room.Open(ctx, log, room.Options{
		Rules:           poker.Rules{SessionTimeout: c.SessionTimeout, GracePeriod: c.GracePeriod, MaxParticipants: c.MaxUsersPerSession},
		CleanupInterval: c.CleanupInterval, Logger: logger,
	})
}

func newAPI(c config.Config, rooms *room.Rooms, streams *stream.Streams, ready func() error, logger *slog.Logger) (*httpapi.API, error) {
	site, err := web.New()
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return httpapi.New(httpapi.Options{
		Rooms: rooms, Streams: streams, Site: site, Ready: ready, Logger: logger,
		AuthOpen: c.AuthOpen, Rate: httpapi.Rate{Events: c.RateLimit.Events, Per: c.RateLimit.Per}, TrustedProxies: c.TrustedProxies,
		CORS: c.CORS(), PublicURL: c.PublicURL, Version: config.Version(),
	})
}

// announce tells people where to go, and the log what is unusual.
func announce(c config.Config, addr net.Addr, stdout io.Writer, logger *slog.Logger) {
	url := c.PublicURL
	if url == "" {
		url = "http://" + openable(addr)
	}
	fmt.Fprintln(stdout, "MagnaPP is ready: open", url)
	logger.Info("listening", "address", addr.String(), "data", c.DataDir, "version", config.Version())
	if c.AuthOpen {
		logger.Warn("AUTH=open: credentials are not checked; anyone who can reach this server can act as anybody in every session")
	}
	if c.InMemory() {
		logger.Warn("DATA_DIR=memory: sessions are lost when the server stops")
	}
}

// openable is an address that a browser on this machine can open.
func openable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return addr.String()
}
