package eventlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	nodePrefix  = "node."
	alivePrefix = "alive."
	// electedSubject is where NATS says that the sessions' stream has a new leader.
	electedSubject = server.JSAdvisoryStreamLeaderElectedPre + "." + sessionsStream

	// beat is how often a node says that it is alive.
	beat = time.Second
	// silentFor is how long after its last sign of life a node counts as dead.
	silentFor = 3 * time.Second
	// idleMark is how often a node stores a mark when nothing else has it do so:
	// one that does not come back to it shows that it follows no more.
	idleMark = 2 * time.Second

	markTimeout = 2 * time.Second        // for all tries of one mark
	markTry     = 250 * time.Millisecond // for one: a leader that stops answers no more

	// apartAfter is how long a node that hears others may have nothing stored before
	// it counts as cut off all the same. It is longer than two elections take.
	apartAfter = 20 * time.Second
)

// sharing is a log's part in a group of nodes.
type sharing struct {
	log  *Log
	node string
	live *live
	cut  func() bool

	counts  counts
	elected atomic.Pointer[time.Time]

	mu      sync.Mutex
	heard   map[string]time.Time // of each other node
	alive   []string
	wasCut  bool
	changed func()
	hears   func([]byte)
	marking bool
	woken   chan struct{} // cut may answer something else
	next    *marking      // the mark that begins when the one under way has ended
	failing time.Time     // the first of the marks that have failed since one was stored
	apart   bool          // they have failed for as long as they may
	may     time.Duration // how long that is

	life    context.Context // ends with stop
	end     context.CancelFunc
	running sync.WaitGroup
}

// marking is one Mark, for all who wait for it.
type marking struct {
	done chan struct{}
	seq  uint64
	err  error
}

func newSharing(l *Log, node string, cut func() bool) *sharing {
	life, end := context.WithCancel(context.Background())
	return &sharing{
		life: life, end: end, log: l, node: node, live: newLive(l), cut: cut, may: apartAfter,
		heard: map[string]time.Time{}, woken: make(chan struct{}, 1), alive: []string{node}, changed: func() {}, hears: func([]byte) {},
	}
}

// start lets the others know of this node, and hears of them.
func (s *sharing) start() error {
	came := make(chan *nats.Msg, 256)
	sub, err := s.log.conn.requests.ChanSubscribe(alivePrefix+"*", came)
	if err != nil {
		return notSent(err)
	}
	elected, err := s.log.conn.requests.ChanSubscribe(electedSubject, came)
	if err != nil {
		return notSent(err)
	}
	s.running.Go(func() {
		defer func() { _, _ = sub.Unsubscribe(), elected.Unsubscribe() }() // fails only if the connection is gone
		s.run(came)
	})
	s.running.Go(s.markNowAndThen)
	return s.startHearing()
}

func (s *sharing) stop() {
	s.mu.Lock()
	s.end()
	s.mu.Unlock()
	s.running.Wait()
}

func (s *sharing) Node() string { return s.node }

func (s *sharing) Cut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.apart || s.cut()
}

func (s *sharing) Behind() time.Duration { return s.live.stuckFor() }

func (s *sharing) Elected() time.Time {
	if at := s.elected.Load(); at != nil {
		return *at
	}
	return time.Time{}
}

func (s *sharing) Nodes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.alive)
}

func (s *sharing) Changes(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed = fn
}

func (s *sharing) Passed(ctx context.Context, seq uint64) error { return s.live.passed(ctx, seq) }

// run sends this node's signs of life and hears those of the others.
func (s *sharing) run(came <-chan *nats.Msg) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	s.say("here")
	for {
		select {
		case m := <-came:
			if m.Subject == electedSubject {
				now := time.Now()
				s.elected.Store(&now)
				s.counts.elections.Add(1)
				continue
			}
			s.hear(strings.TrimPrefix(m.Subject, alivePrefix), string(m.Data))
		case <-ticker.C:
			s.say("here")
		case <-s.woken:
		case <-s.life.Done():
			s.say("gone")
			return
		}
		s.look()
	}
}

// say tells all nodes something of this one. Who does not hear it will miss it.
func (s *sharing) say(what string) {
	_ = s.log.conn.requests.Publish(alivePrefix+s.node, []byte(what))
	if what == "gone" { // the last word; the client sends the others by itself
		_ = s.log.conn.requests.FlushTimeout(closeTimeout)
	}
}

// wake has run look now.
func (s *sharing) wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

func (s *sharing) hear(node, what string) {
	if node == s.node {
		return
	}
	s.mu.Lock()
	_, known := s.heard[node]
	s.heard[node] = time.Now()
	if what == "gone" {
		delete(s.heard, node)
	}
	s.mu.Unlock()
	if !known && what == "here" {
		s.say("here") // so that a node which starts need not wait for the next beat
	}
}

