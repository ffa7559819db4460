package eventlog

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// formTimeout is how long a start waits for the others.
	formTimeout = 5 * time.Minute
	// clusterCloseLimit is for all that Close does; most of it is for handing over.
	clusterCloseLimit = 5500 * time.Millisecond
	// clusterTry is longer than two nodes far apart take, and clusterLeast short,
	// because a server that stops answers nothing that is under way. The next tries
	// may take longer.
	clusterTry   = time.Second
	clusterLeast = 150 * time.Millisecond
	perMB        = 250 * time.Millisecond // more for long entries
	// clusterRetry leaves it to whoever asks to try again elsewhere: without a
	// leader nothing works for seconds, and this node may be the one cut off.
	clusterRetry = 1100 * time.Millisecond
	// replicas is how many nodes keep each entry. It must be on two of them before
	// it is acknowledged.
	replicas = 3
)

// clustered is the backend of one node of several: a NATS server in this
// process that has links to those of the others. It runs only while another
// node can be reached, see run.
type clustered struct {
	cluster  Cluster
	logger   *slog.Logger
	log      *clusterLog
	onBroken func()
	sync     time.Duration
	maxStore int64 // bytes after which entries of sessions are refused
	secrets  clusterSecrets
	links    *tls.Config // nil without TLS

	dir   string
	temp  bool     // dir is ours to remove
	lock  *os.File // held while the directory is in use
	id    identity
	new   bool // the directory has not been one of a cluster's nodes before
	bare  bool // it held no sessions when this process began
	grow  growth
	tries int // to open the streams
	early int // those before the leader was known

	srv       atomic.Pointer[server.Server] // nil while it is stopped
	leading   atomic.Bool                   // appends to sessions go through it
	led       atomic.Uint64                 // how many times they have come to
	full      atomic.Bool                   // entries of sessions are refused, see keptShare
	current   atomic.Bool                   // it has been as far as the others once since its start
	sought    atomic.Uint64                 // how far they were after that, see seek; notSought until it is known
	copies    atomic.Bool                   // it keeps a copy of the sessions
	why       atomic.Pointer[error]         // why it is cut off
	onCut     atomic.Pointer[func()]
	firstOnce sync.Once
	first     chan error // how the first start ended
	stopOnce  sync.Once
	quit      chan struct{}
	ended     chan struct{} // closed when run has done all
}

// startClustered returns when the server runs and has a link to another node,
// or when ctx ends.
func startClustered(ctx context.Context, cfg Config, onBroken func()) (backend, error) {
	if err := cfg.Cluster.check(); err != nil {
		return nil, err
	}
	links, err := cfg.Cluster.tls()
	if err != nil {
		return nil, err
	}
	c := &clustered{
		cluster: *cfg.Cluster, logger: cfg.Logger, onBroken: onBroken, sync: cfg.Sync, maxStore: cmp.Or(cfg.maxStore, maxStoreBytes),
		log:     newClusterLog(cfg.Logger),
		secrets: newClusterSecrets(*cfg.Cluster), links: links,
		first: make(chan error, 1), quit: make(chan struct{}), ended: make(chan struct{}),
	}
	if err := c.claim(cfg.Dir); err != nil {
		return nil, err
	}
	c.why.Store(&errForming)
	c.sought.Store(notSought)
	go c.run()
	ctx, cancel := context.WithTimeout(ctx, formTimeout)
	defer cancel()
	select {
	case err := <-c.first:
		if err == nil {
			return c, nil
		}
		return nil, errors.Join(err, c.stop(clusterCloseLimit))
	case <-ctx.Done():
		err := fmt.Errorf("cluster %s did not form: %w: %w", c.cluster.Name, c.cutErr(), ctx.Err())
		return nil, errors.Join(err, c.stop(clusterCloseLimit))
	}
}

// claim makes the directory, locks it and reads who this node is.
func (c *clustered) claim(dir string) error {
	e, err := claimDir(dir)
	if err != nil {
		return err
	}
	c.dir, c.temp, c.lock = e.dir, e.temp, e.lock
	if err := c.identify(); err != nil {
		return errors.Join(err, c.release())
	}
	return nil
}

func (c *clustered) release() error {
	if c.temp {
		return os.RemoveAll(c.dir)
	}
	return c.lock.Close()
}

func (c *clustered) node() string { return c.id.Node }

