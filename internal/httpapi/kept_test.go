package httpapi_test

import (
	"net/http"
	"testing"
	"time"
)

// What came of a session can be read after its end, for as long as it is kept, by the link or, with a password, by those who had a seat.
func TestEndedSessionCanBeReadForAWhile(t *testing.T) {
	s := start(t, keeping(time.Hour))
	for _, given := range []string{"story results", "protected"} {
		w := newWorld(t, s, "stories")
		s.imported(t, w.master, "", backlogFile)
		w.step(t, "start-story")
		w.step(t, "vote")
		w.step(t, "reveal")
		w.step(t, "accept")
		if given == "protected" {
			w.step(t, "protect")
		}
		end := s.must(t, w.fill("DELETE /api/sessions/{s}?user_id={master}", ""), "", cookies(w.master))
		if len(end.header["Set-Cookie"]) > 0 {
			t.Errorf("%s: the cookie is taken back, and could still be read with: %v", given, end.header["Set-Cookie"])
		}
		byLink := http.StatusOK
		if given == "protected" {
			byLink = http.StatusUnauthorized
		}
		for _, path := range []string{"/rounds", "/stories", "/stories/" + w.story, "/summary", "/export", "/export?format=json", "/export?format=original"} {
			call := "GET /api/sessions/" + w.session + path
			for name, c := range map[string]struct {
				want    int
				changes []with
			}{
				"by the link": {byLink, nil}, "by who had a seat": {http.StatusOK, []with{cookies(w.guest)}}, "by who has left": {byLink, []with{as(w.gone)}}, "by a stranger": {byLink, []with{as(w.stranger)}},
			} {
				if got := s.call(t, call, "", c.changes...); got.status != c.want {
					t.Errorf("%s, %s %s: %d, want %d: %s", given, call, name, got.status, c.want, got.body)
				}
			}
		}
		for _, path := range []string{"", "/round"} {
			isProblem(t, s.call(t, "GET /api/sessions/"+w.session+path, "", as(w.guest)), http.StatusNotFound)
		}
		isProblem(t, s.call(t, "GET /api/sse/"+w.session, "", as(w.guest)), http.StatusNotFound)
		gone := s.call(t, w.fill("POST /api/sessions/{s}/extend?user_id={guest}", ""), "", cookies(w.guest))
		if isProblem(t, gone, http.StatusNotFound); expires(gone, w.guest) {
			t.Errorf("%s: a cookie is taken back that is still good for reading", given)
		}
		summary := s.must(t, "GET /api/sessions/"+w.session+"/summary", "", as(w.guest))
		if summary.text("end_reason") != "ended" || summary.text("name") != "Sprint 12" || summary.text("ended_at") == "" || len(summary.json["rounds"].([]any)) != 1 || len(summary.json["stories"].([]any)) != 3 {
			t.Errorf("summary %s", summary.body)
		}
		s.clock.Advance(time.Hour)
		isProblem(t, s.call(t, "GET /api/sessions/"+w.session+"/summary", "", as(w.guest)), http.StatusNotFound)
	}
}
