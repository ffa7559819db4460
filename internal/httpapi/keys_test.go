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

// ofTheMaster is each change that only the Scrum Master may make, and after which the role can be handed on.
func ofTheMaster() []action {
	changes := []action{{name: "a password", call: "POST /api/sessions/{s}/settings?user_id={actor}", actor: "master", given: "waiting", body: `{"password":"a secret"}`}}
	for _, a := range actions {
		switch a.name {
		case "end", "kick", "transfer":
		default:
			if a.master && !a.still {
				changes = append(changes, a)
			}
		}
	}
	return changes
}

// Who may do something no longer has done it all the same, when the answer was lost: the role may have gone on meanwhile.
func TestSameKeyAfterTheRoleHasGoneOnGetsTheFirstOutcome(t *testing.T) {
	s := start(t)
	for _, c := range ofTheMaster() {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, s, c.given)
			call, master, key := w.fill(c.call, c.actor), as(w.master), header("Idempotency-Key", "the-same")
			s.must(t, call, c.body, master, key)
			w.transfer(t)
			before := w.state(t)
			if got := s.call(t, call, c.body, master, key); got.status != 200 {
				t.Errorf("the same again: %d %s", got.status, got.body)
			}
			if got := s.call(t, call, c.body, master, header("Idempotency-Key", "another")); got.status != 403 {
				t.Errorf("another key: %d %s", got.status, got.body)
			}
			if got := s.call(t, call, c.body, key); got.status != 401 {
				t.Errorf("without a credential: %d %s", got.status, got.body)
			}
			if c.body != "" {
				if got := s.call(t, call, `{"unknown":"another"}`, master, key); got.status != 422 {
					t.Errorf("the key with something else: %d %s", got.status, got.body)
				}
			}
			if after := w.state(t); after != before {
				t.Errorf("changed: %v, was %v", after, before)
			}
		})
	}
}

// Nor does it matter that the session has ended meanwhile, as long as it is known what it was.
func TestSameKeyAfterTheEndGetsTheFirstOutcome(t *testing.T) {
	s := start(t)
	for _, c := range ofTheMaster() {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, s, c.given)
			call, master, key := w.fill(c.call, c.actor), as(w.master), header("Idempotency-Key", "the-same")
			s.must(t, call, c.body, master, key)
			s.must(t, w.fill("DELETE /api/sessions/{s}?user_id={master}", ""), "", master)
			if got := s.call(t, call, c.body, master, key); got.status != 200 {
				t.Errorf("the same again: %d %s", got.status, got.body)
			}
			if got := s.call(t, call, c.body, master, header("Idempotency-Key", "another")); got.status != 404 {
				t.Errorf("another key: %d %s", got.status, got.body)
			}
			if got := s.call(t, call, c.body, key); got.status == 200 {
				t.Errorf("without a credential: %s", got.body)
			}
		})
	}
}
