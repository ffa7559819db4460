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
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/load"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/reference"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

// commands are what the command line takes.
type commands struct {
	options

	Table    tableCommand `cmd:"" help:"Measure every figure that has a target."`
	Play     play         `cmd:"" help:"Play rounds in turns on the server and the reference: CPU, latency, throughput."`
	Start    start        `cmd:"" help:"Start with many sessions on the disk, after SIGTERM and after SIGKILL."`
	Resume   resume       `cmd:"" help:"Come back to a session with many votes."`
	Updated  updated      `cmd:"" help:"The size of session_updated after many rounds."`
	Sessions sessions     `cmd:"" help:"The memory of sessions that nobody uses."`
	Idle     idle         `cmd:"" help:"The CPU of a server that nobody uses, or of streams that are only held."`

	Load      loadCommand      `cmd:"" hidden:""`
	Reference referenceCommand `cmd:"" hidden:""`
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
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.BindTo(out, (*io.Writer)(nil))
	parsed.Bind(cli.options)
	return parsed.Run()
}

// A scenario is one kind of measurement: a command by itself, and a part of the table.
type scenario interface {
	figures() []figureOf
	measure(ctx context.Context, b *bench) error
}

// runAlone measures one scenario and prints its figures.
func runAlone(ctx context.Context, o options, s scenario, out io.Writer) error {
	return withBench(ctx, o, func(b *bench) error {
		if err := s.measure(ctx, b); err != nil {
			return err
		}
		return b.print(out)
	})
}

// A loadCommand is the process that loads one server; see [load.Start].
type loadCommand struct{}

// Run takes orders on standard input.
func (loadCommand) Run(ctx context.Context) error { return load.Serve(ctx, os.Stdin, os.Stdout) }

// A referenceCommand is the process that servers are held against.
type referenceCommand struct {
	Port  string `arg:""`
	Sizes string `arg:""`
}

// Run serves on loopback until ctx ends.
func (c referenceCommand) Run(ctx context.Context) error {
	sizes, err := wire.ParseSizes(c.Sizes)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", c.Port))
	if err != nil {
		return err
	}
	return errors.Join(reference.New(sizes).Serve(ctx, listener.(*net.TCPListener)), listener.Close())
}