func (c *clustered) limits() limits {
	return limits{open: formTimeout, ask: requestTimeout, close: clusterCloseLimit, try: clusterTry, least: clusterLeast, perMB: perMB, retry: clusterRetry}
}

func (c *clustered) connect(options ...nats.Option) (*nats.Conn, error) {
	return c.connectAs(c.secrets.user, c.secrets.password, options...)
}

func (c *clustered) connectAs(user, password string, options ...nats.Option) (*nats.Conn, error) {
	return nats.Connect("", append(options,
		nats.InProcessServer(c),
		nats.UserInfo(user, password),
		nats.FlusherTimeout(0), // boundedConn is for that
	)...)
}

// InProcessConn lets a client connect without a port.
func (c *clustered) InProcessConn() (net.Conn, error) {
	srv := c.srv.Load()
	if srv == nil {
		return nil, fmt.Errorf("server is stopped: %w", c.cutErr())
	}
	conn, err := srv.InProcessConn()
	if err != nil {
		return nil, err
	}
	return newBoundedConn(conn), nil
}

// configure has a stream read through its leader only: the others may be
// behind.
func (c *clustered) configure(stream *jetstream.StreamConfig) {
	stream.Storage = jetstream.FileStorage
	stream.Replicas = replicas
	stream.AllowDirect = false
	stream.AllowMsgTTL = stream.Name == sessionsStream // for the marks of sessions that are gone
}

// opened makes new streams survive a power cut: the server does not sync what
// describes them.
func (c *clustered) opened(ctx context.Context, l *Log, made bool) error {
	copies := 1
	if c.grow.brings.Load() { // what this node brings must not be on it alone
		copies = replicas
	}
	if err := l.awaitLeaders(ctx, copies); err != nil {
		return err
	}
	sessions := l.sessions.CachedInfo()
	c.copies.Store(c.keeps(sessions.Cluster))
	c.seek(sessions.State.LastSeq)
	if err := c.settled(); err != nil {
		return err
	}
	if !made || c.temp {
		return nil
	}
	return syncTree(c.dir)
}

// keeps reports whether this node has a copy of a stream. Of more than three nodes
// some have none, and need none.
func (c *clustered) keeps(group *jetstream.ClusterInfo) bool {
	return group == nil || group.Leader == c.id.Node || slices.ContainsFunc(group.Replicas, func(p *jetstream.PeerInfo) bool { return p.Name == c.id.Node })
}

func (c *clustered) fetch(ctx context.Context, l *Log, q query, fn func(message) bool) (more bool, err error) {
	return l.leaderBatch(ctx, q, fn)
}

func (c *clustered) forget(ctx context.Context, l *Log, session string, last uint64) error {
	return l.bury(ctx, session, last)
}

func (c *clustered) taken() (bytes, most uint64) {
	srv := c.srv.Load()
	if srv == nil {
		return 0, 0
	}
	bytes, most = takenBy(srv, false)
	return bytes, min(most, uint64(c.maxStore)) // the rest is not for sessions
}

func (c *clustered) alive() error {
	if err := c.cutErr(); err != nil {
		return err
	}
	srv := c.srv.Load()
	switch {
	case srv == nil || !srv.Running():
		return errors.New("embedded NATS server is not running")
	case !srv.JetStreamEnabled():
		return errors.New("JetStream is not running")
	case !c.current.Load():
		return errors.New("still reading what the other nodes have stored")
	}
	return nil
}

func (c *clustered) broken() error { return c.cutErr() }

func (c *clustered) suspect(error) {} // run looks by itself

func (c *clustered) wrote() {} // the server syncs by itself

func (c *clustered) synced(context.Context) error { return nil } // a power cut does not take it from all nodes

func (c *clustered) purging(_ context.Context, fn func() error) error { return fn() }

func (c *clustered) closing(l *Log) { c.handOver(l) }

// stop ends the server and frees the directory. What the disk keeps from ending
// within limit ends later.
func (c *clustered) stop(limit time.Duration) error {
	c.stopOnce.Do(func() { close(c.quit) })
	select {
	case <-c.ended:
	case <-time.After(limit):
		c.logger.Warn("the disk did not answer before the end", "dir", c.dir)
		return nil
	}
	if !c.temp {
		if err := errors.Join(syncTree(c.dir), c.unsettle()); err != nil {
			return errors.Join(err, c.release())
		}
	}
	return c.release()
}

func (c *clustered) streamsDir() string { return filepath.Join(c.dir, server.JetStreamStoreDir) }
