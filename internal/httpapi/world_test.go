package httpapi_test

import (
	"cmp"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
	"github.com/magnapp/magnapp/internal/view"
)

// world is a session with people in it, and some who are not.
type world struct {
	*server
	session  string
	master   seat
	guest    seat
	gone     seat // was in the session and has left
	stranger seat // Scrum Master of another session
	story    string
	other    string // another story
}

// newWorld makes a session in the given state.
func newWorld(t testing.TB, s *server, given string) *world {
	t.Helper()
	body := createBody
	if given == "countdown" || given == "revealing" {
		body = `{"name":"Sprint 12","creator_name":"Ada","creator_avatar":"","settings":{"reveal_countdown_seconds":2.5}}`
	}
	w := &world{server: s, stranger: s.create(t, createBody)}
	s.clock.Advance(time.Millisecond) // so that the list has one order
	w.master = s.create(t, body)
	w.session = w.master.session
	w.guest, w.gone = s.join(t, w.session), s.join(t, w.session)
	s.act(t, w.gone, "leave", "")
	for _, step := range strings.Fields(states[given]) {
		w.step(t, step)
	}
	return w
}

// states lead to the states that a session can be in.
var states = map[string]string{
	"waiting":        "",
	"voting":         "start",
	"voted":          "start vote",
	"countdown":      "start vote",
	"revealing":      "start vote reveal",
	"results":        "start vote reveal",
	"completed":      "start vote reveal accept",
	"paused":         "drop",
	"paused voting":  "start vote drop",
	"paused results": "start vote reveal drop",
	"guest away":     "guest-away",
	"guest watches":  "guest-watches",
	"just abandoned": "guest-watches drop almost",
	"abandoned":      "guest-watches drop almost moment",
	"paused long":    "drop almost moment",
	"full":           "fill",
	"protected":      "protect",
	"locked":         "lock",
	"nudged":         "start nudge",
	"stories":        "stories",
	"story voted":    "stories start-story vote",
	"story results":  "stories start-story vote reveal",
	"facilitated":    "facilitate",
	"watched voting": "start watch",
	"free for all":   "free",
	"ended":          "end",
	"expired":        "expire",
}

func (w *world) step(t testing.TB, name string) {
	t.Helper()
	switch name {
	case "start", "reveal", "nudge":
		w.act(t, w.master, name, "")
	case "vote":
		w.act(t, w.guest, "vote", `{"vote":"5"}`)
	case "accept":
		w.act(t, w.master, "accept", `{"estimate":"5"}`)
	case "drop":
		w.drop(t, w.master)
	case "stories":
		added := w.act(t, w.master, "stories", `{"stories":[{"title":"Log in","key":"P-1"},{"title":"Log out"}]}`)
		list := added.json["stories"].([]any)
		w.story, w.other = list[0].(map[string]any)["id"].(string), list[1].(map[string]any)["id"].(string)
	case "start-story":
		w.act(t, w.master, "start", `{"story_id":"`+w.story+`"}`)
	case "protect":
		w.act(t, w.master, "settings", `{"password":"secret"}`)
	case "lock":
		w.act(t, w.master, "settings", `{"locked":true}`)
	case "facilitate":
		w.act(t, w.master, "facilitators/"+w.guest.user, "")
	case "watch":
		w.act(t, w.guest, "role", `{"role":"spectator"}`)
	case "free":
		w.act(t, w.master, "settings", `{"everyone_may":["start","reveal"]}`)
	case "guest-away":
		w.drop(t, w.guest)
	case "guest-watches": // until the end of the test
		cancel, err := w.rooms.Subscribe(context.Background(), room.Watch{SessionID: w.session, UserID: w.guest.user, Proof: everybody{}}, nobodyReads{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(cancel)
	case "almost":
		w.clock.Advance(poker.TakeOverAfter - time.Millisecond)
	case "moment":
		w.clock.Advance(time.Millisecond)
	case "end-of-rounds": // somebody comes and goes
		w.act(t, w.join(t, w.session), "leave", "")
	case "fill":
		for w.state(t).Ended == "" && len(w.state(t).Participants) < w.rooms.Rules.MaxParticipants {
			w.join(t, w.session)
		}
	case "end":
		w.must(t, "DELETE /api/sessions/"+w.session+"?user_id="+w.master.user, "", as(w.master))
	case "expire":
		w.clock.Advance(sessionTimeout)
	default:
		t.Fatalf("no step %q", name)
	}
}

// state is the session's state, which is the same value as long as nothing changes; nil when it is gone.
func (w *world) state(t testing.TB) *poker.Session {
	t.Helper()
	s, err := w.rooms.Session(t.Context(), w.session)
	if err != nil {
		return nil
	}
	return s
}

func (w *world) who(name string) seat {
	switch name {
	case "master":
		return w.master
	case "guest":
		return w.guest
	case "gone":
		return w.gone
	case "stranger":
		return w.stranger
	}
	return seat{user: name}
}

// fill puts ids in place of {s}, {actor} and the people's names.
func (w *world) fill(text, actor string) string {
	return strings.NewReplacer(
		"{s}", w.session, "{actor}", w.who(actor).user, "{master}", w.master.user, "{guest}", w.guest.user, "{gone}", w.gone.user,
		"{stranger}", w.stranger.user, "{story}", cmp.Or(w.story, "no-story"), "{other}", cmp.Or(w.other, "no-story"), "{nobody}", uuid.NewString(),
	).Replace(text)
}

// listed is the list of open sessions.
func listed(t testing.TB, rooms *room.Rooms) []view.Summary {
	t.Helper()
	sessions, err := rooms.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sessions
}
