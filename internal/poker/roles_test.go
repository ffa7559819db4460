package poker

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// settings is a change of settings.
func settings(who, changes string) ChangeSettings {
	return ChangeSettings{By: by(who), Changes: json.RawMessage(changes)}
}

func facilitated(t tb, ids ...string) *game {
	g := newGame(t)
	for _, id := range ids {
		g.do(SetFacilitator{By: by("sm"), Other: id, Facilitator: true})
	}
	return g
}

func TestSpectator_does_not_vote_and_takes_a_hidden_vote_along(t *testing.T) {
	g := started(newGame(t))
	equal(t, "becomes one", g.do(ChangeRole{By: by("ann"), Other: "ann", Role: Spectator}), "role_changed")
	equal(t, "votes", len(g.s.Round.Votes), 0)
	equal(t, "votes again", g.try(CastVote{By: by("ann"), Value: "5"}), Spectating)
	g.do(ChangeRole{By: by("sm"), Other: "ann", Role: Voter})
	g.do(CastVote{By: by("ann"), Value: "5"})
	g.do(Reveal{by("sm")})
	g.do(ChangeRole{By: by("ann"), Other: "ann", Role: Spectator})
	equal(t, "votes after the reveal", len(g.s.Round.Votes), 1)
	g.do(&Join{Newcomer: Newcomer{ID: "cat", Role: Spectator}})
	p, _ := g.s.Participant("cat")
	equal(t, "role of who joined as one", p.Role, Spectator)
}

func TestRole_that_is_none_is_refused(t *testing.T) {
	for _, c := range []Command{&Join{Newcomer: Newcomer{Name: "Ann", Role: "admin"}}, ChangeRole{Role: "Voter"}, ChangeRole{}} {
		var refusal *Refusal
		err := c.Validate()
		if refusal, _ = err.(*Refusal); refusal == nil || refusal.Field != "role" { //nolint:errorlint // it is not wrapped here
			t.Errorf("%#v: %v", c, err)
		}
	}
}

func TestFacilitator_runs_the_session_and_does_not_lead_it(t *testing.T) {
	g := facilitated(t, "ann")
	for _, c := range []Command{Start{By: by("ann"), RoundID: "r1"}, Reveal{by("ann")}, Accept{By: by("ann")}, settings("ann", `{"locked":true}`)} {
		equal(t, Name(c), g.try(c), "")
		g.do(c)
	}
	for _, c := range []Command{
		End{by("ann")}, Kick{By: by("ann"), Other: "bob"}, Transfer{By: by("ann"), To: "bob"}, SetFacilitator{By: by("ann"), Other: "bob", Facilitator: true},
		settings("ann", `{"locked":true,"auto_reveal":true}`), ChangeRole{By: by("ann"), Other: "bob", Role: Spectator},
	} {
		equal(t, Name(c), g.try(c), NotScrumMaster)
	}
	g.do(SetFacilitator{By: by("sm"), Other: "ann"})
	equal(t, "no longer", g.try(Start{By: by("ann"), RoundID: "r2"}), NotScrumMaster)
}

func TestStories_are_changed_by_whoever_runs_the_session(t *testing.T) {
	for _, c := range []func(who By) Command{
		func(who By) Command { return &AddStories{By: who, Stories: someStories("z", 1)} },
		func(who By) Command { return &EditStory{By: who, StoryID: "y1", Change: StoryChange{Title: ptr("x")}} },
		func(who By) Command { return MoveStory{By: who, StoryID: "y1"} },
		func(who By) Command { return RemoveStory{By: who, StoryID: "y1"} },
		func(who By) Command {
			return &ImportStories{By: who, Candidates: []Candidate{{Wanted: true, Story: Story{ID: "z", Title: "z"}}}}
		},
	} {
		g := listed(t, 1)
		g.do(SetFacilitator{By: by("sm"), Other: "bob", Facilitator: true})
		equal(t, Name(c(by("ann")))+" by anybody", g.try(c(by("ann"))), NotScrumMaster)
		equal(t, Name(c(by("bob")))+" by a facilitator", g.try(c(by("bob"))), "")
		g.do(settings("sm", `{"everyone_may":["stories"]}`))
		equal(t, Name(c(by("ann")))+" where everybody may", g.try(c(by("ann"))), "")
	}
}

// A client whose answer was lost may say it again, and nobody's card is worth a new click on the same role.
func TestVoter_who_is_made_one_again_keeps_the_card(t *testing.T) {
	g := started(newGame(t))
	g.do(ChangeRole{By: by("sm"), Other: "ann", Role: Voter})
	vote, _ := g.s.Round.VoteOf("ann")
	equal(t, "card", vote.Value, "5")
}

func TestEveryone_may_what_the_settings_say(t *testing.T) {
	g := newGame(t)
	g.do(settings("sm", `{"everyone_may":["reveal","start"]}`))
	g.do(Start{By: by("bob"), RoundID: "r1"})
	g.do(Reveal{by("bob")})
	equal(t, "accept", g.try(Accept{By: by("bob")}), NotScrumMaster)
	g.do(settings("sm", `{"everyone_may":[]}`))
	equal(t, "start", g.try(Start{By: by("bob"), RoundID: "r2"}), NotScrumMaster)
}

func TestSettings_change_in_part(t *testing.T) {
	g := newGameWith(t, Settings{RevealCountdownSeconds: 2, EveryoneMay: Permissions{"start"}})
	equal(t, "events", g.do(settings("sm", `{"round_seconds":60,"listed":false,"name":"x"}`)), "settings_changed")
	equal(t, "settings", g.s.Settings, Settings{RevealCountdownSeconds: 2, RoundSeconds: 60, Unlisted: true, EveryoneMay: Permissions{"start"}})
	before := g.s.Settings.EveryoneMay
	g.do(settings("sm", `{"everyone_may":["timer"]}`))
	equal(t, "what was there before", before, Permissions{"start"})
}

