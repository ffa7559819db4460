package tracker

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// origin is what it takes to give a file back.
type origin struct {
	data       []byte
	decoded    decoded
	table      *delimited // nil for a workbook and for what cannot be given back with estimates
	sheet      string     // the part of a workbook
	isDocument bool       // an OpenDocument workbook
	layout     *layout
	again      map[string][]int // the rows with a key that an earlier row has
	repeats    []int            // the rows that are the header again
}

// Estimate is what a team agreed on. It goes to the rows with the key; without a key, or if no row has it, to the row.
type Estimate struct {
	Key   string
	Row   int
	Value string // Value is a card's. A coffee cup, a question mark and what a spreadsheet would run are no points and change nothing.
}

// Original is the file as it came, byte for byte, but for the points of the rows that have an estimate. They go into the column that has them;
// where there is none, a column is added at the end under the tracker's own name for it. Encoding, byte order mark, delimiter, quotes, line ends
// and all other cells stay as they are. A workbook stays as it is but for the sheet with the stories.
//
// An error is always an [*Error]. One of kind [NoOriginal] says that such a file cannot be brought back into a tracker anyway: XML, JSON, lists of lines.
func (f *File) Original(estimates []Estimate) ([]byte, error) {
	wanted := f.estimatesByRow(estimates)
	if len(wanted) == 0 {
		return append([]byte(nil), f.origin.data...), nil
	}
	if err := f.Returnable(); err != nil {
		return nil, err
	}
	if f.origin.sheet != "" {
		return f.originalWorkbook(wanted)
	}
	return f.originalText(wanted)
}

// Returnable is nil if estimates can be written into a file of this kind, else the Error of kind [NoOriginal] that [File.Original] has for it.
func (f *File) Returnable() error {
	switch o := &f.origin; {
	case o.sheet != "":
	case o.isDocument:
		return &Error{
			Kind: NoOriginal, Problem: "estimates cannot be written into an OpenDocument workbook",
			Advice: "Export our CSV instead; or save the workbook as XLSX and import that, which is given back.",
		}
	case o.table == nil:
		return &Error{
			Kind: NoOriginal, Problem: fmt.Sprintf("estimates cannot be written into a file of this kind (%s)", f.Tracker),
			Advice: "No tracker imports such a file. Export our CSV instead, or import the stories from a CSV first.",
		}
	case o.decoded.lossy:
		return &Error{Kind: NoOriginal, Problem: "the file has broken letters, which could not be written as they were", Advice: "Export our CSV instead."}
	}
	return nil
}

// estimatesByRow are the points to be written, by the number of their row.
func (f *File) estimatesByRow(estimates []Estimate) map[int]string {
	rows := map[string]int{}
	for _, s := range f.Stories {
		rows[foldedKey(s.Key)] = s.Row
	}
	wanted := map[int]string{}
	for _, e := range estimates {
		value, ok := writable(e.Value)
		if !ok {
			continue
		}
		key := foldedKey(e.Key)
		if row, ok := rows[key]; ok && key != "" {
			wanted[row] = value
			for _, row := range f.origin.again[key] { // a story may be on several rows
				wanted[row] = value
			}
		} else if e.Row > 0 {
			wanted[e.Row] = value
		}
	}
	return wanted
}

// writable are the points of a card, if it has any.
func writable(card string) (string, bool) {
	card = strings.TrimSpace(card)
	if n, ok := number(card); ok {
		return strconv.FormatFloat(n, 'f', -1, 64), true
	}
	if card == "" || card == "?" || strings.EqualFold(card, "coffee") || strings.ContainsAny(card[:1], "=+-@") || strings.ContainsAny(card, "\t\r\n") {
		return "", false
	}
	return card, true
}

// pointsStyle is how the points of a file are written.
type pointsStyle struct {
	comma    bool // 3,5
	decimals int  // at least so many
	quoted   bool // a value that is put where none was goes into quotes
	filled   map[int]int
}

// styleOf looks at all points that the file has, and how it quotes.
func (f *File) styleOf() (pointsStyle, error) {
	style := pointsStyle{decimals: -1, filled: map[int]int{}}
	points := f.origin.layout.columns[Points]
	var quotedPoints, barePoints, quotedCells, bareCells int
	r := f.origin.table.open().(*delimitedRows)
	for {
		ok, err := r.next()
		if err != nil || !ok {
			switch {
			case quotedPoints+barePoints > 0:
				style.quoted = quotedPoints > barePoints
			case quotedCells > 0:
				style.quoted = bareCells == 0
			}
			style.decimals = max(style.decimals, 0)
			return style, err
		}
		if r.number() <= f.origin.layout.row {
			continue
		}
		for _, c := range r.current().cells {
			switch {
			case c.quoted:
				quotedCells++
			case c.end > c.start:
				bareCells++
			}
		}
		for _, column := range points {
			value := strings.TrimSpace(r.text(column))
			if !isNumeric(value) {
				continue
			}
			style.filled[column]++
			style.look(value)
			if r.current().cells[column].quoted {
				quotedPoints++
			} else {
				barePoints++
			}
		}
	}
}

func (s *pointsStyle) look(value string) {
	i := strings.IndexAny(value, ".,")
	decimals := 0
	if i >= 0 {
		decimals = len(value) - i - 1
		s.comma = value[i] == ','
	}
	if s.decimals < 0 || decimals < s.decimals {
		s.decimals = decimals
	}
}

