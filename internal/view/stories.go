package view

import "github.com/magnapp/magnapp/internal/poker"

// Story is a story as lists have it: without its description.
type Story struct {
	ID       string  `json:"id" format:"uuid"`
	Key      string  `json:"key" doc:"Its name in a tracker, up to 64 characters; may be empty."`
	Title    string  `json:"title" doc:"1 to 500 characters."`
	Type     string  `json:"type" doc:"Up to 40 characters; may be empty."`
	URL      *string `json:"url" doc:"A link, by http or https."`
	Status   string  `json:"status" enum:"todo,voting,estimated,skipped"`
	Estimate *string `json:"estimate" doc:"A card's value."`
	Rounds   int     `json:"rounds" doc:"How many rounds of it were completed."`
	Version  int     `json:"version" doc:"That of the list when somebody last changed the story's texts. Sent along with a change, it keeps that from undoing another's."`
}

// WholeStory is a story with its description.
type WholeStory struct {
	Story
	Description string `json:"description" doc:"Up to 10,000 characters, as it was imported. A text, and no HTML."`
}

// Backlog is a session's list of stories in short.
type Backlog struct {
	Version   int `json:"version" doc:"Grows by one with every stories_updated. Who is behind reads the list again."`
	Total     int `json:"total"`
	Estimated int `json:"estimated"`
	// Original is not whose file it is: a name may be long, and this goes to everybody again and again.
	Original bool `json:"original" doc:"A file was imported and is kept: an export of the format original gives it back."`
}

// The data of stories_updated.
type (
	// StoriesChange is one version of the list, by what is different from the one before.
	StoriesChange struct {
		Backlog
		Added   []AddedStory `json:"added" doc:"In this order."`
		Changed []Story      `json:"changed" doc:"As they are now."`
		Removed []string     `json:"removed" doc:"Ids."`
		Moved   []MovedStory `json:"moved"`
	}
	// AddedStory is a new story and its place.
	AddedStory struct {
		Story  Story   `json:"story"`
		Before *string `json:"before" format:"uuid" doc:"The story before which it stands; null: at the end."`
	}
	// MovedStory is a story's new place.
	MovedStory struct {
		ID     string  `json:"id" format:"uuid"`
		Before *string `json:"before" format:"uuid" doc:"The story before which it stands; null: at the end."`
	}
)

// OfStory shows a story as lists have it.
func OfStory(s *poker.Story) Story {
	return Story{
		ID: s.ID, Key: s.Key, Title: s.Title, Type: s.Type, URL: orNull(s.URL), Status: string(s.Status), Estimate: s.Estimate, Rounds: s.Rounds, Version: s.Version,
	}
}

// OfWholeStory shows a story with its description.
func OfWholeStory(s *poker.Story) WholeStory {
	return WholeStory{Story: OfStory(s), Description: s.Description}
}

// OfStories shows the list, in its order.
func OfStories(b *poker.Backlog) []Story {
	stories := make([]Story, b.Len())
	for i := range stories {
		stories[i] = OfStory(b.Stories[i])
	}
	return stories
}

// OfRoundsOf shows the completed rounds of a story, oldest first.
func OfRoundsOf(s *poker.Session, storyID string) []Round {
	rounds := []Round{}
	for _, r := range s.Rounds {
		if r.StoryID == storyID {
			rounds = append(rounds, *OfRound(r))
		}
	}
	return rounds
}

func backlogOf(s *poker.Session) Backlog {
	return Backlog{Version: s.Stories.Revision(), Total: s.Stories.Len(), Estimated: s.Stories.Estimated(), Original: s.File.Kept()}
}

// orNull is a text; null for an empty one.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// changeOf is a version of the list in which nothing is different yet.
func changeOf(s *poker.Session) StoriesChange {
	return StoriesChange{Backlog: backlogOf(s), Added: []AddedStory{}, Changed: []Story{}, Removed: []string{}, Moved: []MovedStory{}}
}

func added(s *poker.Session, _ poker.Event, p poker.StoriesAdded) StoriesChange {
	c := changeOf(s)
	for _, story := range p.Stories {
		c.Added = append(c.Added, AddedStory{Story: OfStory(&story), Before: orNull(p.Before)})
	}
	return c
}

func changed(s *poker.Session, _ poker.Event, p poker.StoryChanged) StoriesChange {
	c := changeOf(s)
	if story := s.Stories.Story(p.StoryID); story != nil {
		c.Changed = append(c.Changed, OfStory(story))
	}
	return c
}

func moved(s *poker.Session, _ poker.Event, p poker.StoryMoved) StoriesChange {
	c := changeOf(s)
	c.Moved = append(c.Moved, MovedStory{ID: p.StoryID, Before: orNull(p.Before)})
	return c
}

func removed(s *poker.Session, _ poker.Event, p poker.StoryRemoved) StoriesChange {
	c := changeOf(s)
	c.Removed = append(c.Removed, p.StoryID)
	return c
}
