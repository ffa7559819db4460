package httpapi

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// textMember finds the text that a JSON object has under a name, as encoding/json would: the last if there are several. The error says that it is no object, or no text. The object has
// been cleaned, so that names are in plain letters and nothing is null. It is written by hand for the body of a vote; nothing is allocated but the text.
func textMember(object []byte, name string) (text string, found bool, err error) {
	if object = bytes.TrimSpace(object); len(object) == 0 || object[0] != '{' || !json.Valid(object) {
		return "", false, notObject()
	}
	for rest := object[1:]; ; { // valid, so that it is enough to look for where things end
		rest = bytes.TrimLeft(rest, " \t\r\n,")
		if rest[0] == '}' {
			return text, found, err
		}
		key := rest[:stringEnd(rest)]
		rest = bytes.TrimLeft(rest[len(key):], " \t\r\n:")
		value := rest[:valueEnd(rest)]
		rest = rest[len(value):]
		if string(key[1:len(key)-1]) != name {
			continue
		}
		found, text, err = true, "", nil
		if value[0] != '"' {
			err = invalidField(name, name+": expected string.")
			continue
		}
		text = unquoted(value)
	}
}

// stringEnd is the length of the JSON string that the text begins with.
func stringEnd(s []byte) int {
	for i := 1; ; i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// valueEnd is the length of the JSON value that the text, the inside of an object, begins with.
func valueEnd(s []byte) int {
	depth := 0
	for i := 0; ; i++ {
		switch s[i] {
		case '"':
			i += stringEnd(s[i:]) - 1
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 { // of the object around it
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
}

// unquoted is what a JSON string means.
func unquoted(quoted []byte) string {
	inside := quoted[1 : len(quoted)-1]
	text := string(inside)
	if slices.Contains(inside, '\\') || !utf8.Valid(inside) {
		_ = json.Unmarshal(quoted, &text) // valid, and a text
	}
	return text
}
