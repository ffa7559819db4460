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
// being read.
type sources struct {
	values map[string]string
	err    error
}

// readSources overlays dir's .env with env (as of [os.Environ]).
func readSources(env []string, dir string) *sources {
	s := &sources{values: map[string]string{}}
	file, err := readDotenv(filepath.Join(dir, ".env"))
	s.err = err
	for name, value := range file {
		s.set(name, value)
	}
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		s.set(name, value)
	}
	return s
}

func (s *sources) set(name, value string) {
	if value = strings.TrimSpace(value); value != "" {
		s.values[name] = value
	}
}

// readDotenv reads one file. No file is no settings.
func readDotenv(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read settings: %w", err)
	}
	values, fault := parseDotenv(text)
	if fault != "" {
		return nil, fmt.Errorf("%s line %d %s", path, firstBadLine(text), fault)
	}
	return values, nil
}

// parseDotenv says with fault what is wrong; "" is nothing. The library's own message quotes the rest of the file, secrets included.
func parseDotenv(text []byte) (values map[string]string, fault string) {
	values, err := godotenv.UnmarshalBytes(append(bytes.Clone(text), '\n'))
	if _, nameless := values[""]; err != nil || nameless {
		return nil, `is not NAME=value (a value with # or line breaks needs "quotes", and quotes their end)`
	}
	if losesDollar(text, values) {
		return nil, `has a $ before something that no line above it gives a value; it would be left out (a value with $ needs 'single quotes')`
	}
	return values, ""
}

// instead stands for a $ where the library is not to put in the value of a name.
const instead = "\uE000"

var reference = regexp.MustCompile(`\\?` + instead + `\(?\{?([A-Z0-9_]+)`)

// losesDollar reports whether the library left a reference out, as it does without a word with $NAME, ${NAME} and $(NAME where the file has no NAME above. A password would be another one then.
func losesDollar(text []byte, values map[string]string) bool {
	kept, err := godotenv.UnmarshalBytes(append(bytes.ReplaceAll(text, []byte("$"), []byte(instead)), '\n'))
	if err != nil {
		return false
	}
	for name, value := range kept {
		if strings.ReplaceAll(value, instead, "$") == values[name] {
			continue
		}
		for _, found := range reference.FindAllStringSubmatch(value, -1) {
			if strings.HasPrefix(found[0], `\`) {
				continue
			}
			if put := values[found[1]]; put == "" || !strings.Contains(values[name], put) {
				return true
			}
		}
	}
	return false
}

// firstBadLine is the line after the longest part, in whole lines, that can be read.
func firstBadLine(text []byte) int {
	line, good, end := 0, 0, 0
	for l := range bytes.Lines(text) {
		line++
		end += len(l)
		if _, fault := parseDotenv(text[:end]); fault == "" {
			good = line
		}
	}
	return good + 1
}
