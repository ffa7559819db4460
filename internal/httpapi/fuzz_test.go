package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzAnything sends what nobody expects: whatever it is, it is answered, never by a 500, and errors are problems.
func FuzzAnything(f *testing.F) {
	s := newServer(f, limitedTo(1000000, 1e9), slots(8))
	who := s.seat(f)
	for _, a := range actions {
		method, path, _ := strings.Cut(a.call, " ")
		path = strings.NewReplacer("{s}", who.session, "{actor}", who.user, "{guest}", who.user).Replace(path)
		f.Add(method, path, a.body, "application/json", "", "*/*")
		f.Add("PUT", path+"&user_id=%zz;%00", `{"vote":{"vote":[null]}}`, "", "", "a;,b")
	}
	for _, path := range []string{"/", "//", "/api", "/api/", "/api//sessions", "/api/sessions//", "/api/sessions/%2e%2e/", "/api/sessions/../../x", "/api/sessions/" + who.session + "/join//", "/api/sse/%2F", "/%", "/health/?%", "/api/sessions/%00/kick/%0a%0d"} {
		f.Add("GET", path, "", "", "1.2.x", "a;,b")
		f.Add("POST", path, createBody, "", "", ";q=,")
		f.Add("OPTIONS", path, "", "", "", "")
		f.Add("CONNECT", path, "", "", "", "")
	}
	f.Add("CONNECT", "", "", "", "", "")
	f.Add("CONNECT", "0", "", "", "", "")
	for _, body := range []string{"null", "[]", "0", `"`, "{", `{"name":1e999,"creator_name":null}`, `{"name":"a","creator_name":"b","creator_avatar":"","settings":{"reveal_countdown_seconds":-1e308}}`, "\x00", strings.Repeat("[", 9999)} {
		for _, call := range []string{"/api/sessions", "/api/sessions/" + who.session + "/join", "/api/sessions/" + who.session + "/start?user_id=" + who.user} {
			f.Add("POST", call, body, "", "", "json")
			f.Add("POST", call, body, "application/x+json", "9999999999999999999999.0.x", "application/xml")
		}
	}
	f.Fuzz(func(t *testing.T, method, target, body, contentType, lastEventID, accept string) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://example.com"+target, strings.NewReader(body))
		if err != nil || strings.HasPrefix(req.URL.Path, "/api/sse") && method == http.MethodGet && req.URL.Path != "/api/sse/%2F" {
			t.Skip("no request, or a stream without an end")
		}
		req.RemoteAddr = "127.0.0.1:1"
		req.Header["Authorization"] = []string{"Bearer " + who.token}
		req.Header["Content-Type"], req.Header["Last-Event-Id"] = []string{contentType}, []string{lastEventID}
		req.Header["Accept"] = []string{accept}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		if w.Code >= 500 {
			t.Fatalf("%s %q: %d %s", method, target, w.Code, w.Body)
		}
		if w.Code >= 400 && method != http.MethodHead && w.Header().Get("Content-Type") != "application/problem+json" {
			t.Fatalf("%s %q: %d %s", method, target, w.Code, w.Body)
		}
		if _, err := s.rooms.Session(t.Context(), who.session); err != nil { // the fuzzer has ended it
			who = s.seat(t)
		}
	})
}

// seat creates a session without a port.
func (s *server) seat(t testing.TB) seat {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/sessions", strings.NewReader(createBody)))
	r := replyOf(w.Result(), w.Body.Bytes())
	if r.status != http.StatusOK {
		t.Fatalf("create: %d %s", r.status, r.body)
	}
	return seat{session: r.text("session_id"), user: r.text("user_id"), token: r.text("token")}
}
