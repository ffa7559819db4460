package httpapi_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestPanicOfOneRequestEndsNoOther(t *testing.T) {
	s := start(t, site(func(http.ResponseWriter, *http.Request) { panic("secret of the inside") }))
	w := newWorld(t, s, "waiting")
	stream := s.listen(t, "/api/sse/"+w.session)
	stream.until(t, "session_updated")
	got := s.call(t, "GET /page", "")
	isProblem(t, got, http.StatusInternalServerError)
	if strings.Contains(got.body, "secret") {
		t.Errorf("the answer shows the inside: %s", got.body)
	}
	if log := s.logged.String(); !strings.Contains(log, "secret of the inside") || !strings.Contains(log, got.header.Get("X-Request-Id")) {
		t.Error("the panic is not in the log")
	}
	w.step(t, "start")
	stream.until(t, "voting_started")
	if m := s.must(t, "GET /metrics", "").body; !strings.Contains(m, "\nmagnapp_panics_total 1\n") {
		t.Error("the panic is not counted")
	}
}

// unreachable is an answer to a client who has just gone, which is not known yet.
type unreachable struct{ discarded }

func (*unreachable) Write([]byte) (int, error) { return 0, errors.New("client disconnected") }

func TestClientWhoGoesIsNoPanic(t *testing.T) {
	s := newServer(t)
	s.ServeHTTP(&unreachable{discarded{http.Header{}}}, request(t, "/api/sessions", "192.0.2.1"))
	if log := s.logged.String(); strings.Contains(log, "panic") {
		t.Errorf("the log has %s", log)
	}
}

func TestPageIsServedByTheSite(t *testing.T) {
	s := start(t, site(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "page "+r.URL.Path)
	}))
	for _, path := range []string{"/", "/session/abc"} {
		if got := s.must(t, "GET "+path, ""); got.body != "page "+path || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %q", path, got.body)
		}
		isProblem(t, s.call(t, "POST "+path, ""), http.StatusMethodNotAllowed)
	}
	for _, call := range []string{"GET /nothing", "POST /nothing"} {
		isProblem(t, s.call(t, call, ""), http.StatusNotFound)
	}
	if got := s.call(t, "HEAD /nothing", ""); got.status != http.StatusNotFound || got.body != "" {
		t.Errorf("HEAD /nothing: %d %q", got.status, got.body)
	}
}

func TestEveryAnswerIsNosniff(t *testing.T) {
	s := start(t)
	for _, call := range []string{"GET /health", "GET /docs", "GET /openapi.json", "GET /metrics", "GET /readyz", "GET /nothing", "POST /health", "GET /api/../health", "GET /api//sessions", "OPTIONS /api/sessions"} {
		if got := s.call(t, call, ""); got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d without nosniff", call, got.status)
		}
	}
}

func TestReadyzFollowsTheStore(t *testing.T) {
	stopping := false
	s := start(t, func(o *setup) {
		o.api.Ready = func() error {
			if stopping {
				return errors.New("secret of the inside")
			}
			return nil
		}
	})
	s.must(t, "GET /readyz", "")
	stopping = true
	got := s.call(t, "GET /readyz", "")
	isProblem(t, got, http.StatusServiceUnavailable)
	if strings.Contains(got.body, "secret") {
		t.Errorf("the answer shows the inside: %s", got.body)
	}
	s.must(t, "GET /livez", "")
}

func TestLivezFollowsAStoreThatKeepsFailing(t *testing.T) {
	failing := true
	s := start(t, func(o *setup) {
		o.api.Live = func() error {
			if failing {
				return errors.New("secret of the inside")
			}
			return nil
		}
	})
	got := s.call(t, "GET /livez", "")
	isProblem(t, got, http.StatusServiceUnavailable)
	if strings.Contains(got.body, "secret") {
		t.Errorf("the answer shows the inside: %s", got.body)
	}
	failing = false
	s.must(t, "GET /livez", "")
}

func TestStreamsAreRefusedWhileTheServerStops(t *testing.T) {
	onBothWays(t, func(t *testing.T, s *server) {
		w := newWorld(t, s, "waiting")
		before := s.listen(t, "/api/sse/"+w.session)
		before.until(t, "session_updated")
		s.streams.Drain()
		for before.lines.Scan() {
			t.Errorf("before the end: %q", before.lines.Text())
		}
		if err := before.lines.Err(); err != nil {
			t.Errorf("the stream broke off: %v", err)
		}
		isProblem(t, s.call(t, "GET /api/sse/"+w.session, ""), http.StatusServiceUnavailable)
		isProblem(t, s.call(t, "GET /api/sse/", ""), http.StatusServiceUnavailable)
	})
}

