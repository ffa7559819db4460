package room

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/view"
)

func TestExpiry_slides_and_comes_at_its_moment(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	stream := h.watch(id, "", "")
	h.clock.Advance(timeout - time.Second)
	h.do(id, poker.Extend{By: by("sm")})
	expires := h.state(id).ExpiresAt
	h.clock.Advance(timeout - time.Millisecond)
	equal(t, "before", stream.types(), "session_updated session_updated")
	h.clock.Advance(2 * time.Millisecond)
	equal(t, "after", stream.types(), "session_updated session_updated session_expired")
	equal(t, "ended", stream.ended(), true)
	equal(t, "reason", stream.data("session_expired")["reason"], any("inactive"))
	if last := stream.events()[2].Text; !strings.Contains(last, `"expires_at":"`+view.Time(expires)+`"`) {
		t.Errorf("%s does not say that it ended at %v", last, expires)
	}
}

func TestCountdown_turns_the_cards_by_itself(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{RevealCountdownSeconds: (1500 * time.Millisecond).Seconds()})
	all := h.watch(id, "", "")
	h.do(id, poker.Start{By: by("sm"), RoundID: "r"}, poker.CastVote{By: by("sm"), Value: "5"}, poker.Reveal{By: by("sm")})
	h.clock.Advance(1499 * time.Millisecond)
	equal(t, "just before", h.state(id).Status, poker.Revealing)
	h.clock.Advance(time.Millisecond * 2)
	equal(t, "sent", all.types(), "session_updated voting_started vote_submitted session_updated votes_revealed")
}

func TestCountdown_that_ends_while_no_server_runs(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{RevealCountdownSeconds: (time.Second).Seconds()})
	all := h.watch(id, "", "")
	h.do(id, poker.Start{By: by("sm"), RoundID: "r"}, poker.CastVote{By: by("sm"), Value: "5"}, poker.Reveal{By: by("sm")})
	seen := lastID(all)
	h = h.restart(2 * time.Second)
	equal(t, "status", h.state(id).Status, poker.Results)
	equal(t, "missed", h.watch(id, "", seen).types(), "votes_revealed")
}

// A command at the moment of a deadline finds it past, whoever is first: the timer or the command.
func TestCommand_at_the_moment_of_a_deadline(t *testing.T) {
	c := clock.NewManual(time.Now().Truncate(time.Millisecond))
	h := newNodeOn(t, openLog(t, 3), c, func(o *Options) { o.Clock = stuck{c} })
	id := h.create(poker.Settings{RevealCountdownSeconds: (time.Second).Seconds()})
	all := h.watch(id, "", "")
	h.do(id, join("ann"), poker.Start{By: by("sm"), RoundID: "r"}, poker.CastVote{By: by("sm"), Value: "5"}, poker.Reveal{By: by("sm")})
	c.Advance(time.Second)
	equal(t, "vote", reason(h.try(id, poker.CastVote{By: by("ann"), Value: "8"})), poker.AlreadyRevealed)
	h.watch(id, "sm", "").cancel()
	c.Advance(reloadGrace)
	h.do(id, poker.Extend{By: by("ann")})
	c.Advance(grace)
	equal(t, "a return at the end of the grace period", h.watch(id, "sm", "").ended(), false)
	equal(t, "Scrum Master", h.state(id).ScrumMasterID, "ann")
	equal(t, "sent", all.types(), "session_updated user_joined voting_started vote_submitted session_updated votes_revealed "+
		"user_disconnected session_paused session_updated scrum_master_changed session_updated user_joined")
}

func TestEnd_is_the_last_event_of_every_stream(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	streams := []*reader{h.watch(id, "sm", ""), h.watch(id, "", ""), h.watch(id, "sm", "")}
	h.do(id, poker.End{By: by("sm")})
	for _, s := range streams {
		equal(t, "sent", s.types(), "session_updated session_expired")
		equal(t, "ended once", s.closed, 1)
		s.cancel()
	}
	equal(t, "readers", h.Stats(), Stats{Events: 3, Deliveries: 3})
}

