package view

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/magnapp/magnapp/internal/poker"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	noon  = time.Date(2026, 3, 1, 13, 0, 0, 5_999_999, time.FixedZone("CET", 3600))
	rules = poker.Rules{SessionTimeout: 10 * time.Minute, GracePeriod: 5 * time.Minute}
)

// play carries commands out, one a second, and calls seen after each event with the state after it.
func play(t testing.TB, commands []poker.Command, seen func(*poker.Session, poker.Event)) *poker.Session {
	t.Helper()
	var s *poker.Session
	for i, c := range commands {
		decision, err := rules.Decide(s, c, poker.Moment{Now: noon.Add(time.Duration(i) * time.Second)})
		if err != nil {
			t.Fatalf("%s: %v", poker.Name(c), err)
		}
		for _, step := range decision.Steps {
			s = step.Session
			seen(s, step.Event)
		}
	}
	return s
}

func by(id string) poker.By { return poker.By{UserID: id} }

func ptr[T any](v T) *T { return &v }

// story has every event in it.
func story() []poker.Command {
	sm, ann := by("sm"), by("ann")
	return []poker.Command{
		&poker.Create{SessionID: "s1", Name: "Sprint", Deck: poker.Fibonacci(), Settings: poker.Settings{RevealCountdownSeconds: (1500 * time.Millisecond).Seconds()}, Creator: poker.Newcomer{ID: "sm", Name: "Sam", Avatar: "🦊", Credential: "DIGEST"}},
		&poker.Join{Newcomer: poker.Newcomer{ID: "ann", Name: "Ann <&>", Credential: "DIGEST"}},
		&poker.Join{Newcomer: poker.Newcomer{ID: "bob", Name: "Bob", Credential: "DIGEST"}},
		poker.Start{By: sm, RoundID: "r1", Topic: ptr("Line one\nLine two")},
		poker.CastVote{By: ann, Value: "5"}, poker.CastVote{By: sm, Value: "coffee"}, poker.CastVote{By: by("bob"), Value: "1"}, poker.RetractVote{By: by("bob")},
		poker.Reveal{By: sm}, poker.Extend{By: ann}, poker.Tick{}, poker.Accept{By: sm, Estimate: ptr("5")},
		poker.Kick{By: sm, Other: "bob"}, poker.Arrive{By: sm}, poker.Depart{By: sm}, poker.Arrive{By: sm},
		&poker.AddStories{By: sm, Stories: []poker.Story{
			{ID: "y1", Key: "PROJ-1", Title: "Log in <&>", Description: "Never in a list", Type: "Story", URL: "https://tracker.example/PROJ-1", Status: poker.StoryTodo}, {ID: "y2", Title: "Log out", Status: poker.StoryTodo}}},
		&poker.AddStories{By: sm, Stories: []poker.Story{{ID: "y3", Title: "Sign up", Status: poker.StorySkipped}}, Before: ptr("y2")},
		poker.MoveStory{By: sm, StoryID: "y3"}, &poker.EditStory{By: sm, StoryID: "y2", Change: poker.StoryChange{Title: ptr("Log off")}}, poker.RemoveStory{By: sm, StoryID: "y3"},
		poker.Start{By: sm, RoundID: "r2", StoryID: ptr("y1")}, poker.ChangeSettings{By: sm, Changes: []byte(`{"anonymous":true,"everyone_may":["start"]}`), Password: ptr("DIGEST")}, poker.IssueSeatLink{By: ann, Digest: "DIGEST"}, poker.UseSeatLink{Digest: "DIGEST", Credential: "DIGEST"},
		poker.SetTimer{By: sm, Seconds: ptr(90.5)}, poker.Nudge{By: sm}, poker.CastVote{By: ann, Value: "8"}, poker.Reveal{By: sm}, poker.Tick{}, poker.Tick{}, poker.Accept{By: sm, Estimate: ptr("8")},
		poker.Transfer{By: sm, To: "ann"}, poker.Leave{By: sm}, &poker.ChangeProfile{By: ann, Avatar: ptr("🐻")}, poker.End{By: ann},
	}
}

