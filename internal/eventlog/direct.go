package eventlog

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/nats-io/nats-server/v2/server"
)

// An append to the embedded server goes a long way: through a pipe, a parser and four goroutines, each of which may have to
// wake up, to a method that stores the message, and back. On a quiet server that way is two thirds of what a command
// takes, and there is no setting for a shorter one. So this file calls that method by its name, with what the server's own
// loop would call it with (internalLoop in server/stream.go), and only for the message; what does not end as it should is
// tried again by the ordinary way, which also says what is wrong. Should a version of NATS change the
// methods, TestTheServersMethodsAreAsWeCallThem tells; without them nothing is linked. With replicas a message must be
// agreed upon first: then the ordinary way is the only one.

//go:linkname lookupStream github.com/nats-io/nats-server/v2/server.(*Account).lookupStream
func lookupStream(account *server.Account, name string) (unsafe.Pointer, error)

//go:linkname storeOf github.com/nats-io/nats-server/v2/server.(*stream).Store
func storeOf(stream unsafe.Pointer) server.StreamStore

// processMessage checks and stores a message. It may be called by any goroutine. It returns nil also if the stream does not
// take messages now.
//
//go:linkname processMessage github.com/nats-io/nats-server/v2/server.(*stream).processJetStreamMsg
func processMessage(stream unsafe.Pointer, subject, reply string, header, msg []byte, seq uint64, at int64, trace unsafe.Pointer, sourced, isolated bool) error //revive:disable-line:argument-limit the server's own

// direct stores messages of the sessions' stream, one after the other, in a goroutine of its own: who waits for it can stop
// waiting, as for any other answer.
type direct struct {
	account func() *server.Account
	opening *sync.RWMutex // locked while the store is opened anew

	work     chan *attempt // as much room as there are attempts, so sending never waits
	worker   sync.WaitGroup
	was, is  server.StreamState // of the worker: here they cost no allocation for each append
	underWay sync.WaitGroup     // attempts that are not idle

	mu     sync.Mutex
	idle   []*attempt
	made   int // attempts there are
	closed bool
}

// attempt is one append.
type attempt struct {
	subject string
	header  []byte
	data    []byte // a copy, because whoever stops waiting may use theirs for something else
	timer   *time.Timer
	acks    chan ack
	settled atomic.Bool // it has ended or nobody waits for it any more, whichever came first
}

const (
	mostAttempts = 256      // on the way at the same time, given up or not: what comes on top goes through the client
	keptData     = 16 << 10 // bytes that an idle attempt may keep of its copy, which most entries fit into
)

func newDirect(account func() *server.Account, opening *sync.RWMutex) *direct {
	d := &direct{account: account, opening: opening, work: make(chan *attempt, mostAttempts)}
	d.worker.Go(d.run)
	return d
}

// append is one try. It returns false if the way is not open, as while too many others are on it.
func (d *direct) append(ctx context.Context, subject string, after uint64, data []byte, lost <-chan struct{}) (ack, bool) {
	if !strings.HasPrefix(subject, sessionPrefix) {
		return ack{}, false
	}
	a := d.take()
	if a == nil {
		return ack{}, false
	}
	a.subject, a.data = subject, append(a.data[:0], data...)
	a.header = append(a.header[:0], "NATS/1.0\r\n"+expectedHeader+": "...)
	a.header = append(strconv.AppendUint(a.header, after, 10), "\r\n\r\n"...)
	a.settled.Store(false)
	d.work <- a
	got, err := await(ctx, a.acks, a.timer, ackTimeout, lost)
	if err != nil {
		if !a.settled.Swap(true) {
			return ack{err: err}, true // run takes it back, when the disk answers
		}
		got = <-a.acks
	}
	d.put(a)
	return got, true
}

// take returns an attempt that is not under way, or nil.
func (d *direct) take() *attempt {
	d.mu.Lock()
	defer d.mu.Unlock()
	var a *attempt
	n := len(d.idle)
	switch {
	case d.closed:
		return nil
	case n > 0:
		a, d.idle = d.idle[n-1], d.idle[:n-1]
	case d.made < mostAttempts:
		d.made++
		a = &attempt{timer: time.NewTimer(ackTimeout), acks: make(chan ack, 1)}
	default:
		return nil
	}
	d.underWay.Add(1)
	return a
}

// put takes an attempt back that has ended.
func (d *direct) put(a *attempt) {
	if cap(a.data) > keptData {
		a.data = nil
	}
	d.mu.Lock()
	d.idle = append(d.idle, a)
	d.mu.Unlock()
	d.underWay.Done()
}

// run stores until stop is called.
func (d *direct) run() {
	for a := range d.work {
		if a.settled.Load() { // given up before its turn: better not stored than stored and unknown
			d.put(a)
			continue
		}
		got := d.store(a)
		if a.settled.Swap(true) {
			d.put(a)
		} else {
			a.acks <- got
		}
	}
}

// errNotOpen says that nothing was tried; the ordinary way may be open.
var errNotOpen = fmt.Errorf("%w directly", errNotSent)

func (d *direct) store(a *attempt) ack {
	if !d.opening.TryRLock() {
		return ack{err: errNotOpen}
	}
	defer d.opening.RUnlock()
	stream, err := lookupStream(d.account(), sessionsStream)
	if err != nil {
		return ack{err: errNotOpen}
	}
	store := storeOf(stream)
	store.FastState(&d.was)
	if err := processMessage(stream, a.subject, "", a.header, a.data, 0, 0, nil, false, true); err != nil {
		return ack{err: directError(err)}
	}
	// The account forgets a stream before that stops to take messages, so one that it still knows took this one.
	if now, err := lookupStream(d.account(), sessionsStream); err != nil || now != stream {
		return ack{err: errDoubtful}
	}
	store.FastState(&d.is)
	return onlyOne(d.was.LastSeq+1, d.is.LastSeq, func(seq uint64) bool {
		subject, err := store.SubjectForSeq(seq)
		return err == nil && subject == a.subject
	})
}

// onlyOne is the acknowledgement of a message that is one of those from first to last, if only one of them can be it.
func onlyOne(first, last uint64, possible func(seq uint64) bool) ack {
	if last-first >= mostBetween { // also if there is none
		return ack{err: errDoubtful}
	}
	got := ack{err: errDoubtful}
	for seq := first; seq <= last; seq++ {
		switch {
		case !possible(seq):
		case got.err == nil:
			return ack{err: errDoubtful}
		default:
			got = ack{seq: seq}
		}
	}
	return got
}

// mostBetween bounds how many messages of others, stored at the same time, are worth looking at.
const mostBetween = 64

// directError tells what must be known at once; the rest the next try will find out. The server checks what was expected
// before it stores anything.
func directError(err error) error {
	if strings.HasPrefix(err.Error(), "last sequence by subject mismatch") {
		return ErrConflict
	}
	return fmt.Errorf("%w: %w", errDoubtful, err)
}

// close lets no more appends go the direct way.
func (d *direct) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
}

// stop closes the way and waits for the appends that are on it, if need be for the disk.
func (d *direct) stop() {
	d.close()
	d.underWay.Wait()
	close(d.work)
	d.worker.Wait()
}
