package poker

import (
	"fmt"
	"testing"
	"time"
)

// statuses leads a new session into each status, and back into it from behind a pause.
var statuses = []struct {
	name  string
	reach func(t tb) *game
}{
	{"waiting", newGame},
	{"voting", func(t tb) *game { return started(newGame(t)) }},
	{"revealing", func(t tb) *game {
		g := started(newGameWith(t, Settings{RevealCountdownSeconds: (3 * time.Second).Seconds()}))
		g.do(Reveal{by("sm")})
		return g
	}},
	{"results", func(t tb) *game {
		g := started(newGame(t))
		g.do(Reveal{by("sm")})
		return g
	}},
}

func started(g *game) *game {
	g.do(Start{By: by("sm"), RoundID: "r1"})
	g.do(CastVote{By: by("ann"), Value: "5"})
	return g
}

// matrix says how each command of a person ends in each status, when a participant gives it who may.
var matrix = []struct {
	name      string
	command   func(actor string) Command
	onlySM    bool
	waiting   Reason
	voting    Reason
	revealing Reason
	results   Reason
	paused    Reason
	noActor   bool // nobody acts
	byState   bool // it ends the same behind a pause
}{
	{name: "join", noActor: true, command: func(string) Command { return &Join{Newcomer: Newcomer{ID: "new", Name: "New"}} }},
	{name: "leave", command: func(a string) Command { return Leave{by(a)} }},
	{name: "end", onlySM: true, command: func(a string) Command { return End{by(a)} }},
	{
		name: "start", onlySM: true, command: func(a string) Command { return Start{By: by(a), RoundID: "r2"} },
		revealing: RevealPending, paused: SessionPaused,
	},
	{
		name: "vote", command: func(a string) Command { return CastVote{By: by(a), Value: "8"} },
		waiting: NoRound, revealing: RevealPending, results: AlreadyRevealed, paused: SessionPaused,
	},
	{
		name: "retract", command: func(a string) Command { return RetractVote{by(a)} },
		waiting: NoRound, revealing: RevealPending, results: AlreadyRevealed, paused: SessionPaused,
	},
	{
		name: "reveal", onlySM: true, command: func(a string) Command { return Reveal{by(a)} },
		waiting: NoRound, revealing: RevealPending, results: AlreadyRevealed, paused: SessionPaused,
	},
	{
		name: "accept", onlySM: true, command: func(a string) Command { return Accept{By: by(a), Estimate: ptr("5")} },
		waiting: NoRound, voting: NotRevealed, revealing: RevealPending, paused: SessionPaused,
	},
	{name: "kick", onlySM: true, command: func(a string) Command { return Kick{By: by(a), Other: "bob"} }},
	{name: "transfer", onlySM: true, command: func(a string) Command { return Transfer{By: by(a), To: "bob"} }},
	{name: "change role", command: func(a string) Command { return ChangeRole{By: by(a), Other: a, Role: Spectator} }},
	{name: "set facilitator", onlySM: true, command: func(a string) Command { return SetFacilitator{By: by(a), Other: "bob", Facilitator: true} }},
	{name: "change settings", onlySM: true, command: func(a string) Command { return settings(a, `{"auto_reveal":true}`) }},
	{name: "change deck", onlySM: true, command: func(a string) Command { return ChangeDeck{By: by(a), Deck: *decks[3]} }, voting: RoundRunning, revealing: RoundRunning, byState: true},
	{name: "add stories", onlySM: true, command: func(a string) Command {
		return &AddStories{By: by(a), Stories: []Story{{ID: "y1", Title: "Log in", Status: StoryTodo}}}
	}},
	{name: "import stories", onlySM: true, command: func(a string) Command {
		return &ImportStories{By: by(a), Candidates: []Candidate{{Row: 2, Wanted: true, Story: Story{ID: "y1", Title: "Log in"}}}}
	}},
	{
		name: "take over", command: func(a string) Command { return TakeOver{by(a)} },
		waiting: NotPaused, voting: NotPaused, revealing: NotPaused, results: NotPaused, paused: TooEarly,
	},
	{name: "profile", command: func(a string) Command { return &ChangeProfile{By: by(a), Name: ptr("Another")} }},
	{
		name: "set timer", onlySM: true, command: func(a string) Command { return SetTimer{By: by(a), Seconds: ptr(60.0)} },
		waiting: NoRound, revealing: RevealPending, results: AlreadyRevealed, paused: SessionPaused,
	},
	{
		name: "nudge", onlySM: true, command: func(a string) Command { return Nudge{By: by(a)} },
		waiting: NoRound, revealing: RevealPending, results: AlreadyRevealed, paused: SessionPaused,
	},
	{name: "issue seat link", command: func(a string) Command { return IssueSeatLink{By: by(a), Digest: "d"} }},
	{name: "extend", command: func(a string) Command { return Extend{by(a)} }},
	{name: "reconnect", command: func(a string) Command { return Reconnect{By: by(a)} }},
}

