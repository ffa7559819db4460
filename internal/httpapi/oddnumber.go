package httpapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// oddNumber finds the number for which a body, that is JSON and has the right types, could not be decoded: one that is out of range, or a whole number that is not written as one. It returns the
// field's name; empty if there is none, and of a body that does not parse.
func oddNumber(body any) string {
	text, _ := body.(string)
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if !json.Valid([]byte(text)) || d.Decode(&v) != nil {
		return ""
	}
	return oddNumberIn(v, "")
}

func oddNumberIn(v any, at string) (found string) {
	switch v := v.(type) {
	case json.Number:
		if isOdd(string(v)) {
			return at
		}
	case []any:
		for i, inner := range v {
			if found = oddNumberIn(inner, fmt.Sprintf("%s[%d]", at, i)); found != "" {
				return found
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if found = oddNumberIn(v[name], strings.TrimPrefix(at+"."+name, ".")); found != "" {
				return found
			}
		}
	}
	return ""
}

func isOdd(number string) bool {
	if _, err := strconv.Atoi(number); err == nil {
		return false
	}
	n, err := strconv.ParseFloat(number, 64)
	return err != nil || n == math.Trunc(n)
}
