package conns

import (
	"container/list"
	"errors"
	"net"
)

// conn is a connection that is counted until it is closed.
type conn struct {
	net.Conn
	bound *Bound
	from  *group

	// Under the Bound's lock:
	idle           bool
	gone           bool // is not counted, or by Detach
	inAll, inGroup *list.Element
}

// enter counts the connection, as one without a request.
func (c *conn) enter() {
	c.idle = true
	for _, g := range []*group{&c.bound.all, c.from} {
		g.open++
		g.idle++
	}
	c.inAll, c.inGroup = c.bound.all.order.PushBack(c), c.from.order.PushBack(c)
}

// leave counts the connection no longer.
func (c *conn) leave() {
	if c.gone {
		return
	}
	c.forget()
	c.bound.release(c.from)
}

// forget takes the connection out of those that may be idle.
func (c *conn) forget() {
	c.setIdle(false)
	c.gone = true
	c.bound.all.order.Remove(c.inAll)
	c.from.order.Remove(c.inGroup)
}

// release counts one less.
func (b *Bound) release(from *group) {
	b.all.open--
	if from.open--; from.open == 0 {
		delete(b.networks, from.network)
	}
}

// setIdle says whether a request is under way. Who becomes idle goes last.
func (c *conn) setIdle(idle bool) {
	if c.gone || c.idle == idle {
		return
	}
	c.idle = idle
	change := -1
	if idle {
		change = 1
		c.bound.all.order.MoveToBack(c.inAll)
		c.from.order.MoveToBack(c.inGroup)
	}
	c.bound.all.idle += change
	c.from.idle += change
}

// Close closes the connection and makes room for another.
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.bound.mu.Lock()
	defer c.bound.mu.Unlock()
	c.leave()
	return err
}

// CloseWrite lets the other end know that nothing more will come; net/http does so before it closes on a client that is still sending, or the last bytes would be lost.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// NetConn returns the connection that was accepted.
func (c *conn) NetConn() net.Conn { return c.Conn }

// Detach is for who takes over the accepted connection's descriptor: it stays counted, and not as idle, until ended is called, whatever becomes of the connection.
func (c *conn) Detach() (ended func()) {
	b, from := c.bound, c.from
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.gone {
		return func() {}
	}
	c.forget()
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.release(from)
	}
}
