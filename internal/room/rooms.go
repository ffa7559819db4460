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
	reloadGrace = 8 * time.Second
	// settleTime is how long after a start participants who had a stream may take to come back, and nobody inherits the role of an absent Scrum Master.
	settleTime = 15 * time.Second
	// retryTime is how long a due change waits when the store could not take it.
	retryTime = time.Second
)

// Log is what a room needs of the event log.
type Log interface {
	Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error)
	Snapshot(ctx context.Context, session string, after uint64, data []byte) (uint64, error)
	Compact(ctx context.Context, session string, before uint64) error
	Load(ctx context.Context, session string, after uint64) ([]eventlog.Entry, error)
	Range(ctx context.Context, session string, after uint64, fn func(eventlog.Entry) bool) error
	Next(ctx context.Context, session string, after uint64) (eventlog.Entry, bool, error)
	Replay(ctx context.Context, begin func(last eventlog.Entry) (from uint64), fn func(eventlog.Entry)) (eventlog.Replayed, error)
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
	CommandRate     Rate          // of each participant's commands, with bursts of three times that number
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
	ended  map[string]*poker.Session // sessions whose storage is still to be freed, as they were in the end
	freed  map[string]time.Time      // sessions whose storage is freed, and until when none is created again by the same key
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

	counters counters
}

// counters are what the metrics show. They only grow.
type counters struct {
	events, deliveries, conflicts, packed atomic.Uint64
}

// Open reads the log and brings the sessions in it back to life. Whoever had a stream has settleTime to return.
func Open(ctx context.Context, log Log, o Options) (*Rooms, error) {
	rs := &Rooms{Options: o.withDefaults(), log: log, open: make(map[string]*Room), ended: make(map[string]*poker.Session), freed: make(map[string]time.Time), stop: func() {}, readings: newReadings()}
	rs.list = newList(rs)
	rs.life, rs.endLife = context.WithCancel(context.Background())
	replayed, err := log.Replay(ctx, rs.readFrom, rs.replayed)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	for _, d := range replayed.Damaged {
		rs.damaged(d)
	}
	if err := rs.readWhole(ctx); err != nil {
		return nil, err
	}
	// Settled first: a room that following makes has no state yet when it is listed, and would be taken for one that is over.
	rs.settle()
	if o.Shared {
		stop, err := log.Follow(ctx, replayed.Last, rs.followed)
		if err != nil {
			rs.Close()
			return nil, fmt.Errorf("follow the log: %w", err)
		}
		rs.stop = stop
	}
	rs.reconcileSlots(ctx, rs.abandonedAtStart())
	rs.scheduleSweep()
	rs.scheduleLook()
	return rs, nil
}

// readFrom returns where the reading of a session begins: at its latest snapshot, of which its last entry knows.
func (rs *Rooms) readFrom(last eventlog.Entry) uint64 {
	head, _, err := headOf(last.Data)
	switch {
	case err != nil:
		return 0
	case head.Snapshot:
		return last.Seq
	default:
		return head.Base
	}
}

// readWhole reads those sessions from their beginning whose latest snapshot could not be read.
func (rs *Rooms) readWhole(ctx context.Context) error {
	for _, r := range rs.snapshot() {
		if r.state.Load().ID != "" {
			continue
		}
		again := newRoom(rs, r.id)
		err := rs.log.Range(ctx, r.id, 0, func(e eventlog.Entry) bool {
			again.replay(e)
			return true
		})
		if err != nil { // of the store, not of the session
			return fmt.Errorf("read a session from its beginning: %w", err)
		}
		if again.state.Load().ID == "" {
			rs.Logger.Error("a session cannot be read", "session_id", r.id)
			continue
		}
		if r.journal.after != r.journal.seq {
			again.journal.after = r.journal.after
		}
		again.journal.damaged = true
		rs.open[r.id] = again
	}
	return nil
}

