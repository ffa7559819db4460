package tracker

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// dialects are those that are tried, in this order; of two that fit equally well the first is taken.
var dialects = []dialect{
	{delimiter: '\t', quotes: true},
	{delimiter: '\t'},
	{delimiter: ',', quotes: true},
	{delimiter: ';', quotes: true},
	{delimiter: '|', quotes: true},
	{delimiter: '.', quotes: true}, // Redmine in Romanian
}

// fit says how well a dialect explains the beginning of a text.
type fit struct {
	dialect
	format  *format
	columns int // of the widest row among the first ones
	rows    int
	even    int // rows that have as many cells as the row above
	known   int // names in the header that somebody gives to a column
	loose   bool
	spaced  bool // cells begin with a space, as they do in sentences
	listed  bool // a list is above the first row with bars
}

// sniffDialect finds out what is between the cells of a text. False is that there are none: a text of lines.
func sniffDialect(text, name string, enc *encoding) (dialect, bool) {
	base := dialect{newline: newlineOf(text)}
	if d, ok := declaredDelimiter(text, base.newline); ok {
		return d, true
	}
	beginning := text
	if len(text) > sniffBytes {
		beginning = text[:sniffBytes]
	}
	if d, ok := titlesAlone(text, base.newline, enc); ok {
		return d, true
	}
	var best fit
	found := false
	for _, d := range dialects {
		d.newline = base.newline
		if strings.IndexByte(beginning, d.delimiter) < 0 {
			continue
		}
		f := measure(beginning, name, d, enc)
		if f.isTable() && (!found || f.better(best)) {
			best, found = f, true
		}
		if found && best.format != nil && !best.loose {
			break
		}
	}
	return best.dialect, found
}

// declaredDelimiter heeds the line "sep=;", which is for spreadsheets.
func declaredDelimiter(text string, newline byte) (dialect, bool) {
	if len(text) < 5 || !strings.EqualFold(text[:4], "sep=") {
		return dialect{}, false
	}
	d := dialect{delimiter: text[4], quotes: true, newline: newline}
	end := 5
	for end < len(text) && text[end] == '\r' && newline == '\n' {
		end++
	}
	if d.delimiter == newline || d.delimiter == '\r' || d.delimiter >= utf8.RuneSelf || (end < len(text) && text[end] != newline) {
		return dialect{}, false
	}
	d.skip = min(end+1, len(text))
	return d, true
}

// titlesAlone is the dialect of a CSV that has one column, under a name for titles. A comma, a quote that never closes or a mark of a list, in whatever row, makes lines of it.
func titlesAlone(text string, newline byte, enc *encoding) (dialect, bool) {
	d := dialect{delimiter: ',', quotes: true, newline: newline}
	s := newScanner(text, d)
	rows := 0
	for {
		ok, err := s.next()
		if !ok || err != nil {
			return d, err == nil && rows > 1
		}
		if s.start == s.end {
			continue
		}
		cell := enc.decode(s.content(s.cells[0]))
		if len(s.cells) > 1 || rows == 0 && generalMeaning(cell) != Title || !s.cells[0].quoted && isMarked(cell) {
			return d, false
		}
		rows++
	}
}

// isMarked reports whether a line has what only a list of lines has: a bullet, a box to tick, a key with brackets or a colon.
func isMarked(line string) bool {
	key, _ := keyAndTitle(line, false)
	return key != "" || bullet.MatchString(line) || checkbox.MatchString(line)
}

// newlineOf is what ends a row. A file of an old Mac has carriage returns between its rows, and may have line feeds within cells.
func newlineOf(text string) byte {
	if strings.IndexByte(text, '\r') < 0 {
		return '\n'
	}
	if strings.IndexByte(text, '\n') < 0 {
		return '\r'
	}
	inQuotes, returns := false, 0
	for i := range min(len(text), sniffBytes) {
		switch c := text[i]; {
		case c == '"':
			inQuotes = !inQuotes
		case inQuotes:
		case c == '\n':
			return '\n'
		case c == '\r':
			returns++
		}
	}
	if returns > 1 {
		return '\r'
	}
	return '\n'
}

