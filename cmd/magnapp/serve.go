package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/config"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/httpapi"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/stream"
	"github.com/magnapp/magnapp/web"
)

var errStopping = errors.New("the server is stopping")

// serveUntil runs the server until the context ends, and then stops it from outside in: no new streams, the open ones asked to come back, requests finished, timers stopped, the log
// closed.
func serveUntil(ctx context.Context, c config.Config, stdout, stderr io.Writer) (err error) {
	collectRarely()
	logger := newLogger(c.Debug, stderr)
	cert, err := openCertificate(c, logger)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, c.Address())
	if err != nil {
		return unlessStopped(ctx, err)
	}
	defer func() { _ = listener.Close() }() // the HTTP server has closed it before, if it came so far

	log, err := openLog(ctx, c, logger)
	if err != nil {
		return unlessStopped(ctx, err)
	}
	defer func() { err = errors.Join(err, closeLog(c.Cluster != nil, log.Close)) }()

	rooms, err := openRooms(ctx, c, log, logger)
	if err != nil {
		return unlessStopped(ctx, err)
	}
	stopBegan := time.Now() // moved on when it does
	defer func() { closing("the rooms", roomsLimit(time.Since(stopBegan)), logger, rooms.Close) }()

	streams := stream.New(stream.Options{})
	defer closing("the streams", streamsTimeout, logger, streams.Close)
	var stopping atomic.Bool
	ready := func() error {
		if stopping.Load() {
			return errStopping
		}
		return errors.Join(log.Ready(), rooms.Ready())
	}
	addresses := func() []string { return reachable(listener.Addr(), c.TLS()) }
	api, err := newAPI(c, rooms, streams, ready, log, addresses, logger)
	if err != nil {
		return err
	}
	stopMetrics, err := serveMetrics(ctx, c, api.Metrics(), logger)
	if err != nil {
		return unlessStopped(ctx, err)
	}
	defer stopMetrics()
	processors := newGovernor()
	server := newServer(processors.governed(api), cert, logger)
	connections := boundConnections(c, logger)
	server.ConnState = connections.State
	quiet := make(chan struct{})
	defer close(quiet)
	go (&tidier{work: rooms.Work}).run(quiet)
	release := processors.begin()
	defer release()
	served := make(chan error, 1)
	go func() { served <- server.serve(connections.Listen(listener)) }()
	announce(c, listener.Addr(), addresses(), stdout, logger)

	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stopBegan = time.Now()
	stopping.Store(true)
	logger.Info("stopping")
	streams.Drain()
	return server.shutdown(requestsLimit(c.Cluster != nil || c.NATS != nil))
}

// unlessStopped is why a start failed; nil if that is because the program was asked to stop meanwhile. A node may wait for others for minutes.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
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

// openCertificate reads the certificate, if there is to be one.
func openCertificate(c config.Config, logger *slog.Logger) (*certificate, error) {
	if !c.TLS() {
		return nil, nil
	}
	return loadCertificate(c.TLSCert, c.TLSKey, clock.System{}, logger)
}

func openLog(ctx context.Context, c config.Config, logger *slog.Logger) (*eventlog.Log, error) {
	settings := eventlog.Config{Dir: c.DataDir, Sync: c.Sync, MaxSessions: c.MaxSessions, Logger: logger}
	if c.InMemory() {
		settings.Dir = ""
	}
	if c.Cluster != nil {
		settings.Cluster = &eventlog.Cluster{
			Name: c.Cluster.Name, Listen: c.Cluster.Listen, Peers: c.Cluster.Peers, Secret: c.Cluster.Secret,
			Cert: c.Cluster.Cert, Key: c.Cluster.Key, CA: c.Cluster.CA, Insecure: c.Cluster.Insecure,
		}
	}
	if c.NATS != nil {
		settings.NATS = &eventlog.NATS{URLs: c.NATS.URLs, Credentials: c.NATS.Credentials, CA: c.NATS.CA}
	}
	log, err := eventlog.Open(ctx, settings)
	if err != nil {
		return nil, fmt.Errorf("open the event log in %s: %w", c.DataDir, err)
	}
	return log, nil
}

func openRooms(ctx context.Context, c config.Config, log *eventlog.Log, logger *slog.Logger) (*room.Rooms, error) {
	return room.Open(ctx, log, room.Options{
		Rules:     poker.Rules{SessionTimeout: c.SessionTimeout, GracePeriod: c.GracePeriod, MaxParticipants: c.MaxUsersPerSession},
		KeepEnded: c.KeepEnded, CleanupInterval: c.CleanupInterval, CommandRate: room.Rate(c.CommandRate), Logger: logger, Sharing: log.Sharing(),
	})
}

func newAPI(c config.Config, rooms *room.Rooms, streams *stream.Streams, ready func() error, log *eventlog.Log, addresses func() []string, logger *slog.Logger) (*httpapi.API, error) {
	site, err := web.New()
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	var state func() eventlog.ClusterState
	if _, shared := log.ClusterState(); shared {
		state = func() eventlog.ClusterState {
			now, _ := log.ClusterState()
			return now
		}
	}
	return httpapi.New(httpapi.Options{
		Rooms: rooms, Streams: streams, Site: site, Ready: ready, Live: log.Live, NearlyFull: log.NearlyFull, ClusterState: state, Reachable: addresses, Logger: logger,
		AuthOpen: c.AuthOpen, Rate: httpapi.Rate(c.RateLimit), StreamsPerAddress: c.StreamsPerAddress, TrustedProxies: c.TrustedProxies,
		CORS: c.CORS(), PublicURL: c.PublicURL, AllowedHosts: c.AllowedHosts, Version: config.Version(),
		MetricsToken: c.MetricsToken, MetricsElsewhere: c.MetricsListen != "",
	})
}

// maxAnnounced is how many addresses for others are printed: a machine with containers may have many, and the likeliest come first.
const maxAnnounced = 3

// announce prints the address to open and, unless a better one is set, those that others can open; and it logs what is unusual.
func announce(c config.Config, addr net.Addr, forOthers []string, stdout io.Writer, logger *slog.Logger) {
	url := c.PublicURL
	if url == "" {
		url = "http://" + openable(addr)
		if c.TLS() {
			url = "https://" + openable(addr)
		}
	}
	fmt.Fprintln(stdout, "MagnaPP is ready: open", url)
	if c.PublicURL == "" && len(forOthers) > 0 {
		fmt.Fprintln(stdout, "Others on your network open", strings.Join(forOthers[:min(len(forOthers), maxAnnounced)], " or "))
	}
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
