package tracker

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// maxPreface is how many filled lines may stand above and below a table that commands print for people.
const maxPreface = 10

var (
	// prompt begins a line that somebody has typed, which may be above what a command has printed.
	prompt = regexp.MustCompile(`^(?:\S*[$%#>] |(?i:select|with) |shape: \()`) // the last is Polars's
	// colour says how a terminal is to show a text.
	colour = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)
	// typeName is what some databases print below the names of columns.
	typeName = regexp.MustCompile(`^(?:---|u?(?:tiny|small|big|huge)?int(?:eger)?\d*|[iuf]\d+|str|varchar|text|double|float\d*|decimal\(.*\)|bool(?:ean)?|date|timestamp.*)$`)
)

// frame is a framed table that is read.
type frame struct {
	grid     grid
	isBox    bool   // of signs for boxes, and not of dashes and pluses
	hasEdges bool   // at the left and the right
	isGrid   bool   // rules part the rows
	wraps    bool   // a row may have several lines
	columns  int    // how many there are
	bars     []int  // where the bars of the header are
	rooms    []int  // how wide its columns are
	rules    []int  // how wide they are in the first rule
	padded   bool   // a space is at both ends of each name in the header, as far as they are seen
	open     []rune // psql's marks of those cells of the row that go on in the next line; 0 is none
}

// framedTable reads a table in a frame of lines, as databases and libraries print one for people: psql, mysql, DuckDB, tabulate, rich. A cell of several lines is one.
func framedTable(text string, enc *encoding) (*grid, bool) {
	lines, above, below, ok := frameLines(text, enc)
	if !ok {
		return nil, false
	}
	t := frame{grid: grid{numbers: []int{}}}
	if !t.readAll(lines) || t.columns == 1 && below > 0 || (above+below > 0 || t.columns == 1) && !knownMeanings(t.grid.cells[0])[Title] {
		return nil, false
	}
	if t.grid.cells[0][0] == "(index)" { // Node's, with its quotes around texts
		t.unquote()
	}
	return &t.grid, len(t.grid.cells) > 1
}

