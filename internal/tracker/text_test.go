package tracker

import "testing"

func TestDescriptionsBecomeTextAPersonCanRead(t *testing.T) {
	for _, c := range []struct {
		kind       markup
		text, want string
	}{
		{wiki, "h3. Why\r\n\r\n\r\n*Guests* want _free_ boats, 2*3*4, snake_case_name", "Why\n\nGuests want free boats, 2*3*4, snake_case_name"},
		{wiki, "# one\n## two\n* three\n- four\nbq. said", "1. one\n  1. two\n- three\n- four\n> said"},
		{wiki, "{code:java}\nif (a < b) { *c* }\n{code}\n{noformat}x{noformat} {color:red}y{color} {{z}} {a}", "if (a < b) { *c* }\nx y z {a}"},
		{wiki, "[the plan|https://example.com/a_b_c|smart-link] [https://example.com] [~accountid:robin] [x] !a.png|width=3! Stop!", "the plan (https://example.com/a_b_c) https://example.com @robin [x] [a.png] Stop!"},
		{wiki, "||Boat||Seats||\n|Otter|4|", "Boat | Seats\nOtter | 4"},
		{wiki, "{code}\nnever closed *x*", "never closed *x*"},
		{html, "<div>As a <b>guest</b>,</div><div>I want<br>boats&nbsp;&amp; <i>seats</i></div><ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>", "As a guest,\nI want\nboats & seats\n- one\n  - two\n- three"},
		{html, "<style>p{}</style><p>a</p><script>alert(1)</script><p>b <a href=\"https://example.com\">c</a></p><img alt=\"shot\" src=\"x\">", "a\nb c (https://example.com)\n[shot]"},
		{html, "<table><tr><th>Boat</th><th>Seats</th></tr><tr><td>Otter</td><td>4</td></tr></table><pre>a\n  b</pre>", "Boat | Seats\nOtter | 4\na\n  b"},
		{html, "1 < 2", "1 < 2"},
		{markdown, "## Why ##\n\n**Guests** want `boats.go` and [the plan](https://example.com \"t\")\n* [x] one\n+ two <!-- hint\nmore -->\n![shot](a.png)", "Why\n\nGuests want boats.go and the plan (https://example.com)\n- [x] one\n- two\n[shot]"},
		{markdown, "```go\nx := a * b * c // **d**\n```\n~~old~~ a<b <kbd>Enter</kbd> 5 &lt; 6", "x := a * b * c // **d**\nold a<b Enter 5 < 6"},
		{markdown, "| a | b |\n|---|:-:|\n| c | d |", "a | b\n\nc | d"},
		{textile, "h2(#id). Why\n\n* *Guests*\n## two\n\"the plan\":https://example.com/a @code@ !a.png! \"x\"\n<pre>\n*raw*\n</pre>", "Why\n\n- Guests\n  1. two\nthe plan (https://example.com/a) code [a.png] \"x\"\n*raw*"},
		{remarkup, "== Why ==\n//Guests// want **boats**, see https://example.com/a//b and [[ https://example.com | the plan ]]", "Why\nGuests want boats, see https://example.com/a//b and the plan (https://example.com)"},
		{anyMarkup, "<p>a</p>", "a"},
		{anyMarkup, "**a**", "a"},
		{plainText, "a\u00A0b\x07\u2028c\r\nd", "a b\nc\nd"},
	} {
		form := format{markup: c.kind}
		if got := form.readable(c.text); got != c.want {
			t.Errorf("%s: %q\nbecomes %q\nwant    %q", c.kind, c.text, got, c.want)
		}
	}
}

func TestPointsAsPeopleWriteThem(t *testing.T) {
	form := format{noPoints: []string{"-1"}}
	for text, want := range map[string]string{
		"5": "5", "5.0": "5", "3.00": "3", "3,00": "3", "0,50": "0.5", "40.0": "40", "0": "0", "½": "0.5", "1/2": "0.5", "M": "M", " 8 ": "8",
		"": "", "?": "", "-": "", "null": "", "NaN": "", "-1": "", "1.234,50": "1.234,50", "a text that is no size of a story": "",
	} {
		if got := form.pointsOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestMarksBeforeFormulasAreTakenAway(t *testing.T) {
	for _, c := range []struct{ id, text, want string }{
		{"linear", "'√ of boats", "√ of boats"},
		{"linear", "'quoted'", "'quoted'"},
		{"gitlab", "';a", ";a"},
		{"pivotal", "'=1+1", "=1+1"},
		{"pivotal", "'-a", "'-a"},
		{"bugzilla", " -a", "-a"},
		{"phabricator", "(!) @a", "@a"},
		{"jira-csv", "'=1", "'=1"},
	} {
		if got := lookup(c.id).unguarded(c.text); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.id, c.text, got, c.want)
		}
	}
}
