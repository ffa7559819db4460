package httpapi

import (
	"net/netip"
	"sync"

	"github.com/magnapp/magnapp/internal/conns"
)

// places are what each address may have at once: streams. Safe for concurrent use.
type places struct {
	limit int // of one address; 0 is none

	mu    sync.Mutex
	taken map[netip.Prefix]int
}

func newPlaces(limit int) *places {
	return &places{limit: limit, taken: make(map[netip.Prefix]int)}
}

// take takes a place for an address, and returns what gives it back; nil if there is none left.
func (p *places) take(addr netip.Addr) (release func()) {
	if p.limit == 0 {
		return func() {}
	}
	from := conns.Network(addr)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[from] >= p.limit {
		return nil
	}
	p.taken[from]++
	return sync.OnceFunc(func() { p.release(from) })
}

func (p *places) release(from netip.Prefix) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[from]--; p.taken[from] == 0 {
		delete(p.taken, from)
	}
}