// inspected are the marks that Node puts into a text in quotes.
var inspected = strings.NewReplacer(`\\`, `\`, `\n`, " ", `\r`, " ", `\t`, " ", `\'`, "'")

func (t *frame) unquote() {
	for _, cells := range t.grid.cells {
		for i, cell := range cells {
			if n := len(cell); n > 1 && cell[0] == cell[n-1] && strings.IndexByte("'\"`", cell[0]) >= 0 {
				cells[i] = inspected.Replace(cell[1 : n-1])
			}
		}
	}
}

// printed is a line as it is seen on a terminal.
func printed(line string, enc *encoding) string {
	line = enc.decode(strings.TrimRight(line, " \r\n"))
	if strings.IndexByte(line, '\x1b') < 0 {
		return line
	}
	return strings.TrimRight(colour.ReplaceAllString(line, ""), " ")
}

func isBoxSign(r rune) bool { return r >= '─' && r <= '╿' }

func isBar(r rune) bool { return r == '|' || strings.ContainsRune("│┃║┆┇┊┋╎╏", r) }

// isFrameRule reports whether a line is one of the frame: nothing but lines, and where they meet.
func isFrameRule(line string) bool {
	joints, dashes := 0, 0
	for _, r := range strings.TrimSpace(line) {
		switch {
		case r == '-' || r == '=' || strings.ContainsRune("─━═╌╍┄┅┈┉", r):
			dashes++
		case r == '+' || isBoxSign(r) && !isBar(r):
			joints++
		case r != ':' && !isBar(r):
			return false
		}
	}
	return joints > 0 && dashes > 1
}

// readAll makes rows of the lines. What is above the second rule is the header, unless there is nothing below it.
func (t *frame) readAll(lines []frameLine) bool {
	groups := t.groupsOf(withoutHeading(lines))
	if len(groups) == 0 || !t.measure(groups[0][0].text) {
		return false
	}
	t.isBox = t.isBox || t.hasEdges && t.columns > 1 && len(t.rules) == 3 // rich's, without signs for boxes: no joints at the top
	hasHead, body := len(groups) > 1 && t.isHead(groups[0]), groups
	if hasHead {
		body = groups[1:]
	}
	t.isGrid = len(groups) > 2 && !slices.ContainsFunc(body, func(rows []frameLine) bool { return !t.isOneRow(rows) })
	t.wraps = t.isBox && len(groups) > 1 && !slices.ContainsFunc(body, func(rows []frameLine) bool { return !t.hasWrapped(rows) })
	for i, group := range groups {
		isHeader := i == 0 && hasHead
		for j, line := range group {
			raw, ok := t.split(line.text)
			cells := trimmed(raw)
			switch {
			case !ok && !t.isAlone(raw, line.text):
				return false
			case !ok && (isHeader || t.isOverAll(line.text)): // what the table says of itself
			case isHeader && j > 0 && areTypes(cells):
			case j > 0 && (isHeader || t.goesOn(cells)):
				t.join(raw, cells)
			default:
				t.add(raw, cells, line.number)
			}
			if t.columns*len(t.grid.cells) > maxGrid {
				return false
			}
		}
	}
	return len(t.grid.cells) > 0
}

// withoutHeading leaves out what stands in a frame of its own above the header, over all columns.
func withoutHeading(lines []frameLine) []frameLine {
	if len(lines) > 4 && lines[0].isRule && !lines[1].isRule && lines[2].isRule && countBars(lines[1].text) == 2 && countBars(lines[3].text) > 2 {
		return lines[2:]
	}
	return lines
}

// groupsOf are the lines between rules.
func (t *frame) groupsOf(lines []frameLine) [][]frameLine {
	var groups [][]frameLine
	isNew := true
	for _, line := range lines {
		if line.isRule {
			isNew = true
			t.isBox = t.isBox || strings.ContainsFunc(line.text, isBoxSign)
			if t.rules == nil {
				t.rules = widthsOf(line.text)
			}
			continue
		}
		if isNew {
			groups = append(groups, nil)
		}
		isNew = false
		groups[len(groups)-1] = append(groups[len(groups)-1], line)
	}
	return groups
}

// widthsOf are the columns of a rule without edges.
func widthsOf(rule string) []int {
	widths := []int{0}
	for _, r := range rule {
		if r == '+' || isBoxSign(r) && !strings.ContainsRune("─━═", r) {
			widths = append(widths, 0)
		} else {
			widths[len(widths)-1]++
		}
	}
	return widths
}

// measure finds out where the columns are, by the first line within the frame.
func (t *frame) measure(line string) bool {
	if countBars(line) >= MaxColumns {
		return false
	}
	trimmed := strings.TrimLeft(line, " ")
	first, _ := utf8.DecodeRuneInString(trimmed)
	if t.hasEdges = isBar(first); t.hasEdges {
		line = trimmed
	}
	at := 0
	for _, r := range line {
		if isBar(r) {
			t.bars = append(t.bars, at)
		}
		at += columnsOfRune(r)
	}
	raw, _ := t.split(line)
	t.columns = len(raw)
	t.padded = true
	for i, cell := range raw {
		t.rooms = append(t.rooms, shownWidth(cell)-2)
		isCutOff := !t.hasEdges && i == len(raw)-1 // spaces at the end of a line are not seen
		t.padded = t.padded && strings.HasPrefix(cell, " ") && (isCutOff || strings.HasSuffix(cell, " "))
	}
	return t.columns > 0
}

// split takes a line apart at its bars; where it has more of them than the header, at those that stand below the header's.
func (t *frame) split(line string) ([]string, bool) {
	if t.hasEdges {
		line = strings.TrimLeft(line, " ")
	}
	var cells []string
	var cell strings.Builder
	at, isExact := 0, t.columns > 0 && countBars(line) > len(t.bars)
	for _, r := range line {
		if isBar(r) && (!isExact || t.hasBarAt(at)) {
			cells = append(cells, cell.String())
			cell.Reset()
		} else {
			cell.WriteRune(r)
		}
		at += columnsOfRune(r)
	}
	cells = append(cells, cell.String())
	if t.hasEdges {
		if len(cells) < 3 || cells[0] != "" || cells[len(cells)-1] != "" {
			return nil, false
		}
		cells = cells[1 : len(cells)-1]
	}
	return cells, len(cells) == t.columns
}

func (t *frame) hasBarAt(column int) bool {
	_, found := slices.BinarySearch(t.bars, column)
	return found
}

// isAlone reports whether a line has one cell, and no bars beside those of its edges.
func (t *frame) isAlone(raw []string, line string) bool {
	n := countBars(line)
	return len(raw) == 1 && (n == 0 || n <= 2 && t.hasEdges)
}

// isOverAll reports whether a line with one cell is as wide as the header.
func (t *frame) isOverAll(line string) bool {
	return shownWidth(strings.TrimLeft(line, " ")) == t.bars[len(t.bars)-1]+1
}

func countBars(line string) int {
	n := 0
	for _, r := range line {
		if isBar(r) {
			n++
		}
	}
	return n
}

func trimmed(raw []string) []string {
	cells := make([]string, len(raw))
	for i, cell := range raw {
		cells[i] = strings.TrimSpace(cell)
	}
	return cells
}

func (t *frame) add(raw, cells []string, number int) {
	if !slices.ContainsFunc(cells, func(c string) bool { return c != "" }) {
		return
	}
	t.grid.cells, t.grid.numbers = append(t.grid.cells, make([]string, t.columns)), append(t.grid.numbers, number)
	t.open = make([]rune, t.columns)
	t.join(raw, cells)
}

// join puts the text of a further line into the cells of the row.
func (t *frame) join(raw, cells []string) {
	row := t.grid.cells[len(t.grid.cells)-1]
	for i, cell := range cells {
		before := t.open[i]
		t.open[i] = t.markOf(raw[i], i)
		switch {
		case isCut(t.open[i]): // spaces count there
			cell = strings.TrimSuffix(raw[i], string(t.open[i]))
		case t.open[i] != 0:
			cell = strings.TrimSpace(strings.TrimSuffix(raw[i], string(t.open[i])))
		case isCut(before):
			cell = strings.TrimRight(raw[i], " ")
		}
		if rest, ok := strings.CutPrefix(cell, string(before)); ok && isCut(before) { // within a word, mostly
			cell = rest
		} else if cell = strings.TrimLeft(cell, " "); row[i] != "" && cell != "" {
			cell = " " + cell
		}
		if len(row[i]) <= maxLine { // longer than anything that is kept of a cell
			row[i] += cell
		}
	}
}

// markOf is the sign by which psql says that a cell goes on in the next line: + or ↵ where the text has a line break, a dot or three where there was no room for more. Other cells have a space there.
func (t *frame) markOf(raw string, column int) rune {
	last, _ := utf8.DecodeLastRuneInString(raw)
	if !strings.ContainsRune("+↵.…", last) {
		return 0
	}
	atEnd := t.hasEdges && shownWidth(raw) == t.rooms[column]+2 || !t.hasEdges && column < len(t.rules) && shownWidth(raw) == t.rules[column]
	if !t.padded || !atEnd {
		return 0
	}
	return last
}

// isCut reports whether a mark is that of a text which was cut where there was no more room.
func isCut(mark rune) bool { return mark == '.' || mark == '…' }

// goesOn reports whether a line belongs to the row above: psql marks it, a grid has a rule below each row, and a box may wrap its cells.
func (t *frame) goesOn(cells []string) bool {
	return slices.ContainsFunc(t.open, func(mark rune) bool { return mark != 0 }) || cells[0] == "" && len(t.grid.cells) > 0 && (t.isGrid || t.wraps)
}

func areTypes(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return c != "" && !typeName.MatchString(c) })
}

