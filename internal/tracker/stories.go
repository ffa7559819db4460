package tracker

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
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
	if g, ok := o.table.(*grid); ok {
		g.forgetFormulas(l.columns[Title])
		g.fillMerged(slices.Concat(l.columns[Parent], l.columns[Sprint], l.columns[Status], l.columns[Type]), l.row)
	}
	f := &File{
		Format: l.format.id, Tracker: l.format.tracker, Encoding: o.encoding, Delimiter: o.delimiter,
		Skipped: []Skipped{}, Stories: []Story{}, origin: o.origin,
	}
	f.origin.layout, f.origin.again = l, map[string][]int{}
	b := builder{layout: l, file: f, seen: map[string]place{}, samples: make([]string, len(l.header)), section: l.group}
	remarks, err := b.readAll(o.table)
	if err != nil {
		return nil, err
	}
	if f.Total == 0 {
		return nil, &Error{Kind: Empty, Row: l.row, Problem: "the file has a header and no rows", Advice: "Check the filter in your tracker, and export again."}
	}
	b.makeKeysWhole()
	b.resolveParents()
	f.Columns = l.described(b.samples)
	f.Warnings = b.warnings(append(append(o.warnings, l.notes...), remarks...))
	return f, nil
}

// sameKey is how the reason begins for which a row is skipped whose key is known; the row and the key follow.
const sameKey = "the same key as row"

// builder makes one story after another.
type builder struct {
	*layout
	file    *File
	rows    rows
	seen    map[string]place // where each key was
	ids     []string         // the database's number of each story
	samples []string
	section string   // the group that the rows are in
	path    []string // keys of the stories above, by depth
	sub     []int    // the order of columns of the rows below another one; nil elsewhere
	above   Story    // that other one
	counts  counts
	totals  totals
	of      columnsOf
	widths  [MaxColumns + 1]int // how many rows have so many cells
}

// columnsOf are the columns of each meaning, looked up once and not in every row.
type columnsOf struct {
	key, title, description, kind, status, points, url, parent, sprint, identity []int
}

// counts are what is said once at the end, however often it happened.
type counts struct {
	long, longFirst     int
	unkeyed             int // rows without a key, also those that are no story
	titles, titlesFirst int
	texts, keys         int
	rounded             int
}

func (b *builder) readAll(t table) ([]Warning, error) {
	c := b.columns
	b.of = columnsOf{c[Key], c[Title], c[Description], c[Type], c[Status], c[Points], c[URL], c[Parent], c[Sprint], c[identity]}
	b.rows = t.open()
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
		b.widths[min(lastWidth, MaxColumns)]++
		b.makeRoom(t)
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
	if !ok || len(b.header) < 4 || b.file.Total < 3 || strings.HasSuffix(d.text, string(d.newline)) || !slices.Contains(b.widths[width+1:], b.file.Total-1) {
		return nil
	}
	return &Error{
		Kind: Cut, Row: row, Column: width, Problem: "the file ends in the middle of the last row: all others have more cells",
		Advice: "It was cut off: export it again. If the row is meant to be so, end it with a line break.",
	}
}