// chosenDialect is the one a person has named.
func chosenDialect(text, name string) (dialect, error) {
	newline := newlineOf(text)
	if strings.EqualFold(name, "tab") {
		name = "\t"
	}
	if len(name) != 1 || strings.ContainsAny(name, "\"\r\n") || name[0] >= utf8.RuneSelf {
		return dialect{}, &Error{
			Kind: BadOption, Option: "delimiter", Problem: fmt.Sprintf("%q is no delimiter", name),
			Advice: `Name one character, such as a comma or a semicolon, "tab", or "lines" for one story in each line.`,
		}
	}
	if d, ok := declaredDelimiter(text, newline); ok && d.delimiter == name[0] {
		return d, nil
	}
	d := dialect{delimiter: name[0], quotes: true, newline: newline}
	if name[0] == '\t' {
		plain := d
		plain.quotes = false
		quoted, bare := measure(text[:min(len(text), sniffBytes)], "", d, encodingUTF8), measure(text[:min(len(text), sniffBytes)], "", plain, encodingUTF8)
		if bare.better(quoted) {
			d = plain
		}
	}
	return d, nil
}

// measure reads the first rows in a dialect. What is wrong with the last row is no fault of the dialect: the beginning may end in it.
func measure(beginning, name string, d dialect, enc *encoding) fit {
	f := fit{dialect: d}
	s := newScanner(beginning, d)
	previous := 0
	var head [][]string
	for f.rows < sniffRows {
		ok, err := s.next()
		if isKind(err, TooMany) { // a table, and a bad one, which is for its reader to say
			f.columns, f.rows, f.even = MaxColumns+1, 2, 1
		}
		if err != nil || !ok {
			break
		}
		if s.start == s.end {
			continue
		}
		if len(head) < headerRows && len(s.cells) > 1 {
			head = append(head, contents(s, enc))
		}
		width := len(s.cells)
		f.listed = f.listed || d.delimiter == '|' && width == 1 && len(head) == 0 && isMarked(strings.TrimSpace(contents(s, enc)[0]))
		f.columns = max(f.columns, width)
		f.spaced = f.spaced || hasSpaced(s)
		if f.rows > 0 && width == previous {
			f.even++
		}
		previous = width
		f.rows++
	}
	f.loose = s.loose > 0
	f.recognise(head, name)
	return f
}

// hasSpaced reports whether a cell of the row, without quotes and not the first, begins with a space.
func hasSpaced(s *scanner) bool {
	for _, c := range s.cells[1:] {
		if !c.quoted && c.end > c.start && s.text[c.start] == ' ' {
			return true
		}
	}
	return false
}

func (f *fit) recognise(head [][]string, name string) {
	for _, cells := range head {
		if form := recogniseFormat(cells, name, ""); form != nil {
			f.format = form
			f.known = len(cells)
			return
		}
		if known := knownNames(cells); known > f.known {
			f.known = known
		}
	}
}

// isTable reports whether the text is one in this dialect, and not sentences that happen to have commas.
func (f *fit) isTable() bool {
	switch {
	case f.columns < 2 || f.listed:
		return false
	case f.format != nil:
		return !f.format.plain || !f.quotes
	case f.delimiter == '.':
		return false
	case f.delimiter == '\t':
		return true
	case f.known >= 2:
		return true
	default:
		return f.known == 1 && f.columns == 2 || f.rows >= 2 && f.even == f.rows-1 && !f.spaced
	}
}

// better reports whether f explains the text better than g.
func (f *fit) better(g fit) bool {
	if (f.format != nil) != (g.format != nil) {
		return f.format != nil
	}
	if f.loose != g.loose && f.delimiter == g.delimiter {
		return !f.loose
	}
	if f.known != g.known {
		return f.known > g.known
	}
	if a, b := f.even*max(g.rows-1, 1), g.even*max(f.rows-1, 1); a != b {
		return a > b
	}
	return f.columns > g.columns
}

func contents(s *scanner, enc *encoding) []string {
	cells := make([]string, 0, len(s.cells))
	for _, c := range s.cells {
		cells = append(cells, enc.decode(s.content(c)))
	}
	return cells
}

// delimited is a text of rows and cells.
type delimited struct {
	text string
	dialect
	enc   *encoding
	width int // cells of the header, once it is known
}

func (d *delimited) open() rows {
	return &delimitedRows{table: d, outer: newScanner(d.text, d.dialect), enc: d.enc}
}

// delimitedRows reads a text row by row. A row that is one quoted cell with all cells of a row in it (a file that was opened with the wrong
// delimiter and saved) is read once more.
type delimitedRows struct {
	table   *delimited
	outer   *scanner
	inner   *scanner // nil in a row that is not wrapped
	enc     *encoding
	wrapped int // the first row that was; 0 is none
}

