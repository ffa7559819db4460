//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/figure"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/load"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
)

// idle is a server that nobody uses, or one that holds streams in which nothing happens.
type idle struct {
	Sessions uint          `default:"0" help:"Sessions to open, with a stream for each participant."`
	Users    count         `default:"16" help:"Participants in each."`
	Quiet    time.Duration `default:"35s" help:"How long nothing happens before: a server tidies up in half a minute."`
	Duration time.Duration `default:"38s" help:"How long to measure; a multiple of 19 s has whole rounds of keep-alives."`
}

func (i *idle) figures() []figureOf {
	if i.Sessions == 0 {
		return []figureOf{
			{Name: "CPU with no sessions", Unit: "ms/s", Target: 6},
			{Name: "memory with no sessions", Unit: "MB"},
			{Name: "start with no sessions", Unit: "ms"},
		}
	}
	streams := fmt.Sprintf("%d × %d idle streams", i.Sessions, i.Users)
	return []figureOf{{Name: "CPU of " + streams, Unit: "ms/s"}, {Name: "memory of each of " + streams, Unit: "KB"}}
}

func (i *idle) measure(ctx context.Context, b *bench) error {
	return b.inRuns("idle", func() error {
		p, err := b.launchNew(ctx, b.Server)
		if err != nil {
			return err
		}
		return stopping(p, func() error {
			values, err := i.values(ctx, b, p)
			if err != nil {
				return err
			}
			for k, f := range i.figures() {
				b.table.Add(f, figure.Sample{Value: values[k]})
			}
			return nil
		})
	})
}

// values are those of the figures.
func (i *idle) values(ctx context.Context, b *bench, p *process.Process) ([]float64, error) {
	if i.Sessions == 0 {
		cpu, memory, err := i.watch(p, func(d time.Duration) error { return wait(ctx, d) })
		return []float64{cpu, float64(memory) / (1 << 20), millis(p.Ready)}, err
	}
	before, err := process.Memory(p.PID())
	if err != nil {
		return nil, err
	}
	w := load.Workload{Sessions: int(i.Sessions), Users: int(i.Users)}
	player, err := load.Start(ctx, b.self, []string{"load"}, load.Target{URL: p.URL, PID: p.PID()}, w)
	if err != nil {
		return nil, err
	}
	cpu, memory, err := i.watch(p, player.Hold)
	return []float64{cpu, float64(memory-before) / 1024 / float64(w.Streams())}, errors.Join(err, player.Close())
}

// watch reads the CPU time in milliseconds a second and the memory in bytes of a server in which nothing happens while hold holds on.
func (i *idle) watch(p *process.Process, hold func(time.Duration) error) (cpu float64, memory int64, err error) {
	if err := hold(i.Quiet); err != nil {
		return 0, 0, err
	}
	begin := time.Now()
	before, err := process.CPU(p.PID())
	if err != nil {
		return 0, 0, err
	}
	if err := hold(i.Duration); err != nil {
		return 0, 0, err
	}
	after, err := process.CPU(p.PID())
	if err != nil {
		return 0, 0, err
	}
	cpu = millis(after-before) / time.Since(begin).Seconds()
	memory, err = process.Memory(p.PID())
	return cpu, memory, err
}
