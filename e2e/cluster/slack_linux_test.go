package cluster_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/magnapp/magnapp/e2e/built"
)

func TestNodes_have_themselves_woken_more_seldom_than_a_server_that_is_alone(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	for i, n := range c.nodes {
		slack, err := os.ReadFile(fmt.Sprintf("/proc/%d/timerslack_ns", n.server.PID()))
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
			t.Skipf("the system does not say what slack a process has: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(string(slack)); got != "4000000" {
			t.Errorf("timer slack of node %d is %s ns, want 4000000", i, got)
		}
	}
}

// A shell's <(…) is a pipe, at whose end a second look is.
func TestNode_reads_its_secret_once(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	secret, from, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close() //nolint:errcheck // only read
	if _, err := from.WriteString("a-secret-of-the-tests\n"); err != nil {
		t.Fatal(err)
	}
	if err := from.Close(); err != nil {
		t.Fatal(err)
	}
	var others sync.WaitGroup
	defer others.Wait()
	for _, n := range c.nodes[1:] {
		others.Go(func() { n.start(t) })
	}
	n := c.nodes[0]
	cmd := exec.Command(n.program)
	cmd.Dir, cmd.Env, cmd.ExtraFiles = n.dir, append(n.settings, "CLUSTER_SECRET=", "CLUSTER_SECRET_FILE=/dev/fd/3"), []*os.File{secret}
	s, err := built.Start(cmd)
	if err != nil {
		n.start(t) // so that the others do not wait for ever
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
}
