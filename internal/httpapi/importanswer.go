package httpapi

import (
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/tracker"
)

type (
	// importInput is what an import takes, for the document.
	importInput struct {
		AsUser
		DryRun      bool     `query:"dry_run" doc:"true changes nothing: the answer is what an import would do. It needs the same right."`
		Name        string   `query:"name" doc:"The file's name, with which its original is given back."`
		Encoding    string   `query:"encoding" doc:"How letters are encoded, if that was not found out rightly: one of the names that the refusal of a wrong one lists."`
		Delimiter   string   `query:"delimiter" doc:"What separates cells, if that was not found out rightly: one character, tab, or lines for one story in each line."`
		Key         int      `query:"key" doc:"Which column has the keys: its index, counted from 0; -1: none. So for all meanings."`
		Title       int      `query:"title"`
		Description int      `query:"description"`
		Type        int      `query:"type"`
		Status      int      `query:"status"`
		Points      int      `query:"points"`
		URL         int      `query:"url"`
		Parent      int      `query:"parent"`
		Sprint      int      `query:"sprint"`
		Types       []string `query:"types,explode" doc:"Only stories of this type; may be given several times. Empty: those without one. So for statuses and sprints."`
		Statuses    []string `query:"statuses,explode"`
		Sprints     []string `query:"sprints,explode"`
		Open        bool     `query:"open" doc:"true: only what the tracker does not count as finished."`
		Rows        string   `query:"rows" doc:"Only these rows, with commas between, as the stories of a dry run have them."`
		Estimates   bool     `query:"estimates" doc:"true: points in the file that name a card of the deck become the estimate of the story."`
		Before      string   `query:"before" doc:"The story before which they are to stand; left out: at the end."`
		RawBody     []byte   `contentType:"application/octet-stream" doc:"The file, as it is, up to 10 MB. Its media type does not matter."`
	}
	// Imported is the answer of an import, or of a dry run of one.
	Imported struct {
		Done
		DryRun       bool            `json:"dry_run"`
		Version      int             `json:"version" doc:"Of the list."`
		Format       string          `json:"format" doc:"What kind of file it is, such as jira-csv."`
		Tracker      string          `json:"tracker" doc:"The same for people, such as Jira."`
		Encoding     string          `json:"encoding" doc:"How its letters are encoded; a workbook has utf-8."`
		Delimiter    string          `json:"delimiter" doc:"Empty where there is none."`
		Columns      []ImportColumn  `json:"columns"`
		Total        int             `json:"total" doc:"How many rows the file has, without headers and empty ones."`
		Selected     int             `json:"selected" doc:"How many stories of the file are asked for: those that the query lets through."`
		Added        int             `json:"added" doc:"How many of these were added, or would be."`
		Existing     int             `json:"existing" doc:"How many of these were on the list already."`
		Room         int             `json:"room" doc:"How many stories the session takes besides those on its list. If more would be added, the import is refused with 409."`
		Original     bool            `json:"original" doc:"The file is kept, or would be if there is room: an export of the format original gives it back."`
		Skipped      []ImportSkipped `json:"skipped" doc:"Rows that are no story, the first 500."`
		SkippedTotal int             `json:"skipped_total"`
		Warnings     []string        `json:"warnings" doc:"What to mind, in English."`
		Notes        []ImportNote    `json:"notes" doc:"The warnings once more, in the same order, for a client with words of its own."`
		Types        []ImportValue   `json:"types" doc:"What to choose from: the values of all stories of the file, in its order, at most 200. So for statuses and sprints."`
		Statuses     []ImportValue   `json:"statuses"`
		Sprints      []ImportValue   `json:"sprints"`
		Stories      []ImportedStory `json:"stories" doc:"Those that are asked for, in the order of the file, the first 1,000."`
	}
	// ImportColumn is a column of a file, as it was understood.
	ImportColumn struct {
		Index   int     `json:"index" doc:"Counted from 0."`
		Name    string  `json:"name"`
		Unnamed bool    `json:"unnamed" doc:"The file has no names of columns: this one is made of the place, in English."`
		Meaning *string `json:"meaning" doc:"key, title, description, type, status, points, url, parent or sprint; null: it is not read."`
		Sample  string  `json:"sample" doc:"The first cell that is filled, on one line, cut to 80 characters."`
	}
	// ImportSkipped is a row that is no story.
	ImportSkipped struct {
		Row    int    `json:"row" doc:"Counted from 1, headers included."`
		Reason string `json:"reason"`
	}
	// ImportNote is what a warning says.
	ImportNote struct {
		Code noteCode `json:"code"`
		N    int      `json:"n" doc:"How many rows, stories, sheets or formulas it is about; 0 where it counts nothing."`
		Max  int      `json:"max" doc:"How many there may be, or are: of characters, or of stories; 0 for none."`
		Row  int      `json:"row" doc:"The first that it is about, counted from 1; 0 for none."`
		Name string   `json:"name" doc:"Of a sheet, a column or a cell; empty for none."`
	}
	noteCode string
	// ImportValue is a type, a status or a sprint in a file.
	ImportValue struct {
		Value string `json:"value"`
		Count int    `json:"count" doc:"How many stories have it."`
	}
	// ImportedStory is a story of a file. Its description is left out.
	ImportedStory struct {
		Row      int     `json:"row" doc:"Counted from 1, headers included."`
		Key      string  `json:"key"`
		Title    string  `json:"title"`
		Type     string  `json:"type"`
		Status   string  `json:"status" doc:"As the tracker has it."`
		Done     bool    `json:"done" doc:"The tracker counts it as finished."`
		Points   string  `json:"points" doc:"As the file has them; empty for none."`
		URL      *string `json:"url"`
		Parent   string  `json:"parent"`
		Sprint   string  `json:"sprint"`
		Existing bool    `json:"existing" doc:"It was on the list already."`
		StoryID  *string `json:"story_id" doc:"Which story of the list it is; null: none yet, or not any more."`
		Estimate *string `json:"estimate" doc:"That of the story on the list, or with estimates=true the card that it would get."`
	}
)

