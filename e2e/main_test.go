package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the built binary.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "magnapp-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "no place for the program:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left lies in the system's folder for such things
	program = filepath.Join(dir, "magnapp")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "../cmd/magnapp")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
