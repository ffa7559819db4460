package httpapi

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/room"
)

// The answer of a reveal is written by hand; its document is made from its type.
func TestReveal_is_answered_as_documented(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	average := 2.5
	for name, round := range map[string]*poker.Round{
		"without votes":    {ID: "r", StartedAt: noon},
		"before the cards": {ID: "r", StartedAt: noon, RevealsAt: noon, Votes: []poker.Vote{{UserID: "ann", Value: "5", SubmittedAt: noon}}},
		"with votes": {
			ID: "r", StartedAt: noon, Revealed: true, Statistics: &poker.Statistics{Average: &average, Distribution: map[string]int{"<5>": 1, "1": 1}},
			Votes: []poker.Vote{{UserID: "bob", Value: "<5>", SubmittedAt: noon}, {UserID: "ann", Value: "1", SubmittedAt: noon}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := json.Marshal(revealedOf(round))
			if err != nil {
				t.Fatal(err)
			}
			got, err := revealed(room.Outcome{Session: &poker.Session{Round: round}, Ref: round.ID})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want)+"\n", string(got)); diff != "" {
				t.Errorf("answer (-type +written):\n%s", diff)
			}
		})
	}
}