func TestEvents_as_clients_read_them(t *testing.T) {
	var got bytes.Buffer
	seen := map[string]bool{}
	play(t, story(), func(s *poker.Session, e poker.Event) {
		event, ok := OfEvent(s, e)
		if ok != Visible(e) {
			t.Errorf("%s: shown is %t, visible is %t", poker.Kind(e.Payload), ok, Visible(e))
		}
		if ok {
			seen[event.Type] = true
			got.Write(append(encoded(t, event), '\n'))
		}
	})
	golden(t, "events.golden", got.Bytes())
	for _, kind := range Types() {
		if !seen[kind.Name] && kind.Name != SessionsUpdated {
			t.Errorf("%s is not in the story", kind.Name)
		}
	}
	if bytes.Contains(got.Bytes(), []byte("DIGEST")) {
		t.Error("a credential has left the server")
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestSession_as_clients_read_it(t *testing.T) {
	var text bytes.Buffer
	for _, part := range []struct {
		name     string
		commands int
	}{{"waiting", 1}, {"voting", 8}, {"revealing", 9}, {"results", 12}, {"paused", 15}} {
		s := play(t, story()[:part.commands], func(*poker.Session, poker.Event) {})
		b, err := json.MarshalIndent(map[string]any{part.name: OfSession(s), "summary": OfSummary(s)}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(b, '\n'))
	}
	golden(t, "sessions.golden", text.Bytes())
}

func TestTime_is_UTC_with_milliseconds(t *testing.T) {
	for _, c := range []struct {
		in   time.Time
		want string
	}{
		{noon, "2026-03-01T12:00:00.005Z"},
		{noon.Truncate(time.Second), "2026-03-01T12:00:00.000Z"},
		{time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.UTC), "2026-12-31T23:59:59.999Z"},
	} {
		if got := Time(c.in); got != c.want {
			t.Errorf("%v: got %s, want %s", c.in, got, c.want)
		}
	}
}

// Every value under a name of a time is one, in the API's form.
func TestTimes_in_every_event(t *testing.T) {
	form := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	var walk func(name string, v any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, inner := range v {
				walk(k, inner)
			}
		case []any:
			for _, inner := range v {
				walk(name, inner)
			}
		case string:
			isTime := strings.HasSuffix(name, "_at") || name == "timestamp" || name == "last_activity" || name == "resumes_by"
			if isTime && !form.MatchString(v) {
				t.Errorf("%s is %q", name, v)
			}
		}
	}
	play(t, story(), func(s *poker.Session, e poker.Event) {
		if event, ok := OfEvent(s, e); ok {
			walk("", decoded(t, event))
		}
		walk("", decoded(t, Snapshot(s, noon)))
	})
}

