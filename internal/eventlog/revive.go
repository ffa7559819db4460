package eventlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	// reviveEvery is the shortest time between two openings of the store. The
	// server starts goroutines at each, which end only with the server, and
	// (v2.15.2) a second opening races with those that have not begun yet.
	reviveEvery = time.Second
	// reviveAtLeast is the longest: a store that opens and still cannot be used
	// must not collect those goroutines for days.
	reviveAtLeast = 15 * time.Second
	// spareBytes are kept for purging a store that has filled the disk: a purge
	// writes what it removed, and its room comes back only when the server has
	// written a block, 8 MB at most, anew.
	spareBytes = 8 << 20
	// roomBytes must be free beside it before appends go on: a store that would
	// be full again at once is better left to purging.
	roomBytes = 4 << 20
)

// A stream whose file could not be written, for a full disk or an I/O error,
// answers no append until it is opened anew, and after some errors the server
// switches JetStream off. So whoever notices calls suspect or fail; until the store is
// open again and has its spare room back, every append fails at once with the
// reason. Reading and purging go on meanwhile.

// broken returns why the store cannot be written, nil if it can.
func (e *embedded) broken() error {
	if why := e.why.Load(); why != nil {
		return *why
	}
	return nil
}

// suspect has the store opened again if a try that ended with err means that it
// has failed: it is silent, it is off, or a stream is missing.
func (e *embedded) suspect(err error) {
	silent, off := errors.Is(err, errSilent), !e.srv.JetStreamEnabled()
	if silent || off || errors.Is(err, errNoStream) && e.broken() == nil && e.hasStreams() != nil {
		e.fail(err)
	}
}

// fail has the store opened again because of err. A store in memory would come
// back empty, so it is left as it is.
func (e *embedded) fail(err error) {
	if e.temp || e.srv == nil {
		return
	}
	e.failed.Store(true)
	if !e.why.CompareAndSwap(nil, &err) {
		return // revive is under way
	}
	e.startReviving()
	e.onBroken()
}

// keepSpare takes the spare room at the start. A store that has no room for it
// opens all the same, to be read and purged, but takes no append.
func (e *embedded) keepSpare() {
	if e.temp {
		return
	}
	if err := e.takeSpare(); err != nil && e.why.CompareAndSwap(nil, &err) {
		e.startReviving()
	}
}

func (e *embedded) startReviving() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.stopping {
		e.reviving.Go(e.revive)
	}
}

// suspectLine reads the server's own log, which names a failed write at
// once; an append learns of it only by getting no answer.
func (e *embedded) suspectLine(text string) {
	if strings.Contains(text, "write error") {
		e.fail(errors.New(text))
	}
}

// revive ends when the store is open and has its spare room again, or the server
// is to stop. It opens the store before there is room, because a failed stream
// refuses also the purge that would make room.
func (e *embedded) revive() {
	e.logger.Error("event store failed; appends are refused until it works again", "dir", e.dir, "err", e.broken())
	if !e.rest(time.Until(e.lastOpened().Add(reviveEvery))) {
		return
	}
	pause := reviveEvery
	for {
		err := e.recover()
		if err == nil {
			if e.over() {
				e.logger.Warn("event store works again", "dir", e.dir)
				return
			}
			err = errFailedAgain
		}
		e.why.Store(&err)
		if !e.rest(pause) {
			return
		}
		if e.failed.Load() { // what is open and waits for room is looked at again soon
			pause = min(2*pause, reviveAtLeast)
		}
	}
}

// rest waits for d. It returns false if the server is to stop.
func (e *embedded) rest(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-e.quit:
		return false
	}
}

// lastOpened is when the store was opened anew last, zero if never.
func (e *embedded) lastOpened() time.Time {
	e.opening.RLock()
	defer e.opening.RUnlock()
	return e.openedAnew
}

// over lets appends go on. It returns false if the store has failed since it was opened, and nobody else is about to look after it.
func (e *embedded) over() bool {
	e.why.Store(nil)
	return !e.failed.Load() || !e.why.CompareAndSwap(nil, &errFailedAgain)
}

var errFailedAgain = errors.New("the store has failed again")

// recover opens the store anew if it has failed since it was opened last, and
// takes the spare room. No purge may come in between: the try to take the room
// fills the disk for a moment.
func (e *embedded) recover() error {
	e.opening.Lock()
	defer e.opening.Unlock()
	return e.reserve.lend(e.recoverNow)
}

func (e *embedded) recoverNow() error {
	if e.failed.Swap(false) || !e.srv.JetStreamEnabled() {
		if err := e.reopen(); err != nil {
			e.failed.Store(true)
			return err
		}
	}
	if err := e.takeSpare(); err != nil {
		return err
	}
	if e.failed.Load() { // while the room was taken
		return errFailedAgain
	}
	return nil
}

func (e *embedded) reopen() error {
	if err := e.dropSpare(); err != nil {
		return err
	}
	if err := e.srv.ShutdownJetStream(); err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	e.openedAnew = time.Now()
	config := e.config // the server changes what it is given
	if err := e.srv.EnableJetStream(&config); err != nil {
		return fmt.Errorf("open the store again: %w", err)
	}
	if err := e.hasStreams(); err != nil {
		return err
	}
	return syncTree(e.dir) // a disk that cannot be synced takes no promise
}

// purging keeps the store from being opened anew while fn purges.
func (e *embedded) purging(ctx context.Context, fn func() error) error {
	for !e.opening.TryRLock() {
		if !wait(ctx, longestPause) { // the disk may not answer
			return ctx.Err()
		}
	}
	defer e.opening.RUnlock()
	return fn()
}

func (e *embedded) sparePath() string { return filepath.Join(e.dir, "spare") }

// takeSpare fills the spare file if there is room for more than that, and leaves
// none otherwise.
func (e *embedded) takeSpare() error {
	f, err := os.Create(e.sparePath())
	if err != nil {
		return fmt.Errorf("keep room for purging: %w", err)
	}
	_, err = io.CopyN(f, zeros{}, spareBytes+roomBytes)
	if err = errors.Join(err, f.Sync(), f.Truncate(spareBytes), f.Close()); err != nil {
		return fmt.Errorf("keep %d MB for purging: %w", spareBytes>>20, errors.Join(err, e.dropSpare()))
	}
	return nil
}

// zeros is as many as are asked for.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func (e *embedded) dropSpare() error {
	if err := os.Remove(e.sparePath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("free the spare room: %w", err)
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
