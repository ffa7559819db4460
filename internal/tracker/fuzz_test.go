package tracker_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/magnapp/magnapp/internal/tracker"
)

// addSamples are what fuzzing starts from.
func addSamples(f *testing.F) {
	f.Helper()
	for _, name := range samples(f) {
		f.Add(sample(f, name))
	}
	flat := strings.ReplaceAll(documentXML(documentSheet("a", "ta1", []string{"Key", "Title"}, []string{"B-7", `<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="2" table:number-rows-spanned="2"><text:p>07<text:s/></text:p></table:table-cell>`})), "office:document-content", "office:document")
	f.Add([]byte(flat))
	for _, b := range []string{"sep=;\na;b\n", "PK\x03\x04", "<rss version=\"0.92\"><channel><item><key>a</key></item></channel></rss>", `{"cards":[{"name":"(5) a"}],"lists":[]}`, "[{\"title\":\"a\"}]\n", "- [x] a\n", "|a|\n|-|\n|b|\n", "\xFE\xFF\x00a\x00,\x00b\x00\n\x00c",
		`{"title":{"0":"a","1":"b"},"id":{"0":1,"1":2}}`, `{"a-1":{"title":"a"}}`, `{"columns":["id","title"],"data":[[1,"a"]]}`, `[["id","title"],[1,"a"]]`, `{"data":{"x":{"nodes":[{"title":"a"}]}}}`,
		"# a\n\n| id | title |\n| - | - |\n| [7](https://a.example) | b \\| c |\n", "KEY\t\tTITLE\nA-1\t\tb\n", "7\tOPEN\ta\n8\tOPEN\tb\n", "Title\n\"a, b\"\n", "+--+--+\n|id|title|\n+==+==+\n| 1|a b|\n|  |c|\n+--+--+\n| 2|d|\n+--+--+\n", "┏━━┳━━━━━━━┓\n┃id┃ title ┃\n┡━━╇━━━━━━━┩\n│ 1│ a bcd │\n│  │ e     │\n└──┴───────┘\n", "id  title\n--  -----\n1   a b\n", "1,a b\n2,c d\n", "id,title,points\n1,a,3\n2,b,5\n,Total,8\n", "id,title\n1.0,a\n,b\n"} {
		f.Add([]byte(b))
	}
}

// FuzzRead holds what everybody relies on, whatever the bytes: an error of ours or a file within the limits, in which each row is accounted for,
// and an original that is the same.
func FuzzRead(f *testing.F) {
	addSamples(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := tracker.Read(data, tracker.Options{})
		if err != nil {
			var e *tracker.Error
			if !errors.As(err, &e) || e.Problem == "" || e.Advice == "" || file != nil {
				t.Fatalf("no error of ours: %v", err)
			}
			return
		}
		checkFile(t, file)
		if same, err := file.Original(nil); err != nil || !bytes.Equal(same, data) {
			t.Fatalf("the original is another: %v", err)
		}
		estimates := make([]tracker.Estimate, 0, len(file.Stories))
		for _, s := range file.Stories {
			estimates = append(estimates, tracker.Estimate{Row: s.Row, Value: "21"})
		}
		if _, err := file.Original(estimates); err != nil {
			var e *tracker.Error
			if !errors.As(err, &e) {
				t.Fatalf("no error of ours: %v", err)
			}
		}
	})
}

func checkFile(t *testing.T, file *tracker.File) {
	t.Helper()
	if file.Total != len(file.Stories)+len(file.Skipped) {
		t.Errorf("%d rows, %d stories, %d skipped", file.Total, len(file.Stories), len(file.Skipped))
	}
	row := -1
	for _, s := range file.Stories {
		if s.Row <= row {
			t.Errorf("row %d after row %d", s.Row, row)
		}
		row = s.Row
		for _, field := range []struct {
			text  string
			limit int
		}{{s.Key, tracker.MaxKey}, {s.Title, tracker.MaxTitle}, {s.Type, tracker.MaxType}, {s.Status, tracker.MaxStatus}, {s.Points, tracker.MaxPoints}, {s.Parent, tracker.MaxName}, {s.Sprint, tracker.MaxName}, {s.URL, tracker.MaxURL}} {
			if !utf8.ValidString(field.text) || utf8.RuneCountInString(field.text) > field.limit || strings.ContainsFunc(field.text, unicode.IsControl) {
				t.Errorf("%q has no place in a field of %d characters", field.text, field.limit)
			}
		}
		if s.Title == "" || strings.TrimSpace(s.Title) != s.Title {
			t.Errorf("the title %q", s.Title)
		}
		if s.URL != "" && !strings.HasPrefix(strings.ToLower(s.URL), "http") {
			t.Errorf("the address %q", s.URL)
		}
		if !utf8.ValidString(s.Description) || utf8.RuneCountInString(s.Description) > tracker.MaxDescription || strings.ContainsFunc(s.Description, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			t.Errorf("the description %q", s.Description)
		}
	}
}

// FuzzTable writes stories as a table, as trackers do, and reads them back: what was in the cells is what the stories have.
func FuzzTable(f *testing.F) {
	f.Add("Show free boats, by day", "As a guest\n\n- one", "5", byte(','))
	f.Add(`"quick" fix`, "h2. Why", "", byte(';'))
	f.Add("=1+1", "", "0.5", byte('\t'))
	f.Fuzz(func(t *testing.T, title, description, points string, delimiter byte) {
		separators := []string{",", ";", "\t"}
		separator := separators[int(delimiter)%len(separators)]
		quote := func(cell string) string { return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"` }
		row := func(cells ...string) string { return strings.Join(cells, separator) + "\n" }
		text := row("Summary", "Issue key", "Issue id", "Description", "Story Points") +
			row(quote(title), "A-1", "1", quote(description), quote(points)) + row("b", "A-2", "2", "", "3")
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return
		}
		file, err := tracker.Read([]byte(text), tracker.Options{})
		if err != nil {
			t.Fatalf("%v\n%q", err, text)
		}
		checkFile(t, file)
		last := file.Stories[len(file.Stories)-1]
		if file.Format != "jira-csv" || last.Key != "A-2" || last.Row != 3 || last.Points != "3" {
			t.Errorf("%s, %+v\n%q", file.Format, last, text)
		}
	})
}
