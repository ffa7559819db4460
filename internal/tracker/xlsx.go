package tracker

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

const (
	maxParts    = 2_000    // files in a workbook
	maxUnpacked = 64 << 20 // bytes of its parts that are read, unpacked
	leastLimit  = 16 << 20 // what even a small workbook may unpack to
	packedRatio = 10       // and beyond that, how much each byte may become
)

func isZip(data []byte) bool {
	return bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06"))
}

// workbook is an XLSX file whose parts are read one by one, each bounded by what the file says of its size before it is unpacked.
type workbook struct {
	archive *zip.Reader
	parts   map[string]*zip.File
	left    uint64 // bytes that may still be unpacked
	shared  []string
	dates   []bool    // by the number of a cell's style
	shown   []shownAs // by the number of a cell's style

	dayZero      float64 // days from the last one of 1899 to where days count from
	uncalculated bool    // the workbook asks to be calculated when it is opened: a zero beside a formula is no result
}

// sheet is one of its tables.
type sheet struct {
	name, part string
	hidden     bool
}

func openWorkbook(data []byte) (*opened, error) {
	w, err := newWorkbook(data)
	if err != nil {
		return nil, err
	}
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
		return nil, &Error{Kind: Empty, Problem: "the workbook has no filled cells", Advice: "Save the sheet with the list as XLSX or CSV."}
	}
	o := &opened{table: g, encoding: "utf-8", origin: origin{data: data, sheet: s.part}}
	if len(sheets) > 1 {
		o.warnings = append(o.warnings, Warning{Code: otherSheet, N: len(sheets), Name: s.name, Text: fmt.Sprintf("The workbook has %d sheets; the one called %q was read.", len(sheets), s.name)})
	}
	return o, nil
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

// newWorkbook looks into the archive's list of contents, and unpacks nothing.
func newWorkbook(data []byte) (*workbook, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, &Error{Kind: Cut, Problem: "the file is a packed one (XLSX or ZIP) that ends in the middle or is broken", Advice: "Save or export it again."}
	}
	if len(archive.File) > maxParts {
		return nil, &Error{Kind: TooMany, Problem: fmt.Sprintf("the file has %d files packed in it", len(archive.File)), Advice: "Save the sheet with the list alone."}
	}
	w := &workbook{archive: archive, parts: map[string]*zip.File{}, left: min(maxUnpacked, uint64(leastLimit+packedRatio*len(data)))}
	var names strings.Builder
	for _, f := range archive.File {
		w.parts[strings.TrimPrefix(f.Name, "/")] = f
		names.WriteString(f.Name + "\n")
	}
	if w.parts["xl/workbook.xml"] == nil {
		return nil, wrongFile(packedKind(names.String()), "")
	}
	return w, nil
}

func packedKind(names string) string {
	switch {
	case strings.Contains(names, "word/"):
		return "the file is a Word document"
	case strings.Contains(names, "ppt/"):
		return "the file is a presentation"
	case strings.Contains(names, "content.xml"):
		return "the file is an OpenDocument file; save it as XLSX or CSV"
	case strings.Contains(names, "xl/workbook.bin"):
		return "the file is a binary Excel workbook (.xlsb); save it as XLSX or CSV"
	case strings.Contains(names, ".csv"):
		return "the file is a ZIP with CSV files in it; unpack it, and import one of them"
	}
	return "the file is a ZIP and no Excel workbook"
}

// open gives a part of the archive, if its size fits into what is left. An archive that lies about the size ends there.
func (w *workbook) open(name string) (*xmlReader, io.Closer, error) {
	part := w.parts[name]
	if part == nil {
		return nil, nil, nil
	}
	if part.UncompressedSize64 > w.left {
		return nil, nil, &Error{
			Kind: TooLarge, Problem: fmt.Sprintf("the workbook would unpack to more than %d MB", min(maxUnpacked, part.UncompressedSize64)>>20),
			Advice: "Save only the sheet with the list, or save it as CSV.",
		}
	}
	w.left -= part.UncompressedSize64
	content, err := part.Open()
	if err != nil {
		return nil, nil, brokenPart(name)
	}
	limited := io.LimitReader(content, int64(part.UncompressedSize64))
	return newXMLReader(bufio.NewReaderSize(limited, 64<<10), name), content, nil
}

func brokenPart(name string) error {
	return &Error{Kind: Broken, Problem: "the workbook's part " + name + " cannot be read", Advice: "Save it again, or save it as CSV."}
}

// each reads a part to its end.
func (w *workbook) each(name string, take func(*xmlReader, xml.Token) error) error {
	x, content, err := w.open(name)
	if err != nil || x == nil {
		return err
	}
	defer content.Close()
	for {
		token, err := x.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum):
			return brokenPart(name)
		case err != nil:
			return err
		}
		if err := take(x, token); err != nil {
			return err
		}
	}
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
