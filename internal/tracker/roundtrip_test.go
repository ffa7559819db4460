package tracker_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"github.com/magnapp/magnapp/internal/tracker"
)

// isTable reports whether a sample is CSV or TSV.
func isTable(name string) bool { return slices.Contains([]string{".csv", ".tsv"}, filepath.Ext(name)) }

func TestWithoutEstimatesTheOriginalIsTheFile(t *testing.T) {
	for _, name := range samples(t) {
		data := sample(t, name)
		f := read(t, name, data)
		for _, none := range [][]tracker.Estimate{nil, {{Row: 2, Value: "?"}, {Row: 2, Value: "coffee"}, {Row: 3, Value: "=1+1"}, {Row: 3, Value: " "}, {Row: 3, Value: "a\tb"}}} {
			got, err := f.Original(none)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s comes back otherwise (%v)", name, err)
			}
		}
	}
}

// piece is a cell with its quotes, and what is between it and the next.
type piece struct{ cell, after string }

// pieces takes a text apart in the plainest manner: quotes open and close, whatever is doubled does both.
func pieces(text, delimiter string, quotes bool) [][]piece {
	rows := [][]piece{nil}
	cell, inside := "", false
	for i := 0; i < len(text); i++ {
		c := text[i : i+1]
		switch {
		case quotes && c == `"`:
			inside = !inside
			cell += c
		case !inside && c == delimiter:
			rows[len(rows)-1] = append(rows[len(rows)-1], piece{cell, c})
			cell = ""
		case !inside && (c == "\n" || c == "\r" && !strings.Contains(text, "\n")):
			bare := strings.TrimRight(cell, "\r")
			rows[len(rows)-1] = append(rows[len(rows)-1], piece{bare, cell[len(bare):] + c})
			rows, cell = append(rows, nil), ""
		default:
			cell += c
		}
	}
	if cell != "" || len(rows[len(rows)-1]) > 0 {
		rows[len(rows)-1] = append(rows[len(rows)-1], piece{cell, ""})
	}
	return rows
}

