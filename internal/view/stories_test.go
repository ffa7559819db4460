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
