package room

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// stingy is a moody log whose slots are as moody.
type stingy struct{ moody }

func (l *stingy) Reserve(ctx context.Context, session string) error {
	switch l.roll(8) {
	case 0:
		return fmt.Errorf("reserve: %w", eventlog.ErrUnavailable)
	case 1:
		if err := l.Log.Reserve(ctx, session); err != nil {
			return err
		}
		return fmt.Errorf("reserve: %w", eventlog.ErrDoubtful)
	}
	return l.Log.Reserve(ctx, session)
}

func (l *stingy) Release(ctx context.Context, session string) error {
	if l.roll(8) == 0 {
		return fmt.Errorf("release: %w", eventlog.ErrUnavailable)
	}
	return l.Log.Release(ctx, session)
}

// Whatever the store does, a creation that is sent again with its key until it is answered makes one session, there are never more than there are slots, and in the end all are free.
func TestCreations_on_a_store_that_fails_now_and_then(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { creations(t, seed) })
	}
}

func creations(t *testing.T, seed uint64) {
	const slots, clients, each = 3, 6, 12
	log := &stingy{moody{Log: openLog(t, slots), dice: rand.New(rand.NewPCG(seed, 1))}}
	o := nodeOptions(clock.NewManual(time.Now()))
	o.Rules.SessionTimeout = 1000 * time.Hour
	rs, err := Open(t.Context(), log, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rs.Close)
	h := &node{Rooms: rs, t: t, log: log.Log, clock: o.Clock.(*clock.Manual)}
	var busy sync.WaitGroup
	done := make(chan struct{})
	for i := range clients {
		busy.Go(func() {
			for k := range each {
				opensAndEnds(t, h, fmt.Sprint("key ", i, "/", k))
			}
		})
	}
	go func() { defer close(done); busy.Wait() }()
	for over := false; !over; {
		h.clock.Advance(time.Second)
		if n := len(h.summaries()); n > slots {
			t.Errorf("%d sessions at once", n)
		}
		select {
		case <-done:
			over = true
		default:
		}
	}
	log.later.Wait()
	log.mu.Lock()
	log.calm = true
	log.mu.Unlock()
	h.clock.Advance(2 * h.CleanupInterval)
	held, err := log.Log.Reserved(t.Context())
	equal(t, "error", err, nil)
	equal(t, "slots", len(held), 0)
	equal(t, "sessions", h.Stats().Sessions, 0)
}

// opensAndEnds creates a session and ends it, each until it is answered.
func opensAndEnds(t *testing.T, h *node, key string) {
	call := Call{Proof: proven(true), Key: key, Body: "b"}
	id := SessionID(key)
	var creator string
	for try := 0; ; try++ {
		c := creation()
		c.SessionID, c.Creator.ID = id, fmt.Sprint("sm", try)
		outcome, err := h.Create(t.Context(), c, call)
		if err == nil {
			creator = outcome.Ref
			equal(t, "participants", len(outcome.Session.Participants), 1)
			break
		}
		if r := reason(err); r != SlotsTaken && !isUnavailable(err) {
			t.Errorf("create %s: %v", key, err)
			return
		}
	}
	call.Key += " end"
	for {
		_, err := h.Do(t.Context(), id, poker.End{By: by(creator)}, call)
		if err == nil {
			return
		}
		if !isUnavailable(err) {
			t.Errorf("end %s: %v", key, err)
			return
		}
	}
}
