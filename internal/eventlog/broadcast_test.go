package eventlog

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

func TestNodes_hear_what_others_broadcast_and_not_themselves(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	var mu sync.Mutex
	var heard [3][3]int // by whom, from whom
	for by, n := range c.nodes {
		n.log.Sharing().Hears(func(data []byte) {
			mu.Lock()
			defer mu.Unlock()
			heard[by][slices.Index([]string{"0", "1", "2"}, string(data))]++
		})
	}
	eventually(t, "all hear both others", func() bool {
		for from, n := range c.nodes { // again: what is said before a node knows who listens is lost
			n.log.Sharing().Broadcast(fmt.Append(nil, from))
		}
		mu.Lock()
		defer mu.Unlock()
		for by := range heard {
			for from := range heard {
				if by != from && heard[by][from] == 0 {
					return false
				}
			}
		}
		return true
	})
	mu.Lock()
	defer mu.Unlock()
	for i := range heard {
		if heard[i][i] > 0 {
			t.Errorf("node %d hears itself", i)
		}
	}
}
