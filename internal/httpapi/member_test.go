package httpapi

import (
	"encoding/json"
	"testing"
)

// FuzzTextMember holds what is written by hand to encoding/json.
func FuzzTextMember(f *testing.F) {
	for _, body := range []string{
		`{"vote":"5"}`, ` { "vote" : "\u0035" , "x" : [ { "vote" : 1 } , "]" ] } `, `{"vote":"\"}"}`, `{"vote":5}`, `{"a":-1.5e3,"vote":"x"}`, `{"a":true,"vote":"a","vote":"b"}`, `{}`, `[]`, `"`,
		"{\"vote\":\"\xff\"}", `{"a":"\\","vote":"\\"}`, `{"vote":{"a":"}"}}`, `{"votes":"5"}`, ``,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		body := cleaned(sent, false)
		if body == nil { // null is no body
			return
		}
		got, found, err := textMember(body, "vote")
		var members map[string]json.RawMessage
		failed := json.Unmarshal(body, &members)
		raw, wanted := members["vote"]
		var want string
		if wanted && failed == nil {
			failed = json.Unmarshal(raw, &want)
		}
		switch {
		case (err != nil) != (failed != nil):
			t.Fatalf("%q: %v, by encoding/json %v", body, err, failed)
		case err == nil && (found != wanted || got != want):
			t.Fatalf("%q: another text than by encoding/json", body)
		}
	})
}
