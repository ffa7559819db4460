package room

import (
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/view"
)

func TestPresence_a_reload_is_no_disconnection(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	all := h.watch(id, "", "")
	for range 3 {
		h.watch(id, "sm", "").cancel()
		h.clock.Advance(reloadGrace - time.Millisecond)
	}
	last := h.watch(id, "sm", "")
	h.clock.Advance(time.Minute)
	equal(t, "sent", all.types(), "session_updated")
	last.cancel()
	h.clock.Advance(reloadGrace - time.Millisecond)
	equal(t, "just before", all.types(), "session_updated")
	h.clock.Advance(time.Millisecond)
	equal(t, "gone", all.types(), "session_updated user_disconnected session_paused")
	paused := h.clock.Now()
	equal(t, "grace", all.data("session_paused")["resumes_by"].(string), view.Time(paused.Add(grace)))
}

func TestPresence_of_several_streams_ends_with_the_last(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	first, second := h.watch(id, "sm", ""), h.watch(id, "sm", "")
	first.cancel()
	first.cancel() // once more changes nothing
	h.clock.Advance(time.Minute)
	equal(t, "with the second", h.online(id, "sm"), true)
	second.cancel()
	h.clock.Advance(reloadGrace)
	equal(t, "with none", h.online(id, "sm"), false)
}

func TestPresence_by_a_call(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.clock.Advance(time.Minute)
	equal(t, "who never had a stream", h.online(id, "sm"), true)
	h.watch(id, "sm", "").cancel()
	h.do(id, poker.Reconnect{By: by("sm")})
	h.clock.Advance(time.Minute)
	equal(t, "who called while a reload was possible", h.online(id, "sm"), true)
	stream := h.watch(id, "sm", "")
	h.do(id, poker.Reconnect{By: by("sm")})
	stream.cancel()
	h.clock.Advance(reloadGrace)
	equal(t, "whose stream closed after the call", h.online(id, "sm"), false)
	s := h.do(id, poker.Reconnect{By: by("sm")})
	equal(t, "back", s.Status, poker.Waiting)
}

func TestPresence_needs_a_proof(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.watch(id, "sm", "").cancel()
	for user, want := range map[string]poker.Reason{"sm": Unproven, "stranger": poker.NotParticipant} {
		r := &reader{}
		_, err := h.Subscribe(t.Context(), Watch{SessionID: id, UserID: user, Proof: proven(false)}, r)
		equal(t, user, reason(err), want)
		equal(t, "sent", r.text(), "")
	}
	h.clock.Advance(reloadGrace)
	equal(t, "status", h.state(id).Status, poker.Paused)
	_, err := h.Do(t.Context(), id, poker.Extend{By: by("sm")}, Call{Proof: proven(false)})
	equal(t, "command", reason(err), Unproven)
}

func TestPause_grace_and_return(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"), poker.Start{By: by("sm"), RoundID: "r"}, poker.CastVote{By: by("ann"), Value: "5"})
	h.watch(id, "sm", "").cancel()
	all := h.watch(id, "", "")
	h.clock.Advance(reloadGrace + grace - time.Millisecond)
	equal(t, "vote", reason(h.try(id, poker.CastVote{By: by("ann"), Value: "8"})), poker.SessionPaused)
	back := h.watch(id, "sm", "")
	equal(t, "sent", all.types(), "session_updated user_disconnected session_paused user_joined session_updated")
	equal(t, "status", h.state(id).Status, poker.Voting)
	vote, _ := h.state(id).Round.VoteOf("ann")
	equal(t, "vote", vote.Value, "5")
	back.cancel()
	h.clock.Advance(reloadGrace + grace)
	equal(t, "Scrum Master after the second time", h.state(id).ScrumMasterID, "ann")
	equal(t, "sent then", all.types(), "session_updated user_disconnected session_paused user_joined session_updated user_disconnected session_paused scrum_master_changed session_updated")
}

func TestPause_with_nobody_online_waits_for_whoever_comes(t *testing.T) {
	for user, want := range map[string]string{
		"sm":  "session_updated user_disconnected user_disconnected session_paused session_updated user_joined session_updated",
		"ann": "session_updated user_disconnected user_disconnected session_paused session_updated user_joined scrum_master_changed session_updated",
	} {
		t.Run(user, func(t *testing.T) {
			h := newNode(t)
			id := h.create(poker.Settings{})
			h.do(id, join("ann"))
			all := h.watch(id, "", "")
			h.watch(id, "ann", "").cancel()
			h.clock.Advance(time.Second)
			h.watch(id, "sm", "").cancel()
			h.clock.Advance(reloadGrace + grace)
			equal(t, "resumes_by", all.data("session_updated")["session"].(map[string]any)["resumes_by"], nil)
			h.watch(id, user, "")
			equal(t, "sent", all.types(), want)
			equal(t, "Scrum Master", h.state(id).ScrumMasterID, user)
			equal(t, "status", h.state(id).Status, poker.Waiting)
		})
	}
}

