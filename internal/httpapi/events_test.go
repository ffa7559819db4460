package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// occurrence is an event of the contract: what brings it about, and the least that it says.
type occurrence struct {
	name   string
	given  string
	do     func(*testing.T, *world)
	typ    string
	fields string            // of its data
	says   map[string]string // texts in its data; people by name
	then   string            // the type of the event that follows
}

func called(name, body string, who func(*world) seat) func(*testing.T, *world) {
	return func(t *testing.T, w *world) { w.act(t, who(w), name, body) }
}

func master(w *world) seat { return w.master }
func guest(w *world) seat  { return w.guest }

var events = []occurrence{
	{name: "first on a stream", given: "waiting", do: func(*testing.T, *world) {}, typ: "session_updated", fields: "session.id session.participants session.status session.expires_at"},
	{name: "extended", given: "waiting", do: called("extend", "", guest), typ: "session_updated", fields: "session.id"},
	{name: "a vote taken back", given: "voted", do: func(t *testing.T, w *world) {
		w.must(t, "DELETE "+w.fill("/api/sessions/{s}/vote?user_id={guest}", ""), "", as(w.guest))
	}, typ: "session_updated", fields: "session.current_round.votes"},
	{name: "another name", given: "waiting", do: called("profile", `{"name":"Grace H."}`, guest), typ: "session_updated", fields: "session.participants"},
	{name: "taken over", given: "abandoned", do: called("takeover", "", guest), typ: "scrum_master_changed", says: map[string]string{"old_master_id": "master", "new_master_id": "guest", "reason": "disconnected"}, then: "session_updated"},
	{name: "a countdown begins", given: "countdown", do: called("reveal", "", master), typ: "session_updated", fields: "session.current_round.reveals_at", says: map[string]string{"session.status": "revealing"}},
	{name: "joined", given: "waiting", do: func(t *testing.T, w *world) { w.join(t, w.session) }, typ: "user_joined", fields: "user.id user.name user.avatar user.is_online user.joined_at", says: map[string]string{"user.name": "Grace"}},
	{name: "back online", given: "guest away", do: called("reconnect", "", guest), typ: "user_joined", fields: "user.id reconnected", says: map[string]string{"user.id": "guest"}},
	{name: "back online, ending a pause", given: "paused", do: called("reconnect", "", master), typ: "user_joined", fields: "user.id reconnected", then: "session_updated"},
	{name: "left", given: "waiting", do: called("leave", "", guest), typ: "user_left", says: map[string]string{"user_id": "guest", "reason": "left"}},
	{name: "kicked", given: "waiting", do: func(t *testing.T, w *world) {
		w.must(t, "POST "+w.fill("/api/sessions/{s}/kick/{guest}?kicker_id={master}", ""), "", as(w.master))
	}, typ: "user_left", says: map[string]string{"user_id": "guest", "reason": "kicked"}},
	{name: "disconnected", given: "waiting", do: func(t *testing.T, w *world) { w.drop(t, w.guest) }, typ: "user_disconnected", says: map[string]string{"user_id": "guest"}},
	{name: "the Scrum Master disconnected", given: "waiting", do: func(t *testing.T, w *world) { w.drop(t, w.master) }, typ: "user_disconnected", says: map[string]string{"user_id": "master"}, then: "session_paused"},
	{name: "started", given: "waiting", do: called("start", `{"topic":"Login\n\tagain"}`, master), typ: "voting_started", fields: "round_id started_at", says: map[string]string{"topic": "Login\n\tagain"}},
	{name: "voted", given: "voting", do: called("vote", `{"vote":"21"}`, guest), typ: "vote_submitted", says: map[string]string{"user_id": "guest"}},
	{name: "voted again", given: "voted", do: called("vote", `{"vote":"5"}`, guest), typ: "vote_submitted", says: map[string]string{"user_id": "guest"}},
	{name: "revealed", given: "voted", do: called("reveal", "", master), typ: "votes_revealed", fields: "round_id votes statistics.average statistics.distribution statistics.consensus statistics.coffee_votes statistics.total_votes"},
	{name: "revealed after the countdown", given: "revealing", do: func(_ *testing.T, w *world) { w.clock.Advance(2500 * time.Millisecond) }, typ: "votes_revealed", fields: "round_id votes statistics.average"},
	{name: "accepted", given: "results", do: called("accept", `{"estimate":"8"}`, master), typ: "round_completed", fields: "round_id statistics.average topic", says: map[string]string{"estimate": "8"}},
	{name: "amended", given: "completed", do: called("accept", `{"estimate":"13"}`, master), typ: "round_completed", fields: "round_id statistics", says: map[string]string{"estimate": "13"}},
	{name: "completed by the next start", given: "results", do: called("start", "", master), typ: "round_completed", fields: "round_id statistics estimate", then: "voting_started"},
	{name: "transferred", given: "waiting", do: func(t *testing.T, w *world) { w.transfer(t) }, typ: "scrum_master_changed", says: map[string]string{"old_master_id": "master", "new_master_id": "guest", "reason": "transferred"}},
	{name: "transferred while paused", given: "paused", do: func(t *testing.T, w *world) { w.transfer(t) }, typ: "scrum_master_changed", says: map[string]string{"reason": "transferred"}, then: "session_updated"},
	{name: "transferred to somebody away", given: "guest away", do: func(t *testing.T, w *world) { w.transfer(t) }, typ: "scrum_master_changed", says: map[string]string{"reason": "transferred"}, then: "session_paused"},
	{name: "the Scrum Master left", given: "waiting", do: called("leave", "", master), typ: "scrum_master_changed", says: map[string]string{"old_master_id": "master", "new_master_id": "guest", "reason": "left"}},
	{name: "inherited", given: "paused", do: func(_ *testing.T, w *world) { w.clock.Advance(gracePeriod) }, typ: "scrum_master_changed", says: map[string]string{"new_master_id": "guest", "reason": "disconnected"}, then: "session_updated"},
	{name: "paused", given: "waiting", do: func(t *testing.T, w *world) { w.drop(t, w.master) }, typ: "session_paused", fields: "resumes_by takeover_at", says: map[string]string{"reason": "scrum_master_disconnected"}},
	{name: "paused for an heir who is away", given: "guest away", do: called("leave", "", master), typ: "session_paused", fields: "resumes_by", says: map[string]string{"reason": "scrum_master_left"}},
	{name: "paused by a transfer", given: "guest away", do: func(t *testing.T, w *world) { w.transfer(t) }, typ: "session_paused", fields: "resumes_by", says: map[string]string{"reason": "transferred"}},
	{name: "expired", given: "waiting", do: func(_ *testing.T, w *world) { w.clock.Advance(sessionTimeout) }, typ: "session_expired", says: map[string]string{"reason": "inactive"}, then: "the end"},
	{name: "ended", given: "waiting", do: func(t *testing.T, w *world) { w.step(t, "end") }, typ: "session_expired", says: map[string]string{"reason": "ended"}, then: "the end"},
	{name: "empty", given: "waiting", do: func(t *testing.T, w *world) { w.act(t, w.guest, "leave", ""); w.act(t, w.master, "leave", "") }, typ: "session_expired", says: map[string]string{"reason": "empty"}, then: "the end"},
}