// plainText is a sample without its byte order mark, in UTF-8 if it was UTF-16.
func plainText(t *testing.T, data []byte) string {
	t.Helper()
	if bytes.HasPrefix(data, []byte("\xFF\xFE")) {
		data, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	text := strings.TrimPrefix(string(data), "\xEF\xBB\xBF")
	return strings.TrimPrefix(text, "sep=;\r\n") // spreadsheets do not count it
}

func TestWithEstimatesOnlyTheCellsOfThePointsDiffer(t *testing.T) {
	for _, name := range samples(t) {
		if isTable(name) && !strings.Contains(name, "wrapped") {
			t.Run(name, func(t *testing.T) { estimateEverySecond(t, name) })
		}
	}
}

// estimateEverySecond gives points to every second story of a sample, and looks at what comes back.
func estimateEverySecond(t *testing.T, name string) {
	t.Helper()
	data := sample(t, name)
	f := read(t, name, data)
	var estimates []tracker.Estimate
	rows, points := map[int]bool{}, map[int]string{}
	for i, s := range f.Stories {
		if i%2 == 0 {
			points[i] = fmt.Sprint(i + 20)
			estimates = append(estimates, tracker.Estimate{Key: s.Key, Row: s.Row, Value: points[i]})
			rows[s.Row] = true
		}
	}
	got, err := f.Original(estimates)
	if err != nil {
		t.Fatal(err)
	}
	c := comparison{T: t, file: f, estimated: rows, points: map[int]bool{}, adds: true}
	for _, column := range f.Columns {
		c.points[column.Index] = column.Meaning == tracker.Points
		c.adds = c.adds && column.Meaning != tracker.Points
	}
	c.compare(plainText(t, data), plainText(t, got))
	for i, s := range read(t, name, got).Stories {
		if want, ok := points[i]; ok && s.Points != want {
			t.Errorf("row %d comes back with %q, want %s", s.Row, s.Points, want)
		}
		was := f.Stories[i]
		if points[i] != "" || was.Points == "" { // a column that was added may be what others have as text
			s.Points = was.Points
		}
		if s != was {
			t.Errorf("another story comes back: %+v, was %+v", s, was)
		}
	}
}

// comparison holds a text against the one before it, cell by cell, and what is between the cells.
type comparison struct {
	*testing.T
	file      *tracker.File
	estimated map[int]bool // rows
	points    map[int]bool // columns
	adds      bool         // a column was added
	changed   int
}

func (c *comparison) compare(before, after string) {
	c.Helper()
	quotes := c.file.Format != "github-projects"
	was, is := pieces(before, c.file.Delimiter, quotes), pieces(after, c.file.Delimiter, quotes)
	if len(was) != len(is) {
		c.Fatalf("%d rows instead of %d", len(is), len(was))
	}
	for i := range was {
		c.row(i+1, was[i], is[i])
	}
	if !c.adds && c.changed == 0 && len(before) == len(after) {
		c.Error("nothing changed: this test sees nothing")
	}
}

func (c *comparison) row(row int, was, is []piece) {
	c.Helper()
	if len(is) < len(was) || !c.adds && len(is) > len(was) && !c.estimated[row] {
		c.Fatalf("row %d has %d cells, had %d", row, len(is), len(was))
	}
	for j := range is {
		if j < len(was) {
			c.cell(row, j, was[j], is[j], j == len(was)-1)
		} else if is[j].cell != "" && !(c.adds && j >= len(c.file.Columns)) && !c.points[j] {
			c.Errorf("row %d, column %d is new: %q", row, j+1, is[j].cell)
		}
	}
	if n := len(was); n > 0 && is[len(is)-1].after != was[n-1].after {
		c.Errorf("row %d ended in %q and ends in %q", row, was[n-1].after, is[len(is)-1].after)
	}
}

func (c *comparison) cell(row, column int, was, is piece, last bool) {
	c.Helper()
	if !last && is.after != was.after {
		c.Errorf("row %d, column %d was followed by %q and is by %q", row, column+1, was.after, is.after)
	}
	if is.cell == was.cell {
		return
	}
	c.changed++
	if !c.points[column] || !c.estimated[row] && !isAgain(c.file, row) {
		c.Errorf("row %d, column %d was %q and is %q", row, column+1, was.cell, is.cell)
	}
	if was.cell != "" && quoted(was.cell) != quoted(is.cell) {
		c.Errorf("row %d, column %d was %s and is %s", row, column+1, was.cell, is.cell)
	}
}

// isAgain reports whether the row has a story that stands on an earlier row too.
func isAgain(f *tracker.File, row int) bool {
	return slices.ContainsFunc(f.Skipped, func(s tracker.Skipped) bool {
		return s.Row == row && strings.HasPrefix(s.Reason, "the same key")
	})
}

func quoted(cell string) bool { return strings.HasPrefix(strings.TrimLeft(cell, " "), `"`) }

func TestPointsAreWrittenAsTheFileWritesThem(t *testing.T) {
	for name, c := range map[string]struct {
		file      string
		estimates []tracker.Estimate
		want      string
	}{
		"one decimal": {
			"Summary,Issue key,Issue id,Custom field (Story Points)\na,A-1,1,5.0\nb,A-2,2,\n",
			[]tracker.Estimate{{Key: "A-2", Value: "8"}, {Key: "A-1", Value: "½"}},
			"Summary,Issue key,Issue id,Custom field (Story Points)\na,A-1,1,0.5\nb,A-2,2,8.0\n",
		},
		"two decimals and a comma": {
			"#;Tracker;Thema;Story Points\n7;Bug;a;\"3,00\"\n8;Bug;b;\n",
			[]tracker.Estimate{{Key: "7", Value: "13"}, {Key: "8", Value: "0.5"}},
			"#;Tracker;Thema;Story Points\n7;Bug;a;\"13,00\"\n8;Bug;b;\"0,50\"\n",
		},
		"a comma among commas": {
			"#,Tracker,Emne,Subject,Story Points\n7,Bug,a,b,\"3,00\"\n8,Bug,b,c,\n",
			[]tracker.Estimate{{Key: "8", Value: "1"}},
			"#,Tracker,Emne,Subject,Story Points\n7,Bug,a,b,\"3,00\"\n8,Bug,b,c,\"1,00\"\n",
		},
		"values quoted, empty cells bare": {
			"ID,Work Item Type,Title,Story Points,Parent\n\"1\",\"Bug\",\"a\",,\n\"2\",\"Bug\",\"b\",,\"1\"",
			[]tracker.Estimate{{Key: "1", Value: "3"}, {Key: "2", Value: "5"}},
			"ID,Work Item Type,Title,Story Points,Parent\n\"1\",\"Bug\",\"a\",\"3\",\n\"2\",\"Bug\",\"b\",\"5\",\"1\"",
		},
		"the column that is filled in the row, else the one that most rows have": {
			"Summary,Issue key,Issue id,Custom field (Story Points),Custom field (Story point estimate)\na,A-1,1,5,\nb,A-2,2,,3\nc,A-3,3,,2\nd,A-4,4,,\n",
			[]tracker.Estimate{{Key: "A-1", Value: "1"}, {Key: "A-2", Value: "1"}, {Key: "A-4", Value: "8"}},
			"Summary,Issue key,Issue id,Custom field (Story Points),Custom field (Story point estimate)\na,A-1,1,1,\nb,A-2,2,,1\nc,A-3,3,,2\nd,A-4,4,,8\n",
		},
		"a new column, and rows of other lengths": {
			"Title,Issue key,Issue id\r\na,A-1,1\r\nb,A-2\r\nc,A-3\r\nd,A-4,4,x\r\n\r\n",
			[]tracker.Estimate{{Key: "A-1", Value: "5"}, {Key: "A-3", Value: "8"}},
			"Title,Issue key,Issue id,Story Points\r\na,A-1,1,5\r\nb,A-2\r\nc,A-3,,8\r\nd,A-4,4,x\r\n\r\n",
		},
		"a row that ends before its points": {
			"Title,Current State,Requested By,Id,Estimate,URL\na,started,r,1\nb,started,r,2,3,\nc,started,r,3,1,\n",
			[]tracker.Estimate{{Key: "1", Value: "2"}},
			"Title,Current State,Requested By,Id,Estimate,URL\na,started,r,1,2\nb,started,r,2,3,\nc,started,r,3,1,\n",
		},
		"a size that needs quotes": {
			"Title,Key,Size\na,A-1,M\nb,A-2,\"S, really\"\n",
			[]tracker.Estimate{{Key: "A-1", Value: `X"L,`}, {Key: "A-2", Value: "XL"}},
			"Title,Key,Size\na,A-1,\"X\"\"L,\"\nb,A-2,\"XL\"\n",
		},
		"a story on two rows": {
			"Task ID,Space Name,Task Name,Sprint Points\n8a,Boats,a,1\n8A,Boats,a,1\n",
			[]tracker.Estimate{{Key: "8a", Value: "3"}},
			"Task ID,Space Name,Task Name,Sprint Points\n8a,Boats,a,3\n8A,Boats,a,3\n",
		},
		"rows without keys": {
			"Title\tPoints\na b\t\nc d\t1\n",
			[]tracker.Estimate{{Row: 2, Value: "3"}, {Key: "unknown", Row: 3, Value: "5"}},
			"Title\tPoints\na b\t3\nc d\t5\n",
		},
		"a row in one cell": {
			"#,Tracker,Subject,Story Points\n\"7,Bug,\"\"a, b\"\",3.00\"\n\"8,Bug,c,\"\n",
			[]tracker.Estimate{{Key: "8", Value: "5"}},
			"#,Tracker,Subject,Story Points\n\"7,Bug,\"\"a, b\"\",3.00\"\n\"8,Bug,c,5.00\"\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, "", []byte(c.file)).Original(c.estimates)
			if err != nil || string(got) != c.want {
				t.Errorf("%v\n%s\nwant\n%s", err, got, c.want)
			}
		})
	}
}

func TestNoOriginalOfWhatNoTrackerImports(t *testing.T) {
	for _, name := range []string{"jira-cloud.xml", "trello-board.json", "gh-issue-list.json", "lines.md", "table.md"} {
		f := read(t, name, sample(t, name))
		_, err := f.Original([]tracker.Estimate{{Row: f.Stories[0].Row, Value: "5"}})
		var e *tracker.Error
		if !errors.As(err, &e) || e.Kind != tracker.NoOriginal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnEstimateThatTheEncodingLacksIsRefused(t *testing.T) {
	f := read(t, "redmine-de-latin1.csv", sample(t, "redmine-de-latin1.csv"))
	_, err := f.Original([]tracker.Estimate{{Key: "7", Value: "∞"}})
	var e *tracker.Error
	if !errors.As(err, &e) || e.Kind != tracker.NoOriginal || e.Row != 2 {
		t.Errorf("%v", err)
	}
	if got, err := f.Original([]tracker.Estimate{{Key: "7", Value: "größer"}}); err != nil || !bytes.Contains(got, []byte("gr\xF6\xDFer")) {
		t.Errorf("%q, %v", got, err)
	}
}