func TestRestart_gives_streams_time_to_come_back(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"), join("bob"))
	h.watch(id, "sm", "")
	h.watch(id, "ann", "")
	h = h.restart(time.Second)
	all := h.watch(id, "", "")
	h.clock.Advance(settleTime - time.Millisecond)
	h.watch(id, "ann", "")
	equal(t, "nothing to notice", all.types(), "session_updated")
	h.clock.Advance(time.Millisecond)
	equal(t, "the one who did not come", all.types(), "session_updated user_disconnected session_paused")
	equal(t, "is the Scrum Master", all.data("user_disconnected")["user_id"], any("sm"))
	equal(t, "a whole grace period", h.state(id).Pause.ResumesBy, h.clock.Now().UTC().Truncate(time.Millisecond).Add(grace))
	h.clock.Advance(grace)
	equal(t, "then the role goes on", h.state(id).ScrumMasterID, "ann")
}

func TestRestart_nobody_inherits_while_it_settles(t *testing.T) {
	paused := func(t *testing.T) (*node, string) {
		h := newNode(t)
		id := h.create(poker.Settings{})
		h.do(id, join("ann"), join("bob"))
		h.watch(id, "ann", "")
		h.watch(id, "sm", "").cancel()
		h.clock.Advance(reloadGrace)
		h.do(id, poker.Extend{By: by("ann")})
		h = h.restart(grace + time.Second)
		h.clock.Advance(settleTime - time.Millisecond)
		equal(t, "before the end", h.state(id).ScrumMasterID, "sm")
		equal(t, "still", h.state(id).Status, poker.Paused)
		h.do(id, join("cat"))
		equal(t, "a newcomer", h.state(id).ScrumMasterID, "sm")
		return h, id
	}
	t.Run("the Scrum Master comes back", func(t *testing.T) {
		h, id := paused(t)
		h.watch(id, "sm", "")
		equal(t, "status", h.state(id).Status, poker.Waiting)
		h.clock.Advance(time.Minute)
		equal(t, "Scrum Master", h.state(id).ScrumMasterID, "sm")
	})
	t.Run("who came back inherits afterwards", func(t *testing.T) {
		h, id := paused(t)
		h.watch(id, "ann", "")
		h.clock.Advance(time.Millisecond)
		equal(t, "Scrum Master", h.state(id).ScrumMasterID, "ann")
	})
	t.Run("who did not come back does not", func(t *testing.T) {
		h, id := paused(t)
		h.clock.Advance(time.Millisecond)
		equal(t, "Scrum Master", h.state(id).ScrumMasterID, "bob")
	})
}

func TestKick_ends_the_streams_of_the_kicked_after_the_event(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"))
	all, one, two := h.watch(id, "sm", ""), h.watch(id, "ann", ""), h.watch(id, "ann", "")
	h.do(id, poker.Kick{By: by("sm"), Other: "ann"})
	h.do(id, poker.Extend{By: by("sm")})
	for _, stream := range []*reader{one, two} {
		equal(t, "sent", stream.types(), "session_updated user_left")
		equal(t, "reason", stream.data("user_left")["reason"], any("kicked"))
		equal(t, "ended", stream.ended(), true)
		equal(t, "sent after the end", stream.late, 0)
		stream.cancel()
	}
	equal(t, "others", all.types(), "session_updated user_left session_updated")
	equal(t, "others' streams", all.ended(), false)
	equal(t, "readers", h.Stats().Readers, 1)
	h.clock.Advance(time.Minute)
	equal(t, "no disconnection of who is gone", all.types(), "session_updated user_left session_updated")
	_, err := h.Subscribe(t.Context(), Watch{SessionID: id, UserID: "ann", Proof: proven(true)}, &reader{})
	equal(t, "coming back", reason(err), poker.NotParticipant)
}

func TestLeave_of_the_Scrum_Master_in_one_sequence(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, join("ann"))
	h.watch(id, "ann", "").cancel()
	h.clock.Advance(reloadGrace)
	all, own := h.watch(id, "", ""), h.watch(id, "sm", "")
	h.do(id, poker.Leave{By: by("sm")})
	want := "session_updated user_left scrum_master_changed session_paused"
	equal(t, "everybody", all.types(), want)
	equal(t, "who left", own.types(), "session_updated user_left")
	equal(t, "ended", own.ended(), true)
	h.do(id, poker.Leave{By: by("ann")})
	equal(t, "the last one", all.types(), want+" user_left session_expired")
	equal(t, "reason", all.data("session_expired")["reason"], any("empty"))
	equal(t, "stream", all.ended(), true)
}

// Several may be found gone at once, after a machine stood still: readers hear of them in the order in which they went.
func TestPresence_people_are_gone_in_the_order_in_which_they_went(t *testing.T) {
	var p presence
	at, users := time.Now(), []string{"dan", "ann", "fay", "cat", "bob", "eve"}
	for i, user := range users {
		p.opened(user)
		p.closed(user, nil, at.Add(time.Duration(i)*time.Millisecond))
	}
	equal(t, "gone by then", p.due(at.Add(4*time.Millisecond)), users[:5])
}
