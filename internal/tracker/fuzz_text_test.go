package tracker

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzCleaning makes text of descriptions in every markup, and values of cells.
func FuzzCleaning(f *testing.F) {
	for _, text := range []string{
		"h2. Why\n\n*Guests* want\n||a||b||\n|c|d|\n{code:java}\nx\n{code}\n[a|http://b] !c.png|d!", "<p>a<br>b&nbsp;<ul><li>c</ul><script>d</script>",
		"# a\n\n**b** `c` [d](http://e) ![f](g)\n```\nh\n```\n<!-- i -->", "= a =\n//b// [[ http://c | d ]]", "h2. a\n\"b\":http://c @d@\n<pre>\ne\n</pre>", "'=1+1", "(!) -a", "{Id=7, Name=a}", "(5) a", "1,50", "½",
	} {
		f.Add(text)
	}
	kinds := []markup{plainText, html, wiki, markdown, textile, remarkup, anyMarkup}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range kinds {
			form := format{markup: kind, guards: apostrophe, escapes: len(text)%2 == 0, braced: true}
			got := form.readable(text)
			if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
				t.Errorf("%s: %q becomes %q", kind, text, got)
			}
			if kind != html && kind != anyMarkup && len(got) > 8*len(text)+8 {
				t.Errorf("%s: %d bytes become %d", kind, len(text), len(got))
			}
			form.pointsOf(text)
			form.unbraced(text)
		}
		if line := oneLine(text); strings.ContainsFunc(line, unicode.IsControl) || oneLine(line) != line {
			t.Errorf("%q becomes %q", text, line)
		}
		if short := cutTo(text, 10); utf8.ValidString(text) && utf8.RuneCountInString(short) > 10 {
			t.Errorf("%q is cut to %q", text, short)
		}
		webAddress(text)
		tailOf(text)
	})
}
