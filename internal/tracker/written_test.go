package tracker_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/magnapp/magnapp/internal/tracker"
)

// short is what most tests here compare: key, title and points of each story.
func short(f *tracker.File) []string {
	var stories []string
	for _, s := range f.Stories {
		stories = append(stories, s.Key+" "+s.Title+" "+s.Points)
	}
	return stories
}

func readsAs(t *testing.T, what, text string, want ...string) *tracker.File {
	t.Helper()
	f := read(t, "", []byte(text))
	if diff := cmp.Diff(want, short(f)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	return f
}

// TestOurOwnExportsComeBack holds that stories go from one session to another with what we export.
func TestOurOwnExportsComeBack(t *testing.T) {
	r := []tracker.Result{
		{Key: "00123", Title: `Show "free" boats, by day; or not`, Estimate: "5", URL: "https://example.com/a"},
		{Key: "1e5", Title: "=1+1 is as it was", Estimate: "½"},
		{Key: "#9", Title: "-1 boats left | *all* <b>gone</b> & more", Estimate: "XL"},
		{Title: `'+' is a key, and back\slash too`, Estimate: "0"},
	}
	want := []string{`00123 Show "free" boats, by day; or not 5`, "1e5 =1+1 is as it was 0.5", "#9 -1 boats left | *all* <b>gone</b> & more XL", ` '+' is a key, and back\slash too 0`}
	readsAs(t, "csv", string(tracker.CSV(r)), want...)
	f := readsAs(t, "markdown", tracker.Markdown("Sprint *12*", r), want...)
	if f.Stories[0].URL != "https://example.com/a" {
		t.Errorf("the address is %q", f.Stories[0].URL)
	}
}

// TestKeysThatWereMadeNumbersAreNumbers holds for what pandas makes of a column with numbers of which one is missing.
func TestKeysThatWereMadeNumbersAreNumbers(t *testing.T) {
	f := readsAs(t, "all have .0", "id,title,parent,points\n123.0,Free boats,,1.0\n124.0,Voucher,123.0,\n,Weather,124.0,3.0\n123.0,Free boats again,,\n", "123 Free boats 1", "124 Voucher ", " Weather 3")
	if f.Stories[1].Parent != "123" || f.Stories[2].Parent != "124" {
		t.Errorf("parents: %q, %q", f.Stories[1].Parent, f.Stories[2].Parent)
	}
	if len(f.Skipped) != 1 || f.Skipped[0].Reason != "the same key as row 2: 123" {
		t.Errorf("%+v", f.Skipped)
	}
	back, err := f.Original([]tracker.Estimate{{Key: "123", Value: "8"}})
	if want := "id,title,parent,points\n123.0,Free boats,,8\n124.0,Voucher,123.0,\n,Weather,124.0,3.0\n123.0,Free boats again,,8\n"; err != nil || strings.ReplaceAll(string(back), "8.0", "8") != want {
		t.Errorf("%q, %v", back, err)
	}
	readsAs(t, "an outline", "id,title\n1.0,Free boats\n1.1,Voucher\n", "1.0 Free boats ", "1.1 Voucher ")
}

func TestRoundedKeysAreLeftOutHoweverTheyAreWritten(t *testing.T) {
	f := readsAs(t, "", "id,title\n1.234567890123457e+17,Free boats\n1E+16,Voucher\n1e5,Weather\n", " Free boats ", " Voucher ", "1e5 Weather ")
	if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].Text, "rounded") {
		t.Errorf("%q", f.Warnings)
	}
}

func TestWhatIsNoEstimateIsNotTakenForPoints(t *testing.T) {
	readsAs(t, "", "key,title,points\nB-1,Free boats,2026-03-05\nB-2,Voucher,TRUE\nB-3,Weather,#N/A\nB-4,Pier,2026-03-05 00:00:00\nB-5,Rope,false\nB-6,Oars,#REF!\nB-7,Sail,=2+3\nB-8,Mast,T\n",
		"B-1 Free boats ", "B-2 Voucher ", "B-3 Weather ", "B-4 Pier ", "B-5 Rope ", "B-6 Oars ", "B-7 Sail ", "B-8 Mast T")
}

