package poker

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxFileBytes is how long an imported file may be, compressed, to be kept with the session. What stories and file take together, as they are stored, has the bound MaxBacklogBytes.
const MaxFileBytes = 3 << 20

// File is what a session keeps of the file that was imported last, so that it can be given back with the estimates. The game never looks into it. States share it, so it is never changed.
type File struct {
	Name    string     `json:"name,omitempty"` // as whoever imported it called it; may be empty
	Format  string     `json:"format"`         // what kind of file it is
	Reading string     `json:"reading,omitempty"`
	Size    int        `json:"size"`              // in bytes, as it came
	Data    []byte     `json:"data,omitempty"`    // all of it, compressed; empty: it is not kept
	Missing FileReason `json:"missing,omitempty"` // why it is not kept
	Rows    []FileRow  `json:"rows,omitempty"`    // those of the stories on the list, in the order of the file
}

// FileRow says which story of the list a row of a file is.
type FileRow struct {
	Row     int    `json:"row"`
	StoryID string `json:"story_id"`
}

// FileReason says why a file is not kept.
type FileReason string

// The reasons for which a file is not kept.
const (
	FileTooLarge    FileReason = "too_large"     // there is no room for it beside the stories
	FileNotWritable FileReason = "cannot_return" // estimates cannot be written into such a file
)

// Kept reports whether the file is there; false for nil.
func (f *File) Kept() bool { return f != nil && len(f.Data) > 0 }

// bytes is how long a file is at most, as JSON.
func (f *File) bytes() int {
	if f == nil {
		return 0
	}
	const names, row = 300, 80
	return names + base64.StdEncoding.EncodedLen(len(f.Data)) + row*len(f.Rows) + JSONLength(f.Name) + JSONLength(f.Reading)
}

// without is what is left of a file that is not kept.
func (f File) without(why FileReason) File {
	f.Data, f.Rows, f.Missing = nil, nil, why
	return f
}

// Candidate is a story of a file, which may be on the list already.
type Candidate struct {
	Row    int    // of the file
	Wanted bool   // it is to be added, if it is not on the list
	Points string // the card that they name becomes the estimate of a story that is added; empty: none
	Story  Story  // see Fitted
}

// Known finds the stories of a file on the list: by their keys, whatever the case of letters, and those without a key by their titles among the stories without a key. Each story of the
// list without a key is found once, so that a file may have the same title several times. nil: that story is not on the list.
func (b *Backlog) Known(candidates []Candidate) []*Story {
	known := make([]*Story, len(candidates))
	if b == nil {
		return known
	}
	byKey, byTitle := make(map[string]*Story, len(b.Stories)), make(map[string][]*Story)
	for _, s := range b.Stories {
		if s.Key != "" {
			byKey[strings.ToUpper(s.Key)] = s
		} else {
			byTitle[s.Title] = append(byTitle[s.Title], s)
		}
	}
	for i := range candidates {
		c := &candidates[i].Story
		if c.Key != "" {
			known[i] = byKey[strings.ToUpper(c.Key)]
		} else if same := byTitle[c.Title]; len(same) > 0 {
			known[i], byTitle[c.Title] = same[0], same[1:]
		}
	}
	return known
}

// Fitted is a story of a file with texts that a list takes: control characters are blanks, what is too long is cut, a link that is none is left out. Its texts are copies, so that they do not
// keep the file in memory. False: nothing of its title can be seen.
func (s Story) Fitted() (Story, bool) {
	s.Title, s.Key, s.Type = fittedLine(s.Title, MaxStoryTitle), fittedLine(s.Key, MaxStoryKey), fittedLine(s.Type, MaxStoryType)
	s.Description = strings.Clone(cut(strings.Map(func(r rune) rune {
		if isControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return ' '
		}
		return r
	}, s.Description), MaxStoryDescription))
	if s.URL = strings.Clone(s.URL); checkURL("url", s.URL) != nil {
		s.URL = ""
	}
	return s, s.Title != ""
}

// fittedLine is a text on one line; empty if nothing of it can be seen.
func fittedLine(text string, most int) string {
	text = strings.TrimSpace(cut(strings.TrimSpace(strings.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, text)), most))
	if !strings.ContainsFunc(text, isVisible) {
		return ""
	}
	return strings.Clone(text)
}