// look finds who is alive, and says so if that has changed.
func (s *sharing) look() {
	now, cut := time.Now(), s.Cut()
	s.mu.Lock()
	alive := []string{s.node}
	for node, at := range s.heard {
		if now.Sub(at) < silentFor {
			alive = append(alive, node)
		} else {
			delete(s.heard, node)
		}
	}
	slices.Sort(alive)
	same := slices.Equal(alive, s.alive) && cut == s.wasCut
	if cut && !s.wasCut {
		s.counts.cuts.Add(1)
	}
	s.alive, s.wasCut = alive, cut
	changed := s.changed
	s.mu.Unlock()
	if !same {
		changed()
	}
}

// markNowAndThen stores a mark from time to time.
func (s *sharing) markNowAndThen() {
	ticker := time.NewTicker(idleMark)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if at, known, since := s.live.behind(); at == known && time.Since(since) < idleMark && s.log.failure.Load() == nil && !s.fails() && !s.log.seeks() {
				continue // it follows, as what has come shows, and nothing says that it cannot store
			}
			if _, err := s.Mark(s.life); err != nil && s.life.Err() == nil {
				s.log.logger.Debug("no mark stored", "err", err)
			}
		case <-s.life.Done():
			return
		}
	}
}

// Mark joins the next mark: one under way may have been given its sequence
// before something that was acknowledged before the call.
func (s *sharing) Mark(ctx context.Context) (uint64, error) {
	s.mu.Lock()
	if s.life.Err() != nil {
		s.mu.Unlock()
		return 0, s.log.unavailable("mark", "the log", ErrClosed)
	}
	m := s.next
	if m == nil {
		m = &marking{done: make(chan struct{})}
		s.next = m
	}
	if !s.marking {
		s.marking = true
		s.running.Go(s.markAll)
	}
	s.mu.Unlock()
	select {
	case <-m.done:
		return m.seq, m.err
	case <-ctx.Done():
		return 0, s.log.unavailable("mark", "the log", ctx.Err())
	}
}

// markAll stores marks until nobody waits for one.
func (s *sharing) markAll() {
	for {
		s.mu.Lock()
		m := s.next
		s.next = nil
		s.marking = m != nil
		s.mu.Unlock()
		if m == nil {
			return
		}
		m.seq, m.err = s.mark()
		s.counts.marked(m.err)
		s.noteMark(m.err)
		close(m.done)
	}
}

// noteMark finds out whether this node is apart from those that store: it hears
// others, and yet nothing of its own is stored.
func (s *sharing) noteMark(err error) {
	s.mu.Lock()
	was := s.apart
	switch {
	case err == nil || s.cut(): // which is known by itself, and ends by itself
		s.failing, s.apart = time.Time{}, false
	case s.failing.IsZero():
		s.failing = time.Now()
	default:
		s.apart = time.Since(s.failing) > s.may
	}
	apart := s.apart
	s.mu.Unlock()
	if apart == was {
		return
	}
	if apart {
		s.log.logger.Warn("this node takes no requests", "node", s.node, "why", errApart, "err", err)
	}
	s.wake()
}

// fails reports whether no mark has been stored since one was not.
func (s *sharing) fails() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.failing.IsZero()
}

// mark stores one mark. A mark that is stored twice does no harm.
func (s *sharing) mark() (uint64, error) {
	deadline := time.Now().Add(markTimeout)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		seq, err := s.tryMark(deadline)
		if err == nil {
			s.live.learn(seq)
			s.log.marked(seq)
			s.log.worked() // which need not wait for somebody to append
			return seq, nil
		}
		if s.log.isClosed() || errors.Is(err, ErrUnavailable) || time.Until(deadline) < pause {
			return 0, s.log.unavailable("mark", "the log", err)
		}
		if !wait(s.life, pause) {
			return 0, s.log.unavailable("mark", "the log", ErrClosed)
		}
	}
}

func (s *sharing) tryMark(deadline time.Time) (uint64, error) {
	ctx, cancel := context.WithDeadline(s.life, earliest(deadline, time.Now().Add(markTry)))
	defer cancel()
	if err := s.log.conn.writable(ctx); err != nil {
		return 0, err
	}
	msg := &nats.Msg{Subject: nodePrefix + s.node, Header: nats.Header{jetstream.MsgRollup: {jetstream.MsgRollupSubject}}}
	ack, err := s.log.js.PublishMsg(ctx, msg, jetstream.WithRetryAttempts(0))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errDoubtful, err)
	}
	return ack.Sequence, nil
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