// TestARunningNumberIsNoEstimate holds for tables without a header that programs number from 0 or 1.
func TestARunningNumberIsNoEstimate(t *testing.T) {
	readsAs(t, "numbered from 0", "0,BOAT-7,Show free boats,5\n1,BOAT-8,Print a voucher,3\n2,BOAT-9,Show the weather,8\n", "BOAT-7 Show free boats 5", "BOAT-8 Print a voucher 3", "BOAT-9 Show the weather 8")
	readsAs(t, "numbered only", "1\tShow free boats\n2\tPrint a voucher\n3\tShow the weather\n", "1 Show free boats ", "2 Print a voucher ", "3 Show the weather ")
	readsAs(t, "a title of one word", "BOAT-7,User story,Login,Who has a boat logs in,5\nBOAT-8,User story,Show free boats,By day and hour,3\nBOAT-9,Bug,Print a voucher,On paper,8\n", "BOAT-7 Login 5", "BOAT-8 Show free boats 3", "BOAT-9 Print a voucher 8")
	readsAs(t, "times", "BOAT-7,2026-03-04 00:00:00,Show free boats\nBOAT-8,2026-03-05 12:30:00,Print a voucher\n", "BOAT-7 Show free boats ", "BOAT-8 Print a voucher ")
}

// TestNumbersByWhichPeopleKnowStoriesAreKeys holds for tables without a header, in which a number before the title is mostly no estimate.
func TestNumbersByWhichPeopleKnowStoriesAreKeys(t *testing.T) {
	f := readsAs(t, "counted from 1", "1,Login page\n2,Search\n", "1 Login page ", "2 Search ")
	if len(f.Warnings) != 2 || !strings.Contains(f.Warnings[0].Text, "keys") {
		t.Errorf("%q", f.Warnings)
	}
	readsAs(t, "words alone", "1,Login,5\n2,Search,3\n3,Map,3\n", "1 Login 5", "2 Search 3", "3 Map 3")
	f = read(t, "", []byte("0,Login page\n1,Search it\n2,Map it\n3,Wash it\n4,Sail it\n5,Row it\n6,Moor it\n7,Dock it\n"))
	if f.Stories[7].Key != "" || f.Stories[7].Title != "Dock it" || f.Stories[7].Points != "" {
		t.Errorf("counted from 0: %q", short(f))
	}
	readsAs(t, "large numbers", "240,Login page,5\n101,Search the boats,3\n", "240 Login page 5", "101 Search the boats 3")
	readsAs(t, "one number", "1401\tLogin page\n", "1401 Login page ")
	readsAs(t, "in order, with gaps", "12\tLogin page\n15\tSearch the boats\n", "12 Login page ", "15 Search the boats ")
	readsAs(t, "newest first", "31;Login page;3\n29;Search the boats;3\n7;Show a map;5\n", "31 Login page 3", "29 Search the boats 3", "7 Show a map 5")
	readsAs(t, "zeros", "007,Login page\n003,Search the boats\n", "007 Login page ", "003 Search the boats ")
	readsAs(t, "an outline", "1.0,Login page\n1.1,Search the boats\n2.0,Show a map\n", "1.0 Login page ", "1.1 Search the boats ", "2.0 Show a map ")
	readsAs(t, "a deep outline", "1.1.1,Login page\n1.1.2,Search the boats\n", "1.1.1 Login page ", "1.1.2 Search the boats ")
	readsAs(t, "beside a key", "1401,BOAT-7,Show free boats\n1402,BOAT-8,Print a voucher\n", "BOAT-7 Show free boats ", "BOAT-8 Print a voucher ")
	readsAs(t, "cards", "5,Login page\n3,Search the boats\n", " Login page 5", " Search the boats 3")
	readsAs(t, "cards in order", "2,Login page\n3,Search the boats\n5,Show a map\n", " Login page 2", " Search the boats 3", " Show a map 5")
	readsAs(t, "the same number twice", "20,Login page\n7,Search the boats\n20,Show a map\n", " Login page 20", " Search the boats 7", " Show a map 20")
	readsAs(t, "tens", "50,Login page\n30,Search the boats\n10,Show a map\n", " Login page 50", " Search the boats 30", " Show a map 10")
	readsAs(t, "a deck of ten", "5,Login page\n6,Search the boats\n8,Show a map\n", " Login page 5", " Search the boats 6", " Show a map 8")
	readsAs(t, "small numbers beside points", "6,Login page,3\n7,Search the boats,3\n", "6 Login page 3", "7 Search the boats 3")
	readsAs(t, "growing halves", "1,Login page\n1.5,Search the boats\n2.5,Show a map\n", " Login page 1", " Search the boats 1.5", " Show a map 2.5")
	readsAs(t, "halves", "0.5,Login page\n1.5,Search the boats\n", " Login page 0.5", " Search the boats 1.5")
}

