package httpapi

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"sync"
)

// What waits to be written is bounded, in all and by address, because a client that reads nothing costs nothing itself: over HTTP/2 a few connections could hold thousands of answers.
const (
	backlogOfAll = 256 << 20 // bytes
	backlogOfOne = 32 << 20  // bytes, of one address
	backlogSpare = 4         // a part of as much again is left for saying that it is full; beyond that, a request is only cut off

	answerCost = 16 << 10 // bytes that an answer costs while it waits, beside its own: a goroutine's stack and buffers
	freeAnswer = 2 << 10  // bytes that net/http takes over at once with HTTP/1, which has one answer at a time on a connection
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

// enter counts bytes of an answer to an address, unless there are too many already. An answer that only says so may take the spare part.
func (b *backlog) enter(to netip.Prefix, bytes int, spare bool) fullness {
	all, one := backlogOfAll, backlogOfOne
	if spare {
		all, one = all+all/backlogSpare, one+one/backlogSpare
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
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

// write writes a part of the answer, which counts as long as the client has not taken it. Over HTTP/2 something counts until the end, because the last bytes are only taken then.
func (x *exchange) write(b []byte) (int, error) {
	bytes := len(b)
	if x.shared {
		bytes = 0
	}
	if x.streaming || x.tail == 0 && bytes <= freeAnswer && x.http1 {
		x.forward()
		return x.ResponseWriter.Write(b)
	}
	to := network(x.address())
	if !x.http1 && x.tail == 0 {
		bytes += answerCost
	}
	if full := x.backlog.enter(to, bytes, false); full != notFull {
		x.cutOff(to, full)
		return len(b), nil
	}
	defer x.backlog.leave(to, bytes-x.keepTail(bytes))
	x.forward()
	return x.ResponseWriter.Write(b)
}

// keepTail is how much of what has been entered stays until the end of the answer.
func (x *exchange) keepTail(bytes int) int {
	if x.http1 || x.tail > 0 {
		return 0
	}
	x.tail = min(bytes, answerCost)
	return x.tail
}

// end waits until the client has taken the last bytes, unless the answer ends at once, and takes back what counted for them.
func (x *exchange) end(atOnce bool) {
	if x.tail == 0 {
		return
	}
	if !atOnce {
		_ = http.NewResponseController(x.ResponseWriter).Flush() // the client may be gone
	}
	x.backlog.leave(network(x.address()), x.tail)
}

// cutOff answers that too much waits already. What has begun, or finds not even room for that, ends at once.
func (x *exchange) cutOff(to netip.Prefix, full fullness) {
	if x.forwarded || x.backlog.enter(to, answerCost, true) != notFull {
		panic(http.ErrAbortHandler)
	}
	x.tail = answerCost
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
