package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// client keeps no cookies and follows no redirects, so that a test sees what the server answers.
var client = &http.Client{
	Transport:     &http.Transport{},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// seat is a participant with their credential.
type seat struct{ session, user, token string }

// reply is a whole answer.
type reply struct {
	status int
	header http.Header
	body   string
	json   map[string]any // nil unless the body is an object
}

// with changes a request before it is sent.
type with func(*http.Request)

func as(who seat) with { return header("Authorization", "Bearer "+who.token) }

func header(name, value string) with {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// call sends a request; "METHOD /path". A body is taken for JSON unless a header says otherwise.
func (s *server) call(t testing.TB, methodPath, body string, changes ...with) reply {
	t.Helper()
	method, path, _ := strings.Cut(methodPath, " ")
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, change := range changes {
		change(req)
	}
	return send(t, req)
}

func send(t testing.TB, req *http.Request) reply {
	t.Helper()
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	return replyOf(resp, body)
}

func replyOf(resp *http.Response, body []byte) reply {
	r := reply{status: resp.StatusCode, header: resp.Header, body: string(body)}
	_ = json.Unmarshal(body, &r.json) // a list or a page is no object
	return r
}

// must is call for what a test needs to succeed.
func (s *server) must(t testing.TB, methodPath, body string, changes ...with) reply {
	t.Helper()
	r := s.call(t, methodPath, body, changes...)
	if r.status != http.StatusOK {
		t.Fatalf("%s: %d %s", methodPath, r.status, r.body)
	}
	return r
}

const (
	createBody = `{"name":"Sprint 12","creator_name":"Ada","creator_avatar":"🦉"}`
	joinBody   = `{"user_name":"Grace","user_avatar":""}`
)

func (s *server) create(t testing.TB, body string) seat {
	t.Helper()
	r := s.must(t, "POST /api/sessions/", body)
	return seat{session: r.text("session_id"), user: r.text("user_id"), token: r.text("token")}
}

func (s *server) join(t testing.TB, session string) seat {
	t.Helper()
	r := s.must(t, "POST /api/sessions/"+session+"/join", joinBody)
	return seat{session: session, user: r.text("user_id"), token: r.text("token")}
}

// act is a call of a participant: its name in the path, a body or none.
func (s *server) act(t testing.TB, who seat, name, body string) reply {
	t.Helper()
	return s.must(t, "POST /api/sessions/"+who.session+"/"+name+"?user_id="+who.user, body, as(who))
}

// field finds a value by its dotted path.
func (r reply) field(path string) (any, bool) { return dig(r.json, path) }

func (r reply) text(path string) string {
	v, _ := r.field(path)
	s, _ := v.(string)
	return s
}

func dig(object map[string]any, path string) (any, bool) {
	first, rest, nested := strings.Cut(path, ".")
	v, ok := object[first]
	if !ok || !nested {
		return v, ok
	}
	inner, _ := v.(map[string]any)
	return dig(inner, rest)
}

// lacks returns which of the fields, separated by blanks, are not there.
func lacks(object map[string]any, fields string) []string {
	return slices.DeleteFunc(strings.Fields(fields), func(f string) bool {
		_, ok := dig(object, f)
		return ok
	})
}

// event is one event of a stream, with the bytes as they came.
type event struct {
	id, raw string
	typ     string
	data    map[string]any
	whole   map[string]any
}

// eventStream reads a stream.
type eventStream struct {
	header http.Header
	lines  *bufio.Scanner
	cancel context.CancelFunc
}

// listen opens a stream that ends with the test.
func (s *server) listen(t testing.TB, path string, changes ...with) *eventStream {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(req)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("stream %s: %v", path, err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		t.Fatalf("stream %s: %d %s", path, resp.StatusCode, body)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	return &eventStream{header: resp.Header, lines: lines, cancel: cancel}
}

// next returns the next event; false at the stream's end.
func (e *eventStream) next() (event, bool) {
	var got event
	for e.lines.Scan() {
		line := e.lines.Text()
		switch {
		case line == "" && got.raw != "":
			return got, true
		case line == "" || strings.HasPrefix(line, ":") || strings.HasPrefix(line, "retry:"):
			continue
		}
		got.raw += line + "\n"
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			got.id = id
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			_ = json.Unmarshal([]byte(data), &got.whole) // a broken one lacks what the test looks for
			got.typ, _ = got.whole["type"].(string)
			got.data, _ = got.whole["data"].(map[string]any)
		}
	}
	return event{}, false
}

// until reads up to the first event of a type.
func (e *eventStream) until(t testing.TB, typ string) event {
	t.Helper()
	for {
		got, ok := e.next()
		if !ok {
			t.Fatalf("the stream ended before %s", typ)
		}
		if got.typ == typ {
			return got
		}
	}
}

func (s *server) list(t testing.TB) []map[string]any {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(s.must(t, "GET /api/sessions/", "").body), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// dial opens a connection for requests that no client library would send.
func dial(t testing.TB, url string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// answerOn reads the head of an answer, and gives its body by lines.
func answerOn(t testing.TB, conn net.Conn) (*http.Response, *bufio.Scanner) {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(); _ = resp.Body.Close() }) // in this order: closing a body reads it to its end
	return resp, bufio.NewScanner(resp.Body)
}
