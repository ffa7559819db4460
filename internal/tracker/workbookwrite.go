package tracker

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// splice replaces bytes of a sheet's XML.
type splice struct {
	from, to int64
	text     string
}

// originalWorkbook copies the workbook as it is packed, and writes the sheet with the stories anew. If there are formulas, the workbook asks to be calculated when it is opened.
func (f *File) originalWorkbook(wanted map[int]string) ([]byte, error) {
	a, err := newArchive(f.origin.data)
	if err != nil {
		return nil, err
	}
	w := &workbook{archive: a}
	part := w.part(f.origin.sheet)
	sheetXML, err := contentOf(part)
	if err != nil {
		return nil, err
	}
	if err := w.readStyles(); err != nil {
		return nil, err
	}
	splices, err := f.sheetSplices(sheetXML, wanted, w.dates)
	if err != nil {
		return nil, err
	}
	content, ok := spliced(sheetXML, splices)
	if !ok {
		return nil, brokenPart(part.Name)
	}
	changed := map[*zip.File][]byte{part: content}
	settings, err := calculatedAnew(w)
	if err != nil {
		return nil, err
	}
	if settings != nil {
		changed[w.part("xl/workbook.xml")] = settings
	}
	return repacked(w, changed)
}

// contentOf is a part, unpacked.
func contentOf(part *zip.File) ([]byte, error) {
	packed, err := part.Open()
	if err != nil {
		return nil, brokenPart(part.Name)
	}
	content, err := io.ReadAll(io.LimitReader(packed, int64(part.UncompressedSize64)))
	if errors.Join(err, packed.Close()) != nil {
		return nil, brokenPart(part.Name)
	}
	return content, nil
}

// spliced fails if one piece is within another: cells and rows are within a cell, as no program writes them.
func spliced(source []byte, splices []splice) ([]byte, bool) {
	var b bytes.Buffer
	b.Grow(len(source))
	at := int64(0)
	for _, s := range splices {
		if s.from < at {
			return nil, false
		}
		b.Write(source[at:s.from])
		b.WriteString(s.text)
		at = s.to
	}
	b.Write(source[at:])
	return b.Bytes(), true
}

func repacked(w *workbook, changed map[*zip.File][]byte) ([]byte, error) {
	var out bytes.Buffer
	target := zip.NewWriter(&out)
	for _, part := range w.reader.File {
		content, isChanged := changed[part]
		if !isChanged {
			if target.Copy(part) != nil {
				return nil, brokenPart(part.Name)
			}
			continue
		}
		header := part.FileHeader
		header.Method = zip.Deflate
		to, err := target.CreateHeader(&header)
		if err == nil {
			_, err = to.Write(content)
		}
		if err != nil {
			return nil, brokenPart(part.Name)
		}
	}
	if target.Close() != nil {
		return nil, brokenPart("xl/workbook.xml")
	}
	return out.Bytes(), nil
}

// sheetWriter finds where in a sheet's XML the points go.
type sheetWriter struct {
	source  []byte
	dates   []bool // by the number of a cell's style
	layout  *layout
	values  map[int]string // by row, the name of a new column among them
	column  int
	prefix  string // of the namespace, with its colon
	number  int
	at      int    // the column of the cell, or of the last one
	style   string // of the cell that is replaced
	formula bool
	start   int64 // where that cell starts; -1 is none
	placed  bool
	splices []splice
}

func (f *File) sheetSplices(sheetXML []byte, wanted map[int]string, dates []bool) ([]splice, error) {
	l := f.origin.layout
	w := sheetWriter{source: sheetXML, dates: dates, layout: l, values: wanted, column: len(l.header), start: -1}
	if points := l.columns[Points]; len(points) > 0 {
		w.column = points[0]
	} else {
		w.values = map[int]string{l.row: l.format.addPoints}
		for row, value := range wanted {
			w.values[row] = value
		}
		for _, row := range f.origin.repeats {
			w.values[row] = l.format.addPoints
		}
	}
	x := newXMLReader(bytes.NewReader(sheetXML), f.origin.sheet)
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return w.splices, nil
		}
		if err != nil {
			return nil, err
		}
		w.take(token, x.offset, x.decoder.InputOffset())
	}
}

func (w *sheetWriter) take(token xml.Token, from, to int64) {
	switch t := token.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case "dimension":
			w.widen(attribute(t, "ref"), from, to)
		case "row":
			w.number++
			if n, err := strconv.Atoi(attribute(t, "r")); err == nil && n >= w.number {
				w.number = n
			}
			w.at, w.placed, w.prefix = -1, false, ""
			if t.Name.Space != "" {
				w.prefix = t.Name.Space + ":"
			}
		case "c":
			w.at++
			if c, ok := columnOf(attribute(t, "r")); ok {
				w.at = c
			}
			w.opensCell(t, from)
		case "f":
			w.formula = true
		}
	case xml.EndElement:
		switch {
		case t.Name.Local == "c" && w.start >= 0:
			if !w.formula {
				w.splices = append(w.splices, splice{w.start, to, w.cell(w.style)})
			}
			w.start, w.placed = -1, true
		case t.Name.Local == "row" && !w.placed && w.values[w.number] != "" && from < to:
			w.splices = append(w.splices, splice{from, from, w.cell("")})
		}
	}
}

// widen makes the sheet say that it has the column: some readers look no further than it says.
func (w *sheetWriter) widen(reference string, from, to int64) {
	first, last, ok := strings.Cut(reference, ":")
	column, isCell := columnOf(last)
	if !ok || !isCell || column >= w.column {
		return
	}
	wider := first + ":" + columnName(w.column) + strings.TrimLeft(last, letters)
	tag := string(w.source[from:to])
	at := strings.Index(tag, "ref=")
	if at >= 0 {
		w.splices = append(w.splices, splice{from, to, tag[:at] + strings.Replace(tag[at:], reference, wider, 1)})
	}
}

// opensCell notes the cell that is to be replaced, or puts a new one before the first that comes after it.
func (w *sheetWriter) opensCell(t xml.StartElement, from int64) {
	w.formula = false
	switch {
	case w.placed || w.values[w.number] == "":
	case w.at == w.column:
		w.start, w.style = from, attribute(t, "s")
		if n, err := strconv.Atoi(w.style); err == nil && n >= 0 && n < len(w.dates) && w.dates[n] {
			w.style = ""
		}
	case w.at > w.column:
		w.splices = append(w.splices, splice{from, from, w.cell("")})
		w.placed = true
	}
}

// cell is the XML of the cell with the points of the row: a number, or a text.
func (w *sheetWriter) cell(style string) string {
	value := w.values[w.number]
	if style != "" {
		style = fmt.Sprintf(` s="%s"`, escaped(style))
	}
	place := fmt.Sprintf(`%sc r="%s%d"%s`, w.prefix, columnName(w.column), w.number, style)
	if isNumeric(value) {
		return fmt.Sprintf("<%s><%sv>%s</%sv></%sc>", place, w.prefix, value, w.prefix, w.prefix)
	}
	return strings.NewReplacer("P:", w.prefix).Replace(fmt.Sprintf(`<%s t="inlineStr"><P:is><P:t>%s</P:t></P:is></P:c>`, place, strings.ReplaceAll(escaped(value), "P:", "P&#58;")))
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	return b.String()
}
