package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// person is somebody in a session, at a server.
type person struct {
	at      *process
	session string
	id      string
	token   string
}

// answer is an answer of the API.
type answer struct {
	status int
	proto  string // the protocol that the server spoke
	header http.Header
	body   map[string]any
	raw    string
}

func (a answer) text(name string) string {
	s, _ := a.body[name].(string)
	return s
}

// request sends a request and reads the whole answer.
func (p *process) request(methodPath, body, token string) (answer, error) {
	method, path, _ := strings.Cut(methodPath, " ")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, p.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := p.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, proto: spoken(resp), header: resp.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body) // a list is no object
	return a, err
}

// must is request for what a test needs to succeed.
func (p *process) must(t *testing.T, methodPath, body, token string) answer {
	t.Helper()
	a, err := p.request(methodPath, body, token)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("%s: %d %s %v", methodPath, a.status, a.raw, err)
	}
	return a
}

const creation = `{"name":"Sprint 12","creator_name":"Ada","creator_avatar":"🦉"}`

func (p *process) create(t *testing.T) person {
	t.Helper()
	a := p.must(t, "POST /api/sessions/", creation, "")
	return person{at: p, session: a.text("session_id"), id: a.text("user_id"), token: a.text("token")}
}

func (p *process) join(t *testing.T, session string, n int) person {
	t.Helper()
	a := p.must(t, "POST /api/sessions/"+session+"/join", fmt.Sprintf(`{"user_name":"Person %d","user_avatar":""}`, n), "")
	return person{at: p, session: session, id: a.text("user_id"), token: a.text("token")}
}

// does makes a call of the person's session as the person.
func (w person) does(t *testing.T, call, body string) answer {
	t.Helper()
	return w.at.must(t, "POST /api/sessions/"+w.session+"/"+call+"?user_id="+w.id, body, w.token)
}

func (w person) votes(t *testing.T, card string) {
	t.Helper()
	w.does(t, "vote", `{"vote":"`+card+`"}`)
}

// round plays a whole round with the votes of some.
func round(t *testing.T, master person, voters []person, card func(i int) string) answer {
	t.Helper()
	master.does(t, "start", `{"topic":"Story"}`)
	for i, v := range voters {
		v.votes(t, card(i))
	}
	return master.does(t, "reveal", "")
}

// event is an event of a stream, with its bytes as they came.
type event struct{ id, typ, raw string }

// listener reads a stream.
type listener struct {
	proto string // the protocol that the server spoke
	lines *bufio.Scanner
	close func()
	retry bool // the server has said when to come back
}

// listens opens the person's own stream.
func (w person) listens(t *testing.T, lastEventID string) *listener {
	t.Helper()
	return w.at.listen(t, "/api/sse/"+w.session+"?user_id="+w.id, w.token, lastEventID)
}

func (p *process) listen(t *testing.T, path, token, lastEventID string) *listener {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*patience) // a meeting takes many steps
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	closing := func() { _ = resp.Body.Close() }
	t.Cleanup(closing)
	if resp.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(resp.Body)
		t.Fatalf("stream: %d %s", resp.StatusCode, raw)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	return &listener{proto: spoken(resp), lines: lines, close: closing}
}

// next returns the next event; false at the end of the stream.
func (l *listener) next() (event, bool) {
	var e event
	for l.lines.Scan() {
		line := l.lines.Text()
		l.retry = l.retry || strings.HasPrefix(line, "retry: ")
		if line == "" && e.id != "" {
			return e, true
		}
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			e.id = id
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			var head struct{ Type string }
			_ = json.Unmarshal([]byte(data), &head) // what is broken has no type
			e.typ, e.raw = head.Type, data
		}
	}
	return event{}, false
}

// until reads up to the first event of a type, which is the last of those returned.
func (l *listener) until(t *testing.T, typ string) []event {
	t.Helper()
	var all []event
	for {
		e, ok := l.next()
		if !ok {
			t.Fatalf("the stream ended before %s", typ)
		}
		all = append(all, e)
		if e.typ == typ {
			return all
		}
	}
}

// rest reads to the end of the stream.
func (l *listener) rest() []event {
	var all []event
	for e, ok := l.next(); ok; e, ok = l.next() {
		all = append(all, e)
	}
	return all
}
