package room

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/view"
)

// The times of presence, as the contract sets them.
const (
	// reloadGrace is how long a participant's last stream may be gone, as on the reload of a page, before it counts as a disconnection.
	reloadGrace = 8 * time.Second
	// settleTime is how long after a start participants who had a stream may take to come back, and nobody inherits the role of an absent Scrum Master.
	settleTime = 15 * time.Second
	// retryTime is how long a due change waits when the store could not take it.
	retryTime = time.Second
)

// Log is what a room needs of the event log.
type Log interface {
	Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error)
	End(ctx context.Context, session string, after uint64, data []byte) (uint64, error)
	Snapshot(ctx context.Context, session string, after uint64, data []byte) (uint64, error)
	Compact(ctx context.Context, session string, before uint64) error
	Load(ctx context.Context, session string, after uint64) ([]eventlog.Entry, error)
	Range(ctx context.Context, session string, after uint64, fn func(eventlog.Entry) bool) error
	Next(ctx context.Context, session string, after uint64) (eventlog.Entry, bool, error)
	Replay(ctx context.Context, begin func(last eventlog.Entry) (from uint64), fn func(eventlog.Entry)) (eventlog.Replayed, error)
	Follow(ctx context.Context, after uint64, fn func(eventlog.Entry)) (stop func(), err error)
	Forget(ctx context.Context, session string, last uint64) error
	Reserve(ctx context.Context, session string) error
	Release(ctx context.Context, session string) error
	Reserved(ctx context.Context) (map[string]time.Time, error)
}

// Options say how sessions live.
type Options struct {
	Rules           poker.Rules
	KeepEnded       time.Duration // how long the rounds and stories of an ended session can be read; 0: not at all
	CleanupInterval time.Duration // how often the storage of ended sessions is freed; default 2 minutes
	Clock           clock.Clock   // default the machine's
	Logger          *slog.Logger  // default slog.Default
	CommandRate     Rate          // of each participant's commands, with bursts of three times that number

	// Sharing is what this node knows of others that append to the log; nil for one that is alone.
	Sharing eventlog.Sharing
}

// Rate is how many times something may happen in some time; the zero Rate sets no limit.
type Rate struct {
	Events int
	Per    time.Duration
}

