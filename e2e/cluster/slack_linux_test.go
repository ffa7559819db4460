package cluster_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
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
