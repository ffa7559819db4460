package tracker

import (
	"regexp"
	"strings"
)

var (
	bullet   = regexp.MustCompile(`^(?:[-*+•‣–▪◦]|\d{1,4}[.)])[ \t]+`)
	checkbox = regexp.MustCompile(`^\[([ xX✓✔])\][ \t]+`)
	heading  = regexp.MustCompile(`^#{1,6}[ \t]+`)
	ruler    = regexp.MustCompile(`^(?:[-*_=][ \t]*){3,}$`)
	leadKey  = regexp.MustCompile(`^(?:\[([A-Z][A-Z0-9_]{0,15}-\d{1,9})\]|([A-Z][A-Z0-9_]{0,15}-\d{1,9})|(#\d{1,9}))(?:[ \t]*([:–—-])[ \t]+|[ \t]+)`)
	linked   = regexp.MustCompile(`^\[([^\]]+)\]\((https?://[^)\s]+)\)`)
	address  = regexp.MustCompile(`[ \t]+<?(https?://\S+?)>?$`)
	lineOf   = regexp.MustCompile(`^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`)
)

// openLines makes a story of each line. Marks of lists, boxes to tick, headings and keys at the start are understood.
func openLines(d decoded) (*opened, error) {
	var lines []listLine
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
		line = strings.TrimSpace(d.enc.decode(line))
		switch {
		case line == "" || ruler.MatchString(line):
		case heading.MatchString(line):
			under = strings.TrimSpace(strings.TrimRight(heading.ReplaceAllString(line, ""), "#"))
		default:
			l := newListLine(line)
			l.number, l.heading = number, under
			if leadKey.MatchString(l.text) {
				keyed++
			}
			lines = append(lines, l)
		}
	}
	g := &grid{cells: [][]string{{"key", "title", "status", "url", "heading"}}, numbers: []int{0}}
	for _, l := range lines {
		g.cells = append(g.cells, l.cells(keyed == len(lines)))
		g.numbers = append(g.numbers, l.number)
	}
	return &opened{table: g, container: containerLines}, nil
}

// listLine is a line without the marks of a list.
type listLine struct {
	number                      int
	text, status, link, heading string
}

func newListLine(line string) listLine {
	l := listLine{text: bullet.ReplaceAllString(line, "")}
	if box := checkbox.FindStringSubmatch(l.text); box != nil {
		if l.text = l.text[len(box[0]):]; box[1] != " " {
			l.status = "done"
		}
	}
	if m := linked.FindStringSubmatch(l.text); m != nil {
		l.text, l.link = m[1]+l.text[len(m[0]):], m[2]
	} else if a := address.FindStringSubmatchIndex(l.text); a != nil {
		l.text, l.link = l.text[:a[0]], l.text[a[2]:a[3]]
	}
	return l
}

// cells takes the line apart. Where not every line begins with a key, UTF-8 at the start of one is none: it takes brackets, a colon or a dash then.
func (l listLine) cells(allKeyed bool) []string {
	var key string
	text := l.text
	if k := leadKey.FindStringSubmatch(text); k != nil && (allKeyed || k[1] != "" || k[3] != "" || k[4] != "") {
		text, key = text[len(k[0]):], k[1]+k[2]+k[3]
	}
	return []string{key, strings.TrimSpace(text), l.status, l.link, l.heading}
}

// markdownTable reads a table as Markdown writes it: lines with bars, and a line of dashes below the first.
func markdownTable(text string) (*grid, bool) {
	var first, second string
	for line := range strings.Lines(text[:min(len(text), sniffBytes)]) {
		if line = strings.TrimSpace(line); line == "" && first == "" {
			continue
		}
		if first == "" {
			first = line
			continue
		}
		second = line
		break
	}
	if !strings.Contains(first, "|") || !strings.Contains(second, "|") || !lineOf.MatchString(second) || strings.Count(text, "|") > maxGrid {
		return nil, false
	}
	g := &grid{numbers: []int{}}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if number > MaxRows || !strings.Contains(line, "|") || lineOf.MatchString(line) {
			continue
		}
		cells := barCells(line)
		g.cells, g.numbers = append(g.cells, cells), append(g.numbers, number)
	}
	return g, len(g.cells) > 1
}

// barCells splits a line at its bars, but for those that are escaped.
func barCells(line string) []string {
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	line = strings.ReplaceAll(line, `\|`, "\x00")
	cells := strings.Split(line, "|")
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(strings.TrimSpace(c), "\x00", "|")
	}
	return cells[:min(len(cells), MaxColumns)]
}
