package room

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/stream"
)

// Room is one live session on this node.
type Room struct {
	id string
	rs *Rooms

	state state        // written under mu and read without it
	due   atomic.Int64 // the next deadline, in milliseconds since 1970; 0 for none. Written under mu and read without it
	feed  stream.Feed

	mu       sync.Mutex
	journal  journal
	entry    []byte // room for the next entry of the log
	presence presence
	rates    map[string]*rate.Limiter // of participants' commands
	timer    clock.Timer
	armedFor time.Time
	settling time.Time     // until then nobody inherits; zero: no such time
	used     time.Time     // when something happened last, see letGo; zero: nothing since it let go
	tidying  bool          // a snapshot is about to be stored
	created  chan struct{} // closed when the session's creation has ended; nil if it was not created here
	closed   atomic.Bool
	waking   atomic.Bool // see wakeSoon
	among    *among      // nil for a node that is alone
}

func newRoom(rs *Rooms, id string) *Room {
	r := &Room{id: id, rs: rs}
	r.state.Store(&poker.Session{})
	if rs.Sharing != nil {
		r.among = &among{}
	}
	return r
}

// do carries out a command for somebody who proves who they are.
func (r *Room) do(ctx context.Context, c poker.Command, call Call) (Outcome, error) {
	r.lock()
	defer r.unlock()
	if err := r.rs.serves(); err != nil { // meanwhile
		return Outcome{}, err
	}
	r.used = r.now()
	r.passTime(ctx)
	err := r.surely(ctx, func() error { return r.admit(c.Actor(), call.Proof) })
	if s := r.state.Load(); s.Ended != "" { // meanwhile, or as the log has just said
		return r.rs.repeatEnded(s, c, call, poker.Gone())
	}
	if err != nil {
		return Outcome{}, err
	}
	if err := r.limit(c.Actor()); err != nil {
		return Outcome{}, err
	}
	outcome, err := r.commit(ctx, c, keyOf(c, call))
	r.arm()
	r.tidy()
	return outcome, err
}

// admit is the one gate for whoever acts or reads as somebody. It refuses a session that is gone, and an actor without proof.
func (r *Room) admit(actor string, proof Proof) error {
	s := r.state.Load()
	if !s.Alive(r.now()) {
		return poker.Gone()
	}
	return prove(s, actor, proof)
}

// prove refuses an actor without proof. One who is not in the session is the game's to refuse.
func prove(s *poker.Session, actor string, proof Proof) error {
	if p, ok := s.Participant(actor); ok && actor != "" && !proof.Proves(p) {
		return Refuse(Unproven)
	}
	return nil
}

// admitReader is the same gate for whoever reads, as somebody or not.
func (r *Room) admitReader(reader string, proof Proof) error {
	s := r.state.Load()
	if !s.Alive(r.now()) {
		return poker.Gone()
	}
	return mayRead(s, reader, proof)
}

// mayRead refuses a reader without proof of being who they say, and of a session with a password everybody who is none of its participants.
func mayRead(s *poker.Session, reader string, proof Proof) error {
	if reader == "" {
		if _, ok := insider(s, proof); s.Protected() && !ok {
			return Refuse(poker.PasswordNeeded)
		}
		return nil
	}
	if _, ok := s.Participant(reader); !ok {
		return Refuse(poker.NotParticipant)
	}
	return prove(s, reader, proof)
}

// insider is a participant of a session with a password whose proof it is. False: it is nobody's, or the session has no password.
func insider(s *poker.Session, proof Proof) (string, bool) {
	if !s.Protected() || proof == nil {
		return "", false
	}
	for _, p := range s.Participants {
		if proof.Proves(p) {
			return p.ID, true
		}
	}
	return "", false
}

// limit refuses a participant who sends more commands than they may.
func (r *Room) limit(actor string) error {
	per := r.rs.CommandRate
	if per.Events == 0 || actor == "" {
		return nil
	}
	p, ok := r.state.Load().Participant(actor)
	if !ok {
		return nil
	}
	bucket := r.rates[p.ID]
	if bucket == nil {
		if r.rates == nil {
			r.rates = make(map[string]*rate.Limiter)
		}
		bucket = rate.NewLimiter(rate.Limit(float64(per.Events)/per.Per.Seconds()), burst*per.Events)
		r.rates[p.ID] = bucket
	}
	now := r.now()
	reservation := bucket.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	reservation.CancelAt(now)
	return tooMany(TooManyCommands, wait)
}

// burst is how many times the rate a participant's commands may come at once.
const burst = 3

