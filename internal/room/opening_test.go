package room

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// halting is a real log of which the first readings break off at their end, as they do while no node leads.
type halting struct {
	*eventlog.Log
	left *int
}

func (l halting) Replay(ctx context.Context, begin func(eventlog.Entry) uint64, fn func(eventlog.Entry)) (eventlog.Replayed, error) {
	replayed, err := l.Log.Replay(ctx, begin, fn)
	if *l.left--; *l.left >= 0 {
		return eventlog.Replayed{}, fmt.Errorf("no leader: %w", eventlog.ErrUnavailable)
	}
	return replayed, err
}

func TestOpen_of_one_of_several_reads_again_what_it_could_not_read(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"))
	h.Close()
	done, advanced := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(advanced)
		for look := time.NewTicker(time.Millisecond); ; {
			select {
			case <-look.C:
				h.clock.Advance(retryTime)
			case <-done:
				look.Stop()
				return
			}
		}
	}()
	left := 2
	again := nodeAt(t, (&group{}).side("node", halting{h.log, &left}), h.clock, nil)
	close(done)
	<-advanced
	equal(t, "participants", len(again.state(id).Participants), 2)
	equal(t, "readings that failed", left, -1)
}

func TestOpen_of_a_server_that_is_alone_fails_with_its_log(t *testing.T) {
	h := newNode(t)
	h.Close()
	left := 1
	_, err := Open(t.Context(), halting{h.log, &left}, nodeOptions(h.clock))
	if err == nil {
		t.Error("it opened")
	}
}
