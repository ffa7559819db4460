package eventlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/relay"
)

// writer appends to one session through one node, one entry after another, as a
// client does that tries again.
type writer struct {
	log     func() *Log
	session string
	stop    context.CancelFunc
	ended   sync.WaitGroup

	mu      sync.Mutex
	stored  []string // acknowledged, or found in the log
	at      time.Time
	longest time.Duration // between two acknowledgements
	errs    []error
}

func startWriter(t *testing.T, l *Log, session string) *writer {
	return startWriterAt(t, func() *Log { return l }, session)
}

func startWriterAt(t *testing.T, log func() *Log, session string) *writer {
	ctx, cancel := context.WithCancel(context.Background())
	w := &writer{log: log, session: session, stop: cancel, at: time.Now()}
	w.ended.Go(func() { w.run(ctx) })
	t.Cleanup(func() { w.end(t) })
	return w
}

func (w *writer) run(ctx context.Context) {
	var after uint64
	for n := 0; ctx.Err() == nil; n++ {
		data := fmt.Sprintf("%s %d", w.session, n)
		seq, err := w.put(after, data, ctx)
		if err != nil {
			w.failed(err)
			return
		}
		if seq == 0 {
			return
		}
		after = seq
		w.note(data)
		wait(ctx, writerRest)
	}
}

// writerRest keeps a writer from taking the whole machine.
const writerRest = 15 * time.Millisecond

// put returns 0 if it was stopped before anything was stored for sure.
func (w *writer) put(after uint64, data string, stop context.Context) (uint64, error) {
	for {
		seq, err := w.log().Append(context.Background(), w.session, after, []byte(data))
		if err == nil {
			return seq, nil
		}
		if errors.Is(err, ErrConflict) {
			return w.own(after, data)
		}
		if !errors.Is(err, ErrUnavailable) {
			return 0, err
		}
		if stop.Err() != nil {
			return 0, nil
		}
		wait(stop, time.Millisecond)
	}
}

// own finds the entry of a try that was doubtful.
func (w *writer) own(after uint64, data string) (uint64, error) {
	for end := time.Now().Add(testPatience); time.Now().Before(end); {
		e, found, err := w.log().Next(context.Background(), w.session, after)
		if err == nil && found {
			if string(e.Data) != data {
				return 0, fmt.Errorf("met %q at %d, want %q", e.Data, e.Seq, data)
			}
			return e.Seq, nil
		}
		wait(context.Background(), 20*time.Millisecond)
	}
	return 0, fmt.Errorf("a conflict after %d, but no entry", after)
}

func (w *writer) note(data string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.longest = max(w.longest, now.Sub(w.at))
	w.stored, w.at = append(w.stored, data), now
}

func (w *writer) failed(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.errs = append(w.errs, err)
}

func (w *writer) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.stored)
}

// more waits for n more entries.
func (w *writer) more(t *testing.T, n int) {
	t.Helper()
	want := w.count() + n
	eventually(t, fmt.Sprintf("%d more entries", n), func() bool { return w.count() >= want })
}

// pause is the longest time without an entry since the last call.
func (w *writer) pause() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.longest
	w.longest = 0
	return was
}

func (w *writer) end(t *testing.T) {
	w.stop()
	w.ended.Wait()
	for _, err := range w.errs {
		t.Errorf("writing %s: %v", w.session, err)
	}
	w.errs = nil
}

// wantStored compares what a node has with what was acknowledged.
func (w *writer) wantStored(t *testing.T, l *Log) {
	t.Helper()
	var got []string
	var after uint64
	var err error
	eventually(t, "what was stored last", func() bool {
		err = l.Range(context.Background(), w.session, after, func(e Entry) bool { // what fails goes on from here
			got, after = append(got, string(e.Data)), e.Seq
			return true
		})
		return len(got) >= len(w.stored)
	}, func() string {
		return fmt.Sprintf("%d of %d entries came, and the last reading ended with %v", len(got), len(w.stored), err)
	})
	if len(got) == len(w.stored)+1 { // of the try that was under way in the end
		got = got[:len(w.stored)]
	}
	if !slices.Equal(got, w.stored) {
		t.Errorf("session %s: %d entries, %d were acknowledged, and they differ", w.session, len(got), len(w.stored))
	}
}

