package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/magnapp/magnapp/internal/poker"
)

// A kind of event that the table does not know would never reach a client, and nobody would notice.
func TestEvery_kind_of_event_is_rendered_or_hidden(t *testing.T) {
	placed := map[string]bool{}
	place := func(payload reflect.Type) {
		kind := poker.Kind(reflect.Zero(payload).Interface().(poker.Payload))
		if placed[kind] {
			t.Errorf("%s is rendered twice, or rendered and hidden", kind)
		}
		placed[kind] = true
	}
	for payload := range renderings {
		place(payload)
	}
	for _, payload := range hidden {
		place(payload)
	}
	for _, kind := range poker.Kinds() {
		if !placed[kind] {
			t.Errorf("%s is neither rendered nor hidden", kind)
		}
	}
}

func TestEvery_type_says_when_it_is_sent_and_what_it_says(t *testing.T) {
	for _, row := range Types() {
		if row.When == "" || reflect.TypeOf(row.Data).Kind() != reflect.Struct {
			t.Errorf("%s: when %q, data %T", row.Name, row.When, row.Data)
		}
	}
}

// foldStep is an event and the session that a client must have made of it.
type foldStep struct {
	Event   Event   `json:"event"`
	Session Session `json:"session"`
}

type foldCase struct {
	Name  string     `json:"name"`
	Steps []foldStep `json:"steps"`
}

// The page folds events by code of its own. Its tests replay this file, so that both come to the same.
func TestFold_as_clients_do_it(t *testing.T) {
	var cases []foldCase
	for _, c := range []struct {
		name     string
		commands []poker.Command
	}{
		{"a meeting with every event", story()},
		{"a round without an estimate", withoutEstimate()},
		{"more rounds than a session lists", manyRounds(roundsInShort + 2)},
	} {
		var steps []foldStep
		play(t, c.commands, func(s *poker.Session, e poker.Event) {
			if event, ok := OfEvent(s, e); ok {
				steps = append(steps, foldStep{Event: event, Session: OfSession(s)})
			}
		})
		cases = append(cases, foldCase{Name: c.name, Steps: steps})
	}
	var text bytes.Buffer
	text.WriteString("[")
	for i, c := range cases {
		fmt.Fprintf(&text, "%s\n{\"name\":%q,\"steps\":[", strings.Repeat(",", min(i, 1)), c.Name)
		for j, step := range c.Steps {
			line, err := json.Marshal(step)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&text, "%s\n%s", strings.Repeat(",", min(j, 1)), line)
		}
		text.WriteString("]}")
	}
	text.WriteString("]\n")
	golden(t, "fold.json", text.Bytes())
}

func opening() []poker.Command {
	return []poker.Command{
		&poker.Create{SessionID: "s2", Name: "Refinement", Deck: poker.Fibonacci(), Creator: poker.Newcomer{ID: "sm", Name: "Sam"}},
		&poker.Join{Newcomer: poker.Newcomer{ID: "ann", Name: "Ann"}},
	}
}

func withoutEstimate() []poker.Command {
	sm, ann := by("sm"), by("ann")
	return append(opening(),
		poker.Start{By: sm, RoundID: "r1"}, poker.CastVote{By: ann, Value: "8"}, poker.CastVote{By: ann, Value: "13"}, poker.Start{By: sm, RoundID: "r2", Topic: ptr("Restarted")},
		poker.CastVote{By: sm, Value: "3"}, poker.CastVote{By: ann, Value: "3"}, poker.Reveal{By: sm}, poker.Start{By: sm, RoundID: "r3"},
		poker.CastVote{By: ann, Value: "1"}, poker.Leave{By: sm}, poker.Reveal{By: ann}, poker.Accept{By: ann, Estimate: ptr("1")}, poker.Accept{By: ann, Estimate: ptr("2")},
	)
}

func manyRounds(n int) []poker.Command {
	commands := opening()
	for i := range n {
		topic := fmt.Sprintf("Story %d, which has a title that is longer than a list of rounds needs", i)
		commands = append(commands, poker.Start{By: by("sm"), RoundID: fmt.Sprint("r", i), Topic: &topic}, poker.Reveal{By: by("sm")}, poker.Accept{By: by("sm"), Estimate: ptr("5")})
	}
	return commands
}

