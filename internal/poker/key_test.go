package poker

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// with gives the commands that follow an idempotency key.
func (g *game) with(id, body string) *game {
	g.key = Key{ID: id, Body: body}
	return g
}

// again decides a command that was carried out before with the same key.
func (g *game) again(c Command) Decision {
	g.t.Helper()
	decision, err := g.rules.Decide(g.s, c, g.moment())
	if err != nil {
		g.t.Fatalf("%s again was refused: %v", Name(c), err)
	}
	equal(g.t, "repeated", decision.Repeated, true)
	return decision
}

func TestCommand_with_a_known_key_happens_once(t *testing.T) {
	commands := []struct {
		name, ref string
		command   Command
		prepare   func(*game)
	}{
		{name: "leave", command: Leave{by("ann")}},
		{name: "start", command: Start{By: by("sm"), RoundID: "r2"}},
		{name: "vote", command: CastVote{By: by("ann"), Value: "5"}},
		{name: "take back", command: RetractVote{by("ann")}},
		{name: "reveal", command: Reveal{by("sm")}, ref: "r1"},
		{name: "accept", command: Accept{By: by("sm")}, prepare: func(g *game) { g.do(Reveal{by("sm")}) }},
		{name: "kick", command: Kick{By: by("sm"), Other: "bob"}},
		{name: "transfer", command: Transfer{By: by("sm"), To: "bob"}},
		{name: "profile", command: &ChangeProfile{By: by("ann"), Avatar: ptr("")}},
		{name: "take over", command: TakeOver{by("ann")}, prepare: func(g *game) {
			g.do(Arrive{by("ann")})
			g.gone("sm")
			g.pass(TakeOverAfter)
			g.streaming = true
		}},
		{name: "extend", command: Extend{by("ann")}},
		{name: "reconnect", command: Reconnect{by("ann")}},
		{name: "end", command: End{by("sm")}},
	}
	for _, c := range commands {
		t.Run(c.name, func(t *testing.T) {
			g := started(newGame(t))
			if c.prepare != nil {
				c.prepare(g)
			}
			g.with("key", "body").do(c.command)
			after := g.s
			g.pass(time.Second)
			again := g.again(c.command)
			equal(t, "steps", len(again.Steps), 0)
			equal(t, "what the answer is about", again.Ref, c.ref)
			g.with("key", "another body")
			equal(t, "another request with the key", g.try(c.command), KeyReused)
			equal(t, "state", g.s, after)
		})
	}
}

func TestJoin_with_a_known_key_seats_one_person_and_issues_another_credential(t *testing.T) {
	g := newGame(t)
	g.with("key", "body").do(&Join{Newcomer: Newcomer{ID: "cat", Name: "Cat", Credential: "first"}})
	again := g.again(&Join{Newcomer: Newcomer{ID: "other", Name: "Cat", Credential: "second"}})
	equal(t, "who joined", again.Ref, "cat")
	equal(t, "steps", len(again.Steps), 1)
	g.fold(again.Steps[0].Event)
	equal(t, "participants", len(g.s.Participants), 4)
	cat, _ := g.s.Participant("cat")
	equal(t, "credentials", cat.Credentials, []string{"first", "second"})
	for i := range 2 * MaxCredentials {
		g.fold(g.again(&Join{Newcomer: Newcomer{Credential: fmt.Sprint(i)}}).Steps[0].Event)
	}
	cat, _ = g.s.Participant("cat")
	equal(t, "credentials kept", len(cat.Credentials), MaxCredentials)
	equal(t, "the newest", cat.Credentials[MaxCredentials-1], fmt.Sprint(2*MaxCredentials-1))

	g.key = Key{}
	g.do(Kick{By: by("sm"), Other: "cat"})
	g.with("key", "body")
	equal(t, "after being removed", g.try(&Join{Newcomer: Newcomer{ID: "third"}}), NotParticipant)
}

