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
		for _, none := range [][]tracker.Estimate{nil, {{Row: 2, Value: "?"}, {Row: 2, Value: "coffee"}, {Row: 3, Value: "=1+1"}, {Row: 3, Value: " "}}} {
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
		if !isTable(name) || strings.Contains(name, "wrapped") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			data := sample(t, name)
			f := read(t, name, data)
			var estimates []tracker.Estimate
			rows := map[int]bool{}
			for i, s := range f.Stories {
				if i%2 == 0 {
					estimates = append(estimates, tracker.Estimate{Key: s.Key, Row: s.Row, Value: fmt.Sprint(i + 20)})
					rows[s.Row] = true
				}
			}
			got, err := f.Original(estimates)
			if err != nil {
				t.Fatal(err)
			}
			onlyPointsDiffer(t, f, plainText(t, data), plainText(t, got), rows)
			again := read(t, name, got)
			for i, s := range again.Stories {
				if want := fmt.Sprint(i + 20); i%2 == 0 && s.Points != want {
					t.Errorf("row %d comes back with %q, want %s", s.Row, s.Points, want)
				}
				was := f.Stories[i]
				if i%2 == 0 || was.Points == "" { // a column that was added may be what others have as text
					s.Points = was.Points
				}
				if s != was {
					t.Errorf("another story comes back: %+v, was %+v", s, was)
				}
			}
		})
	}
}

func onlyPointsDiffer(t *testing.T, f *tracker.File, before, after string, estimated map[int]bool) {
	t.Helper()
	points := map[int]bool{}
	for _, c := range f.Columns {
		points[c.Index] = c.Meaning == tracker.Points
	}
	quotes := f.Format != "github-projects"
	was, is := pieces(before, f.Delimiter, quotes), pieces(after, f.Delimiter, quotes)
	if len(was) != len(is) {
		t.Fatalf("%d rows instead of %d", len(is), len(was))
	}
	adds := !slices.ContainsFunc(f.Columns, func(c tracker.Column) bool { return c.Meaning == tracker.Points })
	changed := 0
	for i := range was {
		if len(is[i]) < len(was[i]) || !adds && len(is[i]) > len(was[i]) && !estimated[i+1] {
			t.Fatalf("row %d has %d cells, had %d", i+1, len(is[i]), len(was[i]))
		}
		for j := range is[i] {
			switch {
			case j >= len(was[i]): // cells that a short row lacked, or the new column
				if is[i][j].cell != "" && !(adds && j >= len(f.Columns)) && !points[j] {
					t.Errorf("row %d, column %d is new: %q", i+1, j+1, is[i][j].cell)
				}
			case is[i][j].cell == was[i][j].cell:
			case points[j] && estimated[i+1] || isAgain(f, i+1):
				changed++
				if style := quoted(was[i][j].cell); was[i][j].cell != "" && style != quoted(is[i][j].cell) {
					t.Errorf("row %d, column %d was %s and is %s", i+1, j+1, was[i][j].cell, is[i][j].cell)
				}
			default:
				t.Errorf("row %d, column %d was %q and is %q", i+1, j+1, was[i][j].cell, is[i][j].cell)
			}
			if j < len(was[i])-1 && is[i][j].after != was[i][j].after {
				t.Errorf("row %d, column %d was followed by %q and is by %q", i+1, j+1, was[i][j].after, is[i][j].after)
			}
		}
		if n := len(was[i]); n > 0 && is[i][len(is[i])-1].after != was[i][n-1].after {
			t.Errorf("row %d ended in %q and ends in %q", i+1, was[i][n-1].after, is[i][len(is[i])-1].after)
		}
	}
	if !adds && changed == 0 && len(before) == len(after) {
		t.Error("nothing changed: this test sees nothing")
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
