package tracker_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/width"
	"pgregory.net/rapid"

	"github.com/magnapp/magnapp/internal/tracker"
)

// written is a backlog as a table, in whatever order its columns are.
type written struct {
	names []string
	rows  [][]string
}

// pieces of titles are what takes a table apart where it is written or read wrongly.
var titlePieces = []string{
	"Show", "free boats", "by day", "a", "B", "7", "船を予約", "ページ", "הזמנת סירה", "حجز", "größe", "é", "🚣", "of 1.5 m", "(5)", "100%",
	",", ";", "|", "\t", "\n", "\r\n", `"`, `""`, `"quoted"`, "'", "=", "+1", "-", "@home", "#", "*star*", "_u_", "`code`", `\`, `\n`, `C:\temp`, "<b>", "&amp;", "&", "[a](b)", "{x}", "...", ".", "+", ":",
}

// drawBacklog makes up to eight stories. Only their keys are orderly.
func drawBacklog(t *rapid.T, shuffled bool) written {
	w := written{names: []string{"Key", "Title", "Type", "Status", "Story Points", "Epic"}}
	prefix := rapid.SampledFrom([]string{"BOAT-", "X1-", "#", "00"}).Draw(t, "prefix")
	for i := range rapid.IntRange(1, 8).Draw(t, "stories") {
		w.rows = append(w.rows, []string{
			fmt.Sprintf("%s%d", prefix, 101+i), drawTitle(t),
			rapid.SampledFrom([]string{"Story", "Bug", "Task", ""}).Draw(t, "type"), rapid.SampledFrom([]string{"To Do", "In Progress", "Done", "Geplant, 2. Teil"}).Draw(t, "status"),
			rapid.SampledFrom([]string{"", "0", "0.5", "1", "3", "13", "100", "2.5"}).Draw(t, "points"), rapid.SampledFrom([]string{"", "Booking", "予約; 船", `"Money"`}).Draw(t, "epic"),
		})
	}
	if shuffled {
		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5}).Draw(t, "order")
		w.names = reordered(w.names, order)
		for i := range w.rows {
			w.rows[i] = reordered(w.rows[i], order)
		}
	}
	return w
}

func reordered(cells []string, order []int) []string {
	other := make([]string, len(cells))
	for i, from := range order {
		other[i] = cells[from]
	}
	return other
}

// drawTitle makes a title with at least one word. An apostrophe at its beginning would be a tracker's.
func drawTitle(t *rapid.T) string {
	title := strings.Join(rapid.SliceOfN(rapid.SampledFrom(titlePieces), 1, 7).Draw(t, "title"), rapid.SampledFrom([]string{" ", "", "  "}).Draw(t, "between"))
	return strings.TrimLeft(strings.TrimSpace(title)+" x", "'")
}

// column is the place of a name.
func (w written) column(name string) int { return slices.Index(w.names, name) }

// expected are the stories as they should be read, each in one line.
func (w written) expected() []string {
	var stories []string
	for _, row := range w.rows {
		of := func(name string) string { return strings.Join(strings.Fields(row[w.column(name)]), " ") }
		stories = append(stories, fmt.Sprintf("%q", []string{of("Key"), of("Title"), of("Type"), of("Status"), of("Story Points"), of("Epic")}))
	}
	return stories
}

func storiesOf(f *tracker.File) []string {
	var stories []string
	for _, s := range f.Stories {
		stories = append(stories, fmt.Sprintf("%q", []string{s.Key, s.Title, s.Type, s.Status, s.Points, s.Parent}))
	}
	return stories
}

// comesBack fails if what was written is read as anything else.
func (w written) comesBack(t *rapid.T, data []byte) *tracker.File {
	f, err := tracker.Read(data, tracker.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if diff := cmp.Diff(w.expected(), storiesOf(f)); diff != "" {
		t.Fatalf("%s, warnings %q, skipped %v (-want +got):\n%s\n%q", f.Format, f.Warnings, f.Skipped, diff, data)
	}
	return f
}

// estimated gives estimates to some stories, and reads the file that comes back: nothing else has changed.
func (w written) estimated(t *rapid.T, f *tracker.File) {
	var estimates []tracker.Estimate
	for i, s := range f.Stories {
		if rapid.Bool().Draw(t, "estimated") {
			w.rows[i][w.column("Story Points")] = "21"
			estimates = append(estimates, tracker.Estimate{Key: s.Key, Row: s.Row, Value: "21"})
		}
	}
	data, err := f.Original(estimates)
	if err != nil {
		t.Fatal(err)
	}
	w.comesBack(t, data)
}

// TestWhatIsWrittenIsRead holds for every kind of file, and whatever is in a title.
func TestWhatIsWrittenIsRead(t *testing.T) {
	for name, write := range map[string]func(*rapid.T, written) []byte{"CSV": asCSV, "XLSX": asWorkbook} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := drawBacklog(t, true)
				w.estimated(t, w.comesBack(t, write(t, w)))
			})
		})
	}
	for name, write := range map[string]func(*rapid.T, written) []byte{"ODS": asDocument, "JSON": asObjects, "Markdown": asMarkdown} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := drawBacklog(t, true)
				w.comesBack(t, write(t, w))
			})
		})
	}
	for name, write := range map[string]func(*rapid.T, written) []byte{"psql": asPsql, "mysql": asMysql, "dashes": asDashes, "our own": asOurs} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := drawBacklog(t, false)
				w.comesBack(t, write(t, w))
			})
		})
	}
}

// asCSV writes a table with any delimiter, line end and encoding.
func asCSV(t *rapid.T, w written) []byte {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	out.Comma = rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(t, "delimiter")
	out.UseCRLF = rapid.Bool().Draw(t, "CR LF")
	comma := out.Comma == ';' && rapid.Bool().Draw(t, "decimal comma")
	_ = out.Write(w.names) // a buffer takes everything
	for _, row := range w.rows {
		row = slices.Clone(row)
		if comma {
			row[w.column("Story Points")] = strings.ReplaceAll(row[w.column("Story Points")], ".", ",")
		}
		_ = out.Write(row)
	}
	out.Flush()
	switch rapid.SampledFrom([]string{"UTF-8", "BOM", "LE", "BE"}).Draw(t, "encoding") {
	case "BOM":
		return append([]byte("\xEF\xBB\xBF"), b.Bytes()...)
	case "LE":
		return wide(t, unicode.LittleEndian, b.Bytes())
	case "BE":
		return wide(t, unicode.BigEndian, b.Bytes())
	}
	return b.Bytes()
}

func wide(t *rapid.T, order unicode.Endianness, text []byte) []byte {
	data, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().Bytes(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// asWorkbook writes an XLSX, with points as numbers or as texts, and perhaps another sheet before the list.
func asWorkbook(t *rapid.T, w written) []byte {
	f := excelize.NewFile()
	sheet := "Sheet1"
	if rapid.Bool().Draw(t, "a sheet before") {
		_ = f.SetCellStr(sheet, "A1", "Read me first")
		sheet = "Backlog"
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
	}
	top, asNumbers := rapid.IntRange(1, 4).Draw(t, "the header's row"), rapid.Bool().Draw(t, "numbers")
	for i, row := range append([][]string{w.names}, w.rows...) {
		for j, cell := range row {
			place, _ := excelize.CoordinatesToCellName(j+1, top+i)
			n, err := strconv.ParseFloat(cell, 64)
			if err == nil && asNumbers && j == w.column("Story Points") {
				err = f.SetCellFloat(sheet, place, n, -1, 64)
			} else if err = nil; cell != "" {
				err = f.SetCellStr(sheet, place, cell)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asDocument writes an OpenDocument workbook, packed or in one file.
func asDocument(t *rapid.T, w written) []byte {
	var b strings.Builder
	b.WriteString(`<table:table table:name="a">`)
	for _, row := range append([][]string{w.names}, w.rows...) {
		b.WriteString("<table:table-row>")
		for _, cell := range row {
			switch _, err := strconv.ParseFloat(cell, 64); {
			case cell == "":
				b.WriteString("<table:table-cell/>")
			case err == nil && cell[0] != '0':
				fmt.Fprintf(&b, `<table:table-cell office:value-type="float" office:value="%s"><text:p>%s</text:p></table:table-cell>`, cell, cell)
			default:
				fmt.Fprintf(&b, `<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>`, asParagraphs(t, cell))
			}
		}
		b.WriteString("</table:table-row>")
	}
	text := documentXML(b.String() + "</table:table>")
	if rapid.Bool().Draw(t, "in one file") {
		return []byte(strings.ReplaceAll(text, "office:document-content", "office:document"))
	}
	return packed(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", text)
}

func asParagraphs(t *rapid.T, cell string) string {
	var escaped bytes.Buffer
	if err := xml.EscapeText(&escaped, []byte(strings.ReplaceAll(cell, "\r", ""))); err != nil {
		t.Fatal(err)
	}
	breaks := rapid.SampledFrom([]string{"<text:line-break/>", "</text:p><text:p>"}).Draw(t, "line break")
	return strings.NewReplacer("&#xA;", breaks, "&#x9;", "<text:tab/>", "  ", ` <text:s/>`).Replace(escaped.String())
}

// asObjects writes JSON as trackers and libraries do.
func asObjects(t *rapid.T, w written) []byte {
	var stories []map[string]any
	columns := map[string]map[string]any{}
	for i, row := range w.rows {
		story := map[string]any{}
		for j, name := range w.names {
			story[name] = row[j]
			if n, err := strconv.ParseFloat(row[j], 64); err == nil && name == "Story Points" {
				story[name] = n
			} else if row[j] == "" {
				story[name] = nil
			}
			if columns[name] == nil {
				columns[name] = map[string]any{}
			}
			columns[name][strconv.Itoa(i)] = story[name]
		}
		stories = append(stories, story)
	}
	switch rapid.SampledFrom([]string{"list", "lines", "columns", "wrapped", "HAL"}).Draw(t, "shape") {
	case "lines":
		var b bytes.Buffer
		for _, story := range stories {
			b.Write(append(encoded(t, story), '\n'))
		}
		return b.Bytes()
	case "columns":
		return encoded(t, columns)
	case "wrapped":
		return encoded(t, map[string]any{"issues": stories, "total": len(stories)})
	case "HAL":
		return encoded(t, map[string]any{"_embedded": map[string]any{"elements": stories}, "total": len(stories)})
	}
	return encoded(t, stories)
}

func encoded(t *rapid.T, value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// asMarkdown writes a table whose cells have no markup, aligned or not.
func asMarkdown(t *rapid.T, w written) []byte {
	rows := [][]string{w.names, slices.Repeat([]string{"---"}, len(w.names))}
	for _, row := range w.rows {
		rows = append(rows, mapped(row, func(cell string) string {
			return strings.NewReplacer(`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "<", "&lt;", "&", "&amp;").Replace(strings.Join(strings.Fields(cell), " "))
		}))
	}
	var b strings.Builder
	if rapid.Bool().Draw(t, "a heading") {
		b.WriteString("# Backlog\n\n")
	}
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return []byte(b.String())
}

