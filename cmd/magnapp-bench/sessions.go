//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
)

// sessions is many sessions that nobody uses.
type sessions struct {
	many
	Quiet time.Duration `default:"170s" help:"How long nothing happens before: a server tidies up twice in that time."`
}

func (s *sessions) figures() []figureOf {
	return []figureOf{{Name: fmt.Sprintf("memory of an idle session, %v", s.many), Unit: "KB", Against: theBaseline, Target: 1. / 2}}
}

func (s *sessions) measure(ctx context.Context, b *bench) error {
	return b.inRuns("sessions", func() error { return s.once(ctx, b) })
}

// A pair is a server that has the sessions, and an empty one of the same build that has been there for as long.
type pair struct{ empty, full *process.Process }

// once plays the sessions on one server of each build, and waits for all of them at the same time.
func (s *sessions) once(ctx context.Context, b *bench) (err error) {
	var pairs []pair // by build
	var started []*process.Process
	defer func() {
		for _, p := range started {
			err = errors.Join(err, p.Stop())
		}
	}()
	err = b.onEach(func(_ int, program string) error {
		for range 2 {
			p, err := b.launchNew(ctx, program)
			if err != nil {
				return err
			}
			started = append(started, p)
		}
		of := pair{empty: started[len(started)-2], full: started[len(started)-1]}
		pairs = append(pairs, of)
		return of.full.Explain(s.playOn(ctx, of.full))
	})
	if err != nil {
		return err
	}
	if err := wait(ctx, s.Quiet); err != nil {
		return err
	}
	return b.inTurns(s.figures(), func(i int, _ string) ([]float64, error) {
		empty, err := process.Memory(pairs[i].empty.PID())
		if err != nil {
			return nil, err
		}
		full, err := process.Memory(pairs[i].full.PID())
		return []float64{float64(full-empty) / 1024 / float64(s.Sessions)}, err
	})
}
