package httpapi

import (
	"fmt"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// refusedFor is a refusal with a wait.
type refusedFor struct {
	*poker.Refusal
	wait time.Duration
}

func (r refusedFor) Unwrap() error             { return r.Refusal }
func (r refusedFor) RetryAfter() time.Duration { return r.wait }

func TestRefusalsSayHowLongToWait(t *testing.T) {
	refusal := func(reason poker.Reason) *poker.Refusal { return &poker.Refusal{Reason: reason, Title: "T", Detail: "D"} }
	for _, c := range []struct {
		err    error
		status int
		wait   string
	}{
		{refusedFor{refusal("too_many_commands"), 2500 * time.Millisecond}, 429, "3"},
		{fmt.Errorf("room: %w", refusedFor{refusal("too_many_streams"), 0}), 429, "1"},
		{refusal("too_many_commands"), 429, "1"},
		{refusedFor{refusal("unavailable"), 7 * time.Second}, 503, "7"},
		{refusal("unavailable"), 503, "2"},
		{refusal("outcome_unknown"), 503, "2"},
		{refusal("key_reused"), 422, ""},
		{refusedFor{refusal(poker.NoRound), time.Second}, 409, "1"},
	} {
		p := problemOf(c.err)
		if got := p.GetHeaders().Get("Retry-After"); p.Status != c.status || got != c.wait {
			t.Errorf("%v: %d, Retry-After %q, want %d, %q", c.err, p.Status, got, c.status, c.wait)
		}
	}
}