// written is a value in the file's own way: 5.0 where all have one decimal, 3,00 where they have two and a comma.
func (s *pointsStyle) written(value string) string {
	if !isNumeric(value) {
		return value
	}
	whole, fraction, _ := strings.Cut(value, ".")
	for len(fraction) < s.decimals {
		fraction += "0"
	}
	separator := "."
	if s.comma {
		separator = ","
	}
	if fraction == "" {
		return whole
	}
	return whole + separator + fraction
}

// column is where the points of a row go: where the row has some, else where most rows have them, else the first such column; -1 is none.
func (s *pointsStyle) column(l *layout, r *delimitedRows) int {
	best := -1
	for _, column := range l.columns[Points] {
		if !l.format.isAbsent(r.text(column)) {
			return column
		}
		if best < 0 || s.filled[column] > s.filled[best] {
			best = column
		}
	}
	return best
}

// originalText copies the text and puts the points into it.
func (f *File) originalText(wanted map[int]string) ([]byte, error) {
	style, err := f.styleOf()
	if err != nil {
		return nil, err
	}
	o := &f.origin
	w := textWriter{style: style, layout: o.layout, repeats: o.repeats, adds: len(o.layout.columns[Points]) == 0}
	w.out.Grow(len(o.table.text) + 16*len(wanted))
	r := o.table.open().(*delimitedRows)
	copied := 0
	for {
		ok, err := r.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		w.out.WriteString(o.table.text[copied:r.outer.start])
		if w.row(r, wanted[r.number()]) != nil {
			return nil, noLetters(r.number())
		}
		copied = r.outer.end
	}
	w.out.WriteString(o.table.text[copied:])
	return o.decoded.bytes(w.out.String())
}

// textWriter writes the rows of a text, most of them as they are.
type textWriter struct {
	style   pointsStyle
	layout  *layout
	repeats []int
	adds    bool // a column is added
	out     strings.Builder
}

// row writes one row. A row that is wrapped in one cell is changed inside of it.
func (w *textWriter) row(r *delimitedRows, value string) error {
	s := r.current()
	row := s.text[s.start:s.end]
	changed, err := w.changed(r, value)
	if err != nil {
		return err
	}
	switch {
	case changed == row && r.inner != nil:
		w.out.WriteString(r.outer.text[r.outer.start:r.outer.end])
	case r.inner != nil:
		cell := r.outer.cells[0]
		w.out.WriteString(r.outer.text[r.outer.start:cell.start])
		w.out.WriteString(strings.ReplaceAll(changed, `"`, `""`))
		w.out.WriteString(r.outer.text[cell.end:r.outer.end])
	default:
		w.out.WriteString(changed)
	}
	return nil
}

// changed is a row with its points.
func (w *textWriter) changed(r *delimitedRows, value string) (string, error) {
	s := r.current()
	row := s.text[s.start:s.end]
	if w.adds {
		return w.extended(r, row, value)
	}
	if value == "" {
		return row, nil
	}
	column := w.style.column(w.layout, r)
	value = w.style.written(value)
	if column >= len(s.cells) {
		return w.padded(s, row, column, value)
	}
	c := s.cells[column]
	if c.quoted {
		text, err := r.enc.encode(strings.ReplaceAll(value, `"`, `""`))
		return s.text[s.start:c.start] + text + s.text[c.end:s.end], err
	}
	text, err := w.cell(s, r.enc, value, c.start == c.end && w.style.quoted)
	return s.text[s.start:c.start] + text + s.text[c.end:s.end], err
}

// padded adds the cells that a short row lacks.
func (w *textWriter) padded(s *scanner, row string, column int, value string) (string, error) {
	text, err := w.cell(s, encodingUTF8, value, w.style.quoted)
	return row + strings.Repeat(string(rune(s.delimiter)), column-len(s.cells)+1) + text, err
}

// extended is a row with a cell for the column that is added: its name in each header, else the points or nothing. Rows that are shorter than the
// header stay as they are if they get no points, and so do rows that are longer, where the cell would be in the wrong column.
func (w *textWriter) extended(r *delimitedRows, row, value string) (string, error) {
	s := r.current()
	column := len(w.layout.header)
	_, isRepeated := slices.BinarySearch(w.repeats, r.number())
	isHeader := r.number() == w.layout.row || isRepeated
	switch {
	case s.start == s.end, r.number() < w.layout.row, len(s.cells) > column:
		return row, nil
	case isHeader:
		name, err := w.cell(s, r.enc, w.layout.format.addPoints, s.cells[len(s.cells)-1].quoted)
		return row + strings.Repeat(string(rune(s.delimiter)), column-len(s.cells)+1) + name, err
	case value == "" && len(s.cells) < column:
		return row, nil
	case value == "":
		return row + string(rune(s.delimiter)), nil
	}
	return w.padded(s, row, column, w.style.written(value))
}

// cell is a value as a cell, in quotes if it is to be or has to be.
func (w *textWriter) cell(s *scanner, enc *encoding, value string, quoted bool) (string, error) {
	text, err := enc.encode(value)
	if !s.quotes || s.delimiter >= utf8.RuneSelf {
		return text, err
	}
	if quoted || strings.ContainsAny(text, "\"\r\n"+string(rune(s.delimiter))) {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`, err
	}
	return text, err
}
