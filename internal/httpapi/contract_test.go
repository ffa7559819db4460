package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// action is a call that acts as a participant.
type action struct {
	name   string
	call   string // {s}: the session, {actor}: who acts
	actor  string
	given  string // a state in which it succeeds
	body   string
	fields string // of the answer
	key    string // the query parameter that names who acts
	reads  bool   // takes a body
	master bool   // only the Scrum Master may
}

var actions = []action{
	{name: "leave", call: "POST /api/sessions/{s}/leave?user_id={actor}", actor: "guest", given: "waiting", fields: "success message", key: "user_id"},
	{name: "end", call: "DELETE /api/sessions/{s}?user_id={actor}", actor: "master", given: "waiting", fields: "success message", key: "user_id", master: true},
	{name: "start", call: "POST /api/sessions/{s}/start?user_id={actor}", actor: "master", given: "waiting", fields: "success message", key: "user_id", master: true, reads: true, body: `{"topic":"Login"}`},
	{name: "vote", call: "POST /api/sessions/{s}/vote?user_id={actor}", actor: "guest", given: "voting", fields: "success message", key: "user_id", reads: true, body: `{"vote":"13"}`},
	{name: "take back", call: "DELETE /api/sessions/{s}/vote?user_id={actor}", actor: "guest", given: "voted", fields: "success message", key: "user_id"},
	{name: "reveal", call: "POST /api/sessions/{s}/reveal?user_id={actor}", actor: "master", given: "voted", fields: "round_id votes statistics statistics.average statistics.distribution statistics.consensus statistics.coffee_votes statistics.total_votes", key: "user_id", master: true},
	{name: "accept", call: "POST /api/sessions/{s}/accept?user_id={actor}", actor: "master", given: "results", fields: "success message", key: "user_id", master: true, reads: true, body: `{"estimate":"8"}`},
	{name: "kick", call: "POST /api/sessions/{s}/kick/{guest}?kicker_id={actor}", actor: "master", given: "waiting", fields: "success message", key: "kicker_id", master: true},
	{name: "transfer", call: "POST /api/sessions/{s}/transfer?new_master_id={guest}&current_master_id={actor}", actor: "master", given: "waiting", fields: "success message", key: "current_master_id", master: true},
	{name: "reconnect", call: "POST /api/sessions/{s}/reconnect?user_id={actor}", actor: "guest", given: "guest away", fields: "success message session.id session.participants", key: "user_id"},
	{name: "take over", call: "POST /api/sessions/{s}/takeover?user_id={actor}", actor: "guest", given: "abandoned", fields: "success message", key: "user_id"},
	{name: "profile", call: "POST /api/sessions/{s}/profile?user_id={actor}", actor: "guest", given: "waiting", fields: "success message", key: "user_id", reads: true, body: `{"name":"Grace H.","avatar":"🐻"}`},
	{name: "extend", call: "POST /api/sessions/{s}/extend?user_id={actor}", actor: "guest", given: "waiting", fields: "success message", key: "user_id"},
}

// row is one expectation of the contract.
type row struct {
	name  string
	given string
	call  string
	actor string // put for {actor}
	as    string // whose token is sent; empty: none
	body  string
	want  int
	title string // of the error
	field string // which the error names
	has   string // fields of the answer
}

