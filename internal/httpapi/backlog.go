package httpapi

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"sync"

	"github.com/magnapp/magnapp/internal/conns"
)

// What waits to be written is bounded, in all and by address, because a client that reads nothing costs nothing itself: over HTTP/2 a few connections could hold thousands of answers.
const (
	backlogOfAll = 256 << 20 // bytes
	backlogOfOne = 32 << 20  // bytes, of one address
	backlogSpare = 4         // a part of as much again is left for saying that it is full; beyond that, a request is only cut off

	answerCost = 16 << 10 // bytes that an answer costs while it waits, beside its own: a goroutine's stack and buffers
	freeAnswer = 2 << 10  // bytes that net/http takes over at once with HTTP/1, which has one answer at a time on a connection, and that an answer's cost covers with HTTP/2
)

// backlog counts the bytes of answers that are being written. Safe for concurrent use.
type backlog struct {
	mu  sync.Mutex
	all int
	of  map[netip.Prefix]int
}

func newBacklog() *backlog { return &backlog{of: make(map[netip.Prefix]int)} }

// fullness says whose share of the backlog is used up.
type fullness int

const (
	notFull fullness = iota
	fullForOne
	fullForAll
)

// insistence is how much of the backlog an answer may take.
type insistence int

const (
	usual  insistence = iota
	spare             // the spare part too, for an answer that only says that there is no room
	always            // whatever it needs, because what it reports has been done
)

// enter counts bytes of an answer to an address, unless there are too many already.
func (b *backlog) enter(to netip.Prefix, bytes int, how insistence) fullness {
	all, one := backlogOfAll, backlogOfOne
	if how == spare {
		all, one = all+all/backlogSpare, one+one/backlogSpare
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case how == always:
	case b.all+bytes > all:
		return fullForAll
	case b.of[to]+bytes > one:
		return fullForOne
	}
	b.all += bytes
	b.of[to] += bytes
	return notFull
}

// leave takes back what has been entered.
func (b *backlog) leave(to netip.Prefix, bytes int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all -= bytes
	if b.of[to] -= bytes; b.of[to] == 0 {
		delete(b.of, to)
	}
}

// admit counts an answer over HTTP/2, where a connection may have many, before anything is done for it. False: there is no room, and that has been answered.
func (x *exchange) admit() bool {
	if x.http1 {
		return true
	}
	to := conns.Network(x.address())
	if full := x.backlog.enter(to, answerCost, usual); full != notFull {
		x.cutOff(to, full)
		return false
	}
	x.held = answerCost
	return true
}

// write writes a part of the answer. A long one counts as long as the client has not taken it.
func (x *exchange) write(b []byte) (int, error) {
	if x.streaming || x.shared || len(b) <= freeAnswer {
		x.forward()
		return x.ResponseWriter.Write(b)
	}
	to, how := conns.Network(x.address()), always
	if method := x.proof.request.Method; method == http.MethodGet || method == http.MethodHead {
		how = usual
	}
	if full := x.backlog.enter(to, len(b), how); full != notFull {
		x.cutOff(to, full)
		return len(b), nil
	}
	defer x.backlog.leave(to, len(b))
	x.forward()
	return x.ResponseWriter.Write(b)
}

// release waits until the client has taken the last bytes, unless the answer ends at once, and takes back what counted for them.
func (x *exchange) release(atOnce bool) {
	if x.held == 0 {
		return
	}
	if !atOnce {
		_ = http.NewResponseController(x.ResponseWriter).Flush() // the client may be gone
	}
	x.backlog.leave(conns.Network(x.address()), x.held)
	x.held = 0
}

// cutOff answers that too much waits already. What has begun, or finds not even room for that, ends at once.
func (x *exchange) cutOff(to netip.Prefix, full fullness) {
	if x.forwarded || x.backlog.enter(to, answerCost, spare) != notFull {
		panic(http.ErrAbortHandler)
	}
	x.held += answerCost
	p := busy()
	if full == fullForOne {
		p = tooMany(retryBusy, "Too much of what you asked for waits to be read by you.")
	}
	for _, name := range []string{"Content-Length", "Content-Encoding", "Etag", "Set-Cookie"} {
		x.Header().Del(name)
	}
	x.cut = true
	x.status = p.Status
	p.head(x.Header())
	x.forward()
	_ = json.NewEncoder(x.ResponseWriter).Encode(p) // the client may be gone
}

// stream lets an answer without an end count no longer: streams have bounds of their own.
func (x *exchange) stream() {
	x.release(true)
	x.streaming = true
}
