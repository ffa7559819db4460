package poker

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what people type, in characters (Unicode code points).
const (
	MaxSessionName = 100
	MaxUserName    = 50
	MaxAvatar      = 200
	MaxTopic       = 500
)

// cleanName trims a name and checks it: 1 to max characters, no control characters, and something to be seen.
func cleanName(field, name string, max int) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", invalid(field, "%s must not be empty.", field)
	case utf8.RuneCountInString(name) > max:
		return "", invalid(field, "%s must have at most %d characters.", field, max)
	case strings.ContainsFunc(name, isControl):
		return "", invalid(field, "%s must not contain control characters or line breaks.", field)
	case !strings.ContainsFunc(name, isVisible):
		return "", invalid(field, "%s must have a character that can be seen.", field)
	}
	return name, nil
}

func checkAvatar(field, avatar string) error {
	if utf8.RuneCountInString(avatar) > MaxAvatar {
		return invalid(field, "%s must have at most %d characters.", field, MaxAvatar)
	}
	if strings.ContainsFunc(avatar, isControl) {
		return invalid(field, "%s must not contain control characters.", field)
	}
	return nil
}

func checkRole(r Role) error {
	if r != "" && r != Voter && r != Spectator {
		return invalid("role", "role must be voter or spectator.")
	}
	return nil
}

func checkTopic(topic *string) error {
	if topic == nil {
		return nil
	}
	return checkText("topic", *topic, MaxTopic)
}

// checkText checks a text of several lines.
func checkText(field, text string, most int) error {
	if utf8.RuneCountInString(text) > most {
		return invalid(field, "%s must have at most %d characters.", field, most)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return isControl(r) && r != '\n' && r != '\r' && r != '\t' }) {
		return invalid(field, "%s may contain line breaks and tabs, but no other control characters.", field)
	}
	return nil
}

// isVisible reports whether a character alone makes a mark. Blanks, marks that sit on another character, format characters and fillers do not.
func isVisible(r rune) bool {
	const brailleBlank = '\u2800'
	return r != brailleBlank && !unicode.In(r, unicode.Z, unicode.M, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point)
}

func isControl(r rune) bool { return unicode.Is(unicode.Cc, r) || r == '\u2028' || r == '\u2029' }
