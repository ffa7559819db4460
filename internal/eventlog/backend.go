package eventlog

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// backend is everything that depends on where NATS runs: how to connect, who
// may read what from where, what a failed write means, and what purging may
// forget. Open decides once which one it is; nothing else asks.
type backend interface {
	// node is this node's name if others may write to the log, and "" if not.
	node() string
	// limits says how long what may take.
	limits() limits
	// cut reports whether too few of the other nodes can be reached to write.
	cut() bool
	// leads reports whether appends go through this node's server, and how many
	// times they have come to.
	leads() (now bool, times uint64)
	// whenCut has fn called when cut changes. There is one fn.
	whenCut(fn func())

	// connect makes a client connection.
	connect(options ...nats.Option) (*nats.Conn, error)
	// openStreams calls try, which opens the streams, again if that may end otherwise.
	openStreams(ctx context.Context, try func(context.Context) error) error
	// configure completes a stream's configuration: where it is kept, and from
	// whom it may be read.
	configure(*jetstream.StreamConfig)
	// found is called with a stream that is there, before it is used.
	found(ctx context.Context, l *Log, info *jetstream.StreamInfo) error
	// create makes a stream that the server does not know, unless that would cover
	// messages of one that there was.
	create(ctx context.Context, l *Log, want jetstream.StreamConfig) (jetstream.Stream, error)
	// opened is called when the streams are open. made says that one is new.
	opened(ctx context.Context, l *Log, made bool) error

	// fetch asks once for what q names, passes the answers to fn until that
	// returns false, and says whether there is more.
	fetch(ctx context.Context, l *Log, q query, fn func(message) bool) (more bool, err error)
	// forget frees the storage of a session whose last entry is last.
	forget(ctx context.Context, l *Log, session string, last uint64) error

	// taken is how many bytes are stored, and how many may be; 0 and 0 if that is not
	// known.
	taken() (bytes, most uint64)
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

	// closing is called before stop, while the connections still stand.
	closing(l *Log)
	// stop ends what connect has connected to, within limit.
	stop(limit time.Duration) error
}

// limits are how long a backend's operations may take.
type limits struct {
	open  time.Duration // until the streams are there
	ask   time.Duration // for one question meanwhile
	close time.Duration // for all that Close does
	try   time.Duration // for the first try of an append; each further one may take twice as long
	least time.Duration // for the same while appends are quick; 0 if try is for all
	perMB time.Duration // more for a long one
	retry time.Duration // for all tries that follow the first failure
}

// startBackend starts the backend that cfg asks for. It calls onBroken whenever
// answers to what was sent before will not come.
func startBackend(ctx context.Context, cfg Config, onBroken func()) (backend, error) {
	switch {
	case cfg.NATS != nil && cfg.Cluster != nil:
		return nil, errors.New("both a cluster of this program's own and another NATS are named: choose one")
	case cfg.NATS != nil:
		return startExternal(ctx, cfg, onBroken)
	case cfg.Cluster != nil:
		return startClustered(ctx, cfg, onBroken)
	}
	return startEmbedded(cfg, onBroken)
}
