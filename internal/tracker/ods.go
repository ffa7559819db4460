package tracker

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
)

// maxRepeats is how often a row or a cell may say that it is there: more rows than any program has.
const maxRepeats = 1 << 24

// maxRead is how many cells of all sheets are made, at most: the file has few bytes for those that are there many times.
const maxRead = 3 * maxGrid

// maxSpaces is how many spaces an element stands for, at most: no more than it takes to write it, so that a file grows by none.
const maxSpaces = 20

// openDocument reads an OpenDocument workbook (ODS).
func openDocument(a *archive, data []byte) (*opened, error) {
	if a.isEncrypted() {
		return nil, withPassword()
	}
	r := newDocumentReader()
	if err := a.each("content.xml", r.take); err != nil {
		return nil, err
	}
	o, err := r.opened()
	if err == nil {
		o.encoding, o.origin.data = "utf-8", data
	}
	return o, err
}

// isEncrypted reports whether the list of contents says how to decrypt them.
func (a *archive) isEncrypted() bool {
	const list = "META-INF/manifest.xml"
	encrypted := false
	if part := a.part(list); part == nil || part.UncompressedSize64 > MaxCell {
		return false
	}
	_ = a.each(list, func(_ *xmlReader, token xml.Token) error { // whatever else is in it does not matter
		if t, ok := token.(xml.StartElement); ok && t.Name.Local == "encryption-data" {
			encrypted = true
		}
		return nil
	})
	return encrypted
}

// isFlatDocument reports whether an XML is an OpenDocument workbook in one file (FODS).
func isFlatDocument(beginning string) bool {
	return strings.Contains(beginning[:min(len(beginning), 4096)], "<office:document")
}

func openFlatDocument(text string) (*opened, error) {
	r := newDocumentReader()
	if err := newXMLReader(strings.NewReader(text), "the file").each(r.take); err != nil {
		return nil, err
	}
	return r.opened()
}

// documentReader makes rows of the sheets in an OpenDocument's XML, and keeps the sheet with the stories, by the same rules as in a workbook of Excel's.
type documentReader struct {
	gridBuilder // of the sheet that is read
	sheets      int
	read        int // cells of the sheets before
	name        string
	hidden      bool

	chosen, shown, spare *documentSheet // one with a header, the first that is filled, and a hidden one if there is none of these

	failed error // of a sheet that was given up

	style  string          // the one that is being defined
	hides  map[string]bool // styles of sheets that are hidden
	isBook bool

	skip, table, inRow, inCell int // the depth of the element that is read; 0 is none
	cell                       documentCell
	column                     int // the next cell's
	rows                       int // how often the row is there
}

// documentSheet is a sheet that was read.
type documentSheet struct {
	name      string
	grid      *grid
	hasHeader bool
}

func newDocumentReader() *documentReader { return &documentReader{hides: map[string]bool{}} }

func (r *documentReader) opened() (*opened, error) {
	s := r.chosen
	if s == nil {
		s = r.shown
	}
	if s == nil {
		s = r.spare
	}
	switch {
	case !r.isBook:
		return nil, wrongFile("the file is an OpenDocument file, and no workbook", "")
	case s == nil && r.failed != nil:
		return nil, r.failed
	case s == nil:
		return nil, noCells()
	}
	o := &opened{table: s.grid, origin: origin{isDocument: true}, warnings: whichSheet(r.sheets, s.name)}
	o.warnings = append(o.warnings, Warning{Code: notWritten, Text: "Estimates cannot be written back into an OpenDocument workbook. To get the same file back, save it as XLSX and import that."})
	return o, nil
}

func (r *documentReader) take(x *xmlReader, token xml.Token) error {
	depth := len(x.stack)
	switch t := token.(type) {
	case xml.StartElement:
		if r.skip > 0 {
			return nil
		}
		return r.opens(x, t, depth)
	case xml.CharData:
		if r.skip == 0 && r.inCell > 0 {
			r.cell.write(t)
			return r.cell.checkSize(r.number)
		}
	case xml.EndElement:
		return r.closes(depth + 1)
	}
	return nil
}

func (r *documentReader) opens(x *xmlReader, t xml.StartElement, depth int) error {
	name := t.Name.Local
	switch {
	case r.inCell > 0:
		if !r.cell.opens(t) {
			r.skip = depth
		}
		return r.cell.checkSize(r.number)
	case r.inRow > 0:
		if name == "table-cell" || name == "covered-table-cell" {
			r.inCell, r.cell = depth, newDocumentCell(t)
		} else {
			r.skip = depth
		}
	case r.table > 0:
		r.opensInTable(t, depth)
	case name == "table" && depth > 1 && x.stack[depth-2].Local == "spreadsheet":
		r.opensTable(t, depth)
	case name == "spreadsheet":
		r.isBook = true
	case name == "style":
		r.style = named(t, "style:name")
	case name == "table-properties" && named(t, "table:display") == "false" && len(r.hides) < maxParts:
		r.hides[r.style] = true
	}
	return nil
}

