package room

import (
	"cmp"
	"context"
	"errors"
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
	reloadGrace = 5 * time.Second
	// settleTime is how long after a start participants who had a stream may take to come back, and nobody inherits the role of an absent Scrum Master.
	settleTime = 15 * time.Second
	// retryTime is how long a due change waits when the store could not take it.
	retryTime = time.Second
)

// Log is what a room needs of the event log.
type Log interface {
	Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error)
	Load(ctx context.Context, session string, after uint64) ([]eventlog.Entry, error)
	Next(ctx context.Context, session string, after uint64) (eventlog.Entry, bool, error)
	Replay(ctx context.Context, fn func(eventlog.Entry)) (uint64, error)
	Follow(ctx context.Context, after uint64, fn func(eventlog.Entry)) (stop func(), err error)
	Forget(ctx context.Context, session string) error
	Reserve(ctx context.Context, session string) error
	Release(ctx context.Context, session string) error
	Reserved(ctx context.Context) (map[string]time.Time, error)
}

// Options say how sessions live.
type Options struct {
	Rules           poker.Rules
	CleanupInterval time.Duration // how often the storage of ended sessions is freed; default 2 minutes
	Clock           clock.Clock   // default the machine's
	Logger          *slog.Logger  // default slog.Default
	Shared          bool          // other nodes append to the log too, so follow it
	CommandRate     Rate          // of each participant's commands; the zero Rate sets no limit
}

// Rate is how many events are allowed in each period.
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
	ended  map[string]struct{} // sessions whose storage is still to be freed
	closed bool

	list    *list
	reading chan struct{} // holds a token for each reading of a whole session from the log
	sweeper clock.Timer
	stop    func()          // ends following
	life    context.Context // ends with Close
	endLife context.CancelFunc
	running sync.WaitGroup // what timers have called

	counters counters
}

// counters are what the metrics show. They only grow.
type counters struct {
	events, deliveries, conflicts atomic.Uint64
}

// Open reads the log and brings the sessions in it back to life. Whoever had a stream has settleTime to return.
func Open(ctx context.Context, log Log, o Options) (*Rooms, error) {
	rs := &Rooms{Options: o.withDefaults(), log: log, open: make(map[string]*Room), ended: make(map[string]struct{}), stop: func() {}, reading: make(chan struct{}, maxReadings)}
	rs.list = newList(rs)
	rs.life, rs.endLife = context.WithCancel(context.Background())
	last, err := log.Replay(ctx, rs.replayed)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	// Settled first: a room that following makes has no state yet when it is listed, and would be taken for one that is over.
	rs.settle()
	if o.Shared {
		stop, err := log.Follow(ctx, last, rs.followed)
		if err != nil {
			rs.Close()
			return nil, fmt.Errorf("follow the log: %w", err)
		}
		rs.stop = stop
	}
	rs.reconcileSlots(ctx, rs.abandonedAtStart())
	rs.scheduleSweep()
	return rs, nil
}

// replayed folds an entry of the log at the start, when nobody looks on yet.
func (rs *Rooms) replayed(e eventlog.Entry) {
	r := rs.open[e.Session]
	if r == nil {
		r = newRoom(rs, e.Session)
		rs.open[e.Session] = r
	}
	r.replay(e)
}

// settle gives each session that was read from the log its deadlines; those that have ended are only remembered for their storage.
func (rs *Rooms) settle() {
	until := rs.Clock.Now().Add(settleTime)
	for _, r := range rs.snapshot() {
		r.settle(until)
	}
}

// followed applies an entry that a node of the cluster has stored, maybe this one.
func (rs *Rooms) followed(e eventlog.Entry) {
	rs.mu.Lock()
	r := rs.open[e.Session]
	_, over := rs.ended[e.Session]
	if r == nil && !over && !rs.closed {
		r = newRoom(rs, e.Session)
		rs.open[e.Session] = r
	}
	rs.mu.Unlock()
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Seq <= r.seq {
		return
	}
	r.absorbEntry(e)
	r.arm()
}

