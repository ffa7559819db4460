package load

import (
	"fmt"
	"net"
	"os"
	"testing"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/reference"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
	"github.com/magnapp/magnapp/internal/leaks"
)

// TestMain lets the test binary be the processes that the tests start: the reference, and the load itself.
func TestMain(m *testing.M) {
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == "reference":
		err = serveReference()
	case len(os.Args) == 2 && os.Args[1] == "load":
		err = Serve(os.Stdin, os.Stdout)
	default:
		os.Setenv("GORACE", "atexit_sleep_ms=0") // or each process, built with the race detector as it is, would take a second to end
		leaks.VerifyTestMain(m)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// sizesOfReference are those of its frames.
var sizesOfReference = wire.Sizes{wire.Vote: 330, wire.Reveal: 1000, wire.Start: 1200}

func serveReference() error {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		return err
	}
	defer listener.Close()
	return reference.Serve(listener.(*net.TCPListener), sizesOfReference)
}

// startReference starts a reference that ends with the test.
func startReference(t *testing.T) *process.Process {
	t.Helper()
	p, err := process.Launch(t.Context(), process.Spec{
		Program: os.Args[0], Arguments: []string{"reference"}, Dir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			t.Error(err)
		}
	})
	return p
}
