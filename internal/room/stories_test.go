package room

import (
	"bytes"
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
	r, err := h.find(t.Context(), id)
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

// A file that is kept outlives idleness, which leaves its bytes alone, and restarts, by log and by snapshot.
func TestFileIsKept(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	data := make([]byte, poker.MaxFileBytes)
	for i := range data {
		data[i] = byte(i * i >> 3)
	}
	add := stories(10)
	candidates := make([]poker.Candidate, len(add.Stories))
	for i, s := range add.Stories {
		candidates[i] = poker.Candidate{Row: i + 2, Wanted: true, Story: s}
	}
	h.do(id, &poker.ImportStories{By: by("sm"), Candidates: candidates, File: poker.File{Name: "backlog.csv", Data: data}})
	before := h.state(id)
	r, err := h.find(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.state.pack(); err != nil {
		t.Fatal(err)
	}
	if n := len(r.state.packed.Load().data); n > 4<<10 {
		t.Errorf("a packed session has %d bytes of its own", n)
	}
	if after := h.state(id); after.File != before.File {
		t.Error("the file was copied")
	}
	h = h.restart(0)
	h.do(id, poker.MoveStory{By: by("sm"), StoryID: "y0"})
	h = h.restart(0)
	if after := h.state(id); !bytes.Equal(after.File.Data, data) || len(after.File.Rows) != 10 {
		t.Errorf("%d bytes and %d rows after two restarts", len(after.File.Data), len(after.File.Rows))
	}
}

// Files are long and few. A session in which one takes the other's place, again and again, stays within its bound and goes on.
func TestFilesThatReplaceEachOtherAreFreed(t *testing.T) {
	h := newNode(t)
	id := h.create(poker.Settings{})
	data := make([]byte, poker.MaxFileBytes)
	for i := range 12 {
		eventually(t, fmt.Sprint("import ", i), func() bool {
			return h.try(id, &poker.ImportStories{By: by("sm"), File: poker.File{Name: fmt.Sprint(i), Data: data}}) == nil
		})
	}
	equal(t, "file", h.state(id).File.Name, "11")
}

// Any node can give a file back that another has taken.
func TestShared_file_is_on_every_node(t *testing.T) {
	a, b := pair(t)
	id := a.create(poker.Settings{})
	eventually(t, "the session on the other node", knows(b, id))
	a.do(id, &poker.ImportStories{By: by("sm"), Candidates: []poker.Candidate{{Row: 2, Wanted: true, Story: poker.Story{ID: "y", Title: "Log in"}}}, File: poker.File{Name: "backlog.csv", Data: []byte("compressed")}})
	eventually(t, "the file on the other node", func() bool { return b.state(id).File.Kept() })
	equal(t, "file", b.state(id).File, a.state(id).File)
}
