package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/magnapp/magnapp/internal/freeport"
	"github.com/magnapp/magnapp/internal/relay"
)

// testCluster is three nodes, each with a server and a directory of its own. Each
// reaches each of the others by a relay of its own.
type testCluster struct {
	t     *testing.T
	nodes [3]*testNode
}

type testNode struct {
	cfg  Config
	said *logText
	out  [3]*relay.Relay // to each of the others

	mu  sync.Mutex
	log *Log
}

// newTestCluster makes the configuration of three nodes and starts none.
func newTestCluster(t *testing.T) *testCluster {
	t.Helper()
	c := &testCluster{t: t}
	addrs := [3]string{freeport.For(t), freeport.For(t), freeport.For(t)}
	for i := range c.nodes {
		n := &testNode{said: &logText{}}
		n.cfg = logTo(Config{Dir: t.TempDir(), Sync: time.Minute, Cluster: &Cluster{
			Name: "test", Listen: addrs[i], Secret: "secret", Peers: []string{addrs[i]},
		}}, n.said)
		for j := range c.nodes {
			if i == j {
				continue
			}
			r, err := relay.New(addrs[j])
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(r.Close)
			n.out[j] = r
			n.cfg.Cluster.Peers = append(n.cfg.Cluster.Peers, r.Addr())
		}
		c.nodes[i] = n
	}
	t.Cleanup(func() {
		if t.Failed() {
			for i, n := range c.nodes {
				t.Logf("node %d: %s", i, n.said)
			}
		}
	})
	return c
}

// startCluster starts three nodes.
func startCluster(t *testing.T) *testCluster {
	t.Helper()
	c := newTestCluster(t)
	c.start(0, 1, 2)
	return c
}

// start starts some nodes at the same time.
func (c *testCluster) start(which ...int) {
	c.t.Helper()
	for i, err := range c.tryStart(which...) {
		if err != nil { // that of the first may only say that another is missing
			c.t.Errorf("node %d: %v", which[i], err)
		}
	}
	if c.t.Failed() {
		c.t.FailNow()
	}
}

func (c *testCluster) tryStart(which ...int) []error {
	errs := make([]error, len(which))
	var starting sync.WaitGroup
	for i, which := range which {
		starting.Go(func() { errs[i] = c.nodes[which].open() })
	}
	starting.Wait()
	for _, which := range which {
		c.t.Cleanup(func() { c.crash(which) })
	}
	return errs
}

func (n *testNode) open() error {
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	return n.openWithin(ctx)
}

// testPatience is for a machine that has other things to do.
const testPatience = 3 * time.Minute

func (n *testNode) openWithin(ctx context.Context) error {
	l, err := Open(ctx, n.cfg)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.log = l
	return nil
}

// close stops the node, if it runs, as a planned stop does.
func (n *testNode) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.log != nil {
		if err := n.log.Close(); err != nil {
			slog.Error("close", "err", err)
		}
		n.log.awaitEnd()
		n.log = nil
	}
}

// crash ends a node without a word to the others.
func (c *testCluster) crash(which int) {
	c.cut(which)
	n := c.nodes[which]
	if n.log == nil {
		return
	}
	if srv := n.clustered().srv.Load(); srv != nil {
		srv.Shutdown()
	}
	n.close()
}

func (n *testNode) clustered() *clustered { return n.log.conn.backend.(*clustered) }

// cut cuts a node off from the others.
func (c *testCluster) cut(which int) {
	for i, n := range c.nodes {
		if i != which {
			n.out[which].Cut()
			c.nodes[which].out[i].Cut()
		}
	}
}

func (c *testCluster) heal() {
	for _, n := range c.nodes {
		for _, r := range n.out {
			if r != nil {
				r.Heal()
			}
		}
	}
}

// leader is the node that leads the sessions.
func (c *testCluster) leader() int {
	c.t.Helper()
	leader := -1
	eventually(c.t, "a leader", func() bool {
		for i, n := range c.nodes {
			if n.log == nil {
				continue
			}
			if srv := n.clustered().srv.Load(); srv != nil && srv.JetStreamIsStreamLeader("$G", sessionsStream) {
				leader = i
				return true
			}
		}
		return false
	})
	return leader
}

