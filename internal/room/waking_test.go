package room

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// standing is a real log whose appends stand still until they are let go.
type standing struct {
	*eventlog.Log
	begun, release chan struct{}
}

func (l *standing) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	if l.begun != nil {
		select {
		case l.begun <- struct{}{}:
		default:
		}
		<-l.release
	}
	return l.Log.Append(ctx, session, after, data)
}

// Whoever asks for a session whose end waits for the store costs nothing that stays.
func TestSession_whose_end_waits_for_the_store_can_be_asked_for_without_end(t *testing.T) {
	log := &standing{Log: openLog(t, 3)}
	c := clock.NewManual(time.Now())
	h := (&node{t: t, log: log.Log, clock: c}).on(log)
	id := h.create(poker.Settings{})
	log.begun, log.release = make(chan struct{}, 1), make(chan struct{})
	advanced := make(chan struct{})
	go func() { defer close(advanced); c.Advance(timeout) }()
	<-log.begun
	before := runtime.NumGoroutine()
	for range 1000 {
		_, err := h.Session(t.Context(), id)
		equal(t, "gone", reason(err), poker.SessionGone)
	}
	if n := runtime.NumGoroutine() - before; n > 10 {
		t.Errorf("%d goroutines wait", n)
	}
	close(log.release)
	<-advanced
}
