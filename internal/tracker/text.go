package tracker

import (
	stdhtml "html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarkup is how many bytes of a description are read. What is shown of it is less.
const maxMarkup = 6 * MaxDescription

// readable is a description as text a person can read, whatever it is written in.
func (f *format) readable(description string) string {
	if description == "" {
		return ""
	}
	text := f.unguarded(prefixOf(description, maxMarkup))
	if f.escapes {
		text = strings.ReplaceAll(text, `\n`, "\n")
	}
	kind := f.markup
	if kind == anyMarkup {
		kind = markdown
		if looksLikeHTML(text) {
			kind = html
		}
	}
	switch kind {
	case html:
		text = htmlText(text)
	case plainText:
	default:
		text = dialectsOfMarkup[kind].text(text)
	}
	return manyLines(text)
}

func looksLikeHTML(text string) bool {
	lower := strings.ToLower(prefixOf(text, 2000))
	for _, tag := range []string{"<p>", "<div", "<br", "<ul>", "<ol>", "<span", "</"} {
		if strings.Contains(lower, tag) {
			return true
		}
	}
	return false
}

// markupDialect is how a kind of markup is made text, line by line.
type markupDialect struct {
	line   func(string) string // what a line starts with: headings, lists, tables
	inline func(string) string // links, pictures, macros
	signs  string              // without any of these there is nothing for inline
	marks  []string            // around words, to be taken away; the longer ones first
	fences []string            // lines that begin with one of these are around code, which is left as it is
	html   bool                // tags and entities may occur
}

var dialectsOfMarkup = map[markup]markupDialect{
	wiki:     {line: wikiLine, inline: wikiInline, signs: "{[!", marks: []string{"*", "_", "??"}, fences: []string{"{code", "{noformat"}},
	textile:  {line: textileLine, inline: textileInline, signs: "\"!", marks: []string{"*", "_", "@"}, fences: []string{"<pre>", "</pre>"}, html: true},
	markdown: {line: markdownLine, inline: markdownInline, signs: "(", marks: []string{"**", "__", "~~", "*", "_", "`"}, fences: []string{"```", "~~~"}, html: true},
	remarkup: {line: remarkupLine, inline: remarkupInline, signs: "[(", marks: []string{"**", "//", "~~", "`"}, fences: []string{"```"}},
}

// text goes through the lines. A fence that never closes leaves the rest as it is.
func (d markupDialect) text(source string) string {
	if d.html && strings.Contains(source, "<!--") {
		source = withoutComments(source)
	}
	used := d.only(source)
	var b strings.Builder
	b.Grow(len(source))
	fence := ""
	for line := range strings.SplitSeq(source, "\n") {
		line = strings.TrimRight(line, "\r")
		start := strings.TrimLeft(line, " \t")
		if fence != "" {
			code, closed := closes(line, start, fence)
			if closed {
				fence = ""
			}
			if code != "" || !closed {
				b.WriteString(code)
				b.WriteByte('\n')
			}
			continue
		}
		if fence = d.fenceOf(start); fence != "" {
			if _, code, ok := strings.Cut(start, "}"); ok && code != "" && fence[0] == '{' {
				b.WriteString(code)
				b.WriteByte('\n')
			}
			continue
		}
		b.WriteString(used.oneLine(line))
		b.WriteByte('\n')
	}
	return b.String()
}

// only is the dialect without what does not occur in the source, so that it is not looked for in every line.
func (d markupDialect) only(source string) markupDialect {
	var has [256]bool
	for i := range len(source) {
		has[source[i]] = true
	}
	used := false
	for i := range len(d.signs) {
		used = used || has[d.signs[i]]
	}
	if !used {
		d.inline = nil
	}
	for i, m := range d.marks {
		if has[m[0]] {
			continue
		}
		kept := make([]string, i, len(d.marks))
		copy(kept, d.marks)
		for _, m := range d.marks[i:] {
			if has[m[0]] {
				kept = append(kept, m)
			}
		}
		d.marks = kept
		break
	}
	d.html = d.html && (has['<'] || has['&'])
	return d
}

// closes is the code in a line, and whether the fence is in it: at its start, or anywhere if it is a tag.
func closes(line, start, fence string) (string, bool) {
	if strings.IndexByte("{<", fence[0]) >= 0 {
		code, _, closed := strings.Cut(line, fence)
		return code, closed
	}
	if strings.HasPrefix(start, fence) {
		return "", true
	}
	return line, false
}

// fenceOf is what closes the code that a line opens, if it opens any and does not close it again.
func (d markupDialect) fenceOf(start string) string {
	for _, f := range d.fences {
		if !strings.HasPrefix(start, f) {
			continue
		}
		if f == "<pre>" {
			f = "</pre>"
		}
		if strings.Contains(start[1:], f) {
			return ""
		}
		return f
	}
	return ""
}

func (d markupDialect) oneLine(line string) string {
	line = d.line(line)
	if d.inline != nil {
		line = d.inline(line)
	}
	for _, m := range d.marks {
		if strings.Contains(line, m) {
			line = withoutPairs(line, m)
		}
	}
	if d.html {
		if strings.Contains(line, "<") {
			line = withoutTags(line)
		}
		if strings.Contains(line, "&") {
			line = stdhtml.UnescapeString(line)
		}
	}
	return line
}

// withoutComments drops what is between <!-- and -->.
func withoutComments(source string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(source, "<!--")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if _, source, found = strings.Cut(rest, "-->"); !found {
			return b.String()
		}
	}
}

