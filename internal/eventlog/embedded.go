package eventlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	maxStoreBytes  = 10 << 30
	maxMemoryBytes = 1 << 30
	// tidyEvery is how often NATS gives back the room of what was purged, and
	// syncs, which syncer has done long before.
	tidyEvery = 10 * time.Second
)

// embedded is the backend in this process: a NATS server that opens no port.
type embedded struct {
	srv  *server.Server
	dir  string
	temp bool     // dir is ours to remove
	lock *os.File // held while the directory is in use

	shared string // what node returns

	logger   *slog.Logger
	onBroken func()
	config   server.JetStreamConfig
	why      atomic.Pointer[error] // why the store is broken
	failed   atomic.Bool           // it is to be opened anew
	opening  sync.RWMutex          // locked meanwhile: the server minds being asked then
	// openedAnew is when that was done last; opening guards it.
	openedAnew time.Time
	mu         sync.Mutex
	stopping   bool
	quit       chan struct{}
	ended      chan struct{} // closed when stop has done all
	reviving   sync.WaitGroup
	reserve    descriptors
	syncer     *syncer // nil if every append waits for the disk, or none does
	syncing    sync.WaitGroup
}

// startEmbedded returns when the server has opened its store. It calls
// onBroken whenever the store breaks later.
func startEmbedded(cfg Config, onBroken func()) (*embedded, error) {
	e, err := claimDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	e.logger, e.onBroken, e.shared = cfg.Logger, onBroken, cfg.node
	e.quit, e.ended = make(chan struct{}), make(chan struct{})
	if err := mustBeAlone(e.dir); err != nil {
		return nil, errors.Join(err, e.release())
	}
	if err := e.dropSpare(); err != nil { // a full disk may have no other room to open the store
		return nil, errors.Join(err, e.stop(closeLimit))
	}
	if err := e.start(cfg); err != nil {
		return nil, errors.Join(err, e.stop(closeLimit))
	}
	return e, nil
}