func TestDecide_every_command_in_every_status_by_everybody(t *testing.T) {
	for _, row := range matrix {
		byStatus := []Reason{row.waiting, row.voting, row.revealing, row.results}
		for i, status := range statuses {
			decide := func(paused bool, want Reason) func(*testing.T) {
				return func(t *testing.T) {
					g := status.reach(t)
					if paused {
						g.gone("sm")
						equal(t, "status", g.s.Status, Paused)
					}
					checkActors(t, g, row.command, row.noActor, row.onlySM, want)
				}
			}
			t.Run(fmt.Sprintf("%s in %s", row.name, status.name), decide(false, byStatus[i]))
			paused := row.paused
			if row.byState {
				paused = byStatus[i]
			}
			t.Run(fmt.Sprintf("%s in paused %s", row.name, status.name), decide(true, paused))
		}
	}
}

// checkActors wants the end for whoever may give the command, and the other refusals for the others.
func checkActors(t *testing.T, g *game, command func(string) Command, noActor, onlySM bool, want Reason) {
	equal(t, "by the Scrum Master", g.try(command("sm")), want)
	if noActor {
		return
	}
	byAnn := want
	if onlySM {
		byAnn = NotScrumMaster
	}
	equal(t, "by a participant", g.try(command("ann")), byAnn)
	equal(t, "by a stranger", g.try(command("stranger")), NotParticipant)
}

func TestDecide_refuses_everything_in_a_session_that_is_gone(t *testing.T) {
	for _, end := range []struct {
		name string
		how  func(*game)
	}{
		{"never created", func(g *game) { g.s = nil }},
		{"ended", func(g *game) { g.do(End{by("sm")}) }},
		{"expired, and the end recorded", func(g *game) { g.pass(rules.SessionTimeout); g.do(Tick{}) }},
		{"expired this moment, and the end not recorded yet", func(g *game) { g.now = g.s.ExpiresAt }},
		{"emptied", func(g *game) {
			for _, id := range []string{"sm", "ann", "bob"} {
				g.do(Leave{by(id)})
			}
		}},
	} {
		t.Run(end.name, func(t *testing.T) {
			g := newGame(t)
			end.how(g)
			for _, row := range matrix {
				for _, actor := range []string{"sm", "stranger"} {
					equal(t, row.name, g.try(row.command(actor)), SessionGone)
				}
			}
			equal(t, "arrive", g.try(Arrive{by("sm")}), SessionGone)
			equal(t, "depart", g.try(Depart{By: by("sm")}), SessionGone)
		})
	}
}

func TestDecide_a_moment_before_it_expires_a_session_is_whole(t *testing.T) {
	g := newGame(t)
	g.now = g.s.ExpiresAt.Add(-time.Millisecond)
	equal(t, "tick", g.do(Tick{}), "")
	equal(t, "extend", g.do(Extend{by("ann")}), "session_extended")
	equal(t, "expires_at", g.s.ExpiresAt, g.now.Add(rules.SessionTimeout))
}

