package cluster_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/magnapp/magnapp/internal/relay"
)

// asked is a command or a reading of which the history is kept.
type asked struct {
	what  string // start, vote, reveal, round; set, get
	value string
	who   string // who votes or reads
}

// said is what was answered.
type said struct {
	unknown bool   // whether it was done
	refused string // why; it was not done
	is      string // what was read
}

// table is what a session's round is to who looks: what a model knows of it, and what readings show.
type table struct {
	topic    string
	votes    map[string]string
	revealed bool
}

func (r table) String() string {
	var votes []string
	for _, who := range slices.Sorted(maps.Keys(r.votes)) {
		votes = append(votes, who+"="+r.votes[who])
	}
	return fmt.Sprint(r.topic, " ", r.revealed, " ", strings.Join(votes, ","))
}

// shown is the round as somebody sees it: before the cards are turned, only their own.
func (r table) shown(to string) table {
	if r.revealed {
		return r
	}
	votes := map[string]string{}
	for who := range r.votes {
		votes[who] = ""
	}
	if own, ok := r.votes[to]; ok {
		votes[to] = own
	}
	return table{topic: r.topic, votes: votes}
}

// rounds of voting: what votes and readings may find. What is not known may have been done.
var roundModel = porcupine.Model{
	Init: func() any { return table{topic: firstTopic} },
	Step: func(state, in, out any) (bool, any) {
		r, a, s := state.(table), in.(asked), out.(said)
		if a.what == "round" {
			return s.is == r.shown(a.who).String(), r
		}
		next, refused := r.after(a)
		switch {
		case s.unknown:
			return true, next
		case refused != s.refused:
			return false, r
		case a.what == "reveal" && refused == "":
			return s.is == table{votes: next.votes}.String(), next
		}
		return true, next
	},
	Equal: func(a, b any) bool { return a.(table).String() == b.(table).String() },
}

const firstTopic = "Story"

// after is the round after a command, or as it was, and why the command is refused.
func (r table) after(a asked) (next table, refused string) {
	if a.what == "start" {
		return table{topic: a.value}, ""
	}
	if r.revealed {
		return r, "already_revealed"
	}
	votes := maps.Clone(r.votes)
	if votes == nil {
		votes = map[string]string{}
	}
	if a.what == "vote" {
		votes[a.who] = a.value
	}
	return table{topic: r.topic, votes: votes, revealed: a.what == "reveal"}, ""
}

// settingModel is one setting, of which every value is set once.
var settingModel = porcupine.Model{
	Init: func() any { return "0" },
	Step: func(state, in, out any) (bool, any) {
		if a := in.(asked); a.what == "set" {
			return true, a.value
		}
		return out.(said).is == state, state
	},
}

// history is what was asked and said.
type history struct {
	began time.Time

	mu  sync.Mutex
	ops []porcupine.Operation
}

// note keeps a call. One of which it is not known whether it was done may be done at any time after it, by a client of its own.
func (h *history) note(client int, in asked, out said, call int64) {
	op := porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: time.Since(h.began).Nanoseconds()}
	h.mu.Lock()
	defer h.mu.Unlock()
	if out.unknown {
		op.ClientId, op.Return = 1000+len(h.ops), (100 * time.Hour).Nanoseconds()
	}
	h.ops = append(h.ops, op)
}

// deciding is how long it may take to find an order. Each call of which nothing is known makes that longer, and a busy machine has more of them.
const deciding = 5 * patience

// check fails the test unless everything may have happened one after the other.
func (h *history) check(t *testing.T, name string, model porcupine.Model) {
	t.Helper()
	seen := map[string]bool{}
	unknown := 0
	for _, op := range h.ops {
		seen[op.Output.(said).is] = true
	}
	var ops []porcupine.Operation
	for _, op := range h.ops {
		if op.Output.(said).unknown {
			if in := op.Input.(asked); in.what == "set" && !seen[in.value] { // nobody has seen it, so it need not have been done
				continue
			}
			unknown++
		}
		ops = append(ops, op)
	}
	began := time.Now()
	result := porcupine.CheckOperationsTimeout(model, ops, deciding)
	t.Logf("%s: %d calls, of %d of which the outcome is not known: %s, decided in %v", name, len(ops), unknown, result, time.Since(began).Round(time.Millisecond))
	if result == porcupine.Illegal {
		t.Errorf("%s: the history is not linearizable", name)
	}
	if result == porcupine.Unknown {
		t.Errorf("%s: not decided in %v", name, deciding)
	}
	if len(ops) < 100 {
		t.Errorf("%s: only %d calls", name, len(ops))
	}
}