// makeRoom guesses from the first rows how many there will be.
func (b *builder) makeRoom(t table) {
	d, ok := t.(*delimited)
	if r, _ := b.rows.(*delimitedRows); ok && b.file.Total == 64 {
		n := min(64*len(d.text)/max(r.outer.pos, 1), MaxRows)
		b.file.Stories = slices.Grow(b.file.Stories, n)
		seen := make(map[string]place, n)
		maps.Copy(seen, b.seen)
		b.seen = seen
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
		b.file.origin.repeats = append(b.file.origin.repeats, b.rows.number())
		b.skip("the header again")
		return
	}
	if b.isLine() {
		b.skip("a line")
		return
	}
	if b.format.groups && b.takeGroupRow() {
		return
	}
	if n := b.rows.len(); n > len(b.header) && b.sub == nil && b.rows.mayBeLong() {
		if b.counts.long++; b.counts.longFirst == 0 {
			b.counts.longFirst = b.rows.number()
		}
	}
	s := b.story()
	if s.Key == "" {
		b.counts.unkeyed++
	}
	if s.Title == "" {
		if len(b.of.title) == 0 {
			b.skip("no column for the title was found")
		} else {
			b.skip("no title")
		}
		return
	}
	if b.isTotal(&s) {
		b.skip("a sum")
		return
	}
	if first, ok := b.known(&s); ok {
		b.skip(fmt.Sprintf(sameKey+" %d: %s", first, s.Key))
		return
	}
	b.file.Stories = append(b.file.Stories, s)
	if len(b.of.identity) > 0 {
		id, _ := b.pick(b.of.identity)
		b.ids = append(b.ids, id)
	}
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

// isLine reports whether the row is a line that a database has printed below the header, or Markdown: dashes alone, in each of several cells.
func (b *builder) isLine() bool {
	lines := 0
	for i := range b.rows.len() {
		cell := strings.TrimSpace(b.rows.text(i))
		if cell == "" && (i == 0 || i == b.rows.len()-1) {
			continue
		}
		if len(cell) < 2 || strings.Trim(cell, "-=: ") != "" {
			return false
		}
		lines++
	}
	return lines > 1
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

// pick is the value of the first of the columns that is filled, and which one that is; -1 is none.
func (b *builder) pick(columns []int) (string, int) {
	for _, column := range columns {
		if value := b.cell(column); !b.format.isAbsent(value) {
			return value, column
		}
	}
	return "", -1
}

// pickTitle takes any word for a title, also one that means nothing elsewhere.
func (b *builder) pickTitle() (string, int) {
	for _, column := range b.of.title {
		if value := b.cell(column); strings.TrimSpace(value) != "" {
			return value, column
		}
	}
	return "", -1
}

// last is the value of the last column that is filled and has the name of the first such: sprints are listed oldest first.
func (b *builder) last(columns []int) string {
	value, first := b.pick(columns)
	for _, column := range columns {
		if column > first && first >= 0 && b.names[column] == b.names[first] {
			if later := b.cell(column); !b.format.isAbsent(later) {
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
	title, titleColumn := b.pickTitle()
	s.Title = oneLine(f.unguarded(title))
	s.Points = b.points(&s.Title)
	if isLonger(s.Title, MaxTitle) {
		if b.counts.titles++; b.counts.titlesFirst == 0 {
			b.counts.titlesFirst = s.Row
		}
		s.Title = cutTo(s.Title, MaxTitle)
	}
	s.Key = b.key()
	description, _ := b.pick(b.of.description)
	s.Description = b.limited(f.readable(description), MaxDescription, &b.counts.texts)
	s.Type = cutTo(oneLine(b.typeOf(s.Key)), MaxType)
	status, _ := b.pick(b.of.status)
	s.Status = cutTo(oneLine(f.unbraced(status)), MaxStatus)
	address, _ := b.pick(b.of.url)
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
	key, _ := b.pick(b.of.key)
	key = b.limited(oneLine(b.format.unguarded(key)), MaxKey, &b.counts.keys)
	if strings.Contains(key, "+") && rounded.MatchString(key) {
		b.counts.rounded++
		return ""
	}
	if strings.HasPrefix(key, "=") { // a formula that was not calculated
		return ""
	}
	return key
}

func (b *builder) limited(value string, limit int, count *int) string {
	if isLonger(value, limit) {
		*count++
		return cutTo(value, limit)
	}
	return value
}

func (b *builder) typeOf(key string) string {
	if value, _ := b.pick(b.of.kind); value != "" {
		return b.format.unbraced(value)
	}
	if b.format.typeOfKey == nil {
		return ""
	}
	return b.format.typeOfKey[strings.TrimRight(key, "0123456789")]
}

func (b *builder) sprint() string {
	value := strings.TrimSpace(b.format.unbraced(b.last(b.of.sprint)))
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
	value, _ := b.pick(b.of.parent)
	value = oneLine(b.format.unbraced(b.format.unguarded(value)))
	if b.format.parentTail && strings.Contains(value, "://") {
		value = tailOf(value)
	}
	if !b.format.tree {
		return cutTo(value, MaxName)
	}
	depth := 0
	for i, column := range b.of.title {
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

// foldedKey is the same for keys that differ only in case. Most keys have no small letters, and cost nothing.
func foldedKey(key string) string { return strings.ToUpper(key) }

// place is where a key was, and what address and title the story had.
type place struct {
	row        int
	url, title string
}

// known reports whether the key was there before, and in which row. Numbers that count in several repositories get the repository's name.
func (b *builder) known(s *Story) (int, bool) {
	if s.Key == "" {
		return 0, false
	}
	before, found := b.seen[foldedKey(s.Key)]
	if found && b.format.urlKey && before.url != s.URL {
		s.Key = cutTo(longKey(s.URL), MaxKey)
		before, found = b.seen[foldedKey(s.Key)]
	}
	if found && b.numbered && before.title != s.Title { // a second list below the first
		s.Key = ""
		return 0, false
	}
	if !found {
		b.seen[foldedKey(s.Key)] = place{s.Row, s.URL, s.Title}
	} else {
		key := foldedKey(s.Key)
		b.file.origin.again[key] = append(b.file.origin.again[key], s.Row)
	}
	return before.row, found
}

var (
	madeFraction = regexp.MustCompile(`^\d+\.00?$`)
	madeEnd      = regexp.MustCompile(`\.00?$`)
)

// makeKeysWhole takes the .0 from keys if all have it: pandas makes fractions of a column of numbers of which one is missing, and a spreadsheet shows all numbers with .00. Where none is missing, small
// ones from 1 on are those of an outline.
func (b *builder) makeKeysWhole() {
	stories, keyed, isMade := b.file.Stories, false, b.counts.unkeyed > 0
	for i := range stories {
		switch key := stories[i].Key; {
		case key == "":
			isMade = true
		case !madeFraction.MatchString(key):
			return
		default:
			isMade = isMade || len(key) > len("99.0") || strings.HasSuffix(key, ".00") || !keyed && key != "0.0" && key != "1.0"
			keyed = true
		}
	}
	if !keyed || !isMade {
		return
	}
	whole := func(key string) string {
		if madeFraction.MatchString(key) {
			key, _, _ = strings.Cut(key, ".")
		}
		return key
	}
	for i := range stories {
		stories[i].Key, stories[i].Parent = whole(stories[i].Key), whole(stories[i].Parent)
	}
	for i, s := range b.file.Skipped {
		if strings.HasPrefix(s.Reason, sameKey) {
			b.file.Skipped[i].Reason = madeEnd.ReplaceAllString(s.Reason, "")
		}
	}
	again := map[string][]int{}
	for key, rows := range b.file.origin.again {
		again[whole(key)] = rows
	}
	b.file.origin.again = again
}

// resolveParents makes keys of the database's numbers, wherever the row with that number is. Few stories have others below them.
func (b *builder) resolveParents() {
	if len(b.ids) == 0 {
		return
	}
	keys := map[string]string{}
	for _, s := range b.file.Stories {
		if s.Parent != "" {
			keys[s.Parent] = ""
		}
	}
	for i, id := range b.ids {
		if _, wanted := keys[id]; wanted {
			keys[id] = b.file.Stories[i].Key
		}
	}
	for i := range b.file.Stories {
		if key := keys[b.file.Stories[i].Parent]; key != "" {
			b.file.Stories[i].Parent = key
		}
	}
}

func (b *builder) isDone(status string) bool {
	for _, d := range b.done {
		value := strings.TrimSpace(b.cell(d.column))
		if value == "" || b.format.isAbsent(value) {
			continue
		}
		if d.values == nil {
			return true
		}
		for _, v := range d.values {
			if strings.EqualFold(value, v) {
				return true
			}
		}
	}
	return len(b.done) == 0 && doneWords[strings.ToLower(status)]
}
