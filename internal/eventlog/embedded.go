package eventlog

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	maxStoreBytes  = 10 << 30
	maxMemoryBytes = 1 << 30
	stopTimeout    = 2000 * time.Millisecond
	// tidyEvery is how often NATS gives back the room of what was purged, and
	// syncs, which syncer has done long before.
	tidyEvery = 10 * time.Second
)

// embedded is a NATS server in this process that opens no port.
type embedded struct {
	srv  *server.Server
	dir  string
	temp bool     // dir is ours to remove
	lock *os.File // held while the directory is in use

	logger   *slog.Logger
	onBroken func()
	config   server.JetStreamConfig
	why      atomic.Pointer[error] // why the store is broken
	failed   atomic.Bool           // it is to be opened anew
	opening  sync.RWMutex          // locked meanwhile: the server minds being asked then
	mu       sync.Mutex
	stopping bool
	quit     chan struct{}
	reviving sync.WaitGroup
	syncer   *syncer        // nil if every append waits for the disk, or none does
	ticking  sync.WaitGroup // the syncer
}

// startEmbedded returns when the server has opened its store. It calls
// onBroken whenever the store breaks later.
func startEmbedded(cfg Config, onBroken func()) (*embedded, error) {
	e, err := claimDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	e.logger, e.onBroken, e.quit = cfg.Logger, onBroken, make(chan struct{})
	if err := e.dropSpare(); err != nil { // a full disk may have no other room to open the store
		return nil, errors.Join(err, e.stop())
	}
	if err := e.start(cfg); err != nil {
		return nil, errors.Join(err, e.stop())
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
	options := server.Options{
		ServerName:         "magnapp",
		DontListen:         true,
		NoSigs:             true,
		NoSystemAccount:    true,
		JetStream:          true,
		StoreDir:           e.dir,
		JetStreamMaxStore:  maxStoreBytes,
		JetStreamMaxMemory: maxMemoryBytes,
		MaxPayload:         MaxEntryBytes + 1024,
		SyncInterval:       max(cfg.Sync, tidyEvery),
		SyncAlways:         cfg.Sync <= 0,
	}
	e.config = storeConfig(&options)
	srv, err := server.NewServer(&options)
	if err != nil {
		return fmt.Errorf("configure the embedded NATS server: %w", err)
	}
	e.srv = srv
	srv.SetLoggerV2(log, false, false, false)
	if !e.temp && cfg.Sync > 0 {
		e.syncer = newSyncer(filepath.Join(e.dir, server.JetStreamStoreDir), cfg.Sync, e.suspect)
		e.ticking.Go(func() { e.syncer.run(e.quit) })
	}
	srv.Start()
	if err := log.fatal(); err != nil {
		return fmt.Errorf("start the embedded NATS server: %w", err)
	}
	return e.alive()
}

// InProcessConn lets a client connect without a port.
func (e *embedded) InProcessConn() (net.Conn, error) { return e.srv.InProcessConn() }

func (e *embedded) alive() error {
	if !e.srv.Running() {
		return errors.New("embedded NATS server is not running")
	}
	if !e.srv.JetStreamEnabled() {
		return errors.New("JetStream is not running")
	}
	return e.broken()
}

// stop ends the server, syncs what it wrote and frees the directory.
func (e *embedded) stop() error {
	err := e.shutdown()
	if e.temp {
		return errors.Join(err, os.RemoveAll(e.dir))
	}
	if err == nil { // otherwise the disk does not answer, or the server still writes
		err = syncTree(e.dir)
	}
	if e.lock != nil {
		err = errors.Join(err, e.lock.Close())
	}
	return err
}

func (e *embedded) shutdown() error {
	if e.srv == nil {
		return nil
	}
	e.stopReviving()
	done := make(chan struct{})
	go func() { // ends when the disk answers
		defer close(done)
		e.reviving.Wait()
		e.ticking.Wait()
		e.srv.Shutdown()
		e.srv.WaitForShutdown()
	}()
	select {
	case <-done:
		return nil
	case <-time.After(stopTimeout):
		return fmt.Errorf("embedded NATS server did not stop within %v", stopTimeout)
	}
}

// wrote tells that an append or a purge was acknowledged.
func (e *embedded) wrote() {
	if e.syncer != nil {
		e.syncer.wrote()
	}
}

// holds says whether the directory has messages of the stream, readable or not.
func (e *embedded) holds(stream string) bool {
	dir := filepath.Join(e.dir, server.JetStreamStoreDir, "$G", "streams", stream, "msgs")
	blocks, err := filepath.Glob(filepath.Join(dir, "*.blk"))
	return err == nil && slices.ContainsFunc(blocks, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && info.Size() > 0
	})
}
