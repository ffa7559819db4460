package room

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/magnapp/magnapp/internal/poker"
)

// stories are so many, as long as they may be.
func stories(n int) *poker.AddStories {
	c := &poker.AddStories{By: by("sm"), Stories: make([]poker.Story, n)}
	for i := range c.Stories {
		c.Stories[i] = poker.Story{ID: fmt.Sprint("y", i), Title: fmt.Sprint("Story ", i), Description: strings.Repeat("x", poker.MaxStoryDescription), Status: poker.StoryTodo}
	}
	return c
}

// As many stories as there may be, and as long, are stored whole, outlive a restart by log and by snapshot, and are the same after the session has been idle.
func TestStoriesAsManyAndAsLongAsTheyMayBe(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	h.do(id, stories(poker.MaxStories))
	before := h.state(id)
	r, err := h.find(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.state.pack(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, h.state(id)); diff != "" {
		t.Errorf("packed and unpacked (-before +after):\n%s", diff)
	}
	h = h.restart(0)
	h.do(id, poker.MoveStory{By: by("sm"), StoryID: "y0"})
	h = h.restart(0)
	if after := h.state(id); after.Stories.Len() != poker.MaxStories || after.Stories.Stories[poker.MaxStories-1].ID != "y0" {
		t.Errorf("%d stories after two restarts", after.Stories.Len())
	}
}
