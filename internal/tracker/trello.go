package tracker

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// trelloBoard is what matters of a board. Its cards are decoded one by one, as they need the names of lists and fields, which stand behind them.
type trelloBoard struct {
	cards  json.RawMessage
	lists  []trelloList
	fields []trelloField
}

type trelloList struct {
	ID, Name string
	Closed   bool
}

type trelloField struct {
	ID, Name string
	Options  []struct {
		ID    string
		Value struct{ Text string }
	}
}

type trelloCard struct {
	IDShort                           int
	Name, Desc, IDList, URL, ShortURL string
	Closed                            bool
	Labels                            []struct{ Name string }
	CustomFieldItems                  []struct {
		IDCustomField, IDValue string
		Value                  struct{ Number, Text string }
	}
}

// trelloFrom decodes lists and fields; actions and the rest of a board are not looked at.
func trelloFrom(o object) (*trelloBoard, error) {
	b := trelloBoard{cards: o.get("cards")}
	for name, target := range map[string]any{"lists": &b.lists, "customFields": &b.fields} {
		if value := o.get(name); value != nil {
			if err := json.Unmarshal(value, target); err != nil {
				return nil, strangeBoard(name)
			}
		}
	}
	return &b, nil
}

func strangeBoard(name string) error {
	return &Error{
		Kind: Broken, Problem: "the " + name + " of the board are not as Trello exports them",
		Advice: "Export the board again, and import it as it is.",
	}
}

// trelloColumns are those of every board; its own fields follow.
var trelloColumns = []string{"idShort", "name", "desc", "list", "closed", "list closed", "shortUrl", "labels"}

func openTrello(b *trelloBoard) (*opened, error) {
	header, fields := slices.Clone(trelloColumns), map[string]int{}
	for i, f := range b.fields {
		if len(header) >= MaxColumns {
			return nil, tooManyColumns(1)
		}
		fields[f.ID] = i
		header = append(header, f.Name)
	}
	lists := map[string]trelloList{}
	for _, l := range b.lists {
		lists[l.ID] = l
	}
	g := &grid{cells: [][]string{header}}
	decoder := json.NewDecoder(bytes.NewReader(b.cards))
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return nil, strangeBoard("cards")
	}
	for decoder.More() {
		var c trelloCard
		if err := decoder.Decode(&c); err != nil {
			return nil, strangeBoard("cards")
		}
		if len(g.cells) > MaxRows {
			return nil, tooManyRows(len(g.cells))
		}
		if len(header)*len(g.cells) > maxGrid {
			return nil, tooManyCells(len(g.cells))
		}
		g.cells = append(g.cells, b.row(c, lists[c.IDList], fields))
	}
	if len(g.cells) == 1 {
		return nil, &Error{Kind: Empty, Problem: "the board has no cards", Advice: "Export the board that has them."}
	}
	return &opened{table: g, container: containerTrello}, nil
}

func (b *trelloBoard) row(c trelloCard, list trelloList, fields map[string]int) []string {
	var labels []string
	for _, l := range c.Labels {
		if l.Name != "" {
			labels = append(labels, l.Name)
		}
	}
	row := make([]string, len(trelloColumns)+len(b.fields))
	copy(row, []string{
		strconv.Itoa(c.IDShort), c.Name, c.Desc, list.Name, strconv.FormatBool(c.Closed), strconv.FormatBool(list.Closed),
		cmp.Or(c.ShortURL, c.URL), strings.Join(labels, ", "),
	})
	for _, item := range c.CustomFieldItems {
		if i, ok := fields[item.IDCustomField]; ok {
			row[len(trelloColumns)+i] = cmp.Or(item.Value.Number, item.Value.Text, b.fields[i].option(item.IDValue))
		}
	}
	return row
}

func (f trelloField) option(id string) string {
	for _, o := range f.Options {
		if o.ID == id && id != "" {
			return o.Value.Text
		}
	}
	return ""
}
