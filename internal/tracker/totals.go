package tracker

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// totalNames are what people call a row with the sum of the rows above.
var totalNames = []string{"total", "totals", "sum", "sum total", "subtotal", "sub-total", "sub total", "grand total", "total points", "total story points", "points total", "sum of points", "sum of story points", "overall", "overall total",
	"summe", "gesamt", "gesamtsumme", "zwischensumme", "insgesamt", "somme", "total général", "sous-total", "suma", "suma total", "total general", "soma", "total geral", "somma", "totale", "razem", "łącznie", "celkem", "totaal", "totalt", "итого", "всего", "сумма", "合計", "小計", "合计", "总计", "小计", "합계"}

func isTotalName(text string) bool {
	return len(text) < 40 && isOneOf(totalNames, strings.TrimRight(strings.TrimSpace(text), ":： \t"))
}

// totals adds up the points, of all rows and of those since the last row that was a sum.
type totals struct {
	all, part           float64
	rowsOfAll, rowsPart int // rows with points
	left, first         int // rows that are sums, and the first of them
}

// isTotal reports whether a row is the sum of those above, and no story: it is called so, in the column of the titles or that of the keys, its points are the sum, and nothing else is in it that a story has.
// What is no such row is added up.
func (b *builder) isTotal(s *Story) bool {
	points, ok := number(s.Points)
	if !ok || b.format.container != "" {
		return false
	}
	t := &b.totals
	isSum := points != 0 && (t.rowsPart > 1 && isSame(points, t.part) || t.rowsOfAll > 1 && isSame(points, t.all))
	if isSum && (s.Key == "" || isTotalName(s.Key)) && (isTotalName(s.Title) || s.Key != "" && unicode.IsDigit(rune(s.Title[0]))) && !b.hasMore() {
		if t.left++; t.left == 1 {
			t.first = s.Row
		}
		t.part, t.rowsPart = 0, 0
		return true
	}
	t.all, t.part = t.all+points, t.part+points
	t.rowsOfAll, t.rowsPart = t.rowsOfAll+1, t.rowsPart+1
	return false
}

// amount is a sum of something else than points, perhaps with its unit.
var amount = regexp.MustCompile(`^[^\pL\d]{0,3}\d[\d.,:' ]*[^\d]{0,6}$`)

// hasMore reports whether the row has words elsewhere than in its key, title and points, as stories have and sums have not: a person, a sprint, a status.
func (b *builder) hasMore() bool {
	for i := range b.rows.len() {
		cell := strings.TrimSpace(b.rows.text(i))
		if slices.Contains(b.of.key, i) || slices.Contains(b.of.title, i) || slices.Contains(b.of.points, i) || b.format.isAbsent(cell) || isTotalName(cell) {
			continue
		}
		if strings.ContainsFunc(cell, unicode.IsLetter) && !amount.MatchString(cell) {
			return true
		}
	}
	return false
}

// leftOut says what was left out.
func (t *totals) leftOut() string {
	if t.left == 1 {
		return fmt.Sprintf("Row %d was left out: it is called a total, and its points are the sum of the rows above.", t.first)
	}
	return fmt.Sprintf("%d rows were left out, the first is row %d: they are called a total, and their points are the sum of the rows above.", t.left, t.first)
}

// isSame compares sums of fractions, which computers do not add up exactly.
func isSame(a, b float64) bool { return math.Abs(a-b) < 1e-6 }