// Close stops all timers and the following of the log. When it returns, nothing that happens by itself uses the log any more; the calls of others are theirs to finish before. Sessions
// stay in the log. Readers are not told: their streams belong to whoever opened them.
func (rs *Rooms) Close() {
	rs.mu.Lock()
	rs.closed = true
	sweeper := rs.sweeper
	rs.mu.Unlock()
	rs.endLife()
	if sweeper != nil {
		sweeper.Stop()
	}
	rs.stop()
	for _, r := range rs.snapshot() {
		r.close()
	}
	rs.list.close()
	rs.running.Wait()
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

// find returns the room of a live session, or poker.Gone.
func (rs *Rooms) find(id string) (*Room, error) {
	rs.mu.RLock()
	r := rs.open[id]
	rs.mu.RUnlock()
	if r == nil || !r.state.Load().Alive(rs.Clock.Now()) {
		return nil, poker.Gone()
	}
	return r, nil
}

// Session returns the state of a live session, or the refusal poker.Gone.
func (rs *Rooms) Session(id string) (*poker.Session, error) {
	r, err := rs.find(id)
	if err != nil {
		return nil, err
	}
	return r.state.Load(), nil
}

// List returns the summaries of all live sessions, newest first.
func (rs *Rooms) List() []view.Summary {
	now := rs.Clock.Now()
	var live []*poker.Session
	for _, r := range rs.snapshot() {
		if s := r.state.Load(); s.Alive(now) {
			live = append(live, s)
		}
	}
	slices.SortFunc(live, func(a, b *poker.Session) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	summaries := make([]view.Summary, len(live))
	for i, s := range live {
		summaries[i] = view.OfSummary(s)
	}
	return summaries
}

// Create opens a session and returns its first state. The error is a refusal: malformed input, no slot, or no store.
func (rs *Rooms) Create(ctx context.Context, c *poker.Create, _ Call) (*poker.Session, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if rs.isClosed() {
		return nil, unavailable(ErrClosed)
	}
	ctx = context.WithoutCancel(ctx)
	if err := rs.reserve(ctx, c.SessionID); err != nil {
		return nil, err
	}
	r := newRoom(rs, c.SessionID)
	r.mu.Lock()
	defer r.mu.Unlock()
	// Listed before its first event is stored, so that a follower of the log finds it; until then it is not alive. Close either finds it too, or has been called before.
	rs.mu.Lock()
	r.closed = rs.closed
	rs.open[c.SessionID] = r
	rs.mu.Unlock()
	if _, err := r.commit(ctx, c); err != nil {
		rs.drop(r)
		return nil, errors.Join(err, rs.log.Release(ctx, c.SessionID))
	}
	r.arm()
	return r.state.Load(), nil
}

// reserve takes a slot. When none is left, sessions whose time is over give theirs back first, because they are gone for every call already.
func (rs *Rooms) reserve(ctx context.Context, id string) error {
	err := rs.log.Reserve(ctx, id)
	if errors.Is(err, eventlog.ErrNoSlot) {
		rs.expireDue()
		err = rs.log.Reserve(ctx, id)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, eventlog.ErrNoSlot):
		return Refuse(SlotsTaken)
	default:
		return unavailable(err)
	}
}

func (rs *Rooms) expireDue() {
	now := rs.Clock.Now()
	for _, r := range rs.snapshot() {
		if s := r.state.Load(); s.ID != "" && !s.Alive(now) {
			r.wake()
		}
	}
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

// Do carries out a participant's command, or a Join, and returns the state of the session right after it. Whoever acts must prove to be the participant. The error is a refusal.
func (rs *Rooms) Do(ctx context.Context, id string, c poker.Command, call Call) (*poker.Session, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	r, err := rs.find(id)
	if err != nil {
		return nil, err
	}
	return r.do(context.WithoutCancel(ctx), c, call.Proof)
}

// drop takes a room out of the map; nobody finds it any more.
func (rs *Rooms) drop(r *Room) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.open[r.id] == r {
		delete(rs.open, r.id)
	}
}

// Stats are figures for metrics.
type Stats struct {
	Sessions, Participants, Readers int    // now
	Events, Deliveries, Conflicts   uint64 // since the start
}

// Events returns how many events have been folded since the start.
func (rs *Rooms) Events() uint64 { return rs.counters.events.Load() }

// Stats counts.
func (rs *Rooms) Stats() Stats {
	st := Stats{Events: rs.counters.events.Load(), Deliveries: rs.counters.deliveries.Load(), Conflicts: rs.counters.conflicts.Load()}
	for _, r := range rs.snapshot() {
		st.Sessions++
		st.Participants += len(r.state.Load().Participants)
		st.Readers += int(r.readerCount.Load())
	}
	st.Readers += rs.list.count()
	return st
}
