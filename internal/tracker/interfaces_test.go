package tracker_test

import (
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/tracker"
)

// TestTheKeyOfAnInterfaceIsTheOneThatPeopleKnow holds beside the database's number.
func TestTheKeyOfAnInterfaceIsTheOneThatPeopleKnow(t *testing.T) {
	readsAs(t, "YouTrack", `[{"id":"2-35","idReadable":"BOAT-7","summary":"Show free boats","$type":"Issue"},{"id":"2-36","idReadable":"BOAT-8","summary":"Voucher","$type":"Issue"}]`, "BOAT-7 Show free boats ", "BOAT-8 Voucher ")
	readsAs(t, "Taiga", `[{"id":10401,"ref":7,"subject":"Show free boats","total_points":5.0},{"id":10402,"ref":8,"subject":"Voucher","total_points":null}]`, "7 Show free boats 5", "8 Voucher ")
	readsAs(t, "a reference of people", "ID,Ref,Subject\n1,DOC-4,Show free boats\n2,,Voucher\n", "1 Show free boats ", "2 Voucher ")
	readsAs(t, "ClickUp", `{"tasks":[{"id":"86abc","custom_id":"BOAT-7","name":"Show free boats","points":5},{"id":"86abd","custom_id":null,"name":"Voucher","points":null}],"last_page":true}`, "BOAT-7 Show free boats 5", "86abd Voucher ")
}

// TestTextOfAtlassianDocumentsIsRead holds for the descriptions of Jira's newest interface.
func TestTextOfAtlassianDocumentsIsRead(t *testing.T) {
	f := readsAs(t, "", `{"issues":[{"id":"10401","key":"BOAT-7","fields":{"summary":"Show free boats","description":{"version":1,"type":"doc","content":[`+
		`{"type":"paragraph","content":[{"type":"text","text":"By day "},{"type":"text","text":"and hour","marks":[{"type":"strong"}]},{"type":"hardBreak"},{"type":"mention","attrs":{"id":"1","text":"@Ada"}}]},`+
		`{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"first"}]}]},{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"second"}]}]}]},`+
		`{"type":"paragraph","content":[{"type":"inlineCard","attrs":{"url":"https://example.com/7"}}]}]}}},{"id":"10402","key":"BOAT-8","fields":{"summary":"Voucher","description":null}}]}`, "BOAT-7 Show free boats ", "BOAT-8 Voucher ")
	if want := "By day and hour\n@Ada\n- first\n- second\nhttps://example.com/7"; f.Stories[0].Description != want {
		t.Errorf("%q, want %q", f.Stories[0].Description, want)
	}
}

// TestRowsOfAnOldMacMayHaveLinesInTheirCells holds for what Excel for the Mac saved: carriage returns between rows, line feeds within cells.
func TestRowsOfAnOldMacMayHaveLinesInTheirCells(t *testing.T) {
	text := "Key,Title,Points\rA-1,\"Show free\nboats\",3\rA-2,Voucher,\r"
	f := readsAs(t, "", text, "A-1 Show free boats 3", "A-2 Voucher ")
	back, err := f.Original([]tracker.Estimate{{Key: "A-2", Value: "5"}})
	if want := strings.Replace(text, "Voucher,", "Voucher,5", 1); err != nil || string(back) != want {
		t.Errorf("%q, %v", back, err)
	}
	readsAs(t, "lines in cells of others", "Key,Title\nA-1,\"Show free\rboats\"\nA-2,Voucher\n", "A-1 Show free boats ", "A-2 Voucher ")
}

// TestPointsMayHaveTheirUnit holds for what people write into a cell.
func TestPointsMayHaveTheirUnit(t *testing.T) {
	readsAs(t, "", "Title,Estimate\na b,5 points\nc d,3 SP\ne f,1 point\ng h,8pts\ni j,\"0,5 SP\"\nk l,3h\nm n,SP\no p,XL\n", " a b 5", " c d 3", " e f 1", " g h 8", " i j 0.5", " k l 3h", " m n SP", " o p XL")
}

// TestPartsOfAWorkbookMayBeSpeltOtherwise holds for programs that write SharedStrings.xml, or a backslash between folders.
func TestPartsOfAWorkbookMayBeSpeltOtherwise(t *testing.T) {
	data := packed(t, `xl\workbook.xml`, workbookXML, `xl\_rels\workbook.xml.rels`, strings.Replace(relsXML, "worksheets/sheet1.xml", "/xl/Worksheets/Sheet1.xml", 1), `xl\worksheets\sheet1.xml`,
		`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>3</v></c></row></sheetData></worksheet>`,
		"xl/SharedStrings.xml", "<sst><si><t>Title</t></si><si><t>Points</t></si><si><t>Free boats</t></si></sst>")
	f := readsAs(t, "", string(data), " Free boats 3")
	back, err := f.Original([]tracker.Estimate{{Row: 2, Value: "8"}})
	if err != nil {
		t.Fatal(err)
	}
	readsAs(t, "given back", string(back), " Free boats 8")
}

// TestAnswersOfOtherInterfacesKeepTheirKeys holds for Linear's, which has a title and a state as GitHub's has, and for lists whose stories stand in an object each.
func TestAnswersOfOtherInterfacesKeepTheirKeys(t *testing.T) {
	want := []string{"BOAT-7 Show free boats 5", "BOAT-8 Print "}
	f := readsAs(t, "Linear", `{"data":{"issues":{"nodes":[{"identifier":"BOAT-7","title":"Show free boats","estimate":5,"state":{"name":"Todo"}},{"identifier":"BOAT-8","title":"Print","estimate":null,"state":{"name":"Done"}}],"pageInfo":{"hasNextPage":false}}}}`, want...)
	if f.Tracker == "GitHub" || !f.Stories[1].Done {
		t.Errorf("%s, %+v", f.Tracker, f.Stories[1])
	}
	readsAs(t, "edges", `{"data":{"issues":{"edges":[{"cursor":"a","node":{"identifier":"BOAT-7","title":"Show free boats","estimate":5}},{"cursor":"b","node":{"identifier":"BOAT-8","title":"Print"}}]}}}`, want...)
	readsAs(t, "Azure's analytics", `{"@odata.context":"https://example.com/$metadata","value":[{"WorkItemId":7,"Title":"Show free boats","WorkItemType":"Bug","State":"New","StoryPoints":5.0},{"WorkItemId":8,"Title":"Print","StoryPoints":null}]}`, "7 Show free boats 5", "8 Print ")
	readsAs(t, "JSON:API", `{"data":[{"type":"stories","id":"BOAT-7","attributes":{"title":"Show free boats","points":5}},{"type":"stories","id":"BOAT-8","attributes":{"title":"Print","points":null}}],"meta":{"total":2}}`, want...)
}
