package room

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// two nodes, the second of which has a log of its own kind over the same entries.
func two(t *testing.T, second func(l *eventlog.Log) Log) (a, b *node) {
	t.Helper()
	l, c, g := openLog(t, 3), clock.NewManual(time.Now()), &group{}
	first, other := g.side("a", l), g.side("b", second(l))
	a, b = nodeAt(t, first, c, nil), nodeAt(t, other, c, nil)
	b.log = l
	return a, b
}

// meanwhile does something that has to wait, and returns what waits for its end.
func meanwhile(do func() error) (wait func() error) {
	done := make(chan error, 1)
	go func() { done <- do() }()
	return func() error { return <-done }
}

// reaches reports whether a node has folded the session's log to its end.
func (h *node) reaches(id string) func() bool {
	return func() bool {
		last, ok, err := h.log.Last(h.t.Context(), id)
		h.mu.RLock()
		r := h.open[id]
		h.mu.RUnlock()
		if err != nil || !ok || r == nil {
			return false
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.journal.seq == last.Seq
	}
}

func TestFollower_does_not_wait_for_a_room_that_waits_for_the_store(t *testing.T) {
	log := &standing{}
	a, b := two(t, func(l *eventlog.Log) Log { log.Log = l; return log })
	busy, other := a.create(poker.Settings{}), a.create(poker.Settings{})
	b.state(busy)
	log.begun, log.release = make(chan struct{}, 1), make(chan struct{})
	stands := meanwhile(func() error { return b.try(busy, join("bob")) })
	<-log.begun
	a.do(busy, join("ann"))
	a.do(other, join("eve"))
	eventually(t, "the other session's change", func() bool {
		r, err := b.known(other)
		return err == nil && len(r.state.Load().Participants) == 2
	})
	close(log.release)
	equal(t, "the one that stood", stands(), nil)
	equal(t, "participants", len(a.state(busy).Participants), 3)
	checkLogged(t, b, busy)
}

// asked is a clock that does something when it is asked for the time.
type asked struct {
	*clock.Manual
	do *func()
}

func (c asked) Now() time.Time {
	if do := *c.do; do != nil {
		*c.do = nil
		do()
	}
	return c.Manual.Now()
}

// What comes when somebody is about to let the lock of a room go is folded by them.
func TestInbox_forgets_nothing(t *testing.T) {
	l, c, g, do := openLog(t, 3), clock.NewManual(time.Now()), &group{}, new(func())
	a, b := nodeAt(t, g.side("a", l), c, nil), nodeAt(t, g.side("b", l), c, func(o *Options) { o.Clock = asked{c, do} })
	id := a.create(poker.Settings{})
	b.state(id)
	b.side.hold(true)
	a.do(id, join("ann"), join("bob"))
	entries, err := l.Load(t.Context(), id, 0)
	equal(t, "error", err, nil)
	r := b.open[id]
	*do = func() { r.deliver(entries[2]) } // while deadlines are set, after the last look into the inbox
	r.deliver(entries[1])
	equal(t, "participants", len(r.state.Load().Participants), 3)
	equal(t, "asked for the time", *do == nil, true)
	b.side.hold(false)
}

func TestConflict_waits_for_what_it_has_met(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	b.state(id)
	b.side.hold(true)
	a.do(id, join("ann"))
	waits := meanwhile(func() error { return b.try(id, join("bob")) })
	eventually(t, "a conflict", func() bool { return b.Stats().Conflicts == 1 })
	b.side.hold(false)
	equal(t, "answer", waits(), nil)
	equal(t, "participants", len(b.state(id).Participants), 3)
	checkLogged(t, b, id)
}

func TestConflict_with_what_does_not_come_changes_nothing(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	b.state(id)
	b.side.hold(true)
	a.do(id, join("ann"))
	equal(t, "answer", reason(b.try(id, join("bob"))), Unavailable)
	b.side.hold(false)
	equal(t, "participants", len(b.state(id).Participants), 2)
}

// What was in doubt is settled by an append, not by a reading, which may be old.
func TestDoubt_among_several_is_settled_without_reading(t *testing.T) {
	for _, c := range changes() {
		for name, stored := range map[string]bool{"stored": true, "not stored": false} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				log := &once{}
				a, b := two(t, func(l *eventlog.Log) Log { log.Log = l; return log })
				id := a.create(poker.Settings{})
				a.do(id, join("ann"))
				a.do(id, c.before...)
				b.state(id)
				all := a.watch(id, "", "")
				log.stores = stored
				log.armed = true
				err := b.try(id, c.command)
				if stored {
					equal(t, "answer", err, nil)
					eventually(t, "the change at the reader", func() bool { return all.types() == "session_updated "+c.sent })
					return
				}
				equal(t, "answer", reason(err), Unavailable)
				_, late := log.Log.Append(t.Context(), id, log.after, log.data)
				if late == nil {
					t.Error("what was in doubt was stored later")
				}
				eventually(t, "the node up to date", b.reaches(id))
				equal(t, "sent", all.types(), "session_updated")
				equal(t, "the next try", b.try(id, c.command), nil)
			})
		}
	}
}

