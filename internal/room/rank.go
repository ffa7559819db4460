package room

import "time"

// rankTime is how much later than the one before it a node does what one of them has to do.
const rankTime = time.Second

// rank is this node's place among those that are alive in the order in which they do what has to be done for a session once, from 0 on: a rendezvous hash, so that each session has an order of its own, which a
// node that comes or goes hardly changes. Alone it is 0.
func (rs *Rooms) rank(id string) (place int) {
	if rs.Sharing == nil {
		return 0
	}
	own := rs.Sharing.Node()
	ours := weight(own, id)
	for _, node := range rs.alive() {
		if w := weight(node, id); node != own && (w > ours || w == ours && node < own) {
			place++
		}
	}
	return place
}

// weight is how much a node has to do with a session: FNV-1a of both, which is the same everywhere, and mixed so that names that differ in one letter do not come in the same order for all sessions.
func weight(node, id string) uint64 {
	h := uint64(14695981039346656037)
	for _, text := range [...]string{node, "\n", id} {
		for i := range len(text) {
			h = (h ^ uint64(text[i])) * 1099511628211
		}
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// turn is how much later than the first this node does what is due in the room. The room's lock is held.
func (r *Room) turn() time.Duration {
	if r.among == nil {
		return 0
	}
	if alive := r.rs.nodes.alive.Load(); alive == nil || r.among.rankedOf != alive { // it is asked for with each entry of the log
		r.among.rank, r.among.rankedOf = r.rs.rank(r.id), alive
	}
	return time.Duration(r.among.rank) * rankTime
}
