package room

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// agree waits until all nodes have folded the session's log to its end.
func agree(t *testing.T, nodes []*node, id string) {
	t.Helper()
	for _, h := range nodes {
		eventually(t, "all nodes at the end of the log", h.reaches(id))
	}
}

// advance moves the clock by d, and lets all nodes hear of what each second has brought.
func advance(t *testing.T, nodes []*node, id string, d time.Duration) {
	t.Helper()
	for ; d > 0; d -= time.Second {
		nodes[0].clock.Advance(min(d, time.Second))
		agree(t, nodes, id)
	}
}

// meeting is three nodes with a session of sm's and ann's, and a reader of each.
func meeting(t *testing.T) (g *group, nodes []*node, id string, readers []*reader) {
	t.Helper()
	g, nodes = three(t)
	id = nodes[0].create(poker.Settings{})
	nodes[0].do(id, join("ann"))
	for _, h := range nodes {
		readers = append(readers, h.watch(id, "", ""))
	}
	return g, nodes, id, readers
}

func sent(t *testing.T, what string, readers []*reader, want string) {
	t.Helper()
	for _, r := range readers {
		equal(t, what, r.types(), want)
	}
}

func TestNodes_somebody_with_streams_on_two_is_there_until_the_last_closes(t *testing.T) {
	_, nodes, id, readers := meeting(t)
	first, second := nodes[0].watch(id, "ann", ""), nodes[1].watch(id, "ann", "")
	first.cancel()
	advance(t, nodes, id, 2*reloadGrace)
	for _, h := range nodes {
		equal(t, "online", h.online(id, "ann"), true)
	}
	sent(t, "of that", readers, "session_updated")
	second.cancel()
	advance(t, nodes, id, reloadGrace-time.Second)
	equal(t, "online", nodes[2].online(id, "ann"), true)
	advance(t, nodes, id, time.Second)
	for _, h := range nodes {
		equal(t, "online", h.online(id, "ann"), false)
	}
	sent(t, "of that", readers, "session_updated user_disconnected")
}

func TestNodes_who_comes_back_on_another_has_not_been_away(t *testing.T) {
	_, nodes, id, readers := meeting(t)
	stream := nodes[0].watch(id, "sm", "")
	stream.cancel()
	advance(t, nodes, id, reloadGrace-time.Second)
	nodes[1].watch(id, "sm", "")
	advance(t, nodes, id, 20*time.Second)
	sent(t, "of that", readers, "session_updated")
	equal(t, "online", nodes[2].online(id, "sm"), true)
}

func TestNodes_people_of_one_that_dies_have_time_to_come_back(t *testing.T) {
	g, nodes, id, readers := meeting(t)
	alive, readers := nodes[1:], readers[1:]
	nodes[0].watch(id, "sm", "")
	nodes[0].watch(id, "ann", "")
	agree(t, nodes, id)
	nodes[0].Close()
	g.dies("node0", true)
	advance(t, alive, id, settleTime-time.Second)
	nodes[1].watch(id, "sm", "")
	sent(t, "meanwhile", readers, "session_updated")
	advance(t, alive, id, 4*time.Second)
	sent(t, "then", readers, "session_updated user_disconnected")
	for _, h := range alive {
		equal(t, "who came back", h.online(id, "sm"), true)
		equal(t, "who did not", h.online(id, "ann"), false)
	}
	checkLogged(t, nodes[1], id)
}

// The one who would inherit may be one of those whose node has died.
func TestNodes_nobody_inherits_while_people_of_one_that_died_may_come_back(t *testing.T) {
	g, nodes, id, readers := meeting(t)
	alive, readers := nodes[1:], readers[1:]
	nodes[0].do(id, join("bob"))
	nodes[0].watch(id, "ann", "")
	nodes[2].watch(id, "bob", "")
	nodes[1].watch(id, "sm", "").cancel()
	advance(t, nodes, id, reloadGrace+grace-5*time.Second)
	equal(t, "paused", nodes[1].state(id).Status, poker.Paused)
	nodes[0].Close()
	g.dies("node0", true)
	for _, r := range readers {
		r.forget()
	}
	advance(t, alive, id, settleTime-time.Second) // the grace period is over by now
	sent(t, "meanwhile", readers, "")
	advance(t, alive, id, 4*time.Second)
	sent(t, "then", readers, "user_disconnected scrum_master_changed session_updated")
	equal(t, "who is there", nodes[1].state(id).ScrumMasterID, "bob")
	checkLogged(t, nodes[1], id)
}

