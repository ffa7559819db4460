package tracker_test

import (
	"strings"
	"testing"
)

// TestAMarkOfPsqlIsNoPartOfATitle holds for cells of several lines with edges around the table, and for those that psql has wrapped. A title may end in the same sign.
func TestAMarkOfPsqlIsNoPartOfATitle(t *testing.T) {
	edges := "+--------+-------------+--------+\n|  key   |    title    | points |\n+--------+-------------+--------+\n| BOAT-7 | Show       +|      5 |\n|        | free boats  |        |\n| BOAT-8 | Print in C+ |        |\n| BOAT-9 | Fix a.      |      1 |\n+--------+-------------+--------+\n(3 rows)\n\n"
	want := []string{"BOAT-7 Show free boats 5", "BOAT-8 Print in C+ ", "BOAT-9 Fix a. 1"}
	readsAs(t, "edges", edges, want...)
	readsAs(t, "boxes", strings.NewReplacer("+-", "┌─", "-+", "─┐", "-", "─", "|", "│", " +│", " ↵│").Replace(strings.ReplaceAll(edges, "BOAT-", "BOAT")), "BOAT7 Show free boats 5", "BOAT8 Print in C+ ", "BOAT9 Fix a. 1")
	readsAs(t, "wrapped", "  key   |   title   | points \n--------+-----------+--------\n BOAT-7 | Show free.|      5\n        |. boats by.| \n        |. the day  | \n BOAT-8 | Print a v.|       \n        |.oucher.   | \n(2 rows)\n\n",
		"BOAT-7 Show free boats by the day 5", "BOAT-8 Print a voucher. ")
	readsAs(t, "wrapped, with edges", "+--------+-----------+--------+\n|  key   |   title   | points |\n+--------+-----------+--------+\n| BOAT-7 | Show free.|      5 |\n|        |. boats by.|        |\n|        |. the day  |        |\n+--------+-----------+--------+\n(1 row)\n\n", "BOAT-7 Show free boats by the day 5")
	readsAs(t, "wrapped, in Unicode", "  key   │   title   │ points \n────────┼───────────┼────────\n BOAT-7 │ Show free…│      5\n        │… boats by…│ \n        │… the day  │ \n(1 row)\n\n", "BOAT-7 Show free boats by the day 5")
}

// TestALineBreakInACellOfMysqlBreaksNoRow holds for mysql, which prints what a cell has as it is.
func TestALineBreakInACellOfMysqlBreaksNoRow(t *testing.T) {
	readsAs(t, "two lines, and a paragraph", "+--------+----------------------+--------+\n| key    | title                | points |\n+--------+----------------------+--------+\n| BOAT-7 | Show\nfree boats         |      5 |\n| BOAT-8 | Print a voucher      |   NULL |\n| BOAT-9 | Fix\n\n- the pier\n- and the boat          |      1 |\n+--------+----------------------+--------+\n3 rows in set (0.00 sec)\n",
		"BOAT-7 Show free boats 5", "BOAT-8 Print a voucher ", "BOAT-9 Fix - the pier - and the boat 1")
	readsAs(t, "a line break first", "+--------+------------------+--------+\n| key    | title            | points |\n+--------+------------------+--------+\n| BOAT-7 | Print            |      5 |\n| BOAT-8 | \n Show free boats |   NULL |\n+--------+------------------+--------+\n2 rows in set (0.00 sec)\n", "BOAT-7 Print 5", "BOAT-8 Show free boats ")
	readsAs(t, "with its query", "--------------\nselect `key`, title, points from stories\n--------------\n\n+--------+-----------------+--------+\n| key    | title           | points |\n+--------+-----------------+--------+\n| BOAT-7 | Show free boats |      5 |\n+--------+-----------------+--------+\n1 row in set (0.00 sec)\n", "BOAT-7 Show free boats 5")
}

// TestALongTitleWithAFullStopIsNoMarkOfPsql holds for tables whose rule is as wide as their longest title, as a few lines of a program draw them: psql leaves a space at both ends.
func TestALongTitleWithAFullStopIsNoMarkOfPsql(t *testing.T) {
	for _, end := range []string{".", "+", "…"} {
		readsAs(t, end, "Key   | Title           \n------+-----------------\nBOAT7 | Show free boats"+end+"\nBOAT8 | Print           \nBOAT9 | Pier            \n", "BOAT7 Show free boats"+end+" ", "BOAT8 Print ", "BOAT9 Pier ")
	}
}

// TestARowWithOneCellIsNotLost holds for tables that somebody has written into: only a cell that is as wide as the table says something of all of it.
func TestARowWithOneCellIsNotLost(t *testing.T) {
	f := readsAs(t, "a key alone", "+-------+-------+\n| key   | title |\n+-------+-------+\n| BOAT7 | Show  |\n| BOAT8 |\n| BOAT9 | Pier  |\n+-------+-------+\n| 3 boats       |\n+-------+-------+\n", "BOAT7 Show ", "BOAT9 Pier ")
	if len(f.Skipped) != 1 || f.Skipped[0].Row != 5 {
		t.Errorf("skipped: %v", f.Skipped)
	}
	readsAs(t, "titles first", "+-------+------+\n| title | size |\n+-------+------+\n| Show  |    5 |\n| Print vouchers for guests |\n| Pier  |    1 |\n+-------+------+\n", " Show 5", " Print vouchers for guests ", " Pier 1")
}
