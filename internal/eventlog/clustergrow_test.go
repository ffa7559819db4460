package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// storeAlone makes the directory of a node that has worked alone, and returns
// what it holds.
func storeAlone(t *testing.T, cfg Config) []Entry {
	t.Helper()
	cfg.Cluster = nil
	l, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	var after uint64
	for i := range 50 {
		after = appendAgain(t, l, "old", after, fmt.Sprint(i))
		appendAgain(t, l, fmt.Sprintf("s%d", i), 0, "x")
	}
	must(t, l.Forget(t.Context(), "s7", 0)) // so that there are gaps
	must(t, l.Reserve(t.Context(), "old"))
	entries, _ := mustReplay(t, l)
	if err := l.Close(); err != nil { // the disk is slow
		t.Log(err)
	}
	l.awaitEnd()
	return entries
}

func TestDirectory_of_a_lone_node_grows_into_a_new_cluster(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	was := storeAlone(t, c.nodes[1].cfg)
	c.start(0, 1, 2)
	for i, n := range c.nodes {
		var got []Entry
		eventually(t, "a replay", func() bool {
			got = nil
			_, err := n.log.Replay(t.Context(), nil, func(e Entry) { got = append(got, e) })
			return err == nil
		})
		if len(got) != len(was) {
			t.Fatalf("node %d has %d entries, want %d", i, len(got), len(was))
		}
		for j := range got {
			if fmt.Sprint(got[j]) != fmt.Sprint(was[j]) {
				t.Fatalf("node %d: entry %d is %v, want %v", i, j, got[j], was[j])
			}
		}
		eventually(t, "the slot", func() bool {
			held, err := n.log.Reserved(t.Context())
			return err == nil && len(held) == 1
		})
	}
	last := was[len(was)-2]
	appendAgain(t, c.nodes[0].log, last.Session, last.Seq, "new")
	if _, err := os.Stat(filepath.Join(aside(c.nodes[1].cfg.Dir), "jetstream")); err != nil {
		t.Errorf("the old files are not kept: %v", err)
	}

	c.nodes[1].close()
	c.start(1) // as a node like any other
	alone := c.nodes[1].cfg
	alone.Cluster = nil
	c.nodes[1].close()
	if l, err := Open(t.Context(), alone); err == nil || !strings.Contains(err.Error(), "cannot be opened alone") {
		t.Errorf("opened alone: %v, %v", l, err)
	}
}

func TestDirectory_of_a_lone_node_is_refused_where_it_would_be_lost(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	empty := c.nodes[2].cfg
	c.start(0, 1, 2)
	appendAgain(t, c.nodes[0].log, "ours", 0, "x")
	c.nodes[2].close()

	c.nodes[2].cfg.Dir = t.TempDir()
	was := storeAlone(t, c.nodes[2].cfg)
	err := c.tryStart(2)[0]
	if err == nil || !strings.Contains(err.Error(), "has a log of its own") {
		t.Fatalf("started with sessions of its own: %v", err)
	}
	alone := c.nodes[2].cfg
	alone.Cluster = nil
	l := open(t, alone) // all is as it was
	if entries, _ := mustReplay(t, l); len(entries) != len(was) {
		t.Errorf("%d entries are left of %d", len(entries), len(was))
	}
	c.nodes[2].cfg = empty
	c.start(2)
	eventually(t, "the cluster's entry", func() bool { return loaded(c.nodes[2].log, "ours") == 1 })
}

func TestTwo_lone_nodes_are_not_joined(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	for _, n := range c.nodes[:2] {
		storeAlone(t, n.cfg)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	errs := make(chan error, 3)
	for _, n := range c.nodes {
		go func() {
			errs <- n.openWithin(ctx)
			cancel() // the others would go on waiting
		}()
	}
	refused := false
	for range c.nodes {
		err := <-errs
		refused = refused || err != nil && strings.Contains(err.Error(), "at most one can bring")
		if err == nil {
			t.Error("a node has started")
		}
	}
	if !refused {
		t.Error("no node says why it does not start")
	}
	for _, n := range c.nodes[:2] {
		if id, err := readIdentity(n.cfg.Dir); err != nil || !id.Grows && id.Cluster != "" {
			t.Errorf("directory is %v, %v, want one whose entries are still to be copied", id, err)
		}
	}
}

// A server that has dropped a restore says nothing any more, and bringing has
// minutes for all of it.
func TestBringing_does_not_wait_for_an_answer_that_does_not_come(t *testing.T) {
	t.Parallel()
	n := newNATSServer(t, "theirs")
	n.start(t)
	nc, err := nats.Connect(n.url())
	must(t, err)
	t.Cleanup(nc.Close)
	asked, err := nc.SubscribeSync("silent")
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), testPatience)
	defer cancel()
	if _, err := answerTo(ctx, nc, "silent", nil); !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		t.Errorf("a request: %v, and after that %v", err, ctx.Err())
	}
	if _, err := asked.NextMsg(time.Second); err != nil {
		t.Errorf("the request has not come: %v", err)
	}
	if _, err := nextChunk(ctx, asked); !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		t.Errorf("a piece: %v, and after that %v", err, ctx.Err())
	}
}
