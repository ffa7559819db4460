package httpapi_test

import (
	"net/http"
	"testing"
	"time"
)

// The times of presence for a stream with pings.
const silenceTime = 50 * time.Second

func TestHereKeepsAStreamWithPingsPresent(t *testing.T) {
	onBothWays(t, func(t *testing.T, s *server) {
		w := newWorld(t, s, "waiting")
		all := s.listen(t, "/api/sse/"+w.session)
		all.until(t, "session_updated")
		s.listen(t, w.fill("/api/sse/{s}?ping=true&user_id={guest}", ""), as(w.guest)).until(t, "session_updated")
		s.listen(t, w.fill("/api/sse/{s}?user_id={master}", ""), as(w.master)).until(t, "session_updated")
		before := w.state(t)
		for range 3 {
			s.clock.Advance(silenceTime - time.Second)
			if got := s.call(t, w.fill("POST /api/sessions/{s}/here?user_id={guest}", ""), "", cookies(w.guest)); got.status != http.StatusNoContent {
				t.Fatalf("%d %s", got.status, got.body)
			}
		}
		if w.state(t) != before {
			t.Error("an answer to a ping is activity, or an event")
		}
		s.clock.Advance(silenceTime)
		s.clock.Advance(reloadGrace)
		if gone := all.until(t, "user_disconnected"); gone.data["user_id"] != w.guest.user {
			t.Errorf("gone is %s", gone.raw)
		}
		s.call(t, w.fill("POST /api/sessions/{s}/here?user_id={guest}", ""), "", as(w.guest))
		if back := all.until(t, "user_joined"); back.data["reconnected"] != true {
			t.Errorf("back is %s", back.raw)
		}
	})
}

func TestGoodbyeGivesOnePlaceUp(t *testing.T) {
	onBothWays(t, func(t *testing.T, s *server) {
		w := newWorld(t, s, "waiting")
		for _, place := range []string{"one", "two"} {
			s.listen(t, w.fill("/api/sse/{s}?ping=true&user_id={guest}&place="+place, ""), as(w.guest)).until(t, "session_updated")
		}
		goodbye := func(place string) {
			t.Helper()
			// As a page's beacon does: a body that nobody needs, of a type that is none of ours.
			got := s.call(t, w.fill("POST /api/sessions/{s}/here?user_id={guest}&gone=true&place="+place, ""), "bye", cookies(w.guest), header("Content-Type", "text/plain"), header("Sec-Fetch-Site", "same-origin"))
			if got.status != http.StatusNoContent {
				t.Fatalf("%d %s", got.status, got.body)
			}
			s.clock.Advance(reloadGrace)
		}
		goodbye("one")
		goodbye("one")
		goodbye("no-such-place")
		if !w.online(t, w.guest) {
			t.Error("gone with a stream left")
		}
		goodbye("two")
		if w.online(t, w.guest) {
			t.Error("still there")
		}
	})
}

func TestHereIsBoundedByAddress(t *testing.T) {
	s := start(t, func(o *setup) { o.api.StreamsPerAddress = 5 })
	w := newWorld(t, s, "waiting")
	call := w.fill("POST /api/sessions/{s}/here?user_id={guest}", "")
	for range 10 { // twice as many as there may be streams
		if got := s.call(t, call, "", as(w.guest)); got.status != http.StatusNoContent {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	isProblem(t, s.call(t, call, "", as(w.guest)), 429)
	isProblem(t, s.call(t, "POST /api/sessions/unknown/here?user_id=x&gone=true", ""), 429)
	if got := s.call(t, call, "", as(w.guest), forwardedFor("192.0.2.1")); got.status != http.StatusNoContent {
		t.Errorf("another address: %d %s", got.status, got.body)
	}
	s.act(t, w.guest, "extend", "") // a command is none
	s.clock.Advance(30 * time.Second)
	if got := s.call(t, call, "", as(w.guest)); got.status != http.StatusNoContent {
		t.Errorf("later: %d %s", got.status, got.body)
	}
}

func TestHereOfAForeignPageIsRefused(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	isProblem(t, s.call(t, w.fill("POST /api/sessions/{s}/here?user_id={guest}&gone=true", ""), "", cookies(w.guest), headers("Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")), 403)
}
