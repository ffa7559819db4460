package room

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
)

// patience is how long a test waits for what must come. It fails then; it never passes by it.
const patience = 90 * time.Second

// eventually waits for what another goroutine brings about.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	limit := time.After(patience)
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !done() {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("%s did not come about", what)
		}
	}
}

// pair is two nodes on one log.
func pair(t *testing.T) (a, b *node) {
	t.Helper()
	_, nodes := nodesOf(t, 2, openLog(t, 3), nil)
	return nodes[0], nodes[1]
}

func knows(h *node, id string) func() bool {
	return func() bool { _, err := h.Session(h.t.Context(), id); return err == nil }
}

func TestShared_readers_of_both_nodes_see_the_same(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	eventually(t, "the session on the other node", knows(b, id))
	a.do(id, poker.Start{By: by("sm"), RoundID: "r"})
	last := lastID(a.watch(id, "", ""))
	eventually(t, "the round on the other node", func() bool { return b.state(id).Round != nil })
	readers := []*reader{a.watch(id, "", last), b.watch(id, "", last), a.watch(id, "", last), b.watch(id, "", last)}
	ends := together(12, func(i int) error {
		h, user := []*node{a, b}[i%2], fmt.Sprint("u", i)
		var failed error
		for n, c := range []poker.Command{
			join(user), poker.CastVote{By: by(user), Value: "5"}, poker.Extend{By: by("sm")}, poker.CastVote{By: by(user), Value: "8"}, poker.RetractVote{By: by(user)}, poker.Leave{By: by(user)},
		} {
			if err := h.try(id, c); err != nil {
				failed = fmt.Errorf("%d: %w", n, err)
			}
		}
		return failed
	})
	equal(t, "ends", ends, map[poker.Reason]int{"": 12})
	if a.Stats().Conflicts+b.Stats().Conflicts == 0 {
		t.Error("no conflict happened: the nodes did not write at the same time")
	}
	for _, r := range readers {
		eventually(t, "every event at every reader", func() bool { return len(r.events()) == 12*6 })
		equal(t, "events of another reader", r.text(), readers[0].text())
	}
	equal(t, "state", b.state(id), a.state(id))
}

func TestShared_limits_hold_over_both_nodes(t *testing.T) {
	a, b := pair(t)
	nodes := []*node{a, b}
	ends := together(24, func(i int) error {
		_, err := nodes[i%2].Create(t.Context(), creation(), Call{})
		return err
	})
	equal(t, "creations", ends, map[poker.Reason]int{"": 3, SlotsTaken: 21})
	eventually(t, "the same list", func() bool { return len(a.summaries()) == 3 && len(b.summaries()) == 3 })
	id := a.summaries()[0].ID
	ends = together(24, func(i int) error { return nodes[i%2].try(id, join(fmt.Sprint("u", i))) })
	equal(t, "joins", ends, map[poker.Reason]int{"": 15, poker.SessionFull: 9})
}

func TestShared_what_time_does_happens_once(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{RevealCountdownSeconds: (time.Second).Seconds()})
	eventually(t, "the session on the other node", knows(b, id))
	ra, rb := a.watch(id, "", ""), b.watch(id, "", "")
	a.do(id, poker.Start{By: by("sm"), RoundID: "r"}, poker.Reveal{By: by("sm")})
	eventually(t, "the countdown on the other node", func() bool { return b.state(id).Status == poker.Revealing })
	a.clock.Advance(time.Second)
	a.clock.Advance(timeout)
	want := "session_updated voting_started session_updated votes_revealed session_expired"
	for _, r := range []*reader{ra, rb} {
		eventually(t, "the end", r.ended)
		equal(t, "sent", r.types(), want)
	}
	equal(t, "the same bytes", rb.text(), ra.text())
	a.clock.Advance(4 * time.Minute)
	for range 3 {
		b.create(poker.Settings{})
	}
}

func TestShared_a_reader_resumes_on_the_other_node(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	all := eventful(a, id, 2).events()
	last := all[len(all)-1].ID
	eventually(t, "everything on the other node", func() bool {
		_, err := b.Session(t.Context(), id)
		return err == nil && lastID(b.watch(id, "", "")) == last
	})
	checkResume(t, b, id, all)
}

// Ids that another node has issued name events of which this node, without a reader, keeps no frames.
func TestShared_a_reader_comes_to_a_node_that_nobody_has_watched(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	eventually(t, "the session on the other node", knows(b, id))
	all := b.watch(id, "", "")
	for range 5 {
		a.do(id, poker.Extend{By: by("sm")})
	}
	eventually(t, "five events", func() bool { return len(all.events()) == 6 })
	checkResume(t, a, id, all.events())
}