// TestNoStoryIsLostWhereNumbersBeginAnew holds for lists one below another.
func TestNoStoryIsLostWhereNumbersBeginAnew(t *testing.T) {
	var b strings.Builder
	for part := range 2 {
		for i := range 12 {
			fmt.Fprintf(&b, "%d,Story %d of part %d\n", i+1, i+1, part+1)
		}
	}
	f := read(t, "", []byte(b.String()))
	if len(f.Stories) != 24 || f.Stories[11].Key != "12" || f.Stories[12].Key != "" || f.Stories[12].Title != "Story 1 of part 2" {
		t.Errorf("%q", short(f))
	}
	f = read(t, "", []byte("1,Show free boats\n2,Print a voucher\n2,Print a voucher\n"))
	if len(f.Stories) == 0 {
		t.Errorf("%q", short(f))
	}
}

// TestAnOutlineKeepsItsZeros holds for keys that people gave, in whole numbers alone, too; large numbers and those of which some are missing are a program's.
func TestAnOutlineKeepsItsZeros(t *testing.T) {
	readsAs(t, "whole numbers alone", "id,title\n1.0,Free boats\n2.0,Voucher\n3.0,Weather\n", "1.0 Free boats ", "2.0 Voucher ", "3.0 Weather ")
	readsAs(t, "beside a sum", "id,title,points\n7.0,Free boats,3\n8.0,Voucher,5\n,Total,8\n", "7 Free boats 3", "8 Voucher 5")
	readsAs(t, "not from the first on", "id,title\n7.0,Free boats\n8.0,Voucher\n9.0,Weather\n", "7 Free boats ", "8 Voucher ", "9 Weather ")
	readsAs(t, "with cents", "id,title\n1.00,Free boats\n2.00,Voucher\n", "1 Free boats ", "2 Voucher ")
	readsAs(t, "large", "id,title\n10401.0,Free boats\n10402.0,Voucher\n", "10401 Free boats ", "10402 Voucher ")
	w := workbookOf(t, [][]any{{"Key", "Title", "Points"}, {1, "Free boats", 5}, {1.1, "Voucher", 0.5}, {"2.0", "Weather", 3}})
	tenths, hundredths := "0.0", 2
	for _, cell := range []string{"A2", "A3", "C2", "C3"} {
		style, err := w.NewStyle(&excelize.Style{CustomNumFmt: &tenths})
		if cell == "C3" {
			style, err = w.NewStyle(&excelize.Style{NumFmt: hundredths})
		}
		if err != nil || w.SetCellStyle("Sheet1", cell, cell, style) != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"1.0 Free boats 5", "1.1 Voucher 0.5", "2.0 Weather 3"}, short(read(t, "", bytesOf(t, w)))); diff != "" {
		t.Errorf("a workbook (-want +got):\n%s", diff)
	}
}