// cellsOf are the cells of each line that is a row, with the line's place.
func (t *frame) cellsOf(lines []frameLine) iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		for i, line := range lines {
			if raw, ok := t.split(line.text); ok && !yield(i, trimmed(raw)) {
				return
			}
		}
	}
}

// isHead reports whether the lines above the second rule are one header, and not rows above a rule for their sum.
func (t *frame) isHead(rows []frameLine) bool {
	names := make([]string, t.columns)
	for j, cells := range t.cellsOf(rows) {
		for i, cell := range cells {
			names[i] = strings.TrimSpace(names[i] + " " + cell)
		}
		if j > 0 && areTypes(cells) || hasNames(names) {
			return true
		}
	}
	return len(rows) == 1
}

// isOneRow reports whether the lines between two rules may be one row: only the first line has a first cell, and no number stands below another.
func (t *frame) isOneRow(rows []frameLine) bool {
	numbered := make([]bool, t.columns)
	for j, cells := range t.cellsOf(rows) {
		for i, cell := range cells {
			if j > 0 && (i == 0 && cell != "" || numbered[i] && isNumeric(cell)) {
				return false
			}
			numbered[i] = numbered[i] || isNumeric(cell)
		}
	}
	return true
}

// hasWrapped reports whether each line without a first cell may be the rest of the one above: its first words had no room there. If one is no such line, all of them are rows without a key; also if
// each begins with a capital letter and the columns are as wide as a text, and not as the terminal.
func (t *frame) hasWrapped(rows []frameLine) bool {
	var above []string
	full, wrapped, isUpper := make([]bool, t.columns), make([]bool, t.columns), true
	for _, cells := range t.cellsOf(rows) {
		for i, cell := range cells {
			full[i] = full[i] || shownWidth(cell) == t.rooms[i]
			if cells[0] != "" || cell == "" || above == nil {
				continue
			}
			word, _, _ := strings.Cut(cell, " ")
			if above[i] == "" || shownWidth(above[i])+1+shownWidth(word) <= t.rooms[i] {
				return false
			}
			first, _ := utf8.DecodeRuneInString(cell)
			isUpper = isUpper && unicode.IsUpper(first)
			wrapped[i] = true
		}
		above = cells
	}
	for i := range full {
		if wrapped[i] && full[i] && isUpper {
			return false
		}
	}
	return true
}

// shownWidth is how many columns of a terminal a text takes.
func shownWidth(text string) int {
	n := 0
	for _, r := range text {
		n += columnsOfRune(r)
	}
	return n
}

func columnsOfRune(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
		return 2
	}
	return 1
}
