//go:build linux

// Command magnapp-bench measures what a MagnaPP server costs on this machine, and holds the figures against targets. Most are ratios: to the reference, which is the cheapest program that puts the
// same bytes on the same sockets, or to another build of the server. What is compared is measured in turns.
//
// Everything happens on loopback. The servers are processes of their own; what they store is in one folder under TMPDIR, which is removed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/load"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/reference"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
	"github.com/magnapp/magnapp/internal/eventlog/bare"
)

// commands are what the command line takes.
type commands struct {
	options

	Table    table    `cmd:"" help:"Measure every figure that has a target."`
	Play     play     `cmd:"" help:"Play rounds in turns on the server, the reference and the baseline: CPU, latency, throughput."`
	Start    start    `cmd:"" help:"Start with many sessions on the disk, after SIGTERM and after SIGKILL."`
	Resume   resume   `cmd:"" help:"Come back to a session with many votes."`
	Updated  updated  `cmd:"" help:"The size of session_updated after many rounds."`
	Sessions sessions `cmd:"" help:"The memory of sessions that nobody uses."`
	Idle     idle     `cmd:"" help:"The CPU and memory of a server that nobody uses."`
	Streams  streams  `cmd:"" help:"The CPU and memory of streams in which nothing happens, and of the pings that the page answers."`

	Cluster cluster `cmd:"" help:"Three nodes beside a single one and beside NATS alone: time of a command, commands a second, CPU, starts."`

	// What this program starts itself as:
	Load      struct{} `cmd:"" hidden:""`
	Reference struct {
		Port  string  `env:"PORT"`
		Sizes []int64 `arg:""`
	} `cmd:"" hidden:""`
	Engine engine `cmd:"" hidden:""`
}

// engine is a node of NATS alone.
type engine struct {
	Port    string   `env:"PORT"`
	Node    int      `arg:""`
	Address string   `arg:""`
	Dir     string   `arg:""`
	Links   []string `arg:""` // of all nodes
}

func (e engine) serve(ctx context.Context) error {
	return bare.Serve(ctx, bare.Node{
		Name: strconv.Itoa(e.Node), Dir: e.Dir, Listen: e.Address, Links: e.Links[e.Node], Peers: e.Links, Health: net.JoinHostPort("127.0.0.1", e.Port),
	})
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "magnapp-bench:", err)
		os.Exit(1)
	}
}

// run does what the arguments ask for, until it is done or the context ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	var cli commands
	parser, err := kong.New(&cli, kong.Name("magnapp-bench"), kong.Description("Measure what a MagnaPP server costs on this machine."))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	switch parsed.Selected().Name {
	case "load":
		return load.Serve(os.Stdin, os.Stdout)
	case "reference":
		return serveReference(cli.Reference.Port, cli.Reference.Sizes)
	case "engine":
		return cli.Engine.serve(ctx)
	default:
		return measure(ctx, cli.options, parsed.Selected().Target.Addr().Interface().(scenario), out)
	}
}

// A scenario is one kind of measurement: a command by itself, and a part of the table.
type scenario interface {
	figures() []figureOf
	measure(ctx context.Context, b *bench) error
}

// measure takes the figures of a scenario and prints them, also when it fails halfway.
func measure(ctx context.Context, o options, s scenario, out io.Writer) (err error) {
	b, err := newBench(ctx, o)
	if err == nil {
		err = s.measure(ctx, b)
	}
	if ctx.Err() != nil {
		err = errors.New("interrupted") // whatever came of that
	}
	return errors.Join(err, b.print(out), b.close())
}

// serveReference serves on loopback until this process is ended.
func serveReference(port string, sizes []int64) error {
	var s wire.Sizes
	copy(s[:], sizes)
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	return reference.Serve(listener.(*net.TCPListener), s)
}

// A count is a number of things of which there has to be one at least.
type count int

// UnmarshalText is how the command line sets it.
func (c *count) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 31)
	if err != nil || n < 1 {
		return fmt.Errorf("must be a number above 0, not %q", text)
	}
	*c = count(n)
	return nil
}
