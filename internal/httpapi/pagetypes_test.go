package httpapi_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the types of the page anew")

// TestTypesOfThePage compares the types that the page is checked against with the OpenAPI document.
func TestTypesOfThePage(t *testing.T) {
	const path = "../../web/static/openapi.d.ts"
	answer := httptest.NewRecorder()
	newServer(t).ServeHTTP(answer, httptest.NewRequest("GET", "/openapi.json", nil))
	var doc struct{ Components struct{ Schemas schemas } }
	if err := json.Unmarshal(answer.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	want := doc.Components.Schemas.declarations()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the document says; run make golden (-want +got):\n%s", path, diff)
	}
}

// schema is as much of JSON Schema as the document uses.
type schema struct {
	Ref                  string `json:"$ref"`
	Type                 any    // a name, or a list of names
	Description          string
	Enum                 []any
	AnyOf, OneOf         []schema
	Items                *schema
	Properties           schemas
	Required             []string
	AdditionalProperties json.RawMessage // whether there are any, or their schema
}

type schemas map[string]schema

// declarations writes every component as TypeScript.
func (s schemas) declarations() string {
	var b strings.Builder
	b.WriteString("// Written by a test from the OpenAPI document; do not edit, run make golden.\n")
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if c := s[name]; c.Properties != nil {
			fmt.Fprintf(&b, "\nexport interface %s {\n%s}\n", name, c.members())
		} else {
			fmt.Fprintf(&b, "\nexport type %s = %s\n", name, c.typescript())
		}
	}
	return b.String()
}

func (s schema) members() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		if p.Description != "" {
			fmt.Fprintf(&b, "  /** %s */\n", strings.ReplaceAll(p.Description, "*/", "* /"))
		}
		optional := "?"
		if slices.Contains(s.Required, name) {
			optional = ""
		}
		fmt.Fprintf(&b, "  %s%s: %s\n", name, optional, p.typescript())
	}
	return b.String()
}

// typescript writes the schema as a type. A keyword that is not known here must not pass as "anything".
func (s schema) typescript() string {
	switch types, several := s.Type.([]any); {
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case s.AnyOf != nil || s.OneOf != nil:
		return union(slices.Concat(s.AnyOf, s.OneOf), schema.typescript)
	case s.Enum != nil:
		return union(s.Enum, quoted)
	case several:
		return union(types, s.basic)
	}
	return s.basic(s.Type)
}

func union[E any](parts []E, write func(E) string) string {
	var written []string
	for _, p := range parts {
		written = append(written, write(p))
	}
	return strings.Join(written, " | ")
}

func quoted(v any) string {
	b, _ := json.Marshal(v) // it came from JSON
	return string(b)
}

func (s schema) basic(name any) string {
	switch name {
	case "integer":
		return "number"
	case "string", "number", "boolean", "null":
		return name.(string)
	case "array":
		return "Array<" + s.Items.typescript() + ">"
	case "object":
		return s.object()
	}
	panic(fmt.Sprintf("a schema of a kind that is not known here: %+v", s))
}

func (s schema) object() string {
	if s.Properties != nil {
		return "{\n" + s.members() + "}"
	}
	var values schema
	if json.Unmarshal(s.AdditionalProperties, &values) != nil { // it is none: true or false
		return "Record<string, unknown>"
	}
	return "Record<string, " + values.typescript() + ">"
}
