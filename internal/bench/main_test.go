//go:build linux

package bench

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"
	"go.uber.org/goleak"
)

// TestMain lets the test binary be the programs that bench starts, so that Run can be tested as a whole, processes included: `bench` is the
// command itself, and `serve` is the reference in the server's place.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "serve" || os.Args[1] == "bench") {
		commandLine()
		return
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // or each program, built with the race detector as it is, would take a second to end
	goleak.VerifyTestMain(m)
}

// commandLine is the part of the program's command line that bench relies on.
func commandLine() {
	var cli struct {
		Serve struct {
			Port string `env:"PORT"`
		} `cmd:""`
		Bench Options `cmd:""`
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k := kong.Parse(&cli)
	if k.Command() == "serve" {
		k.FatalIfErrorf(ServeReference(ctx, "127.0.0.1:"+cli.Serve.Port))
		return
	}
	k.FatalIfErrorf(Run(ctx, cli.Bench, os.Stdout))
}
