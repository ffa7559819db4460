package eventlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	reviveEvery = time.Second
	spareBytes  = 4 << 20 // what must be writable before the store is opened again
)

// A stream whose file could not be written, for a full disk or an I/O error,
// answers no append until it is opened anew, and after some errors the server
// switches JetStream off. So whoever notices calls suspect; until the store is
// open again, every append fails at once with the reason.

// broken returns why the store cannot be written, nil if it can.
func (e *embedded) broken() error {
	if why := e.why.Load(); why != nil {
		return *why
	}
	return nil
}

// suspect has the store opened again because of err. A store in memory would
// come back empty, so it is left as it is.
func (e *embedded) suspect(err error) {
	if e.temp || e.srv == nil || !e.why.CompareAndSwap(nil, &err) {
		return
	}
	e.onBroken()
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.stopping {
		e.reviving.Go(e.revive)
	}
}

// suspectLine reads the server's own log, which tells of a failed write at
// once; an append learns of it only by getting no answer.
func (e *embedded) suspectLine(text string) {
	if strings.Contains(text, "write error") {
		e.suspect(errors.New(text))
	}
}

// revive ends when the store is open again, or the server is to stop.
func (e *embedded) revive() {
	e.logger.Error("event store failed; appends are refused until it works again", "dir", e.dir, "err", e.broken())
	for {
		err := e.reopen()
		if err == nil {
			e.why.Store(nil)
			e.logger.Warn("event store works again", "dir", e.dir)
			return
		}
		e.why.Store(&err)
		select {
		case <-time.After(reviveEvery):
		case <-e.quit:
			return
		}
	}
}

func (e *embedded) reopen() error {
	if err := probe(e.dir); err != nil {
		return err
	}
	if err := e.srv.ShutdownJetStream(); err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	config := e.config // the server changes what it is given
	if err := e.srv.EnableJetStream(&config); err != nil {
		return fmt.Errorf("open the store again: %w", err)
	}
	return nil
}

// probe says whether the directory takes a file of spareBytes.
func probe(dir string) error {
	path := filepath.Join(dir, "probe")
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("probe the data directory: %w", err)
	}
	_, err = f.Write(make([]byte, spareBytes))
	if err = errors.Join(err, f.Sync(), f.Close(), os.Remove(path)); err != nil {
		return fmt.Errorf("probe the data directory: %w", err)
	}
	return nil
}

// stopReviving ends revive and keeps it from starting again.
func (e *embedded) stopReviving() {
	e.mu.Lock()
	if !e.stopping {
		e.stopping = true
		close(e.quit)
	}
	e.mu.Unlock()
	e.reviving.Wait()
}

// storeConfig is the server's configuration of JetStream.
func storeConfig(o *server.Options) server.JetStreamConfig {
	return server.JetStreamConfig{
		StoreDir:     o.StoreDir,
		MaxStore:     o.JetStreamMaxStore,
		MaxMemory:    o.JetStreamMaxMemory,
		SyncInterval: o.SyncInterval,
		SyncAlways:   o.SyncAlways,
		Strict:       true,
		CompressOK:   true,
	}
}
