//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/figure"
)

// cluster is three nodes on this machine, beside a single one and beside NATS alone.
type cluster struct {
	many
	Only     []string      `enum:"commands,appends,saturation,deliveries,idle,start" help:"Measure only these: commands, appends, saturation, deliveries, idle, start."`
	Before   bool          `help:"Also play on three nodes of the baseline."`
	Played   count         `default:"100" help:"Sessions that are played, the people of each on all nodes; four times as many at saturation."`
	InFlight count         `default:"64" help:"Commands under way at once, at most; one in each session, and four times as many at saturation."`
	Leader   bool          `default:"true" negatable:"" help:"Also kill and start the node that leads."`
	Turn     count         `default:"200" help:"Commands one after the other in each turn."`
	Turns    count         `default:"10" help:"Turns of the nodes and of NATS alone in each run."`
	Duration time.Duration `default:"5s" help:"How long to play, in five turns."`
	Warmup   time.Duration `default:"1s" help:"How long to play before each turn."`
	Quiet    time.Duration `default:"35s" help:"How long nothing happens before idle nodes are measured: a server tidies up in half a minute."`
	Rest     time.Duration `default:"38s" help:"How long to measure idle nodes."`
}

// A clusterPart is one of those that can be measured by themselves.
type clusterPart struct {
	name    string
	figures []figureOf
	measure func(ctx context.Context, b *bench, figures []figureOf) error
}

func (c *cluster) parts() []clusterPart {
	busy, teams := c.busy(), c.play(16)
	all := []clusterPart{
		{"commands", []figureOf{
			{Name: "p50 of a stored command through the leader", Unit: "µs", Against: theEngine, Target: 1.6},
			{Name: "p50 of a stored command through another node", Unit: "µs", Against: theEngine, Target: 1.6},
		}, c.commands},
		{"appends", []figureOf{
			{Name: fmt.Sprintf("CPU of an append to three nodes of NATS alone, %d at once", c.InFlight), Unit: "µs"},
			{Name: fmt.Sprintf("appends a second to three nodes of NATS alone, %d at once", c.InFlight), Unit: "/s"},
		}, c.appends},
		{"saturation", []figureOf{
			{Name: "commands a second, " + busy.name() + ", over three nodes", Unit: "/s", Against: theSingle, Target: 0.5, AtLeast: true},
			{Name: "CPU per command, " + busy.name() + ", over three nodes", Unit: "µs", Against: theSingle},
		}, func(ctx context.Context, b *bench, figures []figureOf) error {
			return c.played(ctx, b, busy, figures, []playFigure{commandRate, cpuPerCommand})
		}},
		{"deliveries", []figureOf{
			{Name: "CPU per delivery, " + teams.name() + ", over three nodes", Unit: "µs", Against: theSingle, Target: 1.3},
		}, func(ctx context.Context, b *bench, figures []figureOf) error {
			return c.played(ctx, b, teams, figures, []playFigure{cpuPerDelivery})
		}},
		{"idle", []figureOf{{Name: "CPU of a node of an idle cluster, the busiest of three", Unit: "ms/s", Target: 15}}, c.idle},
		{"start", c.startFigures(), c.starts},
	}
	return slices.DeleteFunc(all, func(p clusterPart) bool { return len(c.Only) > 0 && !slices.Contains(c.Only, p.name) })
}

func (c *cluster) play(users count) *play {
	return &play{Sessions: min(c.Played, c.Sessions), Users: users, InFlight: c.InFlight, Duration: c.Duration, Warmup: c.Warmup}
}

// busier is how many times as much is under way at saturation: with 64 commands at once, three nodes are not saturated yet, though a single one is.
const busier = 4

// busy saturates both: sessions of three, who are one reader on each node.
func (c *cluster) busy() *play {
	p := c.play(3)
	p.Sessions, p.InFlight = min(busier*c.Played, c.Sessions), busier*c.InFlight
	return p
}

func (c *cluster) figures() []figureOf {
	var all []figureOf
	for _, p := range c.parts() {
		all = append(all, p.figures...)
	}
	return all
}

func (c *cluster) measure(ctx context.Context, b *bench) error {
	for _, p := range c.parts() {
		if err := p.measure(ctx, b, p.figures); err != nil {
			return fmt.Errorf("%s of three nodes: %w", p.name, err)
		}
	}
	return nil
}

