package tracker

import (
	"regexp"
	"slices"
	"strings"
)

// markdownTable reads a table as Markdown writes it: lines with bars, and a line of dashes below the first. Where other text stands before it, as a
// heading, its header has to have a name for titles, and below a list, which may be the stories, another name too. All tables below count as one: lists by sprint repeat the header.
func markdownTable(text string, enc *encoding) (*grid, bool) {
	if !strings.Contains(text[:min(len(text), sniffBytes)], "|") || strings.Count(text, "|") > maxGrid {
		return nil, false
	}
	t := barTable{grid: grid{numbers: []int{}, isTyped: true}}
	before, filled, number, size, listed := "", 0, 0, 0, false
	for line := range strings.Lines(text) {
		number++
		size += len(line)
		if number > MaxRows || size > sniffBytes && len(t.grid.cells) == 0 {
			break
		}
		if line = enc.decode(strings.TrimSpace(line)); line != "" {
			filled++
		}
		if filled == 1 && !strings.Contains(line, "|") && isFirstOfTable(line) {
			break
		}
		switch {
		case t.goesOn(line, number):
		case t.inside && strings.Contains(line, "|"):
			t.addBelow(line, number)
		case isWikiHeader(line, listed):
			t.inside, t.isWiki = true, true
			t.add(wikiRow(line), number)
		case strings.Contains(before, "|") && strings.Contains(line, "|") && lineOf.MatchString(line):
			t.inside = len(t.grid.cells) > 0 || filled == 2 || isHeaderOfBars(before, listed)
			if t.inside {
				t.isWiki = false
				t.add(before, number-1)
			}
		default:
			t.inside = false
			listed = listed || bullet.MatchString(line)
		}
		before = line
	}
	t.giveUp()
	t.addLinks()
	return &t.grid, len(t.grid.cells) > 1
}

// isHeaderOfBars reports whether a line below other text is the header of stories, and no end of a cell.
func isHeaderOfBars(line string, listed bool) bool {
	known := knownMeanings(barCells(line))
	return strings.HasPrefix(line, "|") && known[Title] && (!listed || len(known) > 1)
}

// isWikiHeader reports whether a line is the header of a table as Jira's wiki has it, with no dashes below: || Key || Title ||.
func isWikiHeader(line string, listed bool) bool {
	return strings.HasPrefix(line, "||") && strings.HasSuffix(line, "||") && isHeaderOfBars(strings.ReplaceAll(line, "||", "|"), listed)
}

var wikiLink = regexp.MustCompile(`\[([^\]|]+)\|(https?://[^\]|]+)(?:\|[^\]|]*)?\]`)

// wikiRow is a row of such a table as Markdown has it.
func wikiRow(line string) string {
	if strings.HasPrefix(line, "||") && strings.HasSuffix(line, "||") {
		line = strings.ReplaceAll(line, "||", "|")
	}
	return wikiLink.ReplaceAllString(line, "[$1]($2)")
}

// isFirstOfTable reports whether a text is a table of another kind, whose cells may have tables of Markdown in them.
func isFirstOfTable(line string) bool {
	return !strings.HasPrefix(line, "#") && strings.ContainsAny(line, ",;\t\"") || generalMeaning(line) != ""
}

// barTable is a table of Markdown.
type barTable struct {
	grid   grid
	frame  frame     // where the bars of the header are
	open   string    // the last row, if it has no bar at its end, with the lines below that go on with it
	joined []barLine // those lines
	inside bool      // the line before was one of a table
	isWiki bool      // that table is one of Jira's wiki
	links  []string  // of each row, the address of its first cell that is a link
	linked bool      // any row has one
}

var cellLink = regexp.MustCompile(`^\[((?:[^\]\\]|\\.)+)\]\(<?(https?://[^)\s>]+)>?\)$`)

// barLine is a line of the text.
type barLine struct {
	text   string
	number int
}

// maxJoined is how many lines a row of Markdown may have, at most.
const maxJoined = 100

