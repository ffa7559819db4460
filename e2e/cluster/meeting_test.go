package cluster_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/relay"
)

// sameEvents checks that a reader who began later, or came back elsewhere, has heard the same as another, each event once.
func sameEvents(t *testing.T, name string, got, want []event) {
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
		return
	}
	start := 0
	for start < len(want) && want[start].id != got[0].id {
		start++
	}
	rest := want[start:]
	for i := 1; i < len(got) || i < len(rest); i++ { // the first is the session as it was
		if i >= len(got) || i >= len(rest) || got[i] != rest[i] {
			t.Errorf("%s: event %d differs of %d and %d:\n%+v\n%+v", name, i, len(got), len(rest), at(got, i), at(rest, i))
			return
		}
	}
}

// sameStreams checks that all have heard the same as the first.
func sameStreams(t *testing.T, streams []*listener) {
	t.Helper()
	for i, s := range streams[1:] {
		sameEvents(t, fmt.Sprint("stream ", i+1), s.heard(), streams[0].heard())
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

// stored is what people have stored, each under a name of its own.
type stored struct {
	mu      sync.Mutex
	names   map[string]bool // of what is to be there
	changes int
	longest time.Duration
	done    atomic.Bool
	running sync.WaitGroup
}

// listed is how many stories of each person are on the list at a time.
const listed = 40

// keepStoring has each person add stories through one node after another, and remove the older ones, until stop.
func (c *cluster) keepStoring(t *testing.T, people []person) *stored {
	t.Helper()
	s := &stored{names: map[string]bool{}}
	for i, p := range people {
		s.running.Go(func() {
			var ids, names []string
			for n := 0; !s.done.Load(); n++ {
				name := fmt.Sprintf("%d-%d", i, n)
				a, took, err := c.persist(i+n, p.as("stories"), `{"stories":[{"title":"`+name+`"}]}`, p.token)
				var added struct{ Stories []struct{ ID string } }
				if err != nil || a.status != http.StatusOK || json.Unmarshal([]byte(a.raw), &added) != nil || len(added.Stories) != 1 {
					t.Errorf("add %s: %d %s %v", name, a.status, a.raw, err)
					return
				}
				s.note(name, true, took)
				if ids, names = append(ids, added.Stories[0].ID), append(names, name); len(ids) < listed {
					continue
				}
				a, took, err = c.persist(i+n, strings.Replace(p.as("stories/"+ids[0]), "POST", "DELETE", 1), "", p.token)
				if err != nil || a.status != http.StatusOK {
					t.Errorf("remove %s: %d %s %v", names[0], a.status, a.raw, err)
					return
				}
				s.note(names[0], false, took)
				ids, names = ids[1:], names[1:]
			}
		})
	}
	return s
}

func (s *stored) note(name string, there bool, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes++; there {
		s.names[name] = true
	} else {
		delete(s.names, name)
	}
	s.longest = max(s.longest, took)
}

func (s *stored) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changes
}

// awaitMore waits until more has been stored: writing works.
func (s *stored) awaitMore(t *testing.T, n int) {
	t.Helper()
	before := s.count()
	eventually(t, "more is stored", func() bool { return s.count() >= before+n })
}

// stop ends the storing and checks that what was acknowledged is there, once.
func (s *stored) stop(t *testing.T, c *cluster, master person) {
	t.Helper()
	s.done.Store(true)
	s.running.Wait()
	for i, n := range c.nodes {
		var list struct{ Stories []struct{ Title string } }
		if err := json.Unmarshal([]byte(n.must(t, "GET /api/sessions/"+master.session+"/stories", "", master.token).raw), &list); err != nil {
			t.Fatal(err)
		}
		times := map[string]int{}
		for _, story := range list.Stories {
			times[story.Title]++
		}
		for name := range s.names {
			if times[name] != 1 {
				t.Errorf("node %d has %s %d times", i, name, times[name])
			}
			delete(times, name)
		}
		if len(times) > 0 {
			t.Errorf("node %d has what nobody was told of: %v", i, times)
		}
	}
	t.Logf("%d changes, the longest took %v", s.changes, s.longest.Round(time.Millisecond))
}

// team is a session with somebody at each node.
func (c *cluster) team(t *testing.T) (master person, people []person, streams []*listener) {
	t.Helper()
	master = c.nodes[0].create(t)
	c.nodes[0].must(t, master.as("settings"), `{"everyone_may":["stories"]}`, master.token)
	people = []person{master, c.nodes[1].join(t, master.session, "Bo"), c.nodes[2].join(t, master.session, "Cy")}
	for i, p := range people {
		streams = append(streams, c.listen(t, p, i))
	}
	return master, people, streams
}

func TestNodesThatAreKilledCostNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	master, people, streams := c.team(t)
	s := c.keepStoring(t, people)
	s.awaitMore(t, 5)
	for i := range *kills {
		n := c.nodes[i%size]
		n.kill()
		s.awaitMore(t, 3)
		n.start(t)
		n.awaitReady(t)
		s.awaitMore(t, 3)
	}
	s.stop(t, c, master)
	c.finish(t, master, streams...)
	sameStreams(t, streams)
}