func (r *delimitedRows) next() (bool, error) {
	ok, err := r.outer.next()
	r.inner = nil
	if !ok || err != nil || !r.isWrapped() {
		return ok, err
	}
	if r.wrapped == 0 {
		r.wrapped = r.outer.number
	}
	r.inner, err = unwrap(r.outer)
	return true, err
}

func (r *delimitedRows) isWrapped() bool {
	s := r.outer
	if len(s.cells) != 1 || !s.cells[0].quoted || r.table.width < 2 {
		return false
	}
	return strings.IndexByte(s.text[s.cells[0].start:s.cells[0].end], s.delimiter) >= 0
}

// unwrap reads the one cell of a row as a row. Line ends within it belong to its cells.
func unwrap(outer *scanner) (*scanner, error) {
	d := outer.dialect
	d.skip = 0
	inner := newScanner(outer.content(outer.cells[0]), d)
	inner.number = outer.number - 1
	ok, err := inner.next()
	if err == nil && (!ok || inner.pos < len(inner.text)) {
		err = &Error{
			Kind: Broken, Row: outer.number, Column: 1, Problem: "the whole row is one cell in quotes, and what is in it is no row",
			Advice: "The file was saved by a program that took it apart wrongly: export it again, and import it as it is.",
		}
	}
	return inner, err
}

func (r *delimitedRows) current() *scanner {
	if r.inner != nil {
		return r.inner
	}
	return r.outer
}

func (r *delimitedRows) number() int { return r.outer.number }

func (r *delimitedRows) mayBeLong() bool { return true }

func (r *delimitedRows) len() int { return len(r.current().cells) }

func (r *delimitedRows) text(i int) string {
	s := r.current()
	if i < 0 || i >= len(s.cells) || s.cells[i].start == s.cells[i].end {
		return ""
	}
	return r.enc.decode(s.content(s.cells[i]))
}

// remarks are what people should know about the file as it was read.
func (r *delimitedRows) remarks() []Warning {
	var remarks []Warning
	if r.wrapped > 0 {
		remarks = append(remarks, Warning{Code: wrappedRows, Row: r.wrapped, Text: fmt.Sprintf("From row %d on, each row is one cell with all others in it: the file was saved by a program that took it apart wrongly. It was read as it was meant.", r.wrapped)})
	}
	if r.outer.loose > 0 {
		remarks = append(remarks, Warning{Code: looseQuotes, Row: r.outer.loose, Text: fmt.Sprintf("Quotes are not as they should be, from row %d on. Check the columns there.", r.outer.loose)})
	}
	return remarks
}

// rows are the rows of a table, one after another.
type rows interface {
	next() (bool, error) // next reads the next row; false is that there is none
	number() int         // number is the row's, from 1
	len() int            // len is the number of cells
	mayBeLong() bool     // mayBeLong reports whether more cells than the header has are a fault of the row
	text(i int) string   // text is a cell's content; empty beyond the last
	remarks() []Warning  // remarks are what people should know, once all rows were read
}

// table is what any container is made into.
type table interface {
	open() rows
}

// grid is a table that is kept in memory: of a workbook or a document.
type grid struct {
	cells   [][]string
	numbers []int // nil: 1, 2, 3 …
	notes   []Warning
	merged  []area
	isTyped bool   // as text, in which a row may have more cells by mistake
	unknown []area // formulas without a result, each in one row, by its place in cells
}

// number is that of a row.
func (g *grid) number(at int) int {
	if g.numbers == nil {
		return at + 1
	}
	return g.numbers[at]
}

// size is the number of cells.
func (g *grid) size() int {
	n := 0
	for _, cells := range g.cells {
		n += len(cells)
	}
	return n
}

func (g *grid) open() rows { return &gridRows{grid: g, at: -1} }

type gridRows struct {
	grid *grid
	at   int
}

func (r *gridRows) next() (bool, error) {
	r.at++
	return r.at < len(r.grid.cells), nil
}

func (r *gridRows) number() int {
	return r.grid.number(r.at)
}

func (r *gridRows) mayBeLong() bool { return r.grid.isTyped }

func (r *gridRows) len() int { return len(r.grid.cells[r.at]) }

func (r *gridRows) text(i int) string {
	if i < 0 || i >= len(r.grid.cells[r.at]) {
		return ""
	}
	return r.grid.cells[r.at][i]
}

func (r *gridRows) remarks() []Warning { return slices.Clone(r.grid.notes) }
