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