func others(which int) (a, b int) { return (which + 1) % 3, (which + 2) % 3 }

func TestAppends_go_on_when_the_leader_is_killed_and_nothing_is_lost_or_doubled(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	killed := c.leader()
	a, b := others(killed)
	writers := []*writer{startWriter(t, c.nodes[a].log, "a"), startWriter(t, c.nodes[b].log, "b")}
	for _, w := range writers {
		w.more(t, 20)
		w.pause()
	}
	c.crash(killed)
	for _, w := range writers {
		w.more(t, 20)
		t.Logf("longest pause %v", w.pause())
	}
	c.heal()
	c.start(killed)
	for _, w := range writers {
		w.more(t, 20)
		w.end(t)
	}
	for _, w := range writers {
		for _, n := range c.nodes {
			w.wantStored(t, n.log)
		}
	}
}

func TestNode_that_is_cut_off_refuses_at_once_and_comes_back_without_an_election(t *testing.T) {
	t.Parallel()
	for _, leads := range []bool{false, true} {
		t.Run(fmt.Sprintf("leader %v", leads), func(t *testing.T) {
			t.Parallel()
			c := startCluster(t)
			cut := c.leader()
			if !leads {
				cut = (cut + 1) % 3
			}
			a, _ := others(cut)
			alone := c.nodes[cut].log
			appendAgain(t, alone, "before", 0, "x")
			w := startWriter(t, c.nodes[a].log, "a")
			w.more(t, 20)
			w.pause()

			began := time.Now()
			c.cut(cut)
			eventually(t, "cut", alone.Sharing().Cut)
			t.Logf("known to be cut off after %v", time.Since(began))
			refusedAtOnce(t, "append", func() error {
				_, err := alone.Append(t.Context(), "alone", 0, []byte("x"))
				return err
			})
			refusedAtOnce(t, "load", func() error {
				_, err := alone.Load(t.Context(), "before", 0)
				return err
			})
			if err := alone.Ready(); !errors.Is(err, ErrUnavailable) {
				t.Errorf("ready: %v, want it to be unavailable", err)
			}
			eventually(t, "the server's stop", func() bool { return c.nodes[cut].clustered().srv.Load() == nil })
			w.more(t, 20)
			pause, leader := w.pause(), c.leader()
			t.Logf("longest pause of the others at the cut %v", pause)

			began = time.Now()
			c.heal()
			appendAgain(t, alone, "alone", 0, "back")
			t.Logf("takes appends again after %v", time.Since(began))
			eventually(t, "ready", func() bool { return alone.Ready() == nil })
			t.Logf("ready after %v", time.Since(began))
			w.more(t, 20)
			w.end(t)
			t.Logf("longest pause of the others at the return %v", w.pause())
			if now := c.leader(); now != leader {
				t.Errorf("node %d leads after the return, and node %d before", now, leader)
			}
			w.wantStored(t, alone)
		})
	}
}

func TestPlanned_stop_hands_over_first(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	stopped := c.leader()
	a, b := others(stopped)
	writers := []*writer{startWriter(t, c.nodes[a].log, "a"), startWriter(t, c.nodes[b].log, "b")}
	for _, w := range writers {
		w.more(t, 20)
		w.pause()
	}
	began := time.Now()
	c.nodes[stopped].close()
	t.Logf("stopped within %v", time.Since(began))
	for _, w := range writers {
		w.more(t, 20)
		t.Logf("longest pause %v", w.pause())
		w.end(t)
	}
	if said := c.nodes[stopped].said.String(); strings.Contains(said, "not handed over") {
		t.Error(said)
	}
	for _, w := range writers {
		w.wantStored(t, c.nodes[a].log)
	}
}

