package tracker

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
)

// reshaped are the stories of an object that is a whole table, as libraries write one: a column after the other, a row after the other, or lists of
// cells below a list of names. Both are empty if it is none of these.
func reshaped(o object) (stories []object, lists member, err error) {
	if own := ownStories(o); own != nil {
		return own, member{}, nil
	}
	if columns, data := o.get("columns"), o.get("data"); beginOfList(columns) == '"' && beginOfList(data) == '[' {
		rows := append([]byte("["), columns...)
		rows = append(append(rows, ','), bytes.TrimLeft(data[1:], " \t\r\n")...)
		return nil, member{name: "data", value: rows, end: o[len(o)-1].end}, nil
	}
	if len(o) == 0 || !beginsObject(o[0].value) && !bytes.HasPrefix(o[0].value, []byte("[")) { // a story, mostly
		return nil, member{}, nil
	}
	titled := slices.ContainsFunc(o, func(m member) bool { return generalMeaning(m.name) == Title })
	inner := make([]object, len(o))
	left := maxValues
	for i, m := range o {
		if inner[i] = parts(m.value, titled); inner[i] == nil {
			return nil, member{}, nil
		}
		if left -= len(inner[i]); left < 0 {
			return nil, member{}, &Error{Kind: TooMany, Problem: "the table in the file has more than 300,000 values", Advice: "Export fewer fields, or a CSV."}
		}
	}
	if titled {
		return fromColumns(o, inner), member{}, nil
	}
	return fromRows(o, inner), member{}, nil
}

// unpacked is what is in an object that has nothing but one other, some times over, as interfaces answer: {"data": {"repository": {"issues": …}}}. A name for titles has a column in it, or one story that
// has a title itself: {"issue": {"title": …}}.
func unpacked(o object) object {
	for range 6 {
		if len(o) != 1 || !beginsObject(o[0].value) || o[0].name == "fields" || o[0].name == "content" {
			break
		}
		inner := parts(o[0].value, false)
		if generalMeaning(o[0].name) == Title {
			if slices.ContainsFunc(inner, func(m member) bool { return generalMeaning(m.name) == Title }) {
				return inner
			}
			break
		}
		if len(inner) == 0 || !slices.ContainsFunc(inner, func(m member) bool { return beginsObject(m.value) || beginOfList(m.value) == '{' }) {
			break
		}
		o = inner
	}
	return o
}

// parts are those of an object, or of a list of cells by their number; nil if it is neither.
func parts(value json.RawMessage, lists bool) object {
	decoder := json.NewDecoder(bytes.NewReader(value))
	token, err := decoder.Token()
	if err != nil || token != json.Delim('{') && (!lists || token != json.Delim('[')) {
		return nil
	}
	if token == json.Delim('{') {
		o, err := readMembers(decoder, token)
		if err != nil {
			return nil
		}
		return o
	}
	var o object
	for decoder.More() {
		var cell json.RawMessage
		if decoder.Decode(&cell) != nil || len(o) == MaxRows {
			return nil
		}
		o = append(o, member{name: strconv.Itoa(len(o)), value: cell})
	}
	return o
}

// fromColumns makes stories of columns that all have the same rows, and as many; else nil.
func fromColumns(o object, columns []object) []object {
	stories := make([]object, len(columns[0]))
	for i, column := range columns {
		if len(column) != len(stories) {
			return nil
		}
		for row, cell := range column {
			if cell.name != columns[0][row].name {
				return nil
			}
			if i == 0 {
				stories[row] = make(object, 0, len(columns))
			}
			stories[row] = append(stories[row], member{name: o[i].name, value: cell.value})
		}
	}
	return stories
}

func beginsObject(value json.RawMessage) bool { return bytes.HasPrefix(value, []byte("{")) }

// fromRows makes stories of objects that stand under a name each; nil if they are none. The name is the key, unless it is only the row's number or there is another key.
func fromRows(o object, rows []object) []object {
	counted, titled, keyed := true, false, false
	for i, row := range rows {
		counted = counted && (o[i].name == strconv.Itoa(i) || o[i].name == strconv.Itoa(i+1))
		for _, m := range row {
			meaning := generalMeaning(m.name)
			titled, keyed = titled || meaning == Title && !beginsObject(m.value), keyed || meaning == Key
		}
	}
	if !titled || o.has("fields") || o.has("content") {
		return nil
	}
	if counted || keyed {
		return rows
	}
	for i := range rows {
		name, err := json.Marshal(o[i].name)
		if err != nil {
			return nil
		}
		rows[i] = append(object{{name: "key", value: name}}, rows[i]...)
	}
	return rows
}

// ownStories are those of a file of our own making, without what only we call them by; nil if it is none.
func ownStories(o object) []object {
	if begin := beginOfList(o.get("stories")); !o.has("session_id") || begin != '{' && begin != ']' {
		return nil
	}
	var values []json.RawMessage
	if json.Unmarshal(o.get("stories"), &values) != nil {
		return nil
	}
	stories := make([]object, 0, len(values))
	for _, value := range values {
		story := parts(value, false)
		stories = append(stories, slices.DeleteFunc(story, func(m member) bool { return m.name == "id" || m.name == "version" || m.name == "rounds" }))
	}
	return stories
}

// readCells reads a row that is a list, behind its bracket.
func (l *objectList) readCells(decoder *json.Decoder) error {
	if len(l.lists) >= MaxRows {
		return tooManyRows(len(l.lists) + 1)
	}
	var row []string
	for decoder.More() {
		var cell json.RawMessage
		if err := decoder.Decode(&cell); err != nil {
			return err
		}
		if len(row) == MaxColumns {
			return tooManyColumns(len(l.lists) + 1)
		}
		row = append(row, flat(cell, 0))
		if l.cells++; l.cells > maxGrid {
			return tooManyCells(len(l.lists) + 1)
		}
	}
	l.lists = append(l.lists, row)
	_, err := decoder.Token()
	return err
}