func TestSettings_that_are_refused(t *testing.T) {
	for changes, field := range map[string]string{
		`{"reveal_countdown_seconds":10.1}`: "reveal_countdown_seconds", `{"reveal_countdown_seconds":-1}`: "reveal_countdown_seconds",
		`{"round_seconds":3600.1}`: "round_seconds", `{"round_seconds":-1}`: "round_seconds", `{"round_seconds":1e999}`: "",
		`{"everyone_may":["kick"]}`: "everyone_may", `{"everyone_may":["start","start"]}`: "everyone_may", `{"locked":1}`: "",
	} {
		refusal, _ := settings("sm", changes).Validate().(*Refusal) //nolint:errorlint // it is not wrapped here
		if refusal == nil || refusal.Field != field {
			t.Errorf("%s: %v", changes, refusal)
		}
	}
}

func TestSettings_of_a_version_that_knew_one(t *testing.T) {
	var s Settings
	if err := json.Unmarshal([]byte(`{"reveal_countdown_seconds":1.5}`), &s); err != nil {
		t.Fatal(err)
	}
	equal(t, "settings", s, Settings{RevealCountdownSeconds: 1.5})
	if err := json.Unmarshal([]byte(`{"listed":null,"everyone_may":null}`), &s); err != nil {
		t.Fatal(err)
	}
	equal(t, "null changes nothing", s, Settings{RevealCountdownSeconds: 1.5})
}

func TestFacilitator_online_keeps_the_session_going_and_inherits(t *testing.T) {
	g := started(facilitated(t, "bob"))
	g.do(Arrive{by("sm")})
	equal(t, "the Scrum Master drops", g.do(Depart{By: by("sm")}), "participant_disconnected grace_began")
	equal(t, "status", g.s.Status, Voting)
	over := g.now.Add(rules.GracePeriod)
	equal(t, "deadline", g.s.Deadline(g.now, false), over)
	g.do(Reveal{by("bob")})
	g.now = over.Add(-time.Millisecond)
	equal(t, "too early", g.do(Tick{}), "")
	g.now = over
	equal(t, "due", g.do(Tick{}), "scrum_master_changed")
	equal(t, "the heir", g.s.ScrumMasterID, "bob") // and not ann, who joined before
	equal(t, "no deadline is left", g.s.Pause, Pause{})
}

// The time that an absent Scrum Master has is theirs: who else comes and goes makes it no longer.
func TestGrace_goes_on_while_others_come_back(t *testing.T) {
	g := facilitated(t, "bob")
	g.gone("sm", "ann")
	over := g.s.Pause.ResumesBy
	g.pass(time.Minute)
	equal(t, "back", g.do(Arrive{by("ann")}), "participant_returned")
	equal(t, "deadline", g.s.Pause.ResumesBy, over)
}

func TestRefusal_names_who_may(t *testing.T) {
	g := newGame(t)
	for _, c := range []struct {
		command Command
		asks    bool // a facilitator, too
	}{{Start{By: by("ann"), RoundID: "r1"}, true}, {Kick{By: by("ann"), Other: "bob"}, false}} {
		_, err := g.rules.Decide(g.s, c.command, g.moment())
		var refusal *Refusal
		if !errors.As(err, &refusal) || strings.Contains(refusal.Detail, "facilitator") != c.asks {
			t.Errorf("%s: %v", Name(c.command), refusal)
		}
	}
}

func TestScrumMaster_back_in_time_keeps_the_role_from_a_facilitator(t *testing.T) {
	g := facilitated(t, "bob")
	g.gone("sm")
	equal(t, "back", g.do(Arrive{by("sm")}), "participant_returned")
	equal(t, "no deadline is left", g.s.Pause, Pause{})
}

func TestPause_begins_when_the_facilitator_goes_and_ends_when_one_comes(t *testing.T) {
	g := facilitated(t, "bob")
	g.gone("sm")
	over := g.now.Add(rules.GracePeriod)
	g.pass(time.Minute)
	g.do(Arrive{by("bob")})
	equal(t, "the facilitator drops", g.do(Depart{By: by("bob")}), "participant_disconnected pause_began")
	equal(t, "the grace period goes on", g.s.Pause.ResumesBy, over)
	equal(t, "back", g.do(Arrive{by("bob")}), "participant_returned pause_ended grace_began")
	equal(t, "and still goes on", g.s.Pause.ResumesBy, over)
	g.do(Depart{By: by("bob")})
	equal(t, "one is named, who is there", g.do(SetFacilitator{By: by("sm"), Other: "ann", Facilitator: true}), "facilitator_changed pause_ended grace_began")
}

func TestRole_of_a_leaver_goes_to_a_facilitator(t *testing.T) {
	g := facilitated(t, "bob")
	g.do(Leave{by("sm")})
	equal(t, "heir", g.s.ScrumMasterID, "bob")
}

func TestTransfer_to_somebody_away_with_a_facilitator_there(t *testing.T) {
	g := facilitated(t, "bob")
	g.gone("ann")
	equal(t, "events", g.do(Transfer{By: by("sm"), To: "ann"}), "scrum_master_changed grace_began")
	equal(t, "a whole grace period", g.s.Pause.ResumesBy, g.now.Add(rules.GracePeriod))
}
