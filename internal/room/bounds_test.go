package room

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

func TestCommands_of_one_participant_are_limited(t *testing.T) {
	h := newNodeOn(t, openLog(t, 3), clock.NewManual(time.Now()), func(o *Options) { o.CommandRate = Rate{Events: 2, Per: time.Second} })
	id := h.create(poker.Settings{})
	h.do(id, join("ann"), poker.Start{By: by("sm"), RoundID: "r"})
	vote := poker.CastVote{By: by("ann"), Value: "5"}
	for range burst * 2 {
		equal(t, "within the burst", reason(h.try(id, vote)), "")
	}
	err := h.try(id, vote)
	equal(t, "one more", reason(err), TooManyCommands)
	var wait interface{ RetryAfter() time.Duration }
	if !errors.As(err, &wait) || wait.RetryAfter() <= 0 || wait.RetryAfter() > time.Second {
		t.Errorf("%v does not say how long to wait", err)
	}
	equal(t, "somebody else", reason(h.try(id, poker.CastVote{By: by("sm"), Value: "5"})), "")
	_, err = h.Do(t.Context(), id, vote, Call{Proof: proven(false)})
	equal(t, "a wrong credential is that first", reason(err), Unproven)
	h.clock.Advance(500 * time.Millisecond)
	equal(t, "later", reason(h.try(id, vote)), "")
	equal(t, "and again one more", reason(h.try(id, vote)), TooManyCommands)
}

func TestStreams_of_one_participant_are_limited(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"))
	var last *reader
	for range maxStreams {
		last = h.watch(id, "ann", "")
	}
	open := func(user string) error {
		_, err := h.Subscribe(t.Context(), Watch{SessionID: id, UserID: user, Proof: proven(true)}, &reader{})
		return err
	}
	equal(t, "one more", reason(open("ann")), TooManyStreams)
	equal(t, "somebody else's", reason(open("sm")), "")
	last.cancel()
	equal(t, "in place of one that closed", reason(open("ann")), "")
}

// skewed is a clock on the wall that can be set, which timers do not notice.
type skewed struct {
	*clock.Manual
	ahead time.Duration
}

func (c *skewed) Now() time.Time { return c.Manual.Now().Add(c.ahead) }

func TestSession_expires_soon_after_the_clock_was_set_forward(t *testing.T) {
	for name, ask := range map[string]bool{"by itself": false, "when somebody asks": true} {
		t.Run(name, func(t *testing.T) {
			c := &skewed{Manual: clock.NewManual(time.Now())}
			h := newNodeOn(t, openLog(t, 3), c.Manual, func(o *Options) { o.Clock = c })
			id := h.create(poker.Settings{})
			all := h.watch(id, "", "")
			c.ahead = timeout // as after a machine slept
			if ask {
				_, err := h.Session(t.Context(), id)
				equal(t, "asked", reason(err), poker.SessionGone)
			} else {
				c.Advance(lookEvery)
			}
			eventually(t, "the end", all.ended)
			equal(t, "sent", all.types(), "session_updated session_expired")
		})
	}
}

func TestCountdown_ends_although_the_clock_was_set_back(t *testing.T) {
	c := &skewed{Manual: clock.NewManual(time.Now())}
	h := newNodeOn(t, openLog(t, 3), c.Manual, func(o *Options) { o.Clock = c })
	id := h.create(poker.Settings{RevealCountdownSeconds: 3})
	h.do(id, poker.Start{By: by("sm"), RoundID: "r"}, poker.Reveal{By: by("sm")})
	c.ahead = -time.Hour
	c.Advance(3 * time.Second)
	equal(t, "status", h.state(id).Status, poker.Results)
}

// still is a real log whose appends do not come back while it stands still.
type still struct {
	*eventlog.Log
	stands, goesOn chan struct{} // closed when it stands still, and when it goes on
}

func (l *still) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	select {
	case <-l.stands:
		<-l.goesOn
		return 0, eventlog.ErrDoubtful
	default:
		return l.Log.Append(ctx, session, after, data)
	}
}

func TestClose_does_not_wait_for_a_store_that_stands_still(t *testing.T) {
	log := &still{Log: openLog(t, 3), stands: make(chan struct{}), goesOn: make(chan struct{})}
	h := (&node{t: t, log: log.Log, clock: clock.NewManual(time.Now())}).on(log)
	h.closes = closesWithin
	id := h.create(poker.Settings{})
	close(log.stands)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = h.try(id, poker.Extend{By: by("sm")})
	}()
	eventually(t, "a command that hangs", func() bool {
		r := h.open[id]
		if r.mu.TryLock() {
			r.mu.Unlock()
			return false
		}
		return true
	})
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		h.Close()
	}()
	select {
	case <-closed:
	case <-time.After(time.Minute): // the store does not go on by itself
		t.Error("Close waits for the store")
	}
	close(log.goesOn)
	<-ended
	<-closed
}
