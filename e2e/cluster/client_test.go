package cluster_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// person is somebody in a session.
type person struct{ session, id, token string }

// answer is an answer of the API.
type answer struct {
	status int
	body   map[string]any
	raw    string
}

func (a answer) text(name string) string {
	s, _ := a.body[name].(string)
	return s
}

// client does not use connections again: it finds out at once that a node is gone.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 8 * time.Second}

// call makes one call through a node.
func (n *node) call(methodPath, body, token, key string) (answer, error) {
	method, path, _ := strings.Cut(methodPath, " ")
	req, err := http.NewRequest(method, n.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body) // a list is no object
	return a, err
}

// must makes a call that has to succeed.
func (n *node) must(t *testing.T, methodPath, body, token string) answer {
	t.Helper()
	a, err := n.call(methodPath, body, token, "")
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("%s: %d %s %v", methodPath, a.status, a.raw, err)
	}
	return a
}

// persist makes a call as the page does: with a key, again elsewhere while the outcome is not known. It returns the answer and the longest time without one, and an error only when patience
// ends.
func (c *cluster) persist(first int, methodPath, body, token string) (answer, time.Duration, error) {
	key := fmt.Sprintf("%x%x", rand.Uint64(), rand.Uint64())
	began := time.Now()
	var last error
	for try := first; time.Since(began) < patience; try++ {
		n := c.nodes[try%size]
		if !n.running() {
			continue
		}
		a, err := n.call(methodPath, body, token, key)
		if err == nil && a.status != http.StatusServiceUnavailable && a.status != http.StatusBadGateway {
			return a, time.Since(began), nil
		}
		last = fmt.Errorf("%d %s: %w", a.status, a.raw, err)
		<-time.After(20 * time.Millisecond) // as the page waits, so that a node which is not there is not asked without end
	}
	return answer{}, time.Since(began), last
}

const creation = `{"name":"Sprint 12","creator_name":"Ada","creator_avatar":""}`

func (n *node) create(t *testing.T) person {
	t.Helper()
	a := n.must(t, "POST /api/sessions/", creation, "")
	return person{session: a.text("session_id"), id: a.text("user_id"), token: a.text("token")}
}

func (n *node) join(t *testing.T, session, name string) person {
	t.Helper()
	a := n.must(t, "POST /api/sessions/"+session+"/join", fmt.Sprintf(`{"user_name":%q,"user_avatar":""}`, name), "")
	return person{session: session, id: a.text("user_id"), token: a.text("token")}
}

// as is the path of a call that a person makes.
func (p person) as(call string) string {
	return "POST /api/sessions/" + p.session + "/" + call + "?user_id=" + p.id
}

// event is an event of a stream.
type event struct{ id, typ, data string }

// listener follows a session by way of any node, and comes back elsewhere when its stream ends. What it has heard is what a page would have folded.
type listener struct {
	who   person
	stop  context.CancelFunc
	ended chan struct{}

	mu     sync.Mutex
	events []event
	fresh  int // how often it got the session instead of what it had missed
	begun  int // streams
}

// listen begins to follow by way of a node.
func (c *cluster) listen(t *testing.T, who person, first int) *listener {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	l := &listener{who: who, stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(l.ended)
		for try := first; ctx.Err() == nil; try++ {
			if n := c.nodes[try%size]; n.running() {
				l.follow(ctx, n)
			}
			select { // as EventSource does, only sooner
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() { stop(); <-l.ended })
	eventually(t, "the stream has begun", func() bool { return len(l.heard()) > 0 })
	return l
}

// follow reads one stream to its end.
func (l *listener) follow(ctx context.Context, n *node) {
	path := "/api/sse/" + l.who.session
	if l.who.id != "" {
		path += "?user_id=" + l.who.id
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.url+path, nil)
	if err != nil {
		return
	}
	if l.who.token != "" {
		req.Header.Set("Authorization", "Bearer "+l.who.token)
	}
	if heard := l.heard(); len(heard) > 0 {
		req.Header.Set("Last-Event-ID", heard[len(heard)-1].id)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return
	}
	l.read(resp.Body)
}

func (l *listener) read(from io.Reader) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	first := true
	var e event
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case name == "id":
			e.id = value
		case name == "data":
			e.data = value
		case lines.Text() == "" && e.data != "":
			var head struct{ Type string }
			_ = json.Unmarshal([]byte(e.data), &head) // what is none has no type
			e.typ = head.Type
			l.hear(e, first)
			e, first = event{}, false
		}
	}
}

func (l *listener) hear(e event, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first {
		l.begun++
		if len(l.events) > 0 && e.typ == "session_updated" && strings.Contains(e.data, `"participants"`) {
			l.fresh++
		}
	}
	l.events = append(l.events, e)
}

func (l *listener) heard() []event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.events[:len(l.events):len(l.events)]
}
