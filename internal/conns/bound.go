package conns

import (
	"container/list"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
)

// Options are the bounds.
type Options struct {
	PerAddress int            // connections of one address; 0 is no bound
	InAll      int            // connections; 0 is no bound
	Shared     []netip.Prefix // addresses of many people, such as proxies: PerAddress is not for them
	Logger     *slog.Logger   // hears, at most once a minute, that connections are refused; nil: slog.Default
	Clock      clock.Clock    // nil: the system's
}

// warnEvery is the least time between two warnings.
const warnEvery = time.Minute

// Bound keeps the connections of listeners within bounds. Safe for concurrent use.
type Bound struct {
	options Options

	mu       sync.Mutex
	all      group
	networks map[netip.Prefix]*group // those that have connections
	refused  uint64
	warned   time.Time
}

// group is the connections that share a bound.
type group struct {
	network netip.Prefix
	bound   int // 0 is none
	open    int
	idle    int
	order   list.List // *conn, the longest idle before those idle for less; one with a request under way stands anywhere. Streams are not in it.
}

func (g *group) full() bool { return g.bound > 0 && g.open >= g.bound }

// New returns a Bound without connections.
func New(o Options) *Bound {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.InAll > 0 {
		o.PerAddress = min(o.PerAddress, max(o.InAll/2, 1))
	}
	return &Bound{options: o, all: group{bound: o.InAll}, networks: make(map[netip.Prefix]*group)}
}

// Listen returns a listener that keeps what l accepts within the bounds.
func (b *Bound) Listen(l net.Listener) net.Listener { return &listener{Listener: l, bound: b} }

// Open returns how many connections are open.
func (b *Bound) Open() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.open
}

// Refused returns how many connections have been closed because there was no room and none was idle.
func (b *Bound) Refused() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refused
}

// State is for http.Server.ConnState: whether a request is under way.
func (b *Bound) State(nc net.Conn, state http.ConnState) {
	if state != http.StateActive && state != http.StateIdle {
		return
	}
	if c := within(nc); c != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		c.setIdle(state == http.StateIdle)
	}
}

// within finds our connection in what others, such as TLS, put around it; nil if there is none.
func within(nc net.Conn) *conn {
	for {
		switch around := nc.(type) {
		case *conn:
			return around
		case interface{ NetConn() net.Conn }:
			nc = around.NetConn()
		default:
			return nil
		}
	}
}

type listener struct {
	net.Listener
	bound *Bound
}

// Accept waits for a connection that there is room for.
func (l *listener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.bound.admit(nc); c != nil {
			return c, nil
		}
		_ = nc.Close()
	}
}

// admit counts a new connection, and closes another if that is what it takes. nil if there is no room.
func (b *Bound) admit(nc net.Conn) *conn {
	c, instead := b.enter(nc)
	switch {
	case c == nil:
		b.warn(nc)
	case instead != nil:
		_ = instead.Conn.Close()
	}
	return c
}

func (b *Bound) enter(nc net.Conn) (c, instead *conn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.groupOf(nc.RemoteAddr())
	for _, bounded := range []*group{g, &b.all} {
		if !bounded.full() {
			continue
		}
		if instead = bounded.longestIdle(); instead == nil {
			b.refused++
			return nil, nil
		}
		instead.leave()
		break // of both bounds, if it was of the same address
	}
	if g.open == 0 { // a new one, or the last of its address has just made room
		b.networks[g.network] = g
	}
	c = &conn{Conn: nc, bound: b, from: g}
	c.enter()
	return c, instead
}

// groupOf finds the others of the same address, or begins with none.
func (b *Bound) groupOf(a net.Addr) *group {
	addr := addrOf(a)
	g := &group{network: Network(addr), bound: b.options.PerAddress}
	if slices.ContainsFunc(b.options.Shared, func(shared netip.Prefix) bool { return shared.Contains(addr) }) {
		g.network, g.bound = netip.PrefixFrom(addr, addr.BitLen()), 0
	}
	if known := b.networks[g.network]; known != nil {
		return known
	}
	return g
}

// warn says now and then that connections are refused.
func (b *Bound) warn(nc net.Conn) {
	b.mu.Lock()
	now := b.options.Clock.Now()
	if now.Sub(b.warned) < warnEvery {
		b.mu.Unlock()
		return
	}
	b.warned = now
	g, inAll, refused := b.groupOf(nc.RemoteAddr()), b.all.open, b.refused
	ofAddress := g.open
	b.mu.Unlock()
	b.options.Logger.Warn("too many connections: new ones are refused", "address", g.network, "of_this_address", ofAddress, "in_all", inAll, "refused_so_far", refused)
}

// longestIdle is the connection that goes first; nil if none is idle. One with a request under way will get a new place when it is idle again, so it is put behind the others.
func (g *group) longestIdle() *conn {
	for g.idle > 0 {
		first := g.order.Front()
		if c := first.Value.(*conn); c.idle {
			return c
		}
		g.order.MoveToBack(first)
	}
	return nil
}

// addrOf is the zero Addr for what has none.
func addrOf(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return tcp.AddrPort().Addr().Unmap().WithZone("")
}

// Network returns what counts as one address: of IPv6 the /64, because a single host has all of it. The zero Addr has the zero Prefix.
func Network(addr netip.Addr) netip.Prefix {
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	network, _ := addr.Prefix(bits) // the zero Prefix for the zero Addr
	return network
}
