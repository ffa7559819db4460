package poker

import (
	"fmt"
	"testing"
	"time"
)

// The rules of rounds, sentence by sentence.

func TestStart_from_voting_forgets_the_round(t *testing.T) {
	g := started(newGame(t))
	equal(t, "events", g.do(Start{By: by("sm"), RoundID: "r2", Topic: ptr("again")}), "voting_started")
	equal(t, "round", g.s.Round, &Round{ID: "r2", Deck: fibonacci, Topic: ptr("again"), StartedAt: g.now})
	equal(t, "completed rounds", len(g.s.Rounds), 0)
}

func TestStart_after_the_reveal_completes_the_round(t *testing.T) {
	g := started(newGame(t))
	g.do(Reveal{by("sm")})
	g.pass(time.Minute)
	equal(t, "events", g.do(Start{By: by("sm"), RoundID: "r2"}), "round_completed voting_started")
	equal(t, "completed rounds", len(g.s.Rounds), 1)
	equal(t, "completed at", g.s.Rounds[0].CompletedAt, g.now)
	equal(t, "estimate", g.s.Rounds[0].Estimate, nil)
	equal(t, "status", g.s.Status, Voting)
}

func TestStart_after_accept_does_not_complete_again(t *testing.T) {
	g := started(newGame(t))
	g.do(Reveal{by("sm")})
	g.do(Accept{By: by("sm"), Estimate: ptr("5")})
	equal(t, "events", g.do(Start{By: by("sm"), RoundID: "r2"}), "voting_started")
	equal(t, "estimate kept", g.s.Rounds[0].Estimate, ptr("5"))
}

func TestAccept_amends_and_keeps_the_first_completed_at(t *testing.T) {
	g := started(newGame(t))
	g.do(Reveal{by("sm")})
	equal(t, "first", g.do(Accept{By: by("sm"), Estimate: ptr("5")}), "round_completed")
	first := g.now
	g.pass(time.Minute)
	equal(t, "again", g.do(Accept{By: by("sm"), Estimate: ptr("8")}), "round_completed")
	equal(t, "status", g.s.Status, Results)
	equal(t, "rounds", len(g.s.Rounds), 1)
	equal(t, "listed", g.s.Rounds[0].Estimate, ptr("8"))
	equal(t, "in place", g.s.Round, g.s.Rounds[0])
	equal(t, "completed at", g.s.Round.CompletedAt, first)
	g.do(Accept{By: by("sm")})
	equal(t, "taken back", g.s.Rounds[0].Estimate, nil)
}

