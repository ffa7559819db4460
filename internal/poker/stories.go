package poker

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The bounds of a session's list of stories. Those of texts are in characters.
const (
	MaxStories          = 500
	MaxStoryKey         = 64
	MaxStoryTitle       = MaxTopic // because it becomes one
	MaxStoryDescription = 10_000
	MaxStoryType        = 40
	MaxStoryURL         = 2000
	MaxBacklogBytes     = 6 << 20 // of all stories, as they are stored: the list must fit into one entry of the log
)

// StoryStatus says what has become of a story; the values are those of the API.
type StoryStatus string

// The statuses of a story.
const (
	StoryTodo      StoryStatus = "todo"
	StoryVoting    StoryStatus = "voting" // it is the current round's, which is not completed
	StoryEstimated StoryStatus = "estimated"
	StorySkipped   StoryStatus = "skipped"
)

// Story is something to be estimated. States share stories, so they are never changed.
type Story struct {
	ID          string      `json:"id"`
	Key         string      `json:"key,omitempty"` // its name in a tracker, may be empty
	Title       string      `json:"title"`
	Description string      `json:"description,omitempty"`
	Type        string      `json:"type,omitempty"`
	URL         string      `json:"url,omitempty"` // http or https; empty for none
	Status      StoryStatus `json:"status"`
	Estimate    *string     `json:"estimate,omitempty"` // a card's value; nil if there is none
	Rounds      int         `json:"rounds,omitempty"`   // how many were completed
	Version     int         `json:"version"`            // that of the list when somebody last changed its texts
}

// Backlog is a session's list of stories, in their order. It is never changed: the states of a session share it for as long as nothing in it changes.
type Backlog struct {
	Version int // grows by one with each change
	Stories []*Story
}

// Story returns the story with that id; nil if there is none.
func (b *Backlog) Story(id string) *Story {
	if i := b.place(id); i >= 0 {
		return b.Stories[i]
	}
	return nil
}

// place is where a story stands; -1 if there is none with that id.
func (b *Backlog) place(id string) int {
	if b == nil {
		return -1
	}
	return slices.IndexFunc(b.Stories, func(s *Story) bool { return s.ID == id })
}

// Len returns how many stories there are.
func (b *Backlog) Len() int {
	if b == nil {
		return 0
	}
	return len(b.Stories)
}

// Estimated returns how many stories have been estimated.
func (b *Backlog) Estimated() (n int) {
	if b == nil {
		return 0
	}
	for _, s := range b.Stories {
		if s.Status == StoryEstimated {
			n++
		}
	}
	return n
}

// Revision is the version of the list; 0 if there has never been a story.
func (b *Backlog) Revision() int {
	if b == nil {
		return 0
	}
	return b.Version
}

func (b *Backlog) bytes() (n int) {
	if b == nil {
		return 0
	}
	for _, s := range b.Stories {
		n += s.bytes()
	}
	return n
}

// bytes is how long a story is at most, as JSON.
func (s *Story) bytes() int { return s.bytesInList() + JSONLength(s.Description) }

// bytesInList is the same without its description, and with what is said of its place.
func (s *Story) bytesInList() int {
	const names = 450
	n := names + JSONLength(s.Key) + JSONLength(s.Title) + JSONLength(s.Type) + JSONLength(s.URL)
	if s.Estimate != nil {
		n += JSONLength(*s.Estimate)
	}
	return n
}

// JSONLength is how many bytes a text has at most as JSON, without its quotes. It is not measured by encoding, which would cost more than it is worth.
func JSONLength(text string) int {
	n := len(text)
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			n += len(`\u0000`) - 1
		}
	}
	return n + 3*strings.Count(text, "\u2028") + 3*strings.Count(text, "\u2029")
}

// StoryChange is what changes of a story. nil leaves a field as it is.
type StoryChange struct {
	Key         *string      `json:"key,omitempty"`
	Title       *string      `json:"title,omitempty"`
	Description *string      `json:"description,omitempty"`
	Type        *string      `json:"type,omitempty"`
	URL         *string      `json:"url,omitempty"`      // empty: none
	Estimate    *string      `json:"estimate,omitempty"` // empty: none
	Status      *StoryStatus `json:"status,omitempty"`
	Rounds      *int         `json:"rounds,omitempty"`
}

// ofTexts reports whether what people wrote changes.
func (c StoryChange) ofTexts() bool {
	return c.Key != nil || c.Title != nil || c.Description != nil || c.Type != nil || c.URL != nil
}

