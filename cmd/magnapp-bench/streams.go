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

// streams is many streams in which nothing happens. On one server they are the page's: they ask for pings and answer them. On another, and on the baseline, which need not know pings, they do not.
type streams struct {
	Sessions count         `default:"625" help:"Sessions to make, with a stream for each participant."`
	Users    count         `default:"16" help:"Participants in each."`
	InFlight count         `default:"64" help:"Connections on which the answers to pings take turns, as behind a proxy."`
	Quiet    time.Duration `default:"35s" help:"How long nothing happens before the streams are opened, and again before they are measured: a server tidies up in half a minute."`
	Duration time.Duration `default:"60s" help:"How long to measure; a multiple of 30 s has as many answers of each stream."`
}

// answerEvery is how often the page answers: with every second ping.
const answerEvery = 30 * time.Second

// The target for the CPU of streams with pings, in milliseconds a second, and of how many.
const (
	pingsCost    = 40
	pingsCostFor = 10_000
)

func (s *streams) workload() load.Workload {
	return load.Workload{Sessions: int(s.Sessions), Users: int(s.Users), InFlight: int(s.InFlight)}
}

func (s *streams) name() string {
	return fmt.Sprintf("%d × %d idle streams", s.Sessions, s.Users)
}

// plainFigures are those of streams without pings.
func (s *streams) plainFigures() []figureOf {
	return []figureOf{
		{Name: "memory of each of " + s.name(), Unit: "KB", Against: theBaseline, Target: 1.02},
		{Name: "CPU of " + s.name(), Unit: "ms/s", Against: theBaseline},
	}
}

// pingFigures are those of streams with pings.
func (s *streams) pingFigures() []figureOf {
	with, target := s.name()+" with pings", 0.
	if s.workload().Streams() == pingsCostFor {
		target = pingsCost
	}
	return []figureOf{
		{Name: "memory of each of " + with, Unit: "KB"},
		{Name: "CPU of " + with, Unit: "ms/s", Target: target},
		{Name: "answers to pings of " + with, Unit: "/s"},
	}
}

func (s *streams) figures() []figureOf { return append(s.plainFigures(), s.pingFigures()...) }

func (s *streams) measure(ctx context.Context, b *bench) error {
	return b.inRuns(s.name(), func() error { return s.once(ctx, b) })
}

// A holding is a server and what holds streams on it.
type holding struct {
	*process.Process
	*load.Player

	memory float64 // of each stream, in kilobytes
	cpu    float64 // in milliseconds a second
	held   load.Held
}

// once holds streams with pings on the server, and others without on every build, all at the same time: each waits for most of it, and memory does not mind.
func (s *streams) once(ctx context.Context, b *bench) (err error) {
	var all []*holding // the one with pings, and then the builds'
	defer func() {
		for _, h := range all {
			err = errors.Join(err, h.close())
		}
	}()
	for i, program := range append([]string{b.Server}, b.programs()...) {
		h, err := s.begin(ctx, b, program, i == 0)
		if err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
		all = append(all, h)
	}
	if err := wait(ctx, s.Quiet); err != nil {
		return err
	}
	if err := atOnce(len(all), func(i int) error { return all[i].Explain(s.hold(all[i])) }); err != nil {
		return err
	}
	withPings, builds := all[0], all[1:]
	if s.Duration >= 2*answerEvery && withPings.held.Answers == 0 {
		return errors.New("no stream got two pings")
	}
	for k, value := range []float64{withPings.memory, withPings.cpu, float64(withPings.held.Answers) / s.Duration.Seconds()} {
		b.table.Add(s.pingFigures()[k], figure.Sample{Value: value})
	}
	return b.inTurns(s.plainFigures(), func(i int, _ string) ([]float64, error) { return []float64{builds[i].memory, builds[i].cpu}, nil })
}

// begin starts a build and makes the sessions there.
func (s *streams) begin(ctx context.Context, b *bench, program string, pings bool) (*holding, error) {
	p, err := b.launchNew(ctx, program)
	if err != nil {
		return nil, err
	}
	h := &holding{Process: p}
	if err := s.makeOn(ctx, b, h, pings); err != nil {
		return nil, errors.Join(p.Explain(err), p.Stop())
	}
	return h, nil
}

func (s *streams) makeOn(ctx context.Context, b *bench, h *holding, pings bool) (err error) {
	w := s.workload()
	if w.Pings = pings; pings {
		known, err := knows(ctx, h.Process, "/api/sessions/{session_id}/here")
		if err != nil {
			return err
		}
		if !known {
			return errors.New("this build has no pings to answer")
		}
	}
	h.Player, err = load.Start(ctx, b.self, []string{"load"}, load.Target{URL: h.URL, PID: h.PID()}, w)
	return err
}

// close ends the streams and the server.
func (h *holding) close() error { return errors.Join(h.Player.Close(), h.Stop()) }

// hold opens the streams and measures.
func (s *streams) hold(h *holding) error {
	before, err := process.Memory(h.PID())
	if err != nil {
		return err
	}
	if err := h.Open(); err != nil {
		return err
	}
	cpu, memory, err := watch(h.Process, s.Quiet, s.Duration, h.holdQuietly)
	if err != nil {
		return err
	}
	h.cpu, h.memory = cpu, float64(memory-before)/1024/float64(s.workload().Streams())
	return nil
}

// holdQuietly holds the streams, on which nothing may happen: an event would be somebody who is thought gone.
func (h *holding) holdQuietly(d time.Duration) (err error) {
	h.held, err = h.Hold(d)
	if err == nil && h.held.Events > 0 {
		err = fmt.Errorf("%d events arrived on streams on which nothing happens", h.held.Events)
	}
	return err
}
