package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// syncer brings what was written to the disk, once some time after a write and
// never without one. A write that comes while it syncs may have to wait for the
// next time, and so for two syncs in all. NATS would do it by the clock, each
// stream by its own: a processor that sleeps would have to wake up for nothing.
type syncer struct {
	dir     string
	after   time.Duration
	store   *embedded          // is opened anew if the disk fails, and lends descriptors
	written chan struct{}      // holds a token if there may be something to sync
	asked   chan chan<- error  // by those who wait for it
	synced  map[string]version // of each file and folder, what is known to be on the disk
	since   atomic.Int64       // when the first write came that no sync covers, in nanoseconds; 0 if there is none
	begun   atomic.Int64       // the same of the sync that is under way
}

// version tells apart two states of a file or a folder. An append always
// changes the size, so that a coarse time does not matter.
type version struct {
	size    int64
	changed time.Time
}

func newSyncer(dir string, after time.Duration, store *embedded) *syncer {
	return &syncer{
		dir: dir, after: after, store: store,
		written: make(chan struct{}, 1), asked: make(chan chan<- error), synced: map[string]version{},
	}
}

// wrote says that something was written. It costs next to nothing.
func (s *syncer) wrote() {
	if len(s.written) > 0 {
		return
	}
	s.since.CompareAndSwap(0, time.Now().UnixNano())
	select {
	case s.written <- struct{}{}:
	default: // somebody else just did
	}
}

// now returns when what was written before is on the disk.
func (s *syncer) now(ctx context.Context) error {
	done := make(chan error, 1)
	select {
	case s.asked <- done:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.store.quit:
		return ErrClosed
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// overdue reports whether something waits for the disk for longer than it may.
func (s *syncer) overdue() bool {
	since := s.begun.Load()
	if since == 0 {
		since = s.since.Load()
	}
	return since != 0 && time.Since(time.Unix(0, since)) > 2*s.after+time.Second
}

// run syncs until stop is closed; what is written last is left to whoever
// closes it.
func (s *syncer) run(stop <-chan struct{}) {
	for {
		var later <-chan time.Time
		select {
		case <-s.written:
			later = time.After(s.after)
		case done := <-s.asked:
			done <- s.syncNow()
			continue
		case <-stop:
			return
		}
		select {
		case <-later:
			_ = s.syncNow() // the store knows
		case done := <-s.asked:
			done <- s.syncNow()
		case <-stop:
			return
		}
	}
}

// syncNow syncs, and has the store opened anew if that fails. That there are no
// descriptors left says nothing of the disk: then it tries again later.
func (s *syncer) syncNow() error {
	s.begun.Store(s.since.Swap(0))
	defer s.begun.Store(0)
	select {
	case <-s.written: // meanwhile, and covered by this sync
	default:
	}
	err := s.sync(syncPath)
	if outOfFiles(err) {
		err = s.store.reserve.lend(func() error { return s.sync(syncPath) })
	}
	if err == nil {
		return nil
	}
	s.since.Store(s.begun.Load())
	s.wrote() // it is still to be synced
	if outOfFiles(err) {
		s.store.logger.Warn("what was written waits for a free descriptor to be synced", "err", err)
	} else {
		s.store.fail(err)
	}
	return err
}

// sync calls do for whatever has changed since the last call that succeeded.
func (s *syncer) sync(do func(path string) error) error {
	seen := make(map[string]version, len(s.synced))
	err := walk(s.dir, func(path string, entry os.DirEntry) error {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		now := version{info.Size(), info.ModTime()}
		if s.synced[path] != now {
			if err := do(path); err != nil {
				return err
			}
		}
		seen[path] = now
		return nil
	})
	if err != nil {
		return err
	}
	s.synced = seen
	return nil
}

// syncTree writes a directory's files and the folders themselves to the disk.
// NATS syncs neither a new stream's folder nor its description, so without it a
// power cut soon after the first start would lose the stream itself.
func syncTree(dir string) error {
	return walk(dir, func(path string, _ os.DirEntry) error { return syncPath(path) })
}

// walk calls visit for a directory and everything in it, also if it is a link to
// one. The server may remove a file meanwhile, which is no error.
func walk(dir string, visit func(path string, entry os.DirEntry) error) error {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil {
			err = visit(path, entry)
		}
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return err
	})
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
