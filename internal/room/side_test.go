package room

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

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
)

// group is nodes that share a real log, each of which sees it from a side of its own.
type group struct {
	mu         sync.Mutex
	sides      []*side
	dead       map[string]bool
	elected    time.Time   // when the log last got a new leader, as all nodes have heard
	leaderless atomic.Bool // the log takes nothing
}

// side is what one node among several has of a log: what is stored comes to it when the test lets it, what it reads is no newer than that, and it can be cut off.
type side struct {
	Log
	name  string
	group *group
	cut   atomic.Bool
	loses atomic.Int64 // how many of the next broadcasts are lost
	marks atomic.Int64 // how many have been asked for

	marking sync.Mutex
	marked  uint64 // the last mark of this node

	mu       sync.Mutex
	moved    *sync.Cond
	came     []eventlog.Entry  // from the log, not passed on yet
	position uint64            // up to which everything has been passed on
	held     bool              // nothing is passed on
	lazy     bool              // unless somebody waits for it
	first    map[string]uint64 // what the log has first of a session, since the last hold
	pause    func()            // before each entry; nil for none
	follower *int              // whose address says which Follow is under way
	asked    func()            // when the nodes have been looked up next, before that is answered; nil for nothing
	changes  func()
	hears    func([]byte)
}

const markPrefix = "mark-"

func (g *group) side(name string, log Log) *side {
	s := &side{Log: log, name: name, group: g, changes: func() {}}
	s.moved = sync.NewCond(&s.mu)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sides = append(g.sides, s)
	return s
}

// dies lets all nodes know that one is not alive, or is again.
func (g *group) dies(name string, dead bool) {
	g.mu.Lock()
	if g.dead == nil {
		g.dead = map[string]bool{}
	}
	g.dead[name] = dead
	sides := slices.Clone(g.sides)
	g.mu.Unlock()
	for _, s := range sides {
		s.changed()
	}
}

func (s *side) changed() {
	s.mu.Lock()
	fn := s.changes
	s.mu.Unlock()
	fn()
}

// cutOff cuts the side off from the log, or heals that. The others see its node as dead meanwhile.
func (s *side) cutOff(cut bool) {
	s.cut.Store(cut)
	s.mu.Lock()
	s.moved.Broadcast()
	s.mu.Unlock()
	s.group.dies(s.name, cut)
}

// hold stops what comes to the side, or lets it come.
func (s *side) hold(held bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held, s.first = held, map[string]uint64{}
	s.moved.Broadcast()
}

func (s *side) Node() string { return s.name }

func (s *side) Nodes() []string {
	if s.cut.Load() {
		return []string{s.name}
	}
	alive := s.group.alive(s.name)
	s.mu.Lock()
	asked := s.asked
	s.asked = nil
	s.mu.Unlock()
	if asked != nil {
		asked()
	}
	return alive
}

// alive are the names of the nodes that are alive, one among them in any case.
func (g *group) alive(own string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	alive := []string{own}
	for _, s := range g.sides {
		if s.name != own && !g.dead[s.name] {
			alive = append(alive, s.name)
		}
	}
	slices.Sort(alive)
	return slices.Compact(alive)
}

func (s *side) Behind() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held && len(s.came) > 0 {
		return time.Minute
	}
	return 0
}

func (s *side) Elected() time.Time {
	s.group.mu.Lock()
	defer s.group.mu.Unlock()
	return s.group.elected
}

func (s *side) Cut() bool { return s.cut.Load() }

func (s *side) Changes(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes = fn
}

