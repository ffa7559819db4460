package cluster_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// sameEvents checks that a reader who began later, or came back elsewhere, has heard the same as another, each event once. It returns how often it got the session as it was then instead of what
// it had missed.
func sameEvents(t *testing.T, name string, got, want []event) (missed int) {
	t.Helper()
	seen := map[string]int{}
	for i, e := range got {
		if before, again := seen[e.id]; again {
			t.Errorf("%s: event %d, %s, is event %d again", name, i, e.id, before)
		}
		seen[e.id] = i
	}
	if len(got) == 0 {
		t.Errorf("%s has heard nothing", name)
		return 0
	}
	if indexOf(want, got[0].id) == len(want) { // it began before
		got = got[indexOf(got, want[0].id):]
	}
	if len(got) == 0 {
		t.Errorf("%s has heard nothing of what it is compared with", name)
		return 0
	}
	next := indexOf(want, got[0].id) + 1 // the first is the session as it was
	for i, e := range got[1:] {
		if at(want, next) != e {
			whole := indexOf(want, e.id)
			if e.typ != "session_updated" || whole <= next || whole == len(want) {
				t.Errorf("%s: event %d of %d differs from event %d of %d:\n%+v\n%+v", name, i+1, len(got), next, len(want), e, at(want, next))
				return missed
			}
			next, missed = whole, missed+1
		}
		next++
	}
	if next < len(want) {
		t.Errorf("%s has not heard the last %d events", name, len(want)-next)
	}
	return missed
}

// indexOf is where an event is, or the end.
func indexOf(events []event, id string) int {
	if i := slices.IndexFunc(events, func(e event) bool { return e.id == id }); i >= 0 {
		return i
	}
	return len(events)
}

// sameStreams checks that all have heard the same. Only one who waits for its node may have missed so much that it got the session instead.
func sameStreams(t *testing.T, streams []*listener) {
	t.Helper()
	all := streams[0].heard()
	for _, s := range streams[1:] {
		if heard := s.heard(); len(heard) > len(all) {
			all = heard
		}
	}
	for i, s := range streams {
		name := fmt.Sprint("stream ", i)
		if missed := sameEvents(t, name, s.heard(), all); missed > 0 {
			if t.Logf("%s got the whole session %d times", name, missed); !s.stays {
				t.Errorf("%s has missed something", name)
			}
		}
	}
}

func at(events []event, i int) event {
	if i < len(events) {
		return events[i]
	}
	return event{}
}

// finish makes a last change and waits until all have heard it.
func (c *cluster) finish(t *testing.T, master person, all ...*listener) {
	t.Helper()
	a, _, err := c.persist(0, master.as("extend"), "", master.token)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("the last change: %d %s %v", a.status, a.raw, err)
	}
	var last string
	eventually(t, "the last change is heard", func() bool {
		heard := all[0].heard()
		last = heard[len(heard)-1].id
		for _, l := range all {
			heard := l.heard()
			if heard[len(heard)-1].id != last {
				return false
			}
		}
		return strings.Contains(heard[len(heard)-1].data, `"session_updated"`)
	})
}

func TestMeetingThroughThreeNodes(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	a, b, d := c.nodes[0], c.nodes[1], c.nodes[2]
	master := a.create(t)
	people := []person{master, b.join(t, master.session, "Bo"), d.join(t, master.session, "Cy")}
	var streams []*listener
	for i, p := range people {
		streams = append(streams, c.listen(t, p, i))
	}
	for round := range 3 {
		c.nodes[round].must(t, master.as("start"), `{"topic":"Story"}`, master.token)
		for i, p := range people {
			c.nodes[(i+round+1)%size].must(t, p.as("vote"), `{"vote":"5"}`, p.token)
		}
		revealed := c.nodes[(round+1)%size].must(t, master.as("reveal"), "", master.token)
		if votes, _ := revealed.body["votes"].(map[string]any); len(votes) != 3 {
			t.Errorf("round %d: %s", round, revealed.raw)
		}
		for _, n := range c.nodes { // what one has answered, all have
			var session struct {
				Status       string
				Participants []struct {
					Online bool `json:"is_online"`
				}
			}
			if err := json.Unmarshal([]byte(n.must(t, "GET /api/sessions/"+master.session, "", master.token).raw), &session); err != nil {
				t.Fatal(err)
			}
			if session.Status != "results" || len(session.Participants) != 3 {
				t.Errorf("round %d: %+v", round, session)
			}
			for _, p := range session.Participants {
				if !p.Online {
					t.Error("somebody with a stream to another node counts as away")
				}
			}
		}
	}
	c.finish(t, master, streams...)
	sameStreams(t, streams)
}

func TestNodeThatWasAwayServesNothingThatHasEnded(t *testing.T) {
	t.Parallel()
	c := startCluster(t, "KEEP_ENDED_HOURS=0", "CLEANUP_INTERVAL_SECONDS=0.5")
	master := c.nodes[0].create(t)
	stays := c.nodes[1].create(t)
	c.nodes[2].stop(t)
	c.nodes[1].must(t, "DELETE /api/sessions/"+master.session+"?user_id="+master.id, "", master.token)
	again := c.nodes[0].create(t) // until the storage of the first may be freed
	c.nodes[2].start(t)
	c.nodes[2].awaitReady(t)
	if a, err := c.nodes[2].insist("GET /api/sessions/"+master.session, "", master.token, ""); err != nil || a.status != http.StatusNotFound {
		t.Errorf("the session that has ended: %d %s %v", a.status, a.raw, err)
	}
	for _, p := range []person{stays, again} {
		c.nodes[2].must(t, "GET /api/sessions/"+p.session, "", p.token)
	}
}
