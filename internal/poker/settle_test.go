package poker

import (
	"testing"
	"time"
)

// The clock of a machine may jump. Back, a countdown must not last for as long as the jump was.
func TestReveal_countdown_ends_although_the_clock_was_set_back(t *testing.T) {
	g := started(newGameWith(t, Settings{RevealCountdownSeconds: 3}))
	g.do(Reveal{by("sm")})
	g.pass(-time.Hour)
	equal(t, "deadline", g.s.Deadline(g.now, false), g.now)
	equal(t, "events", g.do(Tick{}), "votes_revealed")
}

func TestReveal_countdown_is_not_cut_short_by_a_clock_that_is_a_little_behind(t *testing.T) {
	g := started(newGameWith(t, Settings{RevealCountdownSeconds: 3}))
	g.do(Reveal{by("sm")})
	g.pass(-900 * time.Millisecond)
	equal(t, "events", g.do(Tick{}), "")
}

// The moment has been announced, and everybody counts to it.
func TestReveal_countdown_that_runs_is_not_cut_short_by_another_setting(t *testing.T) {
	g := started(newGameWith(t, Settings{RevealCountdownSeconds: 10}))
	g.do(Reveal{by("sm")})
	equal(t, "events", g.do(settings("sm", `{"reveal_countdown_seconds":0}`)), "settings_changed")
	g.pass(9 * time.Second)
	equal(t, "before its end", g.do(Tick{}), "")
	g.pass(time.Second)
	equal(t, "at its end", g.do(Tick{}), "votes_revealed")
}

func TestRecovery_is_an_event_of_a_session_that_lives(t *testing.T) {
	g := newGame(t)
	equal(t, "events", g.do(Recover{Missing: 2}), "session_recovered")
	equal(t, "no activity", g.last().Activity, false)
	g.do(End{by("sm")})
	equal(t, "events after the end", g.do(Recover{}), "")
}
