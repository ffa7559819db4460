package httpapi

import (
	"context"
	"net/http"
	"net/netip"
	"time"
)

// Files are long, and reading them takes time, so that few are read at once: in all, because of the memory, and by address, because one must not keep others from it.
const (
	filesAtOnce  = 8 // that are received, or given back
	filesOfOne   = 4 // of one address
	filesDecoded = 2 // that are taken apart, of those

	uploadTimeout = 2 * time.Minute  // for a file to arrive
	decodeTimeout = 20 * time.Second // for its turn
	answerTimeout = 30 * time.Second // for the answer to leave, counted from when it is there
)

// fileWork bounds the work on files. Safe for concurrent use.
type fileWork struct {
	places  *places
	all     chan struct{}
	decoded chan struct{}
}

func newFileWork() *fileWork {
	return &fileWork{places: newPlaces(filesOfOne), all: make(chan struct{}, filesAtOnce), decoded: make(chan struct{}, filesDecoded)}
}

// begin takes a place for a file of an address, and returns what gives it back. It never waits.
func (f *fileWork) begin(of netip.Addr) (end func(), err error) {
	release := f.places.take(of)
	if release == nil {
		return nil, tooMany(retryFile, "Too many files from your address are being read.")
	}
	select {
	case f.all <- struct{}{}:
		return func() { <-f.all; release() }, nil
	default:
		release()
		return nil, filesBusy()
	}
}

// decode does the work on a file when it is its turn. Who has begun to wait and goes is not waited for.
func (f *fileWork) decode(ctx context.Context, do func()) error {
	waiting, cancel := context.WithTimeout(ctx, decodeTimeout)
	defer cancel()
	select {
	case f.decoded <- struct{}{}:
	case <-waiting.Done():
		if err := ctx.Err(); err != nil {
			return err
		}
		return filesBusy()
	}
	defer func() { <-f.decoded }()
	if err := ctx.Err(); err != nil {
		return err
	}
	do()
	return nil
}

// retryFile is what a client should wait when too many files are being read.
const retryFile = 5 * time.Second

func filesBusy() *Problem {
	p := problem(http.StatusServiceUnavailable, "Too many files", "Too many files are being read at once; nothing was changed. Try again in a moment.")
	p.retryAfter = retryFile
	return p
}
