package eventlog

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// connection is what a log has with its backend. The server does what a client
// asks of it (reading, purging) where it reads what comes over the client's
// link, and nothing else that comes over it meanwhile. So appends have a link of
// their own.
type connection struct {
	backend
	appends  link
	requests link
}

// link is a client's connection.
type link struct {
	*nats.Conn
	life atomic.Pointer[chan struct{}] // closed when the link breaks
}

// connect starts the backend that cfg asks for and connects to it.
func connect(ctx context.Context, cfg Config) (*connection, error) {
	c := &connection{}
	c.appends.endLife()
	c.requests.endLife()
	server, err := startBackend(ctx, cfg, c.endLife)
	if err != nil {
		return nil, err
	}
	c.backend = server
	if err := errors.Join(c.appends.connect(server, cfg), c.requests.connect(server, cfg)); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to NATS: %w", err), c.close(server.limits().close))
	}
	return c, nil
}

func (k *link) connect(to backend, cfg Config) (err error) {
	k.Conn, err = to.connect(
		nats.Name("magnapp"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(20*time.Millisecond),
		nats.ReconnectJitter(10*time.Millisecond, 10*time.Millisecond),
		// What cannot be sent now must fail now, and not be sent later when
		// its caller has given up.
		nats.ReconnectBufSize(-1),
		nats.SkipSubjectValidation(), // ours are valid by construction
		nats.DisconnectErrHandler(func(*nats.Conn, error) { k.endLife() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			cfg.Logger.Warn("nats: client", "err", err)
		}),
	)
	return err
}

// lost returns a channel that is closed when the link as it is now, or the
// store behind it, breaks: answers to what was sent will not come.
func (k *link) lost() <-chan struct{} { return *k.life.Load() }

// endLife wakes everyone who waits for an answer.
func (k *link) endLife() {
	next := make(chan struct{})
	if was := k.life.Swap(&next); was != nil {
		close(*was)
	}
}

func (c *connection) endLife() {
	c.appends.endLife()
	c.requests.endLife()
}

// alive returns nil if the server can be reached and has its store.
func (c *connection) alive() error {
	for _, k := range []*link{&c.appends, &c.requests} {
		if status := k.Status(); status != nats.CONNECTED {
			return fmt.Errorf("connection is %s", status)
		}
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

// close ends the links and the backend within limit.
func (c *connection) close(limit time.Duration) error {
	began, closed := time.Now(), make(chan struct{})
	go func() { // waits for a server that does not read, but not for long
		defer close(closed)
		for _, k := range []*link{&c.appends, &c.requests} {
			if k.Conn != nil {
				k.Close()
			}
		}
	}()
	select {
	case <-closed:
	case <-time.After(limit / 4):
	}
	return c.stop(limit - time.Since(began))
}
