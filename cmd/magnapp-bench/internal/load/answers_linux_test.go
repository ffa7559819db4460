package load

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A pinging is a server that sends some pings on each stream at once, and notes the answers.
type pinging struct {
	pings  int
	refuse bool

	mu      sync.Mutex
	users   int
	opened  map[string]int // by user and place
	hosts   map[string]int // streams, by the address that they came to
	answers map[string]int // likewise
}

func (p *pinging) start(t *testing.T) Target {
	p.opened, p.answers = map[string]int{}, map[string]int{}
	p.hosts = map[string]int{}
	return Target{p.serve(t)}
}

// serve serves at one address more.
func (p *pinging) serve(t *testing.T) Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/sessions/", p.seat)
	mux.HandleFunc("POST /api/sessions/{id}/join", p.seat)
	mux.HandleFunc("POST /api/sessions/{id}/start", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /api/sessions/{id}/here", p.here)
	mux.HandleFunc("GET /api/sse/{id}", p.stream)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return Server{URL: server.URL, PID: os.Getpid()}
}

func (p *pinging) seat(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users++
	fmt.Fprintf(w, `{"session_id":"s%[1]d","user_id":"u%[1]d","token":"t%[1]d"}`, p.users)
}

// caller is whose stream a request is about.
func caller(r *http.Request) string {
	q := r.URL.Query()
	return q.Get("user_id") + " " + q.Get("place") + " " + r.Header.Get("Authorization")
}

func (p *pinging) here(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse {
		http.Error(w, "too many", http.StatusTooManyRequests)
		return
	}
	p.answers[caller(r)]++
	w.WriteHeader(http.StatusNoContent)
}

func (p *pinging) stream(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.opened[caller(r)]++
	p.hosts[r.Context().Value(http.LocalAddrContextKey).(net.Addr).String()]++
	p.mu.Unlock()
	_, _ = io.WriteString(w, ": welcome\nretry: 1000\nid: 1\ndata: {}\n\n")
	for range p.pings {
		_, _ = io.WriteString(w, "event: ping\ndata: {}\n\n")
	}
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// hold opens streams on a server and holds them until enough answers are taken.
func (p *pinging) hold(t *testing.T, w Workload, answers int64) (*engine, error) {
	t.Helper()
	e, err := makeSessions(p.start(t), w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	e.spread = 50 * time.Millisecond
	if err := e.open(); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); e.held.Answers < answers && time.Since(begun) < stallLimit; {
		if err := e.hold(10 * time.Millisecond); err != nil {
			return e, err
		}
	}
	return e, e.hold(2 * e.spread) // so that what is too much would be seen
}

func TestEverySecondPingOfEachStreamIsAnswered(t *testing.T) {
	for name, inFlight := range map[string]int{"a line for each answer": 20, "fewer lines than answers": 2} {
		t.Run(name, func(t *testing.T) {
			server := &pinging{pings: 5}
			e, err := server.hold(t, Workload{Sessions: 2, Users: 3, InFlight: inFlight, Pings: true}, 12)
			if err != nil {
				t.Fatal(err)
			}
			server.mu.Lock()
			defer server.mu.Unlock()
			if want := (Held{Pings: 30, Answers: 12}); e.held != want {
				t.Errorf("held %+v, want %+v", e.held, want)
			}
			if len(server.opened) != 6 {
				t.Errorf("streams %v, want 6 with names of their own", server.opened)
			}
			want := map[string]int{}
			for stream := range server.opened {
				want[stream] = 2
			}
			if diff := cmp.Diff(want, server.answers); diff != "" {
				t.Errorf("answers by user and place (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnAnswerThatIsRefusedFailsTheMeasurement(t *testing.T) {
	server := &pinging{pings: 2, refuse: true}
	if _, err := server.hold(t, Workload{Sessions: 1, Users: 1, InFlight: 1, Pings: true}, 1); err == nil || !strings.Contains(err.Error(), "429") {
		t.Errorf("got %v, want an error with the status", err)
	}
}

func TestStreamsWithPingsCannotBePlayed(t *testing.T) {
	server := &pinging{}
	e, err := server.hold(t, Workload{Sessions: 1, Users: 1, InFlight: 1, Pings: true}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.play(); err == nil {
		t.Error("played")
	}
}

func TestStreamsTakeTurnsThroughTheNodesOfAServer(t *testing.T) {
	p := &pinging{}
	nodes := append(p.start(t), p.serve(t), p.serve(t))
	e, err := makeSessions(nodes, Workload{Sessions: 2, Users: 3, InFlight: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	if err := e.open(); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for _, n := range nodes {
		want[strings.TrimPrefix(n.URL, "http://")] = 2 // one of each session
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if diff := cmp.Diff(want, p.hosts); diff != "" {
		t.Errorf("streams by address (-want +got):\n%s", diff)
	}
	if used, all := costOf(nodes[:1]).server, costOf(nodes).server; used == 0 || all < 2*used {
		t.Errorf("the CPU time of three nodes is %v, of one of them %v", all, used)
	}
}

func TestThereHasToBeAServer(t *testing.T) {
	if _, err := makeSessions(nil, Workload{Sessions: 1, Users: 1, InFlight: 1}); err == nil {
		t.Error("made sessions nowhere")
	}
}
