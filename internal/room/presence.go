package room

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/magnapp/magnapp/internal/stream"
)

// presence is who holds streams to this node, and who should but does not.
type presence struct {
	streams map[string]int       // open streams by user id
	places  map[string][]*place  // of those streams the ones that have to be answered for, by user id
	listen  time.Time            // no place falls silent before; zero: there is none to listen for
	absent  map[string]time.Time // users who had a stream that counts and have none now: when that becomes a disconnection
	left    []leaving            // of streams without a name whose goodbyes may still come, the oldest first
}

// leaving is that a stream without a name has closed before its goodbye came, which may come late.
type leaving struct {
	userID string
	until  time.Time // from then on its goodbye is not waited for any more
}

// place is a stream whose client answers its pings. It counts as long as the answers come: a proxy acknowledges what it passes on, whether or not there is still somebody behind it.
type place struct {
	name   string // as the client calls it; may be empty
	heard  time.Time
	silent bool // nothing has been heard for silenceTime
	gone   bool // the client has said goodbye
	stream *stream.Subscriber
}

// mostLeft is how many goodbyes of a session are waited for.
const mostLeft = 64

func (p *place) counts() bool { return !p.silent && !p.gone }

// silentAt is when the stream does not count any more, unless something is heard before.
func (p *place) silentAt() time.Time { return p.heard.Add(silenceTime) }

// silenceTime is how long nothing may be heard from the client of a stream with pings before the stream no longer counts.
const silenceTime = 50 * time.Second

// counting is how many of a user's open streams show that they are there.
func (p *presence) counting(userID string) int {
	n := p.streams[userID]
	for _, place := range p.places[userID] {
		if !place.counts() {
			n--
		}
	}
	return n
}

// spare is the stream of a user's that one of that name can best be opened in place of: the oldest that does not count, or else the oldest of the same name, which is what the client has left behind.
// Nil if there is none.
func (p *presence) spare(userID, name string) (spare *place) {
	for _, place := range p.places[userID] {
		if !place.counts() {
			return place
		}
		if spare == nil && name != "" && place.name == name {
			spare = place
		}
	}
	return spare
}

func (p *presence) opened(userID string) {
	if p.streams == nil {
		p.streams = make(map[string]int)
	}
	p.streams[userID]++
	delete(p.absent, userID)
}

// openedWithPings is opened for a stream whose client answers its pings.
func (p *presence) openedWithPings(userID, name string, now time.Time) *place {
	p.opened(userID)
	if p.places == nil {
		p.places = make(map[string][]*place)
	}
	opened := &place{name: strings.Clone(name), heard: now} // the name is a part of a request
	p.places[userID] = append(p.places[userID], opened)
	if p.listen.IsZero() {
		p.listen = now.Add(silenceTime)
	}
	return opened
}

// closed notes that a stream is gone, and, if it was the user's last that counts, when they will count as gone, which is also until when its goodbye may come. The place is the stream's, or nil if it has
// none.
func (p *presence) closed(userID string, of *place, goneAt time.Time) {
	if p.streams[userID] == 0 {
		return
	}
	p.changing(userID, goneAt, func() {
		if p.streams[userID]--; p.streams[userID] == 0 {
			delete(p.streams, userID)
		}
		if of != nil {
			p.vacate(userID, of, goneAt)
		}
	})
}

func (p *presence) vacate(userID string, of *place, goneAt time.Time) {
	left := slices.DeleteFunc(p.places[userID], func(other *place) bool { return other == of })
	if p.places[userID] = left; len(left) == 0 {
		delete(p.places, userID)
	}
	if of.name != "" || of.gone {
		return
	}
	for _, other := range left { // of streams without a name it is not known which of them the goodbye was for: it was for the one that closes
		if other.name == "" && other.gone {
			other.gone = false
			return
		}
	}
	if len(p.left) == mostLeft {
		p.left = slices.Delete(p.left, 0, 1)
	}
	p.left = append(p.left, leaving{userID, goneAt})
}

// hasLeft reports whether a user's stream without a name has closed whose goodbye may still come.
func (p *presence) hasLeft(userID string, now time.Time) bool {
	p.left = slices.DeleteFunc(p.left, func(l leaving) bool { return !now.Before(l.until) })
	return slices.ContainsFunc(p.left, func(l leaving) bool { return l.userID == userID })
}

// changing makes a change after which a user may have no stream that counts any more, or one again.
func (p *presence) changing(userID string, goneAt time.Time, change func()) {
	before := p.counting(userID)
	change()
	switch after := p.counting(userID); {
	case before > 0 && after == 0:
		p.missing(userID, goneAt)
	case after > 0:
		delete(p.absent, userID)
	}
}

