package poker

import (
	"strings"
	"testing"
	"time"
)

// The rules of who is online and who leads.

func TestPresence(t *testing.T) {
	g := newGame(t)
	online := func(id string) bool { p, _ := g.s.Participant(id); return p.Online() }
	equal(t, "who never had a stream is online", online("ann"), true)
	equal(t, "and cannot disconnect", g.do(Depart{By: by("ann")}), "")
	g.do(Arrive{by("ann")})
	equal(t, "stream closed", g.do(Depart{By: by("ann")}), "participant_disconnected")
	equal(t, "is away", online("ann"), false)
	equal(t, "once", g.do(Depart{By: by("ann")}), "")
	equal(t, "back by a call", g.do(Reconnect{By: by("ann")}), "participant_returned")
	equal(t, "stays without a stream", g.do(Depart{By: by("ann")}), "")
	equal(t, "until a stream of theirs", g.do(Arrive{by("ann")}), "participant_present")
	g.streaming = true
	equal(t, "a call beside the stream", g.do(Reconnect{By: by("ann")}), "participant_vouched")
	g.streaming = false
	equal(t, "closes again", g.do(Depart{By: by("ann")}), "participant_disconnected")
	equal(t, "back by a stream", g.do(Arrive{by("ann")}), "participant_returned")
	equal(t, "vouched after the stream closed", g.do(Reconnect{By: by("ann")}), "participant_vouched")
	equal(t, "so not disconnected", g.do(Depart{By: by("ann")}), "")
}

func TestPause_and_return_restore_every_status(t *testing.T) {
	for _, status := range statuses {
		for name, back := range map[string]Command{"stream": Arrive{by("sm")}, "call": Reconnect{By: by("sm")}} {
			t.Run(status.name+" by "+name, func(t *testing.T) {
				g := status.reach(t)
				before, round := g.s.Status, g.s.Round
				g.do(Arrive{by("sm")})
				equal(t, "events", g.do(Depart{By: by("sm")}), "participant_disconnected pause_began")
				equal(t, "pause", g.last().Payload, Payload(PauseBegan{Reason: MasterDisconnected, ResumesBy: g.now.Add(rules.GracePeriod)}))
				g.pass(time.Second)
				equal(t, "back", g.do(back), "participant_returned pause_ended")
				equal(t, "status", g.s.Status, before)
				equal(t, "votes", g.s.Round, round)
				equal(t, "no pause", g.s.Pause, Pause{})
			})
		}
	}
}

func TestPause_is_not_begun_by_others(t *testing.T) {
	g := newGame(t)
	g.gone("ann")
	equal(t, "status", g.s.Status, Waiting)
}

func TestGrace_over_the_longest_joined_online_inherits(t *testing.T) {
	g := started(newGame(t))
	g.gone("ann", "sm")
	resumesBy := g.s.Pause.ResumesBy
	equal(t, "deadline", g.s.Deadline(g.now, false), resumesBy)
	equal(t, "no deadline while settling", g.s.Deadline(g.now, true), g.s.ExpiresAt)
	g.now = resumesBy.Add(-time.Millisecond)
	equal(t, "too early", g.do(Tick{}), "")
	g.now = resumesBy
	g.settling = true
	equal(t, "settling", g.do(Tick{}), "")
	g.settling = false
	equal(t, "due", g.do(Tick{}), "scrum_master_changed pause_ended")
	equal(t, "change", g.log[len(g.log)-2].Payload, Payload(ScrumMasterChanged{OldID: "sm", NewID: "bob", Reason: ByDisconnect}))
	equal(t, "status", g.s.Status, Voting)
	equal(t, "the old one is an ordinary participant", g.do(Arrive{by("sm")}), "participant_returned")
}

func TestGrace_over_with_nobody_online(t *testing.T) {
	lapsed := func(t *testing.T) *game {
		g := newGame(t)
		g.gone("sm", "ann", "bob")
		g.now = g.s.Pause.ResumesBy
		equal(t, "lapses", g.do(Tick{}), "grace_lapsed")
		equal(t, "resumes_by", g.s.Pause.ResumesBy, time.Time{})
		equal(t, "paused", g.s.Status, Paused)
		equal(t, "once", g.do(Tick{}), "")
		equal(t, "deadline", g.s.Deadline(g.now, false), g.s.ExpiresAt)
		return g
	}
	for _, c := range []struct {
		name    string
		command Command
		events  string
		master  string
	}{
		{"the Scrum Master takes up again", Arrive{by("sm")}, "participant_returned pause_ended", "sm"},
		{"by a call too", Reconnect{By: by("sm")}, "participant_returned pause_ended", "sm"},
		{"whoever comes inherits", Arrive{by("bob")}, "participant_returned scrum_master_changed pause_ended", "bob"},
		{"by a call too", Reconnect{By: by("bob")}, "participant_returned scrum_master_changed pause_ended", "bob"},
		{"somebody new inherits", &Join{Newcomer: Newcomer{ID: "new"}}, "participant_joined scrum_master_changed pause_ended", "new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := lapsed(t)
			equal(t, "events", g.do(c.command), c.events)
			equal(t, "Scrum Master", g.s.ScrumMasterID, c.master)
			equal(t, "status", g.s.Status, Waiting)
		})
	}
}

