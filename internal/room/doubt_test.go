package room

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// doubtful is a real log whose acknowledgements can get lost, and which can fail to be read.
type doubtful struct {
	*eventlog.Log
	loses, drops, unreadable atomic.Bool // acknowledgements, appends; reading fails
}

func (l *doubtful) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	switch {
	case l.drops.Load():
		return 0, fmt.Errorf("append: %w", eventlog.ErrDoubtful)
	case l.loses.Load():
		if _, err := l.Log.Append(ctx, session, after, data); err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("append: %w", eventlog.ErrDoubtful)
	}
	return l.Log.Append(ctx, session, after, data)
}

func (l *doubtful) Load(ctx context.Context, session string, after uint64) ([]eventlog.Entry, error) {
	if l.unreadable.Load() {
		return nil, fmt.Errorf("load: %w", eventlog.ErrUnavailable)
	}
	return l.Log.Load(ctx, session, after)
}

// change is one kind of command, what must have happened before it, and what readers are sent of it.
type change struct {
	name    string
	command poker.Command
	before  []poker.Command
	sent    string
}

func changes() []change {
	start, vote, reveal := poker.Start{By: by("sm"), RoundID: "r1"}, poker.CastVote{By: by("ann"), Value: "5"}, poker.Reveal{By: by("sm")}
	return []change{
		{name: "join", command: join("bob"), sent: "user_joined"},
		{name: "leave", command: poker.Leave{By: by("ann")}, sent: "user_left"},
		{name: "start", command: start, sent: "voting_started"},
		{name: "vote", command: vote, before: []poker.Command{start}, sent: "vote_submitted"},
		{name: "take back", command: poker.RetractVote{By: by("ann")}, before: []poker.Command{start, vote}, sent: "session_updated"},
		{name: "reveal", command: reveal, before: []poker.Command{start, vote}, sent: "votes_revealed"},
		{name: "accept", command: poker.Accept{By: by("sm")}, before: []poker.Command{start, vote, reveal}, sent: "round_completed"},
		{name: "start the next", command: poker.Start{By: by("sm"), RoundID: "r2"}, before: []poker.Command{start, vote, reveal}, sent: "round_completed voting_started"},
		{name: "kick", command: poker.Kick{By: by("sm"), Other: "ann"}, sent: "user_left"},
		{name: "transfer", command: poker.Transfer{By: by("sm"), To: "ann"}, sent: "scrum_master_changed"},
		{name: "extend", command: poker.Extend{By: by("ann")}, sent: "session_updated"},
		{name: "reconnect", command: poker.Reconnect{By: by("ann")}, sent: "session_updated"},
		{name: "end", command: poker.End{By: by("sm")}, sent: "session_expired"},
	}
}

// doubting opens a node on a log that can lose answers, with a session in which all has happened that the change needs.
func doubting(t *testing.T, c change) (h *node, log *doubtful, id string) {
	t.Helper()
	log = &doubtful{Log: openLog(t, 3)}
	at := clock.NewManual(time.Now())
	rs, err := Open(t.Context(), log, nodeOptions(at))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rs.Close)
	h = &node{Rooms: rs, t: t, log: log.Log, clock: at}
	id = h.create(poker.Settings{})
	h.do(id, join("ann"))
	h.do(id, c.before...)
	return h, log, id
}

func TestCommand_stored_although_reported_as_failed_succeeds_when_it_is_found(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			h, log, id := doubting(t, c)
			all := h.watch(id, "", "")
			log.loses.Store(true)
			equal(t, "answer", reason(h.try(id, c.command)), "")
			equal(t, "sent", all.types(), "session_updated "+c.sent)
			log.loses.Store(false)
			checkLogged(t, h, id)
		})
	}
}

func TestCommand_in_doubt_is_shown_as_soon_as_the_log_can_be_read(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			h, log, id := doubting(t, c)
			all := h.watch(id, "", "")
			log.loses.Store(true)
			log.unreadable.Store(true)
			equal(t, "answer", reason(h.try(id, c.command)), OutcomeUnknown)
			log.loses.Store(false)
			equal(t, "decided on a state that may be old", reason(h.try(id, poker.Extend{By: by("sm")})), Unavailable)
			equal(t, "sent", all.types(), "session_updated")
			log.unreadable.Store(false)
			h.clock.Advance(retryTime)
			equal(t, "sent when the log can be read", all.types(), "session_updated "+c.sent)
			checkLogged(t, h, id)
		})
	}
}

func TestCommand_in_doubt_that_was_not_stored_leaves_the_session_as_it_was(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			h, log, id := doubting(t, c)
			before := h.state(id)
			log.drops.Store(true)
			equal(t, "answer", reason(h.try(id, c.command)), OutcomeUnknown)
			log.drops.Store(false)
			h.clock.Advance(retryTime)
			equal(t, "state", h.state(id), before)
			equal(t, "the next try", reason(h.try(id, c.command)), "")
			checkLogged(t, h, id)
		})
	}
}

// heal lets the log work again.
func (l *doubtful) heal() {
	l.loses.Store(false)
	l.drops.Store(false)
	l.unreadable.Store(false)
}

// creationInDoubt tries to create a session with a key, stored or not, on a log that does not say which and cannot be read.
func creationInDoubt(t *testing.T, stored bool) (*node, *doubtful, *poker.Create, Call) {
	t.Helper()
	h, log, _ := doubting(t, change{})
	c := creation()
	c.SessionID = SessionID("the key")
	call := Call{Key: "the key", Body: "the request"}
	log.loses.Store(stored)
	log.drops.Store(!stored)
	log.unreadable.Store(true)
	_, err := h.Create(t.Context(), c, call)
	equal(t, "answer", reason(err), OutcomeUnknown)
	return h, log, c, call
}