func TestRounds_keep_the_last_thousand(t *testing.T) {
	s := newGame(t).s
	play := func(c Command) {
		decision, err := rules.Decide(s, c, Moment{Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		s = decision.Steps[len(decision.Steps)-1].Session
	}
	for i := range MaxRounds + 5 {
		play(Start{By: by("sm"), RoundID: fmt.Sprint(i)})
		play(Reveal{by("sm")})
		play(Accept{By: by("sm")})
	}
	equal(t, "kept", len(s.Rounds), MaxRounds)
	equal(t, "oldest", s.Rounds[0].ID, "5")
	equal(t, "newest", s.Rounds[MaxRounds-1].ID, s.Round.ID)
}

func TestRounds_of_very_many_people_are_fewer(t *testing.T) {
	s := newGame(t).s
	votes := make([]Vote, MaxRoundVotes/4)
	for i := range 6 {
		s.remember(&Round{ID: fmt.Sprint(i), Votes: votes})
	}
	equal(t, "kept", len(s.Rounds), 4)
	equal(t, "newest", s.Rounds[3].ID, "5")
}

func TestVote_counts_last(t *testing.T) {
	g := started(newGame(t))
	for _, value := range []string{"8", "8", "13"} {
		g.pass(time.Second)
		equal(t, "vote", g.do(CastVote{By: by("ann"), Value: value}), "vote_submitted")
	}
	equal(t, "votes", g.s.Round.Votes, []Vote{{UserID: "ann", Value: "13", SubmittedAt: g.now}})
	equal(t, "retract", g.do(RetractVote{by("ann")}), "vote_retracted")
	equal(t, "none to retract", g.do(RetractVote{by("ann")}), "vote_retracted")
	equal(t, "votes", len(g.s.Round.Votes), 0)
}

func TestVote_goes_with_who_leaves_before_the_reveal_and_stays_afterwards(t *testing.T) {
	leaving := map[string]Command{"leave": Leave{by("ann")}, "kick": Kick{By: by("sm"), Other: "ann"}}
	for name, command := range leaving {
		for _, status := range statuses[1:] {
			t.Run(name+" in "+status.name, func(t *testing.T) {
				g := status.reach(t)
				g.do(command)
				_, kept := g.s.Round.VoteOf("ann")
				equal(t, "vote kept", kept, status.name == "results")
				g.pass(3 * time.Second)
				g.do(Tick{})
				if status.name != "voting" {
					equal(t, "votes counted", g.s.Round.Statistics.TotalVotes, map[bool]int{true: 1}[kept])
				}
			})
		}
	}
}

func TestReveal_of_an_empty_round(t *testing.T) {
	g := newGame(t)
	g.do(Start{By: by("sm"), RoundID: "r1"})
	equal(t, "events", g.do(Reveal{by("sm")}), "votes_revealed")
	equal(t, "statistics", g.s.Round.Statistics, &Statistics{Distribution: map[string]int{}})
}

func TestReveal_with_a_countdown(t *testing.T) {
	g := started(newGameWith(t, Settings{RevealCountdownSeconds: (2500 * time.Millisecond).Seconds()}))
	equal(t, "asked", g.do(Reveal{by("sm")}), "reveal_scheduled")
	at := g.now.Add(2500 * time.Millisecond)
	equal(t, "deadline", g.s.Deadline(g.now, false), at)
	equal(t, "hidden", g.s.Round.Revealed, false)
	g.now = at.Add(-time.Millisecond)
	equal(t, "too early", g.do(Tick{}), "")
	g.now = at
	expires := g.s.ExpiresAt
	equal(t, "due", g.do(Tick{}), "votes_revealed")
	equal(t, "status", g.s.Status, Results)
	equal(t, "reveals_at", g.s.Round.RevealsAt, time.Time{})
	equal(t, "no activity", g.s.ExpiresAt, expires)
	equal(t, "once", g.do(Tick{}), "")
}

func TestReveal_countdown_runs_while_paused(t *testing.T) {
	g := statuses[2].reach(t)
	g.gone("sm")
	g.pass(3 * time.Second)
	equal(t, "due", g.do(Tick{}), "votes_revealed")
	equal(t, "status", g.s.Status, Paused)
	equal(t, "back", g.do(Arrive{by("sm")}), "participant_returned pause_ended")
	equal(t, "status then", g.s.Status, Results)
}

// Deadlines that are no whole milliseconds would lie behind the moments at which they are looked at, because those are cut to milliseconds.
func TestDeadlines_come_due_at_their_moment_whatever_fraction_they_have(t *testing.T) {
	odd := 1999999800 * time.Nanosecond
	g := &game{t: t, rules: Rules{SessionTimeout: odd, GracePeriod: odd}, now: noon.Add(123456)}
	g.do(&Create{SessionID: "s", Deck: Fibonacci(), Settings: Settings{RevealCountdownSeconds: (odd).Seconds()}, Creator: Newcomer{ID: "sm"}})
	g.rules.SessionTimeout = time.Hour
	g.do(&Join{Newcomer: Newcomer{ID: "ann"}})
	g.do(Start{By: by("sm"), RoundID: "r"})
	g.do(Reveal{by("sm")})
	g.now = g.s.Deadline(g.now, false)
	equal(t, "countdown", g.do(Tick{}), "votes_revealed")
	g.gone("sm")
	g.now = g.s.Deadline(g.now, false)
	equal(t, "grace", g.do(Tick{}), "scrum_master_changed pause_ended")
	g.rules.SessionTimeout = odd
	g.do(Extend{by("ann")})
	g.now = g.s.Deadline(g.now, false)
	equal(t, "alive", g.s.Alive(g.now), false)
	equal(t, "expiry", g.do(Tick{}), "session_expired")
}

// The rules of a session's life.

func TestActivity_extends_the_life(t *testing.T) {
	for _, row := range matrix {
		if row.name == "end" {
			continue
		}
		for i, status := range statuses {
			if []Reason{row.waiting, row.voting, row.revealing, row.results}[i] != "" {
				continue
			}
			g := status.reach(t)
			g.pass(time.Second)
			g.do(row.command("sm"))
			equal(t, row.name+" last activity", g.s.LastActivity, g.now)
			equal(t, row.name+" expires", g.s.ExpiresAt, g.now.Add(rules.SessionTimeout))
		}
	}
}

func TestActivity_is_nothing_the_server_does_by_itself(t *testing.T) {
	g := newGame(t)
	life := g.s.ExpiresAt
	g.pass(time.Minute)
	equal(t, "first stream of one who counts as online", g.do(Arrive{by("sm")}), "participant_present")
	equal(t, "another stream", g.do(Arrive{by("sm")}), "")
	equal(t, "gone", g.do(Depart{By: by("sm")}), "participant_disconnected pause_began")
	g.gone("ann", "bob")
	g.pass(rules.GracePeriod)
	equal(t, "grace", g.do(Tick{}), "grace_lapsed")
	equal(t, "expires", g.s.ExpiresAt, life)
	equal(t, "back online", g.do(Arrive{by("ann")}), "participant_returned scrum_master_changed pause_ended")
	equal(t, "expires later", g.s.ExpiresAt, g.now.Add(rules.SessionTimeout))
}

func TestExpiry_is_dated_at_its_moment(t *testing.T) {
	g := newGame(t)
	at := g.s.ExpiresAt
	g.now = at.Add(time.Hour)
	equal(t, "events", g.do(Tick{}), "session_expired")
	equal(t, "the end", g.last().ExpiresAt, at)
	equal(t, "reason", g.s.Ended, Inactive)
	equal(t, "no more", g.do(Tick{}), "")
	equal(t, "no deadline", g.s.Deadline(g.now, false), time.Time{})
}

func TestExpiry_comes_while_paused_too(t *testing.T) {
	g := newGame(t)
	g.rules.GracePeriod = time.Hour
	g.gone("sm")
	equal(t, "deadline", g.s.Deadline(g.now, false), g.s.ExpiresAt)
	g.now = g.s.ExpiresAt
	equal(t, "events", g.do(Tick{}), "session_expired")
}

func TestEnd_is_dated_now(t *testing.T) {
	g := newGame(t)
	g.pass(time.Minute)
	equal(t, "events", g.do(End{by("sm")}), "session_expired")
	equal(t, "the end", g.last().ExpiresAt, g.now)
	equal(t, "reason", g.s.Ended, EndedBy)
}

func TestLeave_of_the_last_ends_the_session(t *testing.T) {
	g := newGame(t)
	g.do(Leave{by("ann")})
	g.do(Leave{by("bob")})
	equal(t, "events", g.do(Leave{by("sm")}), "participant_left session_expired")
	equal(t, "reason", g.s.Ended, Empty)
	equal(t, "the end", g.last().ExpiresAt, g.now)
}

func TestUnknown_session_is_left_alone_by_time(t *testing.T) {
	events, err := rules.Decide(nil, Tick{}, Moment{Now: noon})
	equal(t, "events", len(events.Steps), 0)
	equal(t, "error", err, nil)
}