// rows are what every call that acts as somebody has in common.
func (a action) rows() []row {
	ok := row{given: a.given, call: a.call, actor: a.actor, as: a.actor, body: a.body}
	change := func(name string, want int, title string, edit func(*row)) row {
		r := ok
		r.name, r.want, r.title = name, want, title
		edit(&r)
		return r
	}
	slash := func(r *row) { r.call = strings.Replace(r.call, "?", "/?", 1); r.has = a.fields }
	session := func(id string) func(*row) { return func(r *row) { r.call = strings.Replace(r.call, "{s}", id, 1) } }
	actor := func(name, token string) func(*row) { return func(r *row) { r.actor, r.as = name, token } }
	other := "master"
	if a.actor == "master" {
		other = "guest"
	}
	rows := []row{
		change("succeeds", 200, "", func(r *row) { r.has = a.fields }),
		change("succeeds with a trailing slash", 200, "", slash),
		change("of an unknown session", 404, "Session not found", session("{nobody}")),
		change("of a session whose id is no GUID", 404, "Session not found", session("no-guid")),
		change("of an ended session", 404, "Session not found", func(r *row) { r.given = "ended" }),
		change("of an expired session", 404, "Session not found", func(r *row) { r.given = "expired" }),
		change("without naming who acts", 422, "Invalid input", func(r *row) { r.call, r.field = strings.Replace(r.call, a.key+"={actor}", "", 1), a.key }),
		change("with an empty id of who acts", 422, "Invalid input", func(r *row) { r.call, r.field = strings.Replace(r.call, "{actor}", "", 1), a.key }),
		change("without a credential", 401, "Credential missing or wrong", actor(a.actor, "")),
		change("with another's credential", 401, "Credential missing or wrong", actor(a.actor, other)),
		change("as somebody unknown", 401, "Not a participant", actor("{nobody}", a.actor)),
		change("as somebody whose id is no GUID", 401, "Not a participant", actor("%00%0A", a.actor)),
		change("as somebody who has left", 401, "Not a participant", actor("gone", "gone")),
		change("as somebody of another session", 401, "Not a participant", actor("stranger", "stranger")),
		change("with another method", 405, "Method not allowed", func(r *row) { _, path, _ := strings.Cut(r.call, " "); r.call = "PUT " + path }),
	}
	if a.master {
		rows = append(rows, change("by somebody else than the Scrum Master", 403, "Only the Scrum Master may do this", actor("guest", "guest")))
	}
	if !a.reads {
		rows = append(rows, change("with a body that nobody reads", 200, "", func(r *row) { r.body, r.has = `{"broken":`, a.fields }))
		return rows
	}
	return append(rows,
		change("with broken JSON", 422, "Invalid input", func(r *row) { r.body = a.body[:len(a.body)-1] }),
		change("with something after the JSON", 422, "Invalid input", func(r *row) { r.body = a.body + "x" }),
		change("with a second object", 422, "Invalid input", func(r *row) { r.body = a.body + a.body }),
		change("with a list", 422, "Invalid input", func(r *row) { r.body = "[" + a.body + "]" }),
		change("with a body over the limit", 413, "Body too large", func(r *row) { r.body = a.body + strings.Repeat(" ", 64<<10) }),
		change("with a body just within the limit", 200, "", func(r *row) { r.body = a.body + strings.Repeat(" ", 64<<10-len(a.body)) }),
		change("with deep nesting", 422, "Invalid input", func(r *row) { r.body = strings.Repeat("[", 60<<10) }),
		change("with unknown fields", 200, "", func(r *row) { r.body = `{"colour":{"of":["the",null]},` + a.body[1:] }),
	)
}

func TestEveryActingCall(t *testing.T) {
	s := start(t)
	for _, a := range actions {
		for _, r := range a.rows() {
			t.Run(a.name+" "+r.name, func(t *testing.T) { r.check(t, s) })
		}
	}
}

// check brings the world about, calls, and compares; a refused call must have changed nothing.
func (r row) check(t *testing.T, s *server) {
	t.Helper()
	w := newWorld(t, s, r.given)
	before, listed := w.state(t), len(s.rooms.List())
	call := w.fill(r.call, w.fill(r.actor, ""))
	if actor := w.who(r.actor); actor.user != r.actor {
		call = w.fill(r.call, r.actor)
	}
	var changes []with
	if r.as != "" {
		changes = append(changes, as(w.who(r.as)))
	}
	got := s.call(t, call, w.fill(r.body, ""), changes...)
	if got.status != r.want {
		t.Fatalf("%s: %d, want %d: %s", call, got.status, r.want, got.body)
	}
	if missing := lacks(got.json, r.has); len(missing) > 0 {
		t.Errorf("%s lacks %v: %s", call, missing, got.body)
	}
	if r.want == http.StatusOK {
		return
	}
	isProblem(t, got, r.want)
	if r.title != "" && got.text("error") != r.title {
		t.Errorf("error %q, want %q", got.text("error"), r.title)
	}
	if r.field != "" && got.text("field") != r.field {
		t.Errorf("field %q, want %q: %s", got.text("field"), r.field, got.body)
	}
	if w.state(t) != before || len(s.rooms.List()) != listed {
		t.Error("a refused call changed something")
	}
}

