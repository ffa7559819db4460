//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	Stories  uint          `default:"0" help:"Stories on the list of each session. A baseline that has no stories is played without."`
	Rate     uint          `default:"0" help:"Commands a second, over all sessions. 0: as many as the server takes."`
	InFlight count         `default:"64" help:"Commands under way at once, at most; one in each session."`
	Duration time.Duration `default:"5s" help:"How long to measure, in five turns."`
	Warmup   time.Duration `default:"1s" help:"How long to play before each turn."`

	wanted []playFigure // nil: all
}

// A playFigure is one of those that a Played has.
type playFigure struct {
	name, unit string
	of         func(load.Played) float64

	reference, baseline float64 // the most that it may be in terms of what they take; 0: there is no target
}

var (
	cpuPerDelivery = playFigure{name: "CPU per delivery", unit: "µs", of: func(p load.Played) float64 { return micros(p.CPU) / float64(p.Deliveries) }}
	cpuPerCommand  = playFigure{name: "CPU per command", unit: "µs", of: func(p load.Played) float64 { return micros(p.CPU) / float64(p.Commands) }}
	deliveryP50    = playFigure{name: "p50 of delivery", unit: "µs", of: func(p load.Played) float64 { return micros(p.Percentile(50)) }}
	deliveryP99    = playFigure{name: "p99 of delivery", unit: "µs", of: func(p load.Played) float64 { return micros(p.Percentile(99)) }}
	commandRate    = playFigure{name: "commands a second", unit: "/s", of: func(p load.Played) float64 { return float64(p.Commands) / p.Time.Seconds() }}
	throughput     = playFigure{name: "deliveries a second", of: func(p load.Played) float64 { return float64(p.Deliveries) / p.Time.Seconds() }}
	loadCPU        = playFigure{name: "CPU of the load itself", unit: "cores", of: func(p load.Played) float64 { return p.LoadCPU.Seconds() / p.Time.Seconds() }}
)

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// withTargets is the figure with targets; 0 is none.
func (f playFigure) withTargets(reference, baseline float64) playFigure {
	f.reference, f.baseline = reference, baseline
	return f
}

func (p *play) name() string {
	list, pace := "", "saturated"
	if p.Stories > 0 {
		list = fmt.Sprintf(" with %d stories", p.Stories)
	}
	if p.Rate > 0 {
		pace = fmt.Sprintf("%d commands a second", p.Rate)
	}
	return fmt.Sprintf("%d × %d%s, %s", p.Sessions, p.Users, list, pace)
}

// A comparison is a figure and one of those that it is held against.
type comparison struct {
	figureOf
	of func(load.Played) float64
}

// comparisons are all of them or, of wanted figures, those with a target.
func (p *play) comparisons() []comparison {
	figures := p.wanted
	if figures == nil {
		figures = []playFigure{cpuPerDelivery, cpuPerCommand, deliveryP50, deliveryP99, throughput, loadCPU}
	}
	var all []comparison
	for _, f := range figures {
		for _, of := range []figureOf{{Against: theReference, Target: f.reference}, {Against: theBaseline, Target: f.baseline}} {
			if p.wanted != nil && of.Target == 0 {
				continue
			}
			of.Name, of.Unit = f.name+", "+p.name(), f.unit
			all = append(all, comparison{of, f.of})
		}
	}
	return all
}

func (p *play) figures() []figureOf {
	var all []figureOf
	for _, c := range p.comparisons() {
		all = append(all, c.figureOf)
	}
	return all
}

// sides are what has to be played: the server, and what it is held against.
func (p *play) sides(b *bench) []string {
	names := []string{theServer}
	for _, other := range []string{theBaseline, theReference} {
		needed := slices.ContainsFunc(p.comparisons(), func(c comparison) bool { return c.Against == other })
		if needed && (other != theBaseline || b.Baseline != "") {
			names = append(names, other)
		}
	}
	return names
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
		return p.beside(ctx, b, nil, p.sides(b), func(sides []side) error {
			if err := playTurns(sides); err != nil {
				return err
			}
			p.add(b, sides)
			return nil
		})
	})
}

