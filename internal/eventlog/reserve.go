package eventlog

import (
	"errors"
	"os"
	"sync"
	"syscall"
)

// reservedFiles is how many descriptors are kept for the store. It opens a few
// files at a time, one after another.
const reservedFiles = 16

// descriptors are some that nothing else in this process can use up.
type descriptors struct {
	mu    sync.Mutex
	files []*os.File
}

// fill takes as many as there should be, or as there are.
func (r *descriptors) fill() {
	for len(r.files) < reservedFiles {
		f, err := os.Open(os.DevNull)
		if err != nil {
			return // better a small reserve than a store that does not open
		}
		r.files = append(r.files, f)
	}
}

// release lets all of them go.
func (r *descriptors) release() {
	for _, f := range r.files {
		_ = f.Close() // nothing was written
	}
	r.files = nil
}

// lend calls fn while the reserved descriptors are free.
func (r *descriptors) lend(fn func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.release()
	defer r.fill()
	return fn()
}

// outOfFiles reports whether an error says that there are no descriptors left,
// in this process or in the system. It says nothing of the disk.
func outOfFiles(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
