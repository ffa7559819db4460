package poker

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// samples has one event, or more, of each kind that is stored.
func samples() []Event {
	topic, estimate := "Line one\nline two", "8"
	payloads := []Payload{
		SessionCreated{SessionID: "s1", Name: "Sprint <1> & \"2\"", Deck: Fibonacci(), Settings: Settings{RevealCountdownSeconds: 1.5}, Creator: Newcomer{ID: "u1", Name: "Zoë", Avatar: "🦊", Credential: "digest"}},
		SessionCreated{SessionID: "s1", Name: "No countdown", Deck: Deck{Name: "own", Cards: []Card{{Value: "?"}}}, Creator: Newcomer{ID: "u1", Name: "Zoë", Role: Spectator}},
		ParticipantJoined{Newcomer: Newcomer{ID: "u2", Name: "Bob", Credential: "digest"}},
		CredentialIssued{UserID: "u2", Credential: "another digest"},
		ParticipantReturned{UserID: "u2"}, ParticipantReturned{UserID: "u2", ByStream: true},
		ParticipantPresent{UserID: "u2"},
		ParticipantVouched{UserID: "u2"}, ParticipantVouched{UserID: "u2", Stream: true},
		ParticipantDisconnected{UserID: "u2"},
		ParticipantLeft{UserID: "u2", Reason: Left}, ParticipantLeft{UserID: "u2", Reason: Kicked},
		ScrumMasterChanged{OldID: "u1", NewID: "u2", Reason: ByTransfer},
		PauseBegan{Reason: MasterDisconnected, ResumesBy: noon.Add(5 * time.Minute)},
		ProfileChanged{UserID: "u2", Name: &topic}, ProfileChanged{UserID: "u2", Avatar: &estimate},
		GraceLapsed{}, PauseEnded{},
		VotingStarted{RoundID: "r1"}, VotingStarted{RoundID: "r1", Topic: &topic},
		VoteSubmitted{UserID: "u2", Value: "5"}, VoteRetracted{UserID: "u2"},
		RevealScheduled{RoundID: "r1", RevealsAt: noon.Add(1500 * time.Millisecond)}, VotesRevealed{RoundID: "r1"},
		RoundCompleted{RoundID: "r1"}, RoundCompleted{RoundID: "r1", Estimate: &estimate},
		SessionExtended{UserID: "u2"}, SessionRecovered{}, SessionRecovered{Missing: 2}, SessionExpired{Reason: Inactive},
		RoleChanged{UserID: "u2", Role: Spectator}, FacilitatorChanged{UserID: "u2", Facilitator: true},
		SettingsChanged{}, SettingsChanged{Settings: Settings{RevealCountdownSeconds: 3, AutoReveal: true, RoundSeconds: 90.5, TimerReveals: true, Anonymous: true, EveryoneMay: Permissions{"start", "timer"}, Unlisted: true, Locked: true}},
		GraceBegan{EndsAt: noon.Add(5 * time.Minute)},
		VotingStarted{RoundID: "r1", Topic: &topic, StoryID: "y1"},
		StoriesAdded{Version: 1, Stories: []Story{{ID: "y1", Key: "PROJ-1", Title: "Log in <&>", Description: "As a user\nI want", Type: "Story", URL: "https://tracker.example/PROJ-1", Status: StoryTodo, Version: 1}, {ID: "y2", Title: "Log out", Status: StoryEstimated, Estimate: &estimate, Rounds: 2, Version: 1}}},
		StoriesAdded{Version: 2, Stories: []Story{{ID: "y3", Title: "Sign up", Status: StorySkipped, Version: 2}}, Before: "y1"},
		StoryChanged{Version: 3, StoryID: "y1", Change: StoryChange{Title: &topic, Estimate: ptr(""), Status: ptr(StoryVoting), Rounds: ptr(1)}},
		StoryMoved{Version: 4, StoryID: "y1", Before: "y2"}, StoryMoved{Version: 5, StoryID: "y1"}, StoryRemoved{Version: 6, StoryID: "y1"},
		FileImported{File: File{Name: "backlog.csv", Format: "jira-csv", Reading: "points=4", Size: 2048, Data: []byte("compressed"), Rows: []FileRow{{Row: 2, StoryID: "y1"}, {Row: 5, StoryID: "y2"}}}},
		FileImported{File: File{Format: "lines", Size: 20, Missing: FileNotWritable}}, FileDropped{},
		VotingStarted{RoundID: "r1", EndsAt: noon.Add(90 * time.Second), Anonymous: true},
		SessionCreated{SessionID: "s1", Name: "Secret", Deck: Fibonacci(), Creator: Newcomer{ID: "u1", Name: "Zoë"}, Password: "hash"},
		SettingsChanged{Password: ptr("hash")}, SettingsChanged{Password: ptr("")},
		SeatLinkIssued{UserID: "u1", Digest: "digest", ExpiresAt: noon.Add(2 * time.Minute)}, SeatLinkUsed{UserID: "u1", Credential: "digest"},
		TimerSet{RoundID: "r1", EndsAt: noon.Add(time.Minute)}, TimerSet{RoundID: "r1"}, Nudged{UserIDs: []string{"u1", "u2"}},
		DeckChanged{Deck: Deck{Name: "own", Cards: []Card{{Value: "½", Number: ptr(0.5)}, {Value: "<?>"}}}},
		ParticipantReturned{UserID: "u2", ByStream: true, Node: "n1"}, ParticipantPresent{UserID: "u2", Node: "n1"}, ParticipantVouched{UserID: "u2", Stream: true, Node: "n1"}, StreamsClosed{UserID: "u2", Node: "n1"},
	}
	var events []Event
	for i, p := range payloads {
		at := noon.Add(time.Duration(i) * 1001 * time.Millisecond)
		events = append(events, Event{At: at, ExpiresAt: at.Add(10 * time.Minute), Activity: i%2 == 0, Payload: p})
	}
	events[2].Key = Key{ID: "a2V5", Body: "Ym9k", Ref: "u2"}
	return events
}

