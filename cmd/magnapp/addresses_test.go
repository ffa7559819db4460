package main

import (
	"bytes"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/config"
)

func parsed(list string) (addrs []netip.Addr) {
	for _, a := range strings.Fields(list) {
		addrs = append(addrs, netip.MustParseAddr(a))
	}
	return addrs
}

func TestAddressesByWhichOthersReachTheServer(t *testing.T) {
	const own = "127.0.0.1 ::1 fe80::1 169.254.7.7 2001:db8::7 192.0.2.7 fd00::7 10.1.2.3 224.0.0.1"
	for listening, want := range map[string]string{
		"0.0.0.0":     "192.0.2.7 10.1.2.3",
		"::":          "192.0.2.7 10.1.2.3 2001:db8::7 fd00::7",
		"127.0.0.1":   "",
		"::1":         "",
		"169.254.7.7": "",
		"192.0.2.7":   "192.0.2.7",
		"2001:db8::7": "2001:db8::7",
	} {
		got := reachableAt(netip.MustParseAddr(listening), func() []netip.Addr { return parsed(own) })
		if !slices.Equal(got, parsed(want)) {
			t.Errorf("listening on %s: %v, want %s", listening, got, want)
		}
	}
}

func TestAddressesHaveSchemeAndPort(t *testing.T) {
	for _, c := range []struct {
		addr net.Addr
		tls  bool
		want []string
	}{
		{&net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8000}, false, []string{"http://192.0.2.7:8000"}},
		{&net.TCPAddr{IP: net.ParseIP("2001:db8::7"), Port: 443}, true, []string{"https://[2001:db8::7]:443"}},
		{&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8000}, false, nil},
		{&net.UnixAddr{Name: "x"}, false, nil},
	} {
		if got := reachable(c.addr, c.tls); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.addr, got, c.want)
		}
	}
}

// Which addresses a machine has is not known here, only what none of them may be.
func TestAddressesOfThisMachine(t *testing.T) {
	for _, url := range reachable(&net.TCPAddr{IP: net.IPv4zero, Port: 8000}, false) {
		at, err := netip.ParseAddrPort(strings.TrimPrefix(url, "http://"))
		if err != nil || isOnlyHere(at.Addr()) || at.Port() != 8000 {
			t.Errorf("%s (%v)", url, err)
		}
	}
}

func TestAnnouncementSaysWhatToOpenHereAndElsewhere(t *testing.T) {
	lan := []string{"http://192.0.2.7:8000", "http://192.0.2.8:8000", "http://192.0.2.9:8000", "http://[2001:db8::7]:8000"}
	for _, c := range []struct {
		name      string
		config    config.Config
		listening string
		others    []string
		want      string
	}{
		{"for everybody", config.Config{}, "0.0.0.0", lan, "MagnaPP is ready: open http://localhost:8000\nOthers on your network open http://192.0.2.7:8000 or http://192.0.2.8:8000 or http://192.0.2.9:8000\n"},
		{"for this machine", config.Config{}, "127.0.0.1", nil, "MagnaPP is ready: open http://127.0.0.1:8000\n"},
		{"with an address that everybody uses", config.Config{PublicURL: "https://poker.example.com"}, "0.0.0.0", lan, "MagnaPP is ready: open https://poker.example.com\n"},
	} {
		var printed bytes.Buffer
		announce(c.config, &net.TCPAddr{IP: net.ParseIP(c.listening), Port: 8000}, c.others, &printed, slog.New(slog.DiscardHandler))
		if printed.String() != c.want {
			t.Errorf("%s: %q, want %q", c.name, printed.String(), c.want)
		}
	}
}
