package tracker_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatCommandsPrintIntoAFileIsRead holds for lists that no option has made CSV or JSON.
func TestWhatCommandsPrintIntoAFileIsRead(t *testing.T) {
	f := readsAs(t, "jira issue list --plain", "TYPE\t\tKEY\t\tSUMMARY\t\t\t\t\t\t\tSTATUS\n"+
		"Story\t\tBOAT-7\t\tShow free boats\t\t\t\t\t\tTo Do\n"+
		"Bug\t\tBOAT-1008\tA voucher has no number, and who bought it has to ask\tIn Progress\n"+
		"Sub-task\tBOAT-9\t\t½ day\t\t\t\t\t\t\tDone\n",
		"BOAT-7 Show free boats ", "BOAT-1008 A voucher has no number, and who bought it has to ask ", "BOAT-9 ½ day ")
	if f.Stories[1].Status != "In Progress" || f.Stories[1].Type != "Bug" || f.Stories[1].Row != 3 {
		t.Errorf("%+v", f.Stories[1])
	}
	f = readsAs(t, "gh issue list", "31\tOPEN\tShow free boats\tbug, sp: 3\t2026-03-01T10:00:00Z\n29\tOPEN\tVoucher\t\t2026-03-01T10:00:00Z\n7\tCLOSED\tWeather on the page\tenhancement\t2026-03-01T10:00:00Z\n",
		"31 Show free boats ", "29 Voucher ", "7 Weather on the page ")
	if f.Stories[2].Status != "CLOSED" || !f.Stories[2].Done {
		t.Errorf("%+v", f.Stories[2])
	}
	readsAs(t, "glab issue list", "Showing 3 open issues in rowing/boats. (Page 1)\n\n#31\tShow free boats\t(bug)\tabout 2 days ago\n#29\tVoucher\t\tabout 2 days ago\n#7\tWeather on the page\t(a, b)\tabout 3 days ago\n",
		"#31 Show free boats ", "#29 Voucher ", "#7 Weather on the page ")
}

// TestCellsBetweenTabsAreNotTakenForAligned holds for tables whose cells are between single tabs, some empty.
func TestCellsBetweenTabsAreNotTakenForAligned(t *testing.T) {
	f := readsAs(t, "", "Key\tTitle\tPoints\tStatus\nB-7\tBoats\t\tOpen\nB-8\t\t3\tOpen\nB-9\tShow the weather of today\t\tDone\n", "B-7 Boats ", "B-9 Show the weather of today ")
	if diff := cmp.Diff("Done", f.Stories[1].Status); diff != "" {
		t.Error(diff)
	}
	if err := f.Returnable(); err != nil {
		t.Error(err)
	}
}
