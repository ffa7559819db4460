package eventlog

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// lastTries is how often the list of last entries is asked for. A session that
	// is forgotten meanwhile is in it and does not come; and without leaders, which
	// come to be within that time, there is no list.
	lastTries = 5
	// lastFewer is how many times fewer of them are asked for at once when they
	// were too long.
	lastFewer = 30
)

// wanted is what a replay that begin decides on has kept so far of each session.
type wanted struct {
	begin    func(last Entry) (from uint64)
	sessions map[string]*kept
}

// kept is that of one session.
type kept struct {
	from, last uint64 // what is wanted of it, and the last entry that is known
	entries    []Entry
}

func newWanted(begin func(Entry) uint64) *wanted {
	return &wanted{begin: begin, sessions: map[string]*kept{}}
}

// take keeps an entry if it is wanted, and drops those before if it says that they
// are not. A session's entries come in order. Up to the one that know had, they are
// not asked again.
func (w *wanted) take(e Entry) {
	k := w.sessions[e.Session]
	if k == nil {
		k = &kept{}
		w.sessions[e.Session] = k
	}
	if e.Seq > k.last {
		k.last, k.from = e.Seq, w.begin(e)
		n := 0
		for n < len(k.entries) && k.entries[n].Seq < k.from {
			n++
		}
		k.entries = append(k.entries[n:], e)
		return
	}
	if e.Seq >= k.from && (len(k.entries) == 0 || e.Seq > k.entries[len(k.entries)-1].Seq) {
		k.entries = append(k.entries, e)
	}
}

// know takes the last entry of a session at some moment, and returns from where on
// its entries are wanted, which is 0 for all, unless that is the only one: it is kept.
func (w *wanted) know(last Entry) (from uint64, more bool) {
	k := &kept{last: last.Seq, from: w.begin(last)}
	w.sessions[last.Session] = k
	if k.from < last.Seq {
		return k.from, true
	}
	k.entries = []Entry{last}
	return 0, false
}

// pass passes what is kept.
func (w *wanted) pass(fn func(Entry)) {
	for _, session := range slices.Sorted(maps.Keys(w.sessions)) {
		for _, e := range w.sessions[session].entries {
			fn(e)
		}
	}
}

// lastOnes takes the last entry of each session, and returns from where on the log
// is to be read for the rest of what is wanted.
//
// A server makes the list of last entries at one moment. It may be one that is
// behind: then more of the log is read than need be. But an entry that is in the
// list and does not come, for whatever reason, would have a session go unread;
// then everything is read.
func (w *wanted) lastOnes(ctx context.Context, l *Log) (from uint64) {
	size, patience := lastOfAtOnce, consumerTry
	for range lastTries {
		from, err := w.tryLastOnes(ctx, l, patience, size)
		if err == nil {
			return from
		}
		l.logger.Debug("list of last entries", "err", err)
		if l.isClosed() || l.conn.broken() != nil || !wait(ctx, fillAgain) {
			break
		}
		if patience = min(2*patience, requestTimeout); errors.Is(err, errFilled) {
			size = max(size/lastFewer, 1)
		}
	}
	clear(w.sessions)
	return 1
}

var errIncomplete = errors.New("not all of them came")

// tryLastOnes asks for so many at once. With an errFilled that were too many: what
// does not fit into an answer does not come again (v2.15.3).
func (w *wanted) tryLastOnes(ctx context.Context, l *Log, patience time.Duration, size int) (from uint64, err error) {
	clear(w.sessions)
	c, err := l.consume(ctx, patience, l.sessions, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, FilterSubjects: []string{sessionPrefix + "*"},
	})
	if err != nil {
		return 0, err
	}
	defer c.end()
	from = math.MaxUint64
	listed := uint64(0) // the sequence up to which the list knows the sessions
	for left := c.pending; left > 0; {
		before := left
		_, err := c.batch(ctx, int(min(left, uint64(size))), math.MaxUint64, func(m message) {
			left--
			listed = max(listed, m.seq)
			if first, more := w.know(m.entry()); more {
				from = min(from, first)
			}
		})
		if err != nil {
			return 0, err
		}
		if left > 0 && before-left < min(before, uint64(size)) {
			return 0, errIncomplete
		}
	}
	return max(min(from, listed+1), 1), nil
}
