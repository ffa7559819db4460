//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/figure"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/load"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
)

// play is rounds that are played, with everything stored and sent to everybody.
type play struct {
	Sessions count         `default:"100" help:"Sessions to open."`
	Users    count         `default:"16" help:"Participants in each session, each with a stream."`
	Rate     uint          `default:"0" help:"Commands a second, over all sessions. 0: as many as the server takes."`
	InFlight count         `default:"64" help:"Commands under way at once, at most; one in each session."`
	Duration time.Duration `default:"5s" help:"How long to measure, in five turns."`
	Warmup   time.Duration `default:"1s" help:"How long to play before each turn."`

	wanted []playFigure // nil: all
}

// A playFigure is one of those that a Played has.
type playFigure struct {
	name, unit string
	target     float64
	of         func(load.Played) float64
}

var (
	cpuPerDelivery = playFigure{"CPU per delivery", "µs", 1.40, func(p load.Played) float64 { return micros(p.CPU) / float64(p.Deliveries) }}
	cpuPerCommand  = playFigure{"CPU per command", "µs", 0, func(p load.Played) float64 { return micros(p.CPU) / float64(p.Commands) }}
	deliveryP50    = playFigure{"p50 of delivery", "µs", 0, func(p load.Played) float64 { return micros(p.Percentile(50)) }}
	deliveryP99    = playFigure{"p99 of delivery", "µs", 0, func(p load.Played) float64 { return micros(p.Percentile(99)) }}
	throughput     = playFigure{"deliveries a second", "", 0, func(p load.Played) float64 { return float64(p.Deliveries) / p.Time.Seconds() }}
	loadCPU        = playFigure{"CPU of the load itself", "cores", 0, func(p load.Played) float64 { return p.LoadCPU.Seconds() / p.Time.Seconds() }}
)

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// withTarget is the figure with another target.
func (f playFigure) withTarget(target float64) playFigure {
	f.target = target
	return f
}

func (p *play) name() string {
	pace := "saturated"
	if p.Rate > 0 {
		pace = fmt.Sprintf("%d commands a second", p.Rate)
	}
	return fmt.Sprintf("%d × %d, %s", p.Sessions, p.Users, pace)
}

func (p *play) playFigures() []playFigure {
	if p.wanted != nil {
		return p.wanted
	}
	return []playFigure{cpuPerDelivery.withTarget(0), cpuPerCommand, deliveryP50, deliveryP99, throughput, loadCPU}
}

func (p *play) figures() []figureOf {
	var all []figureOf
	for _, f := range p.playFigures() {
		all = append(all, figureOf{Name: f.name + ", " + p.name(), Unit: f.unit, Against: theReference, Target: f.target})
	}
	return all
}

// turns is into how many parts a measurement is cut: what the machine's host does changes from one second to the next.
const turns = 5

func (p *play) workload() load.Workload {
	return load.Workload{
		Sessions: int(p.Sessions), Users: int(p.Users), Rate: int(p.Rate), InFlight: int(p.InFlight), Warmup: p.Warmup, Duration: p.Duration / turns,
	}
}

func (p *play) measure(ctx context.Context, b *bench) error {
	return b.inRuns(p.name(), func() error {
		var server, reference load.Played
		err := p.onServer(ctx, b, func(one side) error {
			return p.onReference(ctx, b, one.played.Sizes.OrUsual(), func(other side) error {
				if err := playTurns(one, other); err != nil {
					return err
				}
				server, reference = *one.played, *other.played
				return nil
			})
		})
		if err != nil {
			return err
		}
		for i, f := range p.playFigures() {
			b.table.Add(p.figures()[i], figure.Sample{Value: f.of(server), Against: f.of(reference)})
		}
		return nil
	})
}

// A side is one of the two that play in turns, and what it has played.
type side struct {
	*load.Player
	played *load.Played
}

func (s side) turn() error {
	turn, err := s.Play()
	if err == nil {
		s.played.Add(turn)
	}
	return err
}

// playTurns plays what is left after each side's first turn. Both warm up before each turn, and what the server does a little later, such as a sync of its log, is done while the other warms
// up, if that takes a second as usual.
func playTurns(server, reference side) error {
	for range turns - 1 {
		if err := server.turn(); err != nil {
			return fmt.Errorf("the server meanwhile: %w", err)
		}
		if err := reference.turn(); err != nil {
			return err
		}
	}
	return nil
}

func (p *play) onServer(ctx context.Context, b *bench, do func(side) error) error {
	server, err := b.launchNew(ctx, b.Server)
	if err != nil {
		return err
	}
	return stopping(server, func() error { return p.playing(ctx, b, server, do) })
}

func (p *play) onReference(ctx context.Context, b *bench, s wire.Sizes, do func(side) error) error {
	dir, err := b.folder()
	if err != nil {
		return err
	}
	arguments := []string{"reference"}
	for _, size := range s {
		arguments = append(arguments, strconv.FormatInt(size, 10))
	}
	reference, err := process.Launch(ctx, process.Spec{Program: b.self, Arguments: arguments, Dir: dir})
	if err != nil {
		return fmt.Errorf("reference: %w", err)
	}
	return errors.Join(reference.Explain(p.playing(ctx, b, reference, do)), reference.Kill())
}

// playing opens the streams on a process and plays the first turn there.
func (p *play) playing(ctx context.Context, b *bench, on *process.Process, do func(side) error) error {
	player, err := load.Start(ctx, b.self, []string{"load"}, load.Target{URL: on.URL, PID: on.PID()}, p.workload())
	if err != nil {
		return err
	}
	s := side{Player: player, played: &load.Played{}}
	if err = s.turn(); err == nil {
		err = do(s)
	}
	return errors.Join(err, player.Close())
}
