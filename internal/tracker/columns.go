package tracker

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// counters are names of columns with numbers, which are keys only if there is no other.
var counters = []string{"no", "s.no", "s.no.", "s. no.", "sl no", "sl no.", "sr no", "sr no.", "lfd. nr.", "lfd.nr."}

// mapColumns gives meanings to columns: by the format's names, then by the names that teams use. A column has one meaning, but for the database's
// number, which may be the key too.
func (l *layout) mapColumns() {
	taken := l.ofPrograms()
	if l.format.anyTitle {
		l.columns[Title] = []int{0}
		taken[0] = true
	}
	for _, meaning := range Meanings() {
		if patterns := l.format.columns[meaning]; patterns != nil {
			l.columns[meaning] = l.find(patterns, taken)
		}
	}
	l.columns[identity] = l.find(l.format.columns[identity], map[int]bool{})
	for _, meaning := range append([]Meaning{Title}, l.format.own...) {
		if len(l.columns[meaning]) == 0 {
			l.columns[meaning] = l.find(general[meaning], taken)
		}
	}
	for name, values := range l.format.done {
		for i, header := range l.names {
			if header != name {
				continue
			}
			d := doneColumn{column: i}
			if values != "*" {
				d.values = strings.Split(values, "|")
			}
			l.done = append(l.done, d)
		}
	}
}

// ofPrograms are the columns with what only programs call a story by, which interfaces have beside what people do: GitHub's, YouTrack's and Taiga's.
func (l *layout) ofPrograms() map[int]bool {
	of := map[int]bool{}
	has := func(name string) bool { return slices.Contains(l.names, name) }
	isGitHub := has("number") && has("html_url")
	for i, name := range l.names {
		if name == "id" && (isGitHub || has("idreadable") || has("ref") && has("subject") && (has("total_points") || has("project_extra_info"))) || name == "url" && isGitHub {
			of[i] = true
		}
	}
	return of
}

// find returns the columns that the patterns name and nothing else has taken, in the order of the patterns.
func (l *layout) find(patterns []string, taken map[int]bool) []int {
	var found []int
	for _, p := range patterns {
		for i, name := range l.names {
			if !taken[i] && (matches(p, name, i) || matches(p, spelt(name), i)) {
				found = append(found, i)
				taken[i] = true
			}
		}
	}
	return found
}

// guess takes a column for the title, and one for the key, where no name says which it is; without any header also one for the points. The rows
// are some of those below the header.
func (l *layout) guess(rows [][]string, headless bool) {
	if headless {
		rows = withoutTotals(withoutRemarks(rows))
		l.guessStates(rows)
	}
	l.guessKey(rows, headless)
	isCounted := headless && (isNumbering(rows) || nameStories(rows))
	for i := range l.header {
		if headless && len(l.columns[Points]) == 0 && !l.isTaken(i) && !(i == 0 && isCounted) && allOf(rows, i, func(cell string) bool { return isNumeric(cell) && len(cell) <= 4 }) {
			l.columns[Points] = []int{i}
		}
	}
	l.doubtTitle(rows)
	if len(l.columns[Title]) > 0 || l.format.container != "" {
		return
	}
	if i := l.likelyTitle(rows, headless); i >= 0 {
		l.columns[Title] = []int{i}
		l.notes = append(l.notes, Warning{Code: guessedTitle, Name: l.header[i], Text: fmt.Sprintf("No column is called a title; %q was taken for it. Choose another if that is wrong.", l.header[i])})
	}
}

// doubtTitle takes a name for titles for none, if the cells below it are keys or kinds, and another column has sentences.
func (l *layout) doubtTitle(rows [][]string) {
	titles := l.columns[Title]
	if len(titles) != 1 || !slices.Contains(kinds, l.names[titles[0]]) || !slices.ContainsFunc(l.unnamed(), func(i int) bool { return areMostlyTitles(rows, i) }) {
		return
	}
	switch {
	case allOf(rows, titles[0], func(cell string) bool { return keyLike.MatchString(cell) && strings.Contains(cell, "-") }):
		l.columns[Title] = nil
		if len(l.columns[Key]) == 0 {
			l.columns[Key] = titles
		}
	case l.names[titles[0]] == "requirement" && allOf(rows, titles[0], func(cell string) bool { return !looksLikeTitle(cell) }):
		l.columns[Title] = nil
	}
}

