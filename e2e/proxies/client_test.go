//go:build linux

package proxies

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// host is the name by which people reach the server.
const host = "poker.example.com"

// line is how people reach the server.
type line struct {
	base   string // scheme, host and port
	client *http.Client
}

// newLine is a line from an address of this machine that nobody trusts, with connections of its own.
func newLine(t *testing.T, port string, encrypted bool, http2 bool, from string) *line {
	t.Helper()
	var speaks http.Protocols
	speaks.SetHTTP1(!http2)
	speaks.SetHTTP2(http2)
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	transport := &http.Transport{
		Protocols: &speaks,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, "127.0.0.1:"+port)
		},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // who the proxy is does not matter here
	}
	t.Cleanup(transport.CloseIdleConnections)
	l := &line{base: "http://" + host + ":" + port, client: &http.Client{Transport: transport}}
	if encrypted {
		l.base = "https://" + host + ":" + port
	}
	return l
}

// answer is an answer of the API.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (a answer) text(name string) string {
	s, _ := a.body[name].(string)
	return s
}

// ask sends a request and reads the whole answer. Whatever goes wrong is an answer without a status.
func (l *line) ask(methodPath, body, token string, headers ...string) answer {
	method, path, _ := strings.Cut(methodPath, " ")
	ctx, cancel := context.WithTimeout(context.Background(), patience/3)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, l.base+path, strings.NewReader(body))
	if err != nil {
		return answer{raw: err.Error()}
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return answer{raw: err.Error()}
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{raw: err.Error()}
	}
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body) // a list is no object
	return a
}

// person is somebody in the session, with a page of their own.
type person struct {
	line               *line
	session, id, token string

	arrived chan event    // what their page has heard
	opened  chan struct{} // each time that its stream is open

	mu     sync.Mutex
	last   string // the last event's id
	ended  []time.Time
	mute   bool // the network has died in silence: the page neither reads nor answers
	cancel context.CancelFunc
}

// event is an event of a stream, and when it came.
type event struct {
	id, typ, user string
	at            time.Time
}

func (p *person) path(call string) string {
	return "POST /api/sessions/" + p.session + "/" + call + "?user_id=" + url.QueryEscape(p.id)
}

func (p *person) does(t *testing.T, call, body string) {
	t.Helper()
	if a := p.line.ask(p.path(call), body, p.token); a.status != http.StatusOK {
		t.Fatalf("%s: %d %s", call, a.status, a.raw)
	}
}

// watches opens the person's page, which comes back by itself until it is closed.
func (p *person) watches(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel, p.arrived, p.opened = cancel, make(chan event, 10_000), make(chan struct{}, 100)
	var page sync.WaitGroup
	page.Go(func() {
		for ctx.Err() == nil {
			p.follow(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second): // as the retry of the stream says
			}
		}
	})
	t.Cleanup(func() {
		cancel()
		page.Wait()
	})
}

// follow reads one stream to its end.
func (p *person) follow(ctx context.Context) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/api/sse/%s?ping=true&place=tab&user_id=%s", p.line.base, p.session, p.id), nil)
	if err != nil {
		return
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	p.mu.Lock()
	req.Header.Set("Last-Event-ID", p.last)
	p.mu.Unlock()
	resp, err := p.line.client.Do(req)
	if err != nil {
		return
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return
	}
	p.read(ctx, resp.Body)
	p.mu.Lock()
	p.ended = append(p.ended, time.Now())
	p.mu.Unlock()
}

func (p *person) read(ctx context.Context, body io.Reader) {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	var e event
	begun, pings := false, 0
	for lines.Scan() {
		if p.isMute() {
			<-ctx.Done() // the connection stays as it is
			return
		}
		if !begun {
			begun = true
			p.opened <- struct{}{}
		}
		switch text := lines.Text(); {
		case strings.HasPrefix(text, "id: "):
			e.id = text[len("id: "):]
		case strings.HasPrefix(text, "data: "):
			e.at = time.Now()
			e.typ, e.user = readData(text)
		case text == "event: ping":
			if pings++; pings%2 == 0 {
				p.here("")
			}
		case text == "" && e.id != "":
			p.mu.Lock()
			p.last = e.id
			p.mu.Unlock()
			p.arrived <- e
			e = event{}
		}
	}
}

func readData(text string) (typ, user string) {
	var data struct {
		Type string
		Data struct {
			UserID string `json:"user_id"`
			User   struct{ ID string }
		}
	}
	_ = json.Unmarshal([]byte(text[len("data: "):]), &data) // what is broken has no type
	return data.Type, data.Data.UserID + data.Data.User.ID
}

func (p *person) isMute() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mute
}

// here answers a ping, or with "&gone=true" says goodbye.
func (p *person) here(more string) { p.line.ask(p.path("here")+"&place=tab"+more, "", p.token) }

// until waits for an event about somebody.
func (p *person) until(t *testing.T, typ, user string) event {
	t.Helper()
	limit := time.After(3 * patience)
	for {
		select {
		case e := <-p.arrived:
			if e.typ == typ && (user == "" || e.user == user) {
				return e
			}
		case <-limit:
			t.Fatalf("no %s arrives", typ)
		}
	}
}

// next waits for an event, whichever it is.
func (p *person) next(t *testing.T) event {
	t.Helper()
	select {
	case e := <-p.arrived:
		return e
	case <-time.After(3 * patience):
		t.Fatal("no event arrives")
		return event{}
	}
}

// isOpen waits until the page's stream is open.
func (p *person) isOpen(t *testing.T) {
	t.Helper()
	select {
	case <-p.opened:
	case <-time.After(patience):
		t.Fatal("the stream does not open")
	}
}