// The codes of warnings besides those of the tracker's.
const (
	noRoom  = "no_room"
	noCard  = "no_card"
	notKept = "not_kept"
)

// Schema lists the codes that there are.
func (noteCode) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, code := range append(tracker.WarningCodes(), noRoom, noCard, notKept) {
		s.Enum = append(s.Enum, code)
	}
	return s
}

// The bounds of an answer.
const (
	storiesShown = 2 * poker.MaxStories
	skippedShown = 500
	valuesShown  = 200
)

// understood is the part of an answer that says what was understood of a file.
func understood(f *tracker.File) Imported {
	a := Imported{
		Format: f.Format, Tracker: f.Tracker, Encoding: f.Encoding, Delimiter: f.Delimiter, Total: f.Total,
		Columns: []ImportColumn{}, Skipped: []ImportSkipped{}, SkippedTotal: len(f.Skipped), Warnings: []string{}, Notes: []ImportNote{}, Stories: []ImportedStory{},
		Types: valuesOf(f, func(s *tracker.Story) string { return s.Type }), Statuses: valuesOf(f, func(s *tracker.Story) string { return s.Status }),
		Sprints: valuesOf(f, func(s *tracker.Story) string { return s.Sprint }),
	}
	for _, c := range f.Columns {
		column := ImportColumn{Index: c.Index, Name: c.Name, Unnamed: c.Unnamed, Sample: c.Sample}
		if c.Meaning != "" {
			meaning := string(c.Meaning)
			column.Meaning = &meaning
		}
		a.Columns = append(a.Columns, column)
	}
	for _, w := range f.Warnings {
		a.warn(w)
	}
	for _, s := range f.Skipped[:min(len(f.Skipped), skippedShown)] {
		a.Skipped = append(a.Skipped, ImportSkipped(s))
	}
	return a
}

// valuesOf counts the values of a field, in the order in which they come.
func valuesOf(f *tracker.File, field func(*tracker.Story) string) []ImportValue {
	values, place := []ImportValue{}, make(map[string]int)
	for i := range f.Stories {
		value := field(&f.Stories[i])
		at, known := place[value]
		if !known {
			if len(values) == valuesShown {
				continue
			}
			at = len(values)
			place[value] = at
			values = append(values, ImportValue{Value: value})
		}
		values[at].Count++
	}
	return values
}

// shown is a story of the file in an answer. on is the story of the list that it is; nil for none.
func (c *candidates) shown(i int, on *poker.Story, existing bool, deck *poker.Deck) ImportedStory {
	s := &c.file.Stories[i]
	shown := ImportedStory{
		Row: s.Row, Key: s.Key, Title: s.Title, Type: s.Type, Status: s.Status, Done: s.Done, Points: s.Points, URL: emptyIsNull(s.URL), Parent: s.Parent, Sprint: s.Sprint, Existing: existing,
	}
	if on != nil {
		shown.StoryID, shown.Estimate = &on.ID, on.Estimate
	} else if card, ok := deck.CardOf(c.list[i].Points); ok {
		shown.Estimate = &card.Value
	}
	return shown
}

func emptyIsNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// warn adds a warning.
func (a *Imported) warn(w tracker.Warning) {
	a.Warnings = append(a.Warnings, w.Text)
	a.Notes = append(a.Notes, ImportNote{Code: noteCode(w.Code), N: w.N, Max: w.Max, Row: w.Row, Name: w.Name})
}

// summarize says in words what has been done, or would be, and what to mind.
func (a *Imported) summarize(c *candidates) {
	a.Success, a.Message = true, counted(a.Added, "story has been added.", "stories have been added.")
	if a.DryRun {
		a.Message = counted(a.Added, "story would be added.", "stories would be added.")
		if a.Added > a.Room {
			a.warn(tracker.Warning{
				Code: noRoom, N: a.Added, Max: a.Room,
				Text: fmt.Sprintf("%d stories would be added, and the session takes %d more: choose by type, status, sprint or rows, or remove stories from the list.", a.Added, a.Room),
			})
		}
	}
	if c.noCard > 0 {
		a.warn(tracker.Warning{Code: noCard, N: c.noCard, Text: counted(c.noCard, "story has", "stories have") + " points that are no card of this session's deck: left without an estimate."})
	}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
