package tracker

import (
	"encoding/xml"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// workbook is an XLSX file.
type workbook struct {
	*archive
	shared []string
	dates  []bool    // by the number of a cell's style
	shown  []shownAs // by the number of a cell's style

	dayZero      float64 // days from the last one of 1899 to where days count from
	uncalculated bool    // the workbook asks to be calculated when it is opened: a zero beside a formula is no result
}

// sheet is one of its tables.
type sheet struct {
	name, part string
	hidden     bool
}

func openWorkbook(a *archive, data []byte) (*opened, error) {
	w := &workbook{archive: a}
	sheets, err := w.sheets()
	if err != nil {
		return nil, err
	}
	if err := w.readShared(); err != nil {
		return nil, err
	}
	if err := w.readStyles(); err != nil {
		return nil, err
	}
	s, g, err := w.sheetOfStories(sheets)
	if err != nil {
		return nil, err
	}
	if g == nil {
		return nil, noCells()
	}
	o := &opened{table: g, encoding: "utf-8", origin: origin{data: data, sheet: s.part}}
	o.warnings = whichSheet(len(sheets), s.name)
	return o, nil
}

func noCells() error {
	return &Error{Kind: Empty, Problem: "the workbook has no filled cells", Advice: "Save the sheet with the list as XLSX or CSV."}
}

// whichSheet says which of several was read.
func whichSheet(sheets int, name string) []Warning {
	if sheets < 2 {
		return nil
	}
	return []Warning{{Code: otherSheet, N: sheets, Name: name, Text: fmt.Sprintf("The workbook has %d sheets; the one called %q was read.", sheets, name)}}
}

// sheetOfStories reads the first sheet that has the header of a list of stories, else the first that is filled: a workbook may begin with an explanation or with sums. A hidden sheet is read only
// if no other is filled.
func (w *workbook) sheetOfStories(sheets []sheet) (sheet, *grid, error) {
	var first sheet
	var filled *grid
	for _, s := range sheets {
		if filled != nil && s.hidden {
			break
		}
		g, err := w.readSheet(s)
		if err != nil {
			if filled != nil { // what is too large behind it does not matter then
				break
			}
			return s, nil, err
		}
		if hasHeader(g) {
			return s, g, nil
		}
		if filled == nil && len(g.cells) > 0 {
			first, filled = s, g
		}
	}
	return first, filled, nil
}

// hasHeader reports whether one of the first rows is a header by its names, and rows are below it.
func hasHeader(g *grid) bool {
	for i := range min(len(g.cells)-1, headerRows) {
		known, filled := knownMeanings(g.cells[i]), filledOf(g.cells[i])
		isAlone := i == 0 && len(filled) != 2 && looksLikeHeader(filled) // two cells may be what the sheet is called
		if known[Title] && (len(known) > 1 || isAlone) || recogniseFormat(g.cells[i], "", "") != nil {
			return true
		}
	}
	return false
}

// sheets are the workbook's tables in their order, without those that are hidden if there are others.
func (w *workbook) sheets() ([]sheet, error) {
	targets := map[string]string{}
	err := w.each("xl/_rels/workbook.xml.rels", func(_ *xmlReader, token xml.Token) error {
		if t, ok := token.(xml.StartElement); ok && t.Name.Local == "Relationship" {
			targets[attribute(t, "Id")] = attribute(t, "Target")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var shown, hidden []sheet
	err = w.each("xl/workbook.xml", func(_ *xmlReader, token xml.Token) error {
		t, ok := token.(xml.StartElement)
		if ok {
			w.settings(t)
		}
		if !ok || t.Name.Local != "sheet" {
			return nil
		}
		if len(shown)+len(hidden) == maxParts { // several may be the same part, and each is read
			return &Error{Kind: TooMany, Problem: "the workbook has more than 2,000 sheets", Advice: "Save the sheet with the list alone."}
		}
		target := targets[prefixed(t, "id")]
		part := path.Join("xl", target)
		if strings.HasPrefix(target, "/") {
			part = strings.TrimPrefix(target, "/")
		}
		s := sheet{name: attribute(t, "name"), part: part}
		if attribute(t, "state") == "" || attribute(t, "state") == "visible" {
			shown = append(shown, s)
		} else {
			s.hidden = true
			hidden = append(hidden, s)
		}
		return nil
	})
	return append(shown, hidden...), err
}

// settings heeds what a workbook says of all its sheets.
func (w *workbook) settings(t xml.StartElement) {
	isTrue := func(name string) bool { value := attribute(t, name); return value == "1" || value == "true" }
	switch t.Name.Local {
	case "workbookPr":
		if isTrue("date1904") {
			w.dayZero = 1462
		}
	case "calcPr":
		w.uncalculated = isTrue("fullCalcOnLoad")
	}
}

// prefixed is an attribute of another namespace, whatever prefix it has.
func prefixed(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

// readShared reads the texts that cells refer to by number. What is said of pronunciation is no part of them.
func (w *workbook) readShared() error {
	var text strings.Builder
	inText, spoken := false, 0
	return w.each("xl/sharedStrings.xml", func(_ *xmlReader, token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			inText = t.Name.Local == "t"
			if t.Name.Local == "rPh" {
				spoken++
			}
		case xml.CharData:
			if inText && spoken == 0 {
				text.Write(t)
			}
		case xml.EndElement:
			inText = false
			switch t.Name.Local {
			case "rPh":
				spoken--
			case "si":
				if len(w.shared) >= maxGrid {
					return tooManyCells(0)
				}
				w.shared = append(w.shared, unescapeX(text.String()))
				text.Reset()
			}
		}
		return nil
	})
}

// unescapeX makes characters of what Excel writes as _x000D_.
func unescapeX(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, "_x")
		if i < 0 || i+7 > len(text) {
			b.WriteString(text)
			return b.String()
		}
		code, err := strconv.ParseUint(text[i+2:i+6], 16, 16)
		if err != nil || text[i+6] != '_' {
			b.WriteString(text[:i+2])
			text = text[i+2:]
			continue
		}
		b.WriteString(text[:i])
		b.WriteRune(rune(code))
		text = text[i+7:]
	}
}
