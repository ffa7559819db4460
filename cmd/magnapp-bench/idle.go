//go:build linux

package main

import (
	"context"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/figure"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
)

// idle is a server that nobody uses.
type idle struct {
	Quiet    time.Duration `default:"35s" help:"How long nothing happens before: a server tidies up in half a minute."`
	Duration time.Duration `default:"38s" help:"How long to measure."`
}

func (*idle) figures() []figureOf {
	return []figureOf{
		{Name: "CPU with no sessions", Unit: "ms/s", Target: 6},
		{Name: "memory with no sessions", Unit: "MB"},
		{Name: "start with no sessions", Unit: "ms"},
	}
}

func (i *idle) measure(ctx context.Context, b *bench) error {
	return b.inRuns("idle", func() error {
		p, err := b.launchNew(ctx, b.Server)
		if err != nil {
			return err
		}
		return stopping(p, func() error {
			cpu, err := watch(p, i.Quiet, i.Duration, func(d time.Duration) error { return wait(ctx, d) })
			if err != nil {
				return err
			}
			memory, err := process.Memory(p.PID())
			if err != nil {
				return err
			}
			for k, value := range []float64{cpu, float64(memory) / (1 << 20), millis(p.Ready)} {
				b.table.Add(i.figures()[k], figure.Sample{Value: value})
			}
			return nil
		})
	})
}

// watch reads the CPU time, in milliseconds a second, of a server in which nothing happens while hold lets time pass, at first until it is quiet.
func watch(p *process.Process, quiet, duration time.Duration, hold func(time.Duration) error) (float64, error) {
	if err := hold(quiet); err != nil {
		return 0, err
	}
	begin := time.Now()
	before, err := process.CPU(p.PID())
	if err != nil {
		return 0, err
	}
	if err := hold(duration); err != nil {
		return 0, err
	}
	after, err := process.CPU(p.PID())
	return millis(after-before) / time.Since(begin).Seconds(), err
}
