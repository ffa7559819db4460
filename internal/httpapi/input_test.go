package httpapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// sentinel is what no answer to bad input may repeat.
const sentinel = "Xq7Zw9"

// fieldOf is a field of a body, with how to send a value of it.
type fieldOf struct {
	name  string
	call  string
	given string
	as    string
	body  func(value string) string // value: JSON
	limit int                       // in characters; 0: not limited by length
	kind  string                    // name, avatar, topic, card, number
	must  bool                      // may not be absent
}

var fields = []fieldOf{
	{name: "name", call: "POST /api/sessions/", limit: 100, kind: "name", must: true, body: func(v string) string { return `{"name":` + v + `,"creator_name":"Ada","creator_avatar":""}` }},
	{name: "creator_name", call: "POST /api/sessions/", limit: 50, kind: "name", must: true, body: func(v string) string { return `{"name":"S","creator_name":` + v + `,"creator_avatar":""}` }},
	{name: "creator_avatar", call: "POST /api/sessions/", limit: 200, kind: "avatar", must: true, body: func(v string) string { return `{"name":"S","creator_name":"Ada","creator_avatar":` + v + `}` }},
	{name: "settings.reveal_countdown_seconds", call: "POST /api/sessions/", kind: "number", body: func(v string) string {
		return `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"reveal_countdown_seconds":` + v + `}}`
	}},
	{name: "user_name", call: "POST /api/sessions/{s}/join", limit: 50, kind: "name", must: true, body: func(v string) string { return `{"user_name":` + v + `,"user_avatar":""}` }},
	{name: "user_avatar", call: "POST /api/sessions/{s}/join", limit: 200, kind: "avatar", must: true, body: func(v string) string { return `{"user_name":"Grace","user_avatar":` + v + `}` }},
	{name: "name", call: "POST /api/sessions/{s}/profile?user_id={guest}", as: "guest", limit: 50, kind: "name", must: true, body: func(v string) string { return `{"name":` + v + `}` }},
	{name: "avatar", call: "POST /api/sessions/{s}/profile?user_id={guest}", as: "guest", limit: 200, kind: "avatar", body: func(v string) string { return `{"name":"Grace","avatar":` + v + `}` }},
	{name: "topic", call: "POST /api/sessions/{s}/start?user_id={master}", as: "master", limit: 500, kind: "topic", body: func(v string) string { return `{"topic":` + v + `}` }},
	{name: "vote", call: "POST /api/sessions/{s}/vote?user_id={guest}", as: "guest", given: "voting", kind: "card", must: true, body: func(v string) string { return `{"vote":` + v + `}` }},
	{name: "estimate", call: "POST /api/sessions/{s}/accept?user_id={master}", as: "master", given: "results", kind: "card", body: func(v string) string { return `{"estimate":` + v + `}` }},
}

// sample is a value of a field, as JSON, and whether it is accepted.
type sample struct {
	name, value string
	ok          bool
}

func (f fieldOf) samples() []sample {
	text := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	samples := []sample{
		{"null", "null", !f.must},
		{"a list", `["` + sentinel + `"]`, false},
		{"an object", `{"a":"` + sentinel + `"}`, false},
		{"a boolean", "true", false},
	}
	if f.kind == "number" {
		return append(samples, sample{"zero", "0", true}, sample{"ten", "10", true}, sample{"a fraction", "0.25", true}, sample{"above ten", "10.0001", false},
			sample{"below zero", "-0.0001", false}, sample{"a very long number", strings.Repeat("9", 300), false}, sample{"a text", `"3"`, false})
	}
	samples = append(samples, sample{"a number", "5", false})
	control := f.kind == "topic"
	switch f.kind {
	case "card":
		return append(samples, sample{"a card", `"5"`, true}, sample{"coffee", `"coffee"`, true}, sample{"a blank around it", `" 5"`, false}, sample{"capitals", `"Coffee"`, false},
			sample{"no card", text(sentinel), false}, sample{"empty", `""`, false})
	case "name":
		samples = append(samples, sample{"empty", `""`, false}, sample{"only blanks", text(" \t\u2003\u00a0 "), false},
			sample{"blanks around the longest", text("  " + strings.Repeat("é", f.limit) + "\n"), true}, sample{"a line break inside", text("a\nb"), false})
	default:
		samples = append(samples, sample{"empty", `""`, true}, sample{"a line break", text("\n"), control}, sample{"a tab", text("a\tb"), control})
	}
	return append(samples,
		sample{"as long as it may be, in characters", text(strings.Repeat("🦉", f.limit)), true},
		sample{"too long", text(strings.Repeat("é", f.limit-len(sentinel)+1) + sentinel), false},
		sample{"a NUL", text(sentinel + "\x00" + sentinel), false},
		sample{"an escape", text(sentinel + "\x1b[31m" + sentinel), false},
		sample{"a C1 control", text(sentinel + "\u0085" + sentinel), false},
		sample{"a line separator", text(sentinel + "\u2028" + sentinel), false},
		sample{"a paragraph separator", text(sentinel + "\u2029" + sentinel), false},
		sample{"markup", text("<b>&\"'</b>"), true},
	)
}

