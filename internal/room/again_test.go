package room

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/poker"
)

// What ends a session in doubt is answered like everything else when it is asked for again with its key.
func TestEnd_in_doubt_that_was_stored_is_answered_when_it_is_sent_again(t *testing.T) {
	for name, later := range map[string]time.Duration{"before the room has looked": 0, "after it has": retryTime} {
		t.Run(name, func(t *testing.T) {
			h, log, id := doubting(t, change{})
			call := Call{Proof: proven(true), Key: "key", Body: "request"}
			log.loses.Store(true)
			log.unreadable.Store(true)
			_, err := h.Do(t.Context(), id, poker.End{By: by("sm")}, call)
			equal(t, "answer", reason(err), OutcomeUnknown)
			log.loses.Store(false)
			log.unreadable.Store(false)
			h.clock.Advance(later)
			again, err := h.Do(t.Context(), id, poker.End{By: by("sm")}, call)
			equal(t, "again", err, nil)
			equal(t, "repeated", again.Repeated, true)
		})
	}
}

func TestCreation_in_doubt_that_is_sent_again_at_once(t *testing.T) {
	for name, stored := range map[string]bool{"stored": true, "not stored": false} {
		t.Run(name, func(t *testing.T) {
			h, log, c, call := creationInDoubt(t, stored)
			_, err := h.Create(t.Context(), c, call)
			equal(t, "while the log cannot be read", reason(err), OutcomeUnknown)
			log.heal()
			again, err := h.Create(t.Context(), c, call)
			equal(t, "with the key again", err, nil)
			equal(t, "found", again.Repeated, stored)
			h.clock.Advance(retryTime)
			equal(t, "a command", reason(h.try(c.SessionID, poker.Extend{By: by("sm")})), "")
			held, err := h.log.Reserved(t.Context())
			equal(t, "slots", len(held), 2)
			equal(t, "error", err, nil)
		})
	}
}

// As long as it is not known whether the first try was stored, the second cannot say that nothing was.
func TestCommand_in_doubt_that_is_sent_again_stays_in_doubt_until_the_log_can_be_read(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			h, log, id := doubting(t, c)
			call := Call{Proof: proven(true), Key: "key", Body: "request"}
			log.loses.Store(true)
			log.unreadable.Store(true)
			_, err := h.Do(t.Context(), id, c.command, call)
			equal(t, "answer", reason(err), OutcomeUnknown)
			_, err = h.Do(t.Context(), id, c.command, call)
			equal(t, "again", reason(err), OutcomeUnknown)
			equal(t, "another command", reason(h.try(id, poker.Extend{By: by("sm")})), Unavailable)
			log.loses.Store(false)
			log.unreadable.Store(false)
			outcome, err := h.Do(t.Context(), id, c.command, call)
			equal(t, "when the log can be read", reason(err), "")
			equal(t, "repeated", outcome.Repeated, true)
		})
	}
}

// A stream that was refused because its user's arrival was in doubt is no stream: the user does not stay online by it.
func TestArrival_in_doubt_without_a_stream_is_no_presence(t *testing.T) {
	h, log, id := doubting(t, change{})
	log.loses.Store(true)
	log.unreadable.Store(true)
	_, err := h.Subscribe(t.Context(), Watch{SessionID: id, UserID: "ann", Proof: proven(true)}, &reader{})
	equal(t, "stream", reason(err), OutcomeUnknown)
	log.loses.Store(false)
	log.unreadable.Store(false)
	h.clock.Advance(retryTime + 2*reloadGrace)
	equal(t, "online", h.online(id, "ann"), false)
}

// hooked is a real log that calls back before it releases a slot.
type hooked struct {
	*doubtful
	releasing func(id string)
}

func (l *hooked) Release(ctx context.Context, session string) error {
	if l.releasing != nil {
		l.releasing(session)
	}
	return l.doubtful.Release(ctx, session)
}

// The id of a session is one like any other, whether it comes of a key or of chance.
func TestSessionID_is_a_random_UUID_and_the_same_for_the_same_key(t *testing.T) {
	for _, key := range []string{"", "a", "b", "the key"} {
		id, err := uuid.Parse(SessionID(key))
		equal(t, "error", err, nil)
		equal(t, "version", id.Version(), 4)
		equal(t, "variant", id.Variant(), uuid.RFC4122)
		equal(t, "the same again", SessionID(key) == id.String(), key != "")
	}
	equal(t, "another key's", SessionID("a") == SessionID("b"), false)
}

// A slot that is given back is not that of whoever creates the session at this moment.
func TestCreation_while_the_slot_of_a_failed_one_is_given_back_keeps_its_own(t *testing.T) {
	log := &hooked{doubtful: &doubtful{Log: openLog(t, 3)}}
	h := (&node{t: t, log: log.Log, clock: clock.NewManual(time.Now())}).on(log)
	c := creation()
	c.SessionID = SessionID("the key")
	call := Call{Key: "the key", Body: "the request"}
	log.drops.Store(true)
	log.unreadable.Store(true)
	_, err := h.Create(t.Context(), c, call)
	equal(t, "answer", reason(err), OutcomeUnknown)
	log.drops.Store(false)
	log.unreadable.Store(false)
	log.releasing = func(id string) {
		if h.has(id) {
			return // whoever comes now waits
		}
		_, err := h.Create(t.Context(), c, call)
		equal(t, "created meanwhile", err, nil)
	}
	h.clock.Advance(retryTime)
	log.releasing = nil
	_, err = h.Create(t.Context(), c, call)
	equal(t, "created", err, nil)
	held, err := log.Reserved(t.Context())
	equal(t, "slots", len(held), 1)
	equal(t, "error", err, nil)
}