// TestOneColumnIsATable holds for a CSV of titles alone, in which some are in quotes.
func TestOneColumnIsATable(t *testing.T) {
	readsAs(t, "", "Title\n\"Show \"\"free\"\" boats, by day\"\nPrint a voucher\n", ` Show "free" boats, by day `, " Print a voucher ")
	readsAs(t, "a tab within", "Title\nShow free boats\nPrint a\tvoucher\nShow the weather\n", " Show free boats ", " Print a voucher ", " Show the weather ")
	readsAs(t, "a list below its name", "Story\n- Show free boats\n- Print a voucher\n", " Story ", " Show free boats ", " Print a voucher ")
	readsAs(t, "keys below their name", "Summary\nBOAT-7: Show free boats\nBOAT-8: Print a voucher\n", " Summary ", "BOAT-7 Show free boats ", "BOAT-8 Print a voucher ")
	readsAs(t, "boxes below their name", "Task\n[x] Show free boats\n[ ] Print a voucher\n", " Task ", " Show free boats ", " Print a voucher ")
	readsAs(t, "a quotation", "Story\n\"Quick login for all\nPrint a voucher\n", " Story ", ` "Quick login for all `, " Print a voucher ")
	if f := read(t, "", []byte("Story\n"+strings.Repeat("Show free boats\n", 40)+"Show boats, vouchers and weather\n")); f.Stories[len(f.Stories)-1].Title != "Show boats, vouchers and weather" {
		t.Errorf("a comma after many lines: %+v", f.Stories[len(f.Stories)-1])
	}
	readsAs(t, "lines", "Show free boats\nPrint a voucher\n", " Show free boats ", " Print a voucher ")
}

// TestANumberWithASignIsAKeyOnlyInAListWithoutHeader holds for priorities: stories that have the same are not the same.
func TestANumberWithASignIsAKeyOnlyInAListWithoutHeader(t *testing.T) {
	readsAs(t, "", "Title,Priority\nFree boats,#1\nVoucher,#2\nWeather,#1\n", " Free boats ", " Voucher ", " Weather ")
}

// TestPeopleBesideTitlesAreNoTitles holds below a header that has no known name, where all cells of a column look like titles and only most of one before it do.
func TestPeopleBesideTitlesAreNoTitles(t *testing.T) {
	readsAs(t, "people again", "What,Who,Points\nLogin,Ada Boatwright,3\nShow free boats,Grace Oarsman,5\nPrint a voucher,Ada Boatwright,8\n", " Login 3", " Show free boats 5", " Print a voucher 8")
	readsAs(t, "", "Wer,Was\nAda Boatwright,Show free boats\nGrace Oarsman,Print a voucher\nBob,Show the weather\n", " Show free boats ", " Print a voucher ", " Show the weather ")
}

// TestOneKnownNameMakesAHeader holds beside names that are long, as of forms, or numbers; but not where the name may be the type of a story.
func TestOneKnownNameMakesAHeader(t *testing.T) {
	readsAs(t, "a form", "Timestamp,Title,Please describe in one or two sentences what the user needs and why\n1 March,Free boats,By day\n2 March,Voucher,On paper\n", " Free boats ", " Voucher ")
	readsAs(t, "a year", "Title,2026\nFree boats,1\nVoucher,2\n", " Free boats ", " Voucher ")
	readsAs(t, "two alike", "Story,Task,2026\nFree boats,Show them,1\nVoucher,Print it,2\n", " Free boats ", " Voucher ")
	readsAs(t, "a type", "Story,BOAT-7,Show free boats\nBug,BOAT-8,Print a voucher\n", "BOAT-7 Show free boats ", "BOAT-8 Print a voucher ")
}

// TestANameAboveTheFirstColumnIsNoStory holds where only the titles have a name, and one that nobody knows.
func TestANameAboveTheFirstColumnIsNoStory(t *testing.T) {
	f := readsAs(t, "", "Wishes\nShow free boats\tAda\t\nPrint a voucher\tBob\t\n", " Show free boats ", " Print a voucher ")
	back, err := f.Original([]tracker.Estimate{{Row: 2, Value: "5"}})
	if err != nil || !strings.Contains(string(back), "Show free boats\tAda\t\t5\n") {
		t.Errorf("%q, %v", back, err)
	}
	readsAs(t, "a story without points", "Show free boats\nPrint a voucher\t5\nShow the weather\t3\n", " Show free boats ", " Print a voucher 5", " Show the weather 3")
}