func TestNamesOfMetrics(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "voted")
	s.call(t, "GET /api/sessions/"+w.session, "")
	body := s.must(t, "GET /metrics", "").body
	for line := range strings.Lines(body) {
		if !strings.HasPrefix(strings.TrimPrefix(strings.TrimPrefix(line, "# HELP "), "# TYPE "), "magnapp_") {
			t.Errorf("a metric that does not begin with magnapp_: %s", line)
		}
		for _, id := range []string{w.session, w.master.user, w.guest.user} {
			if strings.Contains(line, id) {
				t.Errorf("an id in a metric: %s", line)
			}
		}
	}
	for _, want := range []string{"magnapp_sessions 2\n", "magnapp_participants 3\n", `magnapp_http_requests_total{route="GET /api/sessions/{session_id}",status="200"} 1`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestDocsLoadNothingFromElsewhere(t *testing.T) {
	s := start(t)
	got := s.must(t, "GET /docs", "")
	if ct := got.header.Get("Content-Type"); !strings.HasPrefix(ct, "text/html") {
		t.Errorf("Content-Type %q", ct)
	}
	if csp := got.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
		t.Errorf("Content-Security-Policy %q", csp)
	}
	for _, bad := range []string{"http://", "https://", `src="//`, `href="//`, "@import", "<script", " style="} {
		if strings.Contains(got.body, bad) {
			t.Errorf("the documentation has %q", bad)
		}
	}
	for _, a := range actions {
		_, path, _ := strings.Cut(a.call, " ")
		path, _, _ = strings.Cut(path, "?")
		if path = documented(path); !strings.Contains(got.body, path) {
			t.Errorf("%s is not documented", path)
		}
	}
	for _, e := range events {
		if !strings.Contains(got.body, "<code>"+e.typ+"</code>") {
			t.Errorf("%s is not documented", e.typ)
		}
	}
}

// documented is a path of the tables as the documentation writes it.
func documented(path string) string {
	return strings.TrimSuffix(strings.NewReplacer("{s}", "{session_id}", "facilitators/{guest}", "facilitators/{other_id}", "{story}", "{story_id}", "{guest}", "{user_id}").Replace(path), "/")
}

// TestProblemsAreExplained looks up the type of every kind of error where it points to.
func TestProblemsAreExplained(t *testing.T) {
	s := start(t, limitedTo(1000, 1e9))
	docs := s.must(t, "GET /docs", "").body
	w := newWorld(t, s, "waiting")
	kinds := map[string]bool{}
	for _, call := range []string{
		"GET /nothing", "PUT /health", "POST /api/sessions/", "GET /api/sessions/x", "POST /api/sessions/{s}/extend?user_id={guest}",
		"POST /api/sessions/{s}/extend?user_id={nobody}",
	} {
		kinds[s.call(t, w.fill(call, ""), "").text("type")] = true
	}
	kinds[s.call(t, "POST /api/sessions/", "x", header("Content-Type", "text/plain")).text("type")] = true
	kinds[s.call(t, "POST /api/sessions/", "", header("Origin", "https://evil.example")).text("type")] = true
	kinds[s.call(t, "POST /api/sessions/", strings.Repeat(" ", 1<<17)).text("type")] = true
	s.closeStore(t)
	kinds[s.call(t, "POST /api/sessions/", createBody).text("type")] = true
	kinds[s.call(t, "GET /readyz", "").text("type")] = true
	s.streams.Drain()
	kinds[s.call(t, "GET /api/sse/", "").text("type")] = true
	for kind := range kinds {
		if _, anchor, ok := strings.Cut(kind, "#"); !ok || !strings.Contains(docs, `id="`+anchor+`"`) {
			t.Errorf("%q leads nowhere", kind)
		}
	}
	if len(kinds) < 11 {
		t.Errorf("only %d kinds", len(kinds))
	}
}

