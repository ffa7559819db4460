package shortcut

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// conn is a connection as net/http sees it. Only the goroutine that reads for net/http uses its fields; net/http never has two at once.
type conn struct {
	net.Conn
	shortcut *Shortcut

	between  bool   // net/http holds no part of a request
	known    bool   // it has answered one
	given    []byte // what it has been given since it last held none
	whole    bool   // that is known to be one request
	lost     bool   // that has become too much to tell
	deadline time.Time
	common   *http.Request
}

// maxGiven is the longest request, in bytes, after which a connection still has the shortcut.
const maxGiven = 16 << 10

// NetConn returns the connection beneath.
func (c *conn) NetConn() net.Conn { return c.Conn }

// CloseWrite tells the client that nothing more will come, as net/http does before it closes a connection that still has something to read.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// changed hears what net/http makes of the connection. With HTTP/2 that is not the goroutine that reads, but then the shortcut is lost before there are two.
func (c *conn) changed(state http.ConnState) {
	if c.lost {
		return
	}
	switch state {
	case http.StateIdle: // it has answered a request
		c.known = true
		c.answered()
	case http.StateHijacked:
		c.lose()
	}
}

// aheadOfItself is how many bytes net/http reads while it answers, to hear whether the client goes away. A quick client's next request may begin with them.
const aheadOfItself = 1

// answered takes the request that net/http has answered off what it has been given.
func (c *conn) answered() {
	n, ok := 0, c.whole
	if !ok {
		n, ok = left(c.given)
	}
	switch {
	case !ok || n > aheadOfItself:
		c.lose()
	case n > 0:
		c.given = append([]byte(nil), c.given[len(c.given)-n:]...)
	default:
		c.between, c.given = true, nil
		c.deadline = time.Time{} // net/http has set its own
	}
}

// lose ends the shortcut for good.
func (c *conn) lose() { c.lost, c.given = true, nil }

// give notes what net/http gets.
func (c *conn) give(b []byte) {
	if c.lost {
		return
	}
	c.between, c.whole = false, false
	if len(c.given)+len(b) > maxGiven {
		c.lose()
		return
	}
	c.given = append(c.given, b...)
}

// Read returns what net/http is to see, after answering here what it need not.
func (c *conn) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		if n == 0 || err != nil {
			return n, err
		}
		if !c.between {
			c.give(b[:n])
			return n, nil
		}
		switch verdict, err := c.take(b[:n]); {
		case err != nil:
			return 0, err
		case verdict != done:
			c.give(b[:n])
			c.whole = verdict == elsewhere
			return n, nil
		}
	}
}

// verdict is what became of bytes that begin a request.
type verdict int

const (
	unclear   verdict = iota // they are net/http's
	elsewhere                // they are a whole request for net/http
	done                     // they were a request, and it has been answered
)

// take answers the bytes, if they are a request to be answered here. The error ends the connection.
func (c *conn) take(b []byte) (verdict, error) {
	if !c.known {
		return unclear, nil
	}
	r := new(http.Request)
	*r = *c.request() // the only way to a request with a context that copies no more than once
	if !plain(b, r) {
		return unclear, nil
	}
	if !c.shortcut.takes(r) || !c.shortcut.open.TryRLock() {
		return elsewhere, nil
	}
	defer c.shortcut.open.RUnlock()
	c.renew(time.Now())
	a := answers.Get().(*answer)
	sent := r.Body
	c.shortcut.handler.ServeHTTP(a, r) // should it panic, net/http ends the connection
	_ = sent.Close()                   // does not fail
	again := a.finish()
	_, err := c.Write(a.out.Bytes())
	a.free()
	if err == nil && !again {
		err = io.EOF
	}
	return done, err
}

// request is what all requests of the connection have in common.
func (c *conn) request() *http.Request {
	if c.common == nil {
		r := &http.Request{RemoteAddr: c.RemoteAddr().String()}
		c.common = r.WithContext(context.WithValue(c.shortcut.context, http.LocalAddrContextKey, c.LocalAddr()))
	}
	return c.common
}

// renew puts the deadlines off, now and then.
func (c *conn) renew(now time.Time) {
	if now.Sub(c.deadline) < c.shortcut.renew {
		return
	}
	c.deadline = now
	// Errors are those of a closed connection, which the next read or write meets too.
	_ = c.SetReadDeadline(after(now, c.shortcut.idle))
	_ = c.SetWriteDeadline(after(now, c.shortcut.write))
}

// after is the end of a timeout; never, if it is not set.
func after(now time.Time, timeout time.Duration) time.Time {
	if timeout <= 0 {
		return time.Time{}
	}
	return now.Add(timeout)
}