// TestAHeaderBelowATitleMayHaveAnEmptyCell holds for tables that programs put below a heading, with a column of numbers that has no name.
func TestAHeaderBelowATitleMayHaveAnEmptyCell(t *testing.T) {
	readsAs(t, "", "Backlog of the boats,,,\n,Key,Title,Points\n0,BOAT-7,Show free boats,5\n1,BOAT-8,Print a voucher,3\n", "BOAT-7 Show free boats 5", "BOAT-8 Print a voucher 3")
	readsAs(t, "two rows of names", ",Story,Story,Story\n,id,title,points\n0,7,Show free boats,5\n1,8,Print a voucher,3\n", "7 Show free boats 5", "8 Print a voucher 3")
}

// TestTheTableOfADocumentIsRead holds for Markdown that has more than the table.
func TestTheTableOfADocumentIsRead(t *testing.T) {
	f := readsAs(t, "", "# Backlog\n\nWhat we | they want.\n\n| Key | Story | Points |\n| --- | --- | --: |\n| [BOAT-7](https://example.com/7) | Show \\| free boats | 5 |\n| BOAT-8 | 1 &lt; 2 \\* 3 | 3 |\n\nThat is all.\n", "BOAT-7 Show | free boats 5", "BOAT-8 1 < 2 * 3 3")
	if f.Stories[0].URL != "https://example.com/7" || f.Stories[0].Row != 7 {
		t.Errorf("%+v", f.Stories[0])
	}
}

// TestATableThatIsNoListLeavesTheLines holds for a document whose stories are a list, and whose table is of something else.
func TestATableThatIsNoListLeavesTheLines(t *testing.T) {
	if f := read(t, "", []byte("# Backlog\n\n- Show free boats\n- Print a voucher\n\n| Name | Role |\n| --- | --- |\n| Ada | Rower |\n")); f.Stories[0].Title != "Show free boats" {
		t.Errorf("%q", short(f))
	}
	readsAs(t, "a CSV below a remark", "Export of the boats\nKey,Title,Description\nB-1,Free boats,\"Fields | Name | Key\n| --- | --- | --- |\n| Mast | 3 | 4 |\"\nB-2,Voucher,x\n", "B-1 Free boats ", "B-2 Voucher ")
}

// TestATableWithinACellIsNotTheList holds for descriptions in Markdown.
func TestATableWithinACellIsNotTheList(t *testing.T) {
	readsAs(t, "", "id,title,description\n7,Free boats,\"Fields:\n\n| Name | Size |\n| --- | --- |\n| Mast | 3 |\n\"\n8,Voucher,\n", "7 Free boats ", "8 Voucher ")
	readsAs(t, "one column", "Title\n\"| Name | Size |\n| --- | --- |\n| Mast | 3 |\"\nVoucher\n", " | Name | Size | | --- | --- | | Mast | 3 | ", " Voucher ")
}

// TestJSONOfOtherShapesIsRead holds for what libraries write of a table by default.
func TestJSONOfOtherShapesIsRead(t *testing.T) {
	want := []string{"BOAT-7 Free boats 3", "BOAT-8 Voucher "}
	for name, text := range map[string]string{
		"a column after the other (pandas)":  `{"key":{"0":"BOAT-7","1":"BOAT-8"},"title":{"0":"Free boats","1":"Voucher"},"points":{"0":3.0,"1":null}}`,
		"a row after the other (pandas)":     `{"0":{"key":"BOAT-7","title":"Free boats","points":3.0},"1":{"key":"BOAT-8","title":"Voucher","points":null}}`,
		"by key (csvjson)":                   `{"BOAT-7":{"title":"Free boats","points":3.0},"BOAT-8":{"title":"Voucher","points":null}}`,
		"header apart (pandas)":              `{"columns":["key","title","points"],"index":[0,1],"data":[["BOAT-7","Free boats",3.0],["BOAT-8","Voucher",null]]}`,
		"lists":                              `[["key","title","points"],["BOAT-7","Free boats",3],["BOAT-8","Voucher"]]`,
		"lists in an object (Google Sheets)": `{"range":"Sheet1!A1:C3","majorDimension":"ROWS","values":[["key","title","points"],["BOAT-7","Free boats","3"],["BOAT-8","Voucher"]]}`,
		"lists of columns":                   `{"key":["BOAT-7","BOAT-8"],"title":["Free boats","Voucher"],"points":[3,null]}`,
		"answers of GraphQL":                 `{"data":{"repository":{"issues":{"nodes":[{"key":"BOAT-7","title":"Free boats","points":3},{"key":"BOAT-8","title":"Voucher"}]}}}}`,
		"our own":                            `{"session_id":"s","name":"Sprint 12","exported_at":"t","version":3,"stories":[{"id":"f","key":"BOAT-7","title":"Free boats","estimate":"3"},{"id":"g","key":"BOAT-8","title":"Voucher","estimate":null}],"rounds":[{"story_id":"f","title":"x"}]}`,
	} {
		t.Run(name, func(t *testing.T) { readsAs(t, name, text, want...) })
	}
	readsAs(t, "one by its key", `{"BOAT-7":{"title":"Free boats","labels":["a"]}}`, "BOAT-7 Free boats ")
	f := readsAs(t, "our own without a key", `{"session_id":"s","name":"Sprint 12","stories":[{"id":"5f0c","key":"","title":"Free boats","estimate":"½"}],"rounds":[]}`, " Free boats 0.5")
	if len(f.Warnings) > 0 {
		t.Errorf("%q", f.Warnings)
	}
}

