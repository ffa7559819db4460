package tracker_test

import (
	"os"
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
