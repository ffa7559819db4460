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
	"net/url"
	"path"
	"strings"

	"github.com/magnapp/magnapp/internal/poker"
	"github.com/magnapp/magnapp/internal/tracker"
	"github.com/magnapp/magnapp/internal/view"
)

type (
	// exportInput is what an export takes.
	exportInput struct {
		Reading
		Format string `query:"format" default:"csv" enum:"csv,json,markdown,original,jira,azure" doc:"original: the file that was imported last, with the estimates in it. jira, azure: what these need to take the estimates over."`
		Field  string `query:"field" enum:"Story Points,Effort,Size" doc:"With azure: what the field for the points is called there. Story Points: Agile; Effort: Scrum and Basic; Size: CMMI."`
	}
	// fileAnswer is a file.
	fileAnswer struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte `contentType:"application/octet-stream"`
	}
	// exported is the file of the format json.
	exported struct {
		SessionID  string            `json:"session_id"`
		Name       string            `json:"name"`
		ExportedAt string            `json:"exported_at"`
		Version    int               `json:"version"`
		Stories    []view.WholeStory `json:"stories"`
		Rounds     []view.Round      `json:"rounds"`
	}
)

// The media types of exports.
const (
	typeCSV      = "text/csv; charset=utf-8"
	typeTSV      = "text/tab-separated-values"
	typeMarkdown = "text/markdown; charset=utf-8"
	typeWorkbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// export makes a file of what everybody who may read the session can see, also for a while after its end.
func (a *API) export(ctx context.Context, in *exportInput) (*fileAnswer, error) {
	s, _, err := a.readKept(ctx, &in.Reading)
	if err != nil {
		return nil, err
	}
	switch in.Format {
	case "json":
		return a.exportJSON(s)
	case "markdown":
		return fileOf(s, "estimates.md", typeMarkdown, []byte(tracker.Markdown(s.Name, resultsOf(s)))), nil
	case "jira":
		return fileOf(s, "estimates for Jira.csv", typeCSV, tracker.JiraCSV(resultsOf(s))), nil
	case "azure":
		return fileOf(s, "estimates for Azure DevOps.csv", typeCSV, tracker.AzureCSV(resultsOf(s), in.Field)), nil
	case "original":
		return a.exportOriginal(ctx, s)
	}
	return fileOf(s, "estimates.csv", typeCSV, tracker.CSV(resultsOf(s))), nil
}

// fileOf is an answer with a file that is named after the session.
func fileOf(s *poker.Session, what, contentType string, body []byte) *fileAnswer {
	const most = 80 // characters of the session's name
	return named(strings.TrimSpace(safeName(s.Name, most)+" "+what), contentType, body)
}

// named is an answer with a file. The name is safe: see safeName.
func named(name, contentType string, body []byte) *fileAnswer {
	return &fileAnswer{ContentType: contentType, Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": name}), Body: body}
}

func (a *API) exportJSON(s *poker.Session) (*fileAnswer, error) {
	e := exported{SessionID: s.ID, Name: s.Name, ExportedAt: view.Time(a.Clock.Now()), Version: s.Stories.Revision(), Stories: []view.WholeStory{}, Rounds: view.OfRounds(s)}
	if s.Stories != nil {
		for _, story := range s.Stories.Stories {
			e.Stories = append(e.Stories, view.OfWholeStory(story))
		}
	}
	body, err := json.MarshalIndent(e, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode an export: %w", err)
	}
	return fileOf(s, "estimates.json", "application/json", append(body, '\n')), nil
}

// resultsOf is what has become of each story. Of votes it has only the statistics of completed rounds, as the view shows them.
func resultsOf(s *poker.Session) []tracker.Result {
	results := []tracker.Result{}
	if s.Stories == nil {
		return results
	}
	places := make(map[string]int, s.Stories.Len())
	for i, story := range s.Stories.Stories {
		places[story.ID] = i
		r := tracker.Result{Key: story.Key, Title: story.Title, Type: story.Type, Rounds: story.Rounds, URL: story.URL}
		if story.Estimate != nil {
			r.Estimate = *story.Estimate
		}
		results = append(results, r)
	}
	for _, round := range s.Rounds {
		i, ok := places[round.StoryID]
		if !ok {
			continue
		}
		r := &results[i]
		r.Seconds += round.CompletedAt.Sub(round.StartedAt).Seconds()
		if statistics := view.OfStatistics(round.Statistics); statistics != nil {
			r.Average, r.Votes = statistics.Average, statistics.TotalVotes
		}
	}
	return results
}

// exportOriginal gives the file back that was imported last.
func (a *API) exportOriginal(ctx context.Context, s *poker.Session) (*fileAnswer, error) {
	if !s.File.Kept() {
		return nil, whyNoOriginal(s.File)
	}
	end, err := a.files.begin(callerOf(ctx).address())
	if err != nil {
		return nil, err
	}
	defer end()
	var body []byte
	if waiting := a.files.decode(ctx, func() { body, err = originalOf(s) }); waiting != nil {
		return nil, waiting
	}
	var e *tracker.Error
	if errors.As(err, &e) {
		return nil, noOriginal(capitalized(e.Error()))
	}
	if err != nil {
		return nil, a.fail(callerOf(ctx), err)
	}
	if s.File.Name == "" {
		return fileOf(s, "original"+endingOf(body), typeOfOriginal("", body), body), nil
	}
	return named(s.File.Name, typeOfOriginal(s.File.Name, body), body), nil
}

// originalOf is the imported file with the estimates of the stories in it.
func originalOf(s *poker.Session) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(s.File.Data)), tracker.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("unpack the file: %w", err)
	}
	query, err := url.ParseQuery(s.File.Reading)
	if err != nil {
		return nil, fmt.Errorf("read how the file was read: %w", err)
	}
	reading, err := parseReading(query)
	if err != nil {
		return nil, err
	}
	file, err := tracker.Read(data, reading)
	if err != nil {
		return nil, err
	}
	return file.Original(estimatesOf(s, file))
}

