package tracker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// openJSON reads what gh and glab print (lists of objects, as such, within an object, or one object after another), and Trello's boards.
func openJSON(text string) (*opened, error) {
	if n := strings.Count(text, "{") + strings.Count(text, "["); n > maxObjects {
		return nil, &Error{Kind: TooMany, Problem: "the file has more than 300,000 objects and lists", Advice: "Export fewer issues, or a CSV."}
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	list := objectList{columns: map[string]int{}}
	board, err := list.readAll(decoder)
	if err == nil && board != nil {
		return openTrello(board)
	}
	if err != nil {
		return nil, jsonFailure(text, decoder, err)
	}
	if len(list.rows) == 0 && len(list.lists) > 0 {
		return &opened{table: &grid{cells: list.lists}, warnings: list.remarks()}, nil
	}
	if len(list.rows) == 0 {
		return nil, &Error{Kind: Empty, Problem: "the list in the file is empty", Advice: "Check the filter, and export again."}
	}
	return &opened{table: list.grid(), container: containerJSON, warnings: list.remarks()}, nil
}

// jsonFailure says where JSON is not what it should be.
func jsonFailure(text string, decoder *json.Decoder, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Kind: Cut, Problem: "the JSON ends in the middle", Advice: "It was cut off: export it again."}
	}
	offset := decoder.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = max(syntax.Offset, offset)
	}
	var inner *misplaced
	if errors.As(err, &inner) {
		offset = inner.offset
	}
	before := text[:min(int(offset), len(text))]
	return &Error{
		Kind:    Broken,
		Problem: fmt.Sprintf("line %d, character %d: %v", strings.Count(before, "\n")+1, len(before)-strings.LastIndexByte(before, '\n')-1, err),
		Advice:  "It is no JSON that a tracker exports. Export it again, and import it as it is.",
	}
}

// objectList makes rows of objects: one column for each name, in the order in which the names occur.
type objectList struct {
	columns map[string]int
	names   []string
	rows    [][]string
	lists   [][]string // rows that came as lists of cells and not as objects
	cells   int
	total   int  // how many there are, as an object around a list says; 0 if none does
	ofTotal int  // rows of such lists
	more    bool // the last of them is not the last page
	read    bool
}

func (l *objectList) grid() *grid {
	return &grid{cells: append([][]string{l.names}, l.rows...)}
}

// readItems reads a list behind its bracket.
func (l *objectList) readItems(decoder *json.Decoder) error {
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		if token == json.Delim('[') && len(l.rows) == 0 {
			err = l.readCells(decoder)
		} else if len(l.lists) > 0 {
			err = fmt.Errorf("%v stands where a list of cells should", token)
		} else {
			err = l.readItem(decoder, token)
		}
		if err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return err
}

func (l *objectList) readItem(decoder *json.Decoder, token json.Token) error {
	object, err := readMembers(decoder, token)
	if err != nil {
		return err
	}
	return l.add(object)
}

// readAll reads one list or object after another, as there are several where a command prints page by page. The first may be a board of Trello's, which is returned.
func (l *objectList) readAll(decoder *json.Decoder) (*trelloBoard, error) {
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && l.read {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if token == json.Delim('[') {
			if err := l.readItems(decoder); err != nil {
				return nil, err
			}
		} else {
			object, err := readMembers(decoder, token)
			if err != nil {
				return nil, err
			}
			if !l.read && object.has("cards") && object.has("lists") {
				return trelloFrom(object)
			}
			if err := l.addOne(object); err != nil {
				return nil, err
			}
		}
		l.read = true
	}
}

// addOne adds a story, or those that the object is wrapped around or made of.
func (l *objectList) addOne(o object) error {
	o = unpacked(o)
	objects, lists, err := reshaped(o)
	if err != nil {
		return err
	}
	if objects != nil {
		for _, inner := range objects {
			if err := l.add(inner); err != nil {
				return err
			}
		}
		return nil
	} else if lists.value != nil {
		return l.addWrapped(lists, -1, true)
	}
	if list, total, last := wrapped(o); list.value != nil {
		return l.addWrapped(list, total, last)
	}
	return l.add(o)
}

// member is one name of an object and its value, which ends so many bytes into what is read.
type member struct {
	name  string
	value json.RawMessage
	end   int64
}

type object []member

func (o object) has(name string) bool { return o.get(name) != nil }

func (o object) get(name string) json.RawMessage {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// readObject reads one object with its names in their order.
func readObject(decoder *json.Decoder) (object, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	return readMembers(decoder, token)
}

// readMembers reads an object behind its first token.
func readMembers(decoder *json.Decoder, token json.Token) (object, error) {
	if token != json.Delim('{') {
		return nil, fmt.Errorf("%v stands where an object should", token)
	}
	var o object
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		if len(o) == MaxColumns {
			return nil, &Error{Kind: TooMany, Problem: "an object has more than 2,000 names", Advice: "Export fewer fields, or a CSV."}
		}
		o = append(o, member{name: fmt.Sprint(name), value: value, end: decoder.InputOffset()})
	}
	_, err := decoder.Token()
	return o, err
}

func (l *objectList) add(o object) error {
	if len(l.rows) >= MaxRows {
		return tooManyRows(len(l.rows) + 1)
	}
	var row []string
	for _, m := range spread(o) {
		i, ok := l.columns[m.name]
		if !ok {
			i = len(l.names)
			if i >= MaxColumns {
				return tooManyColumns(len(l.rows) + 2)
			}
			l.columns[m.name] = i
			l.names = append(l.names, mended(m.name))
		}
		for len(row) <= i {
			row = append(row, "")
			l.cells++
		}
		row[i] = flat(m.value, 0)
	}
	if l.cells > maxGrid {
		return tooManyCells(len(l.rows) + 2)
	}
	l.rows = append(l.rows, row)
	return nil
}

// flat is a value as the text of a cell: of an object its name or title, of a list its parts.
func flat(value json.RawMessage, depth int) string {
	value = bytes.TrimLeft(value, " \t\r\n")
	if len(value) == 0 || depth > 2 {
		return ""
	}
	switch value[0] {
	case '"':
		var text string
		if json.Unmarshal(value, &text) != nil {
			return ""
		}
		return text
	case '{':
		var names struct {
			Title, Name, Status, Login, Text, Raw, Type, Content json.RawMessage
		}
		if json.Unmarshal(value, &names) != nil {
			return ""
		}
		if string(names.Type) == `"doc"` && beginOfList(names.Content) == '{' {
			return atlassianText(value)
		}
		for _, candidate := range []json.RawMessage{names.Title, names.Name, names.Status, names.Login, names.Text, names.Raw} {
			if text := flat(candidate, depth+1); text != "" {
				return text
			}
		}
		return ""
	case '[':
		var parts []json.RawMessage
		if json.Unmarshal(value, &parts) != nil {
			return ""
		}
		var texts []string
		for _, p := range parts {
			if text := flat(p, depth+1); text != "" {
				texts = append(texts, text)
			}
		}
		return strings.Join(texts, ", ")
	case 'n':
		return ""
	}
	return string(value)
}
