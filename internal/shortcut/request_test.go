package shortcut

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestRequestsKnowTheirConnection asks by both ways what the handler is told of the connection.
func TestRequestsKnowTheirConnection(t *testing.T) {
	server := &http.Server{}
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		_, short := w.(*answer)
		if r.URL.Path == "/who" {
			_, _ = fmt.Fprintf(w, "%t %s %v %t %v", short, r.RemoteAddr, local, r.Context().Value(http.ServerContextKey) == server, r.Context().Err())
			return
		}
		tellWay(w, r)
	})
	h := newHouse(t, server, way{})
	for range 2 {
		g := h.guest(t)
		for _, short := range []bool{true, false} {
			request := post("/who", "")
			if !short {
				request = get("/who")
			}
			want := fmt.Sprintf("%t %v %v true <nil>", short, g.conn.LocalAddr(), g.conn.RemoteAddr())
			if got := g.ask(t, request); got != want {
				t.Errorf("the handler is told %q, want %q", got, want)
			}
			h.busy.wait()
		}
	}
}

// TestABodyIsEmptyOnceTheHandlerHasReturned looks into a body when the next request lies where it came from.
func TestABodyIsEmptyOnceTheHandlerHasReturned(t *testing.T) {
	kept := make(chan io.ReadCloser, 3)
	handler := func(w http.ResponseWriter, r *http.Request) {
		kept <- r.Body
		_, _ = io.WriteString(w, wayOf(w))
	}
	h := newHouse(t, &http.Server{Handler: http.HandlerFunc(handler)}, way{})
	g := h.guest(t)
	for _, body := range []string{"mine-----", "secret-42"} {
		if way := g.ask(t, post("/", body)); way != "shortcut" {
			t.Fatalf("%q went by %s", body, way)
		}
	}
	close(kept)
	for body := range kept {
		if left, err := io.ReadAll(body); len(left) > 0 {
			t.Errorf("a body still holds %q, %v", left, err)
		}
	}
}

// TestHijackedConnectionIsTheHandlers has a handler that reads requests from a connection as what they are for it: bytes.
func TestHijackedConnectionIsTheHandlers(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			tellWay(w, r)
			return
		}
		conn, both, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = conn.Write([]byte("yours"))
		_, _ = io.Copy(conn, both)
	}
	h := newHouse(t, &http.Server{Handler: http.HandlerFunc(handler)}, way{})
	g := h.guest(t)
	for _, said := range []string{get("/"), post("/", ""), post("/", strings.Repeat("x", 2*maxGiven))} {
		g.say(t, said)
		want := said
		if said == get("/") {
			want = "yours"
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(g.answers, got); err != nil || string(got) != want {
			t.Fatalf("said %q, heard %q (%v)", said, got, err)
		}
	}
}

// TestRequestsHaveNothingOfEachOther lets a handler change all that it is given.
func TestRequestsHaveNothingOfEachOther(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Before") != "" || r.PathValue("before") != "" || r.Form != nil || w.Header().Get("X-Before") != "" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		r.Header.Set("X-Before", "1")
		r.SetPathValue("before", "1")
		r.RemoteAddr, r.Host = "nowhere", ""
		_ = r.ParseForm() // whatever it is
		w.Header().Set("X-Before", "1")
		tellWay(w, r)
	}
	h := newHouse(t, &http.Server{Handler: http.HandlerFunc(handler)}, way{})
	g := h.guest(t)
	for range 3 {
		g.say(t, post("/", "a=b"))
		a, err := hear(g.answers, nil)
		if err != nil || a.Status != "200 OK" || a.Body != "shortcut" {
			t.Errorf("answered %+v (%v)", a, err)
		}
	}
}
