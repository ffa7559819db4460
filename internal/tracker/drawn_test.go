package tracker_test

import (
	"strings"
	"testing"
)

// TestABarInACellOfAFrameWithoutEdgesPartsNothing holds for psql, presto and rich, whose headers begin with spaces.
func TestABarInACellOfAFrameWithoutEdgesPartsNothing(t *testing.T) {
	want := []string{"BOAT-8 Print a voucher 0.5", "BOAT-9 Pay by card | by invoice; or in cash 3"}
	readsAs(t, "psql", "  key   |                title                 | points \n--------+--------------------------------------+--------\n BOAT-8 | Print a voucher                      |    0.5\n BOAT-9 | Pay by card | by invoice; or in cash |      3\n(2 rows)\n\n", want...)
	readsAs(t, "rich", "  Key     │ Title                                │ Points \n╶─────────┼──────────────────────────────────────┼────────╴\n  BOAT-8  │ Print a voucher                      │ 0.5    \n  BOAT-9  │ Pay by card | by invoice; or in cash │ 3      \n", want...)
	readsAs(t, "presto", " Key    | Title                                |   Points\n--------+--------------------------------------+----------\n BOAT-8 | Print a voucher                      |      0.5\n BOAT-9 | Pay by card | by invoice; or in cash |        3\n", want...)
}

// TestALineThatFitsNoColumnIsNotLost holds that a frame in which a row has bars elsewhere than the header is read another way, and not without the row.
func TestALineThatFitsNoColumnIsNotLost(t *testing.T) {
	f := read(t, "", []byte(" key | title | points \n-----+-------+--------\n A-1 | a b   |      5\n A-22222 | c | d | e\n A-3 | f g   |      3\n"))
	if got := len(f.Stories) + len(f.Skipped); got < 3 {
		t.Errorf("%d rows: %q", got, short(f))
	}
}

// TestABarInACellOfMarkdownPartsNothing holds for what pandas, tabulate and rich write: they escape nothing, but put the bars below each other.
func TestABarInACellOfMarkdownPartsNothing(t *testing.T) {
	f := readsAs(t, "aligned", "| Key     | Title                                |   Points |\n|:--------|:-------------------------------------|---------:|\n| BOAT-8  | Print a voucher                      |      0.5 |\n| BOAT-9  | Pay by card | by invoice; or in cash |      3   |\n| BOAT-10 | a\\|b in a title                      |      5   |\n",
		"BOAT-8 Print a voucher 0.5", "BOAT-9 Pay by card | by invoice; or in cash 3", "BOAT-10 a|b in a title 5")
	if len(f.Warnings) > 0 {
		t.Errorf("%q", f.Warnings)
	}
	f = read(t, "", []byte("|Key|Title|Points|\n|-|-|-|\n|BOAT-8|Print a voucher|0.5|\n|BOAT-9|Pay by card | by invoice|3|\n"))
	if len(f.Warnings) != 1 || f.Warnings[0].Code != "long_rows" || f.Warnings[0].Row != 4 {
		t.Errorf("more cells than the header, and nobody says so: %q", f.Warnings)
	}
}

// TestACellOfSeveralLinesInMarkdownIsOne holds for what pandas and tabulate write, which break the line of the table.
func TestACellOfSeveralLinesInMarkdownIsOne(t *testing.T) {
	readsAs(t, "two lines and three", "| Key    | Title      |   Points |\n|:-------|:-----------|---------:|\n| BOAT-7 | Show\nfree boats |        5 |\n| BOAT-8 | Print\na\nvoucher    |          |\n| BOAT-9 | Pier       |        1 |\n",
		"BOAT-7 Show free boats 5", "BOAT-8 Print a voucher ", "BOAT-9 Pier 1")
	readsAs(t, "no bar at the end", "| Key | Title\n|-----|------\n| A-7 | Show free boats\n| A-8 | Print a voucher\n\nThese are all | or not\n", "A-7 Show free boats ", "A-8 Print a voucher ")
	readsAs(t, "a sentence below", "| Key | Title | Points |\n|-----|-------|--------|\n| A-7 | Show free boats | 5 |\n| A-8 | Print a voucher\nThese are all.\n\n| A-9 | Pier | 3 |\n", "A-7 Show free boats 5", "A-8 Print a voucher ")
}

