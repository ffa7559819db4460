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

// unavailable is whether a node, or a proxy without one, says that the call cannot be done now, but later or elsewhere.
func (a answer) unavailable() bool {
	return a.status == http.StatusServiceUnavailable || a.status == http.StatusBadGateway
}

// newKey is an Idempotency-Key.
func newKey() string { return fmt.Sprintf("%x%x", rand.Uint64(), rand.Uint64()) }

// tryAgain is how long to wait before the next try, as the page does, so that a node which is not there is not asked without end.
const tryAgain = 20 * time.Millisecond

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

// insist makes a call through one node until it is answered with anything but that it cannot be done now, which a node may say for a moment whenever the machine leaves it no time to hear of the
// others. Without a key of the caller's, the call gets one, so that it is done once.
func (n *node) insist(methodPath, body, token, key string) (a answer, err error) {
	if key == "" {
		key = newKey()
	}
	for began := time.Now(); ; <-time.After(tryAgain) {
		a, err = n.call(methodPath, body, token, key)
		if err == nil && !a.unavailable() || time.Since(began) > patience {
			return a, err
		}
	}
}

// must makes a call that has to succeed.
func (n *node) must(t *testing.T, methodPath, body, token string) answer {
	t.Helper()
	a, err := n.insist(methodPath, body, token, "")
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("%s: %d %s %v", methodPath, a.status, a.raw, err)
	}
	return a
}

// get reads something that has to be there.
func (n *node) get(t *testing.T, path, token string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(n.must(t, "GET "+path, "", token).raw), into); err != nil {
		t.Fatal(err)
	}
}

// persist makes a call as the page does: with a key, again elsewhere while the outcome is not known. It returns the answer and the time until it came, and an error only when patience ends.
func (c *cluster) persist(first int, methodPath, body, token string) (answer, time.Duration, error) {
	return c.persistAmong(first, func(int) bool { return true }, methodPath, body, token)
}

// persistAmong is persist through some of the nodes.
func (c *cluster) persistAmong(first int, among func(node int) bool, methodPath, body, token string) (answer, time.Duration, error) {
	key := newKey()
	began := time.Now()
	var last error
	for try := first; time.Since(began) < patience; try++ {
		n := c.nodes[try%size]
		if !n.running() || !among(try%size) {
			continue
		}
		a, err := n.call(methodPath, body, token, key)
		if err == nil && !a.unavailable() {
			return a, time.Since(began), nil
		}
		last = fmt.Errorf("%d %s: %w", a.status, a.raw, err)
		<-time.After(tryAgain)
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
	stays bool // it waits for its node instead
	stop  context.CancelFunc
	ended chan struct{}

	mu     sync.Mutex
	events []event
	open   bool // a stream has begun, and not ended
	at     int  // the node to which it is or was
	begun  int  // how many streams have
}

// listen begins to follow by way of a node, and goes on by way of any other.
func (c *cluster) listen(t *testing.T, who person, first int) *listener {
	t.Helper()
	return c.follow(t, &listener{who: who, at: first})
}

// listenAt follows by way of one node only.
func (c *cluster) listenAt(t *testing.T, who person, node int) *listener {
	t.Helper()
	return c.follow(t, &listener{who: who, at: node, stays: true})
}

func (c *cluster) follow(t *testing.T, l *listener) *listener {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	l.stop, l.ended = stop, make(chan struct{})
	go func() {
		defer close(l.ended)
		for at := l.at; ctx.Err() == nil; {
			if n := c.nodes[at]; n.running() {
				l.follow(ctx, n, at)
			}
			if !l.stays {
				at = (at + 1 + rand.IntN(size-1)) % size
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
func (l *listener) follow(ctx context.Context, n *node, at int) {
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
	l.turn(func() { l.at, l.open, l.begun = at, true, l.begun+1 })
	l.read(resp.Body)
	l.turn(func() { l.open = false })
}

func (l *listener) turn(what func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	what()
}

func (l *listener) read(from io.Reader) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
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
			l.turn(func() { l.events = append(l.events, e) })
			e = event{}
		}
	}
}

// stream says to which node the listener's stream is, whether it is open, and how many there were.
func (l *listener) stream() (at int, open bool, begun int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at, l.open, l.begun
}

// last is the id of the last event that was heard.
func (l *listener) last() string {
	heard := l.heard()
	return heard[len(heard)-1].id
}

// reached reports whether an event was heard, or a session that is as new.
func (l *listener) reached(id string) bool {
	return number(l.last()) >= number(id)
}

// number is the place of an event in the log, or of the command that made it.
func number(id string) (n uint64) {
	_, _ = fmt.Sscanf(id, "%d.", &n) // 0 if it is none of ours, which is before all
	return n
}

func (l *listener) heard() []event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.events[:len(l.events):len(l.events)]
}
