package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/joho/godotenv"
)

// sources are the values that may stand outside the command line, by environment name; none of them is empty. err says what kept .env from
// being read, lost what keeps a value of .env from being used.
type sources struct {
	values map[string]string
	lost   map[string]error
	err    error
}

// readSources overlays dir's .env with env (as of [os.Environ]).
func readSources(env []string, dir string) *sources {
	s := &sources{values: map[string]string{}}
	file, err := s.readDotenv(filepath.Join(dir, ".env"))
	s.err = err
	for name, value := range file {
		s.set(name, value)
	}
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		if s.set(name, value) {
			delete(s.lost, name)
		}
	}
	return s
}

// set reports whether there was something to set.
func (s *sources) set(name, value string) bool {
	if value = strings.TrimSpace(value); value != "" {
		s.values[name] = value
	}
	return value != ""
}

// get is a value that is used; one that lost a part in .env makes [sources.Validate] fail. A file may be shared with programs whose lines are none of ours.
func (s *sources) get(name string) (string, bool) {
	if err := s.lost[name]; err != nil && s.err == nil {
		s.err = err
	}
	value, ok := s.values[name]
	return value, ok
}

// readDotenv reads one file. No file is no settings.
func (s *sources) readDotenv(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read settings: %w", err)
	}
	values, ok := parseDotenv(text)
	if !ok {
		line := firstBadLine(text, func(part []byte) bool { _, ok := parseDotenv(part); return ok })
		return nil, fmt.Errorf(`%s line %d is not NAME=value (a value with # or line breaks needs "quotes", and quotes their end)`, path, line)
	}
	s.lost = make(map[string]error)
	for name := range losers(text, values) {
		line := firstBadLine(text, func(part []byte) bool {
			values, ok := parseDotenv(part)
			return ok && !losers(part, values)[name]
		})
		s.lost[name] = fmt.Errorf(`%s line %d has a $ before something that no line above it gives a value; it would be left out (a value with $ needs 'single quotes')`, path, line)
	}
	return values, nil
}

// parseDotenv leaves the library's own message out: it quotes the rest of the file, secrets included.
func parseDotenv(text []byte) (map[string]string, bool) {
	values, err := godotenv.UnmarshalBytes(append(bytes.Clone(text), '\n'))
	_, nameless := values[""]
	return values, err == nil && !nameless
}

var reference = regexp.MustCompile(`\$\(?\{?([A-Z0-9_]+)`)

// losers are the names whose values the library left something out of, as it does without a word with $NAME, ${NAME} and $(NAME where the file has no NAME above. A password would be another one then.
// They are those whose values change when each such NAME is given one at the top.
func losers(text []byte, values map[string]string) map[string]bool {
	var top bytes.Buffer
	plain := bytes.ReplaceAll(text, []byte(`\`), nil) // as in double quotes
	for _, found := range append(reference.FindAllSubmatch(text, -1), reference.FindAllSubmatch(plain, -1)...) {
		fmt.Fprintf(&top, "%s='x'\n", found[1])
	}
	given, _ := parseDotenv(append(top.Bytes(), text...))
	lost := make(map[string]bool)
	for name, value := range values {
		if given[name] != value {
			lost[name] = true
		}
	}
	return lost
}

// firstBadLine is the line after the longest part, in whole lines, that is good.
func firstBadLine(text []byte, isGood func(part []byte) bool) int {
	line, good, end := 0, 0, 0
	for l := range bytes.Lines(text) {
		line++
		end += len(l)
		if isGood(text[:end]) {
			good = line
		}
	}
	return good + 1
}