func TestCreation_in_doubt(t *testing.T) {
	for name, stored := range map[string]bool{"stored": true, "not stored": false} {
		t.Run(name, func(t *testing.T) {
			h, log, c, call := creationInDoubt(t, stored)
			log.heal()
			h.clock.Advance(retryTime)
			again, err := h.Create(t.Context(), c, call)
			equal(t, "with the key again", err, nil)
			equal(t, "found", again.Repeated, stored)
			equal(t, "who created it", again.Ref, "sm")
			held, err := h.log.Reserved(t.Context())
			equal(t, "slots", len(held), 2)
			equal(t, "error", err, nil)
		})
	}
}

// checkLogged compares the state of a session with what its log folds to.
func checkLogged(t *testing.T, h *node, id string) {
	t.Helper()
	entries, err := loadAll(h.log, id)
	if err != nil {
		t.Fatal(err)
	}
	var state *poker.Session
	for _, e := range entries {
		rec, err := decodeRecord(e.Data)
		if err != nil {
			t.Fatal(err)
		}
		if rec.State != nil {
			if diff := cmp.Diff(state, rec.State); diff != "" && state != nil {
				t.Errorf("a snapshot is not what came before it (-log +snapshot):\n%s", diff)
			}
			state = rec.State
			continue
		}
		for _, step := range rec.steps(state) {
			state = step.Session
		}
	}
	if state.Ended != "" {
		_, err := h.Session(t.Context(), id)
		equal(t, "a session that the log says has ended", reason(err), poker.SessionGone)
		return
	}
	if diff := cmp.Diff(state, h.state(id)); diff != "" {
		t.Errorf("the room is not at what is in its log (-log +room):\n%s", diff)
	}
}

// An answer that got lost is asked for again with the same key: nothing happens twice, and nothing is lost, over a restart too.
func TestCommand_sent_again_with_its_key_happens_once(t *testing.T) {
	for _, c := range changes() {
		for name, restart := range map[string]bool{"at once": false, "after a restart": true} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				h := newNode(t)
				id := h.create(poker.Settings{})
				h.do(id, join("ann"))
				h.do(id, c.before...)
				call := Call{Proof: proven(true), Key: "key", Body: "request"}
				first, err := h.Do(t.Context(), id, c.command, call)
				equal(t, "first", err, nil)
				if restart {
					h = h.restart(time.Second)
				}
				again, err := h.Do(t.Context(), id, c.command, call)
				equal(t, "again", err, nil)
				equal(t, "repeated", again.Repeated, true)
				equal(t, "what the answer is about", again.Ref, first.Ref)
				if diff := cmp.Diff(withoutCredentials(first.Session), withoutCredentials(again.Session)); diff != "" {
					t.Errorf("sent again, it changed something (-first +again):\n%s", diff)
				}
				call.Body = "another request"
				_, err = h.Do(t.Context(), id, c.command, call)
				equal(t, "another request with the key", reason(err), poker.KeyReused)
			})
		}
	}
}

// withoutCredentials is a session without what a repeated join adds: one more credential.
func withoutCredentials(s *poker.Session) poker.Session {
	c := *s
	c.Participants = nil
	for _, p := range s.Participants {
		p.Credentials = nil
		c.Participants = append(c.Participants, p)
	}
	return c
}

func TestCreation_sent_again_with_its_key_makes_one_session(t *testing.T) {
	h := newNode(t)
	call := Call{Key: "key", Body: "request"}
	create := func(creator string) (Outcome, error) {
		c := creation()
		c.SessionID, c.Creator.ID = SessionID(call.Key), creator
		return h.Create(t.Context(), c, call)
	}
	ends := together(8, func(i int) error { _, err := create(fmt.Sprint("sm", i)); return err })
	equal(t, "at once", ends, map[poker.Reason]int{"": 8})
	equal(t, "sessions", h.Stats().Sessions, 1)
	first, err := create("again")
	equal(t, "error", err, nil)
	h = h.restart(time.Second)
	second, err := create("after a restart")
	equal(t, "error", err, nil)
	equal(t, "who created it", second.Ref, first.Ref)
	equal(t, "participants", len(second.Session.Participants), 1)
	held, err := h.log.Reserved(t.Context())
	equal(t, "slots", len(held), 1)
	equal(t, "error", err, nil)

	h.do(first.Session.ID, poker.End{By: by(first.Ref)})
	_, err = create("after the end")
	equal(t, "after the end", reason(err), poker.SessionGone)
}

func TestKey_of_one_participant_is_nothing_to_another(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"), poker.Start{By: by("sm"), RoundID: "r"})
	call := Call{Proof: proven(true), Key: "key", Body: "request"}
	for _, user := range []string{"sm", "ann"} {
		outcome, err := h.Do(t.Context(), id, poker.CastVote{By: by(user), Value: "5"}, call)
		equal(t, user, err, nil)
		equal(t, "repeated", outcome.Repeated, false)
	}
	call.Proof = proven(false)
	_, err := h.Do(t.Context(), id, poker.CastVote{By: by("ann"), Value: "5"}, call)
	equal(t, "a key without a credential", reason(err), Unproven)
	h.do(id, poker.End{By: by("sm")})
	_, err = h.Do(t.Context(), id, poker.CastVote{By: by("ann"), Value: "5"}, call)
	equal(t, "nor after the end", reason(err), Unproven)
}