// The others miss a node that is away for three seconds, and one that is away for a shorter time not at all.
func TestNodes_after_a_restart_of_one_only_its_people_are_waited_for(t *testing.T) {
	for name, missed := range map[string]bool{"missed by the others": true, "not missed": false} {
		t.Run(name, func(t *testing.T) {
			g, nodes, id, readers := meeting(t)
			nodes[0].do(id, join("bob"), join("cem"))
			agree(t, nodes, id)
			for _, r := range readers {
				r.forget()
			}
			nodes[0].watch(id, "ann", "")
			nodes[0].watch(id, "bob", "")
			nodes[0].watch(id, "cem", "")
			nodes[1].watch(id, "sm", "")
			agree(t, nodes, id)
			other := nodes[1].create(poker.Settings{})
			nodes[1].watch(other, "sm", "")
			agree(t, nodes, other)
			nodes[0].Close()
			if missed {
				g.dies("node0", true)
			}
			nodes[0].clock.Advance(2 * time.Second)
			if missed {
				g.dies("node0", false)
			}
			nodes[0] = nodeAt(t, nodes[0].side, nodes[0].clock, nil)
			equal(t, "in a session of others nobody is waited for", nodes[0].open[other].settling.IsZero(), true)
			nodes[0].watch(id, "bob", "")
			nodes[1].watch(id, "cem", "")
			advance(t, nodes, id, settleTime-time.Second)
			equal(t, "online", nodes[1].online(id, "ann"), true)
			advance(t, nodes, id, time.Second)
			for _, h := range nodes {
				equal(t, "ann", h.online(id, "ann"), false)
				equal(t, "who came back", h.online(id, "bob"), true)
				equal(t, "who came back elsewhere", h.online(id, "cem"), true)
				equal(t, "sm", h.online(id, "sm"), true)
			}
			sent(t, "of that", readers[1:], "user_disconnected")
			advance(t, nodes, id, settleTime)
			sent(t, "and no more", readers[1:], "user_disconnected")
			checkLogged(t, nodes[1], id)
		})
	}
}

// A node that is alive, and that another takes for dead, says so.
func TestNodes_one_taken_for_dead_brings_its_people_back(t *testing.T) {
	g, nodes, id, _ := meeting(t)
	nodes[0].watch(id, "ann", "")
	agree(t, nodes, id)
	g.dies("node0", true)
	advance(t, nodes, id, settleTime+2*time.Second)
	eventually(t, "ann back", func() bool { return nodes[1].online(id, "ann") })
	advance(t, nodes, id, 5*time.Second)
	equal(t, "online", nodes[2].online(id, "ann"), true)
	g.dies("node0", false)
	checkLogged(t, nodes[1], id)
}

// What is due is done by one node, and by the next if that is dead.
func TestTimers_of_several_nodes_meet_no_conflict(t *testing.T) {
	g, nodes := nodesOf(t, 3, openLog(t, 0), nil)
	var ids []string
	for i := range 12 {
		c := creation()
		c.SessionID = SessionID(fmt.Sprint("session ", i)) // of random ones, one node would have no part in one run of forty
		c.Settings.RevealCountdownSeconds = 5
		if _, err := nodes[0].Create(t.Context(), c, Call{}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.SessionID)
		nodes[0].do(ids[len(ids)-1], poker.Start{By: by("sm"), RoundID: "r"}, poker.Reveal{By: by("sm")})
	}
	all := func() {
		for _, id := range ids {
			agree(t, nodes, id)
		}
	}
	all()
	for range 10 {
		nodes[0].clock.Advance(time.Second)
		all()
	}
	first := map[int]int{}
	for _, id := range ids {
		equal(t, "turned", nodes[1].state(id).Round.Revealed, true)
		for i, h := range nodes {
			if h.rank(id) == 0 {
				first[i]++
			}
		}
	}
	equal(t, "each session is one node's first", first[0]+first[1]+first[2], len(ids))
	equal(t, "all nodes have a part", len(first), 3)
	var conflicts uint64
	for _, h := range nodes {
		conflicts += h.Stats().Conflicts
	}
	equal(t, "conflicts", conflicts, 0)

	nodes[2].Close()
	for _, id := range ids {
		nodes[0].do(id, poker.Start{By: by("sm"), RoundID: "again"}, poker.Reveal{By: by("sm")})
	}
	nodes = nodes[:2]
	all()
	for range 9 {
		nodes[0].clock.Advance(time.Second)
		all()
	}
	for _, id := range ids {
		equal(t, "turned without the third, which nobody has missed yet", nodes[1].state(id).Round.Revealed, true)
	}
	g.dies("node2", true)
	for _, id := range ids {
		equal(t, "the first of two", nodes[0].rank(id)+nodes[1].rank(id), 1)
	}
}

