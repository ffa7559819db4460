//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/api"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
)

// resume is somebody without a credential who comes back to a session in which much has happened.
type resume struct {
	Users count         `default:"16" help:"Participants of the session."`
	Votes count         `default:"20000" help:"Votes in it, all in one round."`
	Quiet time.Duration `default:"35s" help:"How long nothing happens before: a server tidies up in half a minute."`
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

// A meeting is a session with many votes on a server of its own.
type meeting struct {
	*process.Process
	session api.Session
	from    []string // the event ids that [froms] are
}

func (r *resume) measure(ctx context.Context, b *bench) error {
	return b.inRuns("resume", func() error { return r.once(ctx, b) })
}

// once makes the session on a server of each build for each place to come back from, waits until they are quiet, and comes back in turns. Servers that have just started would not do: what
// reading the votes left in memory would hide what a resume takes.
func (r *resume) once(ctx context.Context, b *bench) (err error) {
	var meetings []*meeting // the builds' for the first place, then for the next
	defer func() {
		for _, m := range meetings {
			err = errors.Join(err, m.Stop())
		}
	}()
	for range froms {
		err := b.onEach(func(_ int, program string) error {
			p, err := b.launchNew(ctx, program)
			if err != nil {
				return err
			}
			m := &meeting{Process: p}
			meetings = append(meetings, m)
			return p.Explain(calling(p, func(c *api.Client) error { return r.vote(ctx, c, m) }))
		})
		if err != nil {
			return err
		}
	}
	if err := wait(ctx, r.Quiet); err != nil {
		return err
	}
	for f := range froms {
		of := meetings[f*len(b.programs()):]
		err := b.inTurns(r.figures()[f*resumeFigures:][:resumeFigures], func(i int, _ string) ([]float64, error) {
			return of[i].comeBack(ctx, of[i].from[f], (len(froms)-f)*r.part())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// part is how many votes there are between two of [froms].
func (r *resume) part() int { return int(r.Votes) / len(froms) }

// vote makes the session and casts the votes.
func (r *resume) vote(ctx context.Context, c *api.Client, m *meeting) error {
	sessions, err := c.Make(ctx, 1, int(r.Users))
	if err != nil {
		return err
	}
	m.session = sessions[0]
	if err := c.Act(ctx, sessions, "start"); err != nil {
		return err
	}
	for range froms {
		first, err := c.First(ctx, m.session)
		if err != nil {
			return err
		}
		m.from = append(m.from, first.ID)
		if err := c.Votes(ctx, m.session, r.part()); err != nil {
			return err
		}
	}
	return nil
}

// comeBack resumes once. The values are the time, the growth of the server's memory at its most, and the time to the first event.
func (m *meeting) comeBack(ctx context.Context, from string, missed int) ([]float64, error) {
	if err := process.ResetPeak(m.PID()); err != nil {
		return nil, err
	}
	before, err := process.PeakMemory(m.PID())
	if err != nil {
		return nil, err
	}
	var back api.Resume
	err = calling(m.Process, func(c *api.Client) (err error) {
		back, err = c.Resume(ctx, m.session, from, missed)
		return err
	})
	if err != nil {
		return nil, m.Explain(err)
	}
	peak, err := process.PeakMemory(m.PID())
	return []float64{millis(back.Last), float64(peak-before) / (1 << 20), millis(back.FirstEvent)}, err
}
