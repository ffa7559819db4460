package eventlog

import "github.com/nats-io/nats-server/v2/server"

// keptShare is the share of a node's store that entries of sessions leave free.
//
// A NATS server whose store is over its limit refuses every message, also one that
// takes the place of others, and gives up the lead at each: a full cluster has no
// leader, so that it can neither be read nor freed. What reads and frees it, the
// marks, must still find room, see mark and bury. Between two looks much less than
// this share is stored.
const keptShare = 32

// lookRoom finds out whether entries of sessions may be stored.
func (c *clustered) lookRoom(srv *server.Server) {
	is, err := srv.Jsz(nil)
	if err != nil || is.Disabled {
		return
	}
	full := is.Store > uint64(c.maxStore-c.maxStore/keptShare)
	if c.full.Swap(full) != full && full {
		c.logger.Warn("the log is full: sessions can go on when others have been forgotten", "bytes", is.Store)
	}
}

// hasRoom returns an ErrUnavailable if a session's entry would leave no room for
// marks.
func (l *Log) hasRoom() error {
	if c, ok := l.conn.backend.(*clustered); ok && c.full.Load() {
		return errFull
	}
	return nil
}