// cut is a text, or as many characters of its beginning.
func cut(text string, most int) string {
	if len(text) <= most || utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}

// CardOf returns the card that points of a file name, by its value or else by its number; false if the deck has none.
func (d *Deck) CardOf(points string) (Card, bool) {
	if points = strings.TrimSpace(points); points == "" || d == nil {
		return Card{}, false
	}
	if card, ok := d.Card(points); ok {
		return card, true
	}
	n, err := strconv.ParseFloat(points, 64)
	for _, card := range d.Cards {
		if strings.EqualFold(card.Value, points) || err == nil && card.Number != nil && *card.Number == n {
			return card, true
		}
	}
	return Card{}, false
}

type (
	// PreviewImport changes nothing. It is refused whenever an import would be for who asks (whoever runs the session).
	PreviewImport struct{ By }
	// ImportStories adds the wanted stories of a file that are not on the list, all or none, and keeps the file (whoever runs the session).
	ImportStories struct {
		By
		Candidates []Candidate // all stories of the file, in its order; the wanted ones with ids
		File       File        // without rows; without data if it cannot be kept, and then Missing says why
		Before     *string     // the story before which they stand; nil: at the end
		Ref        string      // what the answer is about, see Key
	}
)

func (PreviewImport) action() action  { return editStories }
func (*ImportStories) action() action { return editStories }

func (PreviewImport) decide(*decision) error { return nil }

// Validate checks the texts of the wanted stories.
func (c *ImportStories) Validate() error {
	for i := range c.Candidates {
		if candidate := &c.Candidates[i]; candidate.Wanted {
			if err := candidate.Story.clean(storyField(i, "")); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *ImportStories) decide(d *decision) error {
	before, err := d.placed(c.Before)
	if err != nil {
		return err
	}
	fresh, rows := c.sorted(d.state())
	if d.state().Stories.Len()+len(fresh) > MaxStories {
		return refuse(TooManyStories)
	}
	size := d.state().Stories.bytes() + bytesOf(fresh)
	if size > MaxBacklogBytes {
		return refuse(StoriesTooLarge)
	}
	d.ref = c.Ref
	file := c.File
	file.Rows = rows
	switch {
	case file.Missing != "":
		file = file.without(file.Missing)
	case len(file.Data) > MaxFileBytes, size+file.bytes() > MaxBacklogBytes:
		file = file.without(FileTooLarge)
	}
	if file.Missing != FileNotWritable || !d.state().File.Kept() { // such a file takes no other's place
		d.did(FileImported{File: file})
	} else if len(fresh) == 0 {
		d.did(SessionExtended{UserID: d.actor})
	}
	d.dropFileFor(size)
	d.addStories(fresh, before)
	return nil
}

// sorted are the stories that are to be added, and the rows of those and of what is on the list already.
func (c *ImportStories) sorted(s *Session) (fresh []Story, rows []FileRow) {
	known := s.Stories.Known(c.Candidates)
	for i := range c.Candidates {
		candidate := &c.Candidates[i]
		story := known[i]
		if story == nil {
			if !candidate.Wanted {
				continue
			}
			story = &candidate.Story
			story.Status, story.Estimate = StoryTodo, nil
			if card, ok := s.Deck.CardOf(candidate.Points); ok {
				story.Status, story.Estimate = StoryEstimated, &card.Value
			}
			fresh = append(fresh, *story)
		}
		rows = append(rows, FileRow{Row: candidate.Row, StoryID: story.ID})
	}
	return fresh, rows
}

// dropFileFor lets go of the file if there is no room for it beside stories of that many bytes.
func (d *decision) dropFileFor(stories int) {
	if f := d.state().File; f.Kept() && stories+f.bytes() > MaxBacklogBytes {
		d.did(FileDropped{})
	}
}

// The payloads.
type (
	// FileImported says that a file takes the place of the one that was imported before. Its stories are in events that follow.
	FileImported struct {
		File File `json:"file"`
	}
	// FileDropped says that there is no room any more for the file that was imported.
	FileDropped struct{}
)

func (p FileImported) apply(s *Session, _ time.Time) { s.File = &p.File }

func (FileDropped) apply(s *Session, _ time.Time) {
	if s.File != nil {
		file := s.File.without(FileTooLarge)
		s.File = &file
	}
}
