// Package relay is a link between two nodes that tests can delay and cut.
package relay

import (
	"errors"
	"net"
	"sync"
	"time"
)

// chunk is how much is passed on at a time.
const chunk = 32 << 10

// Relay passes on what comes to its address, both ways. It may be used by any
// number of goroutines.
type Relay struct {
	ln net.Listener
	to string

	mu      sync.Mutex
	conns   map[net.Conn]struct{}
	cut     bool
	silent  [2]bool // by direction
	delay   time.Duration
	changed chan struct{} // closed when cut, silent or delay change
	running sync.WaitGroup
}

// Direction is one way through a relay.
type Direction int

const (
	// There is from whoever connects.
	There Direction = iota
	// Back is to whoever has connected.
	Back
)

// New listens on a loopback port of its own for links to an address, of which
// nothing needs to be there yet.
func New(to string) (*Relay, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{ln: ln, to: to, conns: map[net.Conn]struct{}{}, changed: make(chan struct{})}
	r.running.Go(r.accept)
	return r, nil
}

// Addr is where the relay listens.
func (r *Relay) Addr() string { return r.ln.Addr().String() }

// Cut closes all links and takes no new ones until Heal.
func (r *Relay) Cut() {
	r.change(func() { r.cut = true })
	r.mu.Lock()
	defer r.mu.Unlock()
	for conn := range r.conns {
		_ = conn.Close() // whatever was under way is lost
	}
}

// Silence keeps links open and holds back what goes one way through them, until
// Heal.
func (r *Relay) Silence(d Direction) { r.change(func() { r.silent[d] = true }) }

// Delay has everything arrive later by d, each way.
func (r *Relay) Delay(d time.Duration) { r.change(func() { r.delay = d }) }

// Heal ends Cut, Silence and Delay.
func (r *Relay) Heal() {
	r.change(func() { r.cut, r.silent, r.delay = false, [2]bool{}, 0 })
}

// Close ends all links.
func (r *Relay) Close() {
	_ = r.ln.Close() // it was only read
	r.Cut()
	r.running.Wait()
}

func (r *Relay) change(what func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	what()
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *Relay) accept() {
	for {
		in, err := r.ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			r.running.Go(func() { r.link(in) })
		}
	}
}

// link passes one connection on until either end closes it.
func (r *Relay) link(in net.Conn) {
	if !r.keep(in) {
		return
	}
	defer r.drop(in)
	out, err := net.Dial("tcp", r.to)
	if err != nil || !r.keep(out) {
		return
	}
	defer r.drop(out)
	var ways sync.WaitGroup
	ways.Go(func() { r.pass(There, in, out) })
	ways.Go(func() { r.pass(Back, out, in) })
	ways.Wait()
}

func (r *Relay) keep(conn net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cut {
		_ = conn.Close() // nothing was sent
		return false
	}
	r.conns[conn] = struct{}{}
	return true
}

func (r *Relay) drop(conn net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = conn.Close() // the other end has said why
	delete(r.conns, conn)
}

// part is what was read at once.
type part struct {
	data []byte
	at   time.Time
}

// pass reads ahead, so that a delay does not slow what is passed.
func (r *Relay) pass(d Direction, from, to net.Conn) {
	parts := make(chan part, 1024)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(parts)
		for {
			data := make([]byte, chunk)
			n, err := from.Read(data)
			if n > 0 {
				parts <- part{data[:n], time.Now()}
			}
			if err != nil {
				return
			}
		}
	})
	broken := false
	for p := range parts { // to the end, so that reading ends
		if broken {
			continue
		}
		broken = !r.await(d, p.at)
		if !broken {
			_, err := to.Write(p.data)
			broken = err != nil
		}
		if broken {
			_ = from.Close() // nothing more is to be read
		}
	}
	_ = to.Close()
	reading.Wait()
}

// await returns when what was read at a time is due, false if the link is cut.
func (r *Relay) await(d Direction, at time.Time) bool {
	for {
		r.mu.Lock()
		cut, silent, due, changed := r.cut, r.silent[d], time.Until(at.Add(r.delay)), r.changed
		r.mu.Unlock()
		if cut {
			return false
		}
		if !silent && due <= 0 {
			return true
		}
		var timer <-chan time.Time
		if !silent {
			timer = time.After(due)
		}
		select {
		case <-timer:
		case <-changed:
		}
	}
}
