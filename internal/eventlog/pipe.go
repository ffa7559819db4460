package eventlog

import (
	"net"
	"time"
)

// writeTimeout is how long the server may take to read what the client sends:
// all others who want to send wait meanwhile, whatever time they have.
const writeTimeout = 2 * time.Second

// boundedConn is a connection that is closed when a write takes too long. One
// timer for all writes costs less than a deadline for each.
type boundedConn struct {
	net.Conn
	timer *time.Timer
}

func newBoundedConn(conn net.Conn) *boundedConn {
	c := &boundedConn{Conn: conn, timer: time.AfterFunc(writeTimeout, func() { _ = conn.Close() })}
	c.timer.Stop()
	return c
}

// Write is called by one goroutine at a time.
func (c *boundedConn) Write(b []byte) (int, error) {
	c.timer.Reset(writeTimeout)
	defer c.timer.Stop()
	return c.Conn.Write(b)
}