func (o Options) withDefaults() Options {
	if o.CleanupInterval == 0 {
		o.CleanupInterval = 2 * time.Minute
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// Rooms are all the live sessions. Safe for concurrent use.
type Rooms struct {
	Options
	log Log

	mu     sync.RWMutex
	open   map[string]*Room
	ended  map[string]*over     // sessions that have ended and whose storage is still there
	freed  map[string]time.Time // sessions whose storage is freed, and until when none is created again by the same key
	closed bool

	list     *list
	readings *readings
	compact  compactor
	sweeper  clock.Timer
	looker   clock.Timer
	stop     func()          // ends following
	life     context.Context // ends with Close
	endLife  context.CancelFunc
	running  sync.WaitGroup // what timers have called
	closes   closeBounds

	counters counters
	strained atomic.Bool // the store has failed to take a write since the last sweep
	away     atomic.Bool // this node was cut off from the others and has not read the log since
	nodes    nodes       // of several
	repeated repeated    // to them
	resync   resync      // with them
	looked   time.Time   // when look was last called
}

// counters are what the metrics show. They only grow.
type counters struct {
	events, deliveries, conflicts, letGo atomic.Uint64
}

// Open reads the log and brings the sessions in it back to life. Whoever had a stream has settleTime to return.
func Open(ctx context.Context, log Log, o Options) (*Rooms, error) {
	rs := &Rooms{Options: o.withDefaults(), log: log, open: make(map[string]*Room), ended: make(map[string]*over), freed: make(map[string]time.Time), stop: func() {}, readings: newReadings(), closes: closesWithin}
	rs.list = newList(rs)
	rs.life, rs.endLife = context.WithCancel(context.Background())
	replayed, err := rs.readFirst(ctx)
	if err != nil {
		return nil, err
	}
	// Settled first: a room that following makes has no state yet when it is listed, and would be taken for one that is over.
	rs.comeHere()
	rs.nodesChanged()
	rs.settle()
	if o.Sharing != nil {
		stop, err := log.Follow(ctx, replayed.Last, rs.followed)
		if err != nil {
			rs.Close()
			return nil, fmt.Errorf("follow the log: %w", err)
		}
		rs.stop = stop
		o.Sharing.Changes(rs.changed)
		o.Sharing.Hears(rs.hears)
		rs.changed()
	}
	rs.reconcileSlots(ctx, rs.abandonedAtStart())
	rs.scheduleSweep()
	rs.scheduleLook()
	return rs, nil
}

// after calls fn when d has passed, unless the rooms are closed by then. Close waits for fn, which may still be busy with the log where no lock shows it: a room that is over is no longer
// found, and a sweep belongs to no room.
func (rs *Rooms) after(d time.Duration, fn func()) clock.Timer {
	return rs.Clock.AfterFunc(d, func() {
		if rs.begin() {
			defer rs.running.Done()
			fn()
		}
	})
}

// spawn calls fn in a goroutine of its own, unless the rooms are closed by then. Close waits for fn.
func (rs *Rooms) spawn(fn func()) {
	if rs.begin() {
		go func() {
			defer rs.running.Done()
			fn()
		}()
	}
}

// begin counts what Close has to wait for; false when it is too late.
func (rs *Rooms) begin() bool {
	rs.mu.RLock() // against Close, which must not begin to wait in between
	defer rs.mu.RUnlock()
	if !rs.closed {
		rs.running.Add(1)
	}
	return !rs.closed
}

func (rs *Rooms) isClosed() bool {
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	return rs.closed
}

func (rs *Rooms) snapshot() []*Room {
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	rooms := make([]*Room, 0, len(rs.open))
	for _, r := range rs.open {
		rooms = append(rooms, r)
	}
	return rooms
}

// find returns the room of a live session, or poker.Gone. A session that is not known here may have been made elsewhere, and one that is over by what is known here may live on.
func (rs *Rooms) find(ctx context.Context, id string) (*Room, error) {
	if err := rs.serves(); err != nil {
		return nil, err
	}
	r, err := rs.known(id)
	if err == nil || rs.Sharing == nil {
		return r, err
	}
	return rs.findCurrent(ctx, id)
}

// findCurrent is find for whoever is shown the state: it has everything that was acknowledged anywhere before the call.
func (rs *Rooms) findCurrent(ctx context.Context, id string) (*Room, error) {
	if err := rs.current(ctx); err != nil {
		return nil, err
	}
	return rs.known(id)
}

func (rs *Rooms) known(id string) (*Room, error) {
	rs.mu.RLock()
	r := rs.open[id]
	rs.mu.RUnlock()
	if r == nil {
		return nil, poker.Gone()
	}
	r.see()
	if !r.state.alive(rs.Clock.Now()) {
		if b := r.state.brief(); b.ID != "" && b.Ended == "" { // its timer is late, if the clock was set or the machine slept
			r.wakeSoon()
		}
		return nil, poker.Gone()
	}
	return r, nil
}

// Session returns the state of a live session, with everything that any node has acknowledged before the call. The error is the refusal poker.Gone, or Unavailable when a node among several
// cannot know, or the context's.
func (rs *Rooms) Session(ctx context.Context, id string) (*poker.Session, error) {
	r, err := rs.findCurrent(ctx, id)
	if err != nil {
		return nil, err
	}
	return r.state.Load(), nil
}

// Read returns the state of a live session for somebody who may read it: everybody, or, if the session has a password, its participants. Who reads as one of them must prove to be that. The error is
// a refusal, or the context's.
func (rs *Rooms) Read(ctx context.Context, id, userID string, proof Proof) (*poker.Session, error) {
	s, err := rs.Session(ctx, id)
	if err != nil {
		return nil, err
	}
	return s, mayRead(s, userID, proof)
}

// List returns the summaries of all live sessions that are listed, newest first, as Session would have them. The error is the refusal Unavailable, or the context's; alone there is none.
func (rs *Rooms) List(ctx context.Context) ([]view.Summary, error) {
	if err := rs.allCurrent(ctx); err != nil {
		return nil, err
	}
	return rs.summaries(), nil
}

func (rs *Rooms) summaries() []view.Summary {
	now := rs.Clock.Now()
	var live []brief
	for _, r := range rs.snapshot() {
		if b := r.state.brief(); b.alive(now) && !b.Unlisted {
			live = append(live, b)
		}
	}
	slices.SortFunc(live, func(a, b brief) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	summaries := make([]view.Summary, len(live))
	for i, b := range live {
		summaries[i] = b.Summary
	}
	return summaries
}

// Proof shows that whoever sends a command is the participant as whom they act.
type Proof interface {
	// Proves reports whether the proof is the participant's.
	Proves(p poker.Participant) bool
}

// Call is what comes with a command.
type Call struct {
	Proof Proof // that whoever acts is the participant
	// Key is the client's idempotency key, a secret; empty for none. The same key again gets the first outcome, and nothing happens a second time.
	Key string
	// Body tells requests with the same key apart: a digest of what was asked for.
	Body string
}

// Do carries out a participant's command, or a Join. Whoever acts must prove to be the participant. The error is a refusal.
func (rs *Rooms) Do(ctx context.Context, id string, c poker.Command, call Call) (Outcome, error) {
	if err := c.Validate(); err != nil {
		return Outcome{}, err
	}
	r, err := rs.find(ctx, id)
	if err != nil && isUnavailable(err) {
		return Outcome{}, err
	}
	if err != nil {
		return rs.repeatEnded(rs.endedAs(id), c, call, err)
	}
	return r.do(context.WithoutCancel(ctx), c, call)
}

// repeatEnded answers a command that is repeated after it, or another, has ended the session.
func (rs *Rooms) repeatEnded(s *poker.Session, c poker.Command, call Call, gone error) (Outcome, error) {
	key := keyOf(c, call)
	if s == nil || key.ID == "" {
		return Outcome{}, gone
	}
	if _, known := s.Keyed(key.ID); !known {
		return Outcome{}, gone
	}
	if err := prove(s, c.Actor(), call.Proof); err != nil {
		return Outcome{}, err
	}
	decision, err := rs.Rules.Decide(s, c, poker.Moment{Now: rs.Clock.Now(), Key: key})
	return Outcome{Session: s, Ref: decision.Ref, Repeated: decision.Repeated}, err
}

// drop takes a room out of the map; nobody finds it any more.
func (rs *Rooms) drop(r *Room) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.open[r.id] == r {
		delete(rs.open, r.id)
	}
}

// lists reports whether a room is in the map.
func (rs *Rooms) lists(r *Room) bool {
	rs.mu.RLock()
	defer rs.mu.RUnlock()
	return rs.open[r.id] == r
}

// Stats are figures for metrics.
type Stats struct {
	Sessions, Participants, Readers int    // now
	Events, Deliveries, Conflicts   uint64 // since the start
}

// Work counts what has been done since the start that may have left memory to give back: events folded, and how often a quiet session has let go of something.
func (rs *Rooms) Work() uint64 { return rs.counters.events.Load() + rs.counters.letGo.Load() }

// Stats counts.
func (rs *Rooms) Stats() Stats {
	st := Stats{Events: rs.counters.events.Load(), Deliveries: rs.counters.deliveries.Load(), Conflicts: rs.counters.conflicts.Load()}
	for _, r := range rs.snapshot() {
		st.Sessions++
		st.Participants += r.state.brief().People
		st.Readers += r.feed.Readers()
	}
	st.Readers += rs.list.count()
	return st
}
