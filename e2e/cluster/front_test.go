package cluster_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magnapp/magnapp/e2e/built"
	"github.com/magnapp/magnapp/internal/freeport"
)

// front is one origin before three nodes, as a proxy with health checks is, that tests can have send somebody to a node of their choice.
type front struct {
	url   string
	nodes [size]*node
	proxy httputil.ReverseProxy

	mu      sync.Mutex
	down    [size]bool
	wished  map[string]int // to which node somebody's requests go while it is there
	streams map[string]int // to which node somebody's last stream went
	events  []*moment
	quit    chan struct{}
	looking sync.WaitGroup
}

// moment is when something happens to a request.
type moment struct {
	user, ending string
	answered     bool   // when its answer is there, which is then lost; else when it has been sent
	then         func() // happens once
}

var (
	errNoNode = errors.New("there is no node")
	errLost   = errors.New("the answer is lost")
)

// newFront starts it.
func newFront(t *testing.T, c *cluster) *front {
	t.Helper()
	f := &front{nodes: c.nodes, wished: map[string]int{}, streams: map[string]int{}, quit: make(chan struct{})}
	f.proxy = httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetXForwarded(); r.Out.Host = r.In.Host },
		Transport:     f,
		FlushInterval: -1,
		ErrorHandler:  f.failed,
		ErrorLog:      log.New(io.Discard, "", 0), // of streams that break off
	}
	web := httptest.NewServer(&f.proxy)
	f.url = web.URL
	for i := range f.nodes {
		f.looking.Go(func() { f.look(i) })
	}
	t.Cleanup(func() {
		close(f.quit)
		web.CloseClientConnections() // before it closes: streams would keep it open
		web.Close()
		f.looking.Wait()
	})
	return f
}

// look asks one node again and again whether it is ready.
func (f *front) look(i int) {
	asks := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
	again := time.NewTicker(250 * time.Millisecond)
	defer again.Stop()
	for {
		resp, err := asks.Get(f.nodes[i].url + "/readyz")
		if err == nil {
			_ = resp.Body.Close()
		}
		f.mu.Lock()
		f.down[i] = err != nil || resp.StatusCode != http.StatusOK
		f.mu.Unlock()
		select {
		case <-again.C:
		case <-f.quit:
			return
		}
	}
}

func (f *front) failed(w http.ResponseWriter, _ *http.Request, err error) {
	status := http.StatusBadGateway
	if errors.Is(err, errNoNode) {
		status = http.StatusServiceUnavailable
	}
	http.Error(w, http.StatusText(status), status) // in the words of no server of ours
}

// wishes has somebody's requests go to a node, as long as that is ready.
func (f *front) wishes(user string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wished[user] = n
}

// awaitUp waits until a node counts as ready.
func (f *front) awaitUp(t *testing.T, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("node %d is up", n), func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return !f.down[n]
	})
}

// at is to which node somebody's last stream went.
func (f *front) at(user string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.streams[user]
}

// once has something happen to the next request of somebody's with such an ending.
func (f *front) once(m moment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, &m)
}

// meets is what is to happen to a request.
func (f *front) meets(r *http.Request, user string) *moment {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, m := range f.events {
		if m.user == user && strings.HasSuffix(r.URL.Path, m.ending) {
			f.events = append(f.events[:i], f.events[i+1:]...)
			return m
		}
	}
	return nil
}

// choice is the nodes that are ready, in the order in which somebody's request tries them.
func (f *front) choice(user string) (order []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range size {
		if n := (f.wished[user] + i) % size; !f.down[n] {
			order = append(order, n)
		}
	}
	return order
}

// connections are not used again: a node that is gone is noticed at once.
var connections = &http.Transport{DisableKeepAlives: true}

// RoundTrip sends a request to the first node that takes a connection. What a node may have begun is not sent again.
func (f *front) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	user := r.URL.Query().Get("user_id")
	happens := f.meets(r, user)
	if happens != nil && !happens.answered {
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { happens.then() }}))
	}
	for _, n := range f.choice(user) {
		resp, err := connections.RoundTrip(f.to(r, n, body))
		var refused *net.OpError
		if errors.As(err, &refused) && refused.Op == "dial" {
			continue
		}
		if err == nil && happens != nil && happens.answered {
			happens.then()
			_ = resp.Body.Close()
			return nil, errLost
		}
		if err == nil && resp.StatusCode == http.StatusOK && strings.HasPrefix(r.URL.Path, "/api/sse/") {
			f.mu.Lock()
			f.streams[user] = n
			f.mu.Unlock()
		}
		return resp, err
	}
	return nil, errNoNode
}

// to is the request as one node gets it.
func (f *front) to(r *http.Request, n int, body []byte) *http.Request {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host = "http", strings.TrimPrefix(f.nodes[n].url, "http://")
	out.Body = http.NoBody
	if len(body) > 0 {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	return out
}

// startHAProxy starts one before the nodes of a cluster, as deploy has it, and returns its address. A test without one is skipped.
func startHAProxy(t *testing.T, c *cluster) (url string) {
	t.Helper()
	haproxy, err := exec.LookPath("haproxy")
	if err != nil {
		t.Skip("there is no haproxy")
	}
	address := freeport.For(t)
	replace := []string{"maxconn 10000", "maxconn 100", "bind :8080", "bind " + address, "resolvers system\n    parse-resolv-conf", "", "resolvers system ", ""}
	for i, n := range c.nodes {
		replace = append(replace, fmt.Sprintf("server %c %c:8000", "abc"[i], "abc"[i]), fmt.Sprintf("server %c %s", "abc"[i], strings.TrimPrefix(n.url, "http://")))
	}
	config := filepath.Join(t.TempDir(), "haproxy.cfg")
	text := strings.NewReplacer(replace...).Replace(readFile(t, "../../deploy/proxies/haproxy-cluster.cfg"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	proxy := exec.Command(haproxy, "-db", "-f", config)
	var said built.Output
	proxy.Stderr = &said
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = proxy.Process.Kill(), proxy.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	return "http://" + address
}
