package eventlog

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// probeEvery is how often a node that is alone looks for the others.
	probeEvery = 250 * time.Millisecond
	// probeTimeout is for one look at one of them.
	probeTimeout = time.Second
	// maxGreeting bounds what is read of a peer: the INFO of a NATS server, or a
	// greeting of ours.
	maxGreeting = 64 << 10
	// sayMissing is how long the others may be unreachable before that is logged.
	sayMissing = 3 * time.Second
)

// greeting is what a node says of itself where it listens for links. A server
// that runs does so with NATS's INFO, one that waits with a line that NATS
// ignores. If it said nothing, two nodes that wait would wait for each other.
type greeting struct {
	Node    string `json:"server_name"`
	Cluster string `json:"cluster"`
	Run     string `json:"run,omitempty"`   // tells a node from another one with its name
	Rests   bool   `json:"rests,omitempty"` // it does not look for others now
}

// greetingHead begins a line that NATS takes for a confirmation without meaning.
const greetingHead = "+OK "

// awaitPeer returns true when another node answers, after a rest, and false if
// this node is to stop. Meanwhile it answers those who wait as well.
func (c *clustered) awaitPeer(rest time.Duration) bool {
	ln, ok := c.listen()
	if !ok {
		return false
	}
	var rests atomic.Bool
	rests.Store(true)
	var greeting sync.WaitGroup
	greeting.Go(func() { c.greet(ln, &rests) })
	defer greeting.Wait()
	defer ln.Close() //nolint:errcheck // it was only read
	if !c.pause(rest) {
		return false
	}
	rests.Store(false)
	began := time.Now()
	for {
		met, missing := c.probe()
		if met {
			return true
		}
		if time.Since(began) > sayMissing {
			c.log.say("missing", "waiting for other nodes of the cluster", "not_reachable", strings.Join(missing, " "))
		}
		if !c.pause(probeEvery) {
			return false
		}
	}
}

// listen returns false if this node is to stop, as it is when it has never
// listened before.
func (c *clustered) listen() (net.Listener, bool) {
	for {
		ln, err := net.Listen("tcp", c.cluster.Listen)
		if err == nil {
			return ln, true
		}
		c.log.say("listen", "cannot listen for other nodes", "err", err)
		c.firstStart(fmt.Errorf("listen for other nodes: %w", err))
		if !c.pause(probeEvery) {
			return nil, false
		}
	}
}

// pause returns false if this node is to stop.
func (c *clustered) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.quit:
		return false
	}
}

// greet answers whoever connects, until ln is closed.
func (c *clustered) greet(ln net.Listener, rests *atomic.Bool) {
	var answering sync.WaitGroup
	defer answering.Wait()
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // no descriptors left
			if !c.pause(lookEvery) {
				return
			}
			continue
		}
		answering.Go(func() { c.answer(conn, rests.Load()) })
	}
}

// answer says who this node is. By TLS it says so only to whom its links are open.
func (c *clustered) answer(conn net.Conn, rests bool) {
	defer conn.Close()                                 //nolint:errcheck // who got nothing asks again
	_ = conn.SetDeadline(time.Now().Add(probeTimeout)) // fails only if it is closed
	line, err := json.Marshal(greeting{Node: c.id.Node, Cluster: c.cluster.Name, Run: c.id.run, Rests: rests})
	if err != nil {
		return
	}
	if c.links != nil {
		conn = tls.Server(conn, c.links)
	}
	_, err = conn.Write([]byte(greetingHead + string(line) + "\r\n"))
	c.sayRefused(err)
}

// sayRefused logs that a certificate is not what one of two nodes expects, if
// that is what an error says.
func (c *clustered) sayRefused(err error) {
	var theirs *tls.CertificateVerificationError
	var ours tls.AlertError
	var plain tls.RecordHeaderError
	if errors.As(err, &theirs) || errors.As(err, &ours) || errors.As(err, &plain) {
		c.log.say("certificate", wrongCertificate, "err", err)
	}
}

// probe looks for all other nodes at once. It says whether one of this cluster
// answers, and which do not.
func (c *clustered) probe() (met bool, missing []string) {
	others := c.cluster.others()
	found := make([]*greeting, len(others))
	var asking sync.WaitGroup
	for i, addr := range others {
		asking.Go(func() { found[i] = c.readGreeting(addr) })
	}
	asking.Wait()
	for i, g := range found {
		switch {
		case g == nil:
			missing = append(missing, others[i])
		case g.Run == c.id.run: // this node
		case g.Cluster != c.cluster.Name:
			c.log.say("name", otherCluster, "peer", others[i], "its_cluster", g.Cluster, "our_cluster", c.cluster.Name)
		case g.Node == c.id.Node:
			c.log.say("duplicate", sameName, "peer", others[i], "node", g.Node)
			c.firstStart(fmt.Errorf("node %s is at %s already: this data directory is a copy of that node's; remove node.json from it, and the folder jetstream, to make it a new node's", g.Node, others[i]))
		default:
			met = met || !g.Rests // if it rests, it would not start as well
		}
	}
	return met, missing
}

// readGreeting returns nil if there is none.
func (c *clustered) readGreeting(addr string) *greeting {
	conn, err := net.DialTimeout("tcp", addr, probeTimeout)
	if err != nil {
		return nil
	}
	defer conn.Close() //nolint:errcheck // it was only read
	_ = conn.SetDeadline(time.Now().Add(probeTimeout))
	if c.links != nil { // then a server says nothing without it
		links := c.links.Clone()
		links.ServerName, _, _ = net.SplitHostPort(addr)
		conn = tls.Client(conn, links)
	}
	line, err := bufio.NewReader(io.LimitReader(conn, maxGreeting)).ReadString('\n')
	if err != nil {
		c.sayRefused(err)
		return nil
	}
	_, text, _ := strings.Cut(line, " ") // behind INFO or +OK
	var g greeting
	if json.Unmarshal([]byte(text), &g) != nil || g.Node == "" {
		return nil
	}
	return &g
}