func TestGrace_others_coming_before_its_end_change_nothing(t *testing.T) {
	g := newGame(t)
	g.gone("sm", "ann")
	equal(t, "return", g.do(Arrive{by("ann")}), "participant_returned")
	equal(t, "join", g.do(&Join{Newcomer: Newcomer{ID: "new"}}), "participant_joined")
	equal(t, "Scrum Master", g.s.ScrumMasterID, "sm")
}

func TestLeave_of_the_Scrum_Master(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(*game)
		events string
		master string
		status Status
	}{
		{"the longest-joined inherits", func(*game) {}, "participant_left scrum_master_changed", "ann", Waiting},
		{"who is online", func(g *game) { g.gone("ann") }, "participant_left scrum_master_changed", "bob", Waiting},
		{"or else the longest-joined of all, and the session waits", func(g *game) { g.gone("ann", "bob") }, "participant_left scrum_master_changed pause_began", "ann", Paused},
		{"a pause ends with an heir online", func(g *game) { g.gone("sm") }, "participant_left scrum_master_changed pause_ended", "ann", Waiting},
		{"a pause goes on without", func(g *game) { g.gone("sm", "ann", "bob") }, "participant_left scrum_master_changed pause_began", "ann", Paused},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGame(t)
			c.before(g)
			g.pass(time.Minute)
			equal(t, "events", g.do(Leave{by("sm")}), c.events)
			equal(t, "Scrum Master", g.s.ScrumMasterID, c.master)
			for _, e := range g.log {
				if change, ok := e.Payload.(ScrumMasterChanged); ok {
					equal(t, "change", change, ScrumMasterChanged{OldID: "sm", NewID: c.master, Reason: ByLeaving})
				}
			}
			equal(t, "status", g.s.Status, c.status)
			if c.status == Paused {
				equal(t, "a whole grace period", g.last().Payload, Payload(PauseBegan{Reason: MasterLeft, ResumesBy: g.now.Add(rules.GracePeriod)}))
				equal(t, "earlier status", g.s.Pause.Earlier, Waiting)
			}
		})
	}
}

func TestLeave_of_others_changes_no_role(t *testing.T) {
	g := newGame(t)
	equal(t, "leave", g.do(Leave{by("ann")}), "participant_left")
	equal(t, "kick", g.do(Kick{By: by("sm"), Other: "bob"}), "participant_left")
	equal(t, "Scrum Master", g.s.ScrumMasterID, "sm")
	equal(t, "gone for others", g.try(Kick{By: by("sm"), Other: "bob"}), NoSuchParticipant)
	equal(t, "gone for themselves", g.try(Extend{by("bob")}), NotParticipant)
}

func TestTransfer(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(*game)
		events string
		status Status
	}{
		{"to somebody online", func(*game) {}, "scrum_master_changed", Voting},
		{"to somebody away pauses for a whole grace period", func(g *game) { g.gone("ann") }, "scrum_master_changed pause_began", Paused},
		{"out of a pause ends it", func(g *game) { g.gone("sm") }, "scrum_master_changed pause_ended", Voting},
		{"out of a pause to somebody away begins another", func(g *game) { g.gone("sm", "ann") }, "scrum_master_changed pause_began", Paused},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := started(newGame(t))
			c.before(g)
			g.pass(time.Minute)
			equal(t, "events", g.do(Transfer{By: by("sm"), To: "ann"}), c.events)
			equal(t, "Scrum Master", g.s.ScrumMasterID, "ann")
			if change, ok := g.log[len(g.log)-len(strings.Fields(c.events))].Payload.(ScrumMasterChanged); !ok || change != (ScrumMasterChanged{OldID: "sm", NewID: "ann", Reason: ByTransfer}) {
				t.Errorf("change %+v", change)
			}
			equal(t, "status", g.s.Status, c.status)
			if c.status == Paused {
				equal(t, "pause", g.last().Payload, Payload(PauseBegan{Reason: MasterTransferred, ResumesBy: g.now.Add(rules.GracePeriod)}))
				equal(t, "earlier status", g.s.Pause.Earlier, Voting)
			}
		})
	}
}

