package eventlog

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// Replayed is what Replay has found.
type Replayed struct {
	// Last is the sequence at which the log ended at the call (0: nothing was ever
	// stored), which is where Follow goes on.
	Last uint64
	// Damaged are the sessions of which something cannot be read, by name.
	Damaged []Damage
}

// Damage is a session that is not whole.
type Damage struct {
	Session string
	Last    uint64 // what the next Append has to name
	Missing uint64 // entries that are there and cannot be read; 0 if unknown
}

// Replay passes the stored entries of all sessions to fn, up to the end as it
// is at the call, those of a session in order.
//
// First it calls begin with the last entry of each session that can be read.
// begin returns the sequence from which that session's entries are wanted. A
// session of which only the last one is wanted has that passed to fn at once;
// the others follow in one pass over the log, in the order they were stored.
// So a start reads snapshots and short tails if each entry says where its
// session's latest snapshot is. Without begin, everything is passed.
//
// What was passed is compared with the server's index and with the chain of
// Entry.After; sessions with a gap are logged and returned. An entry that comes
// while Replay runs may be passed or not.
func (l *Log) Replay(ctx context.Context, begin func(last Entry) (from uint64), fn func(Entry)) (Replayed, error) {
	r := replay{log: l, fn: fn, whole: begin == nil, sessions: map[string]*tail{}}
	if begin == nil {
		begin = func(Entry) uint64 { return 0 }
	}
	err := r.run(ctx, begin)
	if err != nil {
		return Replayed{}, l.unavailable("replay", "all sessions", err)
	}
	return Replayed{Last: r.last, Damaged: r.damaged}, nil
}

// lastOfAtOnce is for how many sessions one request asks: the server refuses
// more than 1,024.
const lastOfAtOnce = 1000

// replay is one Replay under way.
type replay struct {
	log      *Log
	fn       func(Entry)
	whole    bool
	last     uint64 // the log's end
	sessions map[string]*tail
	damaged  []Damage
}

// tail is what is wanted of one session.
type tail struct {
	indexed uint64 // entries there are, as the index says
	last    uint64 // the last that can be read, as the index says; 0 if none can
	from    uint64
	passed  uint64 // entries
	at      uint64 // the one that was passed last
	lost    bool   // an entry before the last cannot be read
	gaps    bool   // the chain is broken
}

func (r *replay) run(ctx context.Context, begin func(Entry) uint64) error {
	if r.log.sharing != nil {
		return r.shared(ctx, begin)
	}
	if err := r.index(ctx); err != nil {
		return err
	}
	if err := r.lasts(ctx, begin); err != nil {
		return err
	}
	if err := r.rest(ctx); err != nil {
		return err
	}
	r.compare(ctx)
	return nil
}

// index asks how many entries each session has.
func (r *replay) index(ctx context.Context) error {
	if r.log.isClosed() {
		return ErrClosed
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	info, err := r.log.sessions.Info(ctx, jetstream.WithSubjectFilter(sessionPrefix+"*"))
	if err != nil {
		return err
	}
	r.last = info.State.LastSeq
	for subj, n := range info.State.Subjects {
		r.sessions[subj[len(sessionPrefix):]] = &tail{indexed: n}
	}
	return nil
}

// lasts has begin decide what is wanted of each session.
func (r *replay) lasts(ctx context.Context, begin func(Entry) uint64) error {
	if r.whole { // the order is that of the log, the last ones included
		return nil
	}
	decide := func(e Entry) {
		t := r.sessions[e.Session]
		if t == nil {
			return // made after index has asked
		}
		if t.last, t.from = e.Seq, begin(e); t.from >= e.Seq {
			r.pass(t, e)
		}
	}
	subjects := make([]string, 0, len(r.sessions))
	for session := range r.sessions {
		subjects = append(subjects, sessionPrefix+session)
	}
	for some := range slices.Chunk(subjects, lastOfAtOnce) {
		if err := r.log.lastOf(ctx, some, r.last, func(m message) { decide(m.entry()) }); err != nil {
			return err
		}
	}
	for session, t := range r.sessions {
		if t.last > 0 {
			continue
		}
		t.lost = true // the last one; one before it may do
		all, err := r.log.load(ctx, session, 0, 0)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			decide(all[len(all)-1])
		}
	}
	return nil
}

// pass passes an entry on, and notes whether it follows the one before.
func (r *replay) pass(t *tail, e Entry) {
	if t.at > 0 && e.After != t.at || t.at == 0 && e.Seq > t.from && e.After >= max(t.from, 1) && !r.whole {
		t.gaps = true
	}
	t.passed++
	t.at = e.Seq
	r.fn(e)
}

// rest passes what is wanted and not passed yet, in one pass over the log.
func (r *replay) rest(ctx context.Context) error {
	from := r.last + 1
	for _, t := range r.sessions {
		if t.at == 0 && (r.whole || t.last > 0) {
			from = min(from, max(t.from, 1))
		}
	}
	return r.log.stream(ctx, r.log.sessions, from, r.last, func(m message) {
		e, ok := m.ofSession()
		t := r.sessions[e.Session]
		if ok && t != nil && e.Seq >= t.from && e.Seq > t.at {
			r.pass(t, e)
		}
	})
}

// compare finds the sessions of which not everything was passed that should be.
func (r *replay) compare(ctx context.Context) {
	for _, session := range slices.Sorted(maps.Keys(r.sessions)) {
		t := r.sessions[session]
		d := Damage{Session: session, Last: t.last}
		switch {
		case r.whole && t.passed < t.indexed, t.lost && t.passed == 0:
			d.Missing = t.indexed - t.passed
		case t.lost:
			d.Missing = 1
		case t.gaps, !r.whole && t.at != t.last:
		default:
			continue
		}
		if r.whole || t.lost {
			d.Last = r.log.mustName(ctx, session)
		}
		r.damaged = append(r.damaged, d)
		r.log.logger.Error("stored session is damaged", "session_id", session, "entries_missing", d.Missing, "entries_read", t.passed)
	}
}

// mustName returns the sequence that the session's next append has to name. Only
// the server knows it where the last entry is damaged (NATS before 2.15.3 takes
// such an entry for none), and it says so when it refuses an append that names
// another one, and so stores nothing.
func (l *Log) mustName(ctx context.Context, session string) uint64 {
	const never = 1<<64 - 1
	_, _, err := l.store(ctx, sessionPrefix+session, never, nil, nil)
	var conflict *ConflictError
	if !errors.As(err, &conflict) {
		return 0 // what NATS before 2.15.3 says of a session whose last entry is damaged, too
	}
	return conflict.Last
}
