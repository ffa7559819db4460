package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Reserve takes one of the MaxSessions slots for the session. It returns nil
// also if the session holds one already, ErrNoSlot if all are taken, and
// ErrUnavailable if the store does not answer. If that is an ErrDoubtful, the
// slot may be taken, and Reserve or Release of the same session settles it.
func (l *Log) Reserve(ctx context.Context, session string) error {
	subj, err := subject(slotPrefix, session)
	if err != nil {
		return fmt.Errorf("reserve a slot: %w", err)
	}
	_, tries, err := l.store(ctx, subj, 0, nil, nil)
	switch {
	case errors.Is(err, ErrConflict): // it holds one
		err = nil
	case errors.Is(err, ErrFull):
		err = ErrNoSlot
	}
	return l.note("reserve a slot for session", session, tries, err)
}

// Release gives the session's slot back, also while appends are refused. A
// session without one is no error.
func (l *Log) Release(ctx context.Context, session string) error {
	return l.purge(ctx, l.slots, slotPrefix, session)
}

// Reserved returns the sessions that hold a slot, and since when. Among several
// nodes that may be old.
func (l *Log) Reserved(ctx context.Context) (map[string]time.Time, error) {
	held := map[string]time.Time{}
	take := func(m message) { held[m.subject[len(slotPrefix):]] = m.at }
	var err error
	if l.sharing != nil { // where each would be a question of its own
		err = l.stream(ctx, l.slots, 1, math.MaxInt64, take)
	} else {
		err = l.read(ctx, query{stream: slotsStream, Seq: 1, Filter: slotPrefix + "*"}, func(m message) bool {
			take(m)
			return true
		})
	}
	if err != nil {
		return nil, l.unavailable("read", "slots", err)
	}
	return held, nil
}

// repairSlots writes the slots anew if one of them cannot be read: it would
// count for ever, because the server cannot purge it by name. The index has all
// names. Slots that are missing even there are for their sessions to reserve
// again, which find room for it.
func (l *Log) repairSlots(ctx context.Context) error {
	info, err := l.slots.Info(ctx, jetstream.WithSubjectFilter(slotPrefix+"*"))
	if err != nil {
		return err
	}
	held, err := l.Reserved(ctx)
	if err != nil || uint64(len(held)) == info.State.Msgs {
		return err
	}
	l.logger.Error("slots are damaged and are written anew", "slots", info.State.Msgs, "read", len(held))
	if err := l.slots.Purge(ctx); err != nil {
		return err
	}
	for subj := range info.State.Subjects {
		if _, _, err := l.store(ctx, subj, 0, nil, nil); err != nil {
			l.logger.Error("slot is lost until its session reserves it again", "slot", subj, "err", err)
		}
	}
	l.conn.wrote()
	return nil
}
