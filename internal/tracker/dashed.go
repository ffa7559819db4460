package tracker

import (
	"regexp"
	"strings"
)

// dashes are a line below the names of columns, as az and tabulate print it.
var dashes = regexp.MustCompile(`^(?:-{2,}(?: +-{2,})+|={2,}(?: +={2,})+)$`)

// counted is what databases print below a table.
var counted = regexp.MustCompile(`^(?:\(\d+ rows?(?: affected)?\)|\d+ rows? in set.*|Time: .*)$`)

// dashedTable reads a table whose columns are where dashes are below their names, as commands print one for people (az boards query --output table). Such a header has a name for titles. A text in which a
// cell reaches into the next column is none.
func dashedTable(text string, enc *encoding) (*grid, bool) {
	g := &grid{numbers: []int{}}
	var starts []int
	header, number, filled := "", 0, 0
	for line := range strings.Lines(text) {
		number++
		line = printed(line, enc)
		if line == "" {
			continue
		}
		filled++
		switch isDashes := dashes.MatchString(line); {
		case isDashes && starts == nil && header != "":
			starts = runsOf(line)
			cells, ok := cellsBelow(header, starts)
			if known := knownMeanings(cells); !ok || !known[Title] || len(known) < 2 {
				return nil, false
			}
			g.cells, g.numbers = append(g.cells, cells), append(g.numbers, number-1)
		case isDashes, counted.MatchString(line): // above and below everything
		case starts == nil:
			if header = line; filled > 2 {
				return nil, false
			}
		default:
			cells, ok := cellsBelow(line, starts)
			if !ok || number > MaxRows || len(starts)*len(g.cells) > maxGrid {
				return nil, false
			}
			g.cells, g.numbers = append(g.cells, cells), append(g.numbers, number)
		}
	}
	return g, len(g.cells) > 1
}

// runsOf are where runs of dashes begin.
func runsOf(line string) []int {
	var starts []int
	for i := range len(line) {
		if line[i] != ' ' && (i == 0 || line[i-1] == ' ') {
			starts = append(starts, i)
		}
	}
	return starts[:min(len(starts), MaxColumns)]
}

// cellsBelow takes a line apart where columns begin. Before each of them has to be a space.
func cellsBelow(line string, starts []int) ([]string, bool) {
	cells := make([]string, len(starts))
	var cell strings.Builder
	at, column, spaced := 0, 0, true
	for _, r := range line {
		if r == '\t' {
			return nil, false
		}
		for column+1 < len(starts) && at >= starts[column+1] {
			if !spaced {
				return nil, false
			}
			cells[column] = strings.TrimSpace(cell.String())
			cell.Reset()
			column++
		}
		cell.WriteRune(r)
		at += columnsOfRune(r)
		spaced = r == ' '
	}
	cells[column] = strings.TrimSpace(cell.String())
	return cells, true
}
