package poker

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// machine plays random commands at random moments.
type machine struct {
	*game
	ids     int
	several bool // nodes
}

func (m *machine) fresh(prefix string) string {
	m.ids++
	return fmt.Sprint(prefix, m.ids)
}

// somebody is a participant, or now and then somebody who is none.
func (m *machine) somebody(t *rapid.T) string {
	ids := []string{"stranger"}
	for _, p := range m.s.Participants {
		ids = append(ids, p.ID, p.ID)
	}
	return rapid.SampledFrom(ids).Draw(t, "who")
}

// leader is mostly the Scrum Master.
func (m *machine) leader(t *rapid.T) string {
	return rapid.SampledFrom([]string{m.s.ScrumMasterID, m.s.ScrumMasterID, m.s.ScrumMasterID, m.somebody(t)}).Draw(t, "leader")
}

func (m *machine) command(t *rapid.T) Command {
	card := rapid.SampledFrom([]string{"1", "5", "21", "coffee", "4"}).Draw(t, "card")
	who, leader := by(m.somebody(t)), by(m.leader(t))
	return rapid.SampledFrom([]Command{
		&Join{Newcomer: Newcomer{ID: m.fresh("u")}}, Leave{who}, End{who}, Start{By: leader, RoundID: m.fresh("r")}, Start{By: leader, RoundID: m.fresh("r")},
		CastVote{By: who, Value: card}, CastVote{By: who, Value: "5"}, RetractVote{who}, Reveal{leader}, Accept{By: leader, Estimate: &card}, Accept{By: leader},
		Kick{By: leader, Other: m.somebody(t)}, Transfer{By: leader, To: m.somebody(t)}, Extend{who}, Reconnect{By: who}, TakeOver{who}, TakeOver{who}, &ChangeProfile{By: who, Name: ptr(m.fresh("n"))}, &ChangeProfile{By: who, Avatar: ptr(m.fresh("a"))},
		Arrive{who}, Arrive{who}, Depart{By: who, Node: m.node}, Depart{By: leader, Node: m.other(t)}, Tick{}, Tick{}, m.ofStories(t, leader), m.ofStories(t, leader), Start{By: leader, RoundID: m.fresh("r"), StoryID: ptr(m.story(t))},
		ChangeRole{By: who, Other: who.UserID, Role: Voter}, ChangeRole{By: leader, Other: who.UserID, Role: Spectator},
		SetTimer{By: leader, Seconds: rapid.SampledFrom([]*float64{nil, ptr(3.0), ptr(299.0)}).Draw(t, "timer")}, Nudge{By: leader}, Nudge{By: leader, UserIDs: []string{who.UserID}},
		ChangeDeck{By: leader, Deck: rapid.SampledFrom([]Deck{*decks[0], *decks[3], {Name: "own", Cards: []Card{{Value: "5"}, {Value: "21", Number: ptr(21.0)}}}}).Draw(t, "deck")},
		IssueSeatLink{By: who, Digest: "link"}, UseSeatLink{Digest: "link", Credential: m.fresh("c")}, &Join{Newcomer: Newcomer{ID: m.fresh("u")}, Opened: "hash"}, ChangeSettings{By: leader, Password: ptr("hash")},
		SetFacilitator{By: leader, Other: who.UserID, Facilitator: true}, SetFacilitator{By: leader, Other: who.UserID}, m.change(t, leader.UserID),
	}).Draw(t, "command")
}

// story is one of the list, or now and then one that is none.
func (m *machine) story(t *rapid.T) string {
	ids := []string{"nowhere"}
	if m.s.Stories != nil {
		for _, s := range m.s.Stories.Stories {
			ids = append(ids, s.ID, s.ID)
		}
	}
	return rapid.SampledFrom(ids).Draw(t, "story")
}

