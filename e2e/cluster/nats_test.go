package cluster_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/magnapp/magnapp/e2e/built"
	"github.com/magnapp/magnapp/internal/freeport"
)

// natsServer is a NATS that is not ours. It keeps its folder and its address when it is started again.
type natsServer struct {
	program, config, address string

	stop context.CancelFunc
	cmd  *exec.Cmd
	said *built.Output
}

// buildNATS builds the server from the module that the program has in it.
func buildNATS(t *testing.T) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "nats-server")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/nats-io/nats-server/v2").CombinedOutput(); err != nil {
		t.Fatalf("build nats-server: %v\n%s", err, out)
	}
	return program
}

// newNATS builds the server and starts it.
func newNATS(t *testing.T) *natsServer {
	t.Helper()
	dir := t.TempDir()
	n := &natsServer{program: buildNATS(t), config: filepath.Join(dir, "nats.conf"), address: freeport.For(t)}
	text := fmt.Sprintf("listen: %q\nmax_payload: 8388608\njetstream { store_dir: %q }\n", n.address, filepath.Join(dir, "store"))
	if err := os.WriteFile(n.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	n.start(t)
	t.Cleanup(func() { n.kill() })
	return n
}

func (n *natsServer) start(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	n.stop, n.said = stop, &built.Output{}
	n.cmd = exec.CommandContext(ctx, n.program, "-c", n.config)
	n.cmd.Stdout, n.cmd.Stderr = n.said, n.said
	if err := n.cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	eventually(t, "NATS listens", func() bool {
		conn, err := net.Dial("tcp", n.address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
}

// kill ends the server as a crash does. It may have ended.
func (n *natsServer) kill() {
	n.stop()
	_ = n.cmd.Wait() // it was killed
}

// TestServersShareAnExistingNATS holds a meeting by way of three servers that keep nothing themselves, while one of them is killed and the NATS is started again.
func TestServersShareAnExistingNATS(t *testing.T) {
	t.Parallel()
	nats := newNATS(t)
	c := startCluster(t, "CLUSTER_NAME=", "CLUSTER_LISTEN=", "CLUSTER_PEERS=", "CLUSTER_SECRET=", "NATS_URL=nats://"+nats.address)
	people, streams := c.team(t, size, c.listen)
	s := c.keepStoring(t, people)
	s.awaitMore(t, 10)
	c.nodes[1].kill()
	s.awaitMore(t, 10)
	c.nodes[1].start(t)
	c.nodes[1].awaitReady(t)
	nats.kill()
	eventually(t, "a server without its NATS is not ready", func() bool { return !c.nodes[0].ready() })
	nats.start(t)
	s.awaitMore(t, 10)
	for _, n := range c.nodes {
		n.awaitReady(t)
	}
	s.stop(t, c, people[0])
	c.finish(t, people[0], streams...)
	sameStreams(t, streams)
}