func (w *world) transfer(t *testing.T) {
	t.Helper()
	w.must(t, "POST "+w.fill("/api/sessions/{s}/transfer?new_master_id={guest}&current_master_id={master}", ""), "", as(w.master))
}

func TestEveryEvent(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range events {
		seen[e.typ] = true
	}
	if len(seen) != 11 {
		t.Errorf("the table has %d types of the contract's eleven", len(seen))
	}
	onBothWays(t, func(t *testing.T, s *server) {
		for _, e := range events {
			t.Run(e.name+" is "+e.typ, func(t *testing.T) { e.check(t, s) })
		}
	})
}

// onBothWays runs a test with streams in a set of sockets, and with streams that have a goroutine each.
func onBothWays(t *testing.T, test func(*testing.T, *server), settings ...setting) {
	t.Run("sockets", func(t *testing.T) { test(t, start(t, append(settings, friendly)...)) })
	t.Run("portable", func(t *testing.T) { test(t, start(t, append(settings, friendly, portable)...)) })
}

func (e occurrence) check(t *testing.T, s *server) {
	t.Helper()
	w := newWorld(t, s, e.given)
	stream := s.listen(t, "/api/sse/"+w.session)
	if e.given != "waiting" || e.name != "first on a stream" {
		stream.until(t, "session_updated")
	}
	e.do(t, w)
	got := stream.until(t, e.typ)
	if missing := lacks(got.whole, "type session_id timestamp expires_at data"); len(missing) > 0 || got.id == "" {
		t.Errorf("lacks %v: %s", missing, got.raw)
	}
	if got.whole["session_id"] != w.session {
		t.Errorf("session_id %v", got.whole["session_id"])
	}
	if missing := lacks(got.data, e.fields); len(missing) > 0 {
		t.Errorf("data lacks %v: %s", missing, got.raw)
	}
	for path, want := range e.says {
		if who := w.who(want); who.session != "" {
			want = who.user
		}
		if said, _ := dig(got.data, path); said != want {
			t.Errorf("%s is %v, want %s: %s", path, said, want, got.raw)
		}
	}
	switch next, more := "", false; e.then {
	case "":
	case "the end":
		if after, ok := stream.next(); ok {
			t.Errorf("after the end: %s", after.raw)
		}
	default:
		var after event
		if after, more = stream.next(); more {
			next = after.typ
		}
		if next != e.then {
			t.Errorf("then %q, want %q", next, e.then)
		}
	}
}