func TestRollingRestartFailsNoCommandAndLosesNoEvent(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	master, people, streams := c.team(t)
	s := c.keepStoring(t, people)
	s.awaitMore(t, 5)
	for range max(1, *kills/6) {
		for _, n := range c.nodes {
			n.stop(t)
			s.awaitMore(t, 2)
			n.start(t)
			n.awaitReady(t)
			s.awaitMore(t, 2)
		}
	}
	s.stop(t, c, master)
	c.finish(t, master, streams...)
	sameStreams(t, streams)
}

func TestNodeThatIsCutOffRefusesAndHeals(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	master, people, _ := c.team(t)
	cut := 2
	c.links(cut, (*relay.Relay).Cut)
	began := time.Now()
	eventually(t, "the node that is cut off refuses", func() bool {
		a, err := c.nodes[cut].call(people[cut].as("extend"), "", people[cut].token, "")
		return err == nil && a.status == http.StatusServiceUnavailable
	})
	t.Logf("refused after %v", time.Since(began).Round(time.Millisecond))
	if c.nodes[cut].ready() {
		t.Error("a node that is cut off says that it is ready")
	}
	if a, err := c.nodes[cut].call("GET /api/sessions/"+master.session, "", master.token, ""); err != nil || a.status != http.StatusServiceUnavailable {
		t.Errorf("a node that is cut off answers %d %s %v", a.status, a.raw, err)
	}
	before := time.Now()
	if a, took, err := c.persist(0, master.as("start"), `{"topic":"Meanwhile"}`, master.token); err != nil || a.status != http.StatusOK {
		t.Errorf("the others: %d %s %v after %v", a.status, a.raw, err, took)
	}
	t.Logf("the others went on after %v", time.Since(before).Round(time.Millisecond))
	c.links(cut, (*relay.Relay).Heal)
	healed := time.Now()
	c.nodes[cut].awaitReady(t)
	t.Logf("ready %v after the links were there again", time.Since(healed).Round(time.Millisecond))
	if a := c.nodes[cut].must(t, "GET /api/sessions/"+master.session+"/round", "", master.token); !strings.Contains(a.raw, "Meanwhile") {
		t.Errorf("it has not seen what happened meanwhile: %s", a.raw)
	}
}

func TestLimitsHoldOverAllNodes(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	var made, refused atomic.Int64
	var calls sync.WaitGroup
	sessions := make(chan person, 100)
	for i := range 100 {
		calls.Go(func() {
			a, _, err := c.persist(i, "POST /api/sessions/", creation, "")
			switch {
			case err == nil && a.status == http.StatusOK:
				made.Add(1)
				sessions <- person{session: a.text("session_id"), id: a.text("user_id"), token: a.text("token")}
			case err == nil && a.status == http.StatusConflict:
				refused.Add(1)
			default:
				t.Errorf("create: %d %s %v", a.status, a.raw, err)
			}
		})
	}
	calls.Wait()
	if made.Load() != 3 || refused.Load() != 97 {
		t.Fatalf("%d sessions made, %d refused", made.Load(), refused.Load())
	}
	session := (<-sessions).session
	var joined, full atomic.Int64
	for i := range 100 {
		calls.Go(func() {
			a, _, err := c.persist(i, "POST /api/sessions/"+session+"/join", fmt.Sprintf(`{"user_name":"P%d","user_avatar":""}`, i), "")
			switch {
			case err == nil && a.status == http.StatusOK:
				joined.Add(1)
			case err == nil && a.status == http.StatusConflict:
				full.Add(1)
			default:
				t.Errorf("join: %d %s %v", a.status, a.raw, err)
			}
		})
	}
	calls.Wait()
	if joined.Load() != 15 || full.Load() != 85 {
		t.Errorf("%d joined, %d refused", joined.Load(), full.Load())
	}
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
	if a, err := c.nodes[2].call("GET /api/sessions/"+master.session, "", master.token, ""); err != nil || a.status != http.StatusNotFound {
		t.Errorf("the session that has ended: %d %s %v", a.status, a.raw, err)
	}
	for _, p := range []person{stays, again} {
		c.nodes[2].must(t, "GET /api/sessions/"+p.session, "", p.token)
	}
}