// once is a real log of which one append is in doubt, and which cannot be read.
type once struct {
	*eventlog.Log
	armed, stores bool
	refuses       bool // all that follow
	after         uint64
	data          []byte
}

func (l *once) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	if l.armed {
		l.armed = false
		l.after, l.data = after, append([]byte(nil), data...)
		if l.stores {
			if _, err := l.Log.Append(ctx, session, after, data); err != nil {
				return 0, err
			}
		}
		return 0, fmt.Errorf("append: %w", eventlog.ErrDoubtful)
	}
	if l.refuses {
		return 0, fmt.Errorf("append: %w", eventlog.ErrUnavailable)
	}
	return l.Log.Append(ctx, session, after, data)
}

func (l *once) Load(context.Context, string, uint64) ([]eventlog.Entry, error) {
	return nil, fmt.Errorf("load: %w", eventlog.ErrUnavailable)
}

func TestDoubt_that_cannot_be_settled_lets_nothing_be_decided(t *testing.T) {
	log := &once{}
	a, b := two(t, func(l *eventlog.Log) Log { log.Log = l; return log })
	id := a.create(poker.Settings{})
	b.state(id)
	log.armed, log.refuses = true, true
	equal(t, "in doubt", reason(b.try(id, join("bob"))), OutcomeUnknown)
	equal(t, "meanwhile", reason(b.try(id, join("eve"))), Unavailable)
	log.refuses = false
	equal(t, "afterwards", b.try(id, join("eve")), nil)
	equal(t, "participants", len(a.state(id).Participants), 2)
	checkLogged(t, b, id)
}

// A node that is behind refuses nobody for what it has not read yet.
func TestRefusal_on_a_state_that_is_old_is_no_refusal(t *testing.T) {
	for name, c := range map[string]struct {
		before, elsewhere []poker.Command
		here              poker.Command
	}{
		"somebody who has just joined":        {elsewhere: []poker.Command{join("ann")}, here: poker.Extend{By: by("ann")}},
		"a vote in a round that has begun":    {elsewhere: []poker.Command{poker.Start{By: by("sm"), RoundID: "r"}}, here: poker.CastVote{By: by("sm"), Value: "5"}},
		"by who has just become Scrum Master": {before: []poker.Command{join("ann")}, elsewhere: []poker.Command{poker.Transfer{By: by("sm"), To: "ann"}}, here: poker.Start{By: by("ann"), RoundID: "r"}},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := pair(t)
			id := a.create(poker.Settings{})
			a.do(id, c.before...)
			b.state(id)
			b.side.hold(true)
			a.do(id, c.elsewhere...)
			marks := b.side.marks.Load()
			waits := meanwhile(func() error { return b.try(id, c.here) })
			eventually(t, "a look for what is new", func() bool { return b.side.marks.Load() > marks })
			b.side.hold(false)
			equal(t, "answer", waits(), nil)
		})
	}
}

