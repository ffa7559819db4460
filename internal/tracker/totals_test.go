package tracker_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/magnapp/magnapp/internal/tracker"
)

// TestARowWithTheSumIsNoStory holds for the last row of a table and of its parts, if its name says what it is and its points are the sum.
func TestARowWithTheSumIsNoStory(t *testing.T) {
	for name, text := range map[string]string{
		"in the title":             "Key,Title,Points\nB-7,Free boats,3\nB-8,Voucher,5\n,Total,8\n",
		"in the key":               "Key,Title,Points\nB-7,Free boats,3\nB-8,Voucher,5\nTotal,2 stories,8\n",
		"in the key alone":         "Key,Title,Points\nB-7,Free boats,3\nB-8,Voucher,5\nSUM:,,8\n",
		"hours and costs beside":   "Key,Title,Points,Time,Cost,Done\nB-7,Free boats,3,2 h,€ 20,x\nB-8,Voucher,5,3.5 h,€ 35,\n,Total,8 story points,5.5 h,€ 55,50%\n",
		"in German":                "Key;Titel;Punkte;Story Points\nB-7;Free boats;;3\nB-8;Voucher;;5,0\n;Summe:;;8,0\n",
		"a row between":            "Key,Title,Points\nB-7,Free boats,3\nB-8,Voucher,5\n,,\n,Grand total,8\n",
		"of each part, and of all": "Key,Title,Points\nB-7,Free boats,3\nB-8,Voucher,5\n,Subtotal,8\nB-9,Pier,0.1\nB-10,Rope,0.2\n,Subtotal,0.3\n,Total,8.3\n",
		"of parts":                 "Key,Title,Points\nB-7,Free boats,3\nB-8,Voucher,5\n,Total,8\nB-9,Pier,1\nB-10,Rope,\nB-11,Oar,2\n,Total,3\n",
		"of a story twice":         "Key,Title,Points\nB-7,Free boats,3\nB-8,Voucher,5\nB-7,Free boats,3\n,Total,11\n",
	} {
		f := read(t, "", []byte(text))
		for _, s := range f.Stories {
			if !strings.HasPrefix(s.Key, "B-") {
				t.Errorf("%s: %q is a story", name, s.Title)
			}
		}
		if len(f.Stories) < 2 {
			t.Errorf("%s: %q", name, short(f))
		}
		if name != "in the key alone" && (len(f.Warnings) == 0 || !strings.Contains(f.Warnings[len(f.Warnings)-1].Text, "sum")) {
			t.Errorf("%s: nobody says so: %q", name, f.Warnings)
		}
		checkFile(t, f)
	}
	f := read(t, "", []byte("Key,Title,Points\nB-7,Free boats,3\nB-8,Voucher,5\n,Total,8\n"))
	if diff := cmp.Diff([]tracker.Skipped{{Row: 4, Reason: "a sum"}}, f.Skipped); diff != "" {
		t.Error(diff)
	}
	back, err := f.Original([]tracker.Estimate{{Key: "B-7", Value: "8"}})
	if want := "Key,Title,Points\nB-7,Free boats,8\nB-8,Voucher,5\n,Total,8\n"; err != nil || string(back) != want {
		t.Errorf("%q, %v", back, err)
	}
}

// TestAStoryThatIsCalledATotalIsKept holds unless everything says that it is a sum.
func TestAStoryThatIsCalledATotalIsKept(t *testing.T) {
	for name, last := range map[string]string{
		"a title that begins so": ",Total price of a voucher,8,",
		"another number":         ",Total,13,",
		"no points":              ",Total,,",
		"a size":                 ",Total,XL,",
		"a key":                  "B-9,Total,8,",
		"a status":               ",Total,8,Open",
		"a sum of something":     ",Sum of the day,8,",
	} {
		f := read(t, "", []byte("Key,Title,Points,Status\nB-7,Free boats,3,\nB-8,Voucher,5,\n"+last+"\n"))
		if len(f.Stories) != 3 {
			t.Errorf("%s: %q", name, short(f))
		}
	}
	readsAs(t, "a key and words", "Key,Title,Points\nSHOW,Free boats,3\nSELL,Voucher,5\nTOTAL,Show the price,8\n", "SHOW Free boats 3", "SELL Voucher 5", "TOTAL Show the price 8")
	readsAs(t, "a person", "Title,Points,Assignee\nFree boats,3,Ada\nVoucher,5,Bob\nTotal,8,Cleo\n", " Free boats 3", " Voucher 5", " Total 8")
	readsAs(t, "a sprint", "Title,Points,Sprint\nFree boats,3,Sprint 1\nVoucher,5,Sprint 1\nSum,8,Sprint 2\n", " Free boats 3", " Voucher 5", " Sum 8")
	readsAs(t, "one story above", "Title,Points\nFree boats,3\nTotal,3\n", " Free boats 3", " Total 3")
	readsAs(t, "nothing but zeros", "Title,Points\nFree boats,0\nVoucher,0\nTotal,0\n", " Free boats 0", " Voucher 0", " Total 0")
	readsAs(t, "lines", "Free boats\nVoucher\nTotal\n", " Free boats ", " Voucher ", " Total ")
}

// TestASumDoesNotKeepTheColumnsFromBeingGuessed holds for tables without a header.
func TestASumDoesNotKeepTheColumnsFromBeingGuessed(t *testing.T) {
	f := readsAs(t, "", "1;Login page;8\n2;Search;5\nSumme;;13\n", "1 Login page 8", "2 Search 5")
	if len(f.Skipped) != 1 {
		t.Errorf("%+v", f.Skipped)
	}
	f = readsAs(t, "", "Login page;8\nSearch it;5\nTotal;13\n", " Login page 8", " Search it 5")
	if w := f.Warnings[len(f.Warnings)-1].Text; !strings.HasPrefix(w, "Row 3 was left out") {
		t.Errorf("%q", w)
	}
}

// TestTheSumOfAWorkbookIsNoStory holds for what a formula has summed up.
func TestTheSumOfAWorkbookIsNoStory(t *testing.T) {
	f := read(t, "", bytesOf(t, workbookOf(t, [][]any{{"Key", "Title", "Points"}, {"BOAT-7", "Free boats", 3}, {"BOAT-8", "Voucher", 0.5}, {nil, nil, nil}, {"Total", nil, 3.5}, {nil, "Gesamt", 3.5}})))
	if diff := cmp.Diff([]string{"BOAT-7 Free boats 3", "BOAT-8 Voucher 0.5"}, short(f)); diff != "" {
		t.Error(diff)
	}
}
