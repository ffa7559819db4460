package tracker

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// shownAs is how a format shows numbers that are names: 7 as 00007, BOAT-7 or 7.0. The zero value shows them as they are.
type shownAs struct {
	prefix   string
	digits   int // of a whole number, at least so many; 0 is none of this
	decimals int // of any number, at least so many
}

func (s shownAs) text(number int64) string { return fmt.Sprintf("%s%0*d", s.prefix, s.digits, number) }

// withDecimals puts zeros behind a number that has fewer decimals than are shown, and takes none away.
func (s shownAs) withDecimals(number string) string {
	_, decimals, _ := strings.Cut(number, ".")
	missing := s.decimals - len(decimals)
	if missing <= 0 {
		return number
	}
	if decimals == "" {
		number += "."
	}
	return number + strings.Repeat("0", missing)
}

// shownBy reads a format of letters and zeros, such as "BOAT-"000. Every other is none of this.
func shownBy(code string) shownAs {
	code, _, _ = strings.Cut(code, ";")
	if decimals, ok := strings.CutPrefix(code, "0."); ok && len(decimals) <= 2 && strings.Trim(decimals, "0") == "" {
		return shownAs{decimals: len(decimals)}
	}
	var s shownAs
	for code != "" && strings.Trim(code, "0") != "" {
		switch code[0] {
		case '"':
			text, rest, closed := strings.Cut(code[1:], `"`)
			if !closed {
				return shownAs{}
			}
			s.prefix, code = s.prefix+text, rest
		case '\\':
			if len(code) < 2 {
				return shownAs{}
			}
			s.prefix, code = s.prefix+code[1:2], code[2:]
		case '-':
			s.prefix, code = s.prefix+"-", code[1:]
		default:
			return shownAs{}
		}
	}
	isUnit := func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("-#_/.", c)
	} // as "SP " or "$"
	if strings.ContainsFunc(s.prefix, isUnit) {
		return shownAs{}
	}
	if len(code) > MaxKey || len(s.prefix) > MaxKey || s.prefix == "" && len(code) < 2 {
		return shownAs{}
	}
	s.digits = len(code)
	return s
}

// area is one column of merged cells; rows are numbers.
type area struct{ column, first, last int }

// letters are those of a column's name.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// merge notes merged cells that are one above another, by a reference such as A3:B7.
func (g *grid) merge(reference string) {
	from, to, ok := strings.Cut(reference, ":")
	column, firstOK := columnOf(from)
	first, err := strconv.Atoi(strings.TrimLeft(from, letters))
	last, err2 := strconv.Atoi(strings.TrimLeft(to, letters))
	if ok && firstOK && err == nil && err2 == nil {
		g.span(column, first, last)
	}
}

// span notes that a cell holds for the rows from the first to the last.
func (g *grid) span(column, first, last int) {
	if last > first && len(g.merged) < maxGrid {
		g.merged = append(g.merged, area{column, first, last})
	}
}

// forgetFormulas leaves formulas without a result only in the columns given, where they may be texts.
func (g *grid) forgetFormulas(columns []int) {
	for _, a := range g.unknown {
		isThere := a.first < len(g.cells) && a.column < len(g.cells[a.first]) // no program writes cells outside of rows
		if isThere && !slices.Contains(columns, a.column) {
			g.cells[a.first][a.column] = ""
		}
	}
}

// fillMerged gives the rows below a merged cell its text, in the columns given and below a row.
func (g *grid) fillMerged(columns []int, header int) {
	room := maxGrid
	wanted := make(map[int]bool, len(columns))
	for _, c := range columns {
		wanted[c] = true
	}
	for _, a := range g.merged {
		if a.first <= header || !wanted[a.column] {
			continue
		}
		at := sort.Search(len(g.cells), func(i int) bool { return g.number(i) >= a.first })
		if at == len(g.cells) || g.number(at) != a.first || a.column >= len(g.cells[at]) {
			continue
		}
		text := g.cells[at][a.column]
		for at++; at < len(g.cells) && g.number(at) <= a.last && room > 0; at++ {
			for len(g.cells[at]) <= a.column {
				g.cells[at] = append(g.cells[at], "")
				room--
			}
			g.cells[at][a.column] = text
			room--
		}
	}
}