func TestEveryField(t *testing.T) {
	s := start(t)
	for _, f := range fields {
		for _, value := range f.samples() {
			t.Run(f.name+" is "+value.name, func(t *testing.T) { f.check(t, s, f.body(value.value), value.ok) })
		}
		if f.must {
			t.Run(f.name+" is missing", func(t *testing.T) {
				f.check(t, s, strings.Replace(f.body(`"x"`), `"`+f.name+`":`, `"other":`, 1), false)
			})
		}
	}
}

func (f fieldOf) check(t *testing.T, s *server, body string, ok bool) {
	t.Helper()
	given := f.given
	if given == "" {
		given = "waiting"
	}
	r := row{given: given, call: f.call, as: f.as, body: body, want: 200}
	if !ok {
		r.want, r.field = 422, f.name
	}
	r.check(t, s)
	w := newWorld(t, s, given)
	got := s.call(t, w.fill(f.call, ""), body, as(w.who(f.as)))
	if !ok && strings.Contains(got.body, sentinel) {
		t.Errorf("the answer repeats what was sent: %s", got.body)
	}
}

func TestNamesAreTrimmedAndTextsKept(t *testing.T) {
	s := start(t)
	who := s.create(t, `{"name":" \tSprint\u00a0","creator_name":"\u2003Ada ","creator_avatar":" a "}`)
	topic := "  one\r\n\ttwo  "
	body, _ := json.Marshal(map[string]string{"topic": topic})
	s.act(t, who, "start", string(body))
	r := s.must(t, "GET /api/sessions/"+who.session, "")
	if r.text("name") != "Sprint" || r.text("current_round.topic") != topic {
		t.Errorf("name %q, topic %q", r.text("name"), r.text("current_round.topic"))
	}
	user := r.json["participants"].([]any)[0].(map[string]any)
	if user["name"] != "Ada" || user["avatar"] != " a " {
		t.Errorf("name %q, avatar %q", user["name"], user["avatar"])
	}
}