// ofStories is a command about the list of stories.
func (m *machine) ofStories(t *rapid.T, who By) Command {
	id := m.story(t)
	before := rapid.SampledFrom([]*string{nil, ptr(m.story(t))}).Draw(t, "before")
	return rapid.SampledFrom([]Command{
		&AddStories{By: who, Stories: []Story{{ID: m.fresh("y"), Title: "One", Status: StoryTodo}, {ID: m.fresh("y"), Title: "Two", Status: StoryTodo, Estimate: ptr("21")}}, Before: before},
		&EditStory{By: who, StoryID: id, Change: StoryChange{Title: ptr("Another")}, Version: rapid.SampledFrom([]*int{nil, ptr(1)}).Draw(t, "version")},
		&EditStory{By: who, StoryID: id, Change: StoryChange{Status: ptr(StorySkipped)}}, &EditStory{By: who, StoryID: id, Change: StoryChange{Status: ptr(StoryTodo)}},
		&EditStory{By: who, StoryID: id, Change: StoryChange{Estimate: ptr("")}}, &EditStory{By: who, StoryID: id, Change: StoryChange{Estimate: ptr("21")}},
		MoveStory{By: who, StoryID: id, Before: before}, RemoveStory{By: who, StoryID: id},
		&ImportStories{By: who, Candidates: []Candidate{
			{Row: 2, Wanted: true, Story: Story{ID: m.fresh("y"), Title: "Imported", Key: "P-1"}, Points: "21"}, {Row: 3, Story: Story{Title: "One"}}, {Row: 4, Wanted: true, Story: Story{ID: m.fresh("y"), Title: "One"}},
		}, File: rapid.SampledFrom([]File{{Name: "a.csv", Data: []byte("compressed")}, {Name: "b.txt", Missing: FileNotWritable}, {Name: "c.xlsx", Data: tooLong}}).Draw(t, "file"), Before: before},
	}).Draw(t, "of stories")
}

func (m *machine) checkStories(t *rapid.T) {
	if m.s.Stories == nil {
		return
	}
	seen := map[string]bool{}
	for _, story := range m.s.Stories.Stories {
		demand(t, !seen[story.ID], "story %s is there twice", story.ID)
		seen[story.ID] = true
		r := m.s.Round
		running := r != nil && r.StoryID == story.ID && r.CompletedAt.IsZero()
		demand(t, running == (story.Status == StoryVoting), "story %s is %s, and its round is running: %t", story.ID, story.Status, running)
		demand(t, story.Status != StoryEstimated || story.Estimate != nil, "story %s is estimated, with nothing", story.ID)
	}
}

// change is a change of a setting.
func (m *machine) change(t *rapid.T, who string) Command {
	return settings(who, rapid.SampledFrom([]string{
		`{}`, `{"reveal_countdown_seconds":3}`, `{"reveal_countdown_seconds":0}`, `{"auto_reveal":true}`, `{"round_seconds":100,"timer_reveals":true}`, `{"round_seconds":0}`,
		`{"anonymous":true}`, `{"anonymous":false}`, `{"everyone_may":["start","reveal","accept","stories","timer"]}`, `{"everyone_may":[]}`, `{"locked":true}`, `{"locked":false,"listed":false}`,
	}).Draw(t, "settings"))
}

// other is a node, or none for a server that is alone.
func (m *machine) other(t *rapid.T) string {
	if !m.several {
		return ""
	}
	return rapid.SampledFrom([]string{"a", "b"}).Draw(t, "node")
}

func (m *machine) step(t *rapid.T) {
	m.node = m.other(t)
	m.pass(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 999, 3000, 29_999, 30_000, 100_000, 299_999, 300_000, 600_000}).Draw(t, "ms")) * time.Millisecond)
	m.settling = rapid.IntRange(0, 9).Draw(t, "settling") == 0
	m.streaming = rapid.Bool().Draw(t, "streaming")
	c := m.command(t)
	m.checkTakeOver(t, c)
	if before := len(m.log); m.try(c) == "" {
		version := m.s.Stories.Revision()
		m.do(c)
		for _, e := range m.log[before:] {
			if strings.HasPrefix(Kind(e.Payload), "stor") {
				version++
			}
		}
		demand(t, m.s.Stories.Revision() == version, "the list has version %d, want %d", m.s.Stories.Revision(), version)
		if _, quiet := map[string]bool{"tick": true, "arrive": true, "depart": true}[Name(c)]; !quiet && len(m.log) == before {
			t.Fatalf("%s was accepted and did nothing", Name(c))
		}
	}
	m.check(t)
}