// TestTablesOfWikisAreRead holds for what Jira and Confluence call a table, and MoinMoin.
func TestTablesOfWikisAreRead(t *testing.T) {
	want := []string{"BOAT-7 Show free boats 5", "BOAT-8 Print a voucher "}
	f := readsAs(t, "Jira", "|| Key || Title || Story Points ||\n| [BOAT-7|https://example.com/browse/BOAT-7] | Show free boats | 5 |\n| BOAT-8 | Print a voucher | |\n", want...)
	if f.Stories[0].URL != "https://example.com/browse/BOAT-7" {
		t.Errorf("the address is %q", f.Stories[0].URL)
	}
	readsAs(t, "Jira, without spaces", "h2. Backlog\n||Key||Title||Story Points||\n|BOAT-7|Show free boats|5|\n|BOAT-8|Print a voucher||\n", want...)
	readsAs(t, "MoinMoin", strings.ReplaceAll("|| Key | Title | Points ||\n|| BOAT-7 | Show free boats | 5 ||\n|| BOAT-8 | Print a voucher |  ||\n", " | ", " || "), want...)
	readsAs(t, "a list", "|| Show free boats ||\n|| Print a voucher ||\n", " || Show free boats || ", " || Print a voucher || ")
}

// TestRichWithoutBoxesWrapsItsCells holds for what rich draws where a file has no signs for boxes, as on Windows. Only its frame has no joints at the top.
func TestRichWithoutBoxesWrapsItsCells(t *testing.T) {
	readsAs(t, "rich", "+-------------------------------+\n| Key    | Title       | Points |\n|--------+-------------+--------|\n| BOAT-7 | Show free   | 5      |\n|        | boats by    |        |\n|        | day         |        |\n| BOAT-8 | Print a     |        |\n|        | voucher     |        |\n+-------------------------------+\n",
		"BOAT-7 Show free boats by day 5", "BOAT-8 Print a voucher ")
	readsAs(t, "mysql", "+--------+-----------+--------+\n| key    | title     | points |\n+--------+-----------+--------+\n| BOAT-7 | free boat |      5 |\n|        | a voucher |        |\n+--------+-----------+--------+\n",
		"BOAT-7 free boat 5", " a voucher ")
}

// TestAHeadingWithinAFrameIsNoHeader holds for what PrettyTable and its like write over a table that has a title.
func TestAHeadingWithinAFrameIsNoHeader(t *testing.T) {
	want := []string{"BOAT-7 Show free boats 5", "BOAT-8 Print | voucher ", " Pier 1"}
	readsAs(t, "PrettyTable", "+-----------------------------------+\n|              Backlog              |\n+--------+-----------------+--------+\n|  Key   |      Title      | Points |\n+--------+-----------------+--------+\n| BOAT-7 | Show free boats |   5    |\n| BOAT-8 | Print | voucher |        |\n|        | Pier            |   1    |\n+--------+-----------------+--------+\n", want...)
	readsAs(t, "ascii-table3", "╭───────────────────────────────────╮\n│              Backlog              │\n├────────┬─────────────────┬────────┤\n│  Key   │      Title      │ Points │\n├────────┼─────────────────┼────────┤\n│ BOAT-7 │ Show free boats │   5    │\n│ BOAT-8 │ Print | voucher │        │\n│        │ Pier            │   1    │\n╰────────┴─────────────────┴────────╯\n", want...)
}

// TestTextsOfNodesTablesHaveNoMarks holds for what console.table makes of backslashes and line breaks.
func TestTextsOfNodesTablesHaveNoMarks(t *testing.T) {
	readsAs(t, "Node", "┌─────────┬──────────┬──────────────────────────────┐\n│ (index) │ key      │ title                        │\n├─────────┼──────────┼──────────────────────────────┤\n│ 0       │ 'BOAT-7' │ 'Save to C:\\\\new\\nand print'   │\n│ 1       │ 'BOAT-8' │ `Print \"a\" guest's voucher`   │\n└─────────┴──────────┴──────────────────────────────┘\n",
		`BOAT-7 Save to C:\new and print `, `BOAT-8 Print "a" guest's voucher `)
}
