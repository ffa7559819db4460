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

// TestEmptyColumnsBetweenTabsMakeNoAlignedTable holds for tables that read alike either way: only an ordinary one can be given back.
func TestEmptyColumnsBetweenTabsMakeNoAlignedTable(t *testing.T) {
	for _, text := range []string{
		"Points\tKey\tTitle\t\n3\tB-7\tShow free boats\t\n5\tB-8\tPrint a voucher\t\n",
		"Points\tKey\t\tTitle\n3\tB-7\t\tShow free boats\n5\tB-8\t\tPrint a voucher\n",
	} {
		f := readsAs(t, "", text, "B-7 Show free boats 3", "B-8 Print a voucher 5")
		if err := f.Returnable(); err != nil {
			t.Error(err)
		}
	}
}

// TestTheKeyIsWhatPeopleKnow holds for what programs make of the answers of interfaces, which have the database's number too.
func TestTheKeyIsWhatPeopleKnow(t *testing.T) {
	readsAs(t, "Linear", `{"data":{"issues":{"nodes":[{"id":"3f0c9c1e-0000-4000-8000-000000000001","identifier":"BOAT-7","title":"Show free boats","estimate":3}]}}}`, "BOAT-7 Show free boats 3")
	f := readsAs(t, "GitHub through pandas", ",url,html_url,id,node_id,number,title,state,body\n0,https://api.example.com/7,https://example.com/7,2345678901,I_kw,7,Show free boats,open,By day\n1,https://api.example.com/8,https://example.com/8,2345678902,I_kx,8,Voucher,closed,\n", "7 Show free boats ", "8 Voucher ")
	if f.Stories[0].URL != "https://example.com/7" || f.Stories[0].Description != "By day" || !f.Stories[1].Done {
		t.Errorf("%+v", f.Stories)
	}
	f = readsAs(t, "Jira through pandas", "expand,id,self,key,fields.summary,fields.status.name,fields.issuetype.name,fields.priority.name,fields.parent.key,fields.description\na,10401,https://example.com/rest/10401,BOAT-7,Show free boats,Done,Story,High,BOAT-1,By day\na,10402,https://example.com/rest/10402,BOAT-8,Voucher,To Do,Bug,Low,,\n", "BOAT-7 Show free boats ", "BOAT-8 Voucher ")
	if s := f.Stories[0]; s.Type != "Story" || s.Status != "Done" || s.Parent != "BOAT-1" || s.Description != "By day" || len(f.Warnings) > 0 {
		t.Errorf("%+v, %q", s, f.Warnings)
	}
}