// TestOneStoryInAnAnswerIsOne holds for interfaces that were asked for one, under a name that columns for titles have too.
func TestOneStoryInAnAnswerIsOne(t *testing.T) {
	readsAs(t, "GitHub", `{"data":{"issue":{"title":"Free boats","number":7,"state":"OPEN"}}}`, "7 Free boats ")
	readsAs(t, "with labels", `{"issue":{"title":"Free boats","id":"B-7","labels":[{"name":"bug"}]}}`, "B-7 Free boats ")
	readsAs(t, "title alone", `{"task":{"title":"Free boats"}}`, " Free boats ")
}

// TestTheListOfObjectsIsTheList holds beside lists of lists, and cells are not lost beside objects.
func TestTheListOfObjectsIsTheList(t *testing.T) {
	readsAs(t, "before", `{"issues":[{"key":"B-7","title":"Free boats"}],"matrix":[[1]]}`, "B-7 Free boats ")
	readsAs(t, "behind", `{"matrix":[[1]],"issues":[{"key":"B-7","title":"Free boats"}]}`, "B-7 Free boats ")
	var e *tracker.Error
	if _, err := tracker.Read([]byte(`[["key","title"],["B-7","Free boats"],{"title":"Voucher"}]`), tracker.Options{}); !errors.As(err, &e) || e.Kind != tracker.Broken {
		t.Error(err)
	}
	readsAs(t, "indented", "[\n  [\n    \"key\",\n    \"title\"\n  ],\n  [\n    \"B-7\",\n    \"Free boats\"\n  ]\n]\n", "B-7 Free boats ")
}

func TestOurOwnExportWithoutStoriesIsEmpty(t *testing.T) {
	var e *tracker.Error
	if f, err := tracker.Read([]byte(`{"session_id":"s","name":"Sprint 12","stories":[],"rounds":[]}`), tracker.Options{}); !errors.As(err, &e) || e.Kind != tracker.Empty {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestNamesOfColumnsMayBeSpeltAsProgramsDo holds for underscores instead of spaces, and for units in brackets.
func TestNamesOfColumnsMayBeSpeltAsProgramsDo(t *testing.T) {
	f := readsAs(t, "underscores", "issue_key,summary,issue_type,story_points,epic_link,issue_url\nB-1,Show free boats,Story,5,B-0,https://example.com/1\n", "B-1 Show free boats 5")
	if s := f.Stories[0]; s.Type != "Story" || s.Parent != "B-0" || s.URL == "" {
		t.Errorf("%+v", s)
	}
	readsAs(t, "a unit", "ID;User Story;Aufwand (SP)\n1;Show free boats;5\n2;Voucher;3\n", "1 Show free boats 5", "2 Voucher 3")
	readsAs(t, "two names", "Name,Owner,Story Points (points)\nShow free boats,Ada,5\n", " Show free boats 5")
	readsAs(t, "a unit of other things", "Story (points),What,Sprint (SP)\n5,Show free boats,13\n8,Print a voucher,13\n", " Show free boats ", " Print a voucher ")
	readsAs(t, "another unit", "Title,Estimate (hours)\nShow free boats,5\n", " Show free boats ")
	readsAs(t, "JSON", `[{"issue_key":"B-1","task_name":"Show free boats","story_points":5}]`, "B-1 Show free boats 5")
}

// TestTheOnlyColumnOfWordsIsTheTitle holds below a header whose names are people's own, with a warning.
func TestTheOnlyColumnOfWordsIsTheTitle(t *testing.T) {
	f := readsAs(t, "", "Ticket Number,Ticket Wording,Days\nB-1,Show free boats,5\nB-2,Voucher,3\n", "B-1 Show free boats ", "B-2 Voucher ")
	if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].Text, "Ticket Wording") {
		t.Errorf("%q", f.Warnings)
	}
	readsAs(t, "beside words that are there twice", "Ticket Wording,Urgency\nShow free boats,High\nVoucher,High\n", " Show free boats ", " Voucher ")
	if f := read(t, "", []byte("Wer,Was,Wann\nAda,Login,1\nBob,Voucher,2\n")); len(f.Stories) > 0 {
		t.Errorf("of two columns one was taken: %q", short(f))
	}
}

