package room

import (
	"testing"

	"github.com/magnapp/magnapp/internal/poker"
)

// listedIn is the list as the last event has it.
func listedIn(r *reader) []any { return r.data("sessions_updated")["sessions"].([]any) }

func settings(who, changes string) poker.ChangeSettings {
	return poker.ChangeSettings{By: by(who), Changes: []byte(changes)}
}

func TestList_is_sent_whole_first_and_then_at_every_change(t *testing.T) {
	h := newNode(t)
	first := h.create(poker.Settings{})
	list := &reader{}
	cancel, err := h.Watch(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "at first", len(listedIn(list)), 1)
	for _, step := range []struct {
		name   string
		change func()
		sent   bool
	}{
		{"created", func() { h.create(poker.Settings{}) }, true},
		{"joined", func() { h.do(first, join("ann"), join("bob")) }, true},
		{"status", func() { h.do(first, poker.Start{By: by("sm"), RoundID: "r"}) }, true},
		{"nothing that it shows", func() { h.do(first, poker.CastVote{By: by("ann"), Value: "5"}, poker.Extend{By: by("ann")}) }, false},
		{"role", func() { h.do(first, poker.Transfer{By: by("sm"), To: "ann"}) }, true},
		{"the Scrum Master's name", func() { h.do(first, &poker.ChangeProfile{By: by("ann"), Name: new("Anna")}) }, true},
		{"another's name", func() { h.do(first, &poker.ChangeProfile{By: by("bob"), Name: new("Rob")}) }, false},
		{"no longer listed", func() { h.do(first, settings("ann", `{"listed":false}`)) }, true},
		{"changes of what is not listed", func() { h.do(first, join("cat")) }, false},
		{"created, but not listed", func() { h.create(poker.Settings{Unlisted: true}) }, false},
		{"listed again", func() { h.do(first, settings("ann", `{"listed":true}`)) }, true},
		{"left", func() { h.do(first, poker.Leave{By: by("bob")}) }, true},
		{"ended", func() { h.do(first, poker.End{By: by("ann")}) }, true},
		{"expired", func() { h.clock.Advance(timeout) }, true},
	} {
		list.forget()
		step.change()
		h.clock.Advance(listPause)
		want := 0
		if step.sent {
			want = 1
		}
		equal(t, step.name, len(list.events()), want)
	}
	equal(t, "at last", len(listedIn(list)), 0)
	list.forget()
	cancel()
	h.create(poker.Settings{})
	h.clock.Advance(listPause)
	equal(t, "after the end", list.types(), "")
	equal(t, "readers", h.Stats().Readers, 0)
}

func TestList_sends_many_changes_at_once(t *testing.T) {
	h := newNode(t)
	list := &reader{}
	if _, err := h.Watch(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	older := h.create(poker.Settings{})
	h.clock.Advance(listPause / 2)
	newer := h.create(poker.Settings{})
	for _, user := range []string{"ann", "bob", "cat"} {
		h.do(newer, join(user))
	}
	equal(t, "so far", len(list.events()), 1)
	h.clock.Advance(listPause / 2)
	equal(t, "then", len(list.events()), 2)
	sessions := listedIn(list)
	ids := []any{sessions[0].(map[string]any)["id"], sessions[1].(map[string]any)["id"]}
	equal(t, "newest first", ids, []any{newer, older})
	equal(t, "participants", sessions[0].(map[string]any)["participant_count"], any(4.0))
	h.clock.Advance(listPause)
	equal(t, "no more", len(list.events()), 2)
}
