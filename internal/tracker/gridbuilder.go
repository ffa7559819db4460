package tracker

import (
	"fmt"
	"slices"
)

// gridBuilder makes the rows of a workbook's sheet, within the limits.
type gridBuilder struct {
	grid   grid
	row    []string
	number int // the row's
	filled bool
	cells  int
	bytes  int // of all texts, of which several cells may have the same

	formulas []int  // columns of the row whose formula has no result
	unknown  int    // formulas without a result, in all rows
	place    string // of the first of them
}

func (b *gridBuilder) startRow() { b.row, b.filled, b.formulas = nil, false, nil }

// put gives a cell of the row its text. A cell without one stays as it is.
func (b *gridBuilder) put(column int, value string) error {
	if value == "" {
		return nil
	}
	if column >= MaxColumns {
		return tooManyColumns(b.number)
	}
	if b.bytes += len(value); b.bytes > maxUnpacked {
		return tooMuchText(b.number, column+1)
	}
	for len(b.row) <= column {
		b.row = append(b.row, "")
		b.cells++
	}
	if b.cells > maxGrid {
		return tooManyCells(b.number)
	}
	b.row[column], b.filled = value, true
	return nil
}

// putFormula notes a formula without a result. A title may have been meant by it, and then it is the cell's text.
func (b *gridBuilder) putFormula(column int, formula string) error {
	if b.unknown++; b.unknown == 1 {
		b.place = fmt.Sprintf("%s%d", columnName(column), b.number)
	}
	if formula == "" {
		return nil
	}
	b.formulas = append(b.formulas, column)
	return b.put(column, "="+formula)
}

// endRow adds the row, if anything is in it, as often as it is there.
func (b *gridBuilder) endRow(times int) error {
	size := 0
	for _, cell := range b.row {
		size += len(cell)
	}
	for i := range times {
		if !b.filled {
			break
		}
		if len(b.grid.cells) >= MaxRows {
			return tooManyRows(b.number + i)
		}
		row := b.row
		if i > 0 {
			row = slices.Clone(b.row)
			b.cells, b.bytes = b.cells+len(row), b.bytes+size
		}
		if b.cells > maxGrid {
			return tooManyCells(b.number + i)
		}
		if b.bytes > maxUnpacked {
			return tooMuchText(b.number+i, 0)
		}
		at := len(b.grid.cells)
		for _, column := range b.formulas {
			b.grid.unknown = append(b.grid.unknown, area{column, at, at})
		}
		b.grid.cells, b.grid.numbers = append(b.grid.cells, row), append(b.grid.numbers, b.number+i)
	}
	b.number += times - 1
	b.startRow() // rows within a row, as no program writes them, are not there twice
	return nil
}

func tooMuchText(row, column int) error {
	return &Error{
		Kind: TooLarge, Row: row, Column: column, Problem: "the sheet has more than 64 MB of text up to here",
		Advice: "Save only the columns you need, or fewer rows.",
	}
}

// built is the sheet, with what people should know about it.
func (b *gridBuilder) built() *grid {
	g := b.grid
	if g.numbers == nil {
		g.numbers = []int{}
	}
	if b.unknown > 0 {
		g.notes = append(g.notes, Warning{
			Code: noResults, N: b.unknown, Name: b.place,
			Text: fmt.Sprintf("The sheet has %s without a result, the first in %s: the program that wrote it does not calculate. Open the workbook in a spreadsheet, save it, and import it again.", formulas(b.unknown), b.place),
		})
	}
	return &g
}

func formulas(n int) string {
	if n == 1 {
		return "a formula"
	}
	return fmt.Sprintf("%d formulas", n)
}