// played plays on three nodes and on a single one in turns; with Before, on three nodes of the baseline as well.
func (c *cluster) played(ctx context.Context, b *bench, p *play, figures []figureOf, of []playFigure) error {
	return b.inRuns(figures[0].Name, func() error {
		return p.onNodes(ctx, b, b.Server, func(three side) error {
			return p.onServer(ctx, b, b.Server, func(single side) error {
				if !c.Before || b.Baseline == "" {
					return compare(b, figures, of, three, single)
				}
				return p.onNodes(ctx, b, b.Baseline, func(before side) error { return compare(b, figures, of, three, single, before) })
			})
		})
	})
}

// compare plays what is left of the turns of three nodes, a single one and the baseline's, if any, and adds the samples.
func compare(b *bench, figures []figureOf, of []playFigure, sides ...side) error {
	if err := playTurns(sides); err != nil {
		return err
	}
	for k, f := range figures {
		for _, other := range sides[1:] {
			b.table.Add(f, figure.Sample{Value: of[k].of(*sides[0].played), Against: of[k].of(*other.played)})
			f.Against, f.Target = theBaseline, 0
		}
	}
	return nil
}

// onNodes begins to play on three nodes of a build.
func (p *play) onNodes(ctx context.Context, b *bench, program string, do func(side) error) error {
	return b.onNodes(ctx, program, func(n *trio) error { return p.playing(ctx, b, targetOf(n.of[:]...), p.workload(), do) })
}

func (c *cluster) idle(ctx context.Context, b *bench, figures []figureOf) error {
	return b.inRuns("idle nodes", func() error {
		return b.onNodes(ctx, b.Server, func(n *trio) error {
			var used [nodes]float64
			err := atOnce(nodes, func(i int) (err error) {
				used[i], err = watch(n.of[i], c.Quiet, c.Rest, func(d time.Duration) error { return wait(ctx, d) })
				return err
			})
			if err == nil {
				b.table.Add(figures[0], figure.Sample{Value: slices.Max(used[:])})
			}
			return err
		})
	})
}

func (c *cluster) startFigures() []figureOf {
	var all []figureOf
	for _, killed := range c.killed() {
		of := fmt.Sprintf(" of a start of %s after SIGKILL, %v", killed.name, c.many)
		all = append(all, figureOf{Name: "CPU" + of, Unit: "ms", Against: theSingle}, figureOf{Name: "time" + of, Unit: "ms", Against: theSingle, Target: killed.target})
	}
	return all
}

// A casualty is one of the nodes that are killed.
type casualty struct {
	name   string
	steps  int // from the leader
	target float64
}

// killed are those. The leader's death is another matter: nobody can be ready before there is a new one.
func (c *cluster) killed() []casualty {
	all := []casualty{{"a node that does not lead", 1, 3}}
	if c.Leader {
		all = append(all, casualty{"the leader", 0, 0})
	}
	return all
}

// starts kills nodes of three, which start again beside the others, and starts a single one on what another had stored when it was killed.
func (c *cluster) starts(ctx context.Context, b *bench, figures []figureOf) error {
	alone := start{many: c.many, Quiet: min(c.Quiet, 5*time.Second)}
	left, err := alone.prepare(ctx, b, b.Server)
	if err != nil {
		return err
	}
	return b.onNodes(ctx, b.Server, func(n *trio) error {
		if err := c.playOn(ctx, n.of[0]); err != nil {
			return err
		}
		if err := wait(ctx, alone.Quiet); err != nil {
			return err
		}
		return b.inRuns("start of nodes", func() error {
			for k, killed := range c.killed() {
				single, err := alone.startOn(ctx, b, b.Server, left.killed)
				if err != nil {
					return err
				}
				if err := wait(ctx, min(c.Quiet, gathered)); err != nil {
					return err
				}
				of, err := c.startAgain(ctx, n, killed.steps)
				if err != nil {
					return err
				}
				for j := range of {
					b.table.Add(figures[2*k+j], figure.Sample{Value: of[j], Against: single[j]})
				}
			}
			return nil
		})
	})
}

// gathered is how long a leader takes to lead all there is: before, the death of any node may mean an election.
const gathered = 15 * time.Second

// startAgain kills a node, so many steps from the one that leads, and starts it. The values are those of [costOfStart].
func (c *cluster) startAgain(ctx context.Context, n *trio, steps int) ([]float64, error) {
	leader, err := n.leader(ctx)
	if err != nil {
		return nil, err
	}
	i := (leader + steps) % nodes
	if err := n.of[i].Kill(); err != nil {
		return nil, err
	}
	if err := n.start(ctx, i); err != nil {
		return nil, err
	}
	return costOfStart(n.of[i]), n.of[i].Explain(c.allOn(ctx, n.of[i]))
}