// unnamed are the columns without a meaning.
func (l *layout) unnamed() []int {
	var unnamed []int
	for i := range l.header {
		if !l.isTaken(i) {
			unnamed = append(unnamed, i)
		}
	}
	return unnamed
}

// guessKey takes a column for the key whose cells look like keys, else, without a header, the first one if it has numbers by which people know the stories.
func (l *layout) guessKey(rows [][]string, headless bool) {
	if len(l.columns[Key]) > 0 && !l.onlyCounts() || l.format.container != "" || l.format.urlKey || l.format.anyTitle {
		return
	}
	for i := range l.header {
		if !l.isTaken(i) && allOf(rows, i, func(cell string) bool {
			return keyLike.MatchString(cell) && (strings.Contains(cell, "-") || headless && cell[0] == '#')
		}) {
			l.columns[Key] = []int{i}
			return
		}
	}
	if len(l.columns[Key]) > 0 {
		l.numbered = true
		if !allOf(rows, l.columns[Key][0], func(cell string) bool { return strings.ContainsAny(cell, "0123456789") }) { // marks
			l.columns[Key] = nil
		}
		return
	}
	if headless && !l.isTaken(0) && len(l.header) > 1 && nameStories(rows) {
		l.columns[Key], l.numbered = []int{0}, true
		l.notes = append(l.notes, Warning{Code: guessedKeys, Name: l.header[0], Text: fmt.Sprintf("The numbers in %q were taken for keys. If they only count the rows, choose that no column is the key.", l.header[0])})
	}
}

// onlyCounts reports whether the columns of the key have names by which people count rows.
func (l *layout) onlyCounts() bool {
	return !slices.ContainsFunc(l.columns[Key], func(i int) bool { return !slices.Contains(counters, spelt(l.names[i])) })
}

// likelyTitle is the first column whose cells look like titles, or mostly do; -1 is none. Below a header one where all do comes first: people have one word or two for a name. One in which texts are there again comes last.
func (l *layout) likelyTitle(rows [][]string, headless bool) int {
	mostly, again := -1, -1
	for i := range l.header {
		switch {
		case l.isTaken(i):
		case allOf(rows, i, looksLikeTitle):
			if headless || areMostlyTitles(rows, i) {
				return i
			}
			if again < 0 { // as names of people are
				again = i
			}
		case mostly < 0 && areMostlyTitles(rows, i):
			if mostly = i; headless {
				return i
			}
		}
	}
	switch {
	case mostly >= 0:
		return mostly
	case again >= 0:
		return again
	}
	return l.onlyWords(rows, headless)
}

// onlyWords is the first column in which every row has another text, however short; below a header, only if there is no other such column. -1 is none.
func (l *layout) onlyWords(rows [][]string, headless bool) int {
	found := -1
	for i := range l.header {
		seen := map[string]bool{}
		isText := func(cell string) bool {
			fits := !seen[cell] && strings.ContainsFunc(cell, unicode.IsLetter) && !strings.Contains(cell, "://") && !dated.MatchString(cell)
			seen[cell] = true
			return fits
		}
		switch {
		case l.isTaken(i) || !allOf(rows, i, isText):
		case headless:
			return i
		case found >= 0:
			return -1
		default:
			found = i
		}
	}
	return found
}

// guessStates recognises what gh issue list prints into a file: number and state come first.
func (l *layout) guessStates(rows [][]string) {
	isNumber := func(cell string) bool { return keyLike.MatchString(cell) }
	isState := func(cell string) bool {
		return cell == "OPEN" || cell == "CLOSED" || cell == "MERGED" || cell == "DRAFT"
	}
	if len(l.header) > 2 && allOf(rows, 0, isNumber) && allOf(rows, 1, isState) {
		l.columns[Key], l.columns[Status] = []int{0}, []int{1}
	}
}

