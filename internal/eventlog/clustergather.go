package eventlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// gatherAfter is how long a node has led the sessions before it gathers, and
	// the time from one gathering to the next: a hand-over is done by then, and a
	// new cluster has copied what it was made from.
	gatherAfter = 10 * time.Second
	// gatherLimit is for all that it asks of the others then.
	gatherLimit = 2 * time.Second
)

// gather has the node that leads the sessions lead the slots and the cluster as
// well. Each has a leader of its own, and without it they come to be three
// different nodes: then whichever dies, something stands still for an election,
// and no node can start. So only the death of one does.
type gather struct {
	since  time.Time   // when this node was first seen to lead, or last gathered; zero while it does not
	under  atomic.Bool // one gathering is under way
	ending sync.WaitGroup
}

// look gathers, now and then, while this node leads. It does not wait.
func (g *gather) look(ctx context.Context, c *clustered, srv *server.Server, nc *nats.Conn) {
	switch now := time.Now(); {
	case !c.leading.Load() || !c.current.Load():
		g.since = time.Time{}
	case g.since.IsZero():
		g.since = now
	case now.Sub(g.since) >= gatherAfter && g.under.CompareAndSwap(false, true):
		g.since = now
		g.ending.Go(func() {
			defer g.under.Store(false)
			if err := c.gatherAll(ctx, srv, nc); err != nil {
				c.logger.Debug("this node leads the sessions, and not all the rest", "node", c.id.Node, "err", err)
			}
		})
	}
}

// gatherAll asks for what this node does not lead.
func (c *clustered) gatherAll(ctx context.Context, srv *server.Server, nc *nats.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, gatherLimit)
	defer cancel()
	var slots, meta error
	if !srv.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, slotsStream) {
		slots = c.gatherSlots(ctx, srv, nc)
	}
	if !srv.JetStreamIsLeader() {
		meta = c.stepDownMeta(ctx, c.id.Node)
	}
	return errors.Join(slots, meta)
}

// gatherSlots asks for the slots if this node has all of them: a copy that was
// restored is not what a leader goes on from before it is whole.
func (c *clustered) gatherSlots(ctx context.Context, srv *server.Server, nc *nats.Conn) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	stream, err := js.Stream(ctx, slotsStream)
	if err != nil {
		return err
	}
	if has, want := lastHeld(srv, slotsStream), stream.CachedInfo().State.LastSeq; has < want {
		return fmt.Errorf("stream %s is here up to %d of %d", slotsStream, has, want)
	}
	return stepDown(ctx, nc, fmt.Sprintf(server.JSApiStreamLeaderStepDownT, slotsStream), c.id.Node)
}

// lastHeld is the last sequence of a stream that a server has, 0 if none.
func lastHeld(srv *server.Server, stream string) uint64 {
	found, err := srv.Jsz(&server.JSzOptions{Accounts: true, Streams: true})
	if err != nil {
		return 0
	}
	for _, account := range found.AccountDetails {
		for _, s := range account.Streams {
			if s.Name == stream {
				return s.State.LastSeq
			}
		}
	}
	return 0
}