func TestOrderWhenTheScrumMasterLeaves(t *testing.T) {
	for given, want := range map[string]string{
		"waiting":    "user_left scrum_master_changed",
		"guest away": "user_left scrum_master_changed session_paused",
		"paused":     "user_left scrum_master_changed session_updated",
	} {
		t.Run(given, func(t *testing.T) {
			s := start(t)
			w := newWorld(t, s, given)
			stream := s.listen(t, "/api/sse/"+w.session)
			stream.until(t, "session_updated")
			w.act(t, w.master, "leave", "")
			w.step(t, "expire") // so that the stream ends
			var got []string
			for e, ok := stream.next(); ok; e, ok = stream.next() {
				got = append(got, e.typ)
			}
			if all := strings.Join(got, " "); !strings.HasPrefix(all, want+" ") {
				t.Errorf("got %s, want %s first", all, want)
			}
		})
	}
}

func TestStreamsOfThoseWhoGoEnd(t *testing.T) {
	for _, how := range []string{"left", "kicked"} {
		t.Run(how, func(t *testing.T) {
			s := start(t)
			w := newWorld(t, s, "waiting")
			theirs := s.listen(t, w.fill("/api/sse/{s}?user_id={guest}", ""), as(w.guest))
			theirs.until(t, "session_updated")
			if how == "left" {
				w.act(t, w.guest, "leave", "")
			} else {
				w.must(t, "POST "+w.fill("/api/sessions/{s}/kick/{guest}?kicker_id={master}", ""), "", as(w.master))
			}
			if e := theirs.until(t, "user_left"); e.data["reason"] != how {
				t.Errorf("reason %v", e.data["reason"])
			}
			if e, ok := theirs.next(); ok {
				t.Errorf("then %s", e.raw)
			}
			for _, call := range []string{"POST /api/sessions/{s}/extend?user_id={guest}", "GET /api/sessions/{s}?user_id={guest}", "GET /api/sse/{s}?user_id={guest}"} {
				isProblem(t, s.call(t, w.fill(call, ""), "", as(w.guest)), http.StatusUnauthorized)
			}
		})
	}
}

func TestStreamOfTheList(t *testing.T) { onBothWays(t, streamOfTheList) }

func streamOfTheList(t *testing.T, s *server) {
	t.Helper()
	stream := s.listen(t, "/api/sse/")
	sessions := func(e event) []any {
		if missing := lacks(e.whole, "type timestamp data.sessions"); len(missing) > 0 || e.id == "" {
			t.Fatalf("lacks %v: %s", missing, e.raw)
		}
		return e.data["sessions"].([]any)
	}
	if got := sessions(stream.until(t, "sessions_updated")); len(got) != 0 {
		t.Errorf("at first: %v", got)
	}
	who := s.create(t, createBody)
	s.clock.Advance(time.Second)
	got := sessions(stream.until(t, "sessions_updated"))
	if len(got) != 1 || len(lacks(got[0].(map[string]any), "id name participant_count scrum_master_name status created_at")) > 0 {
		t.Errorf("after a creation: %v", got)
	}
	again := s.listen(t, "/api/sse", header("Last-Event-ID", "list.1"))
	if got := sessions(again.until(t, "sessions_updated")); len(got) != 1 {
		t.Errorf("who comes back gets %v", got)
	}
	s.must(t, "DELETE /api/sessions/"+who.session+"?user_id="+who.user, "", as(who))
	s.clock.Advance(time.Second)
	if got := sessions(stream.until(t, "sessions_updated")); len(got) != 0 {
		t.Errorf("after the end: %v", got)
	}
}

