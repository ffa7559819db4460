package freeport

import (
	"net"
	"strconv"
	"testing"
)

func TestAddressesAreFreeAndComeOnce(t *testing.T) {
	all, err := Addresses(100)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range all {
		// All are listened at until the end, so that one that came twice would fail.
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Errorf("listen: %v", err)
			continue
		}
		defer l.Close() //revive:disable-line:defer // all at the end, as the comment says
	}
}

// Packages are tested side by side, and a node that is started again has no other address.
func TestAddressOfAnotherProcessIsNotTaken(t *testing.T) {
	address, err := Address()
	if err != nil {
		t.Fatal(err)
	}
	if mark, err := claim(portOf(t, address)); err == nil { // as another process would
		_ = mark.Close()
		t.Errorf("%s is given away twice", address)
	}
}

func TestAddressesAreNoneThatConnectionsGet(t *testing.T) {
	any, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer any.Close()
	address, err := Address()
	if err != nil {
		t.Fatal(err)
	}
	if port := portOf(t, address); port >= any.Addr().(*net.TCPAddr).Port {
		t.Errorf("port %d could be that of a connection, as %s is", port, any.Addr())
	}
}

// Caddy listens for HTTP/3 beside HTTPS.
func TestAddressIsFreeForHTTP3Too(t *testing.T) {
	l, err := net.ListenPacket("udp", For(t))
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
}

func portOf(t *testing.T, address string) int {
	t.Helper()
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return port
}
