package wire

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestALineCarriesOneRequestAfterAnother(t *testing.T) {
	var connections []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connections = append(connections, r.RemoteAddr)
		switch len(connections) {
		case 3:
			http.Error(w, "the disk is full", http.StatusServiceUnavailable)
		case 4:
			fmt.Fprint(w, strings.Repeat("x", 100<<10))
		}
	}))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() // whatever became of the line: the server waits for its requests
	line := NewLine(conn)
	if err := line.Until(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	request := Requests{Host: "h", Session: "s"}.Act("start", Seat{UserID: "u"})
	for n, want := range []string{"", "", "the disk is full", "more than"} {
		err := line.Do(request)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("request %d: got %v, want an error with %q", n+1, err, want)
		}
	}
	if len(connections) != 4 || connections[0] != connections[3] {
		t.Errorf("the requests came over %v, want one connection", connections)
	}
	if err := line.Close(); err != nil {
		t.Error(err)
	}
	if err := line.Do(request); err == nil {
		t.Error("a line that is closed carries requests")
	}
}
