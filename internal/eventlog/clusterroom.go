package eventlog

import "github.com/nats-io/nats-server/v2/server"

// keptShare is which part of what entries of sessions may take is kept for marks
// and ends beside it.
//
// NATS servers whose stores are over their limit neither lead nor follow, so that a
// full cluster can be neither read nor freed, not even by a purge. Before that, what
// reads and frees it, the marks and the ends of sessions, must still find room, see
// mark, bury and End. Between two looks much less than this share is stored.
const keptShare = 32

// lookRoom finds out whether entries of sessions may be stored.
func (c *clustered) lookRoom(srv *server.Server) {
	bytes, most := takenBy(srv, false)
	if most == 0 {
		return
	}
	full := bytes > uint64(c.maxStore)
	if c.full.Swap(full) != full && full {
		c.logger.Warn("the log is full: sessions can go on when others have been forgotten", "bytes", bytes)
	}
}

// hasRoom returns an ErrFull if a session's entry would leave no room for
// marks.
func (l *Log) hasRoom() error {
	if c, ok := l.conn.backend.(*clustered); ok && c.full.Load() {
		return ErrFull
	}
	return nil
}