func TestCreate_with_a_known_key_makes_one_session(t *testing.T) {
	create := &Create{SessionID: "s", Name: "Sprint", Deck: Fibonacci(), Creator: Newcomer{ID: "sm", Name: "Sam", Credential: "first"}}
	g := &game{t: t, rules: rules, now: noon}
	g.with("key", "body").do(create)
	equal(t, "who created", g.again(&Create{SessionID: "s", Creator: Newcomer{ID: "other", Credential: "second"}}).Ref, "sm")
	for i := range 3 * MaxKeys {
		g.with(fmt.Sprint(i), "body").do(Extend{by("sm")})
	}
	g.with("key", "body")
	equal(t, "who created, when the meeting is long", g.again(&Create{SessionID: "s", Creator: Newcomer{ID: "other", Credential: "third"}}).Ref, "sm")
	g.key = Key{}
	equal(t, "without the key", g.try(create), KeyReused)
}

func TestKeys_remember_the_last_128(t *testing.T) {
	var keys Keys
	for i := range 1000 {
		keys = keys.with(Key{ID: fmt.Sprint(i)})
		for _, known := range []int{max(0, i-MaxKeys+1), i} {
			if _, ok := keys.Find(fmt.Sprint(known)); !ok {
				t.Fatalf("after %d keys, key %d is forgotten", i+1, known)
			}
		}
	}
	equal(t, "bounded", len(keys.latest()) <= 2*MaxKeys, true)
	stored, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	var read Keys
	if err := json.Unmarshal(stored, &read); err != nil {
		t.Fatal(err)
	}
	equal(t, "the same keys", read.Equal(keysOf(keys.latest()[:MaxKeys])), true)
	equal(t, "fewer keys", []bool{read.Equal(keys), keys.Equal(read)}, []bool{false, false})
	equal(t, "another key", read.Equal(keysOf(append([]Key{{ID: "another"}}, read.latest()[1:]...))), false)
	_, newest := read.Find("999")
	_, oldest := read.Find(fmt.Sprint(1000 - MaxKeys))
	_, older := read.Find(fmt.Sprint(1000 - MaxKeys - 1))
	equal(t, "newest, oldest, older", []bool{newest, oldest, older}, []bool{true, true, false})
}

// A state is stored whole now and then, so that a session need not be folded from its first event.
func TestSession_stored_whole_reads_back_the_same(t *testing.T) {
	g := started(newGameWith(t, Settings{RevealCountdownSeconds: 1.5}))
	states := []*Session{g.s}
	step := func(c Command) {
		g.do(c)
		states = append(states, g.s)
	}
	g.with("key", "body")
	step(CastVote{By: by("ann"), Value: "5"})
	g.key = Key{}
	step(Reveal{by("sm")})
	g.pass(2 * time.Second)
	step(Tick{})
	step(Accept{By: by("sm"), Estimate: ptr("5")})
	step(Accept{By: by("sm"), Estimate: ptr("8")})
	step(Start{By: by("sm"), RoundID: "r2", Topic: ptr("next")})
	g.gone("sm")
	step(Leave{by("bob")})
	for _, s := range states {
		stored, err := s.AppendStored(nil)
		if err != nil {
			t.Fatal(err)
		}
		read, err := DecodeStored(stored)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, read); diff != "" {
			t.Errorf("%s (-stored +read):\n%s", s.Status, diff)
		}
	}
}

func TestEvents_of_version_0_2_are_still_read(t *testing.T) {
	old, err := os.ReadFile("testdata/events-0.2.golden")
	if err != nil {
		t.Fatal(err)
	}
	var s *Session
	for line := range strings.Lines(string(old)) {
		var e Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if _, unknown := e.Payload.(Unknown); unknown {
			t.Errorf("%s is not known any more", Kind(e.Payload))
		}
		s = Fold(s, e)
		if created, ok := e.Payload.(SessionCreated); ok && created.Creator.Credential != "" {
			equal(t, "countdown", s.Settings.RevealCountdownSeconds, 1.5)
			equal(t, "credentials", s.Participants[0].Credentials, []string{"digest"})
		}
	}
}
