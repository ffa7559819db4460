package room

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/poker"
)

// A node that is cut off ends its streams and answers nobody; when the others can be reached again, it has what happened meanwhile before it does.
func TestCut_node_serves_nobody_until_it_agrees_with_the_others(t *testing.T) {
	_, nodes, id, _ := meeting(t)
	cut, rest := nodes[0], nodes[1:]
	ended := cut.create(poker.Settings{})
	purged := cut.create(poker.Settings{})
	agree(t, nodes, purged)
	list := &reader{}
	_, err := cut.Watch(t.Context(), list)
	equal(t, "error", err, nil)
	streams := []*reader{cut.watch(id, "ann", ""), cut.watch(ended, "sm", ""), cut.watch(purged, "sm", "")}
	agree(t, nodes, id)
	cut.side.cutOff(true)
	for _, r := range append(streams, list) {
		eventually(t, "the end of each stream", r.ended)
	}
	_, readErr := cut.Session(t.Context(), id)
	_, listErr := cut.List(t.Context())
	_, createErr := cut.Create(t.Context(), creation(), Call{})
	_, streamErr := cut.Subscribe(t.Context(), Watch{SessionID: id}, &reader{})
	_, watchErr := cut.Watch(t.Context(), &reader{})
	_, keptErr := cut.ReadKept(t.Context(), id, "", proven(false))
	for what, err := range map[string]error{"ready": cut.Ready(), "read": readErr, "list": listErr, "create": createErr, "stream": streamErr, "stream of the list": watchErr, "read what is kept": keptErr, "act": cut.try(id, poker.Extend{By: by("sm")})} {
		equal(t, what, reason(err), Unavailable)
	}
	rest[0].do(id, join("bob"))
	rest[0].do(ended, poker.End{By: by("sm")})
	rest[0].do(purged, poker.End{By: by("sm")})
	equal(t, "purged", cut.log.Forget(t.Context(), purged, 0), nil) // the mark of those that are gone has gone, too
	made := rest[1].create(poker.Settings{})
	cut.side.cutOff(false)
	eventually(t, "it serves again", func() bool { return cut.Ready() == nil })
	equal(t, "participants", len(cut.state(id).Participants), 3)
	equal(t, "a session that was made meanwhile", knows(cut, made)(), true)
	for what, over := range map[string]string{"ended": ended, "purged": purged} {
		_, err := cut.Session(t.Context(), over)
		equal(t, what, reason(err), poker.SessionGone)
	}
	equal(t, "live sessions", cut.Stats().Sessions, 2)
	cut.do(id, poker.Extend{By: by("sm")})
	fresh := cut.watch(id, "ann", "")
	equal(t, "who comes back", fresh.types(), "session_updated")
	rest[0].do(id, join("eve"))
	eventually(t, "what happens next", func() bool { return len(fresh.events()) == 2 })
	checkLogged(t, cut, id)
}

// Those who had streams to a node that was cut off, and have come back elsewhere, have not been away.
func TestCut_people_who_come_back_elsewhere_have_not_been_away(t *testing.T) {
	_, nodes, id, readers := meeting(t)
	nodes[0].watch(id, "sm", "")
	nodes[0].watch(id, "ann", "")
	agree(t, nodes, id)
	nodes[0].side.cutOff(true)
	nodes[0].clock.Advance(2 * time.Second)
	nodes[1].watch(id, "sm", "")
	agree(t, nodes[1:], id)
	nodes[0].side.cutOff(false)
	eventually(t, "it serves again", func() bool { return nodes[0].Ready() == nil })
	advance(t, nodes, id, settleTime+4*time.Second)
	sent(t, "of that", readers[1:], "session_updated user_disconnected")
	for _, h := range nodes {
		equal(t, "who has come back", h.online(id, "sm"), true)
		equal(t, "who has not", h.online(id, "ann"), false)
	}
	checkLogged(t, nodes[0], id)
}

// A node that was away for hours: its own clock has moved, and so have the others'.
func TestCut_for_hours(t *testing.T) {
	_, nodes := nodesOf(t, 3, openLog(t, 3), func(o *Options) { o.Rules.SessionTimeout = 100 * time.Hour })
	cut, rest := nodes[0], nodes[1:]
	lives, ends := cut.create(poker.Settings{}), cut.create(poker.Settings{})
	cut.do(lives, join("ann"))
	agree(t, nodes, lives)
	agree(t, nodes, ends)
	cut.side.cutOff(true)
	rest[0].do(ends, poker.End{By: by("sm")})
	for range 5 {
		votes(rest[0], lives, snapshotAfter)
		settled(t, rest[0], lives)
		rest[0].clock.Advance(5 * time.Hour)
	}
	for _, h := range rest {
		h.sweep()
	}
	cut.side.cutOff(false)
	eventually(t, "it serves again", func() bool { return cut.Ready() == nil })
	_, err := cut.Session(t.Context(), ends)
	equal(t, "what has ended", reason(err), poker.SessionGone)
	cut.do(lives, poker.Extend{By: by("ann")})
	equal(t, "state", cut.state(lives), rest[1].state(lives))
	checkLogged(t, cut, lives)
	equal(t, "conflicts", cut.Stats().Conflicts < 5, true)
}

func TestCut_again_while_the_log_is_read(t *testing.T) {
	_, nodes, id, _ := meeting(t)
	for range 20 {
		for range 3 {
			nodes[0].side.cutOff(true)
			nodes[0].side.cutOff(false)
		}
		eventually(t, "it serves again", func() bool {
			nodes[0].clock.Advance(retryTime)
			return nodes[0].Ready() == nil
		})
		nodes[1].do(id, poker.Extend{By: by("sm")})
		nodes[0].do(id, poker.Extend{By: by("sm")})
	}
	agree(t, nodes, id)
}

// sleepy is a clock that has jumped.
type sleepy struct {
	*clock.Manual
	asleep atomic.Int64
}

func (c *sleepy) Now() time.Time { return c.Manual.Now().Add(time.Duration(c.asleep.Load())) }

// A machine that has slept reads what it has missed before it answers: there may be nothing left that would tell.
func TestSleep_of_a_node_ends_what_has_ended_meanwhile(t *testing.T) {
	g, l, c := &group{}, openLog(t, 3), &sleepy{Manual: clock.NewManual(time.Now())}
	long := func(o *Options) { o.Rules.SessionTimeout, o.Clock = 100*time.Hour, c }
	a, b := nodeAt(t, g.side("a", l), c.Manual, long), nodeAt(t, g.side("b", l), c.Manual, long)
	id := a.create(poker.Settings{})
	b.state(id)
	c.Advance(lookEvery)
	equal(t, "purged", l.Forget(t.Context(), id, 0), nil)
	c.asleep.Store(int64(5 * time.Hour))
	c.Advance(lookEvery)
	for _, h := range []*node{a, b} {
		eventually(t, "it serves again", func() bool { return h.Ready() == nil })
		equal(t, "rooms", h.Stats().Sessions, 0)
	}
}
