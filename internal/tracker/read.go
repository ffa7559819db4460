package tracker

import (
	"fmt"
	"strings"
)

// The containers that have formats of their own; all others hold tables, which any tracker may have written.
const (
	containerJira   = "jira-xml"
	containerTrello = "trello-json"
	containerJSON   = "json"
	containerLines  = "lines"
)

// opened is a file as a table, before anybody asked what its columns mean.
type opened struct {
	table     table
	container string // one of the above, or empty
	name      string // the file's
	origin    origin
	encoding  string
	delimiter string
	warnings  []Warning
}

// Read makes stories of a file. An error is always an [*Error]; nothing of the file is kept then. The bytes must not be changed afterwards, as
// [File.Original] goes by them.
//
// A file without a column that can be taken for a title is no error: it has no stories and a warning, so that a person can choose the column.
func Read(data []byte, opts Options) (*File, error) {
	if len(data) > MaxBytes {
		return nil, &Error{
			Kind: TooLarge, Problem: fmt.Sprintf("the file has %.1f MB, more than 10 MB", float64(len(data))/(1<<20)),
			Advice: "Export fewer issues, or without comments and history.",
		}
	}
	o, err := open(data, opts)
	if err != nil {
		return nil, err
	}
	return understand(o, opts)
}

// open takes the container apart.
func open(data []byte, opts Options) (*opened, error) {
	if isZip(data) {
		return openPacked(data)
	}
	if err := refuseBinary(data); err != nil {
		return nil, err
	}
	d, err := decodeText(data, opts.Encoding)
	if err != nil {
		return nil, err
	}
	if err := refuseText(d.text); err != nil {
		return nil, err
	}
	o, err := openText(d, opts)
	if err != nil {
		return nil, err
	}
	o.name, o.encoding = opts.Name, d.enc.name
	o.origin.data, o.origin.decoded = data, d
	o.warnings = append(d.warnings, o.warnings...)
	return o, nil
}

// openText finds out what a text is: a document, a table, or lines.
func openText(d decoded, opts Options) (*opened, error) {
	if opts.Delimiter == "" {
		switch beginning := strings.TrimLeft(d.text, " \t\r\n"); {
		case looksLikeXML(beginning) && isFlatDocument(beginning):
			return openFlatDocument(d.enc.decode(d.text))
		case looksLikeXML(beginning):
			return openXML(d.enc.decode(d.text))
		case looksLikeJSON(beginning):
			return openJSON(d.enc.decode(d.text))
		}
		for _, read := range []func(string, *encoding) (*grid, bool){markdownTable, framedTable, dashedTable} {
			if g, ok := read(d.text, d.enc); ok {
				return &opened{table: g}, nil
			}
		}
	}
	if strings.EqualFold(opts.Delimiter, "lines") {
		return openLines(d)
	}
	var split dialect
	var err error
	if opts.Delimiter != "" {
		split, err = chosenDialect(d.text, opts.Delimiter)
	} else {
		var isTable bool
		if split, isTable = sniffDialect(d.text, opts.Name, d.enc); !isTable {
			return openLines(d)
		}
	}
	if err != nil {
		return nil, err
	}
	if split.delimiter == '\t' && opts.Delimiter == "" {
		if g, ok := alignedTable(d.text, split.newline, d.enc); ok {
			return &opened{table: g}, nil
		}
	}
	t := &delimited{text: d.text, dialect: split, enc: d.enc}
	return &opened{table: t, delimiter: string(rune(split.delimiter)), origin: origin{table: t}}, nil
}

func looksLikeJSON(beginning string) bool {
	if beginning == "" || beginning[0] != '[' && beginning[0] != '{' {
		return false
	}
	rest := strings.TrimLeft(beginning[1:], " \t\r\n")
	if rest == "" {
		return false
	}
	if beginning[0] == '[' {
		return rest[0] == '{' || rest[0] == '[' && strings.HasPrefix(strings.TrimLeft(rest[1:], " \t\r\n"), `"`) || rest[0] == ']' && strings.TrimSpace(rest[1:]) == ""
	}
	return rest[0] == '"' || rest[0] == '}'
}

func looksLikeXML(beginning string) bool {
	for _, start := range []string{"<?xml", "<!--", "<rss", "<!DOCTYPE", "<!ENTITY"} {
		if len(beginning) >= len(start) && strings.EqualFold(beginning[:len(start)], start) {
			return true
		}
	}
	return false
}
