package room

import (
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/poker"
)

// keeper is a node that keeps ended sessions for an hour.
func keeper(t *testing.T) *node {
	return newNodeOn(t, openLog(t, 3), clock.NewManual(time.Now()), func(o *Options) { o.KeepEnded = time.Hour })
}

// played is a session that has ended, with a round in it.
func (h *node) played() string {
	h.t.Helper()
	id := h.create(poker.Settings{})
	h.do(id, poker.Start{By: by("sm"), RoundID: "r"}, poker.Reveal{By: by("sm")}, poker.Accept{By: by("sm")}, poker.End{By: by("sm")})
	return id
}

func (h *node) keptReason(id string) poker.Reason {
	_, err := h.ReadKept(h.t.Context(), id, "", proven(false))
	return reason(err)
}

func TestEnded_session_is_kept_over_a_restart_and_then_freed(t *testing.T) {
	h := keeper(t)
	id, empty := h.played(), h.create(poker.Settings{})
	h.do(empty, poker.End{By: by("sm")})
	equal(t, "of one in which nothing happened nothing is kept", h.keptReason(empty), poker.SessionGone)
	for range 3 { // its slot is free
		h.create(poker.Settings{})
	}
	h.Close()
	h = newNodeOn(t, h.log, h.clock, func(o *Options) { o.KeepEnded = time.Hour })
	s, err := h.ReadKept(h.t.Context(), id, "", proven(false))
	if err != nil || len(s.Rounds) != 1 {
		t.Fatalf("after a restart: %v", err)
	}
	h.clock.Advance(30 * time.Minute) // several sweeps
	equal(t, "after half an hour", h.keptReason(id), poker.Reason(""))
	h.clock.Advance(30 * time.Minute)
	equal(t, "after an hour", h.keptReason(id), poker.SessionGone)
	h.clock.Advance(2 * time.Minute)
	entries, err := h.log.Load(t.Context(), id, 0)
	equal(t, "error", err, nil)
	equal(t, "entries in the log after the next sweep", len(entries), 0)
}

func TestEnded_session_that_expired_is_kept_from_its_expiry_on(t *testing.T) {
	h := keeper(t)
	id := h.create(poker.Settings{})
	h.do(id, poker.Start{By: by("sm"), RoundID: "r"}, poker.Reveal{By: by("sm")}, poker.Accept{By: by("sm")})
	h.clock.Advance(timeout + time.Millisecond)
	equal(t, "when it has expired", h.keptReason(id), poker.Reason(""))
	h.clock.Advance(time.Hour)
	equal(t, "an hour later", h.keptReason(id), poker.SessionGone)
}

func TestEnded_sessions_give_way_when_the_store_takes_no_more(t *testing.T) {
	h := keeper(t)
	first := h.played()
	h.clock.Advance(time.Second)
	second := h.played()
	h.strained.Store(true)
	h.sweep()
	equal(t, "the older", h.keptReason(first), poker.SessionGone)
	equal(t, "the newer", h.keptReason(second), poker.Reason(""))
	h.sweep()
	equal(t, "at the next sweep", h.keptReason(second), poker.Reason(""))
}

func TestPassword_keeps_what_was_said_from_strangers_after_the_end(t *testing.T) {
	h := keeper(t)
	id := h.create(poker.Settings{})
	hash := "hash"
	h.do(id, poker.Start{By: by("sm"), RoundID: "r"}, poker.Reveal{By: by("sm")}, poker.Accept{By: by("sm")}, poker.ChangeSettings{By: by("sm"), Password: &hash}, poker.End{By: by("sm")})
	equal(t, "a stranger", h.keptReason(id), poker.PasswordNeeded)
	_, err := h.ReadKept(t.Context(), id, "", proven(true))
	equal(t, "who had a seat", reason(err), poker.Reason(""))
}

func TestTimer_turns_the_cards_by_itself_and_over_a_restart(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{RoundSeconds: 60, TimerReveals: true})
	h.do(id, poker.Start{By: by("sm"), RoundID: "r"}, poker.CastVote{By: by("sm"), Value: "5"})
	h.clock.Advance(59 * time.Second)
	equal(t, "just before", h.state(id).Status, poker.Voting)
	h = h.restart(0)
	h.clock.Advance(time.Second + time.Millisecond)
	equal(t, "status", h.state(id).Status, poker.Results)
}
