package tracker

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// scanned are all cells of a text; lines that are empty are left out, as encoding/csv does.
func scanned(text string, d dialect) ([][]string, error) {
	s := newScanner(text, d)
	var all [][]string
	for {
		ok, err := s.next()
		if err != nil || !ok {
			return all, err
		}
		if s.start == s.end {
			continue
		}
		all = append(all, contents(s, encodingUTF8))
	}
}

// standard are all cells of a text that the standard library's strict reader takes.
func standard(text string, delimiter rune) ([][]string, bool) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = delimiter, -1
	all, err := r.ReadAll()
	return all, err == nil
}

func TestRowsOfCells(t *testing.T) {
	comma := dialect{delimiter: ',', quotes: true, newline: '\n'}
	for name, c := range map[string]struct {
		text  string
		in    dialect
		want  [][]string
		loose int
	}{
		"nothing":                       {"", comma, nil, 0},
		"one cell":                      {"a", comma, [][]string{{"a"}}, 0},
		"an empty cell at the end":      {"a,", comma, [][]string{{"a", ""}}, 0},
		"rows of any length":            {"a,b\nc\nd,e,f\n", comma, [][]string{{"a", "b"}, {"c"}, {"d", "e", "f"}}, 0},
		"quotes, doubled quotes":        {`"a ""b"", c","",d`, comma, [][]string{{`a "b", c`, "", "d"}}, 0},
		"line breaks in a cell":         {"\"a\r\nb\",c\r\nd,e\r\n", comma, [][]string{{"a\r\nb", "c"}, {"d", "e"}}, 0},
		"CR CR LF":                      {"a,b\r\r\nc,\"d\"\r\r\n", comma, [][]string{{"a", "b"}, {"c", "d"}}, 0},
		"CR alone":                      {"a,b\rc,d", dialect{delimiter: ',', quotes: true, newline: '\r'}, [][]string{{"a", "b"}, {"c", "d"}}, 0},
		"a space before a quote":        {`"0", "12","x"`, comma, [][]string{{"0", "12", "x"}}, 0},
		"a space after a quote":         {"\"a\" ,b \n", comma, [][]string{{"a", "b "}}, 0},
		"a quote within a bare cell":    {`5" pipe,b`, comma, [][]string{{`5" pipe`, "b"}}, 0},
		"a quote within a quoted cell":  {`"a "b" c",d`, comma, [][]string{{`a "b" c`, "d"}}, 1},
		"a quoted word before a title":  {"x,y\n\"quick\" fix,b\nc,d", comma, [][]string{{"x", "y"}, {`"quick" fix`, "b"}, {"c", "d"}}, 2},
		"no quotes in GitHub's TSV":     {"\"a\tb\nc\"\td", dialect{delimiter: '\t', newline: '\n'}, [][]string{{`"a`, "b"}, {`c"`, "d"}}, 0},
		"a quoted cell at the very end": {"a,\"b\"", comma, [][]string{{"a", "b"}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScanner(c.text, c.in)
			var got [][]string
			for {
				ok, err := s.next()
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					break
				}
				got = append(got, contents(s, encodingUTF8))
			}
			if !slices.EqualFunc(got, c.want, slices.Equal) || s.loose != c.loose {
				t.Errorf("%q, loose in row %d; want %q, %d", got, s.loose, c.want, c.loose)
			}
		})
	}
}

// FuzzScannerReadsWhatTheStandardLibraryReads holds our reading to that of encoding/csv wherever its strict reader has no objection.
func FuzzScannerReadsWhatTheStandardLibraryReads(f *testing.F) {
	for _, text := range []string{"a,b\nc,d\n", "\"a\"\"b\",\"c\nd\"\r\n", "a;\"b\"\n", "\n\na\n", " \"a\",b\n", "a,\"\r\n\"\n", "\"\",\"\"\n,\n", "a\r,b\r\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text+"\n", "\r\r") || strings.HasSuffix(text, "\r") {
			return // the library keeps all CRs but one before a line end, we keep none
		}
		for _, delimiter := range []rune{',', ';', '\t'} {
			want, ok := standard(text, delimiter)
			if !ok || !utf8.ValidString(text) {
				continue
			}
			got, err := scanned(text, dialect{delimiter: byte(delimiter), quotes: true, newline: '\n'})
			if isKind(err, TooMany) {
				continue
			}
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			// The library makes LF of every CR LF in a cell.
			if !slices.EqualFunc(got, want, func(a, b []string) bool { return slices.EqualFunc(a, b, sameCell) }) {
				t.Errorf("%q is %q, and %q to encoding/csv", text, got, want)
			}
		}
	})
}

func sameCell(ours, theirs string) bool { return strings.ReplaceAll(ours, "\r\n", "\n") == theirs }
