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
func (r *replay) shared(ctx context.Context, begin func(Entry) uint64) (err error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if r.last, err = r.log.sharing.Mark(ctx); err != nil {
		return err
	}
	kept := map[string][]Entry{} // of each session what is wanted so far
	err = r.log.upToMark(ctx, r.last, func(m message) {
		e, ok := m.ofSession()
		if !ok {
			return
		}
		if r.whole {
			r.passShared(e)
			return
		}
		kept[e.Session] = append(since(kept[e.Session], begin(e)), e)
	})
	if err != nil {
		return err
	}
	for _, session := range slices.Sorted(maps.Keys(kept)) {
		for _, e := range kept[session] {
			r.passShared(e)
		}
	}
	r.damagedShared()
	return nil
}

// since drops the entries before a sequence.
func since(entries []Entry, from uint64) []Entry {
	n := 0
	for n < len(entries) && entries[n].Seq < from {
		n++
	}
	if n == len(entries) {
		return entries[:0]
	}
	return entries[n:]
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

// upToMark passes all messages up to that of a mark to fn. A later mark of the
// same node may have taken its place, and shows as well that all has come.
func (l *Log) upToMark(ctx context.Context, mark uint64, fn func(message)) error {
	at := uint64(0)
	for at < mark {
		err := l.stream(ctx, at+1, mark, func(m message) {
			at = m.seq
			fn(m)
		})
		if err != nil {
			return err
		}
		if at >= mark {
			break
		}
		next, err := l.first(ctx, at+1) // the mark, what has come in its place, or an old answer
		if err == nil && next.seq > mark {
			break
		}
		if !wait(ctx, fillAgain) {
			return fmt.Errorf("%w: read up to %d of %d", ErrUnavailable, at, mark)
		}
	}
	return nil
}
