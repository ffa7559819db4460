package eventlog

import "github.com/nats-io/nats-server/v2/server"

// nearlyFull is from which share of what it may take the log is nearly full.
const nearlyFull = 0.8

// NearlyFull reports whether the log takes four fifths or more of what it may. A
// full one refuses commands with ErrFull until sessions have been forgotten. It is
// false where another NATS keeps the log, whose limits are its own.
//
// How much the log takes is not to be had: before and after a vote, it would tell
// how long the hidden card's name is.
func (l *Log) NearlyFull() bool {
	used, most := l.conn.taken()
	return most > 0 && float64(used) >= nearlyFull*float64(most)
}

// takenBy is how many bytes a server has stored, and how many it may; 0 and 0 if it
// does not say.
func takenBy(srv *server.Server, inMemory bool) (bytes, most uint64) {
	is, err := srv.Jsz(nil)
	if err != nil || is.Disabled {
		return 0, 0
	}
	if inMemory {
		return is.Memory, uint64(max(is.Config.MaxMemory, 0))
	}
	return is.Store, uint64(max(is.Config.MaxStore, 0))
}
