package httpapi

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/tracker"
)

// importStories is the handler of an import. A file is looked at last of all: who may not import it, or asks for it wrongly, is answered before it is received.
func (a *API) importStories(w http.ResponseWriter, r *http.Request) {
	answer, err := a.imported(w, r)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // as all other answers
	if err := encoder.Encode(answer); err != nil {
		a.refuse(w, r, err)
		return
	}
	w.Header()["Content-Type"] = jsonType
	w.Header()["Cache-Control"] = noStore
	_, _ = w.Write(b.Bytes()) // the client may be gone
}

func (a *API) imported(w http.ResponseWriter, r *http.Request) (*Imported, error) {
	x := exchangeOf(w)
	if r.ContentLength > tracker.MaxBytes {
		return nil, x.unreadableFile(r, errTooLarge)
	}
	if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); strings.HasPrefix(mediaType, "multipart/") {
		return nil, notFile()
	}
	in, err := parseImport(r.URL.Query())
	if err != nil {
		return nil, err
	}
	if err := x.keyed(r); err != nil {
		return nil, err
	}
	by, key := poker.By{UserID: in.userID}, x.key
	x.key, x.asked = "", "" // what is asked for is known when the file is here
	preview, err := a.doFor(r.Context(), x, r.PathValue("session_id"), poker.PreviewImport{By: by})
	if err != nil && (in.dryRun || !a.Rooms.Remembers(r.Context(), r.PathValue("session_id"), in.userID, key, &x.proof)) {
		return nil, err // unless it repeats an import that has been carried out
	}
	end, err := a.files.begin(x.address())
	if err != nil {
		return nil, err
	}
	defer end()
	if x.body, err = x.readFile(r); err != nil {
		return nil, err
	}
	if err := x.keyed(r); err != nil {
		return nil, err
	}
	c, err := a.readStories(r.Context(), x.body, &in)
	if err != nil {
		return nil, err
	}
	if in.dryRun {
		return c.answer(preview.Session, true), nil
	}
	if err := r.Context().Err(); err != nil { // whoever has given up shall not find stories later
		return nil, err
	}
	c.command.By, c.command.Before = by, in.before
	outcome, err := a.doFor(r.Context(), x, r.PathValue("session_id"), &c.command)
	if err != nil {
		return nil, err
	}
	c.command.Ref = outcome.Ref
	return c.answer(outcome.Session, false), nil
}

// readFile reads a body to its end. It has longer for that than others.
func (x *exchange) readFile(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	deadline := http.NewResponseController(x.ResponseWriter)
	_ = deadline.SetReadDeadline(time.Now().Add(uploadTimeout))                                  // where it cannot be set, the server's holds
	_ = deadline.SetWriteDeadline(time.Now().Add(uploadTimeout + decodeTimeout + answerTimeout)) // likewise
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(r.Body, tracker.MaxBytes+1))
	if err == nil && n > tracker.MaxBytes {
		err = errTooLarge
	}
	if err != nil {
		return nil, x.unreadableFile(r, err)
	}
	x.unread = false
	_ = deadline.SetReadDeadline(noDeadline) // the request has come whole
	return b.Bytes(), nil
}

// unreadableFile refuses a file that was not read to its end.
func (x *exchange) unreadableFile(r *http.Request, err error) error {
	refused := x.unreadable(r, err)
	if problemOf(refused).Status == http.StatusRequestEntityTooLarge {
		return fileTooLarge()
	}
	return refused
}

// candidates are the stories of a file, and what is to become of them.
type candidates struct {
	file    *tracker.File
	list    []poker.Candidate // of each story of the file
	command poker.ImportStories
	skipped []ImportSkipped // beside those that the file skips
	noCard  int             // stories whose points are no card
}

// readStories makes candidates of a file, when it is its turn.
func (a *API) readStories(ctx context.Context, data []byte, in *importQuery) (c *candidates, err error) {
	if waiting := a.files.decode(ctx, func() { c, err = candidatesOf(data, in) }); waiting != nil {
		return nil, waiting
	}
	return c, err
}

func candidatesOf(data []byte, in *importQuery) (*candidates, error) {
	file, err := tracker.Read(data, in.reading)
	if err != nil {
		return nil, fileProblem(err)
	}
	c := &candidates{file: file, list: make([]poker.Candidate, len(file.Stories))}
	seed := uuid.NewString()
	for i := range file.Stories {
		c.list[i] = c.candidate(i, seed, in)
	}
	c.command = poker.ImportStories{Candidates: c.list, Ref: seed}
	if !in.dryRun {
		c.command.File, err = keptFile(data, file, in.reading)
	}
	return c, err
}

