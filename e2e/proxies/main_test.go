//go:build linux

package proxies

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

var (
	all   = flag.Bool("all", false, "every proxy that is installed, not only those that CI has")
	watch = flag.Duration("watch", 75*time.Second, "for how long a stream is watched for a cut")
)

// program is the built binary.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if err := flag.Set("test.parallel", "64"); err != nil { // they do nothing but wait
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "magnapp-proxies-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "no place for the program:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left lies in the system's folder for such things
	program = filepath.Join(dir, "magnapp")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "../../cmd/magnapp")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
