//go:build linux

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/api"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/figure"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/wire"
	"github.com/magnapp/magnapp/internal/eventlog/bare"
)

// turnLimit is how long a turn of commands may take.
const turnLimit = time.Minute

// A cell stores one thing after another through each of three nodes.
type cell interface {
	leader(ctx context.Context) (node int, err error)
	// store stores the k-th through a node.
	store(ctx context.Context, node, k int) error
}

// commands stores through the leader and through another node, in turns with NATS alone.
func (c *cluster) commands(ctx context.Context, b *bench, figures []figureOf) error {
	return b.inRuns("commands", func() error {
		return b.onNodes(ctx, b.Server, func(n *trio) error {
			return onVoters(ctx, n, func(ours cell) error {
				return b.onEngine(ctx, func(_ *trio, addresses []string) error {
					return onAppenders(ctx, addresses, func(engine *appenders) error {
						samples, err := c.inCells(ctx, ours, engine)
						for k, s := range samples {
							b.table.Add(figures[k], s)
						}
						return err
					})
				})
			})
		})
	})
}

// inCells returns the p50 of what is stored through the leader, and through another node. The first turns are not counted.
func (c *cluster) inCells(ctx context.Context, cells ...cell) ([]figure.Sample, error) {
	var took [2][2][]time.Duration // by cell, and by whether it went through another node
	stored := 0
	for turn := range int(c.Turns) + 1 {
		for i, of := range cells {
			for other := range 2 {
				times, err := c.turn(ctx, of, other*(1+turn%2), stored)
				if err != nil {
					return nil, err
				}
				stored += len(times)
				if turn > 0 {
					took[i][other] = append(took[i][other], times...)
				}
			}
		}
	}
	var samples []figure.Sample
	for other := range 2 {
		samples = append(samples, figure.Sample{Value: micros(middle(took[0][other])), Against: micros(middle(took[1][other]))})
	}
	return samples, nil
}

// turn stores through the node that is so many steps from the leader.
func (c *cluster) turn(ctx context.Context, of cell, steps, stored int) (took []time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, turnLimit)
	defer cancel()
	leader, err := of.leader(ctx)
	if err != nil {
		return nil, err
	}
	node := (leader + steps) % nodes
	for k := range int(c.Turn) {
		begin := time.Now()
		if err := of.store(ctx, node, stored+k); err != nil {
			return nil, fmt.Errorf("command %d through node %d: %w", k+1, node+1, err)
		}
		took = append(took, time.Since(begin))
	}
	return took, nil
}

// middle is the median of at least one.
func middle(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// voters vote on our nodes: one in a session of its own on each.
type voters struct {
	*trio
	lines [nodes]*wire.Line
	votes [nodes][]byte // requests
}

func onVoters(ctx context.Context, n *trio, do func(cell) error) (err error) {
	v := &voters{trio: n}
	defer func() {
		for _, l := range v.lines {
			if l != nil {
				err = errors.Join(err, l.Close())
			}
		}
	}()
	for i := range nodes {
		if err := v.begin(ctx, i); err != nil {
			return err
		}
	}
	return do(v)
}

func (v *voters) begin(ctx context.Context, i int) error {
	var sessions []api.Session
	err := calling(v.of[i], func(c *api.Client) (err error) {
		if sessions, err = c.Make(ctx, 1, 1); err != nil {
			return err
		}
		return c.Act(ctx, sessions, "start")
	})
	if err != nil {
		return err
	}
	address := v.of[i].Address()
	v.votes[i] = wire.Requests{Host: address, Session: sessions[0].ID}.Vote(sessions[0].Seats[0])
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	v.lines[i] = wire.NewLine(conn)
	return nil
}

func (v *voters) store(ctx context.Context, node, k int) error {
	limit, _ := ctx.Deadline()
	wire.SetCard(v.votes[node], k)
	return errors.Join(v.lines[node].Until(limit), v.lines[node].Do(v.votes[node]))
}

// appenders append to NATS alone: each to a subject of its own through one node.
type appenders struct {
	of   [nodes]*bare.Client
	last [nodes]uint64
}

// voteBytes is what the log has of one vote.
const voteBytes = 330

var votePayload = make([]byte, voteBytes)

func onAppenders(ctx context.Context, addresses []string, do func(*appenders) error) error {
	a := &appenders{}
	for i, address := range addresses {
		client, err := bare.Dial(address)
		if err != nil {
			return err
		}
		defer client.Close() //revive:disable-line:defer // until do has returned
		a.of[i] = client
	}
	if err := a.of[0].CreateStream(ctx); err != nil {
		return err
	}
	return do(a)
}

func (a *appenders) leader(ctx context.Context) (int, error) {
	name, err := a.of[0].Leader(ctx)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(name)
}

func (a *appenders) store(ctx context.Context, node, _ int) (err error) {
	a.last[node], err = a.of[node].Append(ctx, strconv.Itoa(node), a.last[node], votePayload)
	return err
}

// appends is what NATS alone takes for what three nodes of ours store at saturation: no figure of theirs can be less.
func (c *cluster) appends(ctx context.Context, b *bench, figures []figureOf) error {
	return b.inRuns("appends to NATS alone", func() error {
		return b.onEngine(ctx, func(n *trio, addresses []string) error {
			return onAppenders(ctx, addresses, func(a *appenders) error {
				if _, err := a.many(ctx, c.Warmup, int(c.InFlight)); err != nil {
					return err
				}
				before, err := n.cpu()
				if err != nil {
					return err
				}
				stored, err := a.many(ctx, c.Duration, int(c.InFlight))
				if err != nil {
					return err
				}
				after, err := n.cpu()
				b.table.Add(figures[0], figure.Sample{Value: micros(after-before) / float64(stored)})
				b.table.Add(figures[1], figure.Sample{Value: float64(stored) / c.Duration.Seconds()})
				return err
			})
		})
	})
}

// many appends for d, so many at once, each to a session of its own, through all nodes. It returns how many were stored.
func (a *appenders) many(ctx context.Context, d time.Duration, appends int) (stored int64, err error) {
	var count atomic.Int64
	end := time.Now().Add(d)
	err = atOnce(appends, func(i int) (err error) {
		session, last := rand.Text(), uint64(0)
		for time.Now().Before(end) && err == nil {
			if last, err = a.of[i%nodes].Append(ctx, session, last, votePayload); err == nil {
				count.Add(1)
			}
		}
		return err
	})
	return max(count.Load(), 1), err
}