func mapped(cells []string, with func(string) string) []string {
	other := make([]string, len(cells))
	for i, cell := range cells {
		other[i] = with(cell)
	}
	return other
}

// asPsql draws a table as psql does: a cell of several lines has marks, with edges around the table or without.
func asPsql(t *rapid.T, w written) []byte {
	edges := rapid.Bool().Draw(t, "edges")
	rows, widths := drawn(w, func(cell string) []string { return strings.Split(strings.ReplaceAll(cell, "\r", ""), "\n") })
	var b strings.Builder
	none := make([]string, len(w.names))
	line := func(cells []string, marks []bool, fill, bar, edge string) {
		between := ""
		if edges {
			between = edge
		}
		for i, cell := range cells {
			mark := fill
			if marks != nil && marks[i] {
				mark = "+"
			}
			b.WriteString(between + fill + cell + strings.Repeat(fill, widths[i]-shownTo(cell)) + mark)
			between = bar
		}
		if edges {
			b.WriteString(edge)
		}
		b.WriteByte('\n')
	}
	if edges {
		line(none, nil, "-", "+", "+")
	}
	line(w.names, nil, " ", "|", "|")
	line(none, nil, "-", "+", "+")
	for _, row := range rows {
		for i := range slices.Max(mappedLen(row)) {
			cells, marks := nthLines(row, i)
			line(cells, marks, " ", "|", "|")
		}
	}
	if edges {
		line(none, nil, "-", "+", "+")
	}
	fmt.Fprintf(&b, "(%d rows)\n\n", len(rows))
	return []byte(b.String())
}