func TestShared_a_node_that_starts_late_misses_nothing(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for range 40 {
			_ = a.try(id, poker.Extend{By: by("sm")})
		}
	})
	for range 3 {
		late := nodeAt(t, a.side.group.side(uuid.NewString(), a.log), a.clock, nil)
		own := late.create(poker.Settings{})
		late.do(own, join("someone"))
		eventually(t, "the session", knows(late, id))
		eventually(t, "a change against all conflicts", func() bool { return late.try(id, poker.Extend{By: by("sm")}) == nil })
		late.do(own, poker.End{By: by("sm")})
	}
	writing.Wait()
	a.do(id, join("last"))
	eventually(t, "the last change", func() bool { return len(b.state(id).Participants) == 2 })
	equal(t, "state", b.state(id), a.state(id))
}

// Votes and readings of one card are linearizable, on one node or on several that lag, doubt and are cut off: as if they happened one after the other. What was refused did not happen, and what is not known may have.
func TestVotes_are_linearizable(t *testing.T) {
	for _, nodes := range []int{1, 3} {
		t.Run(fmt.Sprint(nodes, " nodes"), func(t *testing.T) { linearizable(t, nodes) })
	}
}

// oneCard is what a card may do.
var oneCard = porcupine.Model{
	Init: func() any { return "" },
	Step: func(state, in, out any) (bool, any) {
		if vote := in.(string); vote != "" {
			return out == vote || out == "?", vote
		}
		return out == state, state
	},
}

func linearizable(t *testing.T, nodes int) {
	cluster := []*node{newNode(t)}
	log := &moody{Log: openLog(t, 3), dice: rand.New(rand.NewPCG(1, 1)), calm: true}
	if nodes > 1 {
		_, cluster = nodesOf(t, nodes, log, nil)
		for i, h := range cluster {
			h.side.lags(rand.New(rand.NewPCG(1, uint64(i))))
		}
	}
	id := cluster[0].create(poker.Settings{})
	cluster[0].do(id, poker.Start{By: by("sm"), RoundID: "r"})
	log.mu.Lock()
	log.calm = nodes == 1
	log.mu.Unlock()
	end := func() {}
	if nodes > 1 {
		end = cutting(cluster, 1)
	}
	var mu sync.Mutex
	var history []porcupine.Operation
	began := time.Now()
	var clients sync.WaitGroup
	for i := range 6 {
		clients.Go(func() {
			for n := range 30 {
				h, vote := cluster[(i+n)%len(cluster)], ""
				if i%2 == 0 {
					vote = []string{"1", "2", "3", "5", "8", "13"}[(n+i)%6]
				}
				call := time.Since(began).Nanoseconds()
				saw, err := h.playOrRead(id, vote)
				op := porcupine.Operation{ClientId: i, Input: vote, Call: call, Output: saw, Return: time.Since(began).Nanoseconds()}
				switch reason(err) {
				case "":
				case OutcomeUnknown: // it may happen later
					op.ClientId, op.Output, op.Return = 6+i*30+n, "?", time.Hour.Nanoseconds()
				case Unavailable:
					<-time.After(time.Millisecond)
					continue
				default:
					t.Errorf("client %d: %v", i, err)
				}
				mu.Lock()
				history = append(history, op)
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	end()
	log.later.Wait()
	if len(history) < 60 {
		t.Errorf("only %d operations were answered", len(history))
	}
	if !porcupine.CheckOperations(oneCard, history) {
		t.Error("the history is not linearizable")
	}
}

// playOrRead plays sm's card, or reads it without one, and returns what the answer has.
func (h *node) playOrRead(id, vote string) (string, error) {
	s, err := h.Session(h.t.Context(), id)
	if vote != "" {
		var outcome Outcome
		outcome, err = h.Do(h.t.Context(), id, poker.CastVote{By: by("sm"), Value: vote}, Call{Proof: proven(true)})
		s = outcome.Session
	}
	if err != nil {
		return "", err
	}
	card, _ := s.Round.VoteOf("sm")
	if vote != "" {
		return vote, nil
	}
	return card.Value, nil
}

func TestShared_a_snapshot_of_what_a_node_has_is_taken_over_and_not_decoded(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	eventually(t, "the session on the other node", knows(b, id))
	standing := func(h *node) journal {
		r := h.open[id]
		r.lock()
		defer r.unlock()
		return r.journal
	}
	seq, err := a.log.Snapshot(t.Context(), id, standing(a).seq, []byte(`{"change":"c","last":"x","state":no state}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []*node{a, b} {
		eventually(t, "the snapshot", func() bool { return standing(h).seq == seq })
		equal(t, "the latest snapshot", standing(h).base, seq)
	}
	b.do(id, poker.Start{By: by("sm"), RoundID: "r"})
	eventually(t, "the round on the other node", func() bool { return a.state(id).Round != nil })
	equal(t, "state", a.state(id), b.state(id))
}