// damaged lets a room know that entries of its session could not be read from the log.
func (rs *Rooms) damaged(d eventlog.Damage) {
	r := rs.open[d.Session]
	if r == nil {
		rs.Logger.Error("nothing of a session can be read", "session_id", d.Session)
		r = newRoom(rs, d.Session)
		rs.open[d.Session] = r
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.damage(d.Last, d.Missing)
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
	if e.Seq <= r.journal.seq {
		return
	}
	if e.After != r.journal.seq && r.catchUp(context.Background()) == nil {
		r.arm()
		return
	}
	r.absorbEntry(e)
	r.arm()
}

// Close stops all timers and the following of the log, and stores a snapshot of each session that has changed. When it returns, nothing that happens by itself uses the log any more, unless
// the store does not answer: Close does not wait long for that. The calls of others are theirs to finish before. Sessions stay in the log. Streams are left alone: they
// belong to whoever opened them.
func (rs *Rooms) Close() {
	rs.mu.Lock()
	again := rs.closed
	rs.closed = true
	timers := []clock.Timer{rs.sweeper, rs.looker}
	rs.mu.Unlock()
	rs.endLife()
	for _, timer := range timers {
		if timer != nil {
			timer.Stop()
		}
	}
	rs.stop()
	rooms := rs.snapshot()
	for _, r := range rooms {
		r.closed.Store(true)
	}
	rs.list.close()
	if rs.closeAll(rooms) && !again && !rs.Shared {
		rs.storeSnapshots(rooms)
	}
}

// The bounds of Close.
const (
	lockTimeout    = 150 * time.Millisecond // for rooms that are storing something
	closeTimeout   = 2 * time.Second        // for snapshots, which only make the next start quicker
	partingTimeout = 200 * time.Millisecond // for one of these: a store that needs longer has other worries
)

// closeAll waits for what the rooms have begun. False: it took too long, because the store does not answer.
func (rs *Rooms) closeAll(rooms []*Room) bool {
	done := make(chan struct{})
	go func() { // ends when the store answers, or is closed
		defer close(done)
		for _, r := range rooms {
			r.close()
		}
		rs.running.Wait()
	}()
	select {
	case <-done:
		return true
	case <-time.After(lockTimeout):
		rs.Logger.Warn("the store does not answer; what is under way is given up")
		return false
	}
}

// storeSnapshots stores one of each session that has changed since its latest. What is not stored in time is read entry by entry at the next start.
func (rs *Rooms) storeSnapshots(rooms []*Room) {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	for _, r := range rooms {
		if err := r.parting(ctx); err != nil {
			rs.Logger.Warn("not all snapshots stored; the next start takes longer", "error", err)
			return
		}
	}
}

func (r *Room) parting(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b := r.state.brief(); r.journal.stale || r.journal.tail.entries == 0 || b.ID == "" || b.Ended != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, partingTimeout)
	defer cancel()
	return r.storeSnapshot(ctx)
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

// find returns the room of a live session, or poker.Gone.
func (rs *Rooms) find(id string) (*Room, error) {
	rs.mu.RLock()
	r := rs.open[id]
	rs.mu.RUnlock()
	if r == nil {
		return nil, poker.Gone()
	}
	if !r.state.alive(rs.Clock.Now()) {
		if b := r.state.brief(); b.ID != "" && b.Ended == "" { // its timer is late, if the clock was set or the machine slept
			r.wakeSoon()
		}
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
	var live []brief
	for _, r := range rs.snapshot() {
		if b := r.state.brief(); b.alive(now) {
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

// Create opens a session. The error is a refusal: malformed input, no slot, or no store. A call with a key must name the session that [SessionID] gives, so that the same call again, here
// or on another node, finds the same session.
func (rs *Rooms) Create(ctx context.Context, c *poker.Create, call Call) (Outcome, error) {
	if err := c.Validate(); err != nil {
		return Outcome{}, err
	}
	if rs.isClosed() {
		return Outcome{}, unavailable(ErrClosed)
	}
	ctx = context.WithoutCancel(ctx)
	for {
		r, fresh, err := rs.place(c.SessionID)
		if err != nil {
			return Outcome{}, err
		}
		var outcome Outcome
		if fresh {
			outcome, err = r.createFirst(ctx, c, keyOf(c, call))
		} else {
			outcome, err = r.createAgain(ctx, c, keyOf(c, call))
		}
		if !errors.Is(err, errDropped) {
			return outcome, err
		}
	}
}

// place returns the room of a session that is to be created, listed before its first event is stored, so that a follower of the log finds it; until then it is not alive. A room that
// is not fresh was made by an earlier call with the same key.
func (rs *Rooms) place(id string) (r *Room, fresh bool, err error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.ended[id] != nil || rs.Clock.Now().Before(rs.freed[id]) {
		return nil, false, poker.Gone()
	}
	if r = rs.open[id]; r != nil {
		return r, false, nil
	}
	r = newRoom(rs, id)
	r.created = make(chan struct{})
	r.closed.Store(rs.closed)
	rs.open[id] = r
	return r, true, nil
}

func (r *Room) createFirst(ctx context.Context, c *poker.Create, key poker.Key) (Outcome, error) {
	defer close(r.created)
	if err := r.rs.reserve(ctx, r.id); err != nil {
		r.rs.drop(r)
		return Outcome{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.create(ctx, c, key)
}

// create stores the session's first event. If that fails for sure, the room is dropped, and before that its slot is free: whoever tries again takes one of their own.
func (r *Room) create(ctx context.Context, c *poker.Create, key poker.Key) (Outcome, error) {
	outcome, err := r.commit(ctx, c, key)
	if err != nil && r.state.Load().ID == "" && !isUnknown(err) {
		err = errors.Join(err, r.rs.log.Release(ctx, r.id))
		r.rs.drop(r)
		return Outcome{}, err
	}
	r.arm()
	return outcome, err
}

// createAgain answers a creation whose key was used before, when that has come to its end. If it turns out that nothing was stored, the session is created now.
func (r *Room) createAgain(ctx context.Context, c *poker.Create, key poker.Key) (Outcome, error) {
	if r.created != nil {
		<-r.created
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.state.Load().ID != "" || r.created != nil && r.rs.lists(r):
		return r.create(ctx, c, key)
	case r.created != nil:
		return Outcome{}, errDropped
	}
	return Outcome{}, unavailable(errNotCreated)
}

var (
	errNotCreated = errors.New("the session's log cannot be read")
	errDropped    = errors.New("the first try to create the session did not succeed")
)

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
		if b := r.state.brief(); b.ID != "" && !b.alive(now) {
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

// Do carries out a participant's command, or a Join. Whoever acts must prove to be the participant. The error is a refusal.
func (rs *Rooms) Do(ctx context.Context, id string, c poker.Command, call Call) (Outcome, error) {
	if err := c.Validate(); err != nil {
		return Outcome{}, err
	}
	r, err := rs.find(id)
	if err != nil {
		rs.mu.RLock()
		s := rs.ended[id]
		rs.mu.RUnlock()
		return rs.repeatEnded(s, c, call, err)
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

// Work counts what has been done since the start that may have left memory to give back: events folded, and idle sessions packed.
func (rs *Rooms) Work() uint64 { return rs.counters.events.Load() + rs.counters.packed.Load() }

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