func (r *documentReader) opensTable(t xml.StartElement, depth int) {
	r.sheets++
	r.name, r.hidden = named(t, "table:name"), r.hides[named(t, "table:style-name")]
	if r.chosen != nil || r.hidden && r.shown != nil || r.sheets > maxParts {
		r.skip = depth
		return
	}
	if r.read > maxRead {
		r.skip, r.failed = depth, tooManyCells(0)
		return
	}
	r.table, r.gridBuilder = depth, gridBuilder{cells: r.kept()}
}

// kept counts the cells of sheets that are kept beside the one that is read.
func (r *documentReader) kept() int {
	n := 0
	for _, s := range []*documentSheet{r.shown, r.spare} {
		if s != nil {
			n += s.grid.size()
		}
	}
	return n
}

func (r *documentReader) opensInTable(t xml.StartElement, depth int) {
	switch t.Name.Local {
	case "table-row":
		r.inRow, r.column, r.rows = depth, 0, countOf(t, "table:number-rows-repeated")
		r.startRow()
		r.number++
	case "table-rows", "table-row-group", "table-header-rows":
	default:
		r.skip = depth
	}
}

func (r *documentReader) closes(depth int) error {
	var err error
	switch depth {
	case r.skip:
		r.skip = 0
		if r.table == depth { // a sheet that was given up
			r.table = 0
		}
		return nil
	case r.inCell:
		if r.skip == 0 {
			r.inCell = 0
			err = r.endCell()
		}
	case r.inRow:
		if r.skip == 0 {
			r.inRow = 0
			if err = r.endRow(r.rows); r.number > 1<<28 && err == nil {
				err = tooManyRows(r.number)
			}
		}
	case r.table:
		if r.skip == 0 {
			r.endTable()
		}
	}
	if err != nil && r.table > 0 && (r.shown != nil || r.hidden) { // what is too large does not matter if it is behind another sheet, or nobody sees it
		r.skip, r.inRow, r.inCell, r.failed, err = r.table, 0, 0, err, nil
		r.read += r.cells - r.kept()
	}
	return err
}

func (r *documentReader) endTable() {
	r.read += r.cells - r.kept()
	s := &documentSheet{name: r.name, grid: r.built()}
	r.table, r.gridBuilder = 0, gridBuilder{}
	s.hasHeader = hasHeader(s.grid)
	switch {
	case len(s.grid.cells) == 0:
	case r.hidden:
		if r.spare == nil || s.hasHeader && !r.spare.hasHeader {
			r.spare = s
		}
	case s.hasHeader:
		r.chosen, r.shown, r.spare = s, nil, nil
	case r.shown == nil:
		r.shown, r.spare = s, nil
	}
}

// endCell puts a cell into the row, as often as it is there.
func (r *documentReader) endCell() error {
	c := &r.cell
	if c.isUncalculated() {
		_, formula, _ := strings.Cut(c.formula, "=")
		if err := r.putFormula(r.column, formula); err != nil {
			return err
		}
	} else if value := c.shownText(); value != "" {
		for i := range c.columns {
			if err := r.put(r.column+i, value); err != nil {
				return err
			}
		}
		if c.rows > 1 {
			r.grid.span(r.column, r.number, r.number+c.rows-1)
		}
	}
	r.column = min(r.column+c.columns, maxRepeats)
	return nil
}

// named is an attribute by its name with the prefix that all programs use.
func named(t xml.StartElement, name string) string {
	prefix, local, _ := strings.Cut(name, ":")
	for _, a := range t.Attr {
		if a.Name.Local == local && a.Name.Space == prefix {
			return a.Value
		}
	}
	return ""
}

