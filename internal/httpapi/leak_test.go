package httpapi_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestHiddenVotesLeaveNoTrace plays the same session twice, with other cards, and compares everything that anybody could see before the reveal: answers, events, the debug log, the
// metrics. Apart from what is random, not a byte may differ.
func TestHiddenVotesLeaveNoTrace(t *testing.T) {
	first := secretSession(t, []string{"1", "13", "coffee", "21", "8"})
	second := secretSession(t, []string{"5", "2", "3", "coffee", "1"})
	if diff := cmp.Diff(first.hidden, second.hidden); diff != "" {
		t.Errorf("what is seen depends on the cards:\n%s", diff)
	}
	if len(first.hidden) < 50 {
		t.Errorf("only %d things were compared", len(first.hidden))
	}
	if cmp.Equal(first.revealed, second.revealed) {
		t.Error("the reveal does not depend on the cards: the comparison sees nothing")
	}
	if cmp.Equal(first.own, second.own) {
		t.Error("my_vote does not depend on the card")
	}
}

// seen is what a session showed, with everything random made the same.
type seen struct{ hidden, own, revealed []string }

// secretSession plays rounds up to shortly before the reveal, in every state in which votes are hidden, with everything open that could show them.
func secretSession(t *testing.T, cards []string) seen {
	t.Helper()
	var out seen
	s := start(t, debugging)
	w := newWorld(t, s, "waiting")
	s.clock.Advance(time.Millisecond)
	countdown := s.create(t, `{"name":"S","creator_name":"Ada","creator_avatar":"","settings":{"reveal_countdown_seconds":5}}`)
	for _, session := range []string{w.session, countdown.session} {
		stream := s.listen(t, "/api/sse/"+session)
		list := s.listen(t, "/api/sse/")
		people := []seat{w.master, w.guest}
		if session != w.session {
			people = []seat{countdown, s.join(t, session)}
		}
		note := func(r reply) { out.hidden = append(out.hidden, fmt.Sprint(r.status, " ", r.body)) }
		for round := range 2 {
			note(s.act(t, people[0], "start", `{"topic":"T"}`))
			for i, who := range people {
				note(s.act(t, who, "vote", `{"vote":"`+cards[2*round+i]+`"}`))
				out.own = append(out.own, s.must(t, "GET /api/sessions/"+session, "", as(who)).text("my_vote"))
			}
			note(s.act(t, people[1], "vote", `{"vote":"`+cards[4]+`"}`))
			if round == 0 { // a round that is never revealed
				s.must(t, "DELETE /api/sessions/"+session+"/vote?user_id="+people[1].user, "", as(people[1]))
			}
			note(s.act(t, people[0], "timer", `{"seconds":60}`))
			note(s.call(t, "POST /api/sessions/"+session+"/nudge?user_id="+people[0].user, "", as(people[0])))
			note(s.act(t, people[0], "settings", `{"anonymous":true,"round_seconds":90}`))
			note(s.act(t, people[0], "stories", `{"stories":[{"title":"Log in"}]}`))
			note(s.act(t, people[1], "seat-link", "")) // whose url begins with the server's port
			for _, path := range []string{"", "/round", "/rounds", "/stories", "/summary"} {
				note(s.must(t, "GET /api/sessions/"+session+path, ""))
			}
			note(s.call(t, "GET /api/sessions/"+session+"/round?user_id="+people[0].user, "", as(people[1])))
			note(s.must(t, "POST /api/sessions/"+session+"/join", joinBody))
			note(s.call(t, "POST /api/sessions/"+session+"/accept?user_id="+people[0].user, `{"estimate":"5"}`, as(people[0])))
		}
		if session != w.session {
			note(s.act(t, people[0], "reveal", ""))
			note(s.must(t, "GET /api/sessions/"+session, ""))
		}
		note(s.must(t, "GET /api/sessions/", ""))
		resumed := s.listen(t, "/api/sse/"+session, header("Last-Event-ID", stream.until(t, "session_updated").id))
		fresh := s.listen(t, "/api/sse/"+session)
		s.act(t, people[1], "extend", "") // marks the end of what is compared
		for _, e := range []*eventStream{stream, resumed, fresh} {
			out.hidden = append(out.hidden, e.upTo(t, s, session)...)
		}
		s.clock.Advance(100e6)
		out.hidden = append(out.hidden, list.until(t, "sessions_updated").raw)
	}
	out.hidden = append(out.hidden, settled(s.must(t, "GET /metrics", "").body), settled(s.logged.String()))
	out.revealed = append(out.revealed, s.act(t, w.master, "reveal", "").body)
	for i := range out.hidden {
		out.hidden[i] = masked(out.hidden[i])
	}
	slices.Sort(out.hidden)
	return out
}

// upTo reads a stream up to the last event of the session.
func (e *eventStream) upTo(t *testing.T, s *server, session string) (raw []string) {
	t.Helper()
	last, _ := s.listen(t, "/api/sse/"+session).next() // carries the last event's id
	for {
		got, ok := e.next()
		if !ok {
			t.Fatal("the stream ended early")
		}
		raw = append(raw, got.raw)
		if got.id == last.id {
			return raw
		}
	}
}

var (
	guids    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	tokens   = regexp.MustCompile(`[A-Za-z0-9_-]{43,51}`)
	eventIDs = regexp.MustCompile(`(?m)^id: .*$`)
	varying  = regexp.MustCompile(`(time|request_id|took)=\S+`)
	ports    = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	counts   = regexp.MustCompile(`(http_requests_total\{.*\}) \d+`) // an answer may be read before it is counted
)

// masked puts the same in place of everything random. Votes are listed by user id, so their order is random as well.
func masked(s string) string {
	s = eventIDs.ReplaceAllString(s, "id")
	s = ports.ReplaceAllString(s, "HOST")
	s = guids.ReplaceAllString(s, "GUID")
	return tokens.ReplaceAllString(s, "TOKEN")
}

// settled keeps the lines that do not depend on the machine: no durations, no state of the runtime, none of the store's own log.
func settled(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = counts.ReplaceAllString(varying.ReplaceAllString(line, ""), "$1 N")
		switch {
		case strings.Contains(line, "magnapp_go_"), strings.Contains(line, "magnapp_process_"), strings.Contains(line, "_duration_seconds"):
		case strings.HasPrefix(line, " level=") && !strings.Contains(line, "request") && !strings.Contains(line, "session"):
		default:
			lines = append(lines, masked(line))
		}
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "") // how often something was logged by now is a matter of time
}
