package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/tracker"
)

func printStories(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	err := run(t.Context(), append([]string{"stories"}, args...), nil, &stdout, &stderr)
	return stdout.String(), err
}

func TestStoriesShowsWhatAnImportWouldUnderstand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "Untitled query.csv")
	text := "\xEF\xBB\xBFID,Work Item Type,Title,State,Effort\n\"7\",\"Bug\",\"Show \x1b[31mfree boats\",\"Done\",\"5\"\n\"8\",\"Bug\",,,\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := printStories(t, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Azure DevOps (azure-devops), utf-8", "1 stories of 2 rows", "Show [31mfree boats", "Done (done)", "skipped row 3: no title", "Effort"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "\x1b") {
		t.Error("a file can command the terminal")
	}

	got, err = printStories(t, "--json", file)
	var f tracker.File
	if err != nil || json.Unmarshal([]byte(got), &f) != nil || len(f.Stories) != 1 || f.Stories[0].Points != "5" || f.Columns[2].Meaning != tracker.Title {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestStoriesSaysWhatIsWrongWithAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "Jira.doc")
	if err := os.WriteFile(file, []byte("<html><title>Jira</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := printStories(t, file); err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "Export CSV") {
		t.Error(err)
	}
	if _, err := printStories(t, filepath.Join(t.TempDir(), "none.csv")); err == nil {
		t.Error("a file that does not exist was read")
	}
	if _, err := printStories(t, "--encoding=klingon", file); err == nil || !strings.Contains(err.Error(), "utf-8") {
		t.Error(err)
	}
}