func TestHeadersOfStreams(t *testing.T) { onBothWays(t, headersOfStreams) }

func headersOfStreams(t *testing.T, s *server) {
	t.Helper()
	w := newWorld(t, s, "waiting")
	for _, path := range []string{"/api/sse/", "/api/sse", "/api/sse/" + w.session, "/api/sse/" + w.session + "/"} {
		h := s.listen(t, path, header("Origin", friend)).header
		for name, want := range map[string]string{
			"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff",
			"Access-Control-Allow-Origin": friend, "Access-Control-Allow-Credentials": "true",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, h.Get(name), want)
			}
		}
	}
}

func TestResume(t *testing.T) { onBothWays(t, resume) }

func resume(t *testing.T, s *server) {
	t.Helper()
	w := newWorld(t, s, "waiting")
	whole := s.listen(t, "/api/sse/"+w.session)
	begin := whole.until(t, "session_updated")
	for range 3 {
		w.step(t, "start")
		w.step(t, "vote")
		w.step(t, "reveal")
	}
	w.step(t, "end-of-rounds")
	var all []event
	for e := whole.until(t, "voting_started"); e.typ != "user_left"; e, _ = whole.next() {
		all = append(all, e)
	}
	for i, e := range append([]event{begin}, all...) {
		stream := s.listen(t, "/api/sse/"+w.session, header("Last-Event-ID", e.id))
		for _, want := range all[i:] {
			if got, _ := stream.next(); got.raw != want.raw {
				t.Fatalf("after %s: %s, want %s", e.id, got.raw, want.raw)
			}
		}
		stream.cancel()
	}
	foreign := s.listen(t, "/api/sse/"+w.stranger.session).until(t, "session_updated").id
	for _, id := range []string{"x", "0", "999999.0.abc", "-1", foreign, all[2].id + "x", strings.Repeat("9", 4000)} {
		if got, _ := s.listen(t, "/api/sse/"+w.session, header("Last-Event-ID", id)).next(); got.typ != "session_updated" {
			t.Errorf("after the id %.20q: %s", id, got.raw)
		}
	}
}

func TestStreamForHTTP10(t *testing.T) { onBothWays(t, streamForHTTP10) }

func streamForHTTP10(t *testing.T, s *server) {
	t.Helper()
	w := newWorld(t, s, "waiting")
	conn := dial(t, s.url)
	if _, err := conn.Write([]byte("GET /api/sse/" + w.session + " HTTP/1.0\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	resp, body := answerOn(t, conn)
	if resp.StatusCode != 200 || len(resp.TransferEncoding) > 0 {
		t.Fatalf("%d, %v", resp.StatusCode, resp.TransferEncoding)
	}
	stream := &eventStream{lines: body}
	stream.until(t, "session_updated")
	w.step(t, "start")
	stream.until(t, "voting_started")
}

func TestRevealedCountdownHasItsAnswer(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "countdown")
	r := w.act(t, w.master, "reveal", "")
	if v, ok := r.field("statistics"); !ok || v != nil {
		t.Errorf("statistics %v", v)
	}
	if v, _ := r.field("votes." + w.guest.user + ".value"); v != nil {
		t.Errorf("value %v", v)
	}
	if at := r.text("reveals_at"); at != s.clock.Now().Add(2500*time.Millisecond).UTC().Format("2006-01-02T15:04:05.000Z") {
		t.Errorf("reveals_at %s", at)
	}
	s.clock.Advance(2500 * time.Millisecond)
	r = s.must(t, "GET /api/sessions/"+w.session+"/round", "")
	if v, _ := r.field("votes." + w.guest.user + ".value"); v != "5" {
		t.Errorf("after the countdown: %s", r.body)
	}
}
