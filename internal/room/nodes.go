package room

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
)

// nodes are those that share the log, this one among them.
type nodes struct {
	alive atomic.Pointer[[]string] // their names; nil for a node that is alone. Written under mu and read without it

	mu     sync.Mutex
	few    atomic.Bool          // lapsed is not empty
	lapsed map[string]time.Time // until when those are waited for who had streams to a node that is not alive, or is again
}

// node is this node's name; empty for one that is alone.
func (rs *Rooms) node() string {
	if rs.Sharing == nil {
		return ""
	}
	return rs.Sharing.Node()
}

func (rs *Rooms) alive() []string {
	if alive := rs.nodes.alive.Load(); alive != nil {
		return *alive
	}
	return nil
}

func (rs *Rooms) isAlive(node string) bool { return slices.Contains(rs.alive(), node) }

// nodesChanged notes who is alive. Those who had streams to a node that is not any more, or that is again, are given settleTime to be seen. It may be called by several at once: what is looked up later is
// noted later.
func (rs *Rooms) nodesChanged() {
	if rs.Sharing == nil {
		return
	}
	rs.nodes.mu.Lock()
	defer rs.nodes.mu.Unlock()
	now, before, after := rs.Clock.Now(), rs.alive(), rs.Sharing.Nodes()
	for node, until := range rs.nodes.lapsed {
		switch back := slices.Contains(after, node); {
		case back && !slices.Contains(before, node):
			rs.nodes.lapsed[node] = now.Add(settleTime)
		case back && !now.Before(until):
			delete(rs.nodes.lapsed, node)
		}
	}
	for _, node := range before {
		if !slices.Contains(after, node) {
			rs.waitFor(node, now.Add(settleTime))
		}
	}
	rs.nodes.few.Store(len(rs.nodes.lapsed) > 0)
	rs.nodes.alive.Store(&after)
}

// lapse says that those who had streams to a node are waited for.
type lapse struct {
	node  string
	until time.Time
	dead  bool // the node is not alive now
}

// waits reports whether they may still come back, or are still to be said to be away.
func (l lapse) waits(now time.Time) bool { return l.dead || now.Before(l.until) }

// lapseOf returns it for a node, both as they are at one moment; false if nobody is waited for. Of a node that is not alive, and was not when this one started, that begins now.
func (rs *Rooms) lapseOf(node string, now time.Time) (lapse, bool) {
	if !rs.nodes.few.Load() && rs.isAlive(node) { // as nearly always
		return lapse{}, false
	}
	rs.nodes.mu.Lock()
	defer rs.nodes.mu.Unlock()
	dead := !rs.isAlive(node)
	until, ok := rs.nodes.lapsed[node]
	if !ok && dead {
		until, ok = now.Add(settleTime), true
		rs.waitFor(node, until)
	}
	if ok && !dead && !now.Before(until) { // it is back for good
		delete(rs.nodes.lapsed, node)
		rs.nodes.few.Store(len(rs.nodes.lapsed) > 0)
		ok = false
	}
	return lapse{node: node, until: until, dead: dead}, ok
}

// waitFor notes until when those are waited for who had streams to a node. The lock of nodes is held.
func (rs *Rooms) waitFor(node string, until time.Time) {
	if rs.nodes.lapsed == nil {
		rs.nodes.lapsed = make(map[string]time.Time)
	}
	rs.nodes.lapsed[node] = until
	rs.nodes.few.Store(true)
}

// seenOn begins to wait anew for those who have streams to a node that seems not to be alive, and is.
func (rs *Rooms) seenOn(node string) {
	if node == "" || rs.isAlive(node) {
		return
	}
	rs.nodes.mu.Lock()
	defer rs.nodes.mu.Unlock()
	if !rs.isAlive(node) { // still
		rs.waitFor(node, rs.Clock.Now().Add(settleTime))
	}
}

// here reports whether the log says that a participant has streams to this node. To one that is alone, everybody has who has any.
func (r *Room) here(p poker.Participant) bool {
	if r.among == nil {
		return p.Presence == poker.Present
	}
	return p.On(r.rs.node())
}

// elsewhere calls fn for all who have streams to another node that is not alive, or was not a while ago.
func (r *Room) elsewhere(now time.Time, fn func(p poker.Participant, l lapse)) {
	people, alive := r.state.Load().Participants, r.rs.nodes.alive.Load()
	if r.among.calm.holds(people, alive) && !r.rs.nodes.few.Load() {
		return
	}
	calm, own := true, r.rs.node()
	for _, p := range people {
		on := p.Nodes
		if p.On("") {
			on = []string{""}
		}
		for _, node := range on {
			if node == own {
				continue
			}
			if l, waited := r.rs.lapseOf(node, now); waited {
				calm = false
				fn(p, l)
			}
		}
	}
	if r.among.calm = (calmness{}); calm {
		r.among.calm = calmness{people, alive}
	}
}

