package tracker

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// recogniseFormat finds the tracker whose signature is in the header; nil is none.
func recogniseFormat(header []string, name, container string) *format {
	names := normalised(header)
	for i := range formats {
		f := &formats[i]
		if f.container == container && f.fits(names, name) {
			return f
		}
	}
	return nil
}

// fits reports whether one of the signatures is in the header.
func (f *format) fits(names []string, file string) bool {
	if f.nameHint == "hex32" && hex32.MatchString(file) && len(names) > 1 {
		return true
	}
	return slices.ContainsFunc(f.signature, func(all []string) bool {
		for _, alternatives := range all {
			if !slices.ContainsFunc(strings.Split(alternatives, "|"), func(pattern string) bool { return indexOf(names, pattern) >= 0 }) {
				return false
			}
		}
		return true
	})
}

var hex32 = regexp.MustCompile(`(?i)[ -][0-9a-f]{32}(?:_all)?(?: ?\(\d+\))?(?:\.csv)?$`)

func indexOf(names []string, pattern string) int {
	for i, name := range names {
		if matches(pattern, name, i) {
			return i
		}
	}
	return -1
}

// matches reports whether a header's normalised name fits a pattern of the table of formats.
func matches(pattern, name string, column int) bool {
	switch {
	case pattern == "#":
		return name == "#"
	case strings.HasPrefix(pattern, "^"):
		return column == 0 && name == pattern[1:]
	case strings.HasPrefix(pattern, "*"):
		return strings.HasSuffix(name, pattern[1:])
	case strings.HasSuffix(pattern, "#"):
		rest, ok := strings.CutPrefix(name, strings.TrimSuffix(pattern, "#"))
		return ok && rest != "" && strings.Trim(rest, "0123456789") == ""
	}
	return name == pattern
}

func normalised(header []string) []string {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = normalise(name)
	}
	return names
}

// normalise makes a header's name comparable: lower case, single spaces, no quotes or byte order mark around it.
func normalise(name string) string {
	if len(name) > 200 {
		return ""
	}
	name = strings.TrimFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' || r == '"' })
	name = strings.Join(strings.Fields(strings.ToLower(name)), " ")
	if inner, ok := strings.CutPrefix(name, "fields."); ok { // as programs flatten the answers of Jira's interface: fields.status.name
		name, _, _ = strings.Cut(inner, ".")
		if rest := inner[len(name):]; rest != "" && rest != ".name" && rest != ".key" && rest != ".value" {
			return inner
		}
	}
	return name
}

var generalNames = func() map[string]Meaning {
	names := map[string]Meaning{}
	for _, meaning := range Meanings() {
		for _, name := range general[meaning] {
			names[name] = meaning
		}
	}
	return names
}()

// generalMeaning is the meaning of a column with a name that people give; empty is none.
func generalMeaning(name string) Meaning {
	name = normalise(name)
	if m := generalNames[name]; m != "" {
		return m
	}
	return generalNames[spelt(name)]
}

var pointsUnit = regexp.MustCompile(` ?[(\[](?:sp|points|pts|story points)[)\]]$`)

// spelt is a name with spaces, where programs have put underscores, without the unit of points, and with "id" for a sign.
func spelt(name string) string {
	if !strings.ContainsAny(name, "_)]#") {
		return name
	}
	if before, ok := strings.CutSuffix(name, "#"); ok && before != "" {
		name = before + " id"
	}
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == ' ' }), " ")
	if before := pointsUnit.ReplaceAllString(name, ""); generalNames[before] == Points { // Story (points) is no title
		return before
	}
	return name
}

// knownNames counts the cells that are names which people give to columns.
func knownNames(cells []string) int {
	n := 0
	for _, c := range cells {
		if generalMeaning(c) != "" {
			n++
		}
	}
	return n
}

// knownMeanings are those that the names in the cells have, each once.
func knownMeanings(cells []string) map[Meaning]bool {
	meanings := map[Meaning]bool{}
	for _, c := range cells {
		if m := generalMeaning(c); m != "" {
			meanings[m] = true
		}
	}
	return meanings
}

// layout is what the columns of a table mean.
type layout struct {
	format   *format
	header   []string
	names    []string // of the header, normalised
	row      int      // the header's number; 0 is none
	group    string   // what stands above the header, if the format has groups
	columns  map[Meaning][]int
	nameless bool // the columns have names of ours
	numbered bool // the keys are numbers that may begin anew further down
	done     []doneColumn
	notes    []Warning
}

// doneColumn says by its value that a story is finished.
type doneColumn struct {
	column int
	values []string // in lower case; nil is any
}

