package eventlog

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/nats-io/nats-server/v2/server"
)

// An append to the embedded server goes a long way: through a pipe, a parser and four goroutines, each of which may have to
// wake up, to a method that stores the message, and back. On a quiet server that way is two thirds of what a command
// takes, and there is no setting for a shorter one. So this file calls that method by its name, with what the server's own
// loop would call it with (internalLoop in server/stream.go), and only for the message; whatever does not end as it should,
// for whatever reason, is left to the ordinary way, which also says what went wrong. Should a version of NATS change the
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

// direct stores messages of the sessions' stream, one at a time.
type direct struct {
	account func() *server.Account
	closed  atomic.Bool

	mu     sync.Mutex // held while a message is stored, also by one who waits for a disk that does not answer
	header []byte
}

// An outcome is how an attempt to append directly ended.
type outcome int

const (
	notStored outcome = iota // the ordinary way will tell why
	stored
	unsure // the ordinary way may find it stored
)

// append is one try. It does not wait for another one: the ordinary way is open, and no disk should stop more than one append
// from being answered in time.
func (d *direct) append(subject string, after uint64, data []byte) (uint64, outcome) {
	if d.closed.Load() || !d.mu.TryLock() {
		return 0, notStored
	}
	defer d.mu.Unlock()
	stream, err := lookupStream(d.account(), sessionsStream)
	if err != nil {
		return 0, notStored
	}
	d.header = append(d.header[:0], "NATS/1.0\r\n"+expectedHeader+": "...)
	d.header = append(strconv.AppendUint(d.header, after, 10), "\r\n\r\n"...)

	store := storeOf(stream)
	var was, is server.StreamState
	store.FastState(&was)
	if err := processMessage(stream, subject, "", d.header, data, 0, 0, nil, false, true); err != nil {
		return 0, unlessRefused(err)
	}
	store.FastState(&is)
	if is.LastSeq != was.LastSeq+1 { // it was not taken, or others came in between
		return 0, unsure
	}
	return is.LastSeq, stored
}

// unlessRefused is the outcome of a try that failed. The check of the expected sequence comes before anything is stored.
func unlessRefused(err error) outcome {
	if strings.HasPrefix(err.Error(), "last sequence by subject mismatch") {
		return notStored
	}
	return unsure
}

// appendDirectly stores a message of the sessions' stream without the client, if the store is open and works.
func (e *embedded) appendDirectly(subject string, after uint64, data []byte) (uint64, outcome) {
	if e.broken() != nil || !e.opening.TryRLock() {
		return 0, notStored
	}
	defer e.opening.RUnlock()
	return e.direct.append(subject, after, data)
}
