package eventlog

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// backend is everything that depends on where NATS runs: how to connect, who
// may read what, what a failed write means, and what purging may forget. Open
// decides once which one it is; nothing else asks.
type backend interface {
	// connect makes a client connection.
	connect(options ...nats.Option) (*nats.Conn, error)
	// configure completes a stream's configuration: where it is kept, and from
	// whom it may be read.
	configure(*jetstream.StreamConfig)
	// holds reports whether there are messages of a stream that the server does
	// not know. They must not be covered by a new stream.
	holds(stream string) bool
	// opened is called when the streams are open, with what they hold. made says
	// that a stream is new.
	opened(now mark, made bool) error

	// node is this node's name if others may write to the log, and "" if not.
	node() string
	// cut reports whether too few of the other nodes can be reached to write.
	cut() bool

	// alive returns why the server cannot be reached or has no store, nil if it
	// can. It asks no one.
	alive() error
	// broken returns why a write is known to fail, nil if it may work.
	broken() error
	// suspect is called with how a try ended that may mean a failed store.
	suspect(err error)
	// wrote is called after a write was acknowledged.
	wrote()
	// synced returns when everything that was acknowledged before the call would
	// survive a power cut.
	synced(ctx context.Context) error
	// purging calls fn, which purges, when the store may forget something, and
	// waits for that no longer than ctx.
	purging(ctx context.Context, fn func() error) error

	// closing is called before stop, with a question for what the streams hold.
	closing(ask func() (mark, error))
	// stop ends what connect has connected to, within limit.
	stop(limit time.Duration) error
}
