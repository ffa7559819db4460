package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
)

// everyChange is each call that changes something.
func everyChange() []row {
	var calls []row
	for _, a := range actions {
		calls = append(calls, row{given: a.given, call: a.call, actor: a.actor, body: a.body})
	}
	return append(calls, row{given: "waiting", call: "POST /api/sessions", body: createBody}, row{given: "waiting", call: "POST /api/sessions/{s}/join", body: joinBody})
}

func TestIdempotencyKeyOfEveryChange(t *testing.T) {
	s := start(t)
	for _, c := range everyChange() {
		for key, want := range map[string]int{
			"x": 200, strings.Repeat("k", 64): 200, "!~{}\"\\": 200,
			"": 422, strings.Repeat("k", 65): 422, "a b": 422, "a\tb": 422, "schlüssel": 422,
		} {
			w := newWorld(t, s, c.given)
			before := w.state(t)
			got := s.call(t, w.fill(c.call, c.actor), c.body, as(w.who(c.actor)), func(r *http.Request) { r.Header["Idempotency-Key"] = []string{key} })
			if got.status != want {
				t.Errorf("%s with the key %q: %d, want %d: %s", c.call, key, got.status, want, got.body)
			}
			if want == 422 && (got.text("field") != "Idempotency-Key" || w.state(t) != before) {
				t.Errorf("%s with the key %q: %s", c.call, key, got.body)
			}
		}
	}
}

func TestSeveralIdempotencyKeysAreRefused(t *testing.T) {
	s := start(t)
	got := s.call(t, "POST /api/sessions", createBody, func(r *http.Request) { r.Header["Idempotency-Key"] = []string{"a", "b"} })
	isProblem(t, got, 422)
}

// Reading changes nothing, so a key means nothing.
func TestIdempotencyKeyOfReadingIsIgnored(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	s.must(t, w.fill("GET /api/sessions/{s}", ""), "", header("Idempotency-Key", strings.Repeat("k", 65)))
}

func TestIdempotencyKeyIsDocumentedAndAllowed(t *testing.T) {
	s := start(t, friendly)
	for path, item := range s.must(t, "GET /openapi.json", "").json["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			documented := false
			list, _ := op.(map[string]any)["parameters"].([]any)
			for _, p := range list {
				documented = documented || p.(map[string]any)["name"] == "Idempotency-Key"
			}
			if documented != (method != "get") {
				t.Errorf("%s %s: the key is documented: %v", method, path, documented)
			}
		}
	}
	got := s.call(t, "OPTIONS /api/sessions", "", headers("Origin", friend, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,idempotency-key"))
	if allowed := got.header.Get("Access-Control-Allow-Headers"); !strings.Contains(allowed, "idempotency-key") {
		t.Errorf("allowed are %q", allowed)
	}
}
