package eventlog

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// connection is a client's connection to a backend.
type connection struct {
	backend
	nc   *nats.Conn
	life atomic.Pointer[chan struct{}] // closed when the connection breaks
}

// connect starts the backend that cfg asks for and connects to it.
func connect(cfg Config) (*connection, error) {
	c := &connection{}
	life := make(chan struct{})
	c.life.Store(&life)
	server, err := startEmbedded(cfg, c.endLife)
	if err != nil {
		return nil, err
	}
	c.backend = server
	c.nc, err = server.connect(
		nats.Name("magnapp"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(20*time.Millisecond),
		nats.ReconnectJitter(10*time.Millisecond, 10*time.Millisecond),
		// What cannot be sent now must fail now, and not be sent later when
		// its caller has given up.
		nats.ReconnectBufSize(-1),
		nats.SkipSubjectValidation(), // ours are valid by construction
		nats.DisconnectErrHandler(func(*nats.Conn, error) { c.endLife() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			cfg.Logger.Warn("nats: client", "err", err)
		}),
	)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect to NATS: %w", err), server.stop(closeLimit))
	}
	return c, nil
}

// lost returns a channel that is closed when the connection as it is now, or
// the store behind it, breaks: answers to what was sent will not come.
func (c *connection) lost() <-chan struct{} { return *c.life.Load() }

// endLife wakes everyone who waits for an answer.
func (c *connection) endLife() {
	next := make(chan struct{})
	close(*c.life.Swap(&next))
}

// alive returns nil if the server can be reached and has its store.
func (c *connection) alive() error {
	if status := c.nc.Status(); status != nats.CONNECTED {
		return fmt.Errorf("connection is %s", status)
	}
	return c.backend.alive()
}

// writable returns why nothing is to be tried, or nil.
func (c *connection) writable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.broken(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}

// close ends the connection and the backend within limit.
func (c *connection) close(limit time.Duration) error {
	began, closed := time.Now(), make(chan struct{})
	go func() { // waits for a server that does not read, until that ends
		defer close(closed)
		c.nc.Close()
	}()
	select {
	case <-closed:
	case <-time.After(limit / 4):
	}
	return c.stop(limit - time.Since(began))
}
