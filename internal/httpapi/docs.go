package httpapi

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/magnapp/magnapp/internal/view"
)

//go:embed docs.html
var docsTemplate string

//go:embed docs.css
var docsStyle string

// docs serves the documentation for people, made from the OpenAPI document at the first request. It loads nothing from another host.
func (a *API) docs() http.Handler {
	render := sync.OnceValues(a.renderDocs)
	sum := sha256.Sum256([]byte(docsStyle))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, err := render()
		if err != nil {
			a.writeProblem(w, r, a.fail(exchangeOf(w), err))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		_, _ = w.Write(page) // the client may be gone
	})
}

type docsPage struct {
	Title, Version, Description string
	Style                       template.CSS
	Groups                      []docsGroup
	Schemas                     []docsSchema
	Events                      []docsEvent
	Problems                    []*Problem
}

type docsGroup struct {
	Name  string
	Calls []docsCall
}

type docsCall struct {
	Method, Path, Summary string
	Parameters            []*huma.Param
	Body, Answer          string // names of schemas
	BodyRequired          bool
	Statuses              []string
}

type docsSchema struct {
	Name   string
	Fields []docsField
}

type docsField struct{ Name, Type, Doc string }

type docsEvent struct{ Name, When, Data string }

func (a *API) renderDocs() ([]byte, error) {
	t, err := template.New("docs").Parse(docsTemplate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, a.docsPage())
	return b.Bytes(), err
}

func (a *API) docsPage() docsPage {
	doc := a.huma.OpenAPI()
	page := docsPage{Title: doc.Info.Title, Version: doc.Info.Version, Description: doc.Info.Description, Style: template.CSS(docsStyle), Events: docsEvents(), Problems: docsProblems()} //nolint:gosec // our own style sheet
	for _, name := range []string{"Sessions", "Streams", "Operation"} {
		page.Groups = append(page.Groups, docsGroup{Name: name, Calls: docsCalls(doc, name)})
	}
	schemas := doc.Components.Schemas.Map()
	names := make([]string, 0, len(schemas))
	for name := range schemas {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		page.Schemas = append(page.Schemas, docsSchema{Name: name, Fields: docsFields(schemas[name])})
	}
	return page
}

func docsCalls(doc *huma.OpenAPI, tag string) []docsCall {
	var calls []docsCall
	for path, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Delete} {
			if op != nil && slices.Contains(op.Tags, tag) {
				calls = append(calls, docsCallOf(path, op))
			}
		}
	}
	slices.SortFunc(calls, func(a, b docsCall) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
	return calls
}

func docsCallOf(path string, op *huma.Operation) docsCall {
	c := docsCall{Method: op.Method, Path: path, Summary: op.Summary, Parameters: op.Parameters}
	if op.RequestBody != nil {
		c.BodyRequired = op.RequestBody.Required
		c.Body = contentName(op.RequestBody.Content)
	}
	for status, response := range op.Responses {
		if status == "200" {
			c.Answer = contentName(response.Content)
		} else {
			c.Statuses = append(c.Statuses, status)
		}
	}
	slices.Sort(c.Statuses)
	return c
}

func contentName(content map[string]*huma.MediaType) string {
	for contentType, m := range content {
		if m.Schema != nil && strings.Contains(contentType, "json") {
			return typeName(m.Schema)
		}
	}
	return ""
}

func docsFields(s *huma.Schema) []docsField {
	var fields []docsField
	for name, p := range s.Properties {
		fields = append(fields, docsField{Name: name, Type: typeName(p), Doc: p.Description})
	}
	slices.SortFunc(fields, func(a, b docsField) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

func typeName(s *huma.Schema) string {
	name := s.Type
	switch {
	case s.Ref != "":
		name = s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case len(s.AnyOf) == 2: // see orNull
		name = typeName(s.AnyOf[0]) + " or null"
	case s.Items != nil:
		name = "list of " + typeName(s.Items)
	case s.Type == huma.TypeObject && s.AdditionalProperties != nil:
		if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
			name = "map to " + typeName(values)
		}
	}
	if s.Nullable {
		name += " or null"
	}
	return name
}

// docsEvents describes the events of streams, whose data OpenAPI cannot.
func docsEvents() []docsEvent {
	return []docsEvent{
		{view.SessionUpdated, "First on a stream; any change without an event of its own; resumed after a pause.", fieldsOf(view.Updated{})},
		{view.UserJoined, "Somebody joined, or came back online (reconnected).", fieldsOf(view.Joined{})},
		{view.UserLeft, "Somebody left or was kicked.", fieldsOf(view.Gone{})},
		{view.UserDisconnected, "The last stream of a participant closed.", fieldsOf(view.OfUser{})},
		{view.VotingStarted, "A round began.", fieldsOf(view.Started{})},
		{view.VoteSubmitted, "A first, changed or repeated vote. Never its value.", fieldsOf(view.OfUser{})},
		{view.VotesRevealed, "The cards turned.", fieldsOf(view.Revealed{})},
		{view.RoundCompleted, "An estimate was accepted or amended, or the next round began.", fieldsOf(view.Completed{})},
		{view.ScrumMasterChanged, "The role moved.", fieldsOf(view.MasterChanged{})},
		{view.SessionPaused, "The Scrum Master is away.", fieldsOf(view.Pause{})},
		{view.SessionExpired, "The last event of every stream.", fieldsOf(view.End{})},
		{view.SessionsUpdated, "On /api/sse: the list of open sessions, whole.", fieldsOf(view.List{})},
	}
}

func fieldsOf(data any) string {
	t := reflect.TypeOf(data)
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return strings.Join(names, ", ")
}
