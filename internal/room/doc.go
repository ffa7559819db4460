// Package room keeps the sessions of one node alive: it is the only place where the game meets concurrency, time and the log.
//
// Every change takes one path: lock → decide → append → fold → send. A room's lock is held for the whole of it, so that the events of one session reach all its readers in
// the order of the log; rooms do not wait for each other. The state is an immutable value behind an atomic pointer: reading it takes no lock.
//
// Nothing here outlives the log. What a room keeps beside the folded state is who holds a stream to this node, since when somebody does not, and the frames of the latest events
// for readers that come back.
//
// No node assumes that it is alone: an append that loses to another node's folds what it missed and decides again, and with Options.Sharing every node follows the log.
//
// Among several, what a node holds may be old, and so may everything it reads. So nothing is decided by reading: an append names what it was decided on, whoever is refused waits until the log has brought what was in between, and who answers without
// an append asks for a mark first, which is one. Who follows the log waits for no room: entries go into the room's inbox, and whoever has its lock folds them.
package room