// silence has nothing come through to a node, or from it, or both, while all
// links stay open.
func (c *testCluster) silence(which int, to, from bool) {
	for i, n := range c.nodes {
		if i == which {
			continue
		}
		for _, link := range []struct {
			r       *relay.Relay
			in, out relay.Direction
		}{
			{n.out[which], relay.There, relay.Back},
			{c.nodes[which].out[i], relay.Back, relay.There},
		} {
			if to {
				link.r.Silence(link.in)
			}
			if from {
				link.r.Silence(link.out)
			}
		}
	}
}

func TestNode_that_hears_nothing_or_is_not_heard_refuses_soon_and_comes_back(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct{ to, from bool }{
		"neither": {true, true}, "hears nothing": {true, false}, "is not heard": {false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := startCluster(t)
			cut := (c.leader() + 1) % 3
			a, _ := others(cut)
			alone := c.nodes[cut].log
			w := startWriter(t, c.nodes[a].log, "a")
			w.more(t, 20)
			w.pause()
			began := time.Now()
			c.silence(cut, way.to, way.from)
			_, err := alone.Append(t.Context(), "alone", 0, []byte("x"))
			if !errors.Is(err, ErrUnavailable) {
				t.Errorf("append: %v, want it refused", err)
			}
			t.Logf("refused after %v", time.Since(began))
			eventually(t, "cut", alone.Sharing().Cut)
			t.Logf("known to be cut off after %v", time.Since(began))
			w.more(t, 20)
			t.Logf("longest pause of the others %v", w.pause())
			began = time.Now()
			c.heal()
			appendAgain(t, alone, "alone", 0, "x")
			t.Logf("takes appends again after %v", time.Since(began))
			w.more(t, 20)
			t.Logf("longest pause of the others at the return %v", w.pause())
			w.end(t)
			w.wantStored(t, alone)
		})
	}
}

func TestNode_behind_a_slow_link_reads_and_appends(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	slow := (c.leader() + 1) % 3
	a, _ := others(slow)
	for i, n := range c.nodes {
		if i != slow {
			n.out[slow].Delay(200 * time.Millisecond)
			c.nodes[slow].out[i].Delay(200 * time.Millisecond)
		}
	}
	w := startWriter(t, c.nodes[a].log, "a")
	far := startWriter(t, c.nodes[slow].log, "far")
	far.more(t, 10)
	w.more(t, 20)
	w.end(t)
	far.end(t)
	c.heal()
	w.wantStored(t, c.nodes[slow].log)
	far.wantStored(t, c.nodes[a].log)
}

// some returns a function that gives the log of a node that is not being
// stopped, as a load balancer does.
func (c *testCluster) some(stopped *atomic.Int32) func() *Log {
	logs := make([]*Log, len(c.nodes))
	return func() *Log {
		for i, n := range c.nodes {
			if int32(i) == stopped.Load() {
				continue
			}
			if n.mu.TryLock() {
				logs[i] = n.log
				n.mu.Unlock()
			}
			if logs[i] != nil {
				return logs[i]
			}
		}
		return nil
	}
}

func TestNodes_restarted_one_after_another_lose_nothing(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	var stopped atomic.Int32
	stopped.Store(-1)
	w := startWriterAt(t, c.some(&stopped), "a")
	for i, n := range c.nodes {
		stopped.Store(int32(i))
		w.more(t, 20)
		w.pause()
		n.close()
		c.start(i)
		eventually(t, "ready", func() bool { return n.log.Ready() == nil })
		t.Logf("longest pause %v", w.pause())
	}
	stopped.Store(-1)
	w.more(t, 20)
	w.end(t)
	for _, n := range c.nodes {
		w.wantStored(t, n.log)
	}
}