// findLayout looks for the header among the first rows, and says what its columns mean.
func findLayout(o *opened, opts Options) (*layout, error) {
	head, numbers, err := firstRows(o.table)
	if err != nil {
		return nil, err
	}
	if len(head) == 0 {
		return nil, &Error{Kind: Empty, Problem: "the file has no filled row", Advice: "Export the list again, or paste its lines."}
	}
	l := &layout{columns: map[Meaning][]int{}}
	at := l.chooseHeader(head, o)
	if at >= 0 {
		l.header, l.row = head[at], numbers[at]
		if at > 0 && l.format.groups {
			l.group = strings.TrimSpace(head[at-1][0])
		}
	} else {
		l.header, l.nameless = numberedColumns(head), true
	}
	l.names = normalised(l.header)
	l.mapColumns()
	l.guess(head[at+1:], at < 0)
	if at < 0 && isRemark(head) && slices.Contains(l.columns[Title], 0) && looksLikeHeader(head[0]) && !looksLikeTitle(head[0][0]) {
		l.row = numbers[0] // one word above the titles is their name, or that of the list
	}
	return l, l.override(opts.Columns)
}

// firstRows are the filled rows among the first ones, and their numbers.
func firstRows(t table) ([][]string, []int, error) {
	var head [][]string
	var numbers []int
	r := t.open()
	for len(head) < headerRows {
		ok, err := r.next()
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			break
		}
		cells, filled := make([]string, r.len()), false
		for i := range cells {
			cells[i] = r.text(i)
			filled = filled || strings.TrimSpace(cells[i]) != ""
		}
		if filled {
			head, numbers = append(head, cells), append(numbers, r.number())
		}
	}
	return head, numbers, nil
}

// chooseHeader decides on the format, and on which of the first rows is the header; -1 is none.
func (l *layout) chooseHeader(head [][]string, o *opened) int {
	if o.container != "" && o.container != containerJSON {
		l.format = lookup(o.container)
		return 0
	}
	if o.container == containerJSON {
		if l.format = recogniseFormat(head[0], "", containerJSON); l.format == nil {
			l.format = lookup("table")
		}
		return 0
	}
	best, known := 0, 0
	for i, cells := range head {
		if f := recogniseFormat(cells, "", ""); f != nil {
			l.format = f
			return i
		}
		// A row with a story may have a name of a column in it too, as its type.
		if n := len(knownMeanings(cells)); n > known && (i == 0 && hasNames(cells) || (i == 0 || n >= 2) && looksLikeHeader(filledOf(cells))) {
			best, known = i, n
		}
	}
	if l.format = recogniseFormat(head[0], o.name, ""); l.format != nil {
		return 0
	}
	l.format = lookup("table")
	if known == 0 && (isRemark(head) || !looksLikeHeader(head[0])) {
		return -1
	}
	return best
}

// isRemark reports whether the first row is one cell above rows of more.
func isRemark(head [][]string) bool {
	return len(head[0]) == 1 && len(head) > 1 && len(head[1]) > 1
}

var (
	keyLike = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9_]{0,15}-\d{1,9}|#?\d{1,16})$`)
	rounded = regexp.MustCompile(`^\d(?:[.,]\d+)?[Ee]\+\d+$`)
)

// kinds are names of columns for titles that are also types of stories.
var kinds = []string{"story", "user story", "task", "issue", "feature", "backlog item", "product backlog item", "item", "epic", "requirement", "aufgabe"}

// hasNames reports whether cells have two names that people give to columns, or one that is no type of a story.
func hasNames(cells []string) bool {
	return knownNames(cells) >= 2 || slices.ContainsFunc(cells, func(c string) bool {
		return generalMeaning(c) != "" && !slices.Contains(kinds, normalise(c))
	})
}

// looksLikeHeader reports whether a first row without any known name has names in it, and not a story.
func looksLikeHeader(cells []string) bool {
	for _, c := range cells {
		c = strings.TrimSpace(c)
		if c == "" || len(c) > 60 || keyLike.MatchString(c) || isNumeric(c) || outlined.MatchString(c) || strings.Contains(c, "://") {
			return false
		}
	}
	return true
}

// filledOf leaves out empty cells: programs leave the name of a column with running numbers empty.
func filledOf(cells []string) []string {
	return slices.DeleteFunc(slices.Clone(cells), func(c string) bool { return strings.TrimSpace(c) == "" })
}

func numberedColumns(head [][]string) []string {
	width := 0
	for _, cells := range head {
		width = max(width, len(cells))
	}
	names := make([]string, width)
	for i := range names {
		names[i] = "Column " + columnName(i)
	}
	return names
}
