package cluster_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/magnapp/magnapp/e2e/built"
	"github.com/magnapp/magnapp/internal/freeport"
	"github.com/magnapp/magnapp/internal/relay"
)

// size is the number of nodes.
const size = 3

// cluster is three servers, each of which reaches the others through relays.
type cluster struct {
	nodes  [size]*node
	relays [size][size]*relay.Relay // from, to
}

// node is one of them. It keeps its folder and its addresses when it is started again.
type node struct {
	url      string
	dir      string
	settings []string
	program  string

	mu     sync.Mutex
	server *built.Server // nil while it does not run
}

// startCluster starts three nodes with these settings, in which {node} is a, b or c, and waits until all are ready.
func startCluster(t *testing.T, settings ...string) *cluster {
	t.Helper()
	c := newCluster(t, settings...)
	c.start(t)
	return c
}

// newCluster makes the settings of three nodes and starts none.
func newCluster(t *testing.T, settings ...string) *cluster {
	t.Helper()
	c := &cluster{}
	var links [size]string
	for i := range size {
		links[i] = freeport.For(t)
	}
	for from := range size {
		var peers []string
		for to := range size {
			peers = append(peers, c.relay(t, from, to, links[to]))
		}
		dir := t.TempDir()
		address := freeport.For(t)
		host, port, _ := net.SplitHostPort(address)
		c.nodes[from] = &node{url: "http://" + address, dir: dir, program: program, settings: append([]string{
			"HOST=" + host, "PORT=" + port, "DATA_DIR=" + filepath.Join(dir, "data"), "TMPDIR=" + dir, "RATE_LIMIT=off", "COMMAND_RATE=off",
			"CLUSTER_NAME=test", "CLUSTER_LISTEN=" + links[from], "CLUSTER_PEERS=" + strings.Join(peers, ","), "CLUSTER_SECRET=a-secret-of-the-tests",
		}, settings...)}
		for i, s := range c.nodes[from].settings {
			c.nodes[from].settings[i] = strings.ReplaceAll(s, "{node}", string("abc"[from]))
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			for i, n := range c.nodes {
				t.Logf("node %d:\n%s", i, n.said())
			}
		}
	})
	return c
}

// start starts all nodes and waits until they are ready.
func (c *cluster) start(t *testing.T) {
	t.Helper()
	var starting sync.WaitGroup
	for _, n := range c.nodes {
		starting.Go(func() { n.start(t) })
	}
	starting.Wait()
	if t.Failed() {
		t.FailNow()
	}
	for _, n := range c.nodes {
		n.awaitReady(t)
	}
}

// relay is the address by which one node reaches another. Its own address is the real one.
func (c *cluster) relay(t *testing.T, from, to int, address string) string {
	t.Helper()
	if from == to {
		return address
	}
	r, err := relay.New(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	c.relays[from][to] = r
	return r.Addr()
}

// links calls do for each relay that one node uses, either way.
func (c *cluster) links(n int, do func(*relay.Relay)) {
	for other := range size {
		if other != n {
			do(c.relays[n][other])
			do(c.relays[other][n])
		}
	}
}

// start may be called from any goroutine.
func (n *node) start(t *testing.T) {
	cmd := exec.Command(n.program)
	cmd.Dir, cmd.Env = n.dir, n.settings
	s, err := built.Start(cmd)
	if err != nil {
		t.Error(err)
		return
	}
	t.Cleanup(s.Kill)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.server = s
}

// takeServer is the running server, which then counts as stopped.
func (n *node) takeServer() *built.Server {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.server
	n.server = nil
	return s
}

func (n *node) kill() { n.takeServer().Kill() }

// stop ends the node as a deployment does, and waits for that.
func (n *node) stop(t *testing.T) {
	t.Helper()
	s := n.takeServer()
	if err := s.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	code, err := s.Exit(patience)
	if err != nil || code != 0 {
		t.Errorf("stop: exit code %d, %v: %s", code, err, s.Stderr)
	}
}

// signal sends the node's process a signal that does not end it.
func (n *node) signal(t *testing.T, s os.Signal) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.server.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func (n *node) running() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.server != nil
}

// said is what the running server has logged.
func (n *node) said() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.server == nil {
		return "(does not run)"
	}
	return n.server.Stderr.String()
}

// ready asks whether the node is.
func (n *node) ready() bool {
	resp, err := client.Get(n.url + "/readyz") // which ends even if the node stands still
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (n *node) awaitReady(t *testing.T) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s is ready", n.url), n.ready)
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(patience); !is(); {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("not in %v: %s", patience, what)
		}
	}
}
