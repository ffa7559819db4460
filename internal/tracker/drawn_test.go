package tracker_test

import "testing"

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
