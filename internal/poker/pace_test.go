package poker

import (
	"errors"
	"testing"
	"time"
)

func voting(t tb, s Settings) *game {
	g := newGameWith(t, s)
	g.do(Start{By: by("sm"), RoundID: "r1"})
	return g
}

func (g *game) vote(ids ...string) (last string) {
	for _, id := range ids {
		last = g.do(CastVote{By: by(id), Value: "5"})
	}
	return last
}

func TestAutoReveal_when_every_voter_online_has_voted(t *testing.T) {
	auto := Settings{AutoReveal: true}
	g := voting(t, auto)
	equal(t, "two of three", g.vote("sm", "ann"), "vote_submitted")
	equal(t, "the third", g.vote("bob"), "vote_submitted votes_revealed")

	g = voting(t, auto)
	g.gone("bob")
	equal(t, "without who is away", g.vote("sm", "ann"), "vote_submitted votes_revealed")

	g = voting(t, auto)
	g.do(ChangeRole{By: by("bob"), Other: "bob", Role: Spectator})
	equal(t, "without a spectator", g.vote("sm", "ann"), "vote_submitted votes_revealed")

	g = voting(t, auto)
	g.vote("sm", "ann")
	equal(t, "the one who is waited for leaves", g.do(Leave{by("bob")}), "participant_left votes_revealed")

	g = voting(t, auto)
	g.vote("sm", "ann")
	g.do(Arrive{by("bob")})
	equal(t, "the one who is waited for drops", g.do(Depart{By: by("bob")}), "participant_disconnected votes_revealed")

	g = voting(t, auto)
	g.gone("bob", "ann")
	equal(t, "one alone", g.vote("sm"), "vote_submitted")

	g = voting(t, Settings{AutoReveal: true, RevealCountdownSeconds: 3})
	equal(t, "through the countdown", g.vote("sm", "ann", "bob"), "vote_submitted reveal_scheduled")
	g.pass(3 * time.Second)
	equal(t, "and then", g.do(Tick{}), "votes_revealed")

	g = voting(t, Settings{})
	g.vote("sm", "ann", "bob")
	equal(t, "switched on when all have voted", g.do(settings("sm", `{"auto_reveal":true}`)), "settings_changed votes_revealed")
}

func TestAutoReveal_waits_while_the_session_is_paused(t *testing.T) {
	g := voting(t, Settings{AutoReveal: true})
	g.vote("ann")
	g.do(Arrive{by("bob")})
	g.gone("sm")
	equal(t, "somebody drops", g.do(Depart{By: by("bob")}), "participant_disconnected")
	g.do(Leave{by("bob")})
	g.do(&Join{Newcomer: Newcomer{ID: "cat", Role: Spectator}})
	equal(t, "the Scrum Master is back", g.do(Arrive{by("sm")}), "participant_returned pause_ended")
	equal(t, "and votes", g.vote("sm"), "vote_submitted votes_revealed")
}

func TestTimer_of_a_round(t *testing.T) {
	g := voting(t, Settings{RoundSeconds: 90.5, TimerReveals: true})
	ends := g.now.Add(90500 * time.Millisecond)
	equal(t, "ends at", g.s.Round.EndsAt, ends)
	equal(t, "deadline", g.s.Deadline(g.now, false), ends)
	g.do(SetTimer{By: by("sm"), Seconds: ptr(30.0)})
	ends = g.now.Add(30 * time.Second)
	equal(t, "changed", g.s.Deadline(g.now, false), ends)
	g.do(SetTimer{By: by("sm")})
	equal(t, "stopped", g.s.Deadline(g.now, false), g.s.ExpiresAt)
	g.do(SetTimer{By: by("sm"), Seconds: ptr(30.0)})
	g.now = ends.Add(-time.Millisecond)
	equal(t, "too early", g.do(Tick{}), "")
	g.now = ends
	equal(t, "due", g.do(Tick{}), "votes_revealed")
	equal(t, "no timer is left", g.s.Round.EndsAt, time.Time{})
	equal(t, "no activity", g.last().Activity, false)
}

func TestTimer_that_only_shows_the_time(t *testing.T) {
	g := voting(t, Settings{RoundSeconds: 60})
	equal(t, "deadline", g.s.Deadline(g.now, false), g.s.ExpiresAt)
	g.pass(time.Minute)
	equal(t, "at the end", g.do(Tick{}), "")
	equal(t, "status", g.s.Status, Voting)
}

func TestTimer_turns_no_cards_while_the_session_is_paused(t *testing.T) {
	g := voting(t, Settings{RoundSeconds: 60, TimerReveals: true, RevealCountdownSeconds: 3})
	g.gone("sm")
	g.pass(time.Minute)
	equal(t, "at the end", g.do(Tick{}), "")
	equal(t, "no time is waited for that has passed", g.s.Deadline(g.now, false), g.s.Pause.ResumesBy)
	equal(t, "back", g.do(Arrive{by("sm")}), "participant_returned pause_ended reveal_scheduled")
}

func TestTimer_ends_although_the_clock_was_set_back(t *testing.T) {
	g := voting(t, Settings{RoundSeconds: 60, TimerReveals: true})
	g.pass(-2 * time.Hour)
	equal(t, "deadline", g.s.Deadline(g.now, false), g.now)
	equal(t, "events", g.do(Tick{}), "votes_revealed")
}

func TestNudge_reminds_voters_who_have_not_voted_once_in_ten_seconds(t *testing.T) {
	g := started(newGame(t)) // ann has voted
	g.do(&Join{Newcomer: Newcomer{ID: "cat", Role: Spectator}})
	equal(t, "a spectator", g.try(Nudge{By: by("sm"), UserIDs: []string{"cat"}}), NobodyToNudge)
	g.do(Nudge{By: by("sm")})
	equal(t, "all", g.last().Payload, Payload(Nudged{UserIDs: []string{"sm", "bob"}}))
	equal(t, "at once", g.try(Nudge{By: by("sm")}), NudgedJustNow)
	g.pass(9 * time.Second)
	_, err := g.rules.Decide(g.s, Nudge{By: by("sm")}, g.moment())
	var wait *waitRefusal
	if !errors.As(err, &wait) || wait.Reason != NudgedJustNow || wait.RetryAfter() != time.Second {
		t.Errorf("too soon: %v", err)
	}
	g.pass(time.Second)
	g.do(Nudge{By: by("sm"), UserIDs: []string{"bob", "ann", "bob"}})
	equal(t, "some", g.last().Payload, Payload(Nudged{UserIDs: []string{"bob"}}))
	equal(t, "who has voted", g.try(Nudge{By: by("sm"), UserIDs: []string{"ann"}}), NobodyToNudge)
	equal(t, "somebody unknown", g.try(Nudge{By: by("sm"), UserIDs: []string{"nobody"}}), NoSuchParticipant)
}
