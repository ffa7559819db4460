package eventlog

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	// electedSubject is where NATS says that the sessions' stream has a new leader.
	electedSubject = server.JSAdvisoryStreamLeaderElectedPre + "." + sessionsStream
	// askLimit is how long Standing waits for the server.
	askLimit = 50 * time.Millisecond
)

// Standing is how a node of several stands among the others, for those who run
// it. Counts are since the start.
type Standing struct {
	// Nodes is how many nodes are alive, this one included, of Expected.
	Nodes, Expected int
	// Cut says that this node cannot reach enough of the others, and Cuts how often
	// that came about.
	Cut  bool
	Cuts uint64
	// Leads says that all appends go through this node.
	Leads bool
	// Elections is how often this node heard that the leader is a new one.
	Elections uint64
	// Position is the sequence up to which this node has followed the log, and
	// Behind how many more it knows of.
	Position, Behind uint64
	// Marks is how many marks this node has stored, and MarkFailures how many it
	// could not.
	Marks, MarkFailures uint64
}

// Standing returns how this node stands, and false if it is alone. It is cheap,
// and takes 50 ms at most, however dead the store is.
func (l *Log) Standing() (Standing, bool) {
	if l.sharing == nil {
		return Standing{}, false
	}
	return l.sharing.standing(), true
}

// counts are of what Standing tells.
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

func (s *sharing) standing() Standing {
	at, known, _ := s.live.behind()
	now := Standing{
		Nodes: len(s.Nodes()), Expected: 1, Cut: s.cut(), Cuts: s.counts.cuts.Load(), Elections: s.counts.elections.Load(),
		Position: at, Behind: max(known, at) - at, Marks: s.counts.marks.Load(), MarkFailures: s.counts.markFailures.Load(),
	}
	if among, ok := s.log.conn.backend.(interface {
		size() int
		leads() bool
	}); ok {
		now.Expected, now.Leads = among.size(), s.lead.ask(among.leads)
	}
	return now
}

// size is how many nodes there are to be.
func (c *clustered) size() int { return max(replicas, len(c.cluster.Peers)) }

// leads may wait for a store that does not answer.
func (c *clustered) leads() bool {
	srv := c.srv.Load()
	return srv != nil && srv.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, sessionsStream)
}

// patient asks what may not be answered for long, by one goroutine at most, which
// ends with the answer.
type patient struct {
	mu     sync.Mutex
	asking chan struct{} // closed with the answer; nil if nobody asks
	answer bool
}

// ask returns the answer, or after askLimit the one before.
func (p *patient) ask(question func() bool) bool {
	p.mu.Lock()
	asking := p.asking
	if asking == nil {
		asking = make(chan struct{})
		p.asking = asking
		go func() {
			defer close(asking)
			answer := question()
			p.mu.Lock()
			defer p.mu.Unlock()
			p.answer, p.asking = answer, nil
		}()
	}
	p.mu.Unlock()
	limit := time.NewTimer(askLimit)
	defer limit.Stop()
	select {
	case <-asking:
	case <-limit.C:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answer
}
