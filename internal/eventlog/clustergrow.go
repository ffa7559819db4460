package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// bringSubject is where nodes ask each other whether one brings what it has
	// stored as a lone node.
	bringSubject = "cluster.brings"
	bringTimeout = time.Second
	// broughtBy is in a stream's description which node it came from, and
	// broughtUpTo the sequence at which it ended there.
	broughtBy   = "magnapp.brought_by"
	broughtUpTo = "magnapp.brought_up_to"
	// tryOpen is for one try to open the streams; restoring has longer.
	tryOpen = 5 * time.Second
	// firstTryOpen is for the first one of a node that was there before; each next
	// one has twice as long. What is asked of a leader that is gone is not answered,
	// and not by the next one either.
	firstTryOpen = time.Second
	// earlyTryOpen is for the first one before such a node has heard who leads the
	// cluster, which a leader takes up to a second to say; the next ones have up to
	// four times as long. The others know, and what they answer need not wait for that,
	// unless this node has lost its files: it is no part of the cluster before.
	earlyTryOpen = 50 * time.Millisecond
)

// finalError is an error that no further try ends.
type finalError struct{ error }

func (f finalError) Unwrap() error { return f.error }

// growth is how a lone node's directory becomes that of a cluster's node: what
// it has stored is moved aside and copied into the cluster, sequences and all,
// if no node has stored anything there.
//
// A new stream is made only when all nodes are there and have said what they
// bring, so that no node begins an empty one meanwhile.
type growth struct {
	brings  atomic.Bool // there is something to copy
	refused atomic.Bool // the cluster has entries of its own: nothing was copied
	answer  sync.Once
}

// aside is where a lone node's files are when they are not in use any more.
func aside(dir string) string { return filepath.Join(dir, "alone") }

// settle makes the directory that of a cluster's node, before its server first
// runs.
func (c *clustered) settle() error {
	if c.id.Cluster == "" {
		c.id.Cluster = c.cluster.Name
		c.id.Grows = holdsEntries(c.streamsDir(), sessionsStream)
		if err := c.id.save(c.dir); err != nil {
			return fmt.Errorf("note which node this is: %w", err)
		}
		if err := c.moveAside(); err != nil {
			return err
		}
	} else if c.id.Grows { // the last start may have ended in between
		if err := c.moveAside(); err != nil {
			return err
		}
	}
	c.grow.brings.Store(c.id.Grows)
	return nil
}

// moveAside moves what a lone node has stored. If it is there already, what is
// in its place is this cluster's.
func (c *clustered) moveAside() error {
	to := filepath.Join(aside(c.dir), server.JetStreamStoreDir)
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	if err := os.MkdirAll(aside(c.dir), 0o750); err != nil {
		return err
	}
	err := os.Rename(c.streamsDir(), to)
	if errors.Is(err, os.ErrNotExist) { // nothing was ever stored
		return os.Remove(aside(c.dir))
	}
	return errors.Join(err, syncPath(aside(c.dir)), syncPath(c.dir))
}

// settled notes that everything was copied.
func (c *clustered) settled() error {
	if !c.id.Grows {
		return nil
	}
	c.id.Grows = false
	if err := c.id.save(c.dir); err != nil {
		return err
	}
	c.grow.brings.Store(false)
	c.logger.Info("what this node had stored alone is in the cluster now", "old_files", aside(c.dir))
	return nil
}

// unsettle makes the directory a lone node's again when the cluster refused it.
func (c *clustered) unsettle() error {
	if !c.grow.refused.Load() {
		return nil
	}
	if err := os.RemoveAll(c.streamsDir()); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(aside(c.dir), server.JetStreamStoreDir), c.streamsDir()); err != nil {
		return err
	}
	c.id.Cluster, c.id.Grows = "", false
	return errors.Join(os.Remove(aside(c.dir)), c.id.save(c.dir))
}

// found refuses to bring entries into a cluster that has its own, and to use a
// stream that was not brought to its end.
func (c *clustered) found(ctx context.Context, l *Log, info *jetstream.StreamInfo) error {
	mine := info.Config.Metadata[broughtBy] == c.id.Node
	upTo, _ := strconv.ParseUint(info.Config.Metadata[broughtUpTo], 10, 64) // 0 if it was not brought
	if info.State.LastSeq < upTo {
		var err error
		if mine && c.grow.brings.Load() { // the next try brings all of it
			err = l.js.DeleteStream(ctx, info.Config.Name)
		}
		return errors.Join(fmt.Errorf("stream %s is there up to %d of %d", info.Config.Name, info.State.LastSeq, upTo), err)
	}
	if mine || !c.grow.brings.Load() {
		return nil
	}
	c.grow.refused.Store(true)
	return finalError{fmt.Errorf("cluster %s has a log of its own, and this data directory has sessions that a lone node stored: they cannot be joined; start this node with an empty directory, or alone", c.cluster.Name)}
}