func TestTakeOver(t *testing.T) {
	g := started(newGame(t))
	g.do(Arrive{by("ann")})
	g.streaming = true
	equal(t, "not possible", g.s.TakeOverAt(), time.Time{})
	equal(t, "while nobody waits", g.try(TakeOver{by("ann")}), NotPaused)
	g.pass(time.Minute) // in which nobody did anything
	g.gone("sm")
	paused := g.now
	equal(t, "possible at", g.s.TakeOverAt(), paused.Add(30*time.Second))
	g.now = paused.Add(30*time.Second - time.Millisecond)
	equal(t, "just before", g.try(TakeOver{by("ann")}), TooEarly)
	g.pass(time.Millisecond)
	g.settling = true
	equal(t, "while the server cannot know who is there", g.try(TakeOver{by("ann")}), TooEarly)
	g.settling, g.streaming = false, false
	equal(t, "without a stream", g.try(TakeOver{by("ann")}), NoStream)
	g.streaming = true
	equal(t, "by somebody else", g.try(TakeOver{by("stranger")}), NotParticipant)
	equal(t, "then", g.do(TakeOver{by("ann")}), "scrum_master_changed pause_ended")
	change := g.log[len(g.log)-2]
	equal(t, "change", change.Payload, Payload(ScrumMasterChanged{OldID: "sm", NewID: "ann", Reason: ByDisconnect}))
	equal(t, "is activity", change.Activity, true)
	equal(t, "status", g.s.Status, Voting)
	equal(t, "votes", len(g.s.Round.Votes), 1)
	equal(t, "once", g.try(TakeOver{by("ann")}), NotPaused)
	equal(t, "the old one is an ordinary participant", g.do(Arrive{by("sm")}), "participant_returned")
}

func TestTakeOver_by_one_of_several_needs_no_order(t *testing.T) {
	g := newGame(t)
	g.gone("sm")
	g.pass(TakeOverAfter)
	g.do(Arrive{by("bob")})
	g.streaming = true
	g.do(TakeOver{by("bob")})
	equal(t, "Scrum Master", g.s.ScrumMasterID, "bob")
}

// Another absent Scrum Master has a grace period of their own, and so half a minute of their own.
func TestTakeOver_waits_for_each_absent_Scrum_Master(t *testing.T) {
	g := newGame(t)
	g.gone("sm", "ann")
	g.pass(TakeOverAfter)
	g.do(Transfer{By: by("sm"), To: "ann"})
	equal(t, "possible at", g.s.TakeOverAt(), g.now.Add(TakeOverAfter))
}

func TestTakeOver_of_a_pause_whose_beginning_is_not_known(t *testing.T) {
	g := newGame(t)
	g.gone("sm")
	old := *g.s
	old.Pause.Since = time.Time{}
	equal(t, "possible at", old.TakeOverAt(), old.LastActivity.Add(TakeOverAfter))
}

func TestProfile(t *testing.T) {
	g := newGame(t)
	g.pass(time.Minute)
	equal(t, "name", g.do(&ChangeProfile{By: by("ann"), Name: ptr("Anna")}), "profile_changed")
	equal(t, "is activity", g.s.LastActivity, g.now)
	equal(t, "avatar", g.do(&ChangeProfile{By: by("ann"), Avatar: ptr("🦊")}), "profile_changed")
	ann, _ := g.s.Participant("ann")
	equal(t, "both", ann.Name+ann.Avatar, "Anna🦊")
	equal(t, "no avatar", g.do(&ChangeProfile{By: by("ann"), Avatar: ptr("")}), "profile_changed")
	ann, _ = g.s.Participant("ann")
	equal(t, "is none", ann.Name+ann.Avatar, "Anna")
}

// Between two ticks of the clock a command may come when a deadline has passed already.
func TestCommands_after_a_deadline_that_nobody_has_acted_on(t *testing.T) {
	g := newGame(t)
	g.gone("sm", "ann", "bob")
	g.now = g.s.Pause.ResumesBy
	equal(t, "the heir comes", g.do(Arrive{by("bob")}), "participant_returned scrum_master_changed pause_ended")
}
