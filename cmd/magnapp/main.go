// Command magnapp is planning poker for distributed teams: one program, one command, nothing to install beside it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/magnapp/magnapp/internal/config"
)

// commands are what the command line takes; serve is what happens when nothing is named.
type commands struct {
	Version kong.VersionFlag `help:"Print the version and exit."`
	Serve   serve            `cmd:"" default:"withargs" help:"Run the server (this is what happens when no command is named)."`
	Stories stories          `cmd:"" help:"Print what an import would understand of a file."`
	Ready   readiness        `cmd:"" help:"Ask a server on this machine whether it takes commands; for health checks of containers."`
	Doctor  examine          `cmd:"" help:"Look at a running server through whatever is in between, and say what is wrong."`
}

type serve struct {
	config.Settings
	CPUProfile string `name:"cpu-profile" hidden:"" placeholder:"FILE" help:"Write a CPU profile until the server stops."`
}

func main() {
	runtime.LockOSThread() // see relaxTimers
	err := run(context.Background(), os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	var status exitStatus
	if errors.As(err, &status) {
		os.Exit(int(status))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "magnapp:", err)
		os.Exit(failed(os.Args[1:]))
	}
}

// failed is the exit status of a command that could not be done. Of the doctor, 1 would say that the server works.
func failed(args []string) int {
	if len(args) > 0 && args[0] == "doctor" {
		return 2
	}
	return 1
}

// run does what the arguments ask for, until it is done, the context ends, or the program is asked to stop.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) error {
	var cli commands
	parser, err := kong.New(&cli, append(config.Options(env, "", config.Version()),
		kong.Name("magnapp"),
		kong.Description("Planning poker for distributed teams: everybody picks a card in secret, the cards turn over at once, the team talks about the difference."),
		kong.Writers(stdout, stderr),
	)...)
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	if parsed.Command() == "serve" {
		relaxTimers(slackOf(cli.Serve.Settings))
	}
	runtime.UnlockOSThread()
	// Not earlier: a signal that is taken before the program starts itself once more would be lost. Until here, one ends it, and there is nothing to finish.
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.BindTo(stdout, (*io.Writer)(nil))
	return parsed.Run()
}

// Run serves until the context ends.
func (s *serve) Run(ctx context.Context, stdout io.Writer) error {
	c, err := s.Config()
	if err != nil {
		return err
	}
	return profiled(s.CPUProfile, func() error { return serveUntil(ctx, c, stdout, os.Stderr) })
}
