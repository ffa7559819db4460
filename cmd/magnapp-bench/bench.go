//go:build linux

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/api"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/figure"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
)

// options are those of every scenario.
type options struct {
	Server     string `placeholder:"FILE" help:"The magnapp to measure. Default: the one beside this program, or else it is built from the source in the current folder."`
	Baseline   string `placeholder:"FILE" help:"Another build of magnapp to compare with. Default: none, and what needs one has no ratio."`
	Runs       count  `default:"5" help:"How often to measure; the medians are printed."`
	JSON       bool   `name:"json" help:"Print JSON, every run included."`
	CPUProfile string `name:"cpu-profile" placeholder:"FILE" help:"Write a CPU profile of the server that was stopped last, for go tool pprof."`
}

// What figures are against.
const (
	theReference = "reference"
	theBaseline  = "baseline"
	theEngine    = "engine" // NATS alone
	theSingle    = "single node"
)

// theServer is what they are figures of.
const theServer = "server"

// figureOf is short for what most of this package is about.
type figureOf = figure.Figure

// A bench is what scenarios measure with.
type bench struct {
	options
	self  string // this program
	dir   string // for everything that is stored; while a run lasts, a folder of its own in that
	table figure.Table
}

// newBench finds the programs and makes the folder. Close it, whatever the error.
func newBench(ctx context.Context, o options) (b *bench, err error) {
	b = &bench{options: o}
	if b.self, err = os.Executable(); err != nil {
		return b, err
	}
	if b.dir, err = os.MkdirTemp("", "magnapp-bench-"); err != nil {
		return b, err
	}
	return b, b.findPrograms(ctx)
}

func (b *bench) close() error { return os.RemoveAll(b.dir) }

func (b *bench) findPrograms(ctx context.Context) (err error) {
	if b.Server == "" {
		b.Server = filepath.Join(filepath.Dir(b.self), "magnapp")
		if _, err := os.Stat(b.Server); err != nil {
			if b.Server, err = build(ctx, b.dir); err != nil {
				return err
			}
		}
	}
	for _, path := range []*string{&b.Server, &b.Baseline, &b.CPUProfile} { // servers run in folders of their own
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	b.note("server: " + b.Server)
	b.note("baseline: " + cmp.Or(b.Baseline, "none"))
	return b.copyPrograms()
}

// copyPrograms has copies measured, the reference, which is this program, among them. How a program's file has come into the memory of the system matters: one that the linker has just written may be there in single pages, a copy of it is in larger
// pieces. A server that has little to do at a time took up to 8 % more processor time from the first than from the second, which is more than most changes come to.
func (b *bench) copyPrograms() error {
	for _, program := range []*string{&b.Server, &b.Baseline, &b.self} {
		if *program == "" {
			continue
		}
		dir, err := b.folder()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(*program)
		if err != nil {
			return err
		}
		*program = filepath.Join(dir, filepath.Base(*program))
		if err := os.WriteFile(*program, data, 0o755); err != nil {
			return err
		}
	}
	unix.Sync() // or the disk would take them while the first is measured
	return nil
}

// note adds a line above the table, unless it is there.
func (b *bench) note(line string) {
	if !slices.Contains(b.table.Notes, line) {
		b.table.Notes = append(b.table.Notes, line)
	}
}

// build builds the server from the source in the current folder.
func build(ctx context.Context, dir string) (program string, err error) {
	program = filepath.Join(dir, "magnapp")
	command := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/magnapp/magnapp/cmd/magnapp")
	if printed, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the server: %w\n%s\nName one with --server, or call this in the folder of the source", err, printed)
	}
	return program, nil
}

// programs are the builds to measure: the server and, if there is one, the baseline. They may be the same file, to see how much a ratio moves by itself.
func (b *bench) programs() []string {
	if b.Baseline == "" {
		return []string{b.Server}
	}
	return []string{b.Server, b.Baseline}
}

// folder makes a new folder.
func (b *bench) folder() (string, error) { return os.MkdirTemp(b.dir, "") }