// goesOn puts a line that goes on with the row above into that row. Libraries write a cell of several lines as it is: the row has no bar at its end then, and the last of its lines has no other at its beginning.
func (t *barTable) goesOn(line string, number int) bool {
	if t.open == "" || line == "" || line[0] == '|' || len(t.joined) == maxJoined || len(t.open) > maxLine {
		t.giveUp()
		return false
	}
	t.joined = append(t.joined, barLine{line, number})
	if t.open += " " + line; strings.HasSuffix(line, "|") {
		last := len(t.grid.cells) - 1
		t.grid.cells[last], t.links[last] = t.row(t.open)
		t.open, t.joined = "", nil
	}
	return true
}

// giveUp ends a row that has found no end. The lines right below it that have bars were rows of their own then.
func (t *barTable) giveUp() {
	lines := t.joined
	t.open, t.joined = "", nil
	for _, line := range lines {
		if !strings.Contains(line.text, "|") {
			return
		}
		t.addBelow(line.text, line.number)
	}
}

// addBelow adds a line within a table, unless it is that of the dashes.
func (t *barTable) addBelow(line string, number int) {
	if lineOf.MatchString(line) {
		return
	}
	if t.isWiki {
		line = wikiRow(line)
	}
	t.add(line, number)
}

func (t *barTable) add(line string, number int) {
	cells, link := t.row(line)
	if len(t.grid.cells) == 0 && !strings.Contains(line, `\|`) {
		t.frame.measure(line)
	} else if t.frame.hasEdges && line[0] == '|' && !strings.HasSuffix(line, "|") && len(cells) <= t.frame.columns {
		t.open = line
	}
	t.grid.cells, t.grid.numbers, t.links = append(t.grid.cells, cells), append(t.grid.numbers, number), append(t.links, link)
	t.linked = t.linked || link != ""
}

// row are the cells of a line, and the address of the first that is a link.
func (t *barTable) row(line string) (cells []string, link string) {
	cells = barCells(line)
	if t.frame.hasEdges && len(cells) > t.frame.columns { // libraries escape nothing
		if raw, ok := t.frame.split(line); ok {
			cells = trimmed(raw)
		}
	}
	for i, cell := range cells {
		if m := cellLink.FindStringSubmatch(cell); m != nil {
			cell = m[1]
			if link == "" {
				link = m[2]
			}
		}
		cells[i] = asMeant(cell)
	}
	return cells, link
}

// addLinks puts the addresses into a column of their own behind the header's, if there is none. A row that is longer than the header stays so.
func (t *barTable) addLinks() {
	if !t.linked || knownMeanings(t.grid.cells[0])[URL] {
		return
	}
	columns := len(t.grid.cells[0])
	if columns*len(t.grid.cells) > maxGrid { // the header has many cells, and the rows would be made as long
		return
	}
	t.links[0] = "url"
	for i, cells := range t.grid.cells {
		for len(cells) < columns {
			cells = append(cells, "")
		}
		t.grid.cells[i] = slices.Insert(cells, columns, t.links[i])
	}
}

// barCells splits a line at its bars, but for those that are escaped.
func barCells(line string) []string {
	line = strings.ReplaceAll(strings.TrimPrefix(line, "|"), `\\`, "\x01")
	line = strings.ReplaceAll(line, `\|`, "\x00")
	cells := strings.Split(strings.TrimSuffix(line, "|"), "|")
	cells = cells[:min(len(cells), MaxColumns-1)]
	for i, c := range cells {
		cells[i] = escapedBars.Replace(strings.TrimSpace(c))
	}
	return cells
}

var escapedBars = strings.NewReplacer("\x00", `\|`, "\x01", `\\`)

var (
	escapedSign = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
	entities    = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&quot;", `"`, "&#124;", "|", "&nbsp;", " ")
)

// asMeant takes the marks from a cell by which its signs are no markup.
func asMeant(cell string) string {
	return entities.Replace(escapedSign.ReplaceAllString(cell, "$1"))
}
