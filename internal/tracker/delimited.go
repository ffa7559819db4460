package tracker

import (
	"strings"
)

// span is a cell: text[start:end] is its content, without quotes.
type span struct {
	start, end int
	quoted     bool
	doubled    bool // it may hold doubled quotes
}

// dialect says what is between the cells of a file.
type dialect struct {
	delimiter byte
	quotes    bool // a cell may be within quotes; GitHub's TSV knows none
	newline   byte // '\n', or '\r' in files of old
	skip      int  // bytes before the first row, such as "sep=;"
}

// scanner reads rows of cells and keeps where in the text each is, so that a cell can be replaced without touching another. It takes what strict
// readers refuse: rows of any length, spaces around quotes, quotes within cells.
type scanner struct {
	dialect
	text   string
	pos    int
	number int    // of the row that was read last, from 1
	start  int    // where that row starts
	end    int    // where it ends, without its line end
	cells  []span // its cells
	loose  int    // the first row in which quotes are not as they should be; 0 is none
	wasted int    // bytes that were read twice because a quote did not open a cell
}

func newScanner(text string, d dialect) *scanner {
	return &scanner{dialect: d, text: text, pos: d.skip}
}

// next reads the next row; false is the end of the text.
func (s *scanner) next() (bool, error) {
	if s.pos >= len(s.text) {
		return false, nil
	}
	s.number++
	if s.number > MaxRows {
		return false, tooManyRows(s.number)
	}
	s.start, s.cells = s.pos, s.cells[:0]
	for {
		cell, after, err := s.cell(s.pos)
		if err != nil {
			return false, err
		}
		if len(s.cells) == MaxColumns {
			return false, tooManyColumns(s.number)
		}
		s.cells = append(s.cells, cell)
		if after >= len(s.text) || s.text[after] == s.newline {
			s.end, s.pos = s.trimmed(after), after+1
			return true, nil
		}
		s.pos = after + 1
		if s.pos == len(s.text) { // a delimiter is the last character: an empty cell follows
			s.cells = append(s.cells, span{start: s.pos, end: s.pos})
			s.end = s.pos
			return true, nil
		}
	}
}

// cell reads one cell and returns where its delimiter or line end is.
func (s *scanner) cell(from int) (span, int, error) {
	if s.quotes {
		at := from
		for at < len(s.text) && s.text[at] == ' ' && s.delimiter != ' ' {
			at++
		}
		if at < len(s.text) && s.text[at] == '"' {
			return s.quotedCell(from, at+1)
		}
	}
	return s.bareCell(from)
}

func (s *scanner) bareCell(from int) (span, int, error) {
	at, text, delimiter, newline := from, s.text, s.delimiter, s.newline
	for at < len(text) && text[at] != delimiter && text[at] != newline {
		at++
	}
	if at-from > MaxCell {
		return span{}, 0, s.cellTooLong()
	}
	end := at
	if at == len(text) || text[at] == newline {
		end = max(from, s.trimmed(at))
	}
	return span{start: from, end: end}, at, nil
}

// quotedCell reads a cell whose content starts behind an opening quote. A quote that neither ends the cell nor is doubled is taken as it stands;
// if the cell then never ends, its first quote was no opening one.
func (s *scanner) quotedCell(from, content int) (span, int, error) {
	cell := span{start: content, quoted: true}
	odd := false
	for at := content; ; {
		i := strings.IndexByte(s.text[at:min(len(s.text), content+MaxCell+1)], '"')
		if i < 0 {
			return s.unclosed(from, odd)
		}
		at += i + 1
		if at < len(s.text) && s.text[at] == '"' {
			cell.doubled = true
			at++
			continue
		}
		if after, ok := s.cellEnds(at); ok {
			cell.end = at - 1
			if odd {
				s.markLoose()
			}
			return cell, after, nil
		}
		odd = true
	}
}

// cellEnds reports whether nothing but white space is between a closing quote and the end of its cell, and where that is.
func (s *scanner) cellEnds(at int) (int, bool) {
	for at < len(s.text) && (s.text[at] == ' ' || s.text[at] == '\r') && s.text[at] != s.delimiter && s.text[at] != s.newline {
		at++
	}
	return at, at >= len(s.text) || s.text[at] == s.delimiter || s.text[at] == s.newline
}

// unclosed decides about a quote that nothing closes. What is read a second time is bounded, or many such quotes would take for ever.
func (s *scanner) unclosed(from int, odd bool) (span, int, error) {
	s.wasted += min(len(s.text)-from, MaxCell)
	if odd && s.wasted <= maxWasted {
		s.markLoose()
		return s.bareCell(from)
	}
	if len(s.text)-from > MaxCell {
		return span{}, 0, s.cellTooLong()
	}
	return span{}, 0, &Error{
		Kind: Cut, Row: s.number, Column: len(s.cells) + 1,
		Problem: "the cell opens with a quote that is never closed",
		Advice:  "The file was probably cut off: export it again. If the quote belongs to the text, double it and put the cell in quotes.",
	}
}

func (s *scanner) markLoose() {
	if s.loose == 0 {
		s.loose = s.number
	}
}

// trimmed is where a row ends that has its line end at the place given: carriage returns belong to the line end.
func (s *scanner) trimmed(at int) int {
	if s.newline == '\n' {
		for at > s.start && s.text[at-1] == '\r' {
			at--
		}
	}
	return at
}

// content is the text of a cell as it is meant.
func (s *scanner) content(c span) string {
	text := s.text[c.start:c.end]
	if c.doubled {
		return strings.ReplaceAll(text, `""`, `"`)
	}
	return text
}

func (s *scanner) cellTooLong() error {
	return &Error{
		Kind: TooLarge, Row: s.number, Column: len(s.cells) + 1, Problem: "the cell has more than 1 MB",
		Advice: "Perhaps a quote that opens it is never closed, or the file is no table. Export the list again, with fewer columns.",
	}
}

func tooManyRows(row int) error {
	return &Error{
		Kind: TooMany, Row: row, Problem: "the file has more than 50,000 rows",
		Advice: "Filter the list in your tracker, for example by sprint, and export what is left: a session takes 500 stories.",
	}
}

func tooManyColumns(row int) error {
	return &Error{
		Kind: TooMany, Row: row, Column: MaxColumns + 1, Problem: "the row has more than 2,000 columns",
		Advice: "Export only the columns you need: key, title, description, type, status and points.",
	}
}