// heard notes that the client of a user's stream, or of all that have no name, is there.
func (p *presence) heard(userID, name string, now time.Time) {
	if p.heardAgain(p.places[userID], name, now) {
		return
	}
	p.changing(userID, now, func() {
		for _, place := range p.places[userID] {
			if place.name == name {
				place.heard, place.silent, place.gone = now, false, place.gone && name == ""
			}
		}
		if name == "" {
			p.comeBack(userID)
		}
	})
	if p.listen.IsZero() && len(p.places[userID]) > 0 {
		p.listen = now.Add(silenceTime)
	}
}

// heardAgain is heard for streams that count anyway, as nearly always: nothing else changes then, and what is not looked at need not come from memory. False: there are none, or others of that name.
func (p *presence) heardAgain(places []*place, name string, now time.Time) bool {
	known := false
	for _, place := range places {
		if place.name != name {
			continue
		}
		if !place.counts() {
			return false
		}
		place.heard, known = now, true
	}
	return known
}

// has reports whether a user has a stream of that name open, or one without.
func (p *presence) has(userID, name string) bool {
	return slices.ContainsFunc(p.places[userID], func(place *place) bool { return place.name == name })
}

// mayGo reports whether a user has, or had a moment ago, a stream without a name of which no goodbye has been said.
func (p *presence) mayGo(userID string, now time.Time) bool {
	return p.hasLeft(userID, now) || slices.ContainsFunc(p.places[userID], func(place *place) bool { return place.name == "" && !place.gone })
}

// comeBack takes a goodbye back if it was the last one that could be said: somebody is there all the same.
func (p *presence) comeBack(userID string) {
	var last *place
	for _, place := range p.places[userID] {
		if place.name != "" {
			continue
		}
		if !place.gone {
			return
		}
		last = place
	}
	if last != nil {
		last.gone = false
	}
}

// goodbye notes that the client of a user's stream goes, though the stream may stay open for longer: of all with that name, or of one without. If one of those has closed a moment ago, it was that one's: a
// page that is loaded again may have its new stream before its goodbye comes.
func (p *presence) goodbye(userID, name string, now, goneAt time.Time) {
	if name == "" && p.hasLeft(userID, now) {
		i := slices.IndexFunc(p.left, func(l leaving) bool { return l.userID == userID })
		p.left = slices.Delete(p.left, i, i+1)
		return
	}
	p.changing(userID, goneAt, func() {
		for _, place := range p.places[userID] {
			if place.name != name || place.gone {
				continue
			}
			place.gone = true
			if name == "" {
				return
			}
		}
	})
}

// silence looks whose clients have been silent for too long.
func (p *presence) silence(now, goneAt time.Time) {
	if p.listen.IsZero() || now.Before(p.listen) {
		return
	}
	p.listen = time.Time{}
	for userID, places := range p.places {
		if slices.ContainsFunc(places, func(place *place) bool { return !place.silent && !now.Before(place.silentAt()) }) {
			p.changing(userID, goneAt, func() {
				for _, place := range places {
					place.silent = place.silent || !now.Before(place.silentAt())
				}
			})
		}
		for _, place := range places {
			if at := place.silentAt(); !place.silent && (p.listen.IsZero() || at.Before(p.listen)) {
				p.listen = at
			}
		}
	}
}

func (p *presence) missing(userID string, goneAt time.Time) {
	if p.absent == nil {
		p.absent = make(map[string]time.Time)
	}
	p.absent[userID] = goneAt
}

// forget drops a user who is no longer in the session.
func (p *presence) forget(userID string) {
	delete(p.streams, userID)
	delete(p.places, userID)
	delete(p.absent, userID)
	p.left = slices.DeleteFunc(p.left, func(l leaving) bool { return l.userID == userID })
}

// interrupted says that all streams have been ended from here.
func (p *presence) interrupted(goneAt time.Time) {
	for userID := range p.streams {
		if p.counting(userID) > 0 {
			p.missing(userID, goneAt)
		}
	}
	p.streams, p.places, p.left, p.listen = nil, nil, nil, time.Time{}
}

// due returns who counts as gone by now, in the order in which they went.
func (p *presence) due(now time.Time) []string {
	var users []string
	for userID, at := range p.absent {
		if !now.Before(at) {
			users = append(users, userID)
		}
	}
	slices.SortFunc(users, func(a, b string) int { return cmp.Or(p.absent[a].Compare(p.absent[b]), cmp.Compare(a, b)) })
	return users
}
