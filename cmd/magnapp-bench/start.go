//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/api"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/figure"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
)

// many is what a server has when it was used for a day: sessions that were all played at the same time.
type many struct {
	Sessions count `default:"3000" help:"Sessions to make."`
	Users    count `default:"16" help:"Participants in each."`
	Rounds   uint  `default:"3" help:"Rounds to play in each: start, a vote of everybody, reveal."`
}

// entries is how many commands each session takes.
func (m many) entries() int { return int(m.Users) + int(m.Rounds)*(int(m.Users)+2) }

func (m many) String() string {
	return fmt.Sprintf("%d sessions of %d entries", m.Sessions, m.entries())
}

// playOn makes and plays them on a server.
func (m many) playOn(ctx context.Context, p *process.Process) error {
	return calling(p, func(c *api.Client) error {
		sessions, err := c.Make(ctx, int(m.Sessions), int(m.Users))
		if err != nil {
			return err
		}
		return c.Rounds(ctx, sessions, int(m.Rounds))
	})
}

// allOn makes sure that a server has all of them.
func (m many) allOn(ctx context.Context, p *process.Process) error {
	return calling(p, func(c *api.Client) error {
		n, err := c.Count(ctx)
		if err == nil && n != int(m.Sessions) {
			err = fmt.Errorf("%d sessions are there, want %d", n, m.Sessions)
		}
		return err
	})
}

// start is a server that starts with many sessions on the disk.
type start struct {
	many
	Quiet   time.Duration `default:"5s" help:"How long nothing happens before the server that played them ends."`
	Upgrade bool          `default:"true" negatable:"" help:"Also start the server on what the baseline stored."`
}

// ends are the two that a server can come to, with the targets for the next start.
var ends = []struct {
	name   string
	target float64
	of     func(stored) string
}{
	{"SIGTERM", 1. / 6, func(s stored) string { return s.stopped }},
	{"SIGKILL", 1. / 3, func(s stored) string { return s.killed }},
}

// stored is what a server leaves in its data folder.
type stored struct{ stopped, killed string }

func (s *start) figures() []figureOf {
	var all []figureOf
	for _, end := range ends {
		all = append(all,
			figureOf{Name: fmt.Sprintf("CPU of a start after %s, %v", end.name, s.many), Unit: "ms", Against: theBaseline, Target: end.target},
			figureOf{Name: fmt.Sprintf("time of a start after %s, %v", end.name, s.many), Unit: "ms", Against: theBaseline})
	}
	return all
}

func (s *start) measure(ctx context.Context, b *bench) error {
	var left []stored // by build
	err := b.onEach(func(_ int, program string) error {
		of, err := s.prepare(ctx, b, program)
		left = append(left, of)
		return err
	})
	if err != nil {
		return err
	}
	figures := s.figures()
	return b.inRuns("start", func() error {
		for e, end := range ends {
			err := b.inTurns(figures[2*e:2*e+2], func(i int, program string) ([]float64, error) {
				return s.startOn(ctx, b, program, end.of(left[i]))
			})
			if err != nil {
				return fmt.Errorf("after %s: %w", end.name, err)
			}
		}
		if b.Baseline == "" || !s.Upgrade {
			return nil
		}
		return s.upgrade(ctx, b, left[1])
	})
}

// prepare plays the sessions on a build, and keeps the folder as a SIGKILL would have left it, and as a SIGTERM does.
func (s *start) prepare(ctx context.Context, b *bench, program string) (left stored, err error) {
	dir, err := b.folder()
	if err != nil {
		return stored{}, err
	}
	left = stored{stopped: filepath.Join(dir, "data"), killed: filepath.Join(dir, "killed")}
	p, err := b.launch(ctx, program, dir)
	if err != nil {
		return stored{}, err
	}
	begin := time.Now()
	err = stopping(p, func() error {
		if err := s.playOn(ctx, p); err != nil {
			return err
		}
		if err := wait(ctx, s.Quiet); err != nil {
			return err
		}
		return p.Paused(func() error { return os.CopyFS(left.killed, os.DirFS(left.stopped)) })
	})
	say("%v made and played in %v on %s", s.many, time.Since(begin).Round(time.Second), program)
	return left, err
}

// startOn starts a build on a copy of a folder. The values are those of [costOfStart].
func (s *start) startOn(ctx context.Context, b *bench, program, data string) ([]float64, error) {
	p, err := b.launchCopy(ctx, program, data)
	if err != nil {
		return nil, err
	}
	err = stopping(p, func() error { return s.allOn(ctx, p) })
	return costOfStart(p), err
}

// costOfStart is CPU time and time until a process was ready, in milliseconds.
func costOfStart(p *process.Process) []float64 {
	return []float64{millis(p.CPUAtThat), millis(p.Ready)}
}

func millis(d time.Duration) float64 { return micros(d) / 1000 }

// upgrade starts the server on what the baseline stored.
func (s *start) upgrade(ctx context.Context, b *bench, left stored) error {
	values, err := s.startOn(ctx, b, b.Server, left.stopped)
	if err != nil {
		return fmt.Errorf("the server on the baseline's data: %w", err)
	}
	b.table.Add(figureOf{Name: "CPU of the first start on the baseline's data", Unit: "ms"}, figure.Sample{Value: values[0]})
	return nil
}
