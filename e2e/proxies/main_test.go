//go:build linux

package proxies

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/magnapp/magnapp/e2e/built"
)

var (
	all   = flag.Bool("all", false, "every proxy that is installed, not only those that CI has")
	watch = flag.Duration("watch", 75*time.Second, "for how long a stream is watched for a cut")
)

// program is the built binary.
var program string

// beside has a test run beside the others, which mostly wait. Where the table of docs/deploy.md is measured, none does.
func beside(t *testing.T) {
	t.Helper()
	if !*all {
		t.Parallel()
	}
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if err := flag.Set("test.parallel", "64"); err != nil { // they do nothing but wait
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return built.Main("proxies", func(path string) int {
		program = path
		return m.Run()
	})
}