func (s *side) Hears(fn func([]byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hears = fn
}

// Broadcast reaches the others at once, unless it is lost.
func (s *side) Broadcast(data []byte) {
	if s.loses.Add(-1) >= 0 {
		return
	}
	s.group.mu.Lock()
	sides := slices.Clone(s.group.sides)
	s.group.mu.Unlock()
	for _, other := range sides {
		other.mu.Lock()
		fn := other.hears
		other.mu.Unlock()
		if other != s && fn != nil && !s.cut.Load() && !other.cut.Load() {
			fn(data)
		}
	}
}

var errCutOff = fmt.Errorf("cut off: %w", eventlog.ErrUnavailable)

func (s *side) Mark(ctx context.Context) (uint64, error) {
	s.marks.Add(1)
	if s.cut.Load() || s.group.leaderless.Load() {
		return 0, errCutOff
	}
	s.marking.Lock()
	defer s.marking.Unlock()
	log := s.Log
	if m, ok := log.(*moody); ok {
		log = m.Log // so that marks are as they should be
	}
	seq, err := log.Append(context.WithoutCancel(ctx), markPrefix+s.name, s.marked, []byte(fmt.Sprint("mark after ", s.marked)))
	if err == nil {
		s.marked = seq
	}
	return seq, err
}

func (s *side) Passed(ctx context.Context, seq uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.moved.Broadcast()
	})
	defer stop()
	if s.lazy && s.held {
		s.held = false
		s.moved.Broadcast()
	}
	for s.position < seq && ctx.Err() == nil && !s.cut.Load() {
		s.moved.Wait()
	}
	if s.position < seq && s.cut.Load() {
		return errCutOff
	}
	return ctx.Err()
}

// Follow passes on what comes, in order, when it may.
func (s *side) Follow(ctx context.Context, after uint64, fn func(eventlog.Entry)) (func(), error) {
	if s.cut.Load() {
		return nil, errCutOff
	}
	own := new(int)
	s.mu.Lock()
	s.came, s.position, s.follower = nil, after, own
	s.mu.Unlock()
	stop, err := s.Log.Follow(ctx, after, func(e eventlog.Entry) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.came = append(s.came, e)
		s.moved.Broadcast()
	})
	if err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.passOn(own, fn)
	}()
	return func() {
		s.mu.Lock()
		if s.follower == own {
			s.follower = nil
		}
		s.moved.Broadcast()
		s.mu.Unlock()
		stop()
		<-done
	}, nil
}

func (s *side) passOn(own *int, fn func(eventlog.Entry)) {
	for {
		s.mu.Lock()
		for s.follower == own && (len(s.came) == 0 || s.held || s.cut.Load()) {
			s.moved.Wait()
		}
		if s.follower != own {
			s.mu.Unlock()
			return
		}
		e := s.came[0]
		s.came = s.came[1:]
		first, pause := s.first, s.pause
		s.mu.Unlock()
		if pause != nil {
			pause()
		}
		if !strings.HasPrefix(e.Session, markPrefix) && (first == nil || s.has(e)) {
			fn(e)
		}
		s.mu.Lock()
		s.position = max(s.position, e.Seq)
		s.moved.Broadcast()
		s.mu.Unlock()
	}
}

// has reports whether the log still has an entry: one that comes late may have been freed, and then does not come.
func (s *side) has(e eventlog.Entry) bool {
	s.mu.Lock()
	first, ok := s.first[e.Session]
	s.mu.Unlock()
	if !ok {
		next, _, err := s.Log.Next(context.Background(), e.Session, 0)
		if err != nil {
			return true
		}
		first = next.Seq
		s.mu.Lock()
		s.first[e.Session] = first
		s.mu.Unlock()
	}
	return e.Seq >= first
}

func (s *side) passed() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.position
}

// Load is old: it has nothing that the node has not been passed yet.
func (s *side) Load(ctx context.Context, session string, after uint64) ([]eventlog.Entry, error) {
	if s.cut.Load() {
		return nil, errCutOff
	}
	entries, err := s.Log.Load(ctx, session, after)
	upTo := s.passed()
	return slices.DeleteFunc(entries, func(e eventlog.Entry) bool { return e.Seq > upTo }), err
}

