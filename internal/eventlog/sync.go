package eventlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// syncer brings what was written to the disk, once some time after a write and
// never without one. A write that comes while it syncs may have to wait for the
// next time, and so for two syncs in all. NATS would do it by the clock, each stream by its own: a
// processor that sleeps would have to wake up twice a second for nothing.
type syncer struct {
	dir     string
	after   time.Duration
	failed  func(error)        // told of every sync that failed
	written chan struct{}      // holds a token if there may be something to sync
	synced  map[string]version // of each file and folder, what is known to be on the disk
}

// version tells apart two states of a file or a folder. An append always
// changes the size, so that a coarse time does not matter.
type version struct {
	size    int64
	changed time.Time
}

func newSyncer(dir string, after time.Duration, failed func(error)) *syncer {
	return &syncer{dir: dir, after: after, failed: failed, written: make(chan struct{}, 1), synced: map[string]version{}}
}

// wrote tells that something was written. It costs next to nothing.
func (s *syncer) wrote() {
	select {
	case s.written <- struct{}{}:
	default:
	}
}

// run syncs until stop is closed; what is written last is left to whoever
// closes it.
func (s *syncer) run(stop <-chan struct{}) {
	for {
		select {
		case <-s.written:
		case <-stop:
			return
		}
		select {
		case <-time.After(s.after):
		case <-stop:
			return
		}
		select {
		case <-s.written: // meanwhile, and covered by this sync
		default:
		}
		if err := s.sync(syncPath); err != nil {
			s.wrote() // it is still to be synced
			s.failed(err)
		}
	}
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
