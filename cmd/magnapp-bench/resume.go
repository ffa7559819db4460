//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/api"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
)

// resume is somebody without a credential who comes back to a session in which much has happened.
type resume struct {
	Users count         `default:"16" help:"Participants of the session."`
	Votes count         `default:"20000" help:"Votes in it, all in one round."`
	Quiet time.Duration `default:"32s" help:"How long nothing happens before: a server tidies up in the first half minute."`
}

// froms are where somebody may have been last.
var froms = []string{"the beginning", "the middle"}

// resumeFigures is how many there are for each of them.
const resumeFigures = 3

func (r *resume) figures() []figureOf {
	var all []figureOf
	for _, from := range froms {
		from = fmt.Sprintf(" of a resume from %s of %d votes", from, r.Votes)
		all = append(all,
			figureOf{Name: "time" + from, Unit: "ms", Against: theBaseline, Target: 1. / 10},
			figureOf{Name: "memory" + from, Unit: "MB", Against: theBaseline, Target: 1. / 20},
			figureOf{Name: "first event" + from, Unit: "ms", Against: theBaseline})
	}
	return all
}

// A meeting is a session with many votes in a server's folder.
type meeting struct {
	api.Session
	data string
	from []string // the event ids that [froms] are
	last string   // the id of its last event
}

func (r *resume) measure(ctx context.Context, b *bench) error {
	var meetings []meeting // by build
	err := b.onEach(func(_ int, program string) error {
		m, err := r.prepare(ctx, b, program)
		meetings = append(meetings, m)
		return err
	})
	if err != nil {
		return err
	}
	return b.inRuns("resume", func() error { return r.once(ctx, b, meetings) })
}

// prepare makes the session and casts the votes.
func (r *resume) prepare(ctx context.Context, b *bench, program string) (m meeting, err error) {
	dir, err := b.folder()
	if err != nil {
		return meeting{}, err
	}
	p, err := b.launch(ctx, program, dir)
	if err != nil {
		return meeting{}, err
	}
	m.data = filepath.Join(dir, "data")
	err = stopping(p, func() error { return calling(p, func(c *api.Client) error { return r.vote(ctx, c, &m) }) })
	return m, err
}

func (r *resume) vote(ctx context.Context, c *api.Client, m *meeting) error {
	sessions, err := c.Make(ctx, 1, int(r.Users))
	if err != nil {
		return err
	}
	m.Session = sessions[0]
	if err := c.Act(ctx, sessions, "start"); err != nil {
		return err
	}
	for range froms {
		first, err := c.First(ctx, m.Session)
		if err != nil {
			return err
		}
		m.from = append(m.from, first.ID)
		if err := c.Votes(ctx, m.Session, int(r.Votes)/len(froms)); err != nil {
			return err
		}
	}
	last, err := c.First(ctx, m.Session)
	m.last = last.ID
	return err
}

// once starts a server of each build for each place to come back from, all on copies, waits until they are quiet, and comes back in turns.
func (r *resume) once(ctx context.Context, b *bench, meetings []meeting) (err error) {
	var started []*process.Process // the builds' for the first place, then for the next
	defer func() {
		for _, p := range started {
			err = errors.Join(err, p.Stop())
		}
	}()
	for range froms {
		err := b.onEach(func(i int, program string) error {
			p, err := b.launchCopy(ctx, program, meetings[i].data)
			if err == nil {
				started = append(started, p)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := wait(ctx, r.Quiet); err != nil {
		return err
	}
	figures := r.figures()
	for f := range froms {
		servers := started[f*len(meetings):]
		err := b.inTurns(figures[f*resumeFigures:][:resumeFigures], func(i int, _ string) ([]float64, error) {
			return comeBack(ctx, servers[i], meetings[i].Session, meetings[i].from[f], meetings[i].last)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// comeBack resumes once. The values are the time, the growth of the server's memory at its most, and the time to the first event.
func comeBack(ctx context.Context, p *process.Process, s api.Session, from, to string) ([]float64, error) {
	if err := process.ResetPeak(p.PID()); err != nil {
		return nil, err
	}
	before, err := process.PeakMemory(p.PID())
	if err != nil {
		return nil, err
	}
	var back api.Resume
	err = calling(p, func(c *api.Client) (err error) {
		back, err = c.Resume(ctx, s, from, to)
		return err
	})
	if err != nil {
		return nil, p.Explain(err)
	}
	peak, err := process.PeakMemory(p.PID())
	return []float64{millis(back.Whole), float64(peak-before) / (1 << 20), millis(back.FirstEvent)}, err
}