// forgetRates forgets the participants who could send a whole burst again: it makes no difference.
func (r *Room) forgetRates(now time.Time) {
	maps.DeleteFunc(r.rates, func(_ string, bucket *rate.Limiter) bool { return bucket.TokensAt(now) >= float64(bucket.Burst()) })
	if len(r.rates) == 0 {
		r.rates = nil
	}
}

func (r *Room) now() time.Time { return r.rs.Clock.Now() }

// moment says under which circumstances a command is decided. Nobody inherits before all who are gone by now are known to be: the heir may be one of them.
func (r *Room) moment(actor string, key poker.Key) poker.Moment {
	now := r.now()
	settling := now.Before(r.settling) || len(r.presence.due(now)) > 0 || r.among != nil && r.waitsForNodes(now)
	return poker.Moment{Now: now, Settling: settling, Streaming: r.presence.counting(actor) > 0, Node: r.rs.node(), Key: key}
}

// maxTries bounds how often a command is decided again because other nodes' appends came first. It is high because losing is the rule while another node is busy: whoever won has
// no reading to do before the next append.
const maxTries = 200

// Outcome is what a command came to.
type Outcome struct {
	// Session is the state right after the command.
	Session *poker.Session
	// Ref is the id that the answer is about: of the participant who created or joined, of the round that was revealed. Of a seat link it is its end, see [poker.SeatLinkEnds]. Empty for other commands.
	Ref string
	// Repeated says that the command had been carried out before, with the same key.
	Repeated bool
}

// commit carries a command out: decide, append, fold, send.
func (r *Room) commit(ctx context.Context, c poker.Command, key poker.Key) (Outcome, error) {
	if r.closed.Load() {
		return Outcome{}, unavailable(ErrClosed)
	}
	for range maxTries {
		if r.neverWas() {
			return Outcome{}, poker.Gone()
		}
		if err := r.ready(ctx, c); err != nil {
			return Outcome{}, r.notDecided(c, key, err)
		}
		decision, err := r.rs.Rules.Decide(r.state.Load(), c, r.moment(c.Actor(), key))
		if err != nil || len(decision.Steps) == 0 {
			again, failed := r.undecided(ctx, c)
			switch {
			case failed != nil:
				return Outcome{}, failed
			case again:
				continue
			case err != nil:
				return Outcome{}, err
			}
			return r.outcome(decision), nil
		}
		change := newChange()
		err = r.append(ctx, change, decision.Steps)
		switch {
		case err == nil:
			return r.outcome(decision), nil
		case !errors.Is(err, eventlog.ErrConflict):
			return r.doubt(ctx, c, change, decision, err)
		}
		r.rs.counters.conflicts.Add(1)
		if err := r.lost(ctx, err); err != nil {
			return Outcome{}, r.notStored(c, err)
		}
		if r.stored(change) {
			return r.outcome(decision), nil
		}
	}
	return Outcome{}, r.notStored(c, eventlog.ErrConflict)
}

func (r *Room) outcome(d poker.Decision) Outcome {
	return Outcome{Session: r.state.Load(), Ref: d.Ref, Repeated: d.Repeated}
}

// ready sees to it that the state is the log's before anything is decided on it. It returns why that cannot be.
func (r *Room) ready(ctx context.Context, c poker.Command) error {
	if err := r.refresh(ctx); err != nil {
		return err
	}
	if _, recovering := c.(poker.Recover); r.journal.damaged && !recovering {
		r.recover(ctx)
	}
	if r.journal.bytes() > maxSessionBytes && bound(c) {
		r.tidy()
		r.rs.compactLater(r)
		return errTooLarge
	}
	return nil
}

// bound reports whether a command is refused when the session's log has reached its bound. What makes the session smaller, and what happens by itself, is not.
func bound(c poker.Command) bool {
	switch c.(type) {
	case poker.Leave, poker.End, poker.Kick, poker.Tick, poker.Depart, poker.RemoveStory:
		return false
	}
	return true
}

// recover stores that entries are missing, and lets everybody know, so that streams which begin or come back know nothing of what was lost.
func (r *Room) recover(ctx context.Context) {
	missing := r.journal.missing
	r.journal.damaged, r.journal.missing = false, 0
	_, err := r.commit(ctx, poker.Recover{Missing: missing}, poker.Key{})
	if err == nil {
		err = r.storeSnapshot(ctx) // so that the damaged part is not read again
	}
	if err != nil {
		r.rs.Logger.Warn("the recovery of a session is not stored yet", "session_id", r.id, "error", err)
		r.journal.damaged, r.journal.missing = true, missing
	}
}

