package room

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/magnapp/magnapp/internal/eventlog"
	"github.com/magnapp/magnapp/internal/poker"
)

// overtaken is a real log that fails to say that it has stored an entry, and has the next one of another node before anybody can look.
type overtaken struct {
	*eventlog.Log
	next atomic.Pointer[func() error] // what happens once, and is what the append says
}

func (l *overtaken) Append(ctx context.Context, session string, after uint64, data []byte) (uint64, error) {
	next := l.next.Swap(nil)
	seq, err := l.Log.Append(ctx, session, after, data)
	if err != nil || next == nil {
		return seq, err
	}
	return 0, (*next)()
}

// What was stored is a success although its answer was lost and somebody else's command followed, and it does not happen twice.
func TestNodes_a_command_that_was_stored_unknown_and_followed_by_another_succeeds(t *testing.T) {
	for name, says := range map[string]func(last uint64) error{
		"in doubt":   func(uint64) error { return fmt.Errorf("append: %w", eventlog.ErrDoubtful) },
		"a conflict": func(last uint64) error { return fmt.Errorf("append: %w", &eventlog.ConflictError{Last: last}) },
	} {
		t.Run(name, func(t *testing.T) {
			log := &overtaken{Log: openLog(t, 1)}
			_, nodes := nodesOf(t, 2, log, nil)
			a, b := nodes[0], nodes[1]
			id := a.create(poker.Settings{})
			eventually(t, "the session on the other node", knows(b, id))
			seen := a.watch(id, "", "")
			next := func() error {
				b.do(id, poker.Extend{By: by("sm")})
				last, _, err := log.Last(t.Context(), id)
				equal(t, "error", err, nil)
				return says(last.Seq)
			}
			log.next.Store(&next)
			equal(t, "answer", reason(a.try(id, join("ann"))), "")
			eventually(t, "what followed", func() bool { return len(seen.events()) == 3 })
			equal(t, "sent", seen.types(), "session_updated user_joined session_updated")
			equal(t, "people", len(a.state(id).Participants), 2)
			checkLogged(t, &node{Rooms: a.Rooms, t: t, log: log.Log}, id)
		})
	}
}
