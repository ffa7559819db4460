package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What is asked for differs if anything of it does, and in nothing else.
func TestDigestOfWhatIsAskedFor(t *testing.T) {
	asked := func(pattern, target, body string) string {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(body))
		r.Pattern, r.Header[keyHeader] = pattern, []string{"k"}
		x := &exchange{ResponseWriter: httptest.NewRecorder(), body: []byte(body)}
		if err := x.keyed(r); err != nil {
			t.Fatal(err)
		}
		return x.call().Body
	}
	first := asked("POST /a/{id}", "/a/1?user_id=x", "{}")
	if first == "" || first != asked("POST /a/{id}", "/a/1?user_id=x", "{}") {
		t.Error("the same differs")
	}
	for _, other := range []string{
		asked("DELETE /a/{id}", "/a/1?user_id=x", "{}"), asked("POST /a/{id}", "/a/2?user_id=x", "{}"), asked("POST /a/{id}", "/a/1?user_id=y", "{}"), asked("POST /a/{id}", "/a/1?user_id=x", `{"b":1}`),
		asked("POST /a/{id}", "/a/1", "{}"),
	} {
		if other == first {
			t.Error("something else is the same")
		}
	}
}
