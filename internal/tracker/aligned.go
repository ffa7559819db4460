package tracker

import "strings"

// tabStop is how far apart tab stops are.
const tabStop = 8

// alignedTable reads a table in which each cell is followed by as many tabs as bring the next one below its header, as commands print one for people
// (jira issue list --plain). Such a header has a name for titles. Where no row has more tabs than it has cells to part, or each cell has as many tabs before it as its header has, the table is an ordinary one
// and none of these.
func alignedTable(text string, newline byte, enc *encoding) (*grid, bool) {
	g := &grid{numbers: []int{}}
	var starts, before []int
	number, tabs, uneven, moved := 0, 0, false, false
	for line := range strings.SplitSeq(text, string(newline)) {
		number++
		line = enc.decode(strings.TrimRight(line, "\r"))
		if strings.TrimSpace(line) == "" {
			continue
		}
		if number > MaxRows || len(line) > MaxCell || len(starts)*(len(g.cells)+1) > maxGrid {
			return nil, false
		}
		at, places, cells := cellsAtStops(line)
		if starts == nil {
			if known := knownMeanings(cells); !known[Title] || len(known) < 2 {
				return nil, false
			}
			starts, before, tabs = at, places, strings.Count(line, "\t")
			uneven = tabs >= len(cells)
		}
		uneven = uneven || strings.Count(line, "\t") > tabs
		row := make([]string, len(starts))
		column := 0
		for i, start := range at {
			for column < len(starts) && starts[column] < start {
				column++
			}
			if column == len(starts) || starts[column] != start || cells[i][0] == '"' {
				return nil, false
			}
			row[column] = cells[i]
			moved = moved || places[i] != before[column]
		}
		g.cells, g.numbers = append(g.cells, row), append(g.numbers, number)
	}
	return g, uneven && moved && len(g.cells) > 1
}

// cellsAtStops are the texts between tabs, at how many characters each begins, and how many tabs are before it.
func cellsAtStops(line string) (at, tabs []int, cells []string) {
	place, count := 0, 0
	for cell := range strings.SplitSeq(line, "\t") {
		if cell != "" {
			at, tabs, cells = append(at, place), append(tabs, count), append(cells, cell)
		}
		count++
		place += len([]rune(cell))
		place += tabStop - place%tabStop
	}
	return at, tabs, cells
}