// doubt ends a command whose append failed. Whatever the log said, the room reads what is stored before it decides anything else. If it finds the command there, all is well.
func (r *Room) doubt(ctx context.Context, c poker.Command, change string, decision poker.Decision, cause error) (Outcome, error) {
	doubtful := errors.Is(cause, eventlog.ErrDoubtful)
	r.journal.stale = doubtful || r.among == nil
	if !doubtful {
		return Outcome{}, r.notStored(c, cause)
	}
	r.journal.doubtful, r.journal.doubted = true, decision.Steps[0].Event.Key.ID
	limited, cancel := context.WithTimeout(ctx, r.doubtTimeout())
	defer cancel()
	err := r.refresh(limited)
	switch {
	case err == nil && (r.journal.change == change || r.stored(change)):
		return r.outcome(decision), nil
	case err == nil && r.among != nil && !r.among.hid: // it never will be
		return Outcome{}, r.notStored(c, cause)
	case err == nil && r.among != nil:
		return Outcome{}, unknown(cause)
	}
	r.journal.stale, r.journal.doubtful = true, true // it may still be stored after the look
	r.rs.Logger.Error("not known whether a command was stored", "command", poker.Name(c), "session_id", r.id, "user_id", c.Actor(), "error", cause)
	return Outcome{}, unknown(cause)
}

// notDecided ends a command that was not even tried, because it is not known what is stored. If that is so because of an earlier try of the same command, it may have been carried out.
func (r *Room) notDecided(c poker.Command, key poker.Key, err error) error {
	if r.journal.doubtful && key.ID != "" && key.ID == r.journal.doubted {
		return unknown(err)
	}
	return r.notStored(c, err)
}

// doubtTimeout bounds the look for a command that may have been stored.
func (r *Room) doubtTimeout() time.Duration {
	if r.among != nil {
		return waitTime
	}
	return 500 * time.Millisecond
}

func (r *Room) notStored(c poker.Command, err error) error {
	if r.among == nil { // among several, what cannot be stored says nothing of how full the store is
		r.rs.strained.Store(true)
	}
	r.rs.Logger.Error("command not stored", "command", poker.Name(c), "session_id", r.id, "user_id", c.Actor(), "error", err)
	return unavailable(err)
}

// absorb takes over what has been stored and sends it to every reader: the only path by which anybody learns of a change.
func (r *Room) absorb(seq uint64, change string, steps []poker.Step) {
	if len(steps) == 0 {
		return
	}
	before, state := r.state.Load(), steps[len(steps)-1].Session
	r.state.Store(state) // before anybody hears of it, so that whoever asks then finds it
	r.rs.counters.events.Add(uint64(len(steps)))
	var few [2]stream.Update // nearly always enough
	updates := few[:0]
	for i, step := range steps {
		updates = append(updates, stream.Update{Session: step.Session, Event: step.Event, ID: position{seq: seq, index: i, change: change}.String()})
		if p, ok := step.Event.Payload.(poker.ParticipantLeft); ok {
			r.presence.forget(p.UserID)
			delete(r.rates, p.UserID)
		}
	}
	r.rs.counters.deliveries.Add(uint64(r.feed.Publish(updates)))
	for _, step := range steps {
		r.afterwards(state, step.Event, r.among == nil || r.among.own == change)
		if r.among != nil {
			r.noteNode(step.Event)
		}
	}
	if summaryChanged(before, state) {
		r.rs.list.changed()
	}
}

// afterwards does what an event means beside the game. own: this node has stored it, and so is the one to write it down.
func (r *Room) afterwards(s *poker.Session, e poker.Event, own bool) {
	say := r.rs.Logger.Debug
	if own {
		say = r.rs.Logger.Info
	}
	switch p := e.Payload.(type) {
	case poker.SessionCreated:
		say("session created", "session_id", r.id, "user_id", p.Creator.ID)
	case poker.SessionExpired:
		say("session ended", "session_id", r.id, "reason", p.Reason, "rounds", len(s.Rounds))
		r.rs.retire(r)
	}
}

// summaryChanged reports whether the list of open sessions is different with b in place of a.
func summaryChanged(a, b *poker.Session) bool {
	before, after := listed(a), listed(b)
	if !before || !after {
		return before != after
	}
	return a.Status != b.Status || a.ScrumMasterID != b.ScrumMasterID || a.Protected() != b.Protected() || len(a.Participants) != len(b.Participants) || nameOfMaster(a) != nameOfMaster(b)
}

// listed reports whether a session is on the list until its time is over.
func listed(s *poker.Session) bool { return s.ID != "" && s.Ended == "" && !bool(s.Settings.Unlisted) }

func nameOfMaster(s *poker.Session) string {
	master, _ := s.Participant(s.ScrumMasterID)
	return master.Name
}