// TestBoldWordsOfAListHaveNoStars holds for Markdown; other stars are the author's.
func TestBoldWordsOfAListHaveNoStars(t *testing.T) {
	readsAs(t, "", "- **Login page** for all\n- 2 ** 3 and 4 ** 5\n- [x] **BOAT-7** Weather\n- a**b\n", " Login page for all ", " 2 ** 3 and 4 ** 5 ", " BOAT-7 Weather ", " a**b ")
	readsAs(t, "no bold words", "- Support 2**8 and 3**2\n- Find src/**/a and b/**/c\n- **Fähre** und **船**の\n", " Support 2**8 and 3**2 ", " Find src/**/a and b/**/c ", " Fähre und 船の ")
}

// TestWhatPeopleCallTheirColumnsIsKnown holds for names that are not a tracker's.
func TestWhatPeopleCallTheirColumnsIsKnown(t *testing.T) {
	for header, want := range map[string][]string{
		"No,Story,Points":                    {"7 Show free boats 5", "8 Voucher 3"},
		"S.No,User Story,Story Points":       {"7 Show free boats 5", "8 Voucher 3"},
		"Sl No.,Requirement,Effort":          {"7 Show free boats 5", "8 Voucher 3"},
		"US#,Issue Summary,SP Estimate":      {"7 Show free boats 5", "8 Voucher 3"},
		"Requirement ID,Requirement,Pts":     {"7 Show free boats 5", "8 Voucher 3"},
		"Ticket Number,Ticket Title,Est.":    {"7 Show free boats 5", "8 Voucher 3"},
		"Lfd. Nr.,Titel,Punkte":              {"7 Show free boats 5", "8 Voucher 3"},
		"Jira ID,Short description,Points":   {"7 Show free boats 5", "8 Voucher 3"},
		"Story #,Feature Name,Story Pts":     {"7 Show free boats 5", "8 Voucher 3"},
		"Work Item ID,Task Title,Estimation": {"7 Show free boats 5", "8 Voucher 3"},
	} {
		f := readsAs(t, header, header+"\n7,Show free boats,5\n8,Voucher,3\n", want...)
		if len(f.Warnings) > 0 {
			t.Errorf("%s: %q", header, f.Warnings)
		}
	}
	f := readsAs(t, "criteria", "Title,Acceptance Criteria\nShow free boats,By day\n", " Show free boats ")
	if f.Stories[0].Description != "By day" {
		t.Errorf("%+v", f.Stories[0])
	}
	readsAs(t, "no header", "Show free boats,No,5\nPrint a voucher,Yes,3\n", " Show free boats 5", " Print a voucher 3")
}

