package httpapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/magnapp/magnapp/internal/view"
)

// A list is never null here: without members it is empty.
func init() { huma.DefaultArrayNullable = false }

// How a credential is brought, as the document calls it.
const (
	tokenScheme  = "token"
	cookieScheme = "cookie"
)

// securityOf says which credentials a call takes: one of these, of which an empty one is none. What it does not mention needs none, and with AUTH=open nothing does.
func (a *API) securityOf(t trait) []map[string][]string {
	if a.AuthOpen {
		return nil
	}
	either := []map[string][]string{{tokenScheme: {}}, {cookieScheme: {}}}
	switch {
	case t&needsCredential != 0:
		return either
	case t&takesCredential != 0:
		return append([]map[string][]string{{}}, either...)
	}
	return nil
}

// documentEvents adds the data of events to the components, and EventData, which names the data of each type of event.
func (a *API) documentEvents() {
	schemas := a.huma.OpenAPI().Components.Schemas
	data := &huma.Schema{Type: huma.TypeObject, Description: "The data of the events of streams, by type.", Properties: map[string]*huma.Schema{}}
	for _, t := range view.Types() {
		of := reflect.TypeOf(t.Data)
		data.Properties[t.Name] = schemas.Schema(of, true, of.Name())
		data.Required = append(data.Required, t.Name)
	}
	schemas.Map()["EventData"] = data
}

// documentNulls says in the document which objects may be null, and that null is one of the words that stand for it. huma knows that of plain values only.
func (a *API) documentNulls() {
	doc := a.huma.OpenAPI()
	for _, schema := range doc.Components.Schemas.Map() {
		for _, name := range []string{"current_round", "statistics", "file"} {
			if property := schema.Properties[name]; property != nil {
				schema.Properties[name] = orNull(property)
			}
		}
		for _, property := range schema.Properties {
			if property.Nullable && len(property.Enum) > 0 {
				property.Enum = append(property.Enum, nil)
			}
		}
	}
	round := doc.Paths["/api/sessions/{session_id}/round"].Get.Responses["200"].Content["application/json"]
	round.Schema = orNull(round.Schema)
}

// documentFiles says in the document what kinds of files an export answers. huma knows that of JSON only.
func (a *API) documentFiles() {
	file := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	content := map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject, Description: "The stories and the completed rounds, whole."}}}
	for _, contentType := range []string{typeCSV, typeTSV, typeMarkdown, typeWorkbook} {
		mediaType, _, _ := strings.Cut(contentType, ";")
		content[mediaType] = file
	}
	a.huma.OpenAPI().Paths["/api/sessions/{session_id}/export"].Get.Responses["200"].Content = content
}

func orNull(s *huma.Schema) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{s, {Type: "null"}}, Description: s.Description}
}

// openAPI serves the document, as huma has gathered it. It is encoded once, for all who ask.
func (a *API) openAPI() http.Handler {
	encode := sync.OnceValues(func() ([]byte, error) { return json.Marshal(a.huma.OpenAPI()) })
	return constant("application/openapi+json", encode, a)
}

// constant serves what is made once and is the same for all who ask.
func constant(contentType string, made func() ([]byte, error), a *API) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(w)
		body, err := made()
		if err != nil {
			a.refuse(w, r, a.fail(x, err))
			return
		}
		x.shared = true
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body) // the client may be gone
	})
}