// watched counts the timers that are still to come.
type watched struct {
	*clock.Manual
	mu      *sync.Mutex
	pending map[int]bool
}

type watchedTimer struct {
	clock.Timer
	done func()
}

func (w watchedTimer) Stop() bool { w.done(); return w.Timer.Stop() }

func (w watched) AfterFunc(d time.Duration, f func()) clock.Timer {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.pending)
	w.pending[n] = true
	done := func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.pending[n] = false
	}
	return watchedTimer{w.Manual.AfterFunc(d, func() { done(); f() }), done}
}

func (w watched) left() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, pending := range w.pending {
		if pending {
			n++
		}
	}
	return n
}

// interrupted is a real log that calls a function between the reservation of a slot and the first event.
type interrupted struct {
	*eventlog.Log
	reserved func()
}

func (l interrupted) Reserve(ctx context.Context, session string) error {
	err := l.Log.Reserve(ctx, session)
	l.reserved()
	return err
}

func openWatched(t *testing.T, log Log) (*Rooms, watched) {
	t.Helper()
	c := watched{Manual: clock.NewManual(time.Now()), mu: &sync.Mutex{}, pending: map[int]bool{}}
	rs, err := Open(t.Context(), log, Options{Rules: poker.Rules{SessionTimeout: timeout, GracePeriod: grace}, Clock: c, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return rs, c
}

func TestClose_during_a_creation_leaves_no_timer(t *testing.T) {
	log := &interrupted{Log: openLog(t, 0)}
	rs, c := openWatched(t, log)
	log.reserved = rs.Close
	_, err := rs.Create(t.Context(), creation(), Call{})
	equal(t, "create", reason(err), Unavailable)
	equal(t, "timers", c.left(), 0)
	held, err := log.Reserved(t.Context())
	equal(t, "slots", len(held), 0)
	equal(t, "error", err, nil)
}

// breaking is a real log that breaks right after it was read.
type breaking struct{ *eventlog.Log }

func (l breaking) Replay(ctx context.Context, begin func(eventlog.Entry) uint64, fn func(eventlog.Entry)) (eventlog.Replayed, error) {
	replayed, err := l.Log.Replay(ctx, begin, fn)
	return replayed, errors.Join(err, l.Close())
}

func TestOpen_that_fails_leaves_no_timer(t *testing.T) {
	h := newNode(t)
	h.create(poker.Settings{})
	h.Close()
	c := watched{Manual: h.clock, mu: &sync.Mutex{}, pending: map[int]bool{}}
	_, err := Open(t.Context(), breaking{h.log}, Options{Clock: c, Sharing: (&group{}).side("node", nil), Logger: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, eventlog.ErrUnavailable) {
		t.Errorf("got %v, want the reason", err)
	}
	equal(t, "timers", c.left(), 0)
}

func TestClose_during_commands_leaves_no_timer(t *testing.T) {
	rs, c := openWatched(t, openLog(t, 0))
	patient(rs)
	list := &reader{}
	if _, err := rs.Watch(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	created, err := rs.Create(t.Context(), creation(), Call{})
	s := created.Session
	if err != nil {
		t.Fatal(err)
	}
	ends := together(12, func(i int) error {
		if i == 5 {
			rs.Close()
			return nil
		}
		var last error
		for n := range 5 {
			_, err := rs.Do(t.Context(), s.ID, join(fmt.Sprint(i, "-", n)), Call{Proof: proven(true)})
			_, err2 := rs.Create(t.Context(), creation(), Call{})
			cancel, err3 := rs.Subscribe(t.Context(), Watch{SessionID: s.ID, UserID: "sm", Proof: proven(true)}, &reader{})
			if err3 == nil {
				cancel()
			}
			for _, err := range []error{err, err2, err3} {
				if r := reason(err); r != "" && r != Unavailable {
					last = err
				}
			}
		}
		return last
	})
	equal(t, "ends", ends, map[poker.Reason]int{"": 12})
	equal(t, "timers", c.left(), 0)
	c.Advance(time.Hour)
	_, err = rs.Do(t.Context(), s.ID, poker.Extend{By: by("sm")}, Call{Proof: proven(true)})
	equal(t, "afterwards", reason(err), poker.SessionGone)
}

func TestStore_that_is_not_available(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"))
	h.watch(id, "ann", "").cancel()
	h.clock.Advance(reloadGrace)
	all := h.watch(id, "", "")
	before := h.state(id)
	if err := h.log.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []poker.Command{join("bob"), poker.Extend{By: by("sm")}, poker.Start{By: by("sm"), RoundID: "r"}, poker.Leave{By: by("sm")}, poker.End{By: by("sm")}} {
		equal(t, poker.Name(c), reason(h.try(id, c)), Unavailable)
	}
	_, err := h.Create(t.Context(), creation(), Call{})
	equal(t, "create", reason(err), Unavailable)
	_, err = h.Subscribe(t.Context(), Watch{SessionID: id, UserID: "ann", Proof: proven(true)}, &reader{})
	equal(t, "a stream that would bring somebody back", reason(err), Unavailable)
	equal(t, "an onlooker", h.watch(id, "", "").types(), "session_updated")
	equal(t, "nothing is decided on a state that may be old", reason(h.try(id, poker.Start{By: by("ann"), RoundID: "r"})), Unavailable)
	if h.state(id) != before {
		t.Error("the state has changed")
	}
	equal(t, "sent", all.types(), "session_updated")
	equal(t, "listed", len(h.summaries()), 1)
	h.clock.Advance(timeout + 3*time.Second)
	equal(t, "the end that could not be stored", all.types(), "session_updated session_expired")
	equal(t, "ends the stream", all.ended(), true)
	_, err = h.Session(t.Context(), id)
	equal(t, "and the session", reason(err), poker.SessionGone)
}

// A session goes on without an entry that cannot be read, also when later ones speak of what it said.
func TestOpen_with_an_unreadable_entry(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{RevealCountdownSeconds: (time.Second).Seconds()})
	h.do(id, join("ann"))
	h.Close()
	seq := h.open[id].journal.seq
	now := h.clock.Now()
	revealing := []poker.Event{{At: now, ExpiresAt: now.Add(timeout), Payload: poker.RevealScheduled{RevealsAt: now.Add(time.Second)}}}
	revealed := []poker.Event{{At: now, ExpiresAt: now.Add(timeout), Payload: poker.VotesRevealed{RoundID: "lost"}}}
	data, data2 := stored(t, revealing), stored(t, revealed)
	for _, entry := range [][]byte{[]byte(`{"change":"x","events":[{"kind":"voting_started","data":"torn`), data, data2} {
		var err error
		if seq, err = h.log.Append(t.Context(), id, seq, entry); err != nil {
			t.Fatal(err)
		}
	}
	h = h.restart(time.Second)
	equal(t, "status", h.state(id).Status, poker.Waiting)
	all := h.watch(id, "", "")
	h.do(id, poker.Start{By: by("sm"), RoundID: "r"}, poker.CastVote{By: by("ann"), Value: "5"}, poker.Reveal{By: by("sm")})
	h.clock.Advance(2 * time.Second)
	equal(t, "sent", all.types(), "session_updated voting_started vote_submitted session_updated votes_revealed")
	checkResume(t, h, id, all.events())
}

func stored(t *testing.T, events []poker.Event) []byte {
	t.Helper()
	var steps []poker.Step
	for _, e := range events {
		steps = append(steps, poker.Step{Event: e})
	}
	data, err := appendRecord(nil, newChange(), 0, steps)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
