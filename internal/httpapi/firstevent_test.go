package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// firstEventBytes is what a stream may begin with, so that a hundred people who come at once cost little.
const firstEventBytes = 8 << 10

func TestStreamBeginsSmallAfterALongMeeting(t *testing.T) {
	s := start(t)
	master := s.create(t, `{"name":"Refinement of the checkout squad","creator_name":"Participant 1","creator_avatar":"hedgehog","settings":{"round_seconds":300,"everyone_may":["stories"]},
		"deck":{"name":"Our deck","cards":[{"value":"1/4"},{"value":"½"},{"value":"1"},{"value":"2"},{"value":"3"},{"value":"5"},{"value":"8"},{"value":"13"},{"value":"?"},{"value":"coffee"}]}}`)
	seats := []seat{master}
	for i := range 15 {
		r := s.must(t, "POST /api/sessions/"+master.session+"/join", fmt.Sprintf(`{"user_name":"Participant %d","user_avatar":"hedgehog"}`, i+2))
		seats = append(seats, seat{session: master.session, user: r.text("user_id"), token: r.text("token")})
	}
	for part := range 4 {
		var stories []map[string]string
		for i := range 50 {
			stories = append(stories, map[string]string{"key": fmt.Sprint("SHOP-", part*50+i), "title": fmt.Sprintf("As a customer I want to pay by invoice, case %d", i), "description": strings.Repeat("Because. ", 100)})
		}
		body, err := json.Marshal(map[string]any{"stories": stories})
		if err != nil {
			t.Fatal(err)
		}
		s.act(t, master, "stories", string(body))
	}
	var list struct{ Stories []struct{ ID string } }
	if err := json.Unmarshal([]byte(s.must(t, "GET /api/sessions/"+master.session+"/stories", "").body), &list); err != nil || len(list.Stories) != 200 {
		t.Fatalf("%d stories are listed (%v), want 200", len(list.Stories), err)
	}
	begins := func(when string) {
		t.Helper()
		stream := s.listen(t, "/api/sse/"+master.session)
		first, ok := stream.next()
		stream.cancel()
		if !ok || first.typ != "session_updated" {
			t.Fatalf("%s the stream begins with %q", when, first.raw)
		}
		size := len(first.raw) + len("\n")
		t.Logf("%s the first event has %d bytes", when, size)
		if size > firstEventBytes {
			t.Errorf("%s the first event has %d bytes, want %d at most", when, size, firstEventBytes)
		}
	}
	for _, story := range list.Stories[:100] {
		s.act(t, master, "start", fmt.Sprintf(`{"story_id":%q}`, story.ID))
		for _, who := range seats {
			s.act(t, who, "vote", `{"vote":"13"}`)
		}
		s.act(t, master, "reveal", "")
		s.act(t, master, "accept", `{"estimate":"13"}`)
	}
	begins("after 100 rounds")
	if r := s.call(t, "GET /api/sessions/"+master.session+"/rounds", ""); r.status != http.StatusOK || strings.Count(r.body, `"completed_at":"`) != 100 {
		t.Errorf("rounds: status %d, %d of them", r.status, strings.Count(r.body, `"completed_at":"`))
	}
	s.act(t, master, "start", fmt.Sprintf(`{"story_id":%q}`, list.Stories[100].ID))
	for _, who := range seats {
		s.act(t, who, "vote", `{"vote":"½"}`)
	}
	begins("in the round after that")
}