func TestCredentialsAreNotLogged(t *testing.T) {
	s := start(t, debugging)
	w := newWorld(t, s, "voted")
	jar := []with{as(w.guest), cookies(w.master, w.guest)}
	s.call(t, w.fill("POST /api/sessions/{s}/extend?user_id={guest}", ""), "", jar...)
	s.call(t, w.fill("POST /api/sessions/{s}/extend?user_id={guest}&token="+w.guest.token, ""), "", jar...)
	s.call(t, w.fill("POST /api/sessions/{s}/extend?user_id="+w.guest.token, ""), "", jar...)
	s.closeStore(t)
	s.call(t, w.fill("POST /api/sessions/{s}/extend?user_id={guest}", ""), "", jar...)
	log := s.logged.String()
	if !strings.Contains(log, w.session) || !strings.Contains(log, w.guest.user) {
		t.Error("the log does not name session and user")
	}
	for _, who := range []seat{w.master, w.guest, w.gone, w.stranger} {
		if strings.Contains(log, who.token) {
			t.Error("a token is in the log")
		}
	}
}

func TestOpenAPI(t *testing.T) {
	s := start(t)
	got := s.must(t, "GET /openapi.json", "")
	if v := got.text("openapi"); !strings.HasPrefix(v, "3.1") {
		t.Errorf("openapi %q", v)
	}
	if missing := lacks(got.json, "info.title info.version paths components.schemas"); len(missing) > 0 {
		t.Fatalf("lacks %v", missing)
	}
	paths := got.json["paths"].(map[string]any)
	var calls []string
	for _, a := range actions {
		calls = append(calls, a.call)
	}
	calls = append(calls, "POST /api/sessions", "GET /api/sessions", "GET /api/sessions/{s}", "POST /api/sessions/{s}/join", "GET /api/sessions/{s}/round", "GET /api/sse/{s}", "GET /api/sse", "GET /health")
	for _, call := range calls {
		method, path, _ := strings.Cut(call, " ")
		path, query, _ := strings.Cut(path, "?")
		item, _ := paths[documented(path)].(map[string]any)
		op, _ := item[strings.ToLower(method)].(map[string]any)
		if missing := lacks(op, "operationId summary responses.200"); len(missing) > 0 {
			t.Errorf("%s lacks %v", call, missing)
		}
		checkParameters(t, call, op, query)
	}
	checkRefs(t, got.json, got.json, "")
}

// checkParameters compares the documented parameters of a call with those in its path and its query.
func checkParameters(t *testing.T, call string, op map[string]any, query string) {
	t.Helper()
	var names []string
	list, _ := op["parameters"].([]any)
	for _, p := range list {
		p := p.(map[string]any)
		if missing := lacks(p, "name in schema"); len(missing) > 0 || p["in"] == "path" && p["required"] != true {
			t.Errorf("%s: parameter %v lacks %v", call, p["name"], missing)
		}
		names = append(names, p["name"].(string))
	}
	for name := range strings.SplitSeq(query, "&") {
		if name, _, _ = strings.Cut(name, "="); name != "" && !slices.Contains(names, name) {
			t.Errorf("%s: %s is not documented", call, name)
		}
	}
	if strings.Contains(call, "{s}") && !slices.Contains(names, "session_id") {
		t.Errorf("%s: session_id is not documented", call)
	}
}

// TestOpenAPISaysWhoNeedsACredential looks at every documented call, so that none is forgotten.
func TestOpenAPISaysWhoNeedsACredential(t *testing.T) {
	const needed, optional, none = `[{"token":[]},{"cookie":[]}]`, `[{},{"token":[]},{"cookie":[]}]`, `null`
	want := map[string]string{}
	for _, a := range actions {
		method, path, _ := strings.Cut(a.call, " ")
		path, _, _ = strings.Cut(path, "?")
		want[method+" "+documented(path)] = needed
	}
	for _, path := range []string{"/api/sessions/{s}", "/api/sessions/{s}/round", "/api/sessions/{s}/rounds", "/api/sessions/{s}/summary", "/api/sessions/{s}/stories", "/api/sessions/{s}/stories/{story}", "/api/sessions/{s}/export", "/api/sse/{s}"} { // for anybody, and for a user that is named
		want["GET "+documented(path)] = optional
	}
	want["POST "+documented("/api/sessions/{s}/here")] = needed
	doc := start(t).must(t, "GET /openapi.json", "").json
	if missing := lacks(doc, "components.securitySchemes.token components.securitySchemes.cookie"); len(missing) > 0 {
		t.Errorf("lacks %v", missing)
	}
	for path, item := range doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			call := strings.ToUpper(method) + " " + path
			security, err := json.Marshal(op.(map[string]any)["security"])
			if err != nil {
				t.Fatal(err)
			}
			if got := string(security); got != cmp.Or(want[call], none) {
				t.Errorf("%s: security %s, want %s", call, got, cmp.Or(want[call], none))
			}
			delete(want, call)
		}
	}
	if len(want) > 0 {
		t.Errorf("not documented: %v", want)
	}
}