// claimDir makes the directory and locks it; "" is a temporary one.
func claimDir(dir string) (*embedded, error) {
	if dir == "" {
		temp, err := os.MkdirTemp("", "magnapp-")
		return &embedded{dir: temp, temp: true}, err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	return &embedded{dir: dir, lock: lock}, nil
}

func (e *embedded) start(cfg Config) error {
	log := &natsLogger{to: cfg.Logger, onError: e.suspectLine}
	options := loneOptions(e.dir, cfg.Sync)
	options.JetStreamMaxStore = cmp.Or(cfg.maxStore, options.JetStreamMaxStore)
	e.config = storeConfig(&options)
	srv, err := server.NewServer(&options)
	if err != nil {
		return fmt.Errorf("configure the embedded NATS server: %w", err)
	}
	e.srv = srv
	srv.SetLoggerV2(log, false, false, false)
	srv.Start()
	if err := log.fatal(); err != nil {
		return fmt.Errorf("start the embedded NATS server: %w", err)
	}
	if e.temp {
		return e.alive()
	}
	_ = e.reserve.lend(func() error { return nil }) // takes it
	if cfg.Sync > 0 {
		e.syncer = newSyncer(e.streamsDir(), cfg.Sync, e)
		e.syncing.Go(func() { e.syncer.run(e.quit) })
	}
	return e.alive()
}

// loneOptions are those of a server that has a directory for itself.
func loneOptions(dir string, syncAfter time.Duration) server.Options {
	return server.Options{
		ServerName:         "magnapp",
		DontListen:         true,
		NoSigs:             true,
		NoSystemAccount:    true,
		JetStream:          true,
		StoreDir:           dir,
		JetStreamMaxStore:  maxStoreBytes,
		JetStreamMaxMemory: maxMemoryBytes,
		MaxPayload:         maxPayload,
		SyncInterval:       max(syncAfter, tidyEvery),
		SyncAlways:         syncAfter <= 0,
	}
}

func (e *embedded) streamsDir() string { return filepath.Join(e.dir, server.JetStreamStoreDir) }

func (e *embedded) connect(options ...nats.Option) (*nats.Conn, error) {
	return nats.Connect("", append(options,
		nats.InProcessServer(e),
		nats.FlusherTimeout(0), // boundedConn is for that
	)...)
}

// InProcessConn lets a client connect without a port.
func (e *embedded) InProcessConn() (net.Conn, error) {
	conn, err := e.srv.InProcessConn()
	if err != nil {
		return nil, err
	}
	return newBoundedConn(conn), nil
}

func (e *embedded) node() string { return e.shared }

func (e *embedded) cut() bool { return false }

// configure lets streams be read from any server that has them: there is one.
func (e *embedded) configure(stream *jetstream.StreamConfig) {
	stream.AllowDirect = true
	stream.Storage = jetstream.FileStorage
	if e.temp {
		stream.Storage = jetstream.MemoryStorage
	}
}

func (e *embedded) openStreams(ctx context.Context, try func(context.Context) error) error {
	return try(ctx)
}

func (e *embedded) found(context.Context, *Log, *jetstream.StreamInfo) error { return nil }

func (e *embedded) create(ctx context.Context, l *Log, want jetstream.StreamConfig) (jetstream.Stream, error) {
	if holdsEntries(e.streamsDir(), want.Name) {
		return nil, fmt.Errorf("stream %s is there but cannot be read; move it away or restore it", want.Name)
	}
	return l.js.CreateStream(ctx, want)
}

func (e *embedded) fetch(ctx context.Context, l *Log, q query, fn func(message) bool) (more bool, err error) {
	return l.directBatch(ctx, q, fn)
}

func (e *embedded) forget(ctx context.Context, l *Log, session string, _ uint64) error {
	return l.purge(ctx, l.sessions, sessionPrefix, session)
}

func (e *embedded) limits() limits {
	return limits{open: openTimeout, ask: openTimeout, close: closeLimit, try: ackTimeout, retry: retryTimeout}
}

func (e *embedded) whenCut(func()) {}

func (e *embedded) leads() (now bool, times uint64) { return true, 1 }

func (e *embedded) alive() error {
	if !e.srv.Running() {
		return errors.New("embedded NATS server is not running")
	}
	if err := e.broken(); err != nil {
		return err
	}
	if !e.srv.JetStreamEnabled() {
		return errors.New("JetStream is not running")
	}
	return nil
}

func (e *embedded) taken() (bytes, most uint64) {
	if !e.opening.TryRLock() {
		return 0, 0
	}
	defer e.opening.RUnlock()
	return takenBy(e.srv, e.temp)
}

func (e *embedded) wrote() {
	if e.syncer != nil {
		e.syncer.wrote()
	}
}

func (e *embedded) synced(ctx context.Context) error {
	if e.syncer == nil {
		return nil
	}
	return e.syncer.now(ctx)
}

// opened compares what the log holds with what it held before, and makes new
// streams survive a power cut. Only now, when all that opening writes is
// written, the spare room is taken.
func (e *embedded) opened(ctx context.Context, l *Log, made bool) error {
	if err := l.repairSlots(ctx); err != nil || e.temp {
		return err
	}
	if made {
		if err := syncTree(e.dir); err != nil {
			return err
		}
	}
	compareMark(e.dir, markOf(l.sessions.CachedInfo()), e.logger)
	e.keepSpare()
	return nil
}

// closing notes what the log holds; there is no later chance to ask. Without the
// note, lost entries are not noticed at the next start.
func (e *embedded) closing(l *Log) {
	if e.temp || e.alive() != nil {
		return
	}
	now, err := l.held()
	if err == nil {
		err = now.save(e.dir)
	}
	if err != nil {
		e.logger.Warn("lost entries will not be noticed at the next start", "dir", e.dir, "err", err)
	}
}

// stop ends the server, syncs what it wrote and frees the directory. What the
// disk keeps from ending within limit ends later.
func (e *embedded) stop(limit time.Duration) error {
	overdue := e.syncer != nil && e.syncer.overdue()
	e.stopReviving()
	done := make(chan error, 1)
	go func() {
		defer close(e.ended)
		done <- e.end()
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
	}
	const late = "the disk did not answer before the end"
	if overdue {
		return fmt.Errorf("%s: what was written later than the last sync is safe from a killed process, but not from a power cut", late)
	}
	e.logger.Warn(late, "dir", e.dir)
	return nil
}

func (e *embedded) end() error {
	e.reviving.Wait()
	e.syncing.Wait()
	if e.srv != nil {
		e.srv.Shutdown()
		e.srv.WaitForShutdown()
	}
	e.reserve.release()
	if e.temp {
		return e.release()
	}
	return errors.Join(syncTree(e.dir), e.release())
}

// release frees the directory.
func (e *embedded) release() error {
	if e.temp {
		return os.RemoveAll(e.dir)
	}
	return e.lock.Close()
}

// hasStreams asks the server whether it has the log's streams. It only warns if
// it could not open one.
func (e *embedded) hasStreams() error {
	found, err := e.srv.Jsz(&server.JSzOptions{Accounts: true, Streams: true})
	if err != nil {
		return fmt.Errorf("ask for the streams: %w", err)
	}
	streams := map[string]bool{}
	for _, account := range found.AccountDetails {
		for _, stream := range account.Streams {
			streams[stream.Name] = true
		}
	}
	for _, name := range []string{sessionsStream, slotsStream} {
		if !streams[name] {
			return fmt.Errorf("stream %s was not opened: %w", name, errNoStream)
		}
	}
	return nil
}
