package cluster_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/magnapp/magnapp/e2e/built"
)

// patience is how long a test waits for what must happen. It fails then; it never passes by it.
const patience = time.Minute

// program is the built binary.
var program string

var (
	kills  = flag.Int("kills", 3, "how many nodes are killed; all nodes are restarted a sixth as often, and cut off")
	before = flag.String("before", "", "the program of an earlier build, from which nodes are upgraded")
)

// long reports whether the times that the tests measure are held against those that are promised. A few runs on a machine that does other things as well say little about them.
func long() bool { return *kills >= 12 }

// rounds is how often what takes all three nodes is done.
func rounds() int { return max(1, *kills/6) }

// beside is how many tests run beside each other in a short run: they wait more than they compute, for elections and for people who do not come back.
const beside = "4"

func TestMain(m *testing.M) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); !long() && parallel.Value.String() == parallel.DefValue {
		_ = parallel.Value.Set(beside) // it is a number
	}
	go feel()
	os.Exit(built.Main("cluster", func(path string) int {
		program = path
		return m.Run()
	}))
}