func (s *side) Range(ctx context.Context, session string, after uint64, fn func(eventlog.Entry) bool) error {
	if s.cut.Load() {
		return errCutOff
	}
	upTo := s.passed()
	return s.Log.Range(ctx, session, after, func(e eventlog.Entry) bool { return e.Seq <= upTo && fn(e) })
}

func (s *side) Next(ctx context.Context, session string, after uint64) (eventlog.Entry, bool, error) {
	if s.cut.Load() {
		return eventlog.Entry{}, false, errCutOff
	}
	e, ok, err := s.Log.Next(ctx, session, after)
	return e, ok && e.Seq <= s.passed(), err
}

func (s *side) Replay(ctx context.Context, begin func(eventlog.Entry) uint64, fn func(eventlog.Entry)) (eventlog.Replayed, error) {
	if s.cut.Load() {
		return eventlog.Replayed{}, errCutOff
	}
	return s.Log.Replay(ctx, func(last eventlog.Entry) uint64 {
		if strings.HasPrefix(last.Session, markPrefix) {
			return last.Seq
		}
		return begin(last)
	}, func(e eventlog.Entry) {
		if !strings.HasPrefix(e.Session, markPrefix) {
			fn(e)
		}
	})
}

func (s *side) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	if s.cut.Load() || s.group.leaderless.Load() {
		return 0, errCutOff
	}
	return s.Log.Append(ctx, session, after, data)
}

func (s *side) End(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	if s.cut.Load() || s.group.leaderless.Load() {
		return 0, errCutOff
	}
	return s.Log.End(ctx, session, after, data)
}

func (s *side) Snapshot(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	if s.cut.Load() {
		return 0, errCutOff
	}
	return s.Log.Snapshot(ctx, session, after, data)
}

// Forget leaves a mark in the place of what there was.
func (s *side) Forget(ctx context.Context, session string, last uint64) error {
	if s.cut.Load() {
		return errCutOff
	}
	seq, err := s.Log.Append(ctx, session, last, []byte(`{"gone":true}`))
	if errors.Is(err, eventlog.ErrConflict) {
		if e, ok, _ := s.Log.Next(ctx, session, last); ok && eventlog.IsGone(e) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return s.Log.Compact(ctx, session, seq)
}

func (s *side) Reserve(ctx context.Context, session string) error {
	if s.cut.Load() {
		return errCutOff
	}
	return s.Log.Reserve(ctx, session)
}

func (s *side) Release(ctx context.Context, session string) error {
	if s.cut.Load() {
		return errCutOff
	}
	return s.Log.Release(ctx, session)
}

// nodesOf opens so many nodes that share a log, by one clock; change may alter their options.
func nodesOf(t testing.TB, n int, log Log, change func(*Options)) (*group, []*node) {
	t.Helper()
	g, c := &group{}, clock.NewManual(time.Now())
	var nodes []*node
	for i := range n {
		g.side(fmt.Sprint("node", i), log)
	}
	for _, s := range g.sides {
		nodes = append(nodes, nodeAt(t, s, c, change))
	}
	return g, nodes
}

// nodeAt opens a node on a side of a log.
func nodeAt(t testing.TB, s *side, c *clock.Manual, change func(*Options)) *node {
	t.Helper()
	o := nodeOptions(c)
	o.Sharing = s
	if change != nil {
		change(&o)
	}
	rs, err := Open(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	patient(rs)
	t.Cleanup(rs.Close)
	return &node{Rooms: rs, t: t, log: realLog(s.Log), clock: c, side: s}
}

func realLog(log Log) *eventlog.Log {
	switch l := log.(type) {
	case *moody:
		return l.Log
	case *eventlog.Log:
		return l
	}
	return nil
}

// three nodes on one log.
func three(t testing.TB) (g *group, nodes []*node) {
	t.Helper()
	return nodesOf(t, 3, openLog(t, 3), nil)
}