// Whoever asks finds done what is due, whoever's turn it is.
func TestTimers_a_command_does_what_is_due(t *testing.T) {
	_, nodes := three(t)
	id := nodes[0].create(poker.Settings{RevealCountdownSeconds: 5})
	nodes[0].do(id, poker.Start{By: by("sm"), RoundID: "r"}, poker.Reveal{By: by("sm")})
	last := nodes[0]
	for _, h := range nodes {
		h.state(id)
		if h.rank(id) == 2 {
			last = h
		}
	}
	for _, h := range nodes {
		if h != last {
			h.Close()
		}
	}
	last.clock.Advance(5 * time.Second)
	equal(t, "turned", last.state(id).Round.Revealed, false)
	last.do(id, poker.Accept{By: by("sm")})
}

// A proxy brings the answer to a ping to any node, not only to the one that has sent the ping.
func TestNodes_an_answer_to_a_ping_counts_wherever_it_comes(t *testing.T) {
	_, nodes, id, readers := meeting(t)
	nodes[0].watch(id, "sm", "")
	nodes[0].pinged(id, "ann", "page")
	for i := range 4 {
		advance(t, nodes, id, 30*time.Second)
		nodes[i%2+1].here(id, "ann", "page")
	}
	sent(t, "as long as it answers", readers, "session_updated")
	advance(t, nodes, id, silenceTime+reloadGrace)
	sent(t, "when it does not", readers, "session_updated user_disconnected")
	nodes[2].here(id, "ann", "page")
	agree(t, nodes, id)
	sent(t, "when it does again", readers, "session_updated user_disconnected user_joined")
	nodes[1].gone(id, "ann", "page")
	advance(t, nodes, id, reloadGrace)
	sent(t, "when it has gone", readers, "session_updated user_disconnected user_joined user_disconnected")
	checkLogged(t, nodes[1], id)
}

// A proxy may hold a stream to one node open that its client has left for another node's, under the same name.
func TestNodes_an_answer_counts_on_each_that_has_such_a_stream(t *testing.T) {
	for name, place := range map[string]string{"with a name": "page", "without": ""} {
		t.Run(name, func(t *testing.T) {
			g, nodes, id, _ := meeting(t)
			nodes[0].watch(id, "sm", "")
			nodes[0].pinged(id, "ann", place)
			nodes[1].pinged(id, "ann", place)
			for range 3 {
				advance(t, nodes, id, 30*time.Second)
				nodes[0].here(id, "ann", place)
			}
			nodes[0].Close()
			g.dies("node0", true)
			advance(t, nodes[1:], id, settleTime+4*time.Second)
			equal(t, "online", nodes[2].online(id, "ann"), true)
		})
	}
}

// Whose streams have no names says goodbye for one of them, not for one on each node.
func TestNodes_a_goodbye_without_a_name_is_one_stream_s(t *testing.T) {
	_, nodes, id, readers := meeting(t)
	nodes[0].watch(id, "sm", "")
	nodes[0].pinged(id, "ann", "")
	nodes[1].pinged(id, "ann", "")
	agree(t, nodes, id)
	nodes[0].gone(id, "ann", "")
	advance(t, nodes, id, reloadGrace+time.Second)
	for _, h := range nodes {
		equal(t, "online", h.online(id, "ann"), true)
	}
	sent(t, "of that", readers, "session_updated")
	nodes[2].gone(id, "ann", "")
	advance(t, nodes, id, reloadGrace+time.Second)
	sent(t, "when the other has gone too", readers, "session_updated user_disconnected")
}

// That nobody is waited for is not looked for again while people and nodes are the same, and only then.
func TestNodes_calm_holds_for_the_same_people_and_nodes_only(t *testing.T) {
	people, alive := []poker.Participant{{ID: "sm", Nodes: []string{"a"}}, {ID: "ann"}}, &[]string{"a"}
	c := calmness{people, alive}
	for name, tt := range map[string]struct {
		people []poker.Participant
		alive  *[]string
		want   bool
	}{
		"nothing has changed":      {people, alive, true},
		"somebody has come":        {append(slices.Clip(people), poker.Participant{}), alive, false},
		"somebody has gone":        {people[:1], alive, false},
		"somebody is elsewhere":    {slices.Clone(people), alive, false},
		"the nodes were looked at": {people, &[]string{"a"}, false},
		"nobody is there":          {nil, alive, false},
	} {
		equal(t, name, c.holds(tt.people, tt.alive), tt.want)
	}
	equal(t, "nothing is known of nobody", calmness{}.holds(nil, nil), false)
}
