package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSeatLinkGoesOnOnAnotherDevice(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "voted")
	link := s.act(t, w.guest, "seat-link", "")
	code := link.text("code")
	if want := s.url + "/session/" + w.session + "#seat=" + code; link.text("url") != want {
		t.Errorf("url %s, want %s", link.text("url"), want)
	}
	taken := s.must(t, "POST /api/seats/", `{"code":"`+code+`"}`)
	phone := seat{session: taken.text("session_id"), user: taken.text("user_id"), token: taken.text("token")}
	if phone.user != w.guest.user || phone.session != w.session || phone.token == w.guest.token || taken.text("session.my_vote") != "5" {
		t.Errorf("taken: %s", taken.body)
	}
	s.act(t, phone, "vote", `{"vote":"8"}`)
	s.act(t, w.guest, "vote", `{"vote":"13"}`) // the laptop still has the seat
	isProblem(t, s.call(t, "POST /api/seats", `{"code":"`+code+`"}`), http.StatusUnauthorized)
	late := s.act(t, w.guest, "seat-link", "").text("code")
	s.clock.Advance(2 * time.Minute)
	isProblem(t, s.call(t, "POST /api/seats", `{"code":"`+late+`"}`), http.StatusUnauthorized)
	if strings.Contains(s.logged.String(), code) {
		t.Error("a code is in the log")
	}
}

// An answer that was lost is had again with the same key.
func TestSeatLinkWithAKey(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	call := w.fill("POST /api/sessions/{s}/seat-link?user_id={guest}", "")
	first, again := s.must(t, call, "", as(w.guest), header("Idempotency-Key", "k")), s.must(t, call, "", as(w.guest), header("Idempotency-Key", "k"))
	if first.body != again.body {
		t.Errorf("first %s, again %s", first.body, again.body)
	}
	take := func() reply {
		return s.must(t, "POST /api/seats", `{"code":"`+first.text("code")+`"}`, header("Idempotency-Key", "t"))
	}
	one, two := take(), take()
	for _, taken := range []reply{one, two} {
		s.act(t, seat{session: w.session, user: taken.text("user_id"), token: taken.text("token")}, "extend", "")
	}
	for _, change := range []func(){func() {}, func() { s.act(t, w.guest, "seat-link", "") }} {
		change()
		if again := s.must(t, call, "", as(w.guest), header("Idempotency-Key", "k")); again.body != first.body {
			t.Errorf("first %s, after its use %s", first.body, again.body)
		}
		s.clock.Advance(time.Second)
	}
}

func TestPasswordEndsTheStreamsOfThoseWithoutASeat(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	anybody, guest := s.listen(t, "/api/sse/"+w.session), s.listen(t, "/api/sse/"+w.session+"?user_id="+w.guest.user, as(w.guest))
	anybody.until(t, "session_updated")
	s.act(t, w.master, "settings", `{"password":"secret"}`)
	for {
		e, ok := anybody.next()
		if !ok {
			break
		}
		if strings.Contains(e.raw, `"protected":true`) {
			t.Errorf("somebody without a seat still reads: %s", e.raw)
		}
	}
	for guest.until(t, "session_updated").data["session"].(map[string]any)["protected"] != true {
		continue
	}
	unnamed := s.listen(t, "/api/sse/"+w.session, as(w.guest)) // by their credential, not counted as present
	unnamed.until(t, "session_updated")
	s.must(t, w.fill("POST /api/sessions/{s}/kick/{guest}?kicker_id={master}", ""), "", as(w.master))
	unnamed.until(t, "user_left")
	if _, ok := unnamed.next(); ok {
		t.Error("the stream outlives the seat")
	}
}