func TestDecide_order_of_refusals(t *testing.T) {
	for _, c := range []struct {
		name    string
		command Command
		want    Reason
	}{
		{"the actor before the role", Kick{By: by("stranger"), Other: "nobody"}, NotParticipant},
		{"the role before the other user", Kick{By: by("ann"), Other: "nobody"}, NotScrumMaster},
		{"the role before oneself", Transfer{By: by("ann"), To: "ann"}, NotScrumMaster},
		{"the other user who is unknown", Kick{By: by("sm"), Other: "nobody"}, NoSuchParticipant},
		{"the other user who is unknown, of a transfer", Transfer{By: by("sm"), To: "nobody"}, NoSuchParticipant},
		{"kicking oneself", Kick{By: by("sm"), Other: "sm"}, Oneself},
		{"transferring to oneself", Transfer{By: by("sm"), To: "sm"}, Oneself},
		{"the role before another's role", ChangeRole{By: by("ann"), Other: "nobody", Role: Voter}, NotScrumMaster},
		{"the role of somebody unknown", ChangeRole{By: by("sm"), Other: "nobody", Role: Voter}, NoSuchParticipant},
		{"a facilitator who is unknown", SetFacilitator{By: by("sm"), Other: "nobody"}, NoSuchParticipant},
		{"the role before the state", Reveal{by("ann")}, NotScrumMaster},
		{"the state before the card", CastVote{By: by("ann"), Value: "4"}, NoRound},
		{"the state before the estimate", Accept{By: by("sm"), Estimate: ptr("4")}, NoRound},
	} {
		t.Run(c.name, func(t *testing.T) { equal(t, "reason", newGame(t).try(c.command), c.want) })
	}
}

func TestDecide_values_that_are_no_card(t *testing.T) {
	g := started(newGame(t))
	for _, value := range []string{"", "4", "Coffee", " 5", "5 ", "5.0", "☕"} {
		equal(t, "vote "+value, g.try(CastVote{By: by("ann"), Value: value}), UnknownCard)
	}
	g.do(Reveal{by("sm")})
	equal(t, "estimate", g.try(Accept{By: by("sm"), Estimate: ptr("4")}), UnknownCard)
	equal(t, "no estimate", g.try(Accept{By: by("sm")}), "")
	equal(t, "coffee", g.try(Accept{By: by("sm"), Estimate: ptr("coffee")}), "")
}

func TestDecide_full_session(t *testing.T) {
	g := newGame(t)
	g.do(&Join{Newcomer: Newcomer{ID: "cat"}})
	equal(t, "the fifth of four", g.try(&Join{Newcomer: Newcomer{ID: "dan"}}), SessionFull)
	g.do(Leave{by("bob")})
	equal(t, "after one left", g.try(&Join{Newcomer: Newcomer{ID: "dan"}}), "")
	g.do(&Join{Newcomer: Newcomer{ID: "dan"}})
	g.rules.MaxParticipants = 0
	equal(t, "without a limit", g.try(&Join{Newcomer: Newcomer{ID: "eve"}}), "")
}

func TestName_of_every_command(t *testing.T) {
	commands := []Command{
		&Create{}, &Join{}, Leave{}, End{}, Start{}, CastVote{}, RetractVote{}, Reveal{}, Accept{}, Kick{}, Transfer{}, ChangeRole{}, SetFacilitator{}, ChangeSettings{}, ChangeDeck{}, IssueSeatLink{}, UseSeatLink{}, SetTimer{}, Nudge{}, &AddStories{}, &EditStory{}, MoveStory{}, RemoveStory{}, PreviewImport{}, &ImportStories{}, Extend{}, Reconnect{}, Arrive{}, Depart{}, Tick{},
	}
	seen := map[string]bool{}
	for _, c := range commands {
		if n := Name(c); seen[n] || n == fmt.Sprintf("%T", c) {
			t.Errorf("%T is called %q", c, n)
		} else {
			seen[n] = true
		}
	}
}
