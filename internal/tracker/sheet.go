package tracker

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"
)

// sheetReader makes rows of a sheet's XML.
type sheetReader struct {
	gridBuilder
	book *workbook

	column int // the cell's, from 0
	kind   string
	style  int
	value  strings.Builder
	inside bool // in an element whose text is the cell's value

	formula    strings.Builder
	inFormula  bool
	hasFormula bool
	hasValue   bool
}

func (w *workbook) readSheet(s sheet) (*grid, error) {
	if w.part(s.part) == nil {
		return &grid{}, nil
	}
	r := sheetReader{book: w}
	err := w.each(s.part, func(_ *xmlReader, token xml.Token) error { return r.take(token) })
	return r.built(), err
}

func (r *sheetReader) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return r.opens(t)
	case xml.CharData:
		switch {
		case r.inside:
			r.value.Write(t)
		case r.inFormula:
			r.formula.Write(t)
		}
	case xml.EndElement:
		return r.closes(t.Name.Local)
	}
	return nil
}

func (r *sheetReader) opens(t xml.StartElement) error {
	r.inside, r.inFormula = false, false
	switch t.Name.Local {
	case "row":
		r.number++
		if n, err := strconv.Atoi(attribute(t, "r")); err == nil && n >= r.number {
			r.number = n
		}
		r.startRow()
		r.column = -1
	case "c":
		r.column++
		if c, ok := columnOf(attribute(t, "r")); ok {
			r.column = c
		}
		r.kind = attribute(t, "t")
		r.style, _ = strconv.Atoi(attribute(t, "s"))
		r.value.Reset()
		r.formula.Reset()
		r.hasFormula, r.hasValue = false, false
	case "f":
		r.inFormula, r.hasFormula = true, true
	case "v":
		r.inside, r.hasValue = true, true
	case "mergeCell":
		r.grid.merge(attribute(t, "ref"))
	case "t":
		r.inside = r.kind == "inlineStr"
	}
	return nil
}

func (r *sheetReader) closes(name string) error {
	r.inside, r.inFormula = false, false
	switch name {
	case "c":
		return r.endCell()
	case "row":
		return r.endRow(1)
	}
	return nil
}

func (r *sheetReader) endCell() error {
	value := r.book.cellText(r.value.String(), r.kind, r.style)
	if r.hasFormula && r.isUncalculated() {
		return r.putFormula(r.column, r.formula.String())
	}
	return r.put(r.column, value)
}

// isUncalculated reports whether the cell's formula has no result. A text that is empty is one.
func (r *sheetReader) isUncalculated() bool {
	switch value := strings.TrimSpace(r.value.String()); value {
	case "":
		return r.kind != "str" || !r.hasValue
	case "0":
		return r.book.uncalculated && r.kind == ""
	}
	return false
}

// columnOf is the column in a reference such as B3, from 0.
func columnOf(reference string) (int, bool) {
	column := 0
	for i := range len(reference) {
		c := reference[i]
		if c < 'A' || c > 'Z' || i > 3 {
			return column - 1, i > 0 && i <= 3
		}
		column = column*26 + int(c-'A') + 1
	}
	return 0, false
}

// columnName is the way back.
func columnName(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// cellText is what a person sees in a cell, near enough.
func (w *workbook) cellText(value, kind string, style int) string {
	switch kind {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && i >= 0 && i < len(w.shared) {
			return w.shared[i]
		}
		return ""
	case "b":
		if value == "1" {
			return "TRUE"
		}
		return "FALSE"
	case "str", "inlineStr":
		return unescapeX(value)
	case "e":
		return ""
	}
	return w.numberText(strings.TrimSpace(value), style)
}

// numberText writes a number without an exponent, and a date as a date.
func (w *workbook) numberText(value string, style int) string {
	number, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return value
	}
	if style >= 0 && style < len(w.dates) && w.dates[style] && number >= 0 && number < 2_958_466 {
		return dateText(number + w.dayZero)
	}
	if style >= 0 && style < len(w.shown) && w.shown[style].digits > 0 && number >= 0 && number == float64(int64(number)) && number < 1e15 {
		return w.shown[style].text(int64(number))
	}
	if number > 1e15 || number < -1e15 {
		return value
	}
	text := strconv.FormatFloat(number, 'f', -1, 64)
	if style >= 0 && style < len(w.shown) {
		return w.shown[style].withDecimals(text)
	}
	return text
}

// dateText is the day that is so many days after the last one of 1899, as spreadsheets count.
func dateText(days float64) string {
	seconds := time.Duration(days*86_400+0.5) * time.Second
	day := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	moment := day.AddDate(0, 0, int(seconds/(24*time.Hour))).Add(seconds % (24 * time.Hour))
	if days == float64(int64(days)) {
		return moment.Format(time.DateOnly)
	}
	return moment.Format("2006-01-02 15:04:05")
}

// readStyles finds out which styles show numbers as dates.
func (w *workbook) readStyles() error {
	custom, shown := map[string]bool{}, map[string]shownAs{"2": shownBy("0.00")} // the only one of Excel's own that matters
	inFormats := false
	return w.each("xl/styles.xml", func(_ *xmlReader, token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "numFmt":
				id, code := attribute(t, "numFmtId"), attribute(t, "formatCode")
				custom[id], shown[id] = isDateFormat(code), shownBy(code)
			case "cellXfs":
				inFormats = true
			case "xf":
				if inFormats && len(w.dates) < maxGrid {
					id := attribute(t, "numFmtId")
					n, _ := strconv.Atoi(id)
					w.dates = append(w.dates, custom[id] || n >= 14 && n <= 22 || n >= 45 && n <= 47)
					w.shown = append(w.shown, shown[id])
				}
			}
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				inFormats = false
			}
		}
		return nil
	})
}

// isDateFormat reports whether a number's format has days, months, years or hours in it, outside of quotes and brackets. A letter behind a backslash stands for itself, one behind _ for its width,
// and one behind * fills the cell (ECMA-376, 18.8.31).
func isDateFormat(code string) bool {
	var until rune
	alone := false
	for _, c := range strings.ToLower(code) {
		switch {
		case alone:
			alone = false
		case until != 0:
			if c == until {
				until = 0
			}
		case c == '\\', c == '_', c == '*':
			alone = true
		case c == '"':
			until = '"'
		case c == '[':
			until = ']'
		case strings.ContainsRune("dmyhs", c):
			return true
		}
	}
	return false
}