func (m *machine) check(t *rapid.T) {
	s := m.s
	if s.Ended == "" {
		_, ok := s.Participant(s.ScrumMasterID)
		demand(t, ok, "the Scrum Master %q is no participant", s.ScrumMasterID)
		_, standsIn := s.facilitatorOnline()
		demand(t, (s.Status == Paused) == !(s.masterOnline() || standsIn), "%s, the Scrum Master's presence is %t, a facilitator's %t", s.Status, s.masterOnline(), standsIn)
		demand(t, s.Status == Paused || s.Pause.ResumesBy.IsZero() == s.masterOnline(), "the role goes on at %v, and the Scrum Master's presence is %t", s.Pause.ResumesBy, s.masterOnline())
		demand(t, s.ExpiresAt.Equal(s.LastActivity.Add(m.rules.SessionTimeout)), "expires at %v, last activity %v", s.ExpiresAt, s.LastActivity)
	}
	for _, p := range s.Participants {
		demand(t, (len(p.Nodes) > 0) == (m.several && p.Presence == Present), "%s, with streams on the nodes %q", p.Presence, p.Nodes)
	}
	m.checkStories(t)
	demand(t, s.Status != Voting || !s.Settings.AutoReveal || !s.allVoted(), "all have voted, and the cards do not turn")
	ticked, _ := m.rules.Decide(s, Tick{}, Moment{Now: m.now})
	if n := len(ticked.Steps); n > 0 {
		s = ticked.Steps[n-1].Session
	}
	demand(t, s.Ended != "" || s.Deadline(m.now, false).After(m.now), "the deadline %v has come, and nothing happened", s.Deadline(m.now, false))
	demand(t, len(s.Participants) <= m.rules.MaxParticipants, "%d participants", len(s.Participants))
	demand(t, len(s.Rounds) <= MaxRounds, "%d rounds", len(s.Rounds))
	demand(t, s.Status == Paused || s.Pause.Earlier == "", "a pause of a session that is %s", s.Status)
	m.checkRound(t, s.Round)
	votes := 0
	for _, r := range s.Rounds {
		votes += len(r.Votes)
		demand(t, r.Revealed && !r.CompletedAt.IsZero(), "round %s is listed and not completed", r.ID)
		m.checkRound(t, r)
	}
	demand(t, s.RoundVotes == votes, "%d votes in all rounds, counted as %d", votes, s.RoundVotes)
}

// checkTakeOver states the rule of a takeover once more, from what has happened instead of from the state.
func (m *machine) checkTakeOver(t *rapid.T, c Command) {
	over, ok := c.(TakeOver)
	if !ok || !m.s.Alive(m.now) {
		return
	}
	var paused bool
	var since time.Time
	for _, e := range m.log {
		switch e.Payload.(type) {
		case PauseBegan:
			paused, since = true, e.At
		case PauseEnded:
			paused = false
		}
	}
	p, known := m.s.Participant(over.UserID)
	may := known && paused && m.now.Sub(since) >= TakeOverAfter && (m.streaming || len(p.Nodes) > 0 && !slices.Equal(p.Nodes, []string{m.node})) && p.Online() && !m.settling
	reason := m.try(over)
	demand(t, (reason == "") == may, "taking over is refused with %q, and may be is %t", reason, may)
}

func (m *machine) checkRound(t *rapid.T, r *Round) {
	activity := m.s.activity()
	if r == nil {
		demand(t, activity == Waiting, "%s without a round", activity)
		return
	}
	demand(t, r.Revealed == (r.Statistics != nil), "revealed is %t, statistics are %v", r.Revealed, r.Statistics)
	if r == m.s.Round {
		demand(t, r.Revealed == (activity == Results), "revealed is %t in %s", r.Revealed, activity)
		demand(t, !r.RevealsAt.IsZero() == (activity == Revealing), "reveals at %v in %s", r.RevealsAt, activity)
	}
	voters := map[string]bool{}
	for _, v := range r.Votes {
		demand(t, !voters[v.UserID], "%s has two votes", v.UserID)
		voters[v.UserID] = true
		_, known := m.s.Participant(v.UserID)
		demand(t, known || r.Revealed, "a hidden vote of %s, who is not there", v.UserID)
		p, _ := m.s.Participant(v.UserID)
		demand(t, p.Role != Spectator || r.Revealed, "a hidden vote of %s, a spectator", v.UserID)
	}
}

func demand(t *rapid.T, ok bool, format string, args ...any) {
	if !ok {
		t.Helper()
		t.Fatalf(format, args...)
	}
}

// replayed is the state as a server that starts would fold it.
func (m *machine) replayed(t *rapid.T) *Session {
	var s *Session
	for _, e := range m.log {
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var read Event
		if err := json.Unmarshal(b, &read); err != nil {
			t.Fatal(err)
		}
		s = Fold(s, read)
	}
	return s
}

func TestGame_keeps_its_invariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		countdown := rapid.SampledFrom([]time.Duration{0, 3 * time.Second}).Draw(t, "countdown")
		m := &machine{several: rapid.Bool().Draw(t, "several"), game: newGameWith(t, Settings{RevealCountdownSeconds: (countdown).Seconds()})}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			m.step(t)
		}
		equal(t, "state replayed from the log", m.replayed(t), m.s)
	})
}
