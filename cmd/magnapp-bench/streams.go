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

// streams is many streams in which nothing happens.
type streams struct {
	Sessions count         `default:"625" help:"Sessions to make, with a stream for each participant."`
	Users    count         `default:"16" help:"Participants in each."`
	InFlight count         `default:"64" help:"Connections on which the answers to pings take turns, as behind a proxy."`
	Quiet    time.Duration `default:"170s" help:"How long nothing happens before: a server tidies up twice in that time, and its memory is read right after that."`
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

// A kind is one of those in which streams are held, on a server of its own with the same sessions.
type kind int

const (
	closed  kind = iota // no stream: what the sessions take by themselves
	plain               // without pings, which a baseline need not know
	pinging             // the page's: they ask for pings, and answer them
)

// A holding is a server and what holds streams on it.
type holding struct {
	*process.Process
	*load.Player
	kind

	memory  int64   // at the least, in bytes
	cpu     float64 // in milliseconds a second
	answers int64   // to pings, while the CPU was measured
}

// once holds streams of each kind on servers of each build, all at the same time: they wait for most of it, and memory does not mind.
func (s *streams) once(ctx context.Context, b *bench) (err error) {
	var all []*holding
	defer func() {
		for _, h := range all {
			err = errors.Join(err, h.close())
		}
	}()
	var builds [][]*holding // by kind
	err = b.onEach(func(i int, program string) error {
		kinds := []kind{closed, plain}
		if i == 0 { // only the server needs to know pings
			kinds = append(kinds, pinging)
		}
		for _, k := range kinds {
			h, err := s.begin(ctx, b, program, k)
			if err != nil {
				return err
			}
			all = append(all, h)
		}
		builds = append(builds, all[len(all)-len(kinds):])
		return nil
	})
	if err != nil {
		return err
	}
	for _, h := range all { // one after the other: how scattered a server's memory is depends on how much it is hurried
		if err := h.open(); err != nil {
			return err
		}
	}
	err = atOnce(len(all), func(i int) error {
		of := all[i]
		return of.Explain(s.hold(ctx, of))
	})
	if err != nil {
		return err
	}
	return s.add(b, builds)
}

// add adds the samples of a run.
func (s *streams) add(b *bench, builds [][]*holding) error {
	answered := builds[0][pinging].answers
	if s.Duration >= 2*answerEvery && answered == 0 {
		return errors.New("no stream got two pings")
	}
	values := []float64{s.each(builds[0], pinging), builds[0][pinging].cpu, float64(answered) / s.Duration.Seconds()}
	for k, f := range s.pingFigures() {
		b.table.Add(f, figure.Sample{Value: values[k]})
	}
	return b.inTurns(s.plainFigures(), func(i int, _ string) ([]float64, error) {
		return []float64{s.each(builds[i], plain), builds[i][plain].cpu}, nil
	})
}

// each is the memory of one stream of a kind, in kilobytes.
func (s *streams) each(build []*holding, of kind) float64 {
	return float64(build[of].memory-build[closed].memory) / 1024 / float64(s.workload().Streams())
}

// begin starts a build and makes the sessions there.
func (s *streams) begin(ctx context.Context, b *bench, program string, k kind) (*holding, error) {
	p, err := b.launchNew(ctx, program)
	if err != nil {
		return nil, err
	}
	h := &holding{Process: p, kind: k}
	if err := s.makeOn(ctx, b, h); err != nil {
		return nil, errors.Join(p.Explain(err), p.Stop())
	}
	return h, nil
}

func (s *streams) makeOn(ctx context.Context, b *bench, h *holding) (err error) {
	w := s.workload()
	w.Pings = h.kind == pinging
	if w.Pings {
		known, err := knows(ctx, h.Process, "/api/sessions/{session_id}/here")
		if err != nil {
			return err
		}
		if !known {
			return errors.New("this build has no pings to answer")
		}
	}
	h.Player, err = load.Start(ctx, b.self, []string{"load"}, targetOf(h.Process), w)
	return err
}

// close ends the streams and the server.
func (h *holding) close() error { return errors.Join(h.Player.Close(), h.Stop()) }

// open opens the streams, if there are to be any.
func (h *holding) open() error {
	if h.kind == closed {
		return nil
	}
	return h.Explain(h.Open())
}

// hold measures while the streams are held.
func (s *streams) hold(ctx context.Context, h *holding) (err error) {
	pass := h.holdQuietly
	if h.kind == closed {
		pass = func(d time.Duration) error { return wait(ctx, d) }
	}
	h.cpu, err = watch(h.Process, s.Quiet, s.Duration, func(d time.Duration) error { return h.keepLowest(d, pass) })
	return err
}

// memoryEvery is how often the memory is read.
const memoryEvery = time.Second

// keepLowest lets time pass and reads how much memory is used at the least. That is right after the server has tidied up; later it is some megabytes more, or less, from one minute to the next.
func (h *holding) keepLowest(d time.Duration, pass func(time.Duration) error) error {
	h.answers = 0
	for end := time.Now().Add(d); time.Now().Before(end); {
		if err := pass(min(memoryEvery, time.Until(end))); err != nil {
			return err
		}
		memory, err := process.Memory(h.PID())
		if err != nil {
			return err
		}
		if h.memory == 0 || memory < h.memory {
			h.memory = memory
		}
	}
	return nil
}

// holdQuietly holds the streams, on which nothing may happen: an event would be somebody who is thought gone.
func (h *holding) holdQuietly(d time.Duration) error {
	held, err := h.Hold(d)
	if err == nil && held.Events > 0 {
		err = fmt.Errorf("%d events arrived on streams on which nothing happens", held.Events)
	}
	h.answers += held.Answers
	return err
}
