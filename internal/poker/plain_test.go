package poker

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func stored(t testing.TB, events ...Event) []byte {
	t.Helper()
	b, err := json.Marshal(events)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEventsOfRoundsAreReadQuicklyAsTheyAreWritten(t *testing.T) {
	at := time.Date(2026, 11, 29, 13, 0, 0, 123456789, time.UTC)
	key := Key{ID: "a", Body: "b"}
	topic, quoted, estimate := "Login", `the "big" one`, "13"
	of := func(payloads ...Payload) (events []Event) {
		for _, p := range payloads {
			events = append(events, Event{At: at, ExpiresAt: at.Add(time.Hour), Payload: p})
		}
		return events
	}
	for name, events := range map[string][]Event{
		"a vote":            {{At: at, ExpiresAt: at.Add(time.Hour), Activity: true, Payload: VoteSubmitted{UserID: "u", Value: "13"}}},
		"with a key":        {{At: at, ExpiresAt: at, Activity: true, Key: key, Payload: VoteSubmitted{UserID: "u", Value: "?"}}},
		"with all of a key": {{At: at, ExpiresAt: at, Key: Key{ID: "a", Body: "b", Ref: "c"}, Payload: VoteSubmitted{UserID: "u", Value: "1"}}},
		"a retracted vote":  of(VoteRetracted{UserID: "u"}),
		"an escaped value":  of(VoteSubmitted{UserID: "u", Value: "☕"}),
		"another time zone": {{At: at.In(time.FixedZone("", 3600)), ExpiresAt: at, Payload: VoteSubmitted{}}},
		"a reveal":          of(VotesRevealed{RoundID: "r"}),
		"the next round":    of(RoundCompleted{RoundID: "r"}, VotingStarted{RoundID: "s"}),
		"an estimate":       of(RoundCompleted{RoundID: "r", Estimate: &estimate}),
		"a braced estimate": of(RoundCompleted{RoundID: "}", Estimate: &quoted}, VoteSubmitted{UserID: "{", Value: "\\"}),
		"a round with all":  of(VotingStarted{RoundID: "r", Topic: &topic, StoryID: "s", EndsAt: at, Anonymous: true}),
		"an escaped topic":  of(VotingStarted{RoundID: "r", Topic: &quoted, Anonymous: true}),
		"of every round":    of(StoryChanged{}, VotesRevealed{}, StoryMoved{}, VotingStarted{}),
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := plainEvents(stored(t, events...))
			if diff := cmp.Diff(events, got); diff != "" || !ok {
				t.Errorf("read quickly: %v (-want +got):\n%s", ok, diff)
			}
		})
	}
}

func TestWhatIsNotPlainIsReadAllTheSame(t *testing.T) {
	vote := Event{At: time.Unix(0, 0).UTC(), ExpiresAt: time.Unix(9, 0).UTC(), Payload: VoteSubmitted{UserID: "u", Value: "1"}}
	escaped, unknown := vote, vote
	escaped.Key, unknown.Payload = Key{ID: `"`}, Unknown{Name: "of_a_later_version", Data: json.RawMessage("{}")}
	for name, events := range map[string][]Event{"none": {}, "an escaped key": {escaped}, "an unknown kind": {unknown}, "an unknown kind behind a vote": {vote, unknown}} {
		t.Run(name, func(t *testing.T) {
			b := stored(t, events...)
			if _, ok := plainEvents(b); ok {
				t.Error("read as plain events")
			}
			got, err := DecodeEvents(b)
			if diff := cmp.Diff(events, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
	whole := string(stored(t, vote))
	for cut := range len(whole) {
		if _, err := DecodeEvents([]byte(whole[:cut])); err == nil {
			t.Errorf("%s: read", whole[:cut])
		}
	}
	for _, broken := range []string{"", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z"} {
		if _, err := DecodeEvents([]byte(strings.Replace(whole, "1970-01-01T00:00:00Z", broken, 1))); err == nil {
			t.Errorf("the time %s is read", broken)
		}
	}
}

func FuzzPlainEvents(f *testing.F) {
	at := time.Date(2026, 11, 29, 13, 0, 0, 5, time.UTC)
	f.Add(stored(f, Event{At: at, ExpiresAt: at, Activity: true, Key: Key{ID: "a", Body: "b", Ref: "c"}, Payload: VoteSubmitted{UserID: "u", Value: "13"}}))
	f.Add(stored(f, Event{At: at, ExpiresAt: at, Payload: RoundCompleted{}}, Event{At: at, ExpiresAt: at, Payload: VotingStarted{RoundID: "r", EndsAt: at, Anonymous: true}}))
	f.Add(stored(f, Event{At: at, ExpiresAt: at, Payload: VotesRevealed{}}, Event{At: at, ExpiresAt: at, Payload: RoundCompleted{Estimate: new("1")}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		events, ok := plainEvents(b)
		if !ok {
			return
		}
		var want []Event
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatalf("the decoder refuses it: %v", err)
		}
		if diff := cmp.Diff(want, events); diff != "" {
			t.Errorf("(-decoder +quickly):\n%s", diff)
		}
	})
}

func BenchmarkDecodeEvents(b *testing.B) {
	at := time.Date(2026, 11, 29, 13, 0, 0, 5, time.UTC)
	for name, events := range map[string][]Event{
		"vote":       {{At: at, ExpiresAt: at, Activity: true, Payload: VoteSubmitted{UserID: "u", Value: "13"}}},
		"next round": {{At: at, ExpiresAt: at, Payload: RoundCompleted{RoundID: "r"}}, {At: at, ExpiresAt: at, Activity: true, Payload: VotingStarted{RoundID: "s"}}},
	} {
		data := stored(b, events...)
		b.Run(name+"/quickly", func(b *testing.B) {
			for b.Loop() {
				_, _ = DecodeEvents(data)
			}
		})
		b.Run(name+"/by the decoder", func(b *testing.B) {
			for b.Loop() {
				var events []Event
				_ = json.Unmarshal(data, &events)
			}
		})
	}
}

func TestEventsOfRoundsAreWrittenAsTheEncoderWritesThem(t *testing.T) {
	text, at := "5 < 8 & \"9\" ☕\u2028\x7f\xff", time.Date(2026, 11, 29, 13, 0, 0, 120000000, time.FixedZone("", 3600))
	for _, p := range []Payload{
		VoteSubmitted{}, VoteSubmitted{UserID: "u", Value: "13"}, VoteSubmitted{UserID: text, Value: text},
		VotesRevealed{}, VotesRevealed{RoundID: "r"}, VotesRevealed{RoundID: text},
		RoundCompleted{}, RoundCompleted{RoundID: "r", Estimate: new("13")}, RoundCompleted{RoundID: text, Estimate: &text},
		VotingStarted{}, VotingStarted{RoundID: "r", Topic: new("")}, VotingStarted{RoundID: text, Topic: &text, StoryID: text, EndsAt: at, Anonymous: true},
		VotingStarted{EndsAt: at.UTC()}, VotingStarted{EndsAt: at.Add(time.Nanosecond)},
	} {
		want, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := appendPayload(nil, p); err != nil || string(got) != string(want) {
			t.Errorf("%#v: %s, %v, want %s", p, got, err, want)
		}
	}
	for _, k := range []Key{{}, {ID: "a", Body: "b"}, {ID: text, Body: text, Ref: text}} {
		want, err := json.Marshal(k)
		if got := appendKey(nil, k); err != nil || string(got) != string(want) {
			t.Errorf("%#v: %s, want %s, %v", k, got, want, err)
		}
	}
}
