package view

import (
	"fmt"
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/poker"
)

// No event is over 64 KB, however long the texts are, and none has a description.
func TestStories_are_sent_in_events_of_a_bounded_length(t *testing.T) {
	for _, text := range []string{"a", "<", "🦊", "\\"} {
		stories := make([]poker.Story, poker.MaxStories)
		for i := range stories {
			stories[i] = poker.Story{
				ID: fmt.Sprintf("01234567-89ab-4cde-8f01-%012d", i), Key: strings.Repeat(text, poker.MaxStoryKey), Title: strings.Repeat(text, poker.MaxStoryTitle), Type: strings.Repeat(text, poker.MaxStoryType),
				Description: "SECRET", Status: poker.StoryTodo, Estimate: ptr("5"),
			}
		}
		events, total := 0, 0
		play(t, append(opening(), &poker.AddStories{By: by("sm"), Stories: stories}), func(s *poker.Session, e poker.Event) {
			event, ok := OfEvent(s, e)
			if !ok || event.Type != StoriesUpdated {
				return
			}
			b := encoded(t, event)
			if len(b) > 64<<10-200 || strings.Contains(string(b), "SECRET") {
				t.Errorf("an event of %d bytes", len(b))
			}
			data := event.Data.(StoriesChange)
			events, total = events+1, total+len(data.Added)
			if data.Version != events || data.Total != total || data.Estimated != total {
				t.Errorf("event %d has %+v", events, data.Backlog)
			}
		})
		if total != poker.MaxStories {
			t.Errorf("%d stories in %d events", total, events)
		}
	}
}

func TestStories_that_are_moved_say_where_they_stand(t *testing.T) {
	stories := []poker.Story{{ID: "y1", Title: "1", Status: poker.StoryTodo}, {ID: "y2", Title: "2", Status: poker.StoryTodo}, {ID: "y3", Title: "3", Status: poker.StoryTodo}}
	var places []string
	play(t, append(opening(), &poker.AddStories{By: by("sm"), Stories: stories}, poker.MoveStory{By: by("sm"), StoryID: "y3", Before: ptr("y1")}, poker.MoveStory{By: by("sm"), StoryID: "y1"}), func(s *poker.Session, e poker.Event) {
		event, _ := OfEvent(s, e)
		if c, ok := event.Data.(StoriesChange); ok {
			for _, m := range c.Moved {
				places = append(places, m.ID+" before "+string(encoded(t, m.Before)))
			}
		}
	})
	if got := strings.Join(places, ", "); got != `y3 before "y1", y1 before null` {
		t.Errorf("moved: %s", got)
	}
}
