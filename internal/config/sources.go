package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	values, ok := parseDotenv(text)
	if !ok {
		// The library's own message quotes the rest of the file, secrets included.
		return nil, fmt.Errorf(`%s line %d is not NAME=value (a value with # or line breaks needs "quotes", and quotes their end)`, path, firstBadLine(text))
	}
	return values, nil
}

func parseDotenv(text []byte) (map[string]string, bool) {
	values, err := godotenv.UnmarshalBytes(append(bytes.Clone(text), '\n'))
	_, nameless := values[""]
	return values, err == nil && !nameless
}

// firstBadLine is the line after the longest part, in whole lines, that can be read.
func firstBadLine(text []byte) int {
	line, good, end := 0, 0, 0
	for l := range bytes.Lines(text) {
		line++
		end += len(l)
		if _, ok := parseDotenv(text[:end]); ok {
			good = line
		}
	}
	return good + 1
}