// candidate is a story of the file as the list would have it. Its texts are copies only where they may come to stay.
func (c *candidates) candidate(i int, seed string, in *importQuery) poker.Candidate {
	s := &c.file.Stories[i]
	story := poker.Story{Key: s.Key, Title: s.Title}
	wanted := in.wants(*s)
	if wanted && !in.dryRun {
		story = poker.Story{ID: storyID(seed, i), Key: s.Key, Title: s.Title, Description: s.Description, Type: s.Type, URL: s.URL}
	}
	story, seen := story.Fitted()
	if !seen && wanted {
		c.skipped = append(c.skipped, ImportSkipped{Row: s.Row, Reason: "no title that can be seen"})
	}
	candidate := poker.Candidate{Row: s.Row, Wanted: wanted && seen, Story: story}
	if in.estimates {
		candidate.Points = s.Points
	}
	return candidate
}

// keptFile is the file as a session keeps it.
func keptFile(data []byte, f *tracker.File, reading tracker.Options) (poker.File, error) {
	kept := poker.File{Name: reading.Name, Format: f.Format, Reading: encodedReading(reading), Size: len(data)}
	if f.Returnable() != nil {
		kept.Missing = poker.FileNotWritable
		return kept, nil
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return kept, fmt.Errorf("compress a file: %w", err)
	}
	kept.Data = bytes.Clone(b.Bytes()) // without the room that the buffer has left
	return kept, nil
}

// answer says what was understood, and what has become of the stories, or would.
func (c *candidates) answer(s *poker.Session, dryRun bool) *Imported {
	a := understood(c.file)
	a.DryRun, a.Version, a.Room = dryRun, s.Stories.Revision(), poker.MaxStories-s.Stories.Len()
	a.Skipped, a.SkippedTotal = append(a.Skipped, c.skipped[:min(len(c.skipped), skippedShown-len(a.Skipped))]...), a.SkippedTotal+len(c.skipped)
	known := c.before(s).Known(c.list)
	for i := range c.list {
		if !c.list[i].Wanted {
			continue
		}
		a.Selected++
		on, existing := known[i], known[i] != nil
		if existing {
			a.Existing++
		} else if on = s.Stories.Story(c.list[i].Story.ID); on != nil || dryRun {
			a.Added++
			if _, ok := s.Deck.CardOf(c.list[i].Points); !ok && c.list[i].Points != "" {
				c.noCard++
			}
		}
		if len(a.Stories) < storiesShown {
			a.Stories = append(a.Stories, c.shown(i, on, existing, s.Deck))
		}
	}
	a.Original = c.file.Returnable() == nil
	if !dryRun && a.Original && !s.File.Kept() {
		a.Original = false
		a.warn(tracker.Warning{Code: notKept, Text: "The file is too large to be kept with the session: its original cannot be given back with the estimates. Import fewer columns or rows, or export another format."})
	}
	a.summarize(c)
	return &a
}

// before is the list without the stories that the import has added.
func (c *candidates) before(s *poker.Session) *poker.Backlog {
	if s.Stories == nil {
		return nil
	}
	added := make(map[string]bool)
	for i := range c.list {
		if c.list[i].Wanted {
			if c.list[i].Story.ID != "" {
				c.list[i].Story.ID = storyID(c.command.Ref, i) // which another try of the same request has chosen, if there was one
			}
			added[c.list[i].Story.ID] = true
		}
	}
	list := &poker.Backlog{}
	for _, story := range s.Stories.Stories {
		if !added[story.ID] {
			list.Stories = append(list.Stories, story)
		}
	}
	return list
}

// fileProblem is what a client gets of what the reader says about a file.
func fileProblem(err error) error {
	var e *tracker.Error
	switch {
	case !errors.As(err, &e):
		return err
	case e.Kind == tracker.BadOption:
		return invalidField(e.Option, e.Option+" does not fit this file. "+e.Advice)
	}
	p := fileNotUnderstood(e.Error())
	p.Row, p.Column, p.Reason = e.Row, e.Column, strings.ReplaceAll(string(e.Kind), "-", "_")
	return p
}

func fileNotUnderstood(detail string) *Problem {
	return problem(http.StatusUnprocessableEntity, "File not understood", capitalized(detail))
}

// capitalized begins a text with a large letter. It is in plain letters there.
func capitalized(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func fileTooLarge() *Problem {
	p := tooLarge()
	p.Detail = "A file may have at most 10 MB. Export fewer issues, or without comments and history."
	return p
}

func notFile() *Problem {
	p := notJSON()
	p.Detail = "Send the file itself as the body, and not a form with it; with curl: --data-binary @FILE."
	return p
}
