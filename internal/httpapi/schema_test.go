package httpapi_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func parsed(t *testing.T, body string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// faults says where a value is not as a schema has it. It knows as much of JSON Schema as our document uses.
func faults(doc, schema map[string]any, v any, at string) []string {
	if ref, ok := schema["$ref"].(string); ok {
		target, _ := dig(doc, strings.ReplaceAll(strings.TrimPrefix(ref, "#/"), "/", "."))
		schema, _ = target.(map[string]any)
	}
	for _, word := range []string{"anyOf", "oneOf"} {
		if choices, ok := schema[word].([]any); ok {
			if !slices.ContainsFunc(choices, func(c any) bool { return len(faults(doc, c.(map[string]any), v, at)) == 0 }) {
				return []string{fmt.Sprintf("%s: %v is none of %s", at, v, word)}
			}
			return nil
		}
	}
	if !allowed(schema["type"], kindOf(v)) {
		return []string{fmt.Sprintf("%s is %s, documented as %v", at, kindOf(v), schema["type"])}
	}
	if choices, ok := schema["enum"].([]any); ok && !slices.Contains(choices, v) {
		return []string{fmt.Sprintf("%s: %v is none of %v", at, v, choices)}
	}
	return slices.Concat(faultsOfObject(doc, schema, v, at), faultsOfList(doc, schema, v, at))
}

func faultsOfList(doc, schema map[string]any, v any, at string) (found []string) {
	list, _ := v.([]any)
	items, _ := schema["items"].(map[string]any)
	for i, item := range list {
		found = append(found, faults(doc, items, item, fmt.Sprintf("%s[%d]", at, i))...)
	}
	return found
}

func faultsOfObject(doc, schema map[string]any, v any, at string) (found []string) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := object[name.(string)]; !ok {
			found = append(found, fmt.Sprintf("%s.%s is missing", at, name))
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, value := range object {
		property, ok := properties[name].(map[string]any)
		if !ok {
			if property, ok = schema["additionalProperties"].(map[string]any); !ok {
				found = append(found, fmt.Sprintf("%s.%s is not documented", at, name))
				continue
			}
		}
		found = append(found, faults(doc, property, value, at+"."+name)...)
	}
	return found
}

func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

func allowed(types any, kind string) bool {
	is := func(t any) bool { return t == kind || t == "number" && kind == "integer" }
	if list, ok := types.([]any); ok {
		return slices.ContainsFunc(list, is)
	}
	return types == nil || is(types)
}