// isProblem checks the form that every error has.
func isProblem(t *testing.T, got reply, status int) {
	t.Helper()
	if got.status != status {
		t.Fatalf("status %d, want %d: %s", got.status, status, got.body)
	}
	if missing := lacks(got.json, "type title status error detail"); len(missing) > 0 {
		t.Errorf("problem lacks %v: %s", missing, got.body)
	}
	if got.json["status"] != float64(status) || got.text("title") != got.text("error") || got.text("detail") == "" || !strings.HasPrefix(got.text("type"), "/docs#") {
		t.Errorf("not a problem of status %d: %s", status, got.body)
	}
	if ct := got.header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("Content-Type %q", ct)
	}
	if got.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Error("no nosniff")
	}
	if needsWait := status == 429 || status == 503; needsWait != (got.header.Get("Retry-After") != "") {
		t.Errorf("Retry-After %q with %d", got.header.Get("Retry-After"), status)
	}
	if status == 405 && got.header.Get("Allow") == "" {
		t.Error("405 without Allow")
	}
}

const sessionFields = "id name participants scrum_master_id status current_round expires_at created_at last_activity deck.cards settings.reveal_countdown_seconds my_vote resumes_by rounds"

var others = []row{
	// Creating.
	{name: "create succeeds", call: "POST /api/sessions/", body: createBody, want: 200, has: "session_id join_url user_id token session.id session.participants session.scrum_master_id session.my_vote"},
	{name: "create succeeds without the slash", call: "POST /api/sessions", body: createBody, want: 200, has: "session_id"},
	{name: "create with nothing", call: "POST /api/sessions/", want: 422, title: "Invalid input"},
	{name: "create with null", call: "POST /api/sessions/", body: "null", want: 422, title: "Invalid input"},
	{name: "create with another method", call: "PATCH /api/sessions/", body: createBody, want: 405, title: "Method not allowed"},
	{name: "create with a body over the limit", call: "POST /api/sessions/", body: createBody + strings.Repeat("\n", 64<<10), want: 413, title: "Body too large"},

	// Joining.
	{name: "join succeeds", call: "POST /api/sessions/{s}/join", body: joinBody, want: 200, has: "user_id token session.participants session.my_vote"},
	{name: "join succeeds with a slash", call: "POST /api/sessions/{s}/join/", body: joinBody, want: 200, has: "user_id"},
	{name: "join while voting", given: "voted", call: "POST /api/sessions/{s}/join", body: joinBody, want: 200},
	{name: "join while paused", given: "paused", call: "POST /api/sessions/{s}/join", body: joinBody, want: 200},
	{name: "join an unknown session", call: "POST /api/sessions/{nobody}/join", body: joinBody, want: 404, title: "Session not found"},
	{name: "join an ended session", given: "ended", call: "POST /api/sessions/{s}/join", body: joinBody, want: 404, title: "Session not found"},
	{name: "join an expired session", given: "expired", call: "POST /api/sessions/{s}/join", body: joinBody, want: 404, title: "Session not found"},
	{name: "join a full session", given: "full", call: "POST /api/sessions/{s}/join", body: joinBody, want: 409, title: "Session full"},
	{name: "join with another method", call: "GET /api/sessions/{s}/join", want: 405, title: "Method not allowed"},
	{name: "join with a body over the limit", call: "POST /api/sessions/{s}/join", body: joinBody + strings.Repeat(" ", 64<<10), want: 413, title: "Body too large"},

	// Reading.
	{name: "list succeeds", call: "GET /api/sessions/", want: 200},
	{name: "list succeeds without the slash", call: "GET /api/sessions", want: 200},
	{name: "get succeeds", call: "GET /api/sessions/{s}", want: 200, has: sessionFields},
	{name: "get succeeds with a slash", call: "GET /api/sessions/{s}/", want: 200, has: sessionFields},
	{name: "get during a round", given: "voted", call: "GET /api/sessions/{s}", want: 200, has: "current_round.id current_round.votes.{guest}.value current_round.is_revealed current_round.statistics current_round.started_at current_round.topic current_round.estimate current_round.completed_at current_round.reveals_at"},
	{name: "get for oneself", given: "voted", call: "GET /api/sessions/{s}?user_id={guest}", as: "guest", want: 200, has: "my_vote"},
	{name: "get for another", given: "voted", call: "GET /api/sessions/{s}?user_id={guest}", as: "master", want: 401, title: "Credential missing or wrong"},
	{name: "get for one without a credential", call: "GET /api/sessions/{s}?user_id={guest}", want: 401, title: "Credential missing or wrong"},
	{name: "get for an unknown one", call: "GET /api/sessions/{s}?user_id={nobody}", as: "guest", want: 401},
	{name: "get of an unknown session", call: "GET /api/sessions/{nobody}", want: 404, title: "Session not found"},
	{name: "get of what is no GUID", call: "GET /api/sessions/%F0%9F%A6%89", want: 404, title: "Session not found"},
	{name: "get of an ended session", given: "ended", call: "GET /api/sessions/{s}", want: 404, title: "Session not found"},
	{name: "get of an expired session", given: "expired", call: "GET /api/sessions/{s}", want: 404, title: "Session not found"},
	{name: "round before the first", call: "GET /api/sessions/{s}/round", want: 200},
	{name: "round", given: "voted", call: "GET /api/sessions/{s}/round/", want: 200, has: "id votes is_revealed statistics started_at topic estimate completed_at reveals_at my_vote"},
	{name: "round for another", given: "voted", call: "GET /api/sessions/{s}/round?user_id={guest}", as: "master", want: 401},
	{name: "round of an unknown session", call: "GET /api/sessions/{nobody}/round", want: 404, title: "Session not found"},
	{name: "round with another method", call: "POST /api/sessions/{s}/round", want: 405},

	// Streams.
	{name: "stream of an unknown session", call: "GET /api/sse/{nobody}", want: 404, title: "Session not found"},
	{name: "stream of an ended session", given: "ended", call: "GET /api/sse/{s}", want: 404, title: "Session not found"},
	{name: "stream of an expired session", given: "expired", call: "GET /api/sse/{s}/", want: 404, title: "Session not found"},
	{name: "stream as another", call: "GET /api/sse/{s}?user_id={guest}", as: "master", want: 401, title: "Credential missing or wrong"},
	{name: "stream without a credential", call: "GET /api/sse/{s}?user_id={guest}", want: 401, title: "Credential missing or wrong"},
	{name: "stream as somebody who has left", call: "GET /api/sse/{s}?user_id={gone}", as: "gone", want: 401, title: "Not a participant"},
	{name: "stream with another method", call: "POST /api/sse/{s}", want: 405},
	{name: "stream with pings of an unknown session", call: "GET /api/sse/{nobody}?ping=true", want: 404, title: "Session not found"},
	{name: "stream with pings or not, who knows", call: "GET /api/sse/{s}?ping=maybe", want: 422, field: "ping"},
	{name: "stream of the list with pings or not, who knows", call: "GET /api/sse/?ping=1", want: 422, field: "ping"},
	{name: "stream of the list with another method", call: "DELETE /api/sse/", want: 405},

	// Rounds, by state.
	{name: "start again while voting", given: "voted", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", want: 200},
	{name: "start after the results", given: "results", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", want: 200},
	{name: "start after completion", given: "completed", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", want: 200},
	{name: "start with null for a body", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", body: "null", want: 200},
	{name: "start with null for a topic", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", body: `{"topic":null}`, want: 200},
	{name: "start during the countdown", given: "revealing", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", want: 409, title: "Reveal under way"},
	{name: "start while paused", given: "paused", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", want: 409, title: "Session paused"},
	{name: "vote before the first round", call: "POST /api/sessions/{s}/vote?user_id={guest}", as: "guest", body: `{"vote":"5"}`, want: 409, title: "No round running"},
	{name: "vote again, the same", given: "voted", call: "POST /api/sessions/{s}/vote?user_id={guest}", as: "guest", body: `{"vote":"5"}`, want: 200},
	{name: "vote during the countdown", given: "revealing", call: "POST /api/sessions/{s}/vote?user_id={guest}", as: "guest", body: `{"vote":"5"}`, want: 409, title: "Reveal under way"},
	{name: "vote after the reveal", given: "results", call: "POST /api/sessions/{s}/vote?user_id={guest}", as: "guest", body: `{"vote":"5"}`, want: 409, title: "Already revealed"},
	{name: "vote while paused", given: "paused voting", call: "POST /api/sessions/{s}/vote?user_id={guest}", as: "guest", body: `{"vote":"5"}`, want: 409, title: "Session paused"},
	{name: "vote for what is no card", given: "voting", call: "POST /api/sessions/{s}/vote?user_id={guest}", as: "guest", body: `{"vote":"4"}`, want: 422, title: "Unknown card", field: "vote"},
	{name: "vote for nothing", given: "voting", call: "POST /api/sessions/{s}/vote?user_id={guest}", as: "guest", body: `{"vote":""}`, want: 422, field: "vote"},
	{name: "take back before the first round", call: "DELETE /api/sessions/{s}/vote?user_id={guest}", as: "guest", want: 409, title: "No round running"},
	{name: "take back during the countdown", given: "revealing", call: "DELETE /api/sessions/{s}/vote?user_id={guest}", as: "guest", want: 409, title: "Reveal under way"},
	{name: "take back after the reveal", given: "results", call: "DELETE /api/sessions/{s}/vote?user_id={guest}", as: "guest", want: 409, title: "Already revealed"},
	{name: "take back while paused", given: "paused voting", call: "DELETE /api/sessions/{s}/vote?user_id={guest}", as: "guest", want: 409, title: "Session paused"},
	{name: "reveal before the first round", call: "POST /api/sessions/{s}/reveal?user_id={master}", as: "master", want: 409, title: "No round running"},
	{name: "reveal of an empty round", given: "voting", call: "POST /api/sessions/{s}/reveal?user_id={master}", as: "master", want: 200, has: "round_id votes statistics.average"},
	{name: "reveal during the countdown", given: "revealing", call: "POST /api/sessions/{s}/reveal?user_id={master}", as: "master", want: 409, title: "Reveal under way"},
	{name: "reveal again", given: "results", call: "POST /api/sessions/{s}/reveal?user_id={master}", as: "master", want: 409, title: "Already revealed"},
	{name: "reveal while paused", given: "paused voting", call: "POST /api/sessions/{s}/reveal?user_id={master}", as: "master", want: 409, title: "Session paused"},
	{name: "accept before the first round", call: "POST /api/sessions/{s}/accept?user_id={master}", as: "master", body: `{"estimate":"5"}`, want: 409, title: "No round running"},
	{name: "accept before the reveal", given: "voted", call: "POST /api/sessions/{s}/accept?user_id={master}", as: "master", body: `{"estimate":"5"}`, want: 409, title: "Not revealed yet"},
	{name: "accept during the countdown", given: "revealing", call: "POST /api/sessions/{s}/accept?user_id={master}", as: "master", body: `{"estimate":"5"}`, want: 409, title: "Reveal under way"},
	{name: "accept while paused", given: "paused results", call: "POST /api/sessions/{s}/accept?user_id={master}", as: "master", body: `{"estimate":"5"}`, want: 409, title: "Session paused"},
	{name: "accept again amends", given: "completed", call: "POST /api/sessions/{s}/accept?user_id={master}", as: "master", body: `{"estimate":"8"}`, want: 200},
	{name: "accept nothing", given: "results", call: "POST /api/sessions/{s}/accept?user_id={master}", as: "master", want: 200},
	{name: "accept null", given: "results", call: "POST /api/sessions/{s}/accept?user_id={master}", as: "master", body: `{"estimate":null}`, want: 200},
	{name: "accept what is no card", given: "results", call: "POST /api/sessions/{s}/accept?user_id={master}", as: "master", body: `{"estimate":"7"}`, want: 422, title: "Unknown card", field: "estimate"},

	// People.
	{name: "the Scrum Master leaves", call: "POST /api/sessions/{s}/leave?user_id={master}", as: "master", want: 200},
	{name: "kick while paused", given: "paused", call: "POST /api/sessions/{s}/kick/{guest}?kicker_id={master}", as: "master", want: 200},
	{name: "kick somebody unknown", call: "POST /api/sessions/{s}/kick/{nobody}?kicker_id={master}", as: "master", want: 404, title: "Participant not found"},
	{name: "kick somebody who has left", call: "POST /api/sessions/{s}/kick/{gone}?kicker_id={master}", as: "master", want: 404, title: "Participant not found"},
	{name: "kick what is no GUID", call: "POST /api/sessions/{s}/kick/%00?kicker_id={master}", as: "master", want: 404, title: "Participant not found"},
	{name: "kick oneself", call: "POST /api/sessions/{s}/kick/{master}?kicker_id={master}", as: "master", want: 409, title: "Not with yourself"},
	{name: "transfer while paused", given: "paused", call: "POST /api/sessions/{s}/transfer?new_master_id={guest}&current_master_id={master}", as: "master", want: 200},
	{name: "transfer to somebody away", given: "guest away", call: "POST /api/sessions/{s}/transfer?new_master_id={guest}&current_master_id={master}", as: "master", want: 200},
	{name: "transfer to somebody unknown", call: "POST /api/sessions/{s}/transfer?new_master_id={nobody}&current_master_id={master}", as: "master", want: 404, title: "Participant not found"},
	{name: "transfer to nobody", call: "POST /api/sessions/{s}/transfer?current_master_id={master}", as: "master", want: 422, field: "new_master_id"},
	{name: "transfer to oneself", call: "POST /api/sessions/{s}/transfer?new_master_id={master}&current_master_id={master}", as: "master", want: 409, title: "Not with yourself"},
	{name: "take over while nobody is away", given: "guest watches", call: "POST /api/sessions/{s}/takeover?user_id={guest}", as: "guest", want: 409, title: "Session not paused"},
	{name: "take over before half a minute", given: "just abandoned", call: "POST /api/sessions/{s}/takeover?user_id={guest}", as: "guest", want: 409, title: "Too early"},
	{name: "take over without a stream", given: "paused long", call: "POST /api/sessions/{s}/takeover?user_id={guest}", as: "guest", want: 409, title: "No open stream"},
	{name: "take over from oneself", given: "abandoned", call: "POST /api/sessions/{s}/takeover?user_id={master}", as: "master", want: 409, title: "No open stream"},
	{name: "profile of nothing", call: "POST /api/sessions/{s}/profile?user_id={guest}", as: "guest", body: `{}`, want: 422, field: "name"},
	{name: "profile of null", call: "POST /api/sessions/{s}/profile?user_id={guest}", as: "guest", body: `{"name":null,"avatar":null}`, want: 422, field: "name"},
	{name: "profile without a body", call: "POST /api/sessions/{s}/profile?user_id={guest}", as: "guest", want: 422},
	{name: "profile with a name", call: "POST /api/sessions/{s}/profile?user_id={guest}", as: "guest", body: `{"name":"Grace H."}`, want: 200},
	{name: "profile with an avatar", call: "POST /api/sessions/{s}/profile?user_id={guest}", as: "guest", body: `{"avatar":""}`, want: 200},
	{name: "profile while paused", given: "paused", call: "POST /api/sessions/{s}/profile?user_id={guest}", as: "guest", body: `{"avatar":"🐻"}`, want: 200},
	{name: "reconnect while online", call: "POST /api/sessions/{s}/reconnect?user_id={guest}", as: "guest", want: 200},
	{name: "reconnect of the Scrum Master ends the pause", given: "paused", call: "POST /api/sessions/{s}/reconnect?user_id={master}", as: "master", want: 200},
	{name: "extend while paused", given: "paused", call: "POST /api/sessions/{s}/extend?user_id={guest}", as: "guest", want: 200},
	{name: "end while paused", given: "paused", call: "DELETE /api/sessions/{s}?user_id={master}", as: "master", want: 200},

	// Operation.
	{name: "health", call: "GET /health", want: 200, has: "status timestamp"},
	{name: "health with a slash", call: "GET /health/", want: 200, has: "status timestamp"},
	{name: "health with another method", call: "POST /health", want: 405},
	{name: "livez", call: "GET /livez", want: 200},
	{name: "readyz", call: "GET /readyz", want: 200},
	{name: "no such path", call: "GET /api/nothing", want: 404, title: "Path not found"},
	{name: "no such path, whatever the method", call: "POST /api/nothing", want: 404, title: "Path not found"},
	{name: "no such path below a call", call: "POST /api/sessions/{s}/vote/again", want: 404, title: "Path not found"},
	{name: "the root of the API", call: "GET /api/", want: 404, title: "Path not found"},
	{name: "no such page", call: "GET /nothing", want: 404, title: "Path not found"},
}

func TestEveryOtherCall(t *testing.T) {
	s := start(t)
	for _, r := range others {
		if r.given == "" {
			r.given = "waiting"
		}
		t.Run(r.name, func(t *testing.T) {
			r.has = "" // what stands in braces is filled in below
			r.check(t, s)
		})
		if r.has != "" {
			t.Run(r.name+" has its fields", func(t *testing.T) {
				w := newWorld(t, s, r.given)
				var changes []with
				if r.as != "" {
					changes = append(changes, as(w.who(r.as)))
				}
				got := s.call(t, w.fill(r.call, ""), w.fill(r.body, ""), changes...)
				if missing := lacks(got.json, w.fill(r.has, "")); len(missing) > 0 {
					t.Errorf("lacks %v: %s", missing, got.body)
				}
			})
		}
	}
}

func TestNoSlotIsLeft(t *testing.T) {
	s := start(t, slots(2))
	first := s.create(t, createBody)
	s.create(t, createBody)
	isProblem(t, s.call(t, "POST /api/sessions/", createBody), http.StatusConflict)
	s.must(t, "DELETE /api/sessions/"+first.session+"?user_id="+first.user, "", as(first))
	s.create(t, createBody)
	isProblem(t, s.call(t, "POST /api/sessions/", createBody), http.StatusConflict)
	s.clock.Advance(sessionTimeout)
	s.create(t, createBody)
}

func TestStoreCannotTakeTheWrite(t *testing.T) {
	for _, a := range actions {
		t.Run(a.name, func(t *testing.T) {
			s := start(t)
			w := newWorld(t, s, a.given)
			s.closeStore(t)
			before := w.state(t)
			isProblem(t, s.call(t, w.fill(a.call, a.actor), a.body, as(w.who(a.actor))), http.StatusServiceUnavailable)
			if w.state(t) != before {
				t.Error("something changed")
			}
		})
	}
	t.Run("create and join", func(t *testing.T) {
		s := start(t)
		w := newWorld(t, s, "waiting")
		s.closeStore(t)
		before := w.state(t)
		isProblem(t, s.call(t, "POST /api/sessions/", createBody), http.StatusServiceUnavailable)
		isProblem(t, s.call(t, "POST /api/sessions/"+w.session+"/join", joinBody), http.StatusServiceUnavailable)
		isProblem(t, s.call(t, "GET "+w.fill("/api/sse/{s}?user_id={guest}", ""), "", as(w.guest)), http.StatusServiceUnavailable) // the presence cannot be noted
		isProblem(t, s.call(t, "GET /readyz", ""), http.StatusServiceUnavailable)
		s.must(t, "GET /livez", "")
		s.must(t, "GET /api/sessions/"+w.session, "")
		if w.state(t) != before || len(s.rooms.List()) != 2 {
			t.Error("something changed")
		}
	})
}

func TestHeadWorksWhereGetDoes(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "voted")
	for _, path := range []string{"/api/sessions", "/api/sessions/", "/api/sessions/{s}", "/api/sessions/{s}/round", "/health", "/livez", "/readyz", "/metrics", "/openapi.json", "/docs"} {
		path = w.fill(path, "")
		got := s.call(t, "HEAD "+path, "")
		want := s.call(t, "GET "+path, "")
		if got.status != 200 || got.body != "" || got.header.Get("Content-Type") != want.header.Get("Content-Type") {
			t.Errorf("HEAD %s: %d %q %q", path, got.status, got.header.Get("Content-Type"), got.body)
		}
	}
	for _, path := range []string{"/api/sse/", w.fill("/api/sse/{s}", "")} {
		if got := s.call(t, "HEAD "+path, ""); got.status != 405 || got.header.Get("Allow") != "GET" {
			t.Errorf("HEAD %s: %d, Allow %q", path, got.status, got.header.Get("Allow"))
		}
	}
}

func TestListIsNewestFirst(t *testing.T) {
	s := start(t)
	if got := s.must(t, "GET /api/sessions/", ""); got.body != "[]\n" {
		t.Errorf("an empty list is %q", got.body)
	}
	var want []string
	for range 3 {
		want = append([]string{s.create(t, createBody).session}, want...)
		s.clock.Advance(1e6)
	}
	var got []string
	for _, summary := range s.list(t) {
		got = append(got, summary["id"].(string))
		if missing := lacks(summary, "id name participant_count scrum_master_name status created_at"); len(missing) > 0 {
			t.Errorf("a summary lacks %v", missing)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