// What has been stored must be readable for ever: a change of this file is a change of the log's format.
func TestEvent_stored_form(t *testing.T) {
	var got bytes.Buffer
	for _, e := range samples() {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		got.Write(append(line, '\n'))
	}
	path := filepath.Join("testdata", "events.golden")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("stored form (-want +got):\n%s", diff)
	}
	lines := strings.Split(strings.TrimSpace(string(want)), "\n")
	for i, e := range samples() {
		var read Event
		if err := json.Unmarshal([]byte(lines[i]), &read); err != nil {
			t.Fatal(err)
		}
		equal(t, "read back", read, e)
	}
}

func TestEvent_samples_have_every_kind(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range samples() {
		seen[Kind(e.Payload)] = true
	}
	for _, name := range Kinds() {
		if !seen[name] {
			t.Errorf("no sample of %s", name)
		}
	}
}

func TestEvent_times_are_stored_as_JSON_has_them(t *testing.T) {
	second := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, at := range []time.Time{
		{}, second, second.Add(time.Millisecond), second.Add(10 * time.Millisecond), second.Add(100 * time.Millisecond), second.Add(120 * time.Millisecond), second.Add(999 * time.Millisecond),
		second.Add(time.Microsecond), second.Add(1500 * time.Microsecond), second.Add(time.Nanosecond),
		second.Add(120 * time.Millisecond).In(time.FixedZone("", 3600)), second.In(time.FixedZone("", 0)), second.Add(7 * time.Millisecond).Local(),
	} {
		want, err := json.Marshal(at)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := Event{At: at, ExpiresAt: at, Payload: Nudged{}}.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		if both := fmt.Appendf(nil, `"at":%s,"expires_at":%s,`, want, want); !bytes.Contains(stored, both) {
			t.Errorf("stored %s, want %s in it", stored, both)
		}
	}
}

