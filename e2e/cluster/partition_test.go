package cluster_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/relay"
)

// silence has nothing come through to a node, or from it, or both, while all links stay open.
func (c *cluster) silence(which int, to, from bool) {
	for other := range size {
		if other == which {
			continue
		}
		in, out := c.relays[other][which], c.relays[which][other]
		if to {
			in.Silence(relay.There)
			out.Silence(relay.Back)
		}
		if from {
			in.Silence(relay.Back)
			out.Silence(relay.There)
		}
	}
}

// partition is a way in which a node is separated from the others.
type partition struct {
	name  string
	leads bool // the node leads until then
	begin func(c *cluster, which int)
}

var partitions = []partition{
	{name: "a follower is cut off", begin: func(c *cluster, which int) { c.links(which, (*relay.Relay).Cut) }},
	{name: "the leader is cut off", leads: true, begin: func(c *cluster, which int) { c.links(which, (*relay.Relay).Cut) }},
	{name: "a follower hears nothing", begin: func(c *cluster, which int) { c.silence(which, true, false) }},
	{name: "a follower is not heard", begin: func(c *cluster, which int) { c.silence(which, false, true) }},
}

// TestPartitionsLoseNothing separates a node from the others and brings it back, while people store through all three.
func TestPartitionsLoseNothing(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	people, streams := c.team(t, size, c.listenAt)
	streams = append(streams, c.listen(t, people[0], 0)) // which is nowhere for long enough to miss much
	s := c.keepStoring(t, people)
	took := times{}
	for range rounds() {
		for _, p := range partitions {
			c.separate(t, p, s, people, streams, took)
		}
		c.slow(t, s, took)
	}
	s.avoid(-1)
	s.stop(t, c, people[0])
	c.finish(t, people[0], streams...)
	sameStreams(t, streams)
	took.log(t)
	for _, p := range partitions {
		took.want(t, p.name+": 503", 0, 1500*time.Millisecond+slices.Max(took[calm]))
		took.want(t, p.name+": its streams end", 0, 4*time.Second)
		took.want(t, p.name+", and back: as far as the others", 0, 5*time.Second)
		took.want(t, p.name+", and back: ready", 0, 5*time.Second)
		pause := 300*time.Millisecond + median(took[calm])
		if !p.leads {
			took.want(t, p.name+": pause of the others", pause, 0)
		}
		took.want(t, p.name+", and back: pause of the others", pause, 0)
	}
}

func (c *cluster) separate(t *testing.T, p partition, s *stored, people []person, streams []*listener, took times) {
	t.Helper()
	which := c.leads(t)
	if !p.leads {
		which = (which + 1) % size
	}
	alone, stream, who := c.nodes[which], streams[which], people[which]
	s.avoid(which)
	s.awaitMore(t, 2) // what was under way through it has ended
	others := c.elsewhere(t, streams, which)
	took.add(calm, s.calm(t))
	began := time.Now()
	p.begin(c, which)
	eventually(t, "the node refuses", func() bool {
		a, err := alone.call(who.as("extend"), "", who.token, "")
		return err == nil && a.status == http.StatusServiceUnavailable
	})
	took.add(p.name+": 503", time.Since(began))
	eventually(t, "its stream ends", func() bool { _, open, _ := stream.stream(); return !open })
	took.add(p.name+": its streams end", time.Since(began))
	if alone.ready() {
		t.Errorf("%s: it says that it is ready", p.name)
	}
	if a, err := alone.call("GET /api/sessions/"+who.session, "", who.token, ""); err != nil || a.status != http.StatusServiceUnavailable {
		t.Errorf("%s: it answers %d %s %v", p.name, a.status, a.raw, err)
	}
	s.awaitMore(t, 50)
	if long() {
		s.awaitMore(t, 300) // for longer than an election takes, which it is not to have
	}
	took.add(p.name+": pause of the others", s.pause())

	other := streams[(which+1)%size]
	newest := other.last()
	healed := time.Now()
	c.links(which, (*relay.Relay).Heal)
	eventually(t, "its reader has what the others had", func() bool { return stream.reached(newest) })
	took.add(p.name+", and back: as far as the others", time.Since(healed))
	alone.awaitReady(t)
	took.add(p.name+", and back: ready", time.Since(healed))
	s.awaitMore(t, 50)
	took.add(p.name+", and back: pause of the others", s.pause())
	others.check(t, p.name)
	s.avoid(-1)
	s.awaitMore(t, 2)
}

// slow has everything between a node and the others take 200 ms longer, each way.
func (c *cluster) slow(t *testing.T, s *stored, took times) {
	t.Helper()
	which := (c.leads(t) + 1) % size
	s.pause()
	c.links(which, func(r *relay.Relay) { r.Delay(200 * time.Millisecond) })
	s.awaitMore(t, 10)
	took.add("a link is slow: a change", s.pause())
	if long() && !c.nodes[which].ready() {
		t.Error("a node behind a slow link is not ready")
	}
	c.nodes[which].awaitReady(t)
	c.links(which, (*relay.Relay).Heal)
	s.awaitMore(t, 3)
	s.pause()
}
