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
		Kick{By: leader, Other: m.somebody(t)}, Transfer{By: leader, To: m.somebody(t)}, Extend{who}, Reconnect{By: who}, TakeOver{who}, TakeOver{who}, &ChangeProfile{By: who, Name: ptr(m.fresh("n"))}, &ChangeProfile{By: who, Avatar: ptr(m.fresh("a"))},
		Arrive{who}, Arrive{who}, Depart{who}, Depart{leader}, Tick{},
	}).Draw(t, "command")
}

func (m *machine) step(t *rapid.T) {
	m.pass(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 999, 3000, 29_999, 30_000, 100_000, 299_999, 300_000, 600_000}).Draw(t, "ms")) * time.Millisecond)
	m.settling = rapid.IntRange(0, 9).Draw(t, "settling") == 0
	m.streaming = rapid.Bool().Draw(t, "streaming")
	c := m.command(t)
	m.checkTakeOver(t, c)
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
		demand(t, (s.Status == Paused) == !s.masterOnline(), "%s, and the Scrum Master's presence is %t", s.Status, s.masterOnline())
		demand(t, s.ExpiresAt.Equal(s.LastActivity.Add(m.rules.SessionTimeout)), "expires at %v, last activity %v", s.ExpiresAt, s.LastActivity)
	}
	demand(t, len(s.Participants) <= m.rules.MaxParticipants, "%d participants", len(s.Participants))
	demand(t, len(s.Rounds) <= MaxRounds, "%d rounds", len(s.Rounds))
	demand(t, s.Status == Paused || s.Pause == Pause{}, "a pause of a session that is %s", s.Status)
	m.checkRound(t, s.Round)
	for _, r := range s.Rounds {
		demand(t, r.Revealed && !r.CompletedAt.IsZero(), "round %s is listed and not completed", r.ID)
		m.checkRound(t, r)
	}
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
	may := known && paused && m.now.Sub(since) >= TakeOverAfter && m.streaming && p.Online() && !m.settling
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
