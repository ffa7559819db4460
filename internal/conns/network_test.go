package conns

import (
	"net"
	"net/netip"
	"testing"
)

func TestWhatCountsAsOneAddress(t *testing.T) {
	b := New(Options{PerAddress: 7, Shared: []netip.Prefix{netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("10.0.0.0/8")}})
	for _, c := range []struct {
		addr, network string
		bound         int
	}{
		{"192.0.2.7", "192.0.2.7/32", 7},
		{"::ffff:192.0.2.7", "192.0.2.7/32", 7},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", 7},
		{"::2", "::/64", 7},
		{"::1", "::1/128", 0},
		{"10.1.2.3", "10.1.2.3/32", 0},
	} {
		g := b.groupOf(&net.TCPAddr{IP: net.ParseIP(c.addr), Port: 1})
		if g.network.String() != c.network || g.bound != c.bound {
			t.Errorf("%s counts as %s with a bound of %d, want %s and %d", c.addr, g.network, g.bound, c.network, c.bound)
		}
	}
	if g := b.groupOf(&net.UnixAddr{}); g.network.IsValid() || g.bound != 7 {
		t.Errorf("what has no address counts as %v with a bound of %d", g.network, g.bound)
	}
}
