package tracker_test

import "testing"

// TestARowOfMarkdownWithoutItsFirstAndLastCellIsNoHeader holds for tables without spaces, in which such a row begins and ends with two bars as a header of Jira's wiki does.
func TestARowOfMarkdownWithoutItsFirstAndLastCellIsNoHeader(t *testing.T) {
	readsAs(t, "no key and no points", "|Key|Title|Points|\n|---|---|---|\n|A-7|Show free boats|5|\n||Print a voucher||\n|A-9|Pier|1|\n", "A-7 Show free boats 5", " Print a voucher ", "A-9 Pier 1")
	readsAs(t, "a link as in a wiki", "|Key|Title|\n|---|---|\n|A-7|See [1\\|https://example.com]|\n", "A-7 See [1|https://example.com] ")
	readsAs(t, "below a wiki's", "||Key||Title||Points||\n|A-7|Show free boats|5|\n\n|Key|Title|Points|\n|---|---|---|\n||Print a voucher||\n", "A-7 Show free boats 5", " Print a voucher ")
}

// TestLinesThatEndNoRowAreNotLost holds for rows of Markdown that have no bar at their end and too few cells: what follows may be rows too.
func TestLinesThatEndNoRowAreNotLost(t *testing.T) {
	readsAs(t, "no bars at the ends", "| Key | Title | Points |\n|-----|-------|--------|\n| A-7 | Show free boats\nA-8 | Print a voucher | 3\nA-9 | Pier | 1\n", "A-7 Show free boats ", "A-8 Print a voucher 3", "A-9 Pier 1")
	readsAs(t, "another table", "| Key | Title | Points |\n|-----|-------|--------|\n| A-7 | Show free boats\nKey | Title | Points\n--- | --- | ---\nA-8 | Print a voucher | 3\n\nEnd\n", "A-7 Show free boats ", "A-8 Print a voucher 3")
}

// TestALineBreakInTheLastCellOfMarkdownBreaksNoRow holds for tables whose last column is the title.
func TestALineBreakInTheLastCellOfMarkdownBreaksNoRow(t *testing.T) {
	readsAs(t, "two lines", "| Key | Title |\n|-----|-------|\n| A-7 | Show\nfree boats |\n| A-8 | Pier |\n", "A-7 Show free boats ", "A-8 Pier ")
	readsAs(t, "a sentence below", "| Key | Title |\n|-----|-------|\n| A-7 | Show free boats |\n| A-8 | Pier\nThese are all.\n", "A-7 Show free boats ", "A-8 Pier ")
}

// TestALineThatBeginsLikeATagIsNoPage holds for lists of those who name components as HTML names its elements.
func TestALineThatBeginsLikeATagIsNoPage(t *testing.T) {
	readsAs(t, "components", "<TreeView> keeps its selection\n<Header> stays at the top\n", " <TreeView> keeps its selection ", " <Header> stays at the top ")
	readsAs(t, "a table", "<TableRow> has a menu\n<Pier> is drawn\n", " <TableRow> has a menu ", " <Pier> is drawn ")
}

// TestARowThatIsTooLongIsSaidBesideALink holds for tables with links, whose addresses are read as a column of their own.
func TestARowThatIsTooLongIsSaidBesideALink(t *testing.T) {
	f := readsAs(t, "a link", "|Key|Title|Points|\n|-|-|-|\n|[A-7](https://example.com/7)|Show free boats|5|\n|A-8|Pay by card | by invoice|3|\n", "A-7 Show free boats 5", "A-8 Pay by card by invoice")
	if f.Stories[0].URL != "https://example.com/7" {
		t.Errorf("the address is %q", f.Stories[0].URL)
	}
	if len(f.Warnings) != 1 || f.Warnings[0].Code != "long_rows" || f.Warnings[0].Row != 4 {
		t.Errorf("more cells than the header, and nobody says so: %q", f.Warnings)
	}
}

// TestAHeadingOfHTMLAboveMarkdownIsNoPage holds for Markdown whose author has centred the heading, which GitHub's own has no sign for.
func TestAHeadingOfHTMLAboveMarkdownIsNoPage(t *testing.T) {
	for name, list := range map[string]string{"a table": "| Key | Title |\n|-----|-------|\n| A-7 | Free boats |\n", "a check list": "- [ ] A-7: Free boats\n"} {
		f := read(t, "", []byte("<h1 align=\"center\">Backlog</h1>\n\n"+list))
		if len(f.Stories) == 0 || f.Stories[len(f.Stories)-1].Title != "Free boats" {
			t.Errorf("%s: %+v", name, f.Stories)
		}
	}
}