// A session goes to everybody again and again, so it stays small however long the meeting: with 16 people under 8 KB.
func TestSession_stays_small_however_long_the_meeting(t *testing.T) {
	ids := make([]string, 16)
	for i := range ids {
		ids[i] = uuid.NewString()
	}
	commands := []poker.Command{&poker.Create{SessionID: uuid.NewString(), Name: "Sprint 12", Deck: poker.Fibonacci(), Creator: poker.Newcomer{ID: ids[0], Name: "Participant 1", Avatar: "🦊"}}}
	for i, id := range ids[1:] {
		commands = append(commands, &poker.Join{Newcomer: poker.Newcomer{ID: id, Name: fmt.Sprint("Participant ", i+2), Avatar: "🦊"}})
	}
	master := by(ids[0])
	stories := make([]poker.Story, 200)
	for i := range stories {
		stories[i] = poker.Story{ID: uuid.NewString(), Key: fmt.Sprint("PROJ-", i), Title: fmt.Sprintf("As a user I want that, for the %d. time", i), Description: strings.Repeat("Because. ", 100), Status: poker.StoryTodo}
	}
	commands = append(commands, &poker.AddStories{By: master, Stories: stories})
	for i := range 100 {
		commands = append(commands, poker.Start{By: master, RoundID: uuid.NewString(), StoryID: &stories[i].ID})
		for _, id := range ids {
			commands = append(commands, poker.CastVote{By: by(id), Value: "13"})
		}
		commands = append(commands, poker.Reveal{By: master}, poker.Accept{By: master, Estimate: ptr("13")})
	}
	var s *poker.Session
	for i, c := range commands {
		decision, err := rules.Decide(s, c, poker.Moment{Now: noon.Add(time.Duration(i) * time.Millisecond)})
		if err != nil {
			t.Fatal(err)
		}
		s = decision.Steps[len(decision.Steps)-1].Session
	}
	size := len(encoded(t, Snapshot(s, noon)))
	t.Logf("%d bytes", size)
	if size > 8<<10 {
		t.Errorf("a session of 16 people after 100 rounds has %d bytes", size)
	}
	if n := len(OfSession(s).Rounds); n < 3 {
		t.Errorf("there is room for %d rounds", n)
	}
	if n := len(OfRounds(s)); n != 100 {
		t.Errorf("%d rounds are kept", n)
	}
}

// The room of the list of completed rounds is what the rest of a session leaves, so the rest must never be taken for shorter than it is.
func TestSession_is_never_longer_than_it_is_taken_for(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("a1<\"\\é🦊\t\u2028")), 1, 50, -1)
		id := "01234567-89ab-4cde-8f01-23456789abcd"
		number := rapid.SampledFrom([]*float64{nil, ptr(1.0), ptr(-123456.789012)})
		deck := poker.Deck{Name: text.Draw(t, "deck")}
		for range rapid.IntRange(2, 30).Draw(t, "cards") {
			deck.Cards = append(deck.Cards, poker.Card{Value: text.Draw(t, "card"), Number: number.Draw(t, "number")})
		}
		s := &poker.Session{
			ID: id, Name: text.Draw(t, "name"), Deck: &deck, ScrumMasterID: id, Status: poker.Paused, Pause: poker.Pause{ResumesBy: noon}, CreatedAt: noon, LastActivity: noon, ExpiresAt: noon,
			Settings: poker.Settings{RevealCountdownSeconds: 1.234, RoundSeconds: 1234.567, EveryoneMay: poker.Permissions{"start", "reveal", "accept", "stories", "timer"}},
		}
		r := &poker.Round{ID: id, StoryID: id, Topic: ptr(text.Draw(t, "topic")), Estimate: ptr(text.Draw(t, "estimate")), StartedAt: noon, Anonymous: true, RevealsAt: noon, EndsAt: noon, CompletedAt: noon, Revealed: rapid.Bool().Draw(t, "revealed")}
		for i := range rapid.IntRange(1, 16).Draw(t, "people") {
			user := fmt.Sprintf("01234567-89ab-4cde-8f01-0123456789%02d", i)
			s.Participants = append(s.Participants, poker.Participant{ID: user, Name: text.Draw(t, "user"), Avatar: text.Draw(t, "avatar"), JoinedAt: noon, Role: poker.Spectator})
			r.Votes = append(r.Votes, poker.Vote{UserID: user, Value: rapid.SampledFrom(deck.Cards).Draw(t, "vote").Value, SubmittedAt: noon})
		}
		r.Statistics = poker.Summarize(&deck, r.Votes)
		s.Round = r
		got, taken := len(encoded(t, Snapshot(s, noon))), bytesBesideRounds(s)
		if got > taken {
			t.Fatalf("%d bytes, taken for %d", got, taken)
		}
		s.Rounds = []*poker.Round{r}
		if more := len(encoded(t, inShort(s.Rounds, 1<<20)[0])) + 1; more > bytesOfRound+lengthOf(cut(r.Topic, topicInShort))+lengthOf(r.Estimate) {
			t.Fatalf("a round of %d bytes", more)
		}
	})
}
