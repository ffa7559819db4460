package tracker

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// outlined is a number, or one of an outline: 7, 007, 1.2, 1.2.3.
var outlined = regexp.MustCompile(`^\d{1,16}(?:\.\d{1,3}){0,4}$`)

// cards are the numbers on those of usual decks.
var cards = []int{0, 1, 2, 3, 4, 5, 8, 13, 16, 20, 21, 32, 34, 40, 55, 64, 89, 100}

// moreCards are those that people write without a deck.
var moreCards = []int{6, 7, 9, 10, 12, 30, 50, 60, 80}

// firstNumbers are those in the first column, each by its parts, and whether any begins with a zero; nil if anything else is there, or a number twice.
func firstNumbers(rows [][]string) (numbers [][]int, zeros bool) {
	seen := map[string]bool{}
	for _, cells := range rows {
		cell := strings.TrimSpace(cells[0])
		if cell == "" {
			continue
		}
		if seen[cell] || !outlined.MatchString(cell) {
			return nil, false
		}
		seen[cell] = true
		zeros = zeros || len(cell) > 1 && cell[0] == '0' && cell[1] != '.'
		var number []int
		for part := range strings.SplitSeq(cell, ".") {
			n, _ := strconv.Atoi(part)
			number = append(number, n)
		}
		numbers = append(numbers, number)
	}
	return numbers, zeros
}

// nameStories reports whether the numbers in the first column of a table without a header are what people call the stories by, and no estimates: they count from 1, or are in order and not all on cards,
// or begin with zeros, or one is larger than any card.
func nameStories(rows [][]string) bool {
	numbers, zeros := firstNumbers(rows)
	if len(numbers) == 0 || isNumbering(rows) && numbers[0][0] == 0 { // programs count from 0
		return false
	}
	if slices.ContainsFunc(numbers, func(n []int) bool { return len(n) > 1 }) {
		return isOutline(numbers)
	}
	isAlone := !hasOtherNumbers(rows)
	onCards := !slices.ContainsFunc(numbers, func(n []int) bool {
		return !slices.Contains(cards, n[0]) && !(isAlone && slices.Contains(moreCards, n[0]))
	})
	isLarge := slices.ContainsFunc(numbers, func(n []int) bool { return n[0] > 100 })
	return zeros || isLarge || len(numbers) > 1 && (isNumbering(rows) && numbers[0][0] == 1 || !onCards && isInOrder(numbers))
}

// hasOtherNumbers reports whether a column behind the first may be that of the points.
func hasOtherNumbers(rows [][]string) bool {
	for i := 1; i < len(rows[0]); i++ {
		if allOf(rows, i, func(cell string) bool { return isNumeric(cell) && len(cell) <= 4 }) {
			return true
		}
	}
	return false
}

// isOutline reports whether numbers with dots are those of chapters: no estimate has two dots, and few begin with 1 and grow other than by halves.
func isOutline(numbers [][]int) bool {
	isDeep := slices.ContainsFunc(numbers, func(n []int) bool { return len(n) > 2 })
	areHalves := !slices.ContainsFunc(numbers, func(n []int) bool { return len(n) > 1 && n[1] != 0 && n[1] != 5 }) && slices.ContainsFunc(numbers, func(n []int) bool { return len(n) > 1 && n[1] == 5 })
	return slices.IsSortedFunc(numbers, slices.Compare) && (isDeep || len(numbers) > 2 && numbers[0][0] == 1 && !areHalves)
}

// isInOrder reports whether numbers grow or shrink from row to row.
func isInOrder(numbers [][]int) bool {
	return slices.IsSortedFunc(numbers, slices.Compare) || slices.IsSortedFunc(numbers, func(a, b []int) int { return slices.Compare(b, a) })
}

// isNumbering reports whether the first column numbers the rows, from 0 or 1.
func isNumbering(rows [][]string) bool {
	for i, cells := range rows {
		n, err := strconv.Atoi(strings.TrimSpace(cells[0]))
		if first, _ := strconv.Atoi(strings.TrimSpace(rows[0][0])); err != nil || first < 0 || first > 1 || n != first+i {
			return false
		}
	}
	return len(rows) > 1
}