// withoutRemarks leaves out rows of one cell where others have more: commands print a sentence above a list.
func withoutRemarks(rows [][]string) [][]string {
	table := slices.DeleteFunc(slices.Clone(rows), func(cells []string) bool { return len(cells) < 2 })
	if len(table) == 0 {
		return rows
	}
	return table
}

// withoutTotals leaves out rows that are called a total.
func withoutTotals(rows [][]string) [][]string {
	others := slices.DeleteFunc(slices.Clone(rows), func(cells []string) bool { return slices.ContainsFunc(cells, isTotalName) })
	if len(others) == 0 {
		return rows
	}
	return others
}

func (l *layout) isTaken(column int) bool {
	for _, columns := range l.columns {
		if slices.Contains(columns, column) {
			return true
		}
	}
	return false
}

// allOf reports whether a column is filled in at least one of the rows, and fits wherever it is.
func allOf(rows [][]string, column int, fits func(string) bool) bool {
	filled := 0
	for _, cells := range rows {
		if column >= len(cells) || strings.TrimSpace(cells[column]) == "" {
			continue
		}
		if !fits(strings.TrimSpace(cells[column])) {
			return false
		}
		filled++
	}
	return filled > 0
}

// areMostlyTitles reports whether all cells of a column differ and most look like titles: some are one word, or a year.
func areMostlyTitles(rows [][]string, column int) bool {
	seen := map[string]bool{}
	titles := 0
	for _, cells := range rows {
		if column >= len(cells) || seen[cells[column]] || dated.MatchString(cells[column]) || strings.Contains(cells[column], "://") {
			return false
		}
		seen[cells[column]] = true
		if looksLikeTitle(strings.TrimSpace(cells[column])) {
			titles++
		}
	}
	return titles > len(rows)/2
}

// looksLikeTitle reports whether a cell is more than a word, a number or an address.
func looksLikeTitle(cell string) bool {
	return strings.ContainsAny(cell, " \t") && len(cell) >= 5 && !isNumeric(cell) && !strings.Contains(cell, "://") && !dated.MatchString(cell)
}

// override heeds what a person has chosen. A column that gets a meaning loses the one it had.
func (l *layout) override(chosen map[Meaning]int) error {
	for meaning, column := range chosen {
		if !slices.Contains(Meanings(), meaning) {
			return &Error{Kind: BadOption, Option: string(meaning), Problem: fmt.Sprintf("%q is no meaning of a column", meaning), Advice: fmt.Sprintf("Choose one of %v.", Meanings())}
		}
		if column < -1 || column >= len(l.header) {
			return &Error{
				Kind: BadOption, Option: string(meaning), Row: l.row, Column: column + 1, Problem: fmt.Sprintf("there is no column %d for the %s", column, meaning),
				Advice: fmt.Sprintf("Columns are counted from 0 to %d; -1 is none.", len(l.header)-1),
			}
		}
		for other, columns := range l.columns {
			if _, also := chosen[other]; !also && other != identity {
				l.columns[other] = slices.DeleteFunc(slices.Clone(columns), func(c int) bool { return c == column })
			}
		}
		if column < 0 {
			l.columns[meaning] = nil
		} else {
			l.columns[meaning] = []int{column}
		}
	}
	return nil
}

// described are the columns as people see them.
func (l *layout) described(samples []string) []Column {
	columns := make([]Column, len(l.header))
	for i, name := range l.header {
		columns[i] = Column{Index: i, Name: cutTo(oneLine(name), MaxName), Unnamed: l.nameless, Sample: samples[i]}
	}
	for _, meaning := range Meanings() {
		for _, i := range l.columns[meaning] {
			if columns[i].Meaning == "" {
				columns[i].Meaning = meaning
			}
		}
	}
	return columns
}