func TestEvent_of_a_later_version(t *testing.T) {
	const envelope = `"at":"2026-03-01T12:00:00Z","expires_at":"2026-03-01T12:10:00Z"`
	for _, c := range []struct {
		name, stored string
		want         Payload
	}{
		{"an unknown kind is kept", `{"kind":"sticker_sent",` + envelope + `,"data":{"to":"u1"}}`, Unknown{Name: "sticker_sent", Data: json.RawMessage(`{"to":"u1"}`)}},
		{"even without data", `{"kind":"sticker_sent",` + envelope + `}`, Unknown{Name: "sticker_sent"}},
		{"unknown fields are passed over", `{"kind":"vote_retracted",` + envelope + `,"device":"phone","data":{"user_id":"u1","why":"typo"}}`, VoteRetracted{UserID: "u1"}},
		{"missing fields are empty", `{"kind":"vote_retracted",` + envelope + `,"data":{}}`, VoteRetracted{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e Event
			if err := json.Unmarshal([]byte(c.stored), &e); err != nil {
				t.Fatal(err)
			}
			equal(t, "payload", e.Payload, c.want)
			again, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			if u, ok := c.want.(Unknown); ok && len(u.Data) > 0 {
				equal(t, "stored again", string(again), c.stored)
			}
			s := Fold(newGame(t).s, e)
			equal(t, "the session lives on", s.Alive(noon), true)
			equal(t, "expires", s.ExpiresAt, noon.Add(10*time.Minute))
		})
	}
}

func TestEvent_that_cannot_be_read(t *testing.T) {
	for name, stored := range map[string]string{
		"no object":                `[]`,
		"cut off":                  `{"kind":"vote_submitted","data":{"user`,
		"data of the wrong type":   `{"kind":"vote_submitted","data":[1]}`,
		"a known kind, no data":    `{"kind":"vote_submitted"}`,
		"a time that is none":      `{"kind":"vote_submitted","at":"yesterday","data":{}}`,
		"a field of another type":  `{"kind":"vote_submitted","data":{"user_id":5}}`,
		"a deck that is no object": `{"kind":"session_created","data":{"deck":"fibonacci"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			var e Event
			if err := json.Unmarshal([]byte(stored), &e); err == nil {
				t.Errorf("read as %+v", e)
			}
		})
	}
}

// An entry of the log that cannot be read is left out, so any event may meet a state that it does not fit.
func TestFold_of_any_event_on_any_state(t *testing.T) {
	states := []*Session{nil, newGame(t).s}
	for _, status := range statuses {
		g := status.reach(t)
		states = append(states, g.s)
		g.gone("sm")
		states = append(states, g.s)
	}
	for _, s := range states {
		for _, first := range samples() {
			for _, second := range samples() {
				after := Fold(Fold(s, first), second)
				after.Deadline(noon, false)
				if after.activity() == Revealing && after.Round == nil {
					t.Fatalf("%s and %s make a reveal without a round", Kind(first.Payload), Kind(second.Payload))
				}
				for _, row := range matrix {
					_, _ = rules.Decide(after, row.command(after.ScrumMasterID), Moment{Now: noon})
				}
				_, _ = rules.Decide(after, Tick{}, Moment{Now: noon.Add(6 * time.Minute)})
			}
		}
	}
}

func FuzzEvent(f *testing.F) {
	for _, e := range samples() {
		b, err := json.Marshal(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`null`))
	f.Add([]byte(`{"kind":"later"}`))
	f.Add([]byte(`{"kind":"later","data":null}`))
	f.Add([]byte(`{"kind":"votes_revealed","at":"2026-03-01T12:00:00+14:00","data":{}}`))
	f.Fuzz(func(t *testing.T, stored []byte) {
		var e, again Event
		if json.Unmarshal(stored, &e) != nil {
			return
		}
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("what was read cannot be stored: %v", err)
		}
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatalf("what was stored cannot be read: %v", err)
		}
		if u, ok := e.Payload.(Unknown); ok {
			equal(t, "kind", Kind(again.Payload), u.Name)
		} else if !reflect.DeepEqual(again.Payload, e.Payload) {
			equal(t, "payload", again.Payload, e.Payload)
		}
		Fold(nil, e).Deadline(noon, false)
	})
}
