package poker

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// machine plays random commands at random moments.
type machine struct {
	*game
	ids int
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
		Kick{By: leader, Other: m.somebody(t)}, Transfer{By: leader, To: m.somebody(t)}, Extend{who}, Reconnect{By: who},
		Arrive{who}, Arrive{who}, Depart{who}, Depart{leader}, Tick{},
		ChangeRole{By: who, Other: who.UserID, Role: Voter}, ChangeRole{By: leader, Other: who.UserID, Role: Spectator},
		ChangeDeck{By: leader, Deck: rapid.SampledFrom([]Deck{*decks[0], *decks[3], {Name: "own", Cards: []Card{{Value: "5"}, {Value: "21", Number: ptr(21.0)}}}}).Draw(t, "deck")},
		SetFacilitator{By: leader, Other: who.UserID, Facilitator: true}, SetFacilitator{By: leader, Other: who.UserID}, m.change(t, leader.UserID),
	}).Draw(t, "command")
}

// change is a change of a setting.
func (m *machine) change(t *rapid.T, who string) Command {
	return settings(who, rapid.SampledFrom([]string{
		`{}`, `{"reveal_countdown_seconds":3}`, `{"reveal_countdown_seconds":0}`, `{"auto_reveal":true}`, `{"round_seconds":100,"timer_reveals":true}`, `{"round_seconds":0}`,
		`{"anonymous":true}`, `{"anonymous":false}`, `{"everyone_may":["start","reveal","accept","stories","timer"]}`, `{"everyone_may":[]}`, `{"locked":true}`, `{"locked":false,"listed":false}`,
	}).Draw(t, "settings"))
}

func (m *machine) step(t *rapid.T) {
	m.pass(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 999, 3000, 100_000, 299_999, 300_000, 600_000}).Draw(t, "ms")) * time.Millisecond)
	m.settling = rapid.IntRange(0, 9).Draw(t, "settling") == 0
	m.streaming = rapid.Bool().Draw(t, "streaming")
	c := m.command(t)
	if before := len(m.log); m.try(c) == "" {
		m.do(c)
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
	demand(t, len(s.Participants) <= m.rules.MaxParticipants, "%d participants", len(s.Participants))
	demand(t, len(s.Rounds) <= MaxRounds, "%d rounds", len(s.Rounds))
	demand(t, s.Status == Paused || s.Pause.Earlier == "", "a pause of a session that is %s", s.Status)
	m.checkRound(t, s.Round)
	for _, r := range s.Rounds {
		demand(t, r.Revealed && !r.CompletedAt.IsZero(), "round %s is listed and not completed", r.ID)
		m.checkRound(t, r)
	}
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
		m := &machine{game: newGameWith(t, Settings{RevealCountdownSeconds: (countdown).Seconds()})}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			m.step(t)
		}
		equal(t, "state replayed from the log", m.replayed(t), m.s)
	})
}
