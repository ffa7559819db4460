package tracker

import (
	"encoding/json"
	"slices"
	"strings"
)

// Meaning is what a column is taken for.
type Meaning string

// The meanings a column can have. One column has at most one; several columns can have the same, and then the first that is filled counts, or
// the last one for a sprint.
const (
	Key         Meaning = "key"
	Title       Meaning = "title"
	Description Meaning = "description"
	Type        Meaning = "type"
	Status      Meaning = "status"
	Points      Meaning = "points"
	URL         Meaning = "url"
	Parent      Meaning = "parent"
	Sprint      Meaning = "sprint"

	identity Meaning = "identity" // the database's number, by which some files name parents
	finished Meaning = "finished" // says whether a story is done
)

// MarshalJSON writes null for no meaning.
func (m Meaning) MarshalJSON() ([]byte, error) {
	if m == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(m))
}

// Meanings are those that people can choose, in the order in which they read.
func Meanings() []Meaning {
	return []Meaning{Key, Title, Description, Type, Status, Points, URL, Parent, Sprint}
}

// Options are what a person has corrected. The zero value lets [Read] find out everything.
type Options struct {
	Name      string          // Name is the file's name, if it is known. It is only a hint.
	Encoding  string          // Encoding is one of [Encodings], or empty.
	Delimiter string          // Delimiter is one character that separates cells, "tab", or "lines" for one story in each line; or empty.
	Columns   map[Meaning]int // Columns says which column has which meaning, by index; -1 is none.
}

// File is what was understood. Its JSON is what the preview of an import shows.
type File struct {
	Format    string    `json:"format"`    // Format is the identifier of what was recognised, such as "jira-csv"; see [Formats].
	Tracker   string    `json:"tracker"`   // Tracker is its name for people, such as "Jira".
	Encoding  string    `json:"encoding"`  // Encoding is one of [Encodings].
	Delimiter string    `json:"delimiter"` // Delimiter is the character between cells; empty where there is none.
	Columns   []Column  `json:"columns"`
	Total     int       `json:"total"`   // Total is the number of rows below the header that are not empty.
	Skipped   []Skipped `json:"skipped"` // Skipped are those that are no story, in their order.
	Warnings  []Warning `json:"warnings"`
	Stories   []Story   `json:"stories"` // Stories are the other rows, in their order.

	origin origin
}

// Column is one column as it was understood.
type Column struct {
	Index   int     `json:"index"` // Index counts from 0.
	Name    string  `json:"name"`
	Unnamed bool    `json:"unnamed,omitempty"` // Unnamed says that the file has no names of columns: Name is made of the place, as in "Column A".
	Meaning Meaning `json:"meaning"`           // Meaning is empty, or null in JSON, for a column that is not read.
	Sample  string  `json:"sample"`            // Sample is the first filled cell, on one line, cut to 80 characters.
}

// Skipped is a row that is no story.
type Skipped struct {
	Row    int    `json:"row"` // Row counts from 1, the header included.
	Reason string `json:"reason"`
}

// Story is a row that was understood. All of it is text a person can read, within the limits of this package.
type Story struct {
	Row         int    `json:"row"` // Row counts from 1, the header included.
	Key         string `json:"key"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Type        string `json:"type"`
	Status      string `json:"status"`           // Status is the tracker's own, in its language.
	Done        bool   `json:"done"`             // Done says that the tracker counts the story as finished, as far as its file says so.
	Points      string `json:"points,omitempty"` // Points is a number with a decimal point, or a size such as "M"; empty is not estimated, which 0 is.
	URL         string `json:"url,omitempty"`    // URL is an http or https address.
	Parent      string `json:"parent,omitempty"` // Parent is a key where the file has one, else a name.
	Sprint      string `json:"sprint,omitempty"` // Sprint is the latest, if there are several.
}

// Filter says which stories are wanted. An empty list wants all; letters may be of either case.
type Filter struct {
	Types    []string
	Statuses []string
	Sprints  []string
	Open     bool // Open leaves out what is done.
}

// Match reports whether the story is wanted.
func (f Filter) Match(s Story) bool {
	return !(f.Open && s.Done) && among(f.Types, s.Type) && among(f.Statuses, s.Status) && among(f.Sprints, s.Sprint)
}

// Select returns the stories that are wanted, in their order.
func (f *File) Select(filter Filter) []Story {
	var chosen []Story
	for _, s := range f.Stories {
		if filter.Match(s) {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

func among(wanted []string, value string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, value) })
}
