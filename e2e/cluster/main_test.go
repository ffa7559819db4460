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

var kills = flag.Int("kills", 3, "how many nodes are killed, and how many rolling restarts there are half as often")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(built.Main("cluster", func(path string) int {
		program = path
		return m.Run()
	}))
}