// calmness is a moment at which people had streams to nothing but nodes that were alive, and had been for a while. It is looked for with each entry of the log, and hardly ever over.
type calmness struct {
	people []poker.Participant
	alive  *[]string
}

// holds reports whether the same people are on the same nodes, and these are alive. What a state has never changes.
func (c calmness) holds(people []poker.Participant, alive *[]string) bool {
	return len(people) > 0 && len(people) == len(c.people) && &people[0] == &c.people[0] && alive == c.alive
}

// waitsForNodes reports whether somebody may still come back from a node that is not alive, or was not a while ago.
func (r *Room) waitsForNodes(now time.Time) (waits bool) {
	r.elsewhere(now, func(_ poker.Participant, l lapse) { waits = waits || l.waits(now) })
	r.among.waited = r.among.waited || waits
	return waits
}

// nextOfNodes is the earliest moment at which something happens by itself for a node among several, whose turn comes with each deadline of the session.
func (r *Room) nextOfNodes(deadline, now time.Time) time.Time {
	turn := r.turn()
	next := deadline
	if !next.IsZero() {
		next = next.Add(turn)
	}
	r.elsewhere(now, func(_ poker.Participant, l lapse) {
		switch {
		case l.dead:
			next = earlierOf(next, l.until.Add(turn))
		case l.waits(now):
			next = earlierOf(next, l.until)
		}
	})
	if r.among.waited && !r.waitsForNodes(now) || len(r.among.missed) > 0 {
		next = earlierOf(next, now.Add(turn))
	}
	return next
}

func earlierOf(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return earlier(a, b)
}

// passNodes stores what has become of streams to other nodes, and of those to this one that another took for dead. It reports whether nobody is waited for any more.
func (r *Room) passNodes(ctx context.Context, now time.Time, turn time.Duration) (settled bool) {
	missed := r.among.missed
	r.among.missed = nil
	for _, userID := range missed {
		p, ok := r.state.Load().Participant(userID)
		if !ok || r.here(p) || r.presence.counting(userID) == 0 {
			continue
		}
		if _, err := r.commit(ctx, poker.Arrive{By: poker.By{UserID: userID}}, poker.Key{}); err != nil && isUnavailable(err) {
			r.among.missed = append(r.among.missed, userID)
		}
	}
	var gone []poker.Depart
	r.elsewhere(now, func(p poker.Participant, l lapse) {
		if l.dead && !now.Before(l.until.Add(turn)) {
			gone = append(gone, poker.Depart{By: poker.By{UserID: p.ID}, Node: l.node})
		}
	})
	for _, of := range gone { // not stored: tried again, see arm
		r.depart(ctx, of.UserID, of.Node, now)
	}
	if waited := r.among.waited; waited && !r.waitsForNodes(now) {
		r.among.waited = false
		return true
	}
	return false
}

// depart stores that somebody has no streams to a node any more. False: it is to be tried again.
func (r *Room) depart(ctx context.Context, userID, node string, now time.Time) bool {
	if r.among != nil && now.Before(r.backBy()) {
		return false
	}
	_, err := r.commit(ctx, poker.Depart{By: poker.By{UserID: userID}, Node: node}, poker.Key{})
	again := err != nil && isUnavailable(err)
	if again {
		r.notTaken(now)
	}
	return !again
}

// notTaken notes that the log took nothing.
func (r *Room) notTaken(now time.Time) {
	if r.among != nil {
		r.among.lost = now
	}
}

// backBy is until when people are given to come back after the log took nothing: by way of no node could their streams begin meanwhile, so that time is none that they were away.
func (r *Room) backBy() time.Time {
	last := r.rs.Sharing.Elected()
	if r.among.lost.After(last) {
		last = r.among.lost
	}
	return last.Add(reloadGrace)
}

// noteNode notes what an event says of streams to nodes.
func (r *Room) noteNode(e poker.Event) {
	switch p := e.Payload.(type) {
	case poker.ParticipantReturned:
		r.rs.seenOn(p.Node)
	case poker.ParticipantPresent:
		r.rs.seenOn(p.Node)
	case poker.StreamsClosed:
		r.missing(p.UserID)
	case poker.ParticipantDisconnected:
		r.missing(p.UserID)
	}
}

// missing has it stored that somebody is here of whom another node has said that they are not, because it took this one for dead.
func (r *Room) missing(userID string) {
	if r.presence.counting(userID) == 0 {
		return
	}
	if p, ok := r.state.Load().Participant(userID); ok && !r.here(p) {
		r.among.missed = append(r.among.missed, userID)
		r.wakeSoon()
	}
}