func TestRefusal_by_a_node_that_cannot_know_is_unavailable(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	b.state(id)
	b.side.hold(true)
	ends := together(3, func(i int) error {
		switch i {
		case 0: // somebody who may have joined elsewhere
			return b.try(id, poker.Extend{By: by("ann")})
		case 1: // a session that may have been made elsewhere
			return b.try(SessionID(""), poker.Extend{By: by("ann")})
		}
		_, err := b.Session(t.Context(), id)
		return err
	})
	equal(t, "answers", ends, map[poker.Reason]int{Unavailable: 3})
	b.side.hold(false)
	equal(t, "somebody who has not", reason(b.try(id, poker.Extend{By: by("ann")})), poker.NotParticipant)
	equal(t, "a session that was not", reason(b.try(SessionID(""), poker.Extend{By: by("ann")})), poker.SessionGone)
}

// first is a reader that calls a function at the first event after its beginning.
type first struct {
	reader
	event func()
	begun bool
}

func (f *first) Send(b []byte) {
	f.reader.Send(b)
	if do := f.event; f.begun && do != nil {
		f.event = nil
		do()
	}
	f.begun = true
}

// Who reads while somebody folds what has come waits until all of it is in the state.
func TestReading_waits_for_what_is_being_folded(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	b.state(id)
	people := make(chan int, 1)
	conn := &first{event: func() {
		read := make(chan int, 1)
		go func() {
			s, err := b.Session(t.Context(), id)
			if err != nil {
				read <- 0
				return
			}
			read <- len(s.Participants)
		}()
		select {
		case n := <-read: // too early
			people <- n
		case <-time.After(200 * time.Millisecond):
			go func() { people <- <-read }()
		}
	}}
	cancel, err := b.Subscribe(t.Context(), Watch{SessionID: id}, conn)
	equal(t, "error", err, nil)
	defer cancel()
	r := b.open[id]
	r.lock()
	a.do(id, join("ann"), join("bob"))
	last, _, err := a.log.Last(t.Context(), id)
	equal(t, "error", err, nil)
	eventually(t, "both at the node", func() bool { return b.side.passed() >= last.Seq })
	r.unlock()
	equal(t, "participants", <-people, 3)
}

// What one node has answered, every reading on another has, however late it hears of it.
func TestReadings_have_what_another_node_has_answered(t *testing.T) {
	_, nodes := nodesOf(t, 3, openLog(t, 3), func(o *Options) { o.Rules.MaxParticipants = 0 })
	for i, h := range nodes {
		h.side.lags(rand.New(rand.NewPCG(uint64(i), 7)))
	}
	id := ""
	for i := range 30 {
		by, reads := nodes[i%3], nodes[(i+1+i/3%2)%3]
		if i%10 == 0 {
			id = by.create(poker.Settings{})
		}
		user := fmt.Sprint("u", i)
		by.do(id, join(user))
		_, seated := reads.state(id).Participant(user)
		equal(t, "read", seated, true)
		user += "s"
		by.do(id, join(user))
		stream := reads.watch(id, user, "") // refuses nobody who has joined
		equal(t, "the stream begins with them", len(stream.data("session_updated")["session"].(map[string]any)["participants"].([]any)), 1+2*(i%10+1))
		stream.cancel()
		by.do(id, poker.Leave{By: poker.By{UserID: user}}, join(user+"2"))
		list, err := reads.List(t.Context())
		equal(t, "error", err, nil)
		found := false
		for _, s := range list {
			found = found || s.ID == id && s.ParticipantCount == 1+2*(i%10+1)
		}
		equal(t, "the list", found, true)
		if i%10 == 9 {
			by.do(id, poker.End{By: poker.By{UserID: "sm"}})
			_, err := reads.Session(t.Context(), id)
			equal(t, "after the end", reason(err), poker.SessionGone)
		}
	}
}