// TestARequirementMayBeNoTitle holds where it is a key or a kind, and another column has the sentences.
func TestARequirementMayBeNoTitle(t *testing.T) {
	readsAs(t, "a key", "Requirement,Text,Points\nREQ-1,The system shall show boats,3\nREQ-2,The system shall sell vouchers,5\n", "REQ-1 The system shall show boats 3", "REQ-2 The system shall sell vouchers 5")
	readsAs(t, "a kind", "ID,Requirement,Text\n1,Functional,The system shall show boats\n2,Functional,The system shall sell vouchers\n", "1 The system shall show boats ", "2 The system shall sell vouchers ")
	readsAs(t, "a task is a key", "Task,Wording\nBOAT-7,Show free boats\nBOAT-8,Voucher on paper\n", "BOAT-7 Show free boats ", "BOAT-8 Voucher on paper ")
	readsAs(t, "kinds beside titles of one word and people", "Requirement,What,Owner\nMust,Show free boats,Ada Boatwright\nMust,Voucher,Grace Oarsman\nShould,Print a map,Grace Oarsman\n", " Show free boats ", " Voucher ", " Print a map ")
	readsAs(t, "kinds beside people alone", "Requirement,Owner\nMust,Ada Boatwright\nSail,Grace Oarsman\nRow,Grace Oarsman\n", " Must ", " Sail ", " Row ")
	readsAs(t, "a title in another language", "Titel,Requirement,Punkte\nFreie Boote,Must,3\nGutschein,Functional,5\n", " Freie Boote 3", " Gutschein 5")
	readsAs(t, "a word", "Requirement,Who\nShow boats,Ada Boatwright\nVoucher,Grace Oarsman\n", " Show boats ", " Voucher ")
	readsAs(t, "no other", "Requirement,Points\nREQ-1,3\nREQ-2,5\n", " REQ-1 3", " REQ-2 5")
}

// TestANumberOfARowGivesWayToAKey holds for names of columns that only count, whose numbers may also begin anew.
func TestANumberOfARowGivesWayToAKey(t *testing.T) {
	for _, header := range []string{"No,JIRA", "S.No,Jira Key", "Sl No.,Ticket Number", "sr_no,Jira", "#,Jira ID"} {
		readsAs(t, header, header+",Title,Points\n1,BOAT-7,Free boats,3\n2,BOAT-8,Voucher,5\n", "BOAT-7 Free boats 3", "BOAT-8 Voucher 5")
	}
	readsAs(t, "no other key", "S.No,Title,Points\n1,Free boats,3\n2,Voucher,5\n", "1 Free boats 3", "2 Voucher 5")
	readsAs(t, "begins anew", "S.No,Title\n1,Free boats\n2,Voucher\n1,Pier\n", "1 Free boats ", "2 Voucher ", " Pier ")
	readsAs(t, "a mark", "No,Title\nx,Free boats\n,Voucher\nx,Pier\n", " Free boats ", " Voucher ", " Pier ")
}

// TestALineBelowTheHeaderIsNoStory holds for what databases print between names and rows (sqlcmd).
func TestALineBelowTheHeaderIsNoStory(t *testing.T) {
	readsAs(t, "of Markdown", "# List\n\n| Nr | What | Est |\n| --- | :---: | ---: |\n| 7 | Show free boats | 5 |\n| 8 | Print a voucher | |\n", "7 Show free boats 5", "8 Print a voucher ")
	f := readsAs(t, "commas", "Key,Title,Points\n---,-----,------\nA-1,Show free boats,5\nA-2,---,\n", "A-1 Show free boats 5", "A-2 --- ")
	if len(f.Skipped) != 1 || f.Skipped[0].Reason != "a line" {
		t.Errorf("%+v", f.Skipped)
	}
	readsAs(t, "spaces", "Key   Title             Points\n----- ----------------- ------\nA-1   Show free boats   5\n\n(1 rows affected)\n", "A-1 Show free boats 5")
	readsAs(t, "tabs", "Key\tTitle\n===\t=====\nA-1\tShow free boats\n", "A-1 Show free boats ")
}

// TestFractionsThatComputersMakeAreRounded holds for sums such as 0.1 + 0.2, which have more decimals than points.
func TestFractionsThatComputersMakeAreRounded(t *testing.T) {
	readsAs(t, "", "Title,Points\na b,0.30000000000000004\nc d,2.9999999999999996\ne f,-0.000000000000001\ng h,-123456789.123456789\ni j,0.125\n", " a b 0.3", " c d 3", " e f 0", " g h -123456789.1235", " i j 0.125")
}
