package eventlog

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// shared replays a log that several nodes write to, in one pass up to a mark.
// What is read may come from a server that is behind, but the mark itself does
// not come before everything that precedes it. An index would be no help: it may
// be older than what is read after it.
//
// Where the pass begins is another matter: the sessions' last entries at any moment
// before the mark say what is not wanted of what precedes that moment.
func (r *replay) shared(ctx context.Context, begin func(Entry) uint64) (err error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	from, take := uint64(1), r.passShared
	wanted := newWanted(begin)
	if !r.whole {
		from, take = wanted.lastOnes(ctx, r.log), wanted.take
	}
	if r.last, err = r.log.sharing.Mark(ctx); err != nil {
		return err
	}
	err = r.log.upToMark(ctx, from, r.last, func(m message) {
		if e, ok := m.ofSession(); ok {
			take(e)
		}
	})
	if err != nil {
		return err
	}
	wanted.pass(r.passShared)
	r.damagedShared()
	return nil
}

// passShared passes an entry on, and notes whether it follows the one before.
func (r *replay) passShared(e Entry) {
	t := r.sessions[e.Session]
	if t == nil {
		t = &tail{}
		r.sessions[e.Session] = t
	}
	t.gaps = t.gaps || t.at > 0 && e.After != t.at
	t.at, t.passed = e.Seq, t.passed+1
	r.fn(e)
}

// damagedShared names the sessions whose entries do not follow one another.
func (r *replay) damagedShared() {
	for _, session := range slices.Sorted(maps.Keys(r.sessions)) {
		if t := r.sessions[session]; t.gaps {
			r.damaged = append(r.damaged, Damage{Session: session, Last: t.at})
			r.log.logger.Error("stored session is damaged", "session_id", session, "entries_read", t.passed)
		}
	}
}

// upToMark passes all messages from a sequence up to that of a mark to fn. A later
// mark of the same node may have taken its place, and shows as well that all has
// come.
func (l *Log) upToMark(ctx context.Context, from, mark uint64, fn func(message)) error {
	for from <= mark {
		err := l.stream(ctx, l.sessions, from, mark, func(m message) {
			from = m.seq + 1
			fn(m)
		})
		if err != nil {
			return err
		}
		if from > mark {
			break
		}
		next, err := l.first(ctx, from) // the mark, what has come in its place, or an old answer
		if err == nil && next.seq > mark {
			break
		}
		if !wait(ctx, fillAgain) {
			return fmt.Errorf("%w: read up to %d of %d", ErrUnavailable, from-1, mark)
		}
	}
	return nil
}
