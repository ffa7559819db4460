package room

import (
	"cmp"
	"slices"
	"time"
)

// presence is who holds streams to this node, and who should but does not.
type presence struct {
	streams map[string]int       // open streams by user id
	absent  map[string]time.Time // users who had a stream and have none now: when that becomes a disconnection
}

func (p *presence) opened(userID string) {
	if p.streams == nil {
		p.streams = make(map[string]int)
	}
	p.streams[userID]++
	delete(p.absent, userID)
}

// closed notes that a stream is gone, and, if it was the user's last, when they will count as gone.
func (p *presence) closed(userID string, goneAt time.Time) {
	if p.streams[userID] == 0 {
		return
	}
	p.streams[userID]--
	if p.streams[userID] == 0 {
		delete(p.streams, userID)
		p.missing(userID, goneAt)
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
	delete(p.absent, userID)
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
