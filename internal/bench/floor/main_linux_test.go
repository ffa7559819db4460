package main

import (
	"bytes"
	"context"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magnapp/magnapp/internal/bench"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A load that every server must be able to take finds nothing missing here: it waits for each delivery.
func TestTheLoadIsServed(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, t.TempDir()) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	o := bench.Options{
		URL: "http://" + listener.Addr().String(), Scenario: "play", Sessions: 2, Users: 3, InFlight: 2,
		Warmup: 10 * time.Millisecond, Duration: 100 * time.Millisecond, Runs: 1,
	}
	if err := bench.Run(ctx, o, &bytes.Buffer{}); err != nil {
		t.Error(err)
	}
}
