//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/api"
	"github.com/magnapp/magnapp/cmd/magnapp-bench/internal/process"
	"github.com/magnapp/magnapp/internal/freeport"
)

// nodes is how many a cluster has.
const nodes = 3

// A trio is the nodes of a cluster, each in a folder of its own, which it keeps when it is started again.
type trio struct {
	of     [nodes]*process.Process
	launch func(ctx context.Context, i int) (*process.Process, error)
	end    func(*process.Process) error
}

// run starts three nodes at once, which need each other to be ready, and ends them after do.
func (n *trio) run(ctx context.Context, do func(*trio) error) error {
	err := atOnce(nodes, func(i int) error { return n.start(ctx, i) })
	if err == nil {
		err = do(n)
	}
	return errors.Join(err, n.stop(err))
}

func (n *trio) start(ctx context.Context, i int) (err error) {
	n.of[i], err = n.launch(ctx, i)
	return err
}

// stop ends those that run. With an error, what they printed explains it.
func (n *trio) stop(failed error) error {
	return atOnce(nodes, func(i int) error {
		if n.of[i] == nil {
			return nil
		}
		err := n.end(n.of[i])
		if failed != nil {
			err = errors.Join(err, n.of[i].Explain(fmt.Errorf("node %d", i+1)))
		}
		return err
	})
}

// onNodes starts three nodes of a build. Each of the server writes a CPU profile of its own, if any.
func (b *bench) onNodes(ctx context.Context, program string, do func(*trio) error) error {
	links, err := freeport.Addresses(nodes)
	if err != nil {
		return err
	}
	folders, err := b.folders()
	if err != nil {
		return err
	}
	n := &trio{end: (*process.Process).Stop, launch: func(ctx context.Context, i int) (*process.Process, error) {
		node := *b
		if b.CPUProfile != "" {
			node.CPUProfile += "." + strconv.Itoa(i+1)
		}
		return node.launch(ctx, program, folders[i], "CLUSTER_NAME=bench", "CLUSTER_SECRET=that-of-a-measurement", "CLUSTER_LISTEN="+links[i], "CLUSTER_PEERS="+strings.Join(links, ","))
	}}
	return n.run(ctx, do)
}

// folders makes a new folder for each of three nodes.
func (b *bench) folders() (all [nodes]string, err error) {
	for i := range all {
		if all[i], err = b.folder(); err != nil {
			return all, err
		}
	}
	return all, nil
}

// onEngine starts three nodes of NATS alone, whose clients are to connect to the addresses.
func (b *bench) onEngine(ctx context.Context, do func(n *trio, addresses []string) error) error {
	free, err := freeport.Addresses(2 * nodes)
	if err != nil {
		return err
	}
	folders, err := b.folders()
	if err != nil {
		return err
	}
	links, addresses := free[:nodes], free[nodes:]
	n := &trio{end: (*process.Process).Kill, launch: func(ctx context.Context, i int) (*process.Process, error) {
		arguments := append([]string{"engine", strconv.Itoa(i), addresses[i], filepath.Join(folders[i], "data")}, links...)
		return process.Launch(ctx, process.Spec{Program: b.self, Arguments: arguments, Dir: folders[i]})
	}}
	return n.run(ctx, func(n *trio) error { return do(n, addresses) })
}

// cpu is what all of them have used so far.
func (n *trio) cpu() (all time.Duration, err error) {
	for _, p := range n.of {
		used, err := process.CPU(p.PID())
		if err != nil {
			return 0, err
		}
		all += used
	}
	return all, nil
}

// leader is the number of the node that leads, as the nodes say themselves.
func (n *trio) leader(ctx context.Context) (leader int, err error) {
	for i, p := range n.of {
		leads := 0.
		err := calling(p, func(c *api.Client) (err error) {
			leads, err = c.Metric(ctx, "magnapp_cluster_leader")
			return err
		})
		if err != nil || leads == 1 {
			return i, err
		}
	}
	return 0, errors.New("no node leads")
}
