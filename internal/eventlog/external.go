package eventlog

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// external is the backend that another NATS is, one server or a cluster. Other
// nodes of ours may use it as well.
type external struct {
	nats   NATS
	logger *slog.Logger
	log    *clusterLog
	id     identity
	lock   *os.File // nil without a directory

	watched *nats.Conn
	why     atomic.Pointer[error] // why it is cut off
	onCut   atomic.Pointer[func()]
	quit    chan struct{}
	once    sync.Once
	running sync.WaitGroup
}

var errNoServer = errors.New("no NATS server can be reached")

// startExternal returns when a server can be reached.
func startExternal(ctx context.Context, cfg Config, onBroken func()) (backend, error) {
	if len(cfg.NATS.URLs) == 0 {
		return nil, errors.New("no URL of a NATS server")
	}
	e := &external{nats: *cfg.NATS, logger: cfg.Logger, log: newClusterLog(cfg.Logger), quit: make(chan struct{})}
	if err := e.claim(cfg.Dir); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, formTimeout)
	defer cancel()
	err := e.log.keepTrying(ctx, "waiting for NATS", func() (err error) {
		e.watched, err = e.connect(nats.MaxReconnects(-1), nats.ReconnectWait(longestPause))
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect to NATS: %w", err), e.release())
	}
	if most := e.watched.MaxPayload(); most < maxPayload {
		e.logger.Warn("NATS takes no entries as long as a session may need; raise its max_payload", "max_payload", most, "wanted", maxPayload)
	}
	if err := e.beOnlyOne(ctx); err != nil {
		return nil, errors.Join(err, e.stop(closeLimit))
	}
	e.running.Go(func() { e.watch(onBroken) })
	return e, nil
}

// twinTimeout is how long another node with the name of this one may take to
// answer.
const twinTimeout = 300 * time.Millisecond

// beOnlyOne makes sure that no other node has the name of this one.
func (e *external) beOnlyOne(ctx context.Context) error {
	echo, err := startEcho(e.watched, e.id, e.log)
	if err != nil {
		return err
	}
	echo.ask()
	if !wait(ctx, twinTimeout) {
		return ctx.Err()
	}
	if echo.twin.Load() {
		return fmt.Errorf("another node is called %s as well: this data directory is a copy of that node's; remove node.json from it", e.id.Node)
	}
	return nil
}

// claim reads this node's name, or gives it one that it keeps.
func (e *external) claim(dir string) (err error) {
	e.id.Node, e.id.run = newNodeName(), rand.Text()
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	if e.lock, err = lockDir(dir); err != nil {
		return err
	}
	was, err := readIdentity(dir)
	switch {
	case err != nil:
	case was.Cluster != "":
		err = fmt.Errorf("data directory belongs to a node of cluster %q: with another NATS, give this node an empty one", was.Cluster)
	case was.Node != "":
		e.id.Node = was.Node
	default:
		err = e.id.save(dir)
	}
	if err != nil {
		return errors.Join(err, e.release())
	}
	return nil
}

func (e *external) release() error {
	if e.lock == nil {
		return nil
	}
	return e.lock.Close()
}

func (e *external) connect(options ...nats.Option) (*nats.Conn, error) {
	if e.nats.Credentials != "" {
		options = append(options, nats.UserCredentials(e.nats.Credentials))
	}
	if e.nats.CA != "" {
		options = append(options, nats.RootCAs(e.nats.CA))
	}
	options = append(options,
		nats.Timeout(requestTimeout),
		nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsOut), // as quick as our own links
	)
	return nats.Connect(strings.Join(e.nats.URLs, ","), options...)
}

// watch notes when no server can be reached. That a server which can be has lost
// the others, only a write tells.
func (e *external) watch(onBroken func()) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	lost := 0
	for {
		select {
		case <-tick.C:
		case <-e.quit:
			return
		}
		lost++
		if e.watched.IsConnected() {
			lost = 0
		}
		switch {
		case lost == 0 && e.why.Swap(nil) != nil:
			e.logger.Info("NATS can be reached again")
			e.tellCut()
		case lost == maxUnlinked && e.why.Swap(&errNoServer) == nil:
			e.logger.Warn("this node takes no requests", "node", e.id.Node, "why", errNoServer)
			onBroken()
			e.tellCut()
		}
	}
}

func (e *external) tellCut() {
	if fn := e.onCut.Load(); fn != nil {
		(*fn)()
	}
}

func (e *external) node() string { return e.id.Node }

func (e *external) cut() bool { return e.why.Load() != nil }

func (e *external) whenCut(fn func()) { e.onCut.Store(&fn) }

func (e *external) leads() (now bool, times uint64) { return false, 0 } // it does not say

func (e *external) limits() limits {
	return limits{open: formTimeout, ask: requestTimeout, close: closeLimit, try: clusterTry, least: clusterLeast, perMB: perMB, retry: clusterRetry}
}

func (e *external) openStreams(ctx context.Context, try func(context.Context) error) error {
	return e.log.keepTrying(ctx, "waiting for the streams at NATS", func() error {
		ctx, cancel := context.WithTimeout(ctx, tryOpen)
		defer cancel()
		return try(ctx)
	})
}

// configure has a stream read through its leader only: the others may be
// behind.
func (e *external) configure(stream *jetstream.StreamConfig) {
	stream.Storage = jetstream.FileStorage
	stream.Replicas = 1
	if e.watched.ConnectedClusterName() != "" {
		stream.Replicas = replicas
	}
	stream.AllowDirect = false
	stream.AllowMsgTTL = stream.Name == sessionsStream // for the marks of sessions that are gone
}

func (e *external) found(context.Context, *Log, *jetstream.StreamInfo) error { return nil }

func (e *external) create(ctx context.Context, l *Log, want jetstream.StreamConfig) (jetstream.Stream, error) {
	return l.js.CreateStream(ctx, want)
}

func (e *external) opened(ctx context.Context, l *Log, _ bool) error { return l.awaitLeaders(ctx, 1) }

func (e *external) fetch(ctx context.Context, l *Log, q query, fn func(message) bool) (more bool, err error) {
	return l.leaderBatch(ctx, q, fn)
}

func (e *external) forget(ctx context.Context, l *Log, session string, last uint64) error {
	return l.bury(ctx, session, last)
}

func (e *external) taken() (bytes, most uint64) { return 0, 0 }

func (e *external) alive() error { return e.broken() }

func (e *external) broken() error {
	if why := e.why.Load(); why != nil {
		return *why
	}
	return nil
}

func (e *external) suspect(error) {}

func (e *external) wrote() {}

func (e *external) synced(context.Context) error { return nil } // that is for whoever runs NATS

func (e *external) purging(_ context.Context, fn func() error) error { return fn() }

func (e *external) closing(*Log) {}

func (e *external) stop(time.Duration) error {
	e.once.Do(func() { close(e.quit) })
	e.running.Wait()
	e.watched.Close()
	return e.release()
}