// launch starts a build of the server with no limits in the way of the load, on what dir/data holds. More settings are as in its environment.
func (b *bench) launch(ctx context.Context, program, dir string, more ...string) (*process.Process, error) {
	arguments := []string{"serve"}
	if b.CPUProfile != "" && program == b.Server {
		arguments = append(arguments, "--cpu-profile="+b.CPUProfile)
	}
	env := []string{
		"HOST=127.0.0.1", "DATA_DIR=data", "MAX_SESSIONS=0", "MAX_USERS_PER_SESSION=0", "RATE_LIMIT=off", "COMMAND_RATE=off",
		"STREAMS_PER_ADDRESS=0", "CONNECTIONS_PER_ADDRESS=0", "SESSION_TIMEOUT_MINUTES=600",
	}
	return process.Launch(ctx, process.Spec{Program: program, Arguments: arguments, Env: append(env, more...), Dir: dir})
}

// launchNew starts a build of the server in a folder of its own, with nothing stored.
func (b *bench) launchNew(ctx context.Context, program string) (*process.Process, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, err
	}
	return b.launch(ctx, program, dir)
}

// launchCopy starts a build of the server on a copy of what another stored.
func (b *bench) launchCopy(ctx context.Context, program, data string) (*process.Process, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(filepath.Join(dir, "data"), os.DirFS(data)); err != nil {
		return nil, err
	}
	unix.Sync() // or the server would wait for the disk to take the copy
	return b.launch(ctx, program, dir)
}

// say prints what is going on.
func say(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "%s %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, arguments...))
}

// inRuns calls measure once for each run.
func (b *bench) inRuns(what string, measure func() error) error {
	for run := range b.Runs {
		say("%s: run %d of %d", what, run+1, b.Runs)
		if err := b.inFolder(measure); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return nil
}

// inFolder lets do store in a folder that is removed afterwards.
func (b *bench) inFolder(do func() error) (err error) {
	outer := b.dir
	if b.dir, err = b.folder(); err == nil {
		err = errors.Join(do(), os.RemoveAll(b.dir))
	}
	b.dir = outer
	return err
}

// onEach calls do for every build, by its number in [bench.programs].
func (b *bench) onEach(do func(i int, program string) error) error {
	for i, program := range b.programs() {
		if err := do(i, program); err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
	}
	return nil
}

// inTurns measures every build once and adds the samples: values has one for each figure.
func (b *bench) inTurns(figures []figureOf, measure func(i int, program string) (values []float64, err error)) error {
	samples := make([]figure.Sample, len(figures))
	err := b.onEach(func(i int, program string) error {
		values, err := measure(i, program)
		if err != nil {
			return err
		}
		for k, v := range values {
			if i == 0 {
				samples[k].Value = v
			} else {
				samples[k].Against = v
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for k, f := range figures {
		b.table.Add(f, samples[k])
	}
	return nil
}

// print prints what was measured, if anything was.
func (b *bench) print(out io.Writer) error {
	switch {
	case len(b.table.Rows) == 0:
		return nil
	case b.JSON:
		return b.table.WriteJSON(out)
	default:
		return b.table.WriteText(out)
	}
}

// wait lets time pass.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// atOnce calls do for every number below n, all at the same time.
func atOnce(n int, do func(i int) error) error {
	errs := make([]error, n)
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { errs[i] = do(i) })
	}
	running.Wait()
	return errors.Join(errs...)
}

// stopping stops a process after do, and adds to an error of it what the process printed.
func stopping(p *process.Process, do func() error) error {
	return errors.Join(p.Explain(do()), p.Stop())
}

// knows reports whether a server has calls at a path, which is written as in its OpenAPI document.
func knows(ctx context.Context, p *process.Process, path string) (known bool, err error) {
	err = calling(p, func(c *api.Client) (err error) {
		known, err = c.Knows(ctx, path)
		return err
	})
	return known, err
}

// calling opens a client of a process for do.
func calling(p *process.Process, do func(*api.Client) error) error {
	client := api.New(p.URL)
	defer client.Close()
	return do(client)
}