// eventually waits for what must come, and otherwise adds what is known.
func eventually(t *testing.T, what string, ok func() bool, known ...func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	for !ok() {
		if !wait(ctx, 20*time.Millisecond) {
			for _, text := range known {
				t.Error(text())
			}
			t.Fatalf("%s did not come", what)
		}
	}
}

// refusedAtOnce wants one call in five to be refused within half a second, which is
// less than any try takes. The machine may stand still during the others.
func refusedAtOnce(t *testing.T, what string, call func() error) {
	t.Helper()
	quickest := time.Hour
	for range 5 {
		began := time.Now()
		if err := call(); !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrDoubtful) {
			t.Errorf("%s: %v, want it refused", what, err)
		}
		quickest = min(quickest, time.Since(began))
	}
	if quickest > 500*time.Millisecond {
		t.Errorf("%s: refused after %v at best", what, quickest)
	}
}

// appendAgain tries until it is stored, as a client does.
func appendAgain(t *testing.T, l *Log, session string, after uint64, data string) (seq uint64) {
	t.Helper()
	eventually(t, "an append to "+session, func() bool {
		var err error
		seq, err = l.Append(context.Background(), session, after, []byte(data))
		var conflict *ConflictError
		if errors.As(err, &conflict) { // it may be the one of a try before
			if e, found, err := l.Last(context.Background(), session); err == nil && found && string(e.Data) == data {
				seq = e.Seq
				return true
			}
		}
		return err == nil
	})
	return seq
}

// loaded is how many entries a node finds, -1 if it cannot read.
func loaded(l *Log, session string) int {
	entries, err := l.Load(context.Background(), session, 0)
	if err != nil {
		return -1
	}
	return len(entries)
}

// wantNobodyElse makes sure that a node's server takes no client that comes over
// its port, even with the right password.
func (c *testCluster) wantNobodyElse(t *testing.T) {
	t.Helper()
	node := c.nodes[0].clustered()
	addr := node.srv.Load().ClientURL()
	for user, password := range map[string]string{
		"": "", node.secrets.user: node.secrets.password, node.secrets.system: node.secrets.systemPassword,
	} {
		nc, err := nats.Connect(addr, nats.UserInfo(user, password))
		if !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("connected to %s as %q: %v", addr, user, err)
		}
		if err == nil {
			nc.Close()
		}
	}
}

func TestNodes_of_a_cluster_share_one_log(t *testing.T) {
	c := startCluster(t)
	c.wantNobodyElse(t)
	var after uint64
	for i := range 9 {
		n := c.nodes[i%3]
		after = appendAgain(t, n.log, "a", after, fmt.Sprint(i))
	}
	eventually(t, "one leader and two peers for each", func() bool {
		leaders, peers, cut := 0, 0, 0
		for _, n := range c.nodes {
			s, shared := n.log.ClusterState()
			if !shared || s.Leads && s.Led == 0 {
				t.Fatalf("state is %+v, %v", s, shared)
			}
			if s.Leads {
				leaders++
			}
			if s.Cut { // for a moment, where the machine has other things to do
				cut++
			}
			peers += s.Peers
		}
		return leaders == 1 && peers == 6 && cut == 0
	})
	for i, n := range c.nodes {
		eventually(t, fmt.Sprintf("all entries on node %d", i), func() bool { return loaded(n.log, "a") == 9 })
	}
	var conflict *ConflictError
	eventually(t, "a conflict", func() bool {
		_, err := c.nodes[1].log.Append(t.Context(), "a", 0, []byte("late"))
		if err == nil {
			t.Fatal("appended on an old sequence")
		}
		return errors.As(err, &conflict)
	})
	if conflict.Last != after {
		t.Errorf("append on an old sequence: a conflict with %d, want %d", conflict.Last, after)
	}
}
