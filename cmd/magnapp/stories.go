package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/magnapp/magnapp/internal/tracker"
)

// stories is the command that shows what an import would understand of a file, so that anyone can try theirs without a session.
type stories struct {
	File      string `arg:"" placeholder:"FILE" help:"An export of an issue tracker, a spreadsheet, or lines of text; - is the standard input."`
	JSON      bool   `name:"json" help:"Print everything as JSON."`
	Encoding  string `placeholder:"NAME" help:"How letters are encoded, if that is not found out rightly, such as windows-1251."`
	Delimiter string `placeholder:"CHARACTER" help:"What separates cells, if that is not found out rightly: a character, tab, or lines for one story in each line."`
}

// Run reads the file and prints what it has.
func (s *stories) Run(stdout io.Writer) error {
	data, err := readFile(s.File)
	if err != nil {
		return err
	}
	file, err := tracker.Read(data, tracker.Options{Name: filepath.Base(s.File), Encoding: s.Encoding, Delimiter: s.Delimiter})
	if err != nil {
		return fmt.Errorf("%s: %w", s.File, err)
	}
	if s.JSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(file)
	}
	return printFile(stdout, file)
}

// readFile reads no more than a little over what a file may have: the reader of files says what is too much.
func readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, tracker.MaxBytes+1))
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, tracker.MaxBytes+1))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return data, err
}

// printFile prints a file as tables. Everything that came from it is on one line and has no control characters.
func printFile(out io.Writer, f *tracker.File) error {
	fmt.Fprintf(out, "%s (%s), %s", f.Tracker, f.Format, f.Encoding)
	if f.Delimiter != "" {
		fmt.Fprintf(out, ", cells separated by %q", f.Delimiter)
	}
	fmt.Fprintf(out, ": %d stories of %d rows\n\n", len(f.Stories), f.Total)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "COLUMN\tNAME\tMEANING\tSAMPLE")
	for _, c := range f.Columns {
		if c.Meaning != "" {
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", c.Index, shorter(c.Name, 40), c.Meaning, shorter(c.Sample, 60))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(table, "\nROW\tKEY\tPOINTS\tTYPE\tSTATUS\tSPRINT\tTITLE")
	for _, s := range f.Stories {
		status := s.Status
		if s.Done {
			status += " (done)"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Row, s.Key, s.Points, shorter(s.Type, 20), shorter(status, 30), shorter(s.Sprint, 24), shorter(s.Title, 80))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, s := range f.Skipped {
		fmt.Fprintf(out, "skipped row %d: %s\n", s.Row, s.Reason)
	}
	for _, w := range f.Warnings {
		fmt.Fprintln(out, "note:", w)
	}
	return nil
}

// shorter is at most so many characters of a text.
func shorter(text string, limit int) string {
	letters := []rune(strings.TrimSpace(text))
	if len(letters) <= limit {
		return string(letters)
	}
	return string(letters[:limit-1]) + "…"
}