// checkRefs sees that every reference leads to something.
func checkRefs(t *testing.T, doc map[string]any, node any, where string) {
	t.Helper()
	switch node := node.(type) {
	case []any:
		for _, v := range node {
			checkRefs(t, doc, v, where)
		}
	case map[string]any:
		for k, v := range node {
			ref, isText := v.(string)
			if k == "$ref" && isText {
				path := strings.ReplaceAll(strings.TrimPrefix(ref, "#/"), "/", ".")
				if _, ok := dig(doc, path); !ok || !strings.HasPrefix(ref, "#/") {
					t.Errorf("%s: %s leads nowhere", where, ref)
				}
			}
			checkRefs(t, doc, v, where+"/"+k)
		}
	}
}

// TestAnswersAreAsDocumented compares real answers with the schemas of the document.
func TestAnswersAreAsDocumented(t *testing.T) {
	s := start(t)
	doc := s.must(t, "GET /openapi.json", "").json
	for _, given := range []string{"waiting", "voted", "revealing", "completed", "paused"} {
		w := newWorld(t, s, given)
		for _, call := range []string{"GET /api/sessions", "GET /api/sessions/{s}", "GET /api/sessions/{s}/round", "GET /api/sessions/{s}/summary", "GET /api/sessions/{s}/rounds", "GET /api/sessions/{s}/stories", "POST /api/sessions", "POST /api/sessions/{s}/join", "GET /health"} {
			method, path, _ := strings.Cut(call, " ")
			schema, ok := dig(doc, "paths")
			if op, found := schema.(map[string]any)[documented(path)].(map[string]any); ok && found {
				media := op[strings.ToLower(method)].(map[string]any)["responses"].(map[string]any)["200"].(map[string]any)["content"].(map[string]any)["application/json"]
				body := strings.Replace(createBody, "{", `{"user_name":"Eve","user_avatar":"",`, 1)
				got := s.must(t, w.fill(call, ""), body)
				for _, fault := range faults(doc, media.(map[string]any)["schema"].(map[string]any), parsed(t, got.body), "") {
					t.Errorf("%s when %s: %s", call, given, fault)
				}
			}
		}
	}
}

// A client that was made from the document has to know what it gets when it asks for a file.
func TestKindsOfFilesAreDocumented(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	doc := s.must(t, "GET /openapi.json", "").json
	op := doc["paths"].(map[string]any)["/api/sessions/{session_id}/export"].(map[string]any)["get"]
	content := op.(map[string]any)["responses"].(map[string]any)["200"].(map[string]any)["content"].(map[string]any)
	s.imported(t, w.master, "", "Story,Points\nLog in,3\n")
	for _, format := range []string{"csv", "json", "markdown", "jira", "azure", "original"} {
		mediaType, _, _ := strings.Cut(s.exported(t, w.session, "format="+format).header.Get("Content-Type"), ";")
		if _, ok := content[mediaType]; !ok {
			t.Errorf("%s is %s, which is not documented", format, mediaType)
		}
	}
}

// TestNullOfARequestIsDocumented sees that a field whose text says what null means may be null, so that a client that was made from the document can send it.
func TestNullOfARequestIsDocumented(t *testing.T) {
	doc := start(t).must(t, "GET /openapi.json", "").json
	schemas, _ := dig(doc, "components.schemas")
	spoken := 0
	for name, schema := range schemas.(map[string]any) {
		properties, _ := schema.(map[string]any)["properties"].(map[string]any)
		for field, property := range properties {
			text, _ := property.(map[string]any)["description"].(string)
			if !strings.HasSuffix(name, "Request") || !strings.Contains(text, "null") {
				continue
			}
			spoken++
			if types, _ := property.(map[string]any)["type"].([]any); !slices.Contains(types, any("null")) {
				t.Errorf("%s.%s: %q, and the type is %v", name, field, text, property.(map[string]any)["type"])
			}
		}
	}
	if spoken == 0 {
		t.Error("no field of a request says what null means")
	}
}