// nthLines are the lines with that number of each cell, and which of the cells have more.
func nthLines(row [][]string, n int) (cells []string, goOn []bool) {
	cells, goOn = make([]string, len(row)), make([]bool, len(row))
	for i, cell := range row {
		if n < len(cell) {
			cells[i], goOn[i] = cell[n], n+1 < len(cell)
		}
	}
	return cells, goOn
}

func mappedLen(row [][]string) []int {
	lengths := make([]int, len(row))
	for i, cell := range row {
		lengths[i] = len(cell)
	}
	return lengths
}

// asMysql draws a table as mysql does: with a bar or a line break in a cell as they are.
func asMysql(_ *rapid.T, w written) []byte {
	broken := func(cell string) string {
		cell = strings.NewReplacer("\r", "", "\t", " ").Replace(cell)
		if strings.Contains(cell, "\n") { // which puts the bars elsewhere
			return strings.ReplaceAll(cell, "|", "/")
		}
		return cell
	}
	for i, row := range w.rows {
		w.rows[i] = mapped(row, broken)
	}
	rows, widths := drawn(w, func(cell string) []string { return []string{cell} })
	var b strings.Builder
	rule := "+"
	for _, n := range widths {
		rule += strings.Repeat("-", n+2) + "+"
	}
	line := func(cells []string) {
		for i, cell := range cells {
			fmt.Fprintf(&b, "| %s%s ", cell, strings.Repeat(" ", widths[i]-shownTo(cell)))
		}
		b.WriteString("|\n")
	}
	b.WriteString(rule + "\n")
	line(w.names)
	b.WriteString(rule + "\n")
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = cell[0]
		}
		line(cells)
	}
	fmt.Fprintf(&b, "%s\n%d rows in set (0.00 sec)\n", rule, len(rows))
	return []byte(b.String())
}

