package room

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"
)

// A proxy brings an answer to a ping to any node, so nodes pass answers and goodbyes on. Nothing of that is stored, and a message may be lost, as when a node loses its links.

const (
	// repeatTime is how often answers are passed on once more, each after one to two such times: together with the time to the next answer less than silenceTime, so that one which is lost takes nobody away.
	repeatTime = 5 * time.Second
	// repeatedAtOnce is how many answers one message may have, and mostRepeated how many are kept for it. What does not fit is not repeated.
	repeatedAtOnce = 256
	mostRepeated   = 1 << 16
	// mostUnheard is how many may wait for a room that is busy. What does not fit is lost.
	mostUnheard = 1024
)

// passed is what a node has passed on.
type passed struct {
	Here
	Ago time.Duration `json:",omitempty"` // how long ago it came there, if it is passed on once more
}

// message is what nodes say to each other: one that has just come, or many once more.
type message struct {
	passed
	Again []passed `json:",omitempty"`
}

// repeated are the answers that are to be passed on once more.
type repeated struct {
	mu          sync.Mutex
	now, later  []came // the next time, and the time after that
	isScheduled bool
}

type came struct {
	Here
	at time.Time
}

// passOn lets the other nodes know of what has come here. A goodbye is not repeated: if it is lost, the stream closes by itself.
func (rs *Rooms) passOn(h Here) {
	rs.broadcast(message{passed: passed{Here: h}})
	if h.Gone {
		return
	}
	rs.repeated.mu.Lock()
	defer rs.repeated.mu.Unlock()
	if len(rs.repeated.later) < mostRepeated {
		rs.repeated.later = append(rs.repeated.later, came{h.alone(), rs.Clock.Now()})
	}
	if !rs.repeated.isScheduled {
		rs.repeated.isScheduled = true
		rs.after(repeatTime, rs.passOnAgain)
	}
}

// alone is it without the request that brought it.
func (h Here) alone() Here {
	return Here{SessionID: strings.Clone(h.SessionID), UserID: strings.Clone(h.UserID), Place: strings.Clone(h.Place), Gone: h.Gone}
}

// passOnAgain repeats what came before the last time.
func (rs *Rooms) passOnAgain() {
	rs.repeated.mu.Lock()
	again := rs.repeated.now
	rs.repeated.now, rs.repeated.later = rs.repeated.later, nil
	if rs.repeated.isScheduled = len(rs.repeated.now) > 0; rs.repeated.isScheduled {
		rs.after(repeatTime, rs.passOnAgain)
	}
	rs.repeated.mu.Unlock()
	now := rs.Clock.Now()
	for some := range slices.Chunk(again, repeatedAtOnce) {
		var m message
		for _, c := range some {
			m.Again = append(m.Again, passed{Here: c.Here, Ago: max(1, now.Sub(c.at))})
		}
		rs.broadcast(m)
	}
}

func (rs *Rooms) broadcast(m message) {
	if data, err := json.Marshal(m); err == nil { // text, numbers and truth always can be
		rs.Sharing.Broadcast(data)
	}
}

// hears takes what another node has passed on. Whose stream it is has been proven there. It waits for no room: one that is busy must not make the others miss who is there.
func (rs *Rooms) hears(data []byte) {
	var m message
	if json.Unmarshal(data, &m) != nil || !rs.begin() { // of a version that says something else
		return
	}
	defer rs.running.Done()
	for _, p := range append(m.Again, m.passed) {
		rs.mu.RLock()
		r := rs.open[p.SessionID]
		rs.mu.RUnlock()
		if r != nil {
			r.takes(p)
		}
	}
}

// unheard is what others have passed on for a room that is busy.
type unheard struct {
	mu      sync.Mutex
	passed  []passed
	waiting bool // for the room's lock, in a goroutine of its own
}

// takes notes what another node has passed on: at once, or, if the room is busy, as soon as it is not.
func (r *Room) takes(p passed) {
	u := &r.among.unheard
	u.mu.Lock()
	if len(u.passed) < mostUnheard {
		u.passed = append(u.passed, p)
	}
	waiting := u.waiting
	u.mu.Unlock()
	switch {
	case waiting:
	case r.mu.TryLock():
		r.drain()
		r.hear()
		r.unlock()
	default:
		r.hearSoon()
	}
}

// hearSoon waits for the room's lock elsewhere.
func (r *Room) hearSoon() {
	u := &r.among.unheard
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.waiting {
		return
	}
	u.waiting = true
	r.rs.spawn(func() {
		r.lock()
		defer r.unlock()
		r.hear()
	})
}

// hear notes what others have passed on. The room's lock is held. Nothing is stored here, which may take long: see missing.
func (r *Room) hear() {
	u := &r.among.unheard
	u.mu.Lock()
	all := u.passed
	u.passed, u.waiting = nil, false
	u.mu.Unlock()
	now := r.now()
	for _, p := range all {
		if !r.presence.has(p.UserID, p.Place) {
			continue
		}
		switch {
		case p.Gone:
			r.presence.goodbye(p.UserID, p.Place, now, now.Add(reloadGrace))
		case p.Ago > 0:
			r.presence.heardAt(p.UserID, p.Place, now.Add(-p.Ago), now)
		default:
			r.presence.heard(p.UserID, p.Place, now)
		}
		if !p.Gone {
			r.missing(p.UserID)
		}
	}
	if len(all) > 0 {
		r.arm()
	}
}

// heardAt notes that the client of a user's stream was there at a moment that has passed. It takes no goodbye back, which may have come since.
func (p *presence) heardAt(userID, name string, at, now time.Time) {
	until := at.Add(silenceTime)
	if !now.Before(until) {
		return
	}
	p.changing(userID, now, func() {
		for _, place := range p.places[userID] {
			if place.name == name && place.heard.Before(at) {
				place.heard, place.silent = at, false
			}
		}
	})
	if p.listen.IsZero() || until.Before(p.listen) {
		p.listen = until
	}
}
