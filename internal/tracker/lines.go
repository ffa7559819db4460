package tracker

import (
	"regexp"
	"strings"
)

var (
	bullet   = regexp.MustCompile(`^(?:[-*+•‣–▪◦]|\d{1,4}[.)])[ \t]+`)
	checkbox = regexp.MustCompile(`^\[([ xX✓✔])\][ \t]+`)
	bold     = regexp.MustCompile(`\B\*\*([^\s*/](?:[^*]*[^\s*/])?)\*\*\B`) // and neither 2**8 nor src/**/a
	heading  = regexp.MustCompile(`^#{1,6}[ \t]+`)
	ruler    = regexp.MustCompile(`^(?:[-*_=][ \t]*){3,}$`)
	leadKey  = regexp.MustCompile(`^(?:\[([A-Z][A-Z0-9_]{0,15}-\d{1,9})\]|([A-Z][A-Z0-9_]{0,15}-\d{1,9})|(#\d{1,9}))(?:[ \t]*([:–—-])[ \t]+|[ \t]+)`)
	linked   = regexp.MustCompile(`^\[([^\]]+)\]\((https?://[^)\s]+)\)`)
	address  = regexp.MustCompile(`[ \t]+<?(https?://\S+?)>?$`)
	lineOf   = regexp.MustCompile(`^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`)
)

// openLines makes a story of each line. Marks of lists, boxes to tick, headings and keys at the start are understood.
func openLines(d decoded) (*opened, error) {
	g := &grid{cells: [][]string{{"key", "title", "status", "url", "heading"}}, numbers: []int{0}}
	newline := string(newlineOf(d.text))
	var under string
	number, keyed := 0, 0
	for line := range strings.SplitSeq(d.text, newline) {
		number++
		if number > MaxRows {
			return nil, tooManyRows(number)
		}
		if len(line) > MaxCell {
			return nil, &Error{Kind: TooLarge, Row: number, Problem: "the line has more than 1 MB", Advice: "Write one story in each line, or export a table as CSV."}
		}
		line = strings.TrimSpace(printed(line, d.enc))
		switch {
		case line == "" || ruler.MatchString(line):
		case heading.MatchString(line):
			under = strings.TrimSpace(strings.TrimRight(heading.ReplaceAllString(line, ""), "#"))
		default:
			text, status, link := listItemOf(line)
			if leadKey.MatchString(text) {
				keyed++
			}
			g.cells, g.numbers = append(g.cells, []string{"", text, status, link, under}), append(g.numbers, number)
		}
	}
	for _, cells := range g.cells[1:] {
		cells[0], cells[1] = keyAndTitle(cells[1], keyed == len(g.cells)-1)
	}
	return &opened{table: g, container: containerLines}, nil
}

// listItemOf takes the marks of a list, a box and a link from a line.
func listItemOf(line string) (text, status, link string) {
	text = bold.ReplaceAllString(bullet.ReplaceAllString(line, ""), "$1")
	if box := checkbox.FindStringSubmatch(text); box != nil {
		if text = text[len(box[0]):]; box[1] != " " {
			status = "done"
		}
	}
	if m := linked.FindStringSubmatch(text); m != nil {
		text, link = m[1]+text[len(m[0]):], m[2]
	} else if a := address.FindStringSubmatchIndex(text); a != nil {
		text, link = text[:a[0]], text[a[2]:a[3]]
	}
	return text, status, link
}

// keyAndTitle takes a line apart. Where not every line begins with a key, UTF-8 at the start of one is none: it takes brackets, a colon or a dash
// then.
func keyAndTitle(text string, allKeyed bool) (key, title string) {
	if k := leadKey.FindStringSubmatch(text); k != nil && (allKeyed || k[1] != "" || k[3] != "" || k[4] != "") {
		text, key = text[len(k[0]):], k[1]+k[2]+k[3]
	}
	return key, strings.TrimSpace(text)
}
