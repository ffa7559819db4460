package tracker_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/tracker"
)

func results() []tracker.Result {
	average := 4.333333
	return []tracker.Result{
		{Key: "BOAT-7", Title: "Show free boats, by day", Type: "Story", Estimate: "5", Average: &average, Votes: 3, Rounds: 2, Seconds: 81.4, URL: "https://example.com/a|b"},
		{Key: "8", Title: `=HYPERLINK("https://example.com") | "once" <b>*x*</b> & co`, Type: "Bug", Estimate: "½", Rounds: 1},
		{Key: "9", Title: "-1 boats\nleft", Type: "@home"},
		{Title: "+1", Estimate: "coffee"},
		{Key: "10", Title: "-1", Estimate: "XL", Type: "Task"},
	}
}

func TestFilesOfOurOwn(t *testing.T) {
	golden(t, "export.csv", string(tracker.CSV(results())))
	golden(t, "export-jira.csv", string(tracker.JiraCSV(results())))
	golden(t, "export-azure.csv", string(tracker.AzureCSV(results(), tracker.AzureScrum)))
	golden(t, "export.md", tracker.Markdown("Sprint *12*", results()))
}

func TestOurOwnCSVIsGuardedAndCanBeImported(t *testing.T) {
	text := string(tracker.CSV(results()))
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 6 {
		t.Fatal(rows, err)
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") && cell != "-1" {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
	f := read(t, "", []byte(text))
	if len(f.Stories) != 5 || f.Stories[0].Key != "BOAT-7" || f.Stories[0].Points != "5" || f.Stories[0].URL == "" {
		t.Errorf("our own file is read as %+v", f.Stories)
	}
}