// ask makes one call, once, and says how it ended. Of a reading that was not answered there is nothing to say.
func (n *node) ask(methodPath, body, token string) (a answer, out said, done bool) {
	a, err := n.call(methodPath, body, token, "")
	kind := a.text("type")
	kind = kind[strings.IndexByte(kind, '#')+1:]
	reading := strings.HasPrefix(methodPath, "GET ")
	switch {
	case err == nil && a.status == http.StatusOK:
		return a, out, true
	case err == nil && a.status == http.StatusConflict:
		return a, said{refused: kind}, true
	case reading, kind == "unavailable", neverSent(err): // not done
		return a, out, false
	}
	return a, said{unknown: true}, true
}

// neverSent reports whether there was nobody to send a call to.
func neverSent(err error) bool {
	var failed *net.OpError
	return errors.As(err, &failed) && failed.Op == "dial"
}

// shownRound is a round, or the answer to a reveal, as the API shows it.
type shownRound struct {
	Topic    string
	Revealed bool   `json:"is_revealed"`
	Own      string `json:"my_vote"`
	Votes    map[string]struct{ Value *string }
}

// shown is what somebody has been shown, or what is no round.
func shown(a answer, to string) string {
	var r shownRound
	if err := json.Unmarshal([]byte(a.raw), &r); err != nil {
		return a.raw
	}
	t := table{topic: r.Topic, revealed: r.Revealed, votes: map[string]string{}}
	for who, vote := range r.Votes {
		t.votes[who] = ""
		if vote.Value != nil {
			t.votes[who] = *vote.Value
		} else if who == to {
			t.votes[who] = r.Own
		}
	}
	return t.String()
}

// play is one client's part in the rounds: the n-th call of the i-th.
func (h *history) play(i, n int, at *node, who person) {
	in, path, body := asked{what: "round", who: who.id}, "GET /api/sessions/"+who.session+"/round?user_id="+who.id, ""
	switch {
	case i == 0 && n%8 == 0:
		in = asked{what: "start", value: fmt.Sprint("Story-", n)}
		path, body = who.as("start"), `{"topic":"`+in.value+`"}`
	case i == 0 && n%8 == 6:
		in, path = asked{what: "reveal"}, who.as("reveal")
	case n%2 == 0:
		in = asked{what: "vote", who: who.id, value: []string{"1", "2", "3", "5", "8", "13"}[(n/2+i)%6]}
		path, body = who.as("vote"), `{"vote":"`+in.value+`"}`
	}
	call := time.Since(h.began).Nanoseconds()
	a, out, done := at.ask(path, body, who.token)
	if !done {
		return
	}
	if a.status == http.StatusOK && (in.what == "round" || in.what == "reveal") {
		out.is = shown(a, who.id)
	}
	h.note(i, in, out, call)
}

// set is one client's part in the setting.
func (h *history) set(i, n int, at *node, who person, master person) {
	in, path, body := asked{what: "get"}, "GET /api/sessions/"+who.session, ""
	if who == master && n%2 == 0 {
		in = asked{what: "set", value: fmt.Sprint(1000 + n)}
		path, body = who.as("settings"), `{"round_seconds":`+in.value+`}`
	}
	call := time.Since(h.began).Nanoseconds()
	a, out, done := at.ask(path, body, who.token)
	if !done {
		return
	}
	if in.what == "get" {
		var shown struct {
			Settings struct {
				Seconds json.Number `json:"round_seconds"`
			}
		}
		if err := json.Unmarshal([]byte(a.raw), &shown); err != nil {
			out.is = a.raw
		} else {
			out.is = shown.Settings.Seconds.String()
		}
	}
	h.note(i, in, out, call)
}

