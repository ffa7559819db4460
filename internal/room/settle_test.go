package room

import (
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/clock"
	"github.com/magnapp/magnapp/internal/poker"
)

// At the end of the time to come back several people are found gone at once. None of them inherits from those who are looked at before.
func TestRestart_nobody_inherits_who_does_not_come_back_either(t *testing.T) {
	for range 8 { // the order in which they are looked at is by chance
		h := newNode(t)
		id := h.create(poker.Settings{})
		h.do(id, join("ann"), join("bob"), join("cat"))
		for _, user := range []string{"ann", "bob", "cat"} {
			h.watch(id, user, "")
		}
		h.watch(id, "sm", "").cancel()
		h.clock.Advance(reloadGrace)
		equal(t, "status", h.state(id).Status, poker.Paused)
		h = h.restart(grace)
		h.clock.Advance(settleTime + time.Second)
		s := h.state(id)
		equal(t, "Scrum Master", s.ScrumMasterID, "sm")
		equal(t, "status", s.Status, poker.Paused)
		equal(t, "resumes by", s.Pause.ResumesBy, time.Time{})
		for _, p := range s.Participants {
			equal(t, p.ID+" online", p.Online(), false)
		}
	}
}

// A machine that slept finds the grace period over and everybody gone, all at once.
func TestGrace_that_ended_while_the_machine_slept_makes_nobody_Scrum_Master_who_is_gone_too(t *testing.T) {
	for range 8 {
		c := &skewed{Manual: clock.NewManual(time.Now())}
		h := newNodeOn(t, openLog(t, 3), c.Manual, func(o *Options) { o.Clock = c })
		id := h.create(poker.Settings{})
		h.do(id, join("ann"), join("bob"))
		ann, bob := h.watch(id, "ann", ""), h.watch(id, "bob", "")
		h.watch(id, "sm", "").cancel()
		h.clock.Advance(reloadGrace)
		ann.cancel()
		bob.cancel()
		all := h.watch(id, "", "")
		c.ahead = grace
		c.Advance(reloadGrace)
		equal(t, "Scrum Master", h.state(id).ScrumMasterID, "sm")
		equal(t, "sent", all.types(), "session_updated user_disconnected user_disconnected session_updated")
	}
}