// withoutTags drops the tags that are for looks, and leaves everything else that has a "<".
func withoutTags(line string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(line, '<')
		if i < 0 {
			b.WriteString(line)
			return b.String()
		}
		b.WriteString(line[:i])
		end := strings.IndexByte(line[i:min(len(line), i+200)], '>')
		if end < 0 || strings.IndexByte(line[i+1:i+end], '<') >= 0 || !isLookTag(line[i+1:i+end]) {
			b.WriteByte('<')
			line = line[i+1:]
			continue
		}
		line = line[i+end+1:]
	}
}

var lookTags = map[string]bool{
	"b": true, "i": true, "u": true, "s": true, "em": true, "strong": true, "del": true, "ins": true, "br": true, "p": true, "div": true, "span": true, "kbd": true,
	"code": true, "pre": true, "sub": true, "sup": true, "details": true, "summary": true, "mark": true, "small": true, "center": true, "font": true,
}

func isLookTag(tag string) bool {
	name, _, _ := strings.Cut(strings.Trim(tag, "/ "), " ")
	return lookTags[strings.ToLower(name)]
}

// withoutPairs takes a mark away where it stands before a word and again after one.
func withoutPairs(line, mark string) string {
	var b strings.Builder
	from := 0
	for {
		open := nextMark(line, mark, from, true)
		if open < 0 {
			break
		}
		end := nextMark(line, mark, open+len(mark)+1, false)
		if end < 0 {
			break
		}
		b.WriteString(line[from:open])
		b.WriteString(line[open+len(mark) : end])
		from = end + len(mark)
	}
	if from == 0 {
		return line
	}
	b.WriteString(line[from:])
	return b.String()
}

// nextMark finds a mark that opens or closes: outside it has no letter, inside it has no white space.
func nextMark(line, mark string, from int, opens bool) int {
	for from < len(line) {
		i := strings.Index(line[from:], mark)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(line[:i])
		after, _ := utf8.DecodeRuneInString(line[i+len(mark):])
		outside, inside := before, after
		if !opens {
			outside, inside = after, before
		}
		atEdge := opens && i == 0 || !opens && i+len(mark) == len(line)
		hasInside := !(opens && i+len(mark) == len(line) || !opens && i == 0)
		repeated := strings.ContainsRune(mark, inside)
		if hasInside && !unicode.IsSpace(inside) && !repeated && (atEdge || !unicode.IsLetter(outside) && !unicode.IsDigit(outside) && !strings.ContainsRune(mark, outside)) {
			return i
		}
		from = i + len(mark)
	}
	return -1
}
