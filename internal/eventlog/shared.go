package eventlog

import (
	"context"
	"sync/atomic"
	"time"
)

// Cluster says which nodes of ours form one log. Each runs a server of its own inside the process.
type Cluster struct {
	// Name is the same on every node.
	Name string
	// Listen is where the other nodes reach this one, host:port.
	Listen string
	// Peers are the host:port of all nodes, at least three different ones; this
	// one may be among them.
	Peers []string
	// Secret is what the nodes prove to each other; the same on every node.
	Secret string
	// Cert, Key and CA are files of PEM for links by mutual TLS. All of them, or
	// none.
	Cert, Key, CA string
	// Insecure allows links beyond loopback without TLS.
	Insecure bool
}

// NATS says which servers keep the log.
type NATS struct {
	// URLs are where they are; any of them will do.
	URLs []string
	// Credentials is a file with a user's credentials; "" if none are needed, or
	// if they are in the URLs.
	Credentials string
	// CA is a file of PEM that proves who the servers are, besides the system's
	// own; "" if the system's are enough.
	CA string
}

// Sharing is what a node of several knows of the others and of the log. A log
// that nobody else writes to has no Sharing: see [Log.Sharing].
type Sharing interface {
	// Node is this node's name, which stays the same over restarts.
	Node() string
	// Nodes returns the names of the nodes that are alive, sorted, this one among
	// them.
	Nodes() []string
	// Mark returns a sequence that is above that of every entry that was
	// acknowledged anywhere before the call. It stores something to know it, which
	// is the only way: every read may be old. Calls that come while one is under
	// way share the next. The error is an ErrUnavailable.
	Mark(ctx context.Context) (seq uint64, err error)
	// Passed returns when every entry with a sequence up to seq has been passed
	// to the function of Follow. The error is an ErrUnavailable or the context's.
	Passed(ctx context.Context, seq uint64) error
	// Changes calls fn whenever Nodes or Cut answer something else, from one
	// goroutine, until Close. There is one fn.
	Changes(fn func())
	// Broadcast sends something to every other node that is there, without waiting.
	// A node may miss it.
	Broadcast(data []byte)
	// Hears calls fn with what the other nodes broadcast, one after the other, from
	// one goroutine, until Close. There is one fn.
	Hears(fn func(data []byte))
	// Cut reports whether this node cannot reach enough of the others to write.
	Cut() bool
	// Behind is for how long this node has known of an entry that is stored and
	// has been passed none; 0 if it knows of none.
	Behind() time.Duration
	// Elected is when this node last heard that the log has a new leader, by this
	// machine's clock; zero if it has not. For some seconds before, nothing could
	// be stored on any node.
	Elected() time.Time
}

// Sharing returns what a node of several knows, or nil if nobody else writes to
// this log.
func (l *Log) Sharing() Sharing {
	if l.sharing == nil {
		return nil
	}
	return l.sharing
}

// ClusterState is what there is to know of a node of several at a moment.
type ClusterState struct {
	// Leads reports whether appends to sessions go through this node. It is not
	// known of another NATS.
	Leads bool
	// Led is how many times it has come to lead them since Open.
	Led uint64
	// Elections is how often this node heard since Open that the leader is a new
	// one.
	Elections uint64
	// Peers is the number of other nodes that are alive, and Expected how many
	// there are to be; 0: not known, of another NATS.
	Peers, Expected int
	// Position is the sequence up to which it has followed the log, and Behind how
	// many more stored entries it knows of.
	Position, Behind uint64
	// Marks is how many marks it has stored since Open, and MarkFailures how many
	// it could not.
	Marks, MarkFailures uint64
	// Cut is what [Sharing].Cut returns, and Cuts how often that came about since
	// Open.
	Cut  bool
	Cuts uint64
}

// ClusterState returns false if nobody else writes to this log. It asks no one.
func (l *Log) ClusterState() (ClusterState, bool) {
	if l.sharing == nil {
		return ClusterState{}, false
	}
	c := &l.sharing.counts
	s := ClusterState{
		Peers: len(l.sharing.Nodes()) - 1, Cut: l.sharing.Cut(), Cuts: c.cuts.Load(), Elections: c.elections.Load(),
		Marks: c.marks.Load(), MarkFailures: c.markFailures.Load(),
	}
	s.Leads, s.Led = l.conn.leads()
	s.Leads = s.Leads && !s.Cut // whom nobody hears leads nobody, whatever its server says
	if among, ok := l.conn.backend.(*clustered); ok {
		s.Expected = max(replicas, len(among.cluster.Peers)) - 1
	}
	at, known, _ := l.sharing.live.behind()
	s.Position, s.Behind = at, max(known, at)-at
	return s, true
}

// counts are of what ClusterState tells.
type counts struct {
	cuts, elections, marks, markFailures atomic.Uint64
}

func (c *counts) marked(err error) {
	if err != nil {
		c.markFailures.Add(1)
		return
	}
	c.marks.Add(1)
}
