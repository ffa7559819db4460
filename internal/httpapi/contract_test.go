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
	file   bool   // takes a file
	still  bool   // changes nothing
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
	{name: "settings", call: "POST /api/sessions/{s}/settings?user_id={actor}", actor: "master", given: "waiting", fields: "success message", key: "user_id", master: true, reads: true, body: `{"auto_reveal":true}`},
	{name: "deck", call: "POST /api/sessions/{s}/deck?user_id={actor}", actor: "master", given: "waiting", fields: "success message", key: "user_id", master: true, reads: true, body: `{"name":"own","cards":[{"value":"½"},{"value":"XL","number":7},{"value":"9","number":null}]}`},
	{name: "add stories", call: "POST /api/sessions/{s}/stories?user_id={actor}", actor: "master", given: "waiting", fields: "success message version stories", key: "user_id", master: true, reads: true, body: `{"stories":[{"title":"Log in","key":"P-1","type":"Story","url":"https://tracker.example/P-1","description":"As a user","estimate":"5"}]}`},
	{name: "edit a story", call: "POST /api/sessions/{s}/stories/{story}?user_id={actor}", actor: "master", given: "stories", fields: "success message version stories", key: "user_id", master: true, reads: true, body: `{"title":"Sign in"}`},
	{name: "move a story", call: "POST /api/sessions/{s}/stories/{story}/move?user_id={actor}", actor: "master", given: "stories", fields: "success message version", key: "user_id", master: true, reads: true, body: `{"unknown":true}`},
	{name: "remove a story", call: "DELETE /api/sessions/{s}/stories/{story}?user_id={actor}", actor: "master", given: "stories", fields: "success message version", key: "user_id", master: true},
	{name: "import stories", call: "POST /api/sessions/{s}/stories/import?user_id={actor}", actor: "master", given: "stories", fields: "success message dry_run version format tracker encoding delimiter columns total selected added existing room original skipped skipped_total warnings types statuses sprints stories", key: "user_id", master: true, file: true, body: backlogFile},
	{name: "preview an import", call: "POST /api/sessions/{s}/stories/import?dry_run=true&user_id={actor}", actor: "master", given: "stories", fields: "success message dry_run version columns added existing stories", key: "user_id", master: true, file: true, still: true, body: backlogFile},
	{name: "timer", call: "POST /api/sessions/{s}/timer?user_id={actor}", actor: "master", given: "voting", fields: "success message", key: "user_id", master: true, reads: true, body: `{"seconds":90.5}`},
	{name: "nudge", call: "POST /api/sessions/{s}/nudge?user_id={actor}", actor: "master", given: "voting", fields: "success message", key: "user_id", master: true, reads: true, body: `{"unknown":1}`},
	{name: "seat link", call: "POST /api/sessions/{s}/seat-link?user_id={actor}", actor: "guest", given: "waiting", fields: "code url expires_at", key: "user_id"},
	{name: "role", call: "POST /api/sessions/{s}/role?user_id={actor}", actor: "guest", given: "waiting", fields: "success message", key: "user_id", reads: true, body: `{"role":"spectator"}`},
	{name: "name a facilitator", call: "POST /api/sessions/{s}/facilitators/{guest}?user_id={actor}", actor: "master", given: "waiting", fields: "success message", key: "user_id", master: true},
	{name: "unname a facilitator", call: "DELETE /api/sessions/{s}/facilitators/{guest}?user_id={actor}", actor: "master", given: "facilitated", fields: "success message", key: "user_id", master: true},
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
	if a.file {
		return append(rows, a.rowsOfFile(change)...)
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
	before, sessions := w.state(t), len(listed(t, s.rooms))
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
	if r.want == http.StatusNoContent && (got.body != "" || w.state(t) != before) {
		t.Errorf("said %q, or changed something", got.body)
	}
	if r.want < 300 {
		return
	}
	isProblem(t, got, r.want)
	if r.title != "" && got.text("error") != r.title {
		t.Errorf("error %q, want %q", got.text("error"), r.title)
	}
	if r.field != "" && got.text("field") != r.field {
		t.Errorf("field %q, want %q: %s", got.text("field"), r.field, got.body)
	}
	if w.state(t) != before || len(listed(t, s.rooms)) != sessions {
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
	{name: "stream with a name of blanks", call: "GET /api/sse/{s}?ping=true&place=a+b", want: 422, field: "place"},

	// Answers to pings.
	{name: "here succeeds", call: "POST /api/sessions/{s}/here?user_id={guest}", as: "guest", want: 204},
	{name: "here succeeds with a slash and a name", call: "POST /api/sessions/{s}/here/?user_id={guest}&place=tab-1&gone=false", as: "guest", want: 204},
	{name: "goodbye without a stream succeeds", call: "POST /api/sessions/{s}/here?user_id={guest}&gone=true", as: "guest", want: 204},
	{name: "here in an ended session", given: "ended", call: "POST /api/sessions/{s}/here?user_id={guest}", as: "guest", want: 204},
	{name: "goodbye in an expired session", given: "expired", call: "POST /api/sessions/{s}/here?user_id={guest}&gone=true", want: 204},
	{name: "goodbye in an unknown session", call: "POST /api/sessions/{nobody}/here?user_id={guest}&gone=true", as: "guest", want: 204},
	{name: "here without a credential", call: "POST /api/sessions/{s}/here?user_id={guest}", want: 401, title: "Credential missing or wrong"},
	{name: "here as another", call: "POST /api/sessions/{s}/here?user_id={guest}", as: "master", want: 401, title: "Credential missing or wrong"},
	{name: "here as somebody who has left", call: "POST /api/sessions/{s}/here?user_id={gone}", as: "gone", want: 401, title: "Not a participant"},
	{name: "here as nobody", call: "POST /api/sessions/{s}/here", want: 422, field: "user_id"},
	{name: "here or gone, who knows", call: "POST /api/sessions/{s}/here?user_id={guest}&gone=1", as: "guest", want: 422, field: "gone"},
	{name: "here with a name too long", call: "POST /api/sessions/{s}/here?user_id={guest}&place=" + strings.Repeat("x", 65), as: "guest", want: 422, field: "place"},
	{name: "here with another method", call: "GET /api/sessions/{s}/here?user_id={guest}", as: "guest", want: 405},

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

	// Roles and settings.
	{name: "join as a spectator", call: "POST /api/sessions/{s}/join", body: `{"user_name":"Grace","user_avatar":"","role":"spectator"}`, want: 200},
	{name: "join as something else", call: "POST /api/sessions/{s}/join", body: `{"user_name":"Grace","user_avatar":"","role":"admin"}`, want: 422, field: "role"},
	{name: "the role of another, by the Scrum Master", call: "POST /api/sessions/{s}/role?user_id={master}", as: "master", body: `{"role":"spectator","user_id":"{guest}"}`, want: 200},
	{name: "a role that is none", call: "POST /api/sessions/{s}/role?user_id={guest}", as: "guest", body: `{"role":"admin"}`, want: 422, field: "role"},
	{name: "no role", call: "POST /api/sessions/{s}/role?user_id={guest}", as: "guest", body: `{}`, want: 422, field: "role"},
	{name: "the role of somebody unknown", call: "POST /api/sessions/{s}/role?user_id={master}", as: "master", body: `{"role":"voter","user_id":"{nobody}"}`, want: 404, title: "Participant not found"},
	{name: "the role of another", call: "POST /api/sessions/{s}/role?user_id={guest}", as: "guest", body: `{"role":"spectator","user_id":"{master}"}`, want: 403, title: "Only the Scrum Master may do this"},
	{name: "a spectator's vote", given: "watched voting", call: "POST /api/sessions/{s}/vote?user_id={guest}", as: "guest", body: `{"vote":"5"}`, want: 409, title: "Spectators do not vote"},
	{name: "a facilitator who is unknown", call: "POST /api/sessions/{s}/facilitators/{nobody}?user_id={master}", as: "master", want: 404, title: "Participant not found"},
	{name: "a facilitator who starts", given: "facilitated", call: "POST /api/sessions/{s}/start?user_id={guest}", as: "guest", want: 200},
	{name: "a facilitator who kicks", given: "facilitated", call: "POST /api/sessions/{s}/kick/{master}?kicker_id={guest}", as: "guest", want: 403, title: "Only the Scrum Master may do this"},
	{name: "a facilitator who locks", given: "facilitated", call: "POST /api/sessions/{s}/settings?user_id={guest}", as: "guest", body: `{"locked":true}`, want: 200},
	{name: "a facilitator who changes another setting", given: "facilitated", call: "POST /api/sessions/{s}/settings?user_id={guest}", as: "guest", body: `{"locked":true,"listed":false}`, want: 403},
	{name: "everybody may start", given: "free for all", call: "POST /api/sessions/{s}/start?user_id={guest}", as: "guest", want: 200},
	{name: "everybody may not accept", given: "free for all", call: "POST /api/sessions/{s}/accept?user_id={guest}", as: "guest", want: 403},
	{name: "settings while paused", given: "paused", call: "POST /api/sessions/{s}/settings?user_id={master}", as: "master", body: `{"auto_reveal":true}`, want: 200},
	{name: "settings that do not change", call: "POST /api/sessions/{s}/settings?user_id={master}", as: "master", body: `{"locked":null,"everyone_may":null}`, want: 200},
	{name: "a countdown that is too long", call: "POST /api/sessions/{s}/settings?user_id={master}", as: "master", body: `{"reveal_countdown_seconds":10.5}`, want: 422, field: "reveal_countdown_seconds"},
	{name: "a timer below zero", call: "POST /api/sessions/{s}/settings?user_id={master}", as: "master", body: `{"round_seconds":-1}`, want: 422, field: "round_seconds"},
	{name: "a timer that is no number", call: "POST /api/sessions/{s}/settings?user_id={master}", as: "master", body: `{"round_seconds":NaN}`, want: 422},
	{name: "a timer without an end", call: "POST /api/sessions/{s}/settings?user_id={master}", as: "master", body: `{"round_seconds":1e999}`, want: 422},
	{name: "everyone may kick", call: "POST /api/sessions/{s}/settings?user_id={master}", as: "master", body: `{"everyone_may":["kick"]}`, want: 422},
	{name: "everyone may one text", call: "POST /api/sessions/{s}/settings?user_id={master}", as: "master", body: `{"everyone_may":"start"}`, want: 422, field: "everyone_may"},
	{name: "create with settings", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"auto_reveal":true,"round_seconds":90,"timer_reveals":true,"anonymous":true,"everyone_may":["start"],"listed":false,"locked":true}}`, want: 200, has: "session.settings.everyone_may session.settings.listed"},
	{name: "create with a timer that is too long", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"round_seconds":3601}}`, want: 422, field: "settings.round_seconds"},

	// Decks.
	{name: "create with a known deck", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","deck":{"name":"t-shirt"}}`, want: 200, has: "session.deck.cards"},
	{name: "create with a deck of one's own", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","deck":{"name":"own","cards":[{"value":"½"},{"value":"XL","number":7},{"value":"9","number":null}]}}`, want: 200},
	{name: "create with an unknown deck", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","deck":{"name":"tarot"}}`, want: 422, field: "deck.name"},
	{name: "create with one card", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","deck":{"name":"own","cards":[{"value":"1"}]}}`, want: 422, field: "deck.cards"},
	{name: "a deck in a round", given: "voted", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"name":"hours"}`, want: 409, title: "Round running"},
	{name: "a deck during the countdown", given: "revealing", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"name":"hours"}`, want: 409, title: "Round running"},
	{name: "a deck after the reveal", given: "results", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"name":"hours"}`, want: 200},
	{name: "a deck by a facilitator", given: "facilitated", call: "POST /api/sessions/{s}/deck?user_id={guest}", as: "guest", body: `{"name":"hours"}`, want: 200},
	{name: "a deck with the same card twice", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"name":"own","cards":[{"value":"1"},{"value":"1"}]}`, want: 422, field: "cards"},
	{name: "a deck with one card", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"name":"own","cards":[{"value":"1"}]}`, want: 422, field: "cards"},
	{name: "a deck with a card of 17 characters", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"name":"own","cards":[{"value":"1"},{"value":"12345678901234567"}]}`, want: 422, field: "cards"},
	{name: "a deck with a number that is none", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"name":"own","cards":[{"value":"1","number":NaN},{"value":"2"}]}`, want: 422},
	{name: "a deck with a number without an end", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"name":"own","cards":[{"value":"1","number":1e999},{"value":"2"}]}`, want: 422},
	{name: "a deck with a number that is too large", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"name":"own","cards":[{"value":"1","number":1e300},{"value":"2"}]}`, want: 422, field: "cards"},
	{name: "a deck without a name", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"cards":[{"value":"1"},{"value":"2"}]}`, want: 422, field: "name"},
	{name: "a deck with names that are none of ours", call: "POST /api/sessions/{s}/deck?user_id={master}", as: "master", body: `{"name":"own","cards":[{"value":"1","Value":"2","id":null},{"value":"2","NUMBER":5}]}`, want: 200},

	// Stories.
	{name: "stories of a session without any", call: "GET /api/sessions/{s}/stories", want: 200, has: "version stories"},
	{name: "stories", given: "stories", call: "GET /api/sessions/{s}/stories", want: 200, has: "version stories"},
	{name: "stories for another", given: "stories", call: "GET /api/sessions/{s}/stories?user_id={guest}", as: "master", want: 401},
	{name: "stories of an unknown session", call: "GET /api/sessions/{nobody}/stories", want: 404, title: "Session not found"},
	{name: "a story", given: "story results", call: "GET /api/sessions/{s}/stories/{story}", want: 200, has: "version rounds story.id story.key story.title story.description story.type story.url story.status story.estimate story.rounds story.version"},
	{name: "a story that is none", given: "stories", call: "GET /api/sessions/{s}/stories/{nobody}", want: 404, title: "Story not found"},
	{name: "stories before another", given: "stories", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: `{"stories":[{"title":"a"}],"before":"{other}"}`, want: 200},
	{name: "stories before one that is none", given: "stories", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: `{"stories":[{"title":"a"}],"before":"{nobody}"}`, want: 404, title: "Story not found"},
	{name: "stories while voting", given: "voted", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: `{"stories":[{"title":"a","url":null,"estimate":null,"key":null}]}`, want: 200},
	{name: "stories while paused", given: "paused", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: `{"stories":[{"title":"a"}]}`, want: 200},
	{name: "no stories", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: `{"stories":[]}`, want: 422, field: "stories"},
	{name: "500 stories", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: manyStories(500), want: 200},
	{name: "501 stories", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: manyStories(501), want: 422, field: "stories"},
	{name: "500 stories and two", given: "stories", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: manyStories(500), want: 409, title: "Too many stories"},
	{name: "a title of 501 characters", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: `{"stories":[{"title":"` + strings.Repeat("a", 501) + `"}]}`, want: 422, field: "stories[0].title"},
	{name: "no title", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: `{"stories":[{"key":"a"}]}`, want: 422, field: "stories[0].title"},
	{name: "a story that links to a script", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: `{"stories":[{"title":"a","url":"javascript:alert(1)"}]}`, want: 422, field: "stories[0].url"},
	{name: "an estimate that is no card", call: "POST /api/sessions/{s}/stories?user_id={master}", as: "master", body: `{"stories":[{"title":"a","estimate":"4"}]}`, want: 422, title: "Unknown card", field: "stories[0].estimate"},
	{name: "a story of another session", given: "stories", call: "POST /api/sessions/{s}/stories/{stranger}?user_id={master}", as: "master", body: `{"title":"a"}`, want: 404, title: "Story not found"},
	{name: "a change of nothing", given: "stories", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", body: `{}`, want: 422},
	{name: "a change to a script", given: "stories", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", body: `{"url":"JavaScript:alert(1)"}`, want: 422, field: "url"},
	{name: "a change without a link", given: "stories", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", body: `{"url":null}`, want: 200},
	{name: "a change on the version that is", given: "stories", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", body: `{"title":"a","version":1}`, want: 200},
	{name: "a change on a stale version", given: "stories", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", body: `{"title":"a","version":0}`, want: 409, title: "Story changed meanwhile"},
	{name: "a story is skipped", given: "stories", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", body: `{"status":"skipped"}`, want: 200},
	{name: "a story is set to what only rounds do", given: "stories", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", body: `{"status":"voting"}`, want: 422, field: "status"},
	{name: "a story that is voted on is edited", given: "story voted", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", body: `{"title":"a"}`, want: 200},
	{name: "a story that is voted on is skipped", given: "story voted", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", body: `{"status":"skipped"}`, want: 409, title: "Story being voted on"},
	{name: "a story that is voted on is removed", given: "story voted", call: "DELETE /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", want: 409, title: "Story being voted on"},
	{name: "a story whose cards are turned is removed", given: "story results", call: "DELETE /api/sessions/{s}/stories/{story}?user_id={master}", as: "master", want: 409, title: "Story being voted on"},
	{name: "a move before another", given: "stories", call: "POST /api/sessions/{s}/stories/{other}/move?user_id={master}", as: "master", body: `{"before":"{story}"}`, want: 200},
	{name: "a move to the end", given: "stories", call: "POST /api/sessions/{s}/stories/{story}/move?user_id={master}", as: "master", want: 200},
	{name: "a move before itself", given: "stories", call: "POST /api/sessions/{s}/stories/{story}/move?user_id={master}", as: "master", body: `{"before":"{story}"}`, want: 422, field: "before"},
	{name: "a move before what is none", given: "stories", call: "POST /api/sessions/{s}/stories/{story}/move?user_id={master}", as: "master", body: `{"before":"{nobody}"}`, want: 404, title: "Story not found"},
	{name: "start with a story", given: "stories", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", body: `{"story_id":"{story}"}`, want: 200},
	{name: "start with a story that is none", given: "stories", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", body: `{"story_id":"{nobody}"}`, want: 404, title: "Story not found"},
	{name: "start with a story that is no text", given: "stories", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", body: `{"story_id":5}`, want: 422, field: "story_id"},

	// Pace.
	{name: "a timer before the first round", call: "POST /api/sessions/{s}/timer?user_id={master}", as: "master", body: `{"seconds":60}`, want: 409, title: "No round running"},
	{name: "a timer after the reveal", given: "results", call: "POST /api/sessions/{s}/timer?user_id={master}", as: "master", body: `{"seconds":60}`, want: 409, title: "Already revealed"},
	{name: "a timer while paused", given: "paused voting", call: "POST /api/sessions/{s}/timer?user_id={master}", as: "master", body: `{"seconds":60}`, want: 409, title: "Session paused"},
	{name: "a timer of -1", given: "voting", call: "POST /api/sessions/{s}/timer?user_id={master}", as: "master", body: `{"seconds":-1}`, want: 422, field: "seconds"},
	{name: "a timer of 0", given: "voting", call: "POST /api/sessions/{s}/timer?user_id={master}", as: "master", body: `{"seconds":0}`, want: 422, field: "seconds"},
	{name: "a timer of more than an hour", given: "voting", call: "POST /api/sessions/{s}/timer?user_id={master}", as: "master", body: `{"seconds":3600.5}`, want: 422, field: "seconds"},
	{name: "a timer of 1e999", given: "voting", call: "POST /api/sessions/{s}/timer?user_id={master}", as: "master", body: `{"seconds":1e999}`, want: 422},
	{name: "a timer that stops", given: "voting", call: "POST /api/sessions/{s}/timer?user_id={master}", as: "master", body: `{"seconds":null}`, want: 200},
	{name: "a nudge before the first round", call: "POST /api/sessions/{s}/nudge?user_id={master}", as: "master", want: 409, title: "No round running"},
	{name: "a nudge of one", given: "voting", call: "POST /api/sessions/{s}/nudge?user_id={master}", as: "master", body: `{"user_ids":["{guest}"]}`, want: 200},
	{name: "a nudge of one who has voted", given: "voted", call: "POST /api/sessions/{s}/nudge?user_id={master}", as: "master", body: `{"user_ids":["{guest}"]}`, want: 409, title: "Nobody to nudge"},
	{name: "a nudge of nobody known", given: "voting", call: "POST /api/sessions/{s}/nudge?user_id={master}", as: "master", body: `{"user_ids":["{nobody}"]}`, want: 404, title: "Participant not found"},
	{name: "a nudge just after another", given: "nudged", call: "POST /api/sessions/{s}/nudge?user_id={master}", as: "master", want: 429, title: "Nudged just now"},

	// Trust.
	{name: "create with a password", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"password":"four"}}`, want: 200, has: "session.protected"},
	{name: "create with null for a password", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"password":null,"locked":null},"deck":null}`, want: 200},
	{name: "create with a password of 3 characters", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"password":"123"}}`, want: 422, field: "settings.password"},
	{name: "create with a password of 101 characters", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"password":"` + strings.Repeat("a", 101) + `"}}`, want: 422, field: "settings.password"},
	{name: "create with a password that is a number", call: "POST /api/sessions/", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"password":12345}}`, want: 422, field: "settings.password"},
	{name: "a password of 3 characters", call: "POST /api/sessions/{s}/settings?user_id={master}", as: "master", body: `{"password":"123"}`, want: 422, field: "password"},
	{name: "a password by a guest", call: "POST /api/sessions/{s}/settings?user_id={guest}", as: "guest", body: `{"password":"secret"}`, want: 403, title: "Only the Scrum Master may do this"},
	{name: "a password by a facilitator", given: "facilitated", call: "POST /api/sessions/{s}/settings?user_id={guest}", as: "guest", body: `{"password":"secret"}`, want: 403, title: "Only the Scrum Master may do this"},
	{name: "a password without a credential", call: "POST /api/sessions/{s}/settings?user_id={master}", body: `{"password":"secret"}`, want: 401, title: "Credential missing or wrong"},
	{name: "a password for an unknown session", call: "POST /api/sessions/{nobody}/settings?user_id={master}", as: "master", body: `{"password":"secret"}`, want: 404, title: "Session not found"},
	{name: "no password", given: "protected", call: "POST /api/sessions/{s}/settings?user_id={master}", as: "master", body: `{"password":null}`, want: 200},
	{name: "join with the password", given: "protected", call: "POST /api/sessions/{s}/join", body: `{"user_name":"Eve","user_avatar":"","password":"secret"}`, want: 200},
	{name: "join without the password", given: "protected", call: "POST /api/sessions/{s}/join", body: joinBody, want: 401, title: "Password needed"},
	{name: "join with another password", given: "protected", call: "POST /api/sessions/{s}/join", body: `{"user_name":"Eve","user_avatar":"","password":"Secret"}`, want: 401, title: "Wrong password"},
	{name: "join an unknown session with a password", call: "POST /api/sessions/{nobody}/join", body: `{"user_name":"Eve","user_avatar":"","password":"secret"}`, want: 404, title: "Session not found"},
	{name: "join an open session with a password", call: "POST /api/sessions/{s}/join", body: `{"user_name":"Eve","user_avatar":"","password":"secret"}`, want: 200},
	{name: "join a locked session", given: "locked", call: "POST /api/sessions/{s}/join", body: joinBody, want: 409, title: "Session locked"},
	{name: "read a protected session", given: "protected", call: "GET /api/sessions/{s}", want: 401, title: "Password needed"},
	{name: "read a protected session as a participant", given: "protected", call: "GET /api/sessions/{s}", as: "guest", want: 200, has: "protected"},
	{name: "read a protected session as who has left", given: "protected", call: "GET /api/sessions/{s}", as: "gone", want: 401, title: "Password needed"},
	{name: "read a protected session as somebody of another", given: "protected", call: "GET /api/sessions/{s}", as: "stranger", want: 401, title: "Password needed"},
	{name: "the round of a protected session", given: "protected", call: "GET /api/sessions/{s}/round", want: 401, title: "Password needed"},
	{name: "the rounds of a protected session", given: "protected", call: "GET /api/sessions/{s}/rounds", want: 401, title: "Password needed"},
	{name: "the stories of a protected session", given: "protected", call: "GET /api/sessions/{s}/stories", want: 401, title: "Password needed"},
	{name: "a story of a protected session", given: "protected", call: "GET /api/sessions/{s}/stories/{nobody}", want: 401, title: "Password needed"},
	{name: "the stream of a protected session", given: "protected", call: "GET /api/sse/{s}", want: 401, title: "Password needed"},
	{name: "a seat with no code", call: "POST /api/seats/", body: `{}`, want: 422, field: "code"},
	{name: "a seat with a code that is none", call: "POST /api/seats", body: `{"code":"guess"}`, want: 401, title: "Seat link not valid"},
	{name: "a seat with another method", call: "GET /api/seats", want: 405},

	// What the team takes home.
	{name: "summary", given: "completed", call: "GET /api/sessions/{s}/summary", want: 200, has: "id name created_at ended_at end_reason participants scrum_master_id deck version stories rounds"},
	{name: "summary of a protected session", given: "protected", call: "GET /api/sessions/{s}/summary", want: 401, title: "Password needed"},
	{name: "summary of an ended session of which nothing is kept", given: "ended", call: "GET /api/sessions/{s}/summary", want: 404, title: "Session not found"},

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

func manyStories(n int) string {
	return `{"stories":[` + strings.TrimSuffix(strings.Repeat(`{"title":"As a user I want to be one of many"},`, n), ",") + `]}`
}

func TestEveryOtherCall(t *testing.T) {
	s := start(t)
	for _, r := range slices.Concat(others, ofFiles) {
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
		if a.still {
			continue
		}
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
		if w.state(t) != before || len(listed(t, s.rooms)) != 2 {
			t.Error("something changed")
		}
	})
}

func TestHeadWorksWhereGetDoes(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "voted")
	for _, path := range []string{"/api/sessions", "/api/sessions/", "/api/sessions/{s}", "/api/sessions/{s}/round", "/api/sessions/{s}/export", "/health", "/livez", "/readyz", "/metrics", "/openapi.json", "/docs"} {
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