func TestBodies(t *testing.T) {
	s := start(t)
	plain := func(r *http.Request) { r.Header.Del("Content-Type") }
	kind := func(name string) with { return header("Content-Type", name) }
	for _, c := range []struct {
		name   string
		body   string
		change with
		want   int
	}{
		{"without a Content-Type", createBody, plain, 200},
		{"with a charset", createBody, kind("application/json; charset=utf-8"), 200},
		{"of a kind of JSON", createBody, kind("application/merge-patch+json"), 200},
		{"that is text", createBody, kind("text/plain"), 415},
		{"that is a form", "name=x", kind("application/x-www-form-urlencoded"), 415},
		{"whose type is nonsense", createBody, kind(";;;"), 415},
		{"that is XML", "<x/>", kind("application/xml"), 415},
		{"that is too large and of the wrong type", strings.Repeat("x", 64<<10+1), kind("text/plain"), 413},
		{"with unknown fields", `{"id":1,"is_admin":null,` + createBody[1:], plain, 200},
		{"with a field whose name differs only in case", `{"NAME":7,"Creator_Name":[],` + createBody[1:], plain, 200},
		{"with null and something after it", createBody[:len(createBody)-1] + `,"settings":null}}`, plain, 422},
		{"with null for an option", createBody[:len(createBody)-1] + `,"settings":null}`, plain, 200},
		{"with null inside an option", createBody[:len(createBody)-1] + `,"settings":{"reveal_countdown_seconds":null}}`, plain, 200},
		{"with an option that is a list", createBody[:len(createBody)-1] + `,"settings":[]}`, plain, 422},
		{"that is not UTF-8", "{\"name\":\"\xff\xfe\",\"creator_name\":\"Ada\",\"creator_avatar\":\"\"}", plain, 200},
		{"that begins with a byte order mark", "\ufeff" + createBody, plain, 422},
		{"with a number that is too large", createBody[:len(createBody)-1] + `,"settings":{"reveal_countdown_seconds":1e999}}`, plain, 422},
		{"that is only blanks", "   ", plain, 422},
		{"that nests deeply in a field", `{"x":` + strings.Repeat(`{"a":`, 9000) + "null" + strings.Repeat("}", 9000) + `,` + createBody[1:], plain, 0},
		{"that nests deeper than a parser follows", `{"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `,` + createBody[1:], plain, 422},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := s.call(t, "POST /api/sessions/", c.body, c.change)
			if c.want == 0 { // either is fine
				c.want = got.status
			}
			if got.status >= 500 || got.status != c.want {
				t.Fatalf("%d, want %d: %s", got.status, c.want, got.body)
			}
			if c.want != 200 {
				isProblem(t, got, c.want)
			}
		})
	}
}

func TestEndlessBody(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	for call, want := range map[string]int{
		"/api/sessions/":                                       413,
		w.fill("/api/sessions/{s}/join", ""):                   413,
		w.fill("/api/sessions/{s}/start?user_id={master}", ""): 413,
	} {
		conn := dial(t, s.url)
		go func() { // ends when the server closes the connection, or the test
			_, _ = io.WriteString(conn, "POST "+call+" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
			for {
				if _, err := io.WriteString(conn, "1000\r\n"+strings.Repeat(" ", 0x1000)+"\r\n"); err != nil {
					return
				}
			}
		}()
		resp, _ := answerOn(t, conn)
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", call, resp.StatusCode, want)
		}
		_ = conn.Close()
	}
}

func TestBodyThatBreaksOff(t *testing.T) {
	s := start(t)
	conn := dial(t, s.url)
	_, _ = io.WriteString(conn, "POST /api/sessions/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"nam\r\nnonsense\r\n")
	resp, _ := answerOn(t, conn)
	if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%d", resp.StatusCode)
	}
	if n := len(listed(t, s.rooms)); n != 0 {
		t.Errorf("%d sessions", n)
	}
}

// TestPrecedence goes down the contract's list: of several errors the first is answered.
func TestPrecedence(t *testing.T) {
	s := start(t, limitedTo(1000, 1e9))
	huge := strings.Repeat("x", 64<<10+1)
	for _, r := range []row{
		{name: "404 path before 405, 413", call: "PUT /api/nothing", body: huge, want: 404, title: "Path not found"},
		{name: "405 before 413", call: "PUT /api/sessions/{nobody}/join", body: huge, want: 405},
		{name: "413 before 415 and 422", call: "POST /api/sessions/{nobody}/vote", body: huge, want: 413},
		{name: "422 shape before 404 session", call: "POST /api/sessions/{nobody}/vote?user_id=x", body: `{"vote":5}`, want: 422},
		{name: "422 missing user before 404 session", call: "POST /api/sessions/{nobody}/vote", body: `{"vote":"5"}`, want: 422},
		{name: "422 names before 404 session", call: "POST /api/sessions/{nobody}/join", body: `{"user_name":"","user_avatar":""}`, want: 422},
		{name: "422 topic before 404 session", call: "POST /api/sessions/{nobody}/start?user_id=x", body: `{"topic":"\u0000"}`, want: 422},
		{name: "404 session before 401", call: "POST /api/sessions/{nobody}/vote?user_id=x", body: `{"vote":"4"}`, want: 404},
		{name: "401 before 403", call: "POST /api/sessions/{s}/start?user_id={guest}", want: 401},
		{name: "401 before 404 other", call: "POST /api/sessions/{s}/kick/{nobody}?kicker_id={master}", want: 401},
		{name: "401 before 409", call: "POST /api/sessions/{s}/vote?user_id={guest}", body: `{"vote":"4"}`, want: 401},
		{name: "401 of a stream before anything else", call: "GET /api/sse/{s}?user_id={nobody}", want: 401},
		{name: "403 before 404 other", call: "POST /api/sessions/{s}/kick/{nobody}?kicker_id={guest}", as: "guest", want: 403},
		{name: "403 before 409 oneself", call: "POST /api/sessions/{s}/kick/{guest}?kicker_id={guest}", as: "guest", want: 403},
		{name: "403 before 409 state", given: "paused voting", call: "POST /api/sessions/{s}/reveal?user_id={guest}", as: "guest", want: 403},
		{name: "403 before 422 card", given: "results", call: "POST /api/sessions/{s}/accept?user_id={guest}", as: "guest", body: `{"estimate":"4"}`, want: 403},
		{name: "409 before 422 card", call: "POST /api/sessions/{s}/vote?user_id={guest}", as: "guest", body: `{"vote":"4"}`, want: 409},
		{name: "409 paused before 422 card", given: "paused results", call: "POST /api/sessions/{s}/accept?user_id={master}", as: "master", body: `{"estimate":"4"}`, want: 409},
	} {
		if r.given == "" {
			r.given = "waiting"
		}
		t.Run(r.name, func(t *testing.T) { r.check(t, s) })
	}
}

// TestNumbersThatNoFieldTakes holds that they are named, although they are numbers: they are too large for any, or have a fraction where there may be none.
func TestNumbersThatNoFieldTakes(t *testing.T) {
	s := start(t)
	for _, r := range []row{
		{name: "a setting", call: "POST /api/sessions/{s}/settings?user_id={master}", body: `{"auto_reveal":true,"round_seconds":1e999}`, field: "round_seconds"},
		{name: "a setting of a new session", call: "POST /api/sessions", body: `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"round_seconds":1e999}}`, field: "settings.round_seconds"},
		{name: "a card", call: "POST /api/sessions/{s}/deck?user_id={master}", body: `{"name":"D","cards":[{"value":"a","number":1},{"value":"b","number":-1e999}]}`, field: "cards[1].number"},
		{name: "a version with an exponent", given: "stories", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", body: `{"title":"T","version":1e0}`, field: "version"},
		{name: "a version that is too large", given: "stories", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", body: `{"title":"T","version":99999999999999999999}`, field: "version"},
	} {
		r.as, r.want = "master", http.StatusUnprocessableEntity
		if r.given == "" {
			r.given = "waiting"
		}
		t.Run(r.name, func(t *testing.T) { r.check(t, s) })
	}
}

// A body that goes on behind its end does not parse, whatever numbers are in it.
func TestNumbersOfABodyThatDoesNotParseAreNotNamed(t *testing.T) {
	s := start(t)
	w := newWorld(t, s, "waiting")
	for _, body := range []string{`{"round_seconds":1e0} x`, `{"round_seconds":1e0}{}`} {
		got := s.call(t, "POST /api/sessions/"+w.session+"/settings?user_id="+w.master.user, body, as(w.master))
		if got.status != http.StatusUnprocessableEntity || got.text("field") != "" {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
}

// No card is null, and an empty text is no card.
func TestEmptyEstimateOfAStoryIsNoCard(t *testing.T) {
	s := start(t)
	row{name: "empty", given: "stories", as: "master", call: "POST /api/sessions/{s}/stories/{story}?user_id={master}", body: `{"estimate":""}`, want: http.StatusUnprocessableEntity, field: "estimate"}.check(t, s)
}