// estimatesOf are the estimates of all stories that have one, with their rows in the file. A story that came with the file has its row, whatever has been made of its texts since; another is
// found by its key.
func estimatesOf(s *poker.Session, f *tracker.File) []tracker.Estimate {
	rows, keys := make(map[string]int, len(s.File.Rows)), make(map[int]string, len(f.Stories))
	for _, row := range s.File.Rows {
		rows[row.StoryID] = row.Row
	}
	for i := range f.Stories {
		keys[f.Stories[i].Row] = f.Stories[i].Key
	}
	var estimates []tracker.Estimate
	if s.Stories == nil {
		return nil
	}
	for _, story := range s.Stories.Stories {
		if story.Estimate == nil {
			continue
		}
		e := tracker.Estimate{Key: story.Key, Row: rows[story.ID], Value: *story.Estimate}
		if e.Row > 0 {
			e.Key = keys[e.Row]
		}
		estimates = append(estimates, e)
	}
	return estimates
}

func isWorkbook(body []byte) bool { return bytes.HasPrefix(body, []byte("PK")) }

func endingOf(body []byte) string {
	if isWorkbook(body) {
		return ".xlsx"
	}
	return ".csv"
}

// typeOfOriginal is the media type of a file that was imported. How its letters are encoded is its own affair.
func typeOfOriginal(name string, body []byte) string {
	switch {
	case isWorkbook(body):
		return typeWorkbook
	case strings.EqualFold(path.Ext(name), ".tsv"):
		return typeTSV
	}
	return "text/csv"
}

// whyNoOriginal says why no file can be given back. f is nil if none was imported.
func whyNoOriginal(f *poker.File) *Problem {
	switch {
	case f == nil:
		return noOriginal("No file was imported into this session. Import one, or export another format.")
	case f.Missing == poker.FileNotWritable:
		return noOriginal("Estimates cannot be written into the file that was imported, and no tracker would take it back. Export another format, or import the stories from a CSV or XLSX file: those that are on the list are not added again.")
	}
	return noOriginal("The file that was imported was too large to be kept with the session. Export another format, or import a file with fewer columns or rows: stories that are on the list are not added again.")
}

func noOriginal(detail string) *Problem {
	return problem(http.StatusConflict, "No file to give back", detail)
}