// create makes a stream when all nodes are there, from what one of them brings.
func (c *clustered) create(ctx context.Context, l *Log, want jetstream.StreamConfig) (jetstream.Stream, error) {
	if err := c.answerOthers(l.conn.requests.Conn); err != nil {
		return nil, err
	}
	nodes, bringers, err := c.askOthers(ctx, l.conn.requests.Conn)
	if err != nil {
		return nil, err
	}
	mine := c.grow.brings.Load()
	switch all := max(replicas, len(c.cluster.Peers)); {
	case mine && len(bringers) > 1:
		c.grow.refused.Store(true)
		return nil, finalError{fmt.Errorf("nodes %v all have sessions that they stored alone: at most one can bring them into a new cluster; start the others with empty directories", bringers)}
	case nodes < all:
		return nil, fmt.Errorf("a new cluster begins when all nodes are there: %d of %d are", nodes, all)
	case len(bringers) > 0 && !mine:
		return nil, fmt.Errorf("node %s is about to bring what it has stored", bringers[0])
	case !mine:
		return l.js.CreateStream(ctx, want)
	}
	want.Metadata = map[string]string{broughtBy: c.id.Node}
	if !holdsStream(filepath.Join(aside(c.dir), server.JetStreamStoreDir), want.Name) {
		return l.js.CreateStream(ctx, want)
	}
	if err := c.bring(ctx, l.conn.requests.Conn, want); err != nil {
		return nil, err
	}
	return l.lookUp(ctx, want.Name)
}

// brings is what a node says of itself.
type brings struct {
	Node   string `json:"node"`
	Brings bool   `json:"brings"`
}

func (c *clustered) answerOthers(nc *nats.Conn) (err error) {
	c.grow.answer.Do(func() {
		_, err = nc.Subscribe(bringSubject, func(m *nats.Msg) {
			if answer, err := json.Marshal(brings{c.id.Node, c.grow.brings.Load()}); err == nil {
				_ = m.Respond(answer) // who gets no answer asks again
			}
		})
	})
	return err
}

// askOthers returns how many nodes there are, this one included, and which of
// them bring something.
func (c *clustered) askOthers(ctx context.Context, nc *nats.Conn) (nodes int, bringers []string, err error) {
	inbox := nc.NewInbox()
	sub, err := nc.SubscribeSync(inbox)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = sub.Unsubscribe() }() // fails only if the connection is gone
	if err := nc.PublishRequest(bringSubject, inbox, nil); err != nil {
		return 0, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, bringTimeout)
	defer cancel()
	seen := map[string]bool{}
	for len(seen) < max(replicas, len(c.cluster.Peers)) {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			break // so many and no more
		}
		var b brings
		if json.Unmarshal(m.Data, &b) != nil || seen[b.Node] {
			continue
		}
		seen[b.Node] = true
		if b.Brings {
			bringers = append(bringers, b.Node)
		}
	}
	return len(seen), bringers, nil
}

// openStreams tries until the streams are there: they have no leader before most of
// the nodes are.
func (c *clustered) openStreams(ctx context.Context, try func(context.Context) error) error {
	err := c.log.keepTrying(ctx, "waiting for the cluster", func() error { return c.tryOpenStreams(ctx, try) })
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("cluster %s did not form: %w", c.cluster.Name, err)
	}
	return err
}

var errNoLeader = errors.New("the nodes have not chosen a leader yet")

func (c *clustered) tryOpenStreams(ctx context.Context, try func(context.Context) error) error {
	limit, known := tryOpen, c.hasLeader()
	switch {
	case !known && (c.new || c.bare): // nobody may answer
		return errNoLeader
	case !known:
		limit = earlyTryOpen << min(c.early, 2)
		c.early++
	case c.grow.brings.Load():
		limit = formTimeout
	case !c.new:
		limit = min(limit, firstTryOpen<<min(c.tries, 3))
		c.tries++
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := try(ctx)
	if err != nil && !known {
		return fmt.Errorf("%w: %w", errNoLeader, err)
	}
	return err
}

// hasLeader reports whether this node knows who leads the cluster.
func (c *clustered) hasLeader() bool {
	srv := c.srv.Load()
	if srv == nil {
		return false
	}
	found, err := srv.Jsz(nil)
	return err == nil && found.Meta != nil && found.Meta.Leader != ""
}
