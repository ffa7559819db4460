package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// connection is a client connection to a NATS server and whatever must live
// and die with it. Nothing outside this file and embedded.go knows whether the
// server is in this process.
type connection struct {
	nc     *nats.Conn
	server *embedded // nil if the server is not ours
	logger *slog.Logger
	life   atomic.Pointer[chan struct{}] // closed when the connection breaks
}

// connect starts the embedded server and connects to it.
func connect(cfg Config) (*connection, error) {
	c := &connection{logger: cfg.Logger}
	life := make(chan struct{})
	c.life.Store(&life)
	srv, err := startEmbedded(cfg, c.endLife)
	if err != nil {
		return nil, err
	}
	c.server = srv
	c.nc, err = nats.Connect("", append(c.options(), nats.InProcessServer(srv))...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect to the embedded NATS server: %w", err), srv.stop())
	}
	return c, nil
}

func (c *connection) options() []nats.Option {
	return []nats.Option{
		nats.Name("magnapp"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(20 * time.Millisecond),
		nats.ReconnectJitter(10*time.Millisecond, 10*time.Millisecond),
		// What cannot be sent now must fail now, and not be sent later when
		// its caller has given up.
		nats.ReconnectBufSize(-1),
		nats.SkipSubjectValidation(), // ours are valid by construction
		// A deadline for each write would make a timer for each, and the other end is in this process.
		nats.FlusherTimeout(0),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { c.endLife() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			c.logger.Warn("nats: client", "err", err)
		}),
	}
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
	if c.server != nil {
		return c.server.alive()
	}
	return nil
}

// broken returns why the store is known not to take a write now, or nil.
func (c *connection) broken() error {
	if c.server == nil {
		return nil
	}
	return c.server.broken()
}

// whileOpen calls fn when the store is not just being opened anew, and keeps that
// from beginning until fn returns. It waits for that no longer than ctx, whose
// error it then returns: the disk may not answer.
func (c *connection) whileOpen(ctx context.Context, fn func() error) error {
	if c.server != nil {
		for !c.server.opening.TryRLock() {
			if !wait(ctx, longestPause) {
				return ctx.Err()
			}
		}
		defer c.server.opening.RUnlock()
	}
	return fn()
}

// suspect tells that a try ended as it does when the store has failed.
func (c *connection) suspect(err error) {
	if c.server != nil && (errors.Is(err, errSilent) || !c.server.srv.JetStreamEnabled()) {
		c.server.suspect(err)
	}
}

// damaged says whether a stream that the server does not know has messages on
// this machine's disk.
func (c *connection) damaged(stream string) bool {
	return c.server != nil && c.server.holds(stream)
}

// opened compares what the log holds with what it held before. Only now, when
// all that opening writes is written, the spare room is taken.
func (c *connection) opened(now mark) {
	if c.server == nil || c.server.temp {
		return
	}
	compareMark(c.server.dir, now, c.logger)
	c.server.keepSpare()
}

// closing notes what the log holds; there is no later chance to ask.
func (c *connection) closing(ask func() (mark, error)) error {
	if c.server == nil || c.server.temp || c.alive() != nil {
		return nil
	}
	now, err := ask()
	if err != nil {
		return err
	}
	return now.save(c.server.dir)
}

// wrote tells that an append or a purge was acknowledged.
func (c *connection) wrote() {
	if c.server != nil {
		c.server.wrote()
	}
}

// syncNew makes a new stream survive a power cut.
func (c *connection) syncNew() error {
	if c.server == nil || c.server.temp {
		return nil
	}
	return syncTree(c.server.dir)
}

func (c *connection) close() error {
	c.nc.Close()
	if c.server == nil {
		return nil
	}
	return c.server.stop()
}
