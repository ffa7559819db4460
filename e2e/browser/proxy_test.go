package browser_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// wire is what lies between a browser and the server: bytes pass, or meet what networks and proxies do to them.
type wire struct {
	*server
	listener net.Listener
	target   string

	mu    sync.Mutex
	state state
	since time.Time          // when the state began
	pairs map[*pair]struct{} // connections
	tries []string           // what the API was asked for since the state began, where nothing passes: "GET /path"
	most  int                // how many such requests were open at a time
	open  int                // how many are
	wait  sync.WaitGroup     // goroutines
	gone  bool               // the test is over
}

// state is how the network is.
type state struct {
	hangs   bool          // bytes are taken and not passed on; what was opened in it stays dead
	refuses bool          // connections are ended as soon as they are opened
	status  int           // what a proxy answers in the server's place
	delay   time.Duration // how long every piece is on its way
}

// pair is one connection through the network.
type pair struct {
	browser, server net.Conn
	dead            bool // it hangs for good
	answered        bool // the network itself answers on it
}

// between opens a network before the server. The page is opened through it.
func (s *server) between() *wire {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	w := &wire{listener: l, target: strings.TrimPrefix(s.url, "http://"), pairs: make(map[*pair]struct{})}
	w.server = &server{t: s.t, url: "http://" + l.Addr().String(), http: &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}}
	w.wait.Add(1)
	go w.accept()
	s.t.Cleanup(w.close)
	return w
}

func (w *wire) close() {
	_ = w.listener.Close()
	w.mu.Lock()
	w.gone = true
	for p := range w.pairs {
		p.end()
	}
	w.mu.Unlock()
	w.wait.Wait()
}

func (p *pair) end() {
	_ = p.browser.Close()
	if p.server != nil {
		_ = p.server.Close()
	}
}

// becomes changes the network. What hung stays dead, as connections do whose network is gone; what a network that ends or answers by itself carried is cut.
func (w *wire) becomes(s state) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state, w.since, w.tries, w.most = s, time.Now(), nil, 0
	for p := range w.pairs {
		p.dead = p.dead || s.hangs
		if s.refuses || s.status != 0 || p.answered {
			p.end()
		}
	}
}

// asked is what was asked for in vain since the network became as it is, and how many such requests were open at a time.
func (w *wire) asked() (tries []string, most int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.tries...), w.most
}

func (w *wire) accept() {
	defer w.wait.Done()
	for {
		conn, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.mu.Lock()
		p := &pair{browser: conn, dead: w.state.hangs}
		refuses, gone := w.state.refuses, w.gone
		if !refuses && !gone {
			w.pairs[p] = struct{}{}
			w.wait.Add(1)
			go w.carry(p)
		}
		w.mu.Unlock()
		if refuses || gone {
			_ = conn.Close()
		}
	}
}

// carry serves one connection until it ends.
func (w *wire) carry(p *pair) {
	defer w.wait.Done()
	defer func() {
		p.end()
		w.mu.Lock()
		delete(w.pairs, p)
		w.mu.Unlock()
	}()
	w.mu.Lock()
	dead, status := p.dead, w.state.status
	p.answered = status != 0
	w.mu.Unlock()
	if dead || status != 0 {
		w.vain(p, status)
		return
	}
	server, err := net.DialTimeout("tcp", w.target, patience)
	if err != nil {
		return
	}
	w.mu.Lock()
	p.server = server
	if w.gone {
		p.end()
	}
	w.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.pass(p, server, p.browser)
	}()
	w.pass(p, p.browser, server)
	<-done
}

// vain reads the requests of a connection that reaches no server, and answers them with a status, or never.
func (w *wire) vain(p *pair, status int) {
	in := bufio.NewReader(p.browser)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		done := w.notes(r)
		if status != 0 {
			done() // before the answer: the next request may come on another connection as soon as it is there
			resp := http.Response{StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"text/html"}}, Body: io.NopCloser(strings.NewReader("<h1>Sorry</h1>")), ContentLength: 14}
			err = resp.Write(p.browser)
		} else {
			_, err = in.Peek(1) // until the browser gives up
			done()
		}
		if err != nil {
			return
		}
	}
}

// notes counts a request that is made in vain, until done is called.
func (w *wire) notes(r *http.Request) (done func()) {
	if !strings.HasPrefix(r.URL.Path, "/api/") {
		return func() {}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tries = append(w.tries, r.Method+" "+r.URL.Path)
	w.open++
	w.most = max(w.most, w.open)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.open--
	}
}

// pass carries bytes one way, as the network is at the moment.
func (w *wire) pass(p *pair, to, from net.Conn) {
	defer p.end()
	b := make([]byte, 32<<10)
	for {
		read, err := from.Read(b)
		if err != nil {
			return
		}
		w.mu.Lock()
		dead, delay := p.dead, w.state.delay
		w.mu.Unlock()
		if dead {
			continue
		}
		if delay > 0 {
			<-time.After(delay)
		}
		if _, err := to.Write(b[:read]); err != nil {
			return
		}
	}
}

func TestNetworkOfTheTests(t *testing.T) {
	t.Parallel()
	s := serve(t)
	w := s.between()
	get := func() (int, error) {
		resp, err := w.http.Get(w.url + "/api/sessions/")
		if err != nil {
			return 0, err
		}
		_ = resp.Body.Close()
		return resp.StatusCode, nil
	}
	for _, step := range []struct {
		name   string
		state  state
		status int
	}{{"passes", state{}, 200}, {"answers by itself", state{status: 502}, 502}, {"delays", state{delay: time.Millisecond}, 200}} {
		w.becomes(step.state)
		if status, err := get(); err != nil || status != step.status {
			t.Errorf("a network that %s: status %d (%v), want %d", step.name, status, err, step.status)
		}
	}
	w.becomes(state{refuses: true})
	if status, err := get(); err == nil {
		t.Errorf("a network that refuses answered %d", status)
	}
	w.becomes(state{hangs: true})
	w.http.Timeout = 3 * time.Second // within which even a slow machine has sent a request
	if status, err := get(); err == nil {
		t.Errorf("a network that hangs answered %d", status)
	}
	eventually(t, "the network that hangs has noted what was asked for", func() bool {
		tries, most := w.asked()
		return len(tries) == 1 && tries[0] == "GET /api/sessions/" && most == 1
	})
}