// asDashes draws a table as az and reStructuredText do, with two spaces between the columns. A line break in a cell is a space there.
func asDashes(t *rapid.T, w written) []byte {
	rows, widths := drawn(w, func(cell string) []string { return []string{strings.Join(strings.Fields(cell), " ")} })
	dash, isBetween := rapid.SampledFrom([]string{"-", "="}).Draw(t, "dash"), rapid.Bool().Draw(t, "lines above and below")
	var b strings.Builder
	line := func(cells []string, fill string) {
		var parts []string
		for i, cell := range cells {
			parts = append(parts, cell+strings.Repeat(fill, widths[i]-shownTo(cell)))
		}
		b.WriteString(strings.TrimRight(strings.Join(parts, "  "), " ") + "\n")
	}
	none := make([]string, len(w.names))
	if isBetween {
		line(none, dash)
	}
	line(w.names, " ")
	line(none, dash)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = cell[0]
		}
		line(cells, " ")
	}
	if isBetween {
		line(none, dash)
	}
	return []byte(b.String())
}

// drawn are the lines of each cell, and how wide the columns are.
func drawn(w written, lines func(string) []string) (rows [][][]string, widths []int) {
	for _, name := range w.names {
		widths = append(widths, shownTo(name))
	}
	for _, row := range w.rows {
		var cells [][]string
		for i, cell := range row {
			cell := lines(strings.ReplaceAll(cell, "\t", " "))
			for _, line := range cell {
				widths[i] = max(widths[i], shownTo(line))
			}
			cells = append(cells, cell)
		}
		rows = append(rows, cells)
	}
	return rows, widths
}

// shownTo is how many columns of a terminal a text takes.
func shownTo(text string) int {
	n := 0
	for _, r := range text {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// asOurs writes our own exports, which have no status and no epic.
func asOurs(t *rapid.T, w written) []byte {
	var results []tracker.Result
	for _, row := range w.rows {
		row[w.column("Status")], row[w.column("Epic")] = "", ""
		row[w.column("Title")] = strings.ReplaceAll(row[w.column("Title")], "'", "’") // '=' is the author's quotation, and =' x with a mark before it looks the same
		results = append(results, tracker.Result{Key: row[w.column("Key")], Title: strings.Join(strings.Fields(row[w.column("Title")]), " "), Type: row[w.column("Type")], Estimate: row[w.column("Story Points")]})
	}
	if rapid.Bool().Draw(t, "Markdown") {
		for _, row := range w.rows {
			row[w.column("Type")] = ""
		}
		return []byte(tracker.Markdown("Sprint *12* | boats", results))
	}
	return tracker.CSV(results)
}
