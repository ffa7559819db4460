package tracker

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// understand makes stories of the rows of a table.
func understand(o *opened, opts Options) (*File, error) {
	l, err := findLayout(o, opts)
	if err != nil {
		return nil, err
	}
	if t, ok := o.table.(*delimited); ok {
		t.width = len(l.header)
	}
	f := &File{
		Format: l.format.id, Tracker: l.format.tracker, Encoding: o.encoding, Delimiter: o.delimiter,
		Skipped: []Skipped{}, Stories: []Story{}, origin: o.origin,
	}
	f.origin.layout = l
	b := builder{layout: l, file: f, seen: map[string]place{}, ids: map[string]string{}, samples: make([]string, len(l.header)), section: l.group}
	remarks, err := b.readAll(o.table)
	if err != nil {
		return nil, err
	}
	if f.Total == 0 {
		return nil, &Error{Kind: Empty, Row: l.row, Problem: "the file has a header and no rows", Advice: "Check the filter in your tracker, and export again."}
	}
	b.resolveParents()
	f.Columns = l.described(b.samples)
	f.Warnings = b.warnings(append(append(o.warnings, l.notes...), remarks...))
	return f, nil
}

// builder makes one story after another.
type builder struct {
	*layout
	file    *File
	rows    rows
	seen    map[string]place  // where each key was
	ids     map[string]string // the key of each database's number
	samples []string
	section string   // the group that the rows are in
	path    []string // keys of the stories above, by depth
	sub     []int    // the order of columns of the rows below another one; nil elsewhere
	above   Story    // that other one
	counts  counts
	widths  map[int]int
}

// counts are what is said once at the end, however often it happened.
type counts struct {
	long, longFirst     int
	titles, titlesFirst int
	texts, keys         int
	rounded             int
}

func (b *builder) readAll(t table) ([]string, error) {
	b.rows = t.open()
	b.widths = map[int]int{}
	lastFilled, lastWidth := 0, 0
	for {
		ok, err := b.rows.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if b.rows.number() <= b.row || b.isBlank() {
			continue
		}
		b.file.Total++
		lastFilled, lastWidth = b.rows.number(), b.rows.len()
		b.widths[lastWidth]++
		b.sample()
		b.takeRow()
	}
	if err := b.checkCut(t, lastFilled, lastWidth); err != nil {
		return nil, err
	}
	return b.rows.remarks(), nil
}

// checkCut refuses a file whose last row is cut off: it has no line end and fewer cells than all others have.
func (b *builder) checkCut(t table, row, width int) error {
	d, ok := t.(*delimited)
	if !ok || len(b.header) < 4 || b.file.Total < 3 || b.widths[width] != 1 || len(b.widths) != 2 || strings.HasSuffix(d.text, string(d.newline)) {
		return nil
	}
	for other := range b.widths {
		if other < width {
			return nil
		}
	}
	return &Error{
		Kind: Cut, Row: row, Column: width, Problem: "the file ends in the middle of the last row: all others have more cells",
		Advice: "It was cut off: export it again. If the row is meant to be so, end it with a line break.",
	}
}

func (b *builder) isBlank() bool {
	for i := range b.rows.len() {
		if strings.TrimSpace(b.rows.text(i)) != "" {
			return false
		}
	}
	return true
}

// sample keeps the first filled cell of each column. It looks at some rows only.
func (b *builder) sample() {
	if b.file.Total > 200 {
		return
	}
	for i := range b.samples {
		if b.samples[i] == "" {
			b.samples[i] = cutTo(oneLine(prefixOf(b.rows.text(i), 4*sampleSize)), sampleSize)
		}
	}
}

func (b *builder) skip(reason string) {
	b.file.Skipped = append(b.file.Skipped, Skipped{Row: b.rows.number(), Reason: reason})
}

// takeRow decides what becomes of a row.
func (b *builder) takeRow() {
	if b.isHeader() {
		b.sub = nil
		b.skip("the header again")
		return
	}
	if b.format.groups && b.takeGroupRow() {
		return
	}
	if n := b.rows.len(); n > len(b.header) && b.sub == nil && b.file.origin.table != nil {
		if b.counts.long++; b.counts.longFirst == 0 {
			b.counts.longFirst = b.rows.number()
		}
	}
	s := b.story()
	if s.Title == "" {
		if len(b.columns[Title]) == 0 {
			b.skip("no column for the title was found")
		} else {
			b.skip("no title")
		}
		return
	}
	if first, ok := b.known(&s); ok {
		b.skip(fmt.Sprintf("the same key as row %d: %s", first, s.Key))
		return
	}
	b.file.Stories = append(b.file.Stories, s)
	if b.sub == nil {
		b.above = s
	}
}

