package cluster_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// stored is what people have stored, each under a name of its own.
type stored struct {
	mu      sync.Mutex
	names   map[string]bool // of what is to be there
	changes []int           // by person
	longest time.Duration   // that a change took since the last look
	done    atomic.Bool
	running sync.WaitGroup
	avoided atomic.Int32 // a node through which nothing is stored, but for the last person
}

const (
	// listed is how many stories of each person are on the list at a time.
	listed = 40
	// rest is between two changes of one person's, so that they do not take the whole machine.
	rest = 20 * time.Millisecond
)

// keepStoring has each person add stories through one node after another, and remove the older ones, until stop.
func (c *cluster) keepStoring(t *testing.T, people []person) *stored {
	t.Helper()
	s := &stored{names: map[string]bool{}, changes: make([]int, len(people))}
	s.avoided.Store(-1)
	for i, p := range people {
		among := func(int) bool { return true }
		if i < len(people)-1 {
			among = func(node int) bool { return int32(node) != s.avoided.Load() }
		}
		change := func(n int, methodPath, body string) (answer, time.Duration, error) {
			return c.persistAmong(i+n, among, methodPath, body, p.token)
		}
		s.running.Go(func() {
			var ids, names []string
			for n := 0; !s.done.Load(); n++ {
				name := fmt.Sprintf("%d-%d", i, n)
				a, took, err := change(n, p.as("stories"), `{"stories":[{"title":"`+name+`"}]}`)
				var added struct{ Stories []struct{ ID string } }
				if err != nil || a.status != http.StatusOK || json.Unmarshal([]byte(a.raw), &added) != nil || len(added.Stories) != 1 {
					t.Errorf("add %s: %d %s %v", name, a.status, a.raw, err)
					return
				}
				s.note(i, name, true, took)
				if ids, names = append(ids, added.Stories[0].ID), append(names, name); len(ids) < listed {
					<-time.After(rest)
					continue
				}
				a, took, err = change(n, strings.Replace(p.as("stories/"+ids[0]), "POST", "DELETE", 1), "")
				if err != nil || a.status != http.StatusOK {
					t.Errorf("remove %s: %d %s %v", names[0], a.status, a.raw, err)
					return
				}
				s.note(i, names[0], false, took)
				ids, names = ids[1:], names[1:]
				<-time.After(rest)
			}
		})
	}
	return s
}

// avoid has nothing stored through a node from now on, -1: through all, but for what the last person stores, whose changes do not count for pause meanwhile.
func (s *stored) avoid(node int) { s.avoided.Store(int32(node)) }

func (s *stored) note(who int, name string, there bool, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes[who]++; there {
		s.names[name] = true
	} else {
		delete(s.names, name)
	}
	if s.avoided.Load() < 0 || who < len(s.changes)-1 {
		s.longest = max(s.longest, took)
	}
}

// pause is the longest time that a change has taken, with all tries, since the last call.
func (s *stored) pause() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.longest
	s.longest = 0
	return was
}

func (s *stored) counts() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.changes)
}

// awaitMore waits until each person has stored more: writing works, and whatever was under way before has ended. Whoever does not avoid a node that others avoid is not waited for.
func (s *stored) awaitMore(t *testing.T, n int) {
	t.Helper()
	before := s.counts()
	for more := 1; more <= n; more++ { // each may take as long as anything may: how long so many take depends on the machine
		eventually(t, "more is stored", func() bool {
			for i, now := range s.counts() {
				if now < before[i]+more && (s.avoided.Load() < 0 || i < len(before)-1) {
					return false
				}
			}
			return true
		})
	}
}

// after waits until writing works after what has just been done, and says how long the longest change has taken.
func (s *stored) after(t *testing.T) time.Duration {
	t.Helper()
	s.awaitMore(t, 3)
	return s.pause()
}

// calm is the longest time that a change takes while nothing happens to the nodes: on a machine with much else to do, that is not nothing.
func (s *stored) calm(t *testing.T) time.Duration {
	t.Helper()
	s.awaitMore(t, 1)
	s.pause()
	s.awaitMore(t, 20)
	return s.pause()
}

// stop ends the storing and checks that what was acknowledged is there, once.
func (s *stored) stop(t *testing.T, c *cluster, master person) {
	t.Helper()
	s.done.Store(true)
	s.running.Wait()
	for i, n := range c.nodes {
		var list struct{ Stories []struct{ Title string } }
		n.get(t, "/api/sessions/"+master.session+"/stories", master.token, &list)
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
			t.Errorf("node %d has what nobody has added: %v", i, times)
		}
	}
	t.Logf("%v changes of each", s.changes)
}

// team is a session of so many people, who listen by way of all nodes.
func (c *cluster) team(t *testing.T, people int, listen func(t *testing.T, who person, node int) *listener) (all []person, streams []*listener) {
	t.Helper()
	master := c.nodes[0].create(t)
	c.nodes[0].must(t, master.as("settings"), `{"everyone_may":["stories"]}`, master.token)
	all = []person{master}
	for i := 1; i < people; i++ {
		all = append(all, c.nodes[i%size].join(t, master.session, fmt.Sprint("Person ", i)))
	}
	for i, p := range all {
		streams = append(streams, listen(t, p, i%size))
	}
	return all, streams
}

// times are how long something took, by what it was.
type times map[string][]time.Duration

func (all times) add(what string, took time.Duration) { all[what] = append(all[what], took) }

func median(of []time.Duration) time.Duration {
	of = slices.Sorted(slices.Values(of))
	return of[(len(of)-1)/2]
}

// log names all of them. The figures are those that the issue of several nodes asks for.
func (all times) log(t *testing.T) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(all)) {
		of := all[what]
		t.Logf("%s: %d times, p50 %v, longest %v", what, len(of), median(of).Round(time.Millisecond), slices.Max(of).Round(time.Millisecond))
	}
}

// calm is what times say of while nothing happens.
const calm = "nothing happens"

// loaded is what anything may take in a short run, on a machine that has other things to do. An election takes up to nine seconds, and a second one if two nodes stood for the first.
const loaded = patience * 2 / 3

// want checks in a long run how long something has taken, half of the times and at most; 0: as long as it likes.
func (all times) want(t *testing.T, what string, half, most time.Duration) {
	t.Helper()
	of := all[what]
	if len(of) == 0 {
		t.Errorf("%s: never", what)
		return
	}
	if !long() {
		half, most = 0, loaded
	}
	if p50 := median(of); half > 0 && p50 > half {
		t.Errorf("%s: half of the times it took more than %v, not %v", what, p50, half)
	}
	if longest := slices.Max(of); most > 0 && longest > most {
		t.Errorf("%s: it took up to %v, not %v", what, longest, most)
	}
}
