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

func TestASingleEventIsReadQuicklyAsItIsWritten(t *testing.T) {
	at := time.Date(2026, 11, 29, 13, 0, 0, 123456789, time.UTC)
	key := Key{ID: "a", Body: "b"}
	for name, e := range map[string]Event{
		"the usual one":     {At: at, ExpiresAt: at.Add(time.Hour), Activity: true, Payload: VoteSubmitted{UserID: "u", Value: "13"}},
		"with a key":        {At: at, ExpiresAt: at, Activity: true, Key: key, Payload: VoteSubmitted{UserID: "u", Value: "?"}},
		"with all of a key": {At: at, ExpiresAt: at, Key: Key{ID: "a", Body: "b", Ref: "c"}, Payload: VoteSubmitted{UserID: "u", Value: "1"}},
		"a retracted vote":  {At: at, ExpiresAt: at, Activity: true, Payload: VoteRetracted{UserID: "u"}},
		"an escaped value":  {At: at, ExpiresAt: at, Payload: VoteSubmitted{UserID: "u", Value: "☕"}},
		"another time zone": {At: at.In(time.FixedZone("", 3600)), ExpiresAt: at, Payload: VoteSubmitted{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := plainEvent(stored(t, e))
			if diff := cmp.Diff(e, got); diff != "" || !ok {
				t.Errorf("read quickly: %v (-want +got):\n%s", ok, diff)
			}
		})
	}
}

func TestWhatIsNoPlainEventIsReadAllTheSame(t *testing.T) {
	vote := Event{At: time.Unix(0, 0).UTC(), ExpiresAt: time.Unix(9, 0).UTC(), Payload: VoteSubmitted{UserID: "u", Value: "1"}}
	escaped, retracted, unknown := vote, vote, vote
	escaped.Key, retracted.Payload, unknown.Payload = Key{ID: `"`}, VoteRetracted{UserID: "u"}, Unknown{Name: "of_a_later_version", Data: json.RawMessage("{}")}
	for name, events := range map[string][]Event{"none": {}, "two": {vote, vote}, "two of another kind": {retracted, retracted}, "an escaped key": {escaped}, "an unknown kind": {unknown}} {
		t.Run(name, func(t *testing.T) {
			b := stored(t, events...)
			if _, ok := plainEvent(b); ok {
				t.Error("read as a plain event")
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

func FuzzPlainEvent(f *testing.F) {
	at := time.Date(2026, 11, 29, 13, 0, 0, 5, time.UTC)
	f.Add(stored(f, Event{At: at, ExpiresAt: at, Activity: true, Key: Key{ID: "a", Body: "b", Ref: "c"}, Payload: VoteSubmitted{UserID: "u", Value: "13"}}))
	f.Add(stored(f, Event{At: at, ExpiresAt: at, Payload: VotingStarted{}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, ok := plainEvent(b)
		if !ok {
			return
		}
		var want []Event
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatalf("the decoder refuses it: %v", err)
		}
		if diff := cmp.Diff(want, []Event{e}); diff != "" {
			t.Errorf("(-decoder +quickly):\n%s", diff)
		}
	})
}

func BenchmarkDecodeVote(b *testing.B) {
	at := time.Date(2026, 11, 29, 13, 0, 0, 5, time.UTC)
	data := stored(b, Event{At: at, ExpiresAt: at, Activity: true, Payload: VoteSubmitted{UserID: "u", Value: "13"}})
	b.Run("quickly", func(b *testing.B) {
		for b.Loop() {
			_, _ = DecodeEvents(data)
		}
	})
	b.Run("by the decoder", func(b *testing.B) {
		for b.Loop() {
			var events []Event
			_ = json.Unmarshal(data, &events)
		}
	})
}