// TestModelsRefuseWhatCannotHaveHappened makes sure that the models of a history say no.
func TestModelsRefuseWhatCannotHaveHappened(t *testing.T) {
	type call struct {
		in   asked
		out  said
		want bool // that the history may have happened until then
	}
	votes := func(of ...string) map[string]string {
		all := map[string]string{}
		for i := 0; i < len(of); i += 2 {
			all[of[i]] = of[i+1]
		}
		return all
	}
	start, vote, reveal := asked{what: "start", value: "A"}, asked{what: "vote", value: "5", who: "ada"}, asked{what: "reveal"}
	round := asked{what: "round", who: "bo"}
	is := func(r table) said { return said{is: r.String()} }
	for name, test := range map[string]struct {
		model porcupine.Model
		calls []call
	}{
		"an old reading":            {roundModel, []call{{start, said{}, true}, {vote, said{}, true}, {round, is(table{topic: "A"}), false}}},
		"a card that is shown":      {roundModel, []call{{start, said{}, true}, {vote, said{}, true}, {round, is(table{topic: "A", votes: votes("ada", "5")}), false}}},
		"a card that is lost":       {roundModel, []call{{start, said{}, true}, {vote, said{}, true}, {reveal, is(table{votes: votes()}), false}}},
		"a vote too late":           {roundModel, []call{{start, said{}, true}, {reveal, is(table{}), true}, {vote, said{}, false}}},
		"a vote refused too early":  {roundModel, []call{{start, said{}, true}, {vote, said{refused: "already_revealed"}, false}}},
		"what nobody knows":         {roundModel, []call{{start, said{unknown: true}, true}, {round, is(table{topic: firstTopic}), true}, {round, is(table{topic: "A"}), true}, {round, is(table{topic: firstTopic}), false}}},
		"a setting that comes back": {settingModel, []call{{asked{what: "set", value: "1"}, said{}, true}, {asked{what: "get"}, said{is: "1"}, true}, {asked{what: "get"}, said{is: "0"}, false}}},
	} {
		h := &history{began: time.Now()}
		for i, c := range test.calls {
			h.note(0, c.in, c.out, time.Since(h.began).Nanoseconds())
			if porcupine.CheckOperations(test.model, h.ops) != c.want {
				t.Errorf("%s: call %d may have happened: %v", name, i, !c.want)
			}
		}
	}
}

// TestHistoriesAreLinearizable has people vote, change a setting and read through all nodes while those are killed and cut off: everything happens as if one after the other.
func TestHistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	for range rounds() { // each with a session of its own, because the longer a history is, the longer it takes to find an order
		people, streams := c.team(t, size, c.listen)
		master := people[0]
		c.nodes[0].must(t, master.as("start"), `{"topic":"`+firstTopic+`"}`, master.token)
		played, set := &history{began: time.Now()}, &history{began: time.Now()}
		end := c.play(people, played, set)
		c.disturb(t, func(n int) {
			before := played.count()
			for more := 1; more <= n; more++ { // as in awaitMore
				eventually(t, "more is played", func() bool { return played.count() >= before+more })
			}
		})
		end()
		played.check(t, "rounds", roundModel)
		set.check(t, "a setting", settingModel)
		for _, l := range streams {
			l.stop()
		}
		c.nodes[0].must(t, "DELETE /api/sessions/"+master.session+"?user_id="+master.id, "", master.token)
	}
}

// play has all people play and look at the setting, until end.
func (c *cluster) play(people []person, played, set *history) (end func()) {
	var over atomic.Bool
	var clients sync.WaitGroup
	for i, who := range people {
		clients.Go(func() {
			for n := 0; !over.Load(); n++ {
				played.play(i, n, c.nodes[(i+n)%size], who)
				<-time.After(rest)
			}
		})
		clients.Go(func() {
			for n := 0; !over.Load(); n++ {
				set.set(i, n, c.nodes[(i+n+1)%size], who, people[0])
				<-time.After(rest)
			}
		})
	}
	return func() {
		over.Store(true)
		clients.Wait()
	}
}

// disturb kills the leader and a follower, and cuts off both; more waits until something has happened in between.
func (c *cluster) disturb(t *testing.T, more func(n int)) {
	t.Helper()
	more(60)
	leader := c.leads(t)
	for _, which := range []int{leader, (leader + 1) % size} {
		n := c.nodes[which]
		n.kill()
		more(60)
		n.start(t)
		n.awaitReady(t)
		more(30)
	}
	leader = c.leads(t)
	for _, which := range []int{leader, (leader + 1) % size} {
		c.links(which, (*relay.Relay).Cut)
		more(60)
		c.links(which, (*relay.Relay).Heal)
		c.nodes[which].awaitReady(t)
		more(30)
	}
}

func (h *history) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.ops)
}
