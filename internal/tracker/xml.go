package tracker

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// xmlReader reads XML piece by piece. Nothing in it is resolved: a document type and every entity of a document's own are refused. Depth and the
// size of each piece are bounded.
type xmlReader struct {
	decoder *xml.Decoder
	source  *meter
	stack   []xml.Name
	offset  int64 // where the token that was read last starts
	part    string
}

// meter gives a decoder byte after byte, and ends a piece that is too long.
type meter struct {
	source io.ByteReader
	piece  int
}

var errPieceTooLong = errors.New("a piece of more than 1 MB")

func (m *meter) ReadByte() (byte, error) {
	m.piece++
	if m.piece > MaxCell {
		return 0, errPieceTooLong
	}
	return m.source.ReadByte()
}

// Read is for [io.Reader], which the decoder asks for and does not use.
func (m *meter) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := m.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

func newXMLReader(source io.ByteReader, part string) *xmlReader {
	m := &meter{source: source}
	x := &xmlReader{decoder: xml.NewDecoder(m), source: m, part: part}
	x.decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil } // it is UTF-8 already
	return x
}

// next reads a token; [io.EOF] is the end of a whole document.
func (x *xmlReader) next() (xml.Token, error) {
	x.source.piece = 0
	x.offset = x.decoder.InputOffset()
	token, err := x.decoder.RawToken()
	if err != nil {
		return nil, x.failure(err)
	}
	switch t := token.(type) {
	case xml.Directive:
		return nil, &Error{
			Kind: Unsafe, Problem: x.part + " declares a document type or entities, which are never resolved",
			Advice: "No tracker exports that. Export the list again, and import it as it is.",
		}
	case xml.StartElement:
		if len(x.stack) >= maxDepth {
			return nil, x.broken(fmt.Sprintf("has more than %d elements within each other", maxDepth))
		}
		x.stack = append(x.stack, t.Name)
	case xml.EndElement:
		if len(x.stack) == 0 || x.stack[len(x.stack)-1] != t.Name {
			return nil, x.broken("closes an element that is not open: " + t.Name.Local)
		}
		x.stack = x.stack[:len(x.stack)-1]
	}
	return token, nil
}

// each reads a document to its end.
func (x *xmlReader) each(take func(*xmlReader, xml.Token) error) error {
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = take(x, token)
		}
		if err != nil {
			return err
		}
	}
}

func (x *xmlReader) failure(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF) && len(x.stack) == 0:
		return io.EOF
	case errors.Is(err, errPieceTooLong):
		return &Error{Kind: TooLarge, Problem: x.part + " has a piece of more than 1 MB", Advice: "Export the list as CSV instead."}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"):
		return &Error{Kind: Cut, Problem: x.part + " ends in the middle", Advice: "It was cut off: export it again."}
	case errors.As(err, &syntax) && strings.Contains(syntax.Msg, "invalid character entity"):
		line, _ := x.decoder.InputPos()
		return &Error{
			Kind: Unsafe, Problem: fmt.Sprintf("line %d of %s has an entity of its own, which is never resolved", line, x.part),
			Advice: "No tracker exports that. Export the list again, and import it as it is.",
		}
	}
	return x.broken(err.Error())
}

func (x *xmlReader) broken(what string) error {
	line, column := x.decoder.InputPos()
	return &Error{
		Kind: Broken, Problem: fmt.Sprintf("line %d, character %d: %s %s", line, column, x.part, what),
		Advice: "Export the list again, and import it as it is; or export it as CSV.",
	}
}

// openXML reads the only XML that trackers export: Jira's.
func openXML(text string) (*opened, error) {
	x := newXMLReader(strings.NewReader(text), "the file")
	j := jiraItems{columns: map[string]int{}}
	if err := x.each(j.take); err != nil {
		return nil, err
	}
	if len(j.grid.cells) == 0 {
		return nil, &Error{Kind: Empty, Problem: "the file has no issues in it", Advice: "Check the filter in Jira, and export again."}
	}
	header := make([]string, len(j.columns))
	for name, i := range j.columns {
		header[i] = name
	}
	j.grid.cells = append([][]string{header}, j.grid.cells...)
	return &opened{table: &j.grid, container: containerJira}, nil
}

// jiraItems collects the issues of Jira's XML, each as a row.
type jiraItems struct {
	grid    grid
	columns map[string]int
	row     []string
	total   int
	text    strings.Builder
	field   string // the name of the custom field
	root    string
}

// take heeds one token. The elements that matter are rss, channel, item, and what is directly in an item or among its custom fields.
func (j *jiraItems) take(x *xmlReader, token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		j.text.Reset()
		return j.opens(x, t)
	case xml.CharData:
		if j.root != "" && len(x.stack) > 3 {
			j.text.Write(t)
		}
	case xml.EndElement:
		return j.closes(x, t.Name.Local)
	}
	return nil
}

func (j *jiraItems) opens(x *xmlReader, t xml.StartElement) error {
	switch len(x.stack) {
	case 1:
		j.root = t.Name.Local
		if j.root != "rss" {
			return wrongFile(fmt.Sprintf("the file is XML that begins with <%s>", j.root), "")
		}
	case 3:
		if t.Name.Local == "item" {
			j.row = nil
		}
	case 4:
		switch t.Name.Local {
		case "key":
			return j.set("key id", attribute(t, "id"))
		case "statusCategory":
			return j.set("status category", attribute(t, "key"))
		}
	}
	return nil
}

func (j *jiraItems) closes(x *xmlReader, name string) error {
	depth := len(x.stack) // after the element was closed
	if depth < 2 || x.stack[1].Local != "channel" {
		return nil
	}
	switch {
	case depth == 2 && name == "item":
		return j.endItem()
	case depth < 3 || x.stack[2].Local != "item":
	case depth == 3 && name != "statusCategory":
		return j.set(name, j.text.String())
	case name == "customfieldname":
		j.field = strings.TrimSpace(j.text.String())
	case name == "customfieldvalue":
		return j.set(j.field, j.text.String())
	}
	j.text.Reset()
	return nil
}

// set gives the issue a value. Of several the last counts, which is the current sprint.
func (j *jiraItems) set(name, value string) error {
	value = strings.TrimSpace(value)
	j.text.Reset()
	if value == "" || name == "" {
		return nil
	}
	i, ok := j.columns[name]
	if !ok {
		i = len(j.columns)
		if i >= MaxColumns {
			return tooManyColumns(len(j.grid.cells) + 2)
		}
		j.columns[name] = i
	}
	for len(j.row) <= i {
		j.row = append(j.row, "")
		j.total++
	}
	j.row[i] = value
	return nil
}

func (j *jiraItems) endItem() error {
	if len(j.grid.cells) >= MaxRows {
		return tooManyRows(len(j.grid.cells) + 1)
	}
	if j.total > maxGrid {
		return tooManyCells(len(j.grid.cells) + 1)
	}
	j.grid.cells = append(j.grid.cells, j.row)
	j.row = nil
	return nil
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func tooManyCells(row int) error {
	return &Error{
		Kind: TooMany, Row: row, Problem: "the file has more than 600,000 cells up to here",
		Advice: "Export only the columns you need, or fewer issues.",
	}
}