// changed is a story after a change, in a version of the list.
func (s Story) changed(c StoryChange, version int) *Story {
	for _, field := range []struct{ to, from *string }{{&s.Key, c.Key}, {&s.Title, c.Title}, {&s.Description, c.Description}, {&s.Type, c.Type}, {&s.URL, c.URL}} {
		if field.from != nil {
			*field.to = *field.from
		}
	}
	if c.Estimate != nil {
		if s.Estimate = c.Estimate; *c.Estimate == "" {
			s.Estimate = nil
		}
	}
	if c.Status != nil {
		s.Status = *c.Status
	}
	if c.Rounds != nil {
		s.Rounds = *c.Rounds
	}
	if c.ofTexts() {
		s.Version = version
	}
	return &s
}

// The payloads. Each makes one version of the list.
type (
	// StoriesAdded says that stories stand before another, or at the end.
	StoriesAdded struct {
		Version int     `json:"version"`
		Stories []Story `json:"stories"`
		Before  string  `json:"before,omitempty"` // empty: at the end
	}
	// StoryChanged says that something of a story is different.
	StoryChanged struct {
		Version int         `json:"version"`
		StoryID string      `json:"story_id"`
		Change  StoryChange `json:"change"`
	}
	// StoryMoved says that a story stands before another, or at the end.
	StoryMoved struct {
		Version int    `json:"version"`
		StoryID string `json:"story_id"`
		Before  string `json:"before,omitempty"` // empty: at the end
	}
	// StoryRemoved says that a story is gone. Rounds that were played for it stay.
	StoryRemoved struct {
		Version int    `json:"version"`
		StoryID string `json:"story_id"`
	}
)

// changeStories replaces the list by a changed copy. Stories that the change leaves alone are shared.
func (s *Session) changeStories(version int, change func(stories []*Story) []*Story) {
	var before []*Story
	if s.Stories != nil {
		before = s.Stories.Stories
	}
	s.Stories = &Backlog{Version: version, Stories: change(slices.Clone(before))}
}

func (p StoriesAdded) apply(s *Session, _ time.Time) {
	s.changeStories(p.Version, func(stories []*Story) []*Story {
		added := make([]*Story, len(p.Stories))
		for i, story := range p.Stories {
			added[i] = &story
		}
		return slices.Insert(stories, placeBefore(stories, p.Before), added...)
	})
}

// placeBefore is where a story stands that comes before another; the end if that is nowhere.
func placeBefore(stories []*Story, before string) int {
	if i := slices.IndexFunc(stories, func(s *Story) bool { return s.ID == before }); i >= 0 {
		return i
	}
	return len(stories)
}

func (p StoryChanged) apply(s *Session, _ time.Time) {
	i := s.Stories.place(p.StoryID)
	s.changeStories(p.Version, func(stories []*Story) []*Story {
		if i >= 0 {
			stories[i] = stories[i].changed(p.Change, p.Version)
		}
		return stories
	})
}

func (p StoryMoved) apply(s *Session, _ time.Time) {
	i := s.Stories.place(p.StoryID)
	s.changeStories(p.Version, func(stories []*Story) []*Story {
		if i < 0 {
			return stories
		}
		story := stories[i]
		stories = slices.Delete(stories, i, i+1)
		return slices.Insert(stories, placeBefore(stories, p.Before), story)
	})
}

func (p StoryRemoved) apply(s *Session, _ time.Time) {
	s.changeStories(p.Version, func(stories []*Story) []*Story {
		return slices.DeleteFunc(stories, func(story *Story) bool { return story.ID == p.StoryID })
	})
}

// clean trims the texts of a story and checks them. The names of fields in refusals begin with prefix.
func (s *Story) clean(prefix string) error {
	var err error
	if s.Title, err = cleanName(prefix+"title", s.Title, MaxStoryTitle); err != nil {
		return err
	}
	if s.Key, err = cleanLine(prefix+"key", s.Key, MaxStoryKey); err != nil {
		return err
	}
	if s.Type, err = cleanLine(prefix+"type", s.Type, MaxStoryType); err != nil {
		return err
	}
	if err := checkText(prefix+"description", s.Description, MaxStoryDescription); err != nil {
		return err
	}
	return checkURL(prefix+"url", s.URL)
}

// cleanLine trims a text that may be empty.
func cleanLine(field, text string, most int) (string, error) {
	if text = strings.TrimSpace(text); text == "" {
		return "", nil
	}
	return cleanName(field, text, most)
}

func checkURL(field, link string) error {
	if link == "" {
		return nil
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || utf8.RuneCountInString(link) > MaxStoryURL || strings.ContainsFunc(link, isControl) {
		return invalid(field, "%s must be a link that begins with http:// or https://, of at most %d characters.", field, MaxStoryURL)
	}
	return nil
}

func storyField(i int, name string) string { return fmt.Sprintf("stories[%d].%s", i, name) }
