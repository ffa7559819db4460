package tracker

import (
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// absentWords mean nothing, in every tracker. A title is never one of them.
var absentWords = []string{"-", "--", "[]", "{}", `""`, "---", "n/a", "nan", "null", "none", "(empty)", "undefined", "nan d nan h",
	"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!"} // what a spreadsheet shows of a formula that failed

// doneWords are statuses by which a story counts as finished, where a file says it nowhere else.
var doneWords = map[string]bool{
	"done": true, "closed": true, "resolved": true, "completed": true, "complete": true, "fertig": true, "erledigt": true, "geschlossen": true,
	"finalizada": true, "finalizado": true, "hecho": true, "cerrado": true, "listo": true, "terminé": true, "fermé": true, "gotowe": true, "zamknięte": true,
	"concluído": true, "feito": true, "fatto": true, "chiuso": true, "готово": true, "закрыт": true, "закрыто": true, "завершено": true, "完了": true, "已完成": true,
}

// isAbsent reports whether a value is a placeholder for none.
func (f *format) isAbsent(value string) bool {
	value = strings.TrimSpace(value)
	return value == "" || isOneOf(absentWords, value) || isOneOf(f.absent, value)
}

// isOneOf compares without regard to case. Lengths differ mostly, and then nothing else is compared; no letter changes its length with its case in
// the words we know.
func isOneOf(words []string, value string) bool {
	for _, word := range words {
		if len(word) == len(value) && strings.EqualFold(word, value) {
			return true
		}
	}
	return false
}

// unguarded takes the mark away that a tracker put before a text which a spreadsheet would run.
func (f *format) unguarded(value string) string {
	for _, g := range f.guards {
		if rest, ok := strings.CutPrefix(value, g.mark); ok && rest != "" {
			if first, _ := utf8.DecodeRuneInString(rest); strings.ContainsRune(g.before, first) && !(g.mark == "'" && isQuotation(rest)) {
				return rest
			}
		}
	}
	return value
}

// isQuotation reports whether an apostrophe before the text is its author's, as in '+' is a key: a second one closes the quotation.
func isQuotation(rest string) bool {
	i := strings.IndexByte(rest, '\'')
	if i < 1 || rest[i-1] == ' ' {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest[i+1:])
	return !unicode.IsLetter(next) && !unicode.IsDigit(next)
}

var bracedName = regexp.MustCompile(`\bName\s*=\s*([^},]+)`)

// unbraced is the name in a value such as {Id=7, Name=Open}.
func (f *format) unbraced(value string) string {
	if f.braced && strings.HasPrefix(value, "{") {
		if m := bracedName.FindStringSubmatch(prefixOf(value, 4096)); m != nil {
			return strings.Trim(m[1], ` '"`)
		}
	}
	return value
}

var (
	titlePoints = regexp.MustCompile(`^\((\d{1,4}(?:[.,]\d{1,2})?|\?)\)\s+`)
	labelPoints = regexp.MustCompile(`(?i)(?:^|,\s*)(?:estimate|points?|story[ -]?points?|sp|size|effort)\s*[:/= -]\s*([0-9.,½]{1,6}|XXS|XS|S|M|L|XL|XXL)(?:\s*,|$)`)
)

// points are the row's, from their columns, from its labels, or from before its title, which then loses them.
func (b *builder) points(title *string) string {
	var before string
	if b.format.inTitle {
		if m := titlePoints.FindStringSubmatch(*title); m != nil && len(m[0]) < len(*title) {
			before, *title = m[1], (*title)[len(m[0]):]
		}
	}
	for _, column := range b.of.points {
		if p := b.format.pointsOf(b.cell(column)); p != "" {
			return p
		}
	}
	if b.format.pointsIn != "" {
		for i, name := range b.names {
			if name == b.format.pointsIn {
				if m := labelPoints.FindStringSubmatch(prefixOf(b.cell(i), 4096)); m != nil {
					return b.format.pointsOf(m[1])
				}
			}
		}
	}
	return b.format.pointsOf(before)
}

// pointsOf is a number as people write it: 5 for 5.0 and 5,00; or a size. Empty is not estimated.
func (f *format) pointsOf(value string) string {
	value = strings.TrimSpace(value)
	if f.isAbsent(value) || value == "?" || len(value) > 4*MaxPoints || isNoSize(value) {
		return ""
	}
	for _, none := range f.noPoints {
		if value == none {
			return ""
		}
	}
	n, ok := number(value)
	if !ok {
		if m := withUnit.FindStringSubmatch(value); m != nil {
			n, ok = number(m[1])
		}
	}
	if ok {
		return pointsText(n)
	}
	value = oneLine(value)
	if utf8.RuneCountInString(value) > MaxPoints {
		return ""
	}
	return value
}

// pointsText is a number as points have it: what computers make of 0.1 + 0.2 has more decimals.
func pointsText(n float64) string {
	text := strconv.FormatFloat(n, 'f', -1, 64)
	if len(text) > MaxPoints {
		text = strconv.FormatFloat(math.Round(n*1e4)/1e4, 'f', -1, 64)
	}
	if text == "-0" {
		return "0"
	}
	return text
}

// withUnit are points with what they are points of.
var withUnit = regexp.MustCompile(`(?i)^([0-9][0-9.,/]*|½)\s*(?:sp|pts?\.?|(?:story[ -]?)?points?|punkte?|puntos?|pontos?)$`)

var dated = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:|$)`)

// isNoSize reports whether a value is what programs have in cells and nobody calls an estimate: a date, as which spreadsheets take 3-5, a box to tick, or a formula that was not calculated.
func isNoSize(value string) bool {
	return value[0] == '=' || strings.EqualFold(value, "true") || strings.EqualFold(value, "false") || dated.MatchString(value)
}

var fractions = map[string]float64{"½": 0.5, "1/2": 0.5, "¼": 0.25, "1/4": 0.25, "¾": 0.75, "3/4": 0.75}

// number reads a number with a decimal point or comma.
func number(value string) (float64, bool) {
	if !isNumeric(value) {
		n, ok := fractions[value]
		return n, ok
	}
	n, err := strconv.ParseFloat(strings.Replace(value, ",", ".", 1), 64)
	return n, err == nil && n > -1e9 && n < 1e9
}

// isNumeric reports whether a text is digits, perhaps with a sign before them, and a decimal point or comma among them.
func isNumeric(text string) bool {
	if text != "" && (text[0] == '-' || text[0] == '+') {
		text = text[1:]
	}
	separators := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
		case (c == '.' || c == ',') && i > 0 && i < len(text)-1:
			separators++
		default:
			return false
		}
	}
	return text != "" && separators <= 1
}

// webAddress is a link that can be shown; empty is none.
func webAddress(value string) string {
	if value = strings.TrimSpace(value); value == "" {
		return ""
	}
	if len(value) > 4*MaxURL || utf8.RuneCountInString(value) > MaxURL || strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return ""
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") || !utf8.ValidString(value) {
		return ""
	}
	return value
}

// tailOf is the last part of an address.
func tailOf(address string) string {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	address = strings.TrimRight(address, "/")
	return address[strings.LastIndexByte(address, '/')+1:]
}

// longKey names the repository too: owner/name#7.
func longKey(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 3 {
		return address
	}
	return parts[0] + "/" + parts[1] + "#" + parts[len(parts)-1]
}

// maxLine is how many bytes of a text are read that is to be one line. All limits are far below.
const maxLine = 16 << 10

// oneLine is the text, or its beginning, on one line: white space of any kind is one space, other control characters are gone.
func oneLine(text string) string {
	text = prefixOf(text, maxLine)
	if isPlainLine(text) {
		return text
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || r == '\uFEFF' || r == '\u200B':
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Join(strings.Fields(text), " ")
}

// isPlainLine reports that there is nothing to do: ASCII letters with single spaces between.
func isPlainLine(text string) bool {
	previous := byte(' ')
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c >= 0x7F || c == ' ' && previous == ' ' {
			return false
		}
		previous = c
	}
	return previous != ' ' || text == ""
}

// manyLines keeps line breaks and tabs, and takes away what cannot be shown. More than one empty line in a row is one.
func manyLines(text string) string {
	if needsCleaning(text) {
		text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
		text = strings.Map(func(r rune) rune {
			switch {
			case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
				return '\n'
			case r == '\u00A0':
				return ' '
			case r != '\n' && r != '\t' && unicode.IsControl(r) || r == '\uFEFF' || r == '\u200B':
				return -1
			}
			return r
		}, text)
	}
	var b strings.Builder
	b.Grow(len(text))
	empty := 0
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" {
			empty++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
			if empty > 0 {
				b.WriteString("\n")
			}
		}
		empty = 0
		b.WriteString(line)
	}
	return b.String()
}

func needsCleaning(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= 0x7F || c < ' ' && c != '\n' && c != '\t' {
			return true
		}
	}
	return false
}

// isLonger reports whether a text has more characters than the limit.
func isLonger(text string, limit int) bool {
	return len(text) > limit && utf8.RuneCountInString(text) > limit
}

// cutTo is the text if it has at most so many characters, else its beginning with an ellipsis as the last one.
func cutTo(text string, limit int) string {
	if !isLonger(text, limit) {
		return text
	}
	n := 0
	for i := range text {
		if n++; n == limit {
			return strings.TrimRight(text[:i], " \n\t") + "…"
		}
	}
	return text
}

// prefixOf is at most so many bytes of a text, not ending within a letter.
func prefixOf(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}
