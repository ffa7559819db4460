package poker

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	rules = Rules{SessionTimeout: 10 * time.Minute, GracePeriod: 5 * time.Minute, MaxParticipants: 4}
)

// tb is what a test and a property have in common.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// game plays one session by commands, and keeps everything that happened. Each command is also a check that no state which was once returned changes afterwards.
type game struct {
	t         tb
	rules     Rules
	now       time.Time
	settling  bool
	streaming bool   // a stream of whoever acts is open
	node      string // that decides, of several
	key       Key
	s         *Session
	log       []Event
}

// newGame has the Scrum Master sm, and ann and bob, who joined a second apart. Nobody holds a stream.
func newGame(t tb) *game { return newGameWith(t, Settings{}) }

func newGameWith(t tb, settings Settings) *game {
	g := &game{t: t, rules: rules, now: noon}
	g.do(&Create{SessionID: "s", Name: "Sprint 1", Deck: Fibonacci(), Settings: settings, Creator: Newcomer{ID: "sm", Name: "Sam"}})
	for _, id := range []string{"ann", "bob"} {
		g.pass(time.Second)
		g.do(&Join{Newcomer: Newcomer{ID: id, Name: id}})
	}
	return g
}

func by(id string) By { return By{UserID: id} }

func (g *game) pass(d time.Duration) { g.now = g.now.Add(d) }

func (g *game) moment() Moment {
	return Moment{Now: g.now, Settling: g.settling, Streaming: g.streaming, Node: g.node, Key: g.key}
}

// do carries a command out and returns the kinds of its events, in order.
func (g *game) do(c Command) string {
	g.t.Helper()
	before := deepCopy(g.s)
	decision, err := g.rules.Decide(g.s, c, g.moment())
	if err != nil {
		g.t.Fatalf("%s was refused: %v", Name(c), err)
	}
	if diff := cmp.Diff(before, g.s); diff != "" {
		g.t.Fatalf("deciding %s changed the state it was given (-before +after):\n%s", Name(c), diff)
	}
	var kinds []string
	for _, step := range decision.Steps {
		g.fold(step.Event)
		if diff := cmp.Diff(step.Session, g.s); diff != "" {
			g.t.Fatalf("the step of %s is not what its event folds to (-step +folded):\n%s", Name(c), diff)
		}
		kinds = append(kinds, Kind(step.Event.Payload))
	}
	return strings.Join(kinds, " ")
}

func (g *game) fold(e Event) {
	g.t.Helper()
	before, old := deepCopy(g.s), g.s
	g.s = Fold(g.s, e)
	if diff := cmp.Diff(before, old); diff != "" {
		g.t.Fatalf("folding %s changed its input (-before +after):\n%s", Kind(e.Payload), diff)
	}
	g.log = append(g.log, e)
}

// try returns the reason of the refusal, empty if the command was carried out.
func (g *game) try(c Command) Reason {
	g.t.Helper()
	decision, err := g.rules.Decide(g.s, c, g.moment())
	if err == nil {
		return ""
	}
	var refusal *Refusal
	if !errors.As(err, &refusal) || len(decision.Steps) > 0 {
		g.t.Fatalf("%s: %d events and error %v, want a Refusal and none", Name(c), len(decision.Steps), err)
	}
	if refusal.Title == "" || refusal.Detail == "" {
		g.t.Errorf("refusal %q of %s says nothing to people", refusal.Reason, Name(c))
	}
	return refusal.Reason
}

// gone lets somebody's stream open and close for good.
func (g *game) gone(ids ...string) {
	g.t.Helper()
	for _, id := range ids {
		g.do(Arrive{by(id)})
		g.do(Depart{By: by(id)})
	}
}

func (g *game) last() Event { return g.log[len(g.log)-1] }

// deepCopy shares nothing with s.
func deepCopy(s *Session) *Session {
	if s == nil {
		return nil
	}
	c := *s
	c.Deck = copyDeck(s.Deck)
	c.Participants = slices.Clone(s.Participants)
	c.Round = copyRound(s.Round)
	c.Stories = copyBacklog(s.Stories)
	if s.File != nil {
		file := *s.File
		file.Data, file.Rows = slices.Clone(file.Data), slices.Clone(file.Rows)
		c.File = &file
	}
	c.Rounds = nil
	for _, r := range s.Rounds {
		c.Rounds = append(c.Rounds, copyRound(r))
	}
	return &c
}

func copyBacklog(b *Backlog) *Backlog {
	if b == nil {
		return nil
	}
	c := Backlog{Version: b.Version, Stories: slices.Clone(b.Stories)}
	for i, story := range c.Stories {
		story := *story
		c.Stories[i] = &story
	}
	return &c
}

func copyDeck(d *Deck) *Deck {
	if d == nil {
		return nil
	}
	return &Deck{Name: d.Name, Cards: slices.Clone(d.Cards)}
}

func copyRound(r *Round) *Round {
	if r == nil {
		return nil
	}
	c := *r
	c.Deck = copyDeck(r.Deck)
	c.Votes = slices.Clone(r.Votes)
	if r.Statistics != nil {
		st := *r.Statistics
		st.Distribution = maps.Clone(st.Distribution)
		c.Statistics = &st
	}
	return &c
}

func ptr[T any](v T) *T { return &v }

func equal[T any](t tb, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
