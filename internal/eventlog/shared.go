package eventlog

import (
	"context"
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
	// Advertise is the host:port that nodes name to each other for this one; ""
	// is the address they see it under. Each node connects to all of Peers in any
	// case.
	Advertise string
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
	// Cut reports whether this node cannot reach enough of the others to write.
	Cut() bool
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
	// Peers is the number of other nodes that are alive.
	Peers int
	// Behind is how many stored entries it knows of and has not followed yet.
	Behind uint64
	// Cut is what [Sharing].Cut returns.
	Cut bool
}

// ClusterState returns false if nobody else writes to this log. It asks no one.
func (l *Log) ClusterState() (ClusterState, bool) {
	if l.sharing == nil {
		return ClusterState{}, false
	}
	s := ClusterState{Peers: len(l.sharing.Nodes()) - 1, Cut: l.conn.cut()}
	s.Leads, s.Led = l.conn.leads()
	if at, known, _ := l.sharing.live.behind(); known > at {
		s.Behind = known - at
	}
	return s, true
}
