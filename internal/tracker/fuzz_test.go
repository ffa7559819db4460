package tracker_test

import (
	"bytes"
	"errors"
	"slices"
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
	addDrawnTables(f)
	addWorkbooks(f)
}

// addDrawnTables adds what databases and commands print for people.
func addDrawnTables(f *testing.F) {
	f.Helper()
	for _, text := range []string{
		"  key   |   title    | points \n--------+------------+--------\n BOAT-7 | Show      +|      5\n        | free boats | \n BOAT-8 | Print      |       \n(2 rows)\n\n",
		"mysql> select * from a;\n+-----+---------+------+\n| key | title   | size |\n+-----+---------+------+\n| A-7 | a b     |    5 |\n| A-8 | 船 見 | NULL |\n+-----+---------+------+\n2 rows in set (0.00 sec)\n",
		"┌─────┬───────┐\n│ key │ title │\n├─────┼───────┤\n│ A-7 │ a b   │\n│     │ c     │\n└─────┴───────┘\n",
		"┌─────────┬─────────┐\n│   key   │  title  │\n│ varchar │ varchar │\n├─────────┼─────────┤\n│ A-7     │ a b     │\n│  ·      │  ·      │\n├─────────┴─────────┤\n│ 9 rows            │\n└───────────────────┘\n",
		"┌─────────┬───────┐\n│ (index) │ title │\n├─────────┼───────┤\n│ 0       │ 'a b' │\n└─────────┴───────┘\n",
		"ID    Work Item Type    Title    Story Points\n----  ----------------  -------  --------------\n7     User Story        a b      5\n8     Bug               船 c\n",
		"====  =====\nKey   Title\n====  =====\nA-7   a b\n====  =====\n",
		"| Key | Story Points |\n|-----+--------------|\n| A-7 | 5 |\n", "\x1b[1m+--+--+\x1b[0m\n|id|title|\n+--+--+\n|7|\x1b[31ma\x1b[0m b|\n+--+--+\n",
		"1;a b;3\n2;c d;5\n;Summe;8\n", "1.1\ta b\n1.2\tc d\n", "Title\n#1 a\n",
	} {
		f.Add([]byte(text))
	}
}

// addWorkbooks adds workbooks that say in few bytes what is in many cells.
func addWorkbooks(f *testing.F) {
	f.Helper()
	repeated := `<table:table><table:table-row><table:table-cell><text:p>Title</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="3"><table:table-cell table:formula="of:=1" table:number-columns-repeated="2"/><table:covered-table-cell/></table:table-row></table:table>`
	f.Add(document(f, repeated))
	f.Add([]byte(strings.ReplaceAll(documentXML(repeated), "office:document-content", "office:document")))
	f.Add(workbook(f, `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Epic</t></is></c></row><row r="2"><c r="A2" t="str"><f>B2</f><v>a b</v></c><c r="B2" t="s"><v>1</v></c></row><row r="3"><c r="A3" t="s"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="B2:B3"/></mergeCells></worksheet>`, `<sst><si><t>Title</t></si><si><r><t>c </t></r><r><t>d</t></r></si></sst>`))
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
		if again, err := tracker.Read(data, tracker.Options{}); err != nil || !slices.Equal(again.Stories, file.Stories) {
			t.Fatalf("read a second time, it is another list: %v", err)
		}
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
	row, keys := -1, map[string]bool{}
	for _, s := range file.Stories {
		if key := strings.ToUpper(s.Key); key != "" && keys[key] {
			t.Errorf("the key %q is there twice", s.Key)
		} else {
			keys[key] = true
		}
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
