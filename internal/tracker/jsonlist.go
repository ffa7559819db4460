package tracker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// wrapped is the list in an object that is nothing but its wrapping, as trackers' commands and interfaces print it: {"issues": […], "total": 61}. One without a value is none: the object is a story itself.
// total is how many there are by the object's word, -1 if it does not say, and last whether it says of no page that comes after it.
func wrapped(o object) (list member, total int, last bool) {
	list, total, last = listIn(o)
	if in := embedded(o); in.value != nil && !slices.ContainsFunc(o, func(m member) bool { return isOfStory(normalise(m.name), m.value) }) {
		list = in
	}
	return list, total, last
}

// listIn looks no deeper than the object's own names.
func listIn(o object) (list member, total int, last bool) {
	total, last = -1, true
	lists, empty, cells := 0, 0, 0
	var ofCells member
	for _, m := range o {
		switch name := normalise(m.name); {
		case isOfStory(name, m.value):
			return member{}, -1, true
		case slices.Contains([]string{"totalcount", "total_count", "total"}, name):
			if n, err := strconv.Atoi(string(m.value)); err == nil {
				total = n
			}
		case name == "islast":
			last = string(m.value) != "false"
		}
		switch begin := beginOfList(m.value); {
		case begin == '{':
			list = m
			lists++
		case begin == '[':
			ofCells = m
			cells++
		case begin == ']' && lists == 0: // as of errors or warnings, unless there is no other
			list = m
			empty++
		}
	}
	if lists == 0 && cells == 1 {
		return ofCells, total, last
	}
	if lists != 1 && (lists > 0 || empty != 1) {
		return member{}, -1, true
	}
	return list, total, last
}

// isOfStory reports whether a story has that, and what is wrapped around stories does not.
func isOfStory(name string, value json.RawMessage) bool {
	switch name {
	case "title", "summary", "subject", "name", "number", "key", "id", "iid":
		return true
	}
	return value[0] == '"' && slices.Contains(general[Title], name)
}

// beginOfList is what a list begins with behind its bracket; 0 if it is no list.
func beginOfList(value json.RawMessage) byte {
	rest, ok := bytes.CutPrefix(value, []byte("["))
	if rest = bytes.TrimLeft(rest, " \t\r\n"); !ok || len(rest) == 0 {
		return 0
	}
	return rest[0]
}

// addWrapped adds the objects of a list within an object.
func (l *objectList) addWrapped(list member, total int, last bool) error {
	l.more = !last
	before := len(l.rows)
	decoder := json.NewDecoder(bytes.NewReader(list.value))
	decoder.UseNumber()
	if _, err := decoder.Token(); err != nil {
		return err
	}
	if err := l.readItems(decoder); err != nil {
		return &misplaced{offset: list.end - int64(len(list.value)) + decoder.InputOffset(), err: err}
	}
	if l.total = max(l.total, total); l.total > 0 {
		l.ofTotal += len(l.rows) - before
	}
	return nil
}

// misplaced is something that cannot be read, and the bytes of the text before its end.
type misplaced struct {
	offset int64
	err    error
}

func (m *misplaced) Error() string { return m.err.Error() }

func (m *misplaced) Unwrap() error { return m.err }

// remarks says that a list is not whole, which commands do not: they stop at a limit of their own.
func (l *objectList) remarks() []Warning {
	switch {
	case l.more:
		return []Warning{{Code: onePage, Text: "The file is one page of several: there are stories after its last one."}}
	case l.ofTotal >= l.total:
		return nil
	}
	return []Warning{{Code: notWhole, N: l.ofTotal, Max: l.total, Text: fmt.Sprintf("The file says that there are %d stories, and has %d of them: whatever wrote it has a limit, such as --limit of gh.", l.total, l.ofTotal)}}
}

// within are the names under which an object has a story's own: gh project item-list, Jira, GraphQL's edges, JSON:API.
var within = []string{"content", "fields", "node", "attributes"}

// spread brings what an object has within another one up beside the rest. Within "content" it is newer than the object's own: gh keeps the title that an issue had
// when it was put into the project. What is within a node or attributes counts less, which may also be something else, as Salesforce's attributes are.
func spread(o object) object {
	o = withLinks(o)
	at := slices.IndexFunc(o, func(m member) bool {
		return slices.Contains(within, m.name) && bytes.HasPrefix(m.value, []byte("{"))
	})
	if at < 0 {
		return o
	}
	inner, err := readObject(json.NewDecoder(bytes.NewReader(o[at].value)))
	if err != nil {
		return o
	}
	if in := o[at].name; in == "node" || in == "attributes" {
		own := make(map[string]bool, len(o))
		for _, m := range o {
			own[m.name] = true
		}
		inner = slices.DeleteFunc(inner, func(m member) bool { return own[m.name] })
	}
	names := make(map[string]bool, len(inner))
	for i, m := range inner {
		if m.name == "type" && o[at].name == "content" && slices.Contains(contentTypes, string(m.value)) { // beside which there may be a type of the issue
			inner[i].name = contentType
		}
		names[inner[i].name] = true
	}
	for i, m := range o {
		if i != at && (o[at].name == "fields" || !names[m.name]) {
			inner = append(inner, m)
		}
	}
	return inner
}

// contentTypes are what an item of GitHub's projects may be.
var contentTypes = []string{`"Issue"`, `"PullRequest"`, `"DraftIssue"`}

// contentType tells an item of GitHub's projects from an issue.
const contentType = "content type"

// mended is a name whose first letter was broken: gh makes a field's first byte lower case, and so nothing of a letter that has two or more. Only names that people give to columns can be known again.
func mended(name string) string {
	rest := strings.TrimLeft(name, "\uFFFD")
	lost := utf8.RuneCountInString(name) - utf8.RuneCountInString(rest)
	if lost == 0 || rest == "" {
		return name
	}
	for _, known := range slices.Sorted(maps.Keys(generalNames)) {
		if first, size := utf8.DecodeRuneInString(known); size == lost && known[size:] == strings.ToLower(rest) {
			return string(first) + rest
		}
	}
	return name
}