// isHeader reports whether the row is the header once more.
func (b *builder) isHeader() bool {
	if b.row == 0 || b.rows.len() < 2 {
		return false
	}
	for i := range min(b.rows.len(), len(b.header)) {
		if b.rows.text(i) != b.header[i] {
			return false
		}
	}
	return true
}

// takeGroupRow heeds what boards put between rows: names of groups, and headers of what belongs to a row.
func (b *builder) takeGroupRow() bool {
	first, filled := strings.TrimSpace(b.rows.text(0)), 0
	for i := range b.rows.len() {
		if strings.TrimSpace(b.rows.text(i)) != "" {
			filled++
		}
	}
	switch {
	case strings.EqualFold(first, "subitems") && strings.EqualFold(b.rows.text(1), "name"):
		b.sub = b.subColumns()
		b.skip("the header of subitems")
	case first != "" && filled == 1:
		b.section, b.sub = first, nil
		b.skip("the name of a group")
	case first == "" && b.sub == nil:
		b.skip("a summary")
	default:
		if first != "" {
			b.sub = nil
		}
		return false
	}
	return true
}

// subColumns finds the main header's columns in the header of subitems.
func (b *builder) subColumns() []int {
	order := make([]int, len(b.header))
	for i := range order {
		order[i] = -1
		for j := range b.rows.len() {
			if normalise(b.rows.text(j)) == b.names[i] && b.names[i] != "" && b.names[i] != "subitems" {
				order[i] = j
				break
			}
		}
	}
	return order
}

// cell is the text of a column, wherever this row has it.
func (b *builder) cell(column int) string {
	if b.sub != nil {
		if column >= len(b.sub) || b.sub[column] < 0 {
			return ""
		}
		column = b.sub[column]
	}
	return b.rows.text(column)
}

// pick is the value of the first column with a meaning that is filled, and which one that is.
func (b *builder) pick(meaning Meaning) (string, int) {
	for _, column := range b.columns[meaning] {
		if value := b.cell(column); strings.TrimSpace(value) != "" && (meaning == Title || !b.format.isAbsent(value)) {
			return value, column
		}
	}
	return "", -1
}

// last is the value of the last column with a meaning that is filled and has the name of the first such: sprints are listed oldest first.
func (b *builder) last(meaning Meaning) string {
	value, first := b.pick(meaning)
	for _, column := range b.columns[meaning] {
		if column > first && first >= 0 && b.names[column] == b.names[first] {
			if later := b.cell(column); strings.TrimSpace(later) != "" && !b.format.isAbsent(later) {
				value = later
			}
		}
	}
	return value
}

// story makes a story of the row.
func (b *builder) story() Story {
	f := b.format
	s := Story{Row: b.rows.number()}
	title, titleColumn := b.pick(Title)
	s.Title = oneLine(f.unguarded(title))
	s.Points = b.points(&s.Title)
	if utf8.RuneCountInString(s.Title) > MaxTitle {
		if b.counts.titles++; b.counts.titlesFirst == 0 {
			b.counts.titlesFirst = s.Row
		}
		s.Title = cutTo(s.Title, MaxTitle)
	}
	s.Key = b.key()
	description, _ := b.pick(Description)
	s.Description = b.limited(f.readable(description), MaxDescription, &b.counts.texts)
	s.Type = cutTo(oneLine(b.typeOf(s.Key)), MaxType)
	status, _ := b.pick(Status)
	s.Status = cutTo(oneLine(f.unbraced(status)), MaxStatus)
	address, _ := b.pick(URL)
	s.URL = webAddress(address)
	if f.urlKey && s.Key == "" {
		s.Key = cutTo(tailOf(s.URL), MaxKey)
	}
	s.Sprint = b.sprint()
	s.Parent = b.parent(s.Key, titleColumn)
	s.Done = b.isDone(s.Status)
	return s
}

// key is the row's key, unless a spreadsheet has made 1.2E+15 of it: several rows would have the same.
func (b *builder) key() string {
	key, _ := b.pick(Key)
	key = b.limited(b.format.unguarded(key), MaxKey, &b.counts.keys)
	if rounded.MatchString(key) {
		b.counts.rounded++
		return ""
	}
	return key
}

func (b *builder) limited(value string, limit int, count *int) string {
	if utf8.RuneCountInString(value) > limit {
		*count++
		return cutTo(value, limit)
	}
	if limit == MaxKey {
		return oneLine(value)
	}
	return value
}