func TestWrongPasswordsAreCountedLikeCredentials(t *testing.T) {
	s := start(t, limitedTo(3, time.Minute))
	w := s.create(t, `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"password":"secret"}}`)
	read := func() int { return s.call(t, "GET /api/sessions/"+w.session, "").status }
	for range 2 {
		if got := s.call(t, "POST /api/sessions/"+w.session+"/join", `{"user_name":"Eve","user_avatar":"","password":"guess"}`); got.status != 401 {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	if first, second := read(), read(); first != 401 || second != 429 {
		t.Errorf("%d, %d", first, second)
	}
	s.must(t, "POST /api/sessions/"+w.session+"/join", `{"user_name":"Eve","user_avatar":"","password":"secret"}`)
}

func TestPasswordIsNeverShown(t *testing.T) {
	s := start(t, debugging)
	who := s.create(t, `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"password":"Xq7Zw9-secret"}}`)
	stream := s.listen(t, "/api/sse/"+who.session, as(who))
	s.act(t, who, "settings", `{"password":"Xq7Zw9-other","locked":false}`)
	first, _ := stream.next()
	second, _ := stream.next()
	for _, text := range []string{s.must(t, "GET /api/sessions/"+who.session, "", as(who)).body, first.raw, second.raw, s.must(t, "GET /api/sessions", "").body, s.logged.String()} {
		if strings.Contains(text, "Xq7Zw9") || strings.Contains(text, "argon2") {
			t.Errorf("the password shows: %s", text)
		}
	}
}

func TestUnlistedSessionIsNotInTheList(t *testing.T) {
	s := start(t)
	who := s.create(t, `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"listed":false}}`)
	list := s.listen(t, "/api/sse/")
	list.until(t, "sessions_updated")
	if n := len(s.list(t)); n != 0 {
		t.Errorf("%d listed", n)
	}
	s.must(t, "GET /api/sessions/"+who.session, "")
	s.act(t, who, "settings", `{"listed":true,"password":"secret"}`)
	if got := s.list(t); len(got) != 1 || got[0]["protected"] != true {
		t.Errorf("listed: %v", got)
	}
	s.clock.Advance(time.Second)
	if e := list.until(t, "sessions_updated"); len(e.data["sessions"].([]any)) != 1 {
		t.Errorf("sent: %s", e.raw)
	}
}

// TestAnonymousVotesNameNobody plays the same session twice, with the cards dealt to other people, and compares everything that anybody could see, after the reveal, too. Apart from what is random,
// and from one's own card, not a byte may differ.
func TestAnonymousVotesNameNobody(t *testing.T) {
	first, second := anonymousSession(t, "5", "8", "13"), anonymousSession(t, "13", "5", "8")
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("what is seen depends on who played which card:\n%s", diff)
	}
	if cmp.Equal(first, anonymousSession(t, "5", "8", "8")) {
		t.Error("what is seen does not depend on the cards: the comparison sees nothing")
	}
}

func anonymousSession(t *testing.T, cards ...string) (all []string) {
	t.Helper()
	s := start(t, debugging)
	master := s.create(t, `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"anonymous":true,"auto_reveal":true}}`)
	people := []seat{master, s.join(t, master.session), s.join(t, master.session)}
	stream := s.listen(t, "/api/sse/"+master.session)
	story := s.act(t, master, "stories", `{"stories":[{"title":"Log in"}]}`).json["stories"].([]any)[0].(map[string]any)["id"].(string)
	note := func(r reply) { all = append(all, r.body) }
	for range 2 {
		note(s.act(t, master, "start", `{"story_id":"`+story+`"}`))
		for i, who := range people {
			note(s.act(t, who, "vote", `{"vote":"`+cards[i]+`"}`))
			if got := s.must(t, "GET /api/sessions/"+master.session, "", as(who)).text("my_vote"); got != cards[i] {
				t.Errorf("my_vote %q, want %q", got, cards[i])
			}
		}
		for _, path := range []string{"", "/round", "/rounds", "/stories", "/stories/" + story} {
			note(s.must(t, "GET /api/sessions/"+master.session+path, ""))
		}
		note(s.act(t, master, "settings", `{"anonymous":false}`))
		note(s.act(t, master, "accept", `{"estimate":"8"}`))
		note(s.act(t, master, "settings", `{"anonymous":true}`))
		note(s.must(t, "GET /api/sessions/"+master.session+"/rounds", ""))
		note(s.act(t, people[1], "role", `{"role":"spectator"}`))
		note(s.act(t, people[1], "role", `{"role":"voter"}`))
	}
	s.act(t, people[1], "leave", "")
	s.act(t, master, "extend", "")
	all = append(all, stream.upTo(t, s, master.session)...)
	all = append(all, settled(s.must(t, "GET /metrics", "").body), settled(s.logged.String()))
	for i := range all {
		all[i] = masked(all[i])
	}
	slices.Sort(all)
	return all
}

func TestPasswordCanBeTakenOffWithOtherSettings(t *testing.T) {
	for _, changes := range []string{`{"password": null}`, `{"password": null, "anonymous": true}`} {
		s := start(t)
		who := s.create(t, `{"name": "Sprint 12", "creator_name": "Ada Lovelace", "creator_avatar": "", "settings": {"password": "open sesame"}}`)
		if got := s.call(t, "GET /api/sessions/"+who.session, ""); got.status != http.StatusUnauthorized {
			t.Fatalf("with a password: status %d", got.status)
		}
		s.must(t, "POST /api/sessions/"+who.session+"/settings?user_id="+who.user, changes, as(who))
		if got := s.call(t, "GET /api/sessions/"+who.session, ""); got.status != http.StatusOK {
			t.Errorf("after %s: status %d", changes, got.status)
		}
	}
}