// countOf is a number of repetitions; 1 if there is none.
func countOf(t xml.StartElement, name string) int {
	text := named(t, name)
	if text == "" {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil && !strings.HasPrefix(text, "-") && strings.Trim(text, "0123456789") == "" { // more than fits
		return maxRepeats
	}
	return int(min(max(n, 1), maxRepeats))
}

// documentCell is a cell that is read.
type documentCell struct {
	kind    string
	value   string // as a program reads it
	formula string
	covered bool // by a merged cell: nobody sees it
	columns int  // how often it is there
	rows    int  // over how many rows it is merged

	text       strings.Builder // as people see it
	paragraphs int
	spaced     bool // the text ends in a space, or has not begun
}

func newDocumentCell(t xml.StartElement) documentCell {
	c := documentCell{
		kind: named(t, "office:value-type"), formula: named(t, "table:formula"), covered: t.Name.Local == "covered-table-cell",
		columns: countOf(t, "table:number-columns-repeated"), rows: countOf(t, "table:number-rows-spanned"),
	}
	switch c.kind {
	case "float", "percentage", "currency":
		c.value = named(t, "office:value")
	case "date", "time", "boolean":
		c.value = named(t, "office:"+c.kind+"-value")
	case "string":
		c.value = named(t, "office:string-value")
	}
	if named(t, "calcext:value-type") == "error" {
		c.kind = "error"
	}
	return c
}

// opens heeds an element in the cell. False is that nobody reads it there: a note, a picture, a table.
func (c *documentCell) opens(t xml.StartElement) bool {
	if t.Name.Space != "text" || c.covered {
		return false
	}
	switch t.Name.Local {
	case "p", "h":
		if c.paragraphs++; c.paragraphs > 1 {
			c.text.WriteByte('\n')
		}
		c.spaced = true
	case "s":
		c.text.WriteString(strings.Repeat(" ", min(countOf(t, "text:c"), maxSpaces)))
		c.spaced = false
	case "tab":
		c.text.WriteByte('\t')
		c.spaced = true
	case "line-break":
		c.text.WriteByte('\n')
		c.spaced = true
	case "note", "ruby-text", "tracked-changes":
		return false
	}
	return true
}

func (c *documentCell) checkSize(row int) error {
	if c.text.Len() > MaxCell {
		return &Error{Kind: TooLarge, Row: row, Problem: "a cell has more than 1 MB of text", Advice: "Save only the columns you need."}
	}
	return nil
}

// write adds text of a paragraph. White space of any kind, however much, is one space.
func (c *documentCell) write(text []byte) {
	if c.paragraphs == 0 || c.covered {
		return
	}
	for _, b := range text {
		switch b {
		case ' ', '\t', '\r', '\n':
			if !c.spaced {
				c.text.WriteByte(' ')
			}
			c.spaced = true
		default:
			c.text.WriteByte(b)
			c.spaced = false
		}
	}
}

// isUncalculated reports whether the cell's formula has no result. A text that is empty is one.
func (c *documentCell) isUncalculated() bool {
	return c.formula != "" && !c.covered && c.value == "" && c.kind != "string" && c.kind != "error" && c.text.Len() == 0
}

var failedFormula = regexp.MustCompile(`^(?:Err:\d{3}|#N/A|#[\pL/0]+[!?])$`)

// shownText is what a person sees in the cell, near enough.
func (c *documentCell) shownText() string {
	text := strings.TrimRight(c.text.String(), " ")
	if c.covered || c.kind == "error" || c.formula != "" && failedFormula.MatchString(text) {
		return ""
	}
	switch c.kind {
	case "float", "percentage", "currency":
		if number, err := strconv.ParseFloat(c.value, 64); err == nil {
			return shownNumber(number, c.value, text)
		}
	case "boolean":
		return strings.ToUpper(c.value)
	case "date":
		if moment := strings.TrimSuffix(strings.Replace(c.value, "T", " ", 1), " 00:00:00"); dated.MatchString(moment) {
			return moment[:min(len(moment), len("2006-01-02 15:04:05"))]
		}
	case "string":
		if c.paragraphs == 0 {
			return c.value
		}
	}
	return text
}

var (
	shownDate = regexp.MustCompile(`^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b`)
	shownKey  = regexp.MustCompile(`^[\pL\-#_/.]*?0*(\d+)$`)
)

// shownNumber is a number without an exponent, but as it is shown if that only puts zeros or letters to it: 00123, BOAT-7, 1.0. Programs without dates write days as numbers.
func shownNumber(number float64, value, shown string) string {
	if shownDate.MatchString(shown) && number >= 0 && number < 2_958_466 {
		return dateText(number)
	}
	plain := value
	if number < 1e15 && number > -1e15 {
		plain = strconv.FormatFloat(number, 'f', -1, 64)
	}
	if len(shown) > MaxKey {
		return plain
	}
	if m := shownKey.FindStringSubmatch(shown); m != nil && m[1] == plain {
		return shown
	}
	if n, ok := fractionOf(shown); ok && n == number {
		return shown
	}
	return plain
}

// fractionOf is a number with decimals, if the text is one.
func fractionOf(text string) (float64, bool) {
	n, ok := number(text)
	return n, ok && isNumeric(text) && strings.ContainsAny(text, ".,")
}
