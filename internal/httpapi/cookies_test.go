package httpapi_test

import (
	"net/http"
	"testing"
)

// expires reports whether an answer takes a user's cookie back.
func expires(r reply, who seat) bool {
	for _, c := range (&http.Response{Header: r.header}).Cookies() {
		if c.Name == "magnapp_"+who.user && c.MaxAge < 0 && c.Value == "" && c.Path == "/api" {
			return true
		}
	}
	return false
}

func TestCookiesOfWhatIsOverAreTakenBack(t *testing.T) {
	s := start(t, friendly)
	for _, c := range []struct {
		name, given, call string
		want              int
		expires           bool
		changes           []with
	}{
		{name: "leaving", call: "POST /api/sessions/{s}/leave?user_id={guest}", want: 200, expires: true},
		{name: "ending", call: "DELETE /api/sessions/{s}?user_id={guest}", want: 403},
		{name: "a vote in an ended session", given: "ended", call: "POST /api/sessions/{s}/vote?user_id={guest}", want: 404, expires: true},
		{name: "an action in an expired session", given: "expired", call: "POST /api/sessions/{s}/extend/?user_id={guest}", want: 404, expires: true},
		{name: "a kick in an expired session", given: "expired", call: "POST /api/sessions/{s}/kick/{nobody}?kicker_id={guest}", want: 404, expires: true},
		{name: "reading an expired session", given: "expired", call: "GET /api/sessions/{s}?user_id={guest}", want: 404, expires: true},
		{name: "a stream of an expired session", given: "expired", call: "GET /api/sse/{s}?user_id={guest}", want: 404, expires: true},
		{name: "a stream of somebody kicked", given: "kicked", call: "GET /api/sse/{s}?user_id={guest}", want: 401, expires: true},
		{name: "an action of somebody kicked", given: "kicked", call: "POST /api/sessions/{s}/extend?user_id={guest}", want: 401, expires: true},
		{name: "reading by somebody kicked", given: "kicked", call: "GET /api/sessions/{s}/round?user_id={guest}", want: 401, expires: true},
		{name: "reading without saying for whom", given: "expired", call: "GET /api/sessions/{s}", want: 404},
		{name: "another session that never was", call: "POST /api/sessions/{nobody}/extend?user_id={guest}", want: 404},
		{name: "another session that is no GUID", call: "GET /api/sessions/x?user_id={guest}", want: 404},
		{name: "by a link on another site", given: "expired", call: "GET /api/sessions/{s}?user_id={guest}", want: 404, changes: []with{headers("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")}},
		{name: "by a page of another site", given: "expired", call: "GET /api/sessions/{s}?user_id={guest}", want: 404, changes: []with{headers("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			given := c.given
			if given == "" || given == "kicked" {
				given = "voting"
			}
			w := newWorld(t, s, given)
			if c.given == "kicked" {
				s.must(t, w.fill("POST /api/sessions/{s}/kick/{guest}?kicker_id={master}", ""), "", as(w.master))
			}
			got := s.call(t, w.fill(c.call, ""), `{"vote":"5"}`, append([]with{cookies(w.guest, w.stranger)}, c.changes...)...)
			if got.status != c.want || expires(got, w.guest) != c.expires || expires(got, w.stranger) {
				t.Errorf("%d with %v, want %d, taken back: %v", got.status, got.header["Set-Cookie"], c.want, c.expires)
			}
		})
	}
	w := newWorld(t, s, "voting")
	if got := s.must(t, w.fill("DELETE /api/sessions/{s}?user_id={master}", ""), "", cookies(w.master)); !expires(got, w.master) {
		t.Errorf("ending keeps the cookie: %v", got.header)
	}
	if got := s.call(t, w.fill("POST /api/sessions/{s}/extend?user_id={guest}", ""), "", as(w.guest)); len(got.header["Set-Cookie"]) > 0 {
		t.Error("a cookie that did not come is taken back")
	}
}

// What has a token or a vote in it must be in no cache.
func TestWhatIsOnesOwnIsNotStored(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "voted")
	for _, call := range []string{"POST /api/sessions", "POST /api/sessions/{s}/join", "GET /api/sessions/{s}", "GET /api/sessions/{s}/round", "POST /api/sessions/{s}/reconnect?user_id={guest}"} {
		body := `{"user_name":"Eve","user_avatar":"",` + createBody[1:]
		if got := s.must(t, w.fill(call, ""), body, as(w.guest)).header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", call, got)
		}
	}
}