// add adds the samples of a run, of which the server's is the first side. Without a baseline, what is only held against that has no other.
func (p *play) add(b *bench, sides []side) {
	for _, c := range p.comparisons() {
		sample := figure.Sample{Value: c.of(*sides[0].played)}
		at := slices.IndexFunc(sides, func(s side) bool { return s.name == c.Against })
		if at >= 0 {
			sample.Against = c.of(*sides[at].played)
		}
		if at >= 0 || p.wanted != nil {
			b.table.Add(c.figureOf, sample)
		}
	}
}

// A side is one of those that play in turns, and what it has played.
type side struct {
	*load.Player
	name   string
	played *load.Played
}

func (s side) turn() error {
	turn, err := s.Play()
	if err == nil {
		s.played.Add(turn)
	}
	return err
}

// playTurns plays what is left after each side's first turn. All warm up before each turn, and what a server does a little later, such as a sync of its log, is done while the next one warms
// up, if that takes a second as usual.
func playTurns(sides []side) error {
	for range turns - 1 {
		for _, s := range sides {
			if err := s.turn(); err != nil {
				return fmt.Errorf("the %s: %w", s.name, err)
			}
		}
	}
	return nil
}

// beside starts the sides that are left, beside those that there are already, and calls do while all are there.
func (p *play) beside(ctx context.Context, b *bench, sides []side, left []string, do func([]side) error) error {
	if len(left) == 0 {
		return do(sides)
	}
	next := func(s side) error {
		s.name = left[0]
		return p.beside(ctx, b, append(sides, s), left[1:], do)
	}
	switch left[0] {
	case theReference:
		return p.onReference(ctx, b, sides[0].played.Sizes.OrUsual(), next)
	case theBaseline:
		return p.onServer(ctx, b, b.Baseline, next)
	default:
		return p.onServer(ctx, b, b.Server, next)
	}
}

func (p *play) onServer(ctx context.Context, b *bench, program string, do func(side) error) error {
	server, err := b.launchNew(ctx, program)
	if err != nil {
		return err
	}
	return stopping(server, func() error {
		w, err := p.withStories(ctx, b, server, program)
		if err != nil {
			return err
		}
		return p.playing(ctx, b, targetOf(server), w, do)
	})
}

// withStories is the workload with the stories, if the program has any. The one that is measured must.
func (p *play) withStories(ctx context.Context, b *bench, server *process.Process, program string) (load.Workload, error) {
	w := p.workload()
	if p.Stories == 0 {
		return w, nil
	}
	known, err := knows(ctx, server, "/api/sessions/{session_id}/stories")
	switch {
	case err != nil:
		return w, err
	case known:
		w.Stories = int(p.Stories)
	case program == b.Server:
		return w, errors.New("this build has no stories")
	default:
		b.note("the baseline has no stories, and is played without")
	}
	return w, nil
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
	return errors.Join(reference.Explain(p.playing(ctx, b, targetOf(reference), p.workload(), do)), reference.Kill())
}

// targetOf is a server to load, of one node or of several.
func targetOf(nodes ...*process.Process) (t load.Target) {
	for _, p := range nodes {
		t = append(t, load.Server{URL: p.URL, PID: p.PID()})
	}
	return t
}

// playing opens the streams on a server and plays the first turn there.
func (p *play) playing(ctx context.Context, b *bench, on load.Target, w load.Workload, do func(side) error) error {
	player, err := load.Start(ctx, b.self, []string{"load"}, on, w)
	if err != nil {
		return err
	}
	s := side{Player: player, played: &load.Played{}}
	if err = player.Open(); err == nil {
		err = s.turn()
	}
	if err == nil {
		err = do(s)
	}
	return errors.Join(err, player.Close())
}