func (b *builder) typeOf(key string) string {
	if value, _ := b.pick(Type); value != "" {
		return b.format.unbraced(value)
	}
	if b.format.typeOfKey == nil {
		return ""
	}
	return b.format.typeOfKey[strings.TrimRight(key, "0123456789")]
}

func (b *builder) sprint() string {
	value := strings.TrimSpace(b.format.unbraced(b.last(Sprint)))
	for _, separator := range []string{b.format.pathOf, b.format.splitOf} {
		if separator != "" {
			value = value[strings.LastIndex(value, separator)+1:]
		}
	}
	if value == "" && b.format.groups {
		value = b.section
	}
	return cutTo(oneLine(value), MaxName)
}

func (b *builder) parent(key string, titleColumn int) string {
	if b.sub != nil {
		if b.above.Key != "" {
			return b.above.Key
		}
		return b.above.Title
	}
	value, _ := b.pick(Parent)
	value = oneLine(b.format.unbraced(b.format.unguarded(value)))
	if b.format.parentTail && strings.Contains(value, "://") {
		value = tailOf(value)
	}
	if !b.format.tree {
		return cutTo(value, MaxName)
	}
	depth := 0
	for i, column := range b.columns[Title] {
		if column == titleColumn {
			depth = i
		}
	}
	b.path = append(b.path[:min(depth, len(b.path))], key)
	if value == "" && depth > 0 && len(b.path) > 1 {
		value = b.path[len(b.path)-2]
	}
	return cutTo(value, MaxName)
}

// place is where a key was, and what address the story had.
type place struct {
	row int
	url string
}

// known reports whether the key was there before, and in which row. Numbers that count in several repositories get the repository's name.
func (b *builder) known(s *Story) (int, bool) {
	if s.Key == "" {
		return 0, false
	}
	before, found := b.seen[strings.ToLower(s.Key)]
	if found && b.format.urlKey && before.url != s.URL {
		s.Key = cutTo(longKey(s.URL), MaxKey)
		before, found = b.seen[strings.ToLower(s.Key)]
	}
	if !found {
		b.seen[strings.ToLower(s.Key)] = place{s.Row, s.URL}
	}
	if id, _ := b.pick(identity); id != "" {
		b.ids[id] = s.Key
	}
	return before.row, found
}

// resolveParents makes keys of the database's numbers, wherever the row with that number is.
func (b *builder) resolveParents() {
	for i := range b.file.Stories {
		if key, ok := b.ids[b.file.Stories[i].Parent]; ok {
			b.file.Stories[i].Parent = key
		}
	}
}

func (b *builder) isDone(status string) bool {
	for _, d := range b.done {
		value := strings.ToLower(strings.TrimSpace(b.cell(d.column)))
		if value == "" || b.format.isAbsent(value) {
			continue
		}
		if d.values == nil {
			return true
		}
		for _, v := range d.values {
			if value == v {
				return true
			}
		}
	}
	return len(b.done) == 0 && doneWords[strings.ToLower(status)]
}

// warnings are what was noticed, each once.
func (b *builder) warnings(before []string) []string {
	w := append([]string{}, before...)
	c := b.counts
	add := func(count int, text string, values ...any) {
		if count > 0 {
			w = append(w, fmt.Sprintf(text, values...))
		}
	}
	if len(b.columns[Title]) == 0 {
		w = append(w, "No column for the title was found: choose one.")
	}
	add(c.long, "%s more cells than the header, the first is row %d: check its columns.", rowsHave(c.long), c.longFirst)
	add(c.titles, "%s a title of more than %d characters, which was cut; the first is row %d.", rowsHave(c.titles), MaxTitle, c.titlesFirst)
	add(c.texts, "%s a description of more than %d characters, which was cut.", rowsHave(c.texts), MaxDescription)
	add(c.keys, "%s a key of more than %d characters, which was cut.", rowsHave(c.keys), MaxKey)
	add(c.rounded, "%s a key that a spreadsheet has rounded, such as 1.2E+15. It was left out: export the list again, and import it as it is.", rowsHave(c.rounded))
	add(len(b.file.Stories)-MaxStories, "The file has %d stories, and a session takes %d: choose by type, status or sprint.", len(b.file.Stories), MaxStories)
	return w[:min(len(w), maxWarnings)]
}

func rowsHave(n int) string {
	if n == 1 {
		return "One row has"
	}
	return fmt.Sprintf("%d rows have", n)
}