func decoded(t testing.TB, v any) any {
	t.Helper()
	var back any
	if err := json.Unmarshal(encoded(t, v), &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// encoded is how a stream says an event, which is how encoding/json would write it.
func encoded(t rapid.TB, v any) []byte {
	t.Helper()
	want, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	said, ok := v.(interface {
		AppendJSON(b []byte) ([]byte, error)
	})
	if !ok {
		return want
	}
	got, err := said.AppendJSON([]byte("before "))
	if err != nil {
		t.Fatal(err)
	}
	got, _ = bytes.CutPrefix(got, []byte("before "))
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("encoded event (-encoding/json +AppendJSON):\n%s", diff)
	}
	return got
}

func TestEvents_with_text_that_needs_care(t *testing.T) {
	for _, text := range []string{"", "plain", `"`, `\`, "<b>&amp;</b>", "\x00\x1f\x7f", "line\nbreak", "Zoë 🦊", "\u2028", "\xff\xfe"} {
		encoded(t, Event{Type: text, SessionID: text, Timestamp: text, ExpiresAt: text, Data: OfUser{UserID: text}})
		encoded(t, Event{Type: text, Data: Gone{UserID: text, Reason: text}})
		encoded(t, Event{Type: text, Data: RevealedVotes{
			RoundID: text, Statistics: &Statistics{Suggestion: &text, Distribution: map[string]int{text: 1}},
			Votes: map[string]Vote{"b" + text: {UserID: text, Value: &text, SubmittedAt: text}, "a": {}, "c": {}},
		}})
		encoded(t, Event{Type: text, Data: Started{RoundID: text, StartedAt: text, Topic: &text, StoryID: &text, EndsAt: &text, Anonymous: true}})
		encoded(t, Event{Type: text, Data: Completed{RoundID: text, Topic: &text, StoryID: &text, Estimate: &text, CompletedAt: &text, Statistics: &Statistics{}}})
	}
	encoded(t, Event{Data: Started{}})
	encoded(t, Event{Data: Completed{}})
}

func TestEvents_with_numbers(t *testing.T) {
	event := func(n float64, counts map[string]int) Event {
		return Event{Type: VotesRevealed, Data: RevealedVotes{Statistics: &Statistics{
			Average: &n, Median: &n, Lowest: &n, Highest: &n, Distribution: counts, Consensus: true, CoffeeVotes: 2, TotalVotes: 1 << 30,
		}}}
	}
	for _, n := range []float64{0, math.Copysign(0, -1), 1, -1, 0.5, 13.0 / 3, 999_999, 1e6, -1e6, 1e20, 1e21, 1e-6, 1e-7, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, math.MinInt64, math.MaxInt64} {
		encoded(t, event(n, nil))
	}
	rapid.Check(t, func(t *rapid.T) {
		encoded(t, event(rapid.Float64().Draw(t, "number"), rapid.MapOf(rapid.String(), rapid.Int()).Draw(t, "counts")))
	})
}

func TestEvent_about_no_votes(t *testing.T) {
	for _, votes := range []map[string]Vote{nil, {}} {
		encoded(t, Event{Type: VotesRevealed, Data: RevealedVotes{Votes: votes}})
	}
}

func TestEvent_that_is_not_shown(t *testing.T) {
	s := play(t, story()[:2], func(*poker.Session, poker.Event) {})
	for _, p := range []poker.Payload{poker.ParticipantPresent{UserID: "ann"}, poker.CredentialIssued{UserID: "ann", Credential: "DIGEST"}, poker.GraceBegan{EndsAt: noon}, poker.Unknown{Name: "later", Data: json.RawMessage("{}")}} {
		if event, ok := OfEvent(s, poker.Event{Payload: p}); ok || event.Type != "" {
			t.Errorf("%s is shown as %v", poker.Kind(p), event)
		}
	}
}

// An entry of the log that cannot be read is left out, so an event may follow on a state that lacks what it speaks of.
func TestEvent_about_what_is_not_there(t *testing.T) {
	s := play(t, story()[:1], func(*poker.Session, poker.Event) {})
	for _, p := range []poker.Payload{
		poker.VotesRevealed{RoundID: "lost"}, poker.RoundCompleted{RoundID: "lost"}, poker.RevealScheduled{RevealsAt: noon}, poker.VoteSubmitted{UserID: "lost", Value: "5"},
		poker.ParticipantReturned{UserID: "lost"}, poker.ParticipantLeft{UserID: "lost"}, poker.ScrumMasterChanged{NewID: "lost"}, poker.GraceLapsed{}, poker.PauseEnded{},
	} {
		e := poker.Event{At: noon, ExpiresAt: noon, Payload: p}
		after := poker.Fold(s, e)
		event, _ := OfEvent(after, e)
		encoded(t, event)
		encoded(t, OfList([]Summary{OfSummary(after)}, noon))
	}
	nothing := &poker.Session{ID: "s1"} // not even the entry of its creation
	if v := OfSession(nothing); v.ID != "s1" || len(v.Deck.Cards) != 0 {
		t.Errorf("%+v", v)
	}
	encoded(t, Snapshot(nothing, noon))
}

// The only card that anybody plays is one whose value can be looked for.
const secret = "SECRET-CARD"

func TestVotes_are_hidden_until_the_reveal(t *testing.T) {
	deck := poker.Deck{Name: "own", Cards: []poker.Card{{Value: secret, Number: ptr(4242.0)}}}
	rapid.Check(t, func(t *rapid.T) {
		countdown := rapid.SampledFrom([]time.Duration{0, 3 * time.Second}).Draw(t, "countdown")
		now := noon
		var s *poker.Session
		do := func(c poker.Command) {
			decision, err := rules.Decide(s, c, poker.Moment{Now: now})
			if err != nil {
				return
			}
			for _, step := range decision.Steps {
				s = step.Session
				checkHidden(t, s, step.Event)
			}
		}
		do(&poker.Create{SessionID: "s", Deck: deck, Settings: poker.Settings{RevealCountdownSeconds: (countdown).Seconds()}, Creator: poker.Newcomer{ID: "u0"}})
		for i := range rapid.IntRange(1, 40).Draw(t, "commands") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 3, 300}).Draw(t, "seconds")) * time.Second)
			user := by(rapid.SampledFrom([]string{"u0", "u1", "u2"}).Draw(t, "who"))
			do(rapid.SampledFrom([]poker.Command{
				&poker.Join{Newcomer: poker.Newcomer{ID: "u1"}}, &poker.Join{Newcomer: poker.Newcomer{ID: "u2"}}, poker.Start{By: user, RoundID: string(rune('a' + i))},
				poker.CastVote{By: user, Value: secret}, poker.CastVote{By: user, Value: secret}, poker.RetractVote{By: user}, poker.Reveal{By: user}, poker.Accept{By: user},
				poker.ChangeSettings{By: user, Changes: []byte(`{"anonymous":true}`)}, poker.ChangeSettings{By: user, Changes: []byte(`{"anonymous":false,"auto_reveal":true,"round_seconds":3,"timer_reveals":true}`)},
				poker.ChangeRole{By: user, Other: user.UserID, Role: poker.Spectator}, poker.ChangeRole{By: user, Other: user.UserID, Role: poker.Voter}, poker.SetFacilitator{By: user, Other: "u1", Facilitator: true},
				&poker.AddStories{By: user, Stories: []poker.Story{{ID: "y", Title: "Story", Status: poker.StoryTodo}}}, poker.Start{By: user, RoundID: string(rune('A' + i)), StoryID: ptr("y")}, poker.SetTimer{By: user, Seconds: ptr(3.0)}, poker.Nudge{By: user},
				poker.Tick{}, poker.Arrive{By: user}, poker.Depart{By: user}, poker.Extend{By: user}, poker.Leave{By: user}, poker.Transfer{By: user, To: "u1"},
			}).Draw(t, "command"))
		}
	})
}

// checkHidden looks for the card in everything that is said while a round is open.
func checkHidden(t *rapid.T, s *poker.Session, e poker.Event) {
	shown := OfSession(s)
	for _, r := range OfRounds(s) {
		if !r.IsRevealed {
			t.Fatalf("round %s is listed and not revealed", r.ID)
		}
		checkShown(t, &r)
	}
	round := shown.CurrentRound
	switch {
	case round == nil:
	case round.IsRevealed:
		checkShown(t, round)
	default:
		for _, said := range append(saidOf(s, e), round, OfSummary(s)) {
			b := encoded(t, said)
			if bytes.Contains(b, []byte(secret)) || bytes.Contains(b, []byte("4242")) {
				t.Fatalf("a hidden vote shows after %s: %s", poker.Kind(e.Payload), b)
			}
		}
	}
}

// saidOf is the event and the snapshot without what may name the card: the deck, and rounds that are over.
func saidOf(s *poker.Session, e poker.Event) []any {
	var said []any
	event, _ := OfEvent(s, e)
	for _, event := range []Event{event, Snapshot(s, e.At)} {
		if u, whole := event.Data.(Updated); whole {
			u.Session.Deck, u.Session.Rounds = poker.Deck{}, nil
			event.Data = u
		}
		said = append(said, event)
	}
	return said
}

// checkShown wants every card after the reveal, or, of an anonymous round, none.
func checkShown(t *rapid.T, r *Round) {
	for id, v := range r.Votes {
		if (v.Value == nil) != r.Anonymous {
			t.Fatalf("the vote of %s after the reveal: %v, anonymous is %t", id, v.Value, r.Anonymous)
		}
	}
}

func TestUsers_are_shown_as_what_they_are(t *testing.T) {
	s := play(t, append(story()[:3],
		poker.SetFacilitator{By: by("sm"), Other: "ann", Facilitator: true}, poker.ChangeRole{By: by("bob"), Other: "bob", Role: poker.Spectator},
	), func(*poker.Session, poker.Event) {})
	shown := map[string]string{}
	for _, u := range OfSession(s).Participants {
		shown[u.ID] = fmt.Sprint(u.Role, " ", u.Facilitator)
	}
	if diff := cmp.Diff(map[string]string{"sm": "voter false", "ann": "voter true", "bob": "spectator false"}, shown); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
}

// The role of an absent Scrum Master goes on after a time also where a facilitator keeps the session going: that is no pause, and clients draw none.
func TestSession_that_a_facilitator_keeps_going_says_nothing_of_a_pause(t *testing.T) {
	s := play(t, append(story()[:3],
		poker.SetFacilitator{By: by("sm"), Other: "ann", Facilitator: true}, poker.Arrive{By: by("sm")}, poker.Depart{By: by("sm")},
	), func(*poker.Session, poker.Event) {})
	if s.Pause.ResumesBy.IsZero() {
		t.Fatal("nobody waits for the Scrum Master")
	}
	if v := OfSession(s); v.Status != string(poker.Waiting) || v.ResumesBy != nil || v.TakeoverAt != nil {
		t.Errorf("%s until %v, to be taken over from %v", v.Status, v.ResumesBy, v.TakeoverAt)
	}
}

// The report that is downloaded as JSON, and what is read of one story, have everything; lists have what lists have.
func TestReport_of_a_session_has_all_of_it(t *testing.T) {
	commands := story()
	s := play(t, commands, func(*poker.Session, poker.Event) {})
	r := OfReport(s)
	if r.ID != "s1" || r.Name != "Sprint" || r.ScrumMasterID != "ann" || r.CreatedAt != Time(s.CreatedAt) || r.EndedAt == nil || *r.EndedAt != Time(s.ExpiresAt) || r.EndReason == nil {
		t.Errorf("the session: %+v", r)
	}
	if len(r.Participants) != 1 || r.Participants[0].Name != "Ann <&>" || len(r.Rounds) != 2 || r.Rounds[1].ID != "r2" || r.Version != s.Stories.Version || len(r.Deck.Cards) == 0 {
		t.Errorf("what is in it: %+v", r)
	}
	if open, secret := r.Rounds[0].Votes["ann"], r.Rounds[1].Votes["ann"]; open.Value == nil || *open.Value != "5" || secret.UserID != "ann" || secret.Value != nil {
		t.Errorf("the card of an open round %v, of an anonymous one %v", open.Value, secret.Value)
	}
	if len(r.Stories) != 2 || r.Stories[0].Description != "Never in a list" || r.Stories[0].Title != "Log in <&>" {
		t.Errorf("the stories: %+v", r.Stories)
	}
	if all := OfStories(s.Stories); len(all) != 2 || all[0].Title != "Log in <&>" {
		t.Errorf("the list: %+v", all)
	}
	if rounds := OfRoundsOf(s, "y1"); len(rounds) != 1 || rounds[0].ID != "r2" {
		t.Errorf("the rounds of a story: %+v", rounds)
	}
	if open := OfReport(play(t, commands[:3], func(*poker.Session, poker.Event) {})); open.EndedAt != nil || open.EndReason != nil {
		t.Errorf("a session that goes on: %+v", open)
	}
}
