package tracker_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/tracker"
)

func TestTheDocumentListsEveryFormatWithItsSource(t *testing.T) {
	data, err := os.ReadFile("../../docs/files.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, known := range tracker.Formats() {
		for _, want := range []string{"(`" + known.Format + "`)", "| " + known.Source + " |"} {
			if !strings.Contains(text, want) {
				t.Errorf("docs/files.md lacks %q of %s", want, known.Tracker)
			}
		}
		if known.Format != "lines" && !strings.Contains(text, "| "+known.Menu+" |") {
			t.Errorf("docs/files.md lacks how to export from %s: %s", known.Tracker, known.Menu)
		}
	}
}

// The page says menu by menu how to export. A new format has to be said there, too.
func TestThePageSaysHowToExportFromEveryTracker(t *testing.T) {
	data, err := os.ReadFile("../../web/static/views/trackers.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, known := range tracker.Formats() {
		if known.Format != "lines" && !strings.Contains(string(data), "'"+known.Format+"'") {
			t.Errorf("the page does not say how to export from %s (%s)", known.Tracker, known.Format)
		}
	}
}

// The page says in the reader's language why a row is no story. A new reason has to be known there.
func TestThePageKnowsWhyARowIsNoStory(t *testing.T) {
	source, err := os.ReadFile("stories.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../web/static/importing.js")
	if err != nil {
		t.Fatal(err)
	}
	reasons := regexp.MustCompile(`b\.skip\("([^"]+)"\)`).FindAllStringSubmatch(string(source), -1)
	if len(reasons) < 7 {
		t.Fatalf("only %d reasons were found", len(reasons))
	}
	for _, reason := range reasons {
		if !strings.Contains(string(page), "'"+reason[1]+"': 'skip.") {
			t.Errorf("the page does not know %q", reason[1])
		}
	}
}
