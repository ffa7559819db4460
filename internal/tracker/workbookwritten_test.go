package tracker_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/magnapp/magnapp/internal/tracker"
)

// workbookOf is a workbook with one sheet for each list of rows.
func workbookOf(t *testing.T, sheets ...[][]any) *excelize.File {
	t.Helper()
	f := excelize.NewFile()
	for i, rows := range sheets {
		name := "Sheet" + string(rune('1'+i))
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for j, row := range rows {
			cell, _ := excelize.CoordinatesToCellName(1, j+1)
			if err := f.SetSheetRow(name, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	return f
}

func bytesOf(t *testing.T, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repack changes the parts of a workbook.
func repack(t *testing.T, data []byte, change func(part, content string) string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		to, err := w.Create(f.Name)
		if err == nil {
			_, err = io.WriteString(to, change(f.Name, string(content)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withFormula puts a formula into a cell of a sheet's XML.
func withFormula(sheet, place, content string) string {
	return regexp.MustCompile(`<c r="`+place+`"[^>]*>.*?</c>`).ReplaceAllString(sheet, `<c r="`+place+`">`+content+`</c>`)
}

var backlog = [][]any{{"Key", "Title", "Points"}, {"BOAT-7", "Free boats", 3}, {"BOAT-8", "Voucher", nil}}

// TestTheSheetWithTheStoriesIsRead holds for workbooks whose first sheet explains or sums up.
func TestTheSheetWithTheStoriesIsRead(t *testing.T) {
	for name, first := range map[string][][]any{
		"an explanation": {{"How to use this workbook"}, {"Fill in the second sheet."}},
		"sums":           {{nil, "Stories", "Points"}, {"Sprint 1", 5, 16}},
		"words":          {{"Status"}, {"Open"}, {"Done"}},
	} {
		f := read(t, "", bytesOf(t, workbookOf(t, first, backlog)))
		if diff := cmp.Diff([]string{"BOAT-7 Free boats 3", "BOAT-8 Voucher "}, short(f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].Text, `"Sheet2"`) {
			t.Errorf("%s: %q", name, f.Warnings)
		}
		back, err := f.Original([]tracker.Estimate{{Key: "BOAT-8", Value: "5"}})
		if err != nil || cellOf(sheetOf(t, back, "Sheet2"), 2, 2) != "5" {
			t.Errorf("%s: %v, %v", name, sheetOf(t, back, "Sheet2"), err)
		}
	}
	f := read(t, "", bytesOf(t, workbookOf(t, [][]any{{"Show free boats", 3}, {"Print a voucher", 5}}, [][]any{{"Open"}, {"Done"}})))
	if diff := cmp.Diff([]string{" Show free boats 3", " Print a voucher 5"}, short(f)); diff != "" {
		t.Errorf("of sheets without a header the first is read (-want +got):\n%s", diff)
	}
	hidden := workbookOf(t, [][]any{{"Show free boats", 3}, {"Print a voucher", 5}}, backlog)
	if err := hidden.SetSheetVisible("Sheet2", false); err != nil {
		t.Fatal(err)
	}
	if f := read(t, "", bytesOf(t, hidden)); len(f.Stories) == 0 || f.Stories[0].Title != "Show free boats" {
		t.Errorf("a hidden sheet is read: %q", short(f))
	}
}

// TestFormulasThatWereNotCalculatedAreNoValues holds for workbooks of programs that write formulas and calculate none. Some put a zero there.
func TestFormulasThatWereNotCalculatedAreNoValues(t *testing.T) {
	data := bytesOf(t, workbookOf(t, [][]any{{"Key", "Title", "Points"}, {"BOAT-7", "Free boats", 3}, {"BOAT-8", "TITLE", "POINTS"}, {"KEY", "Weather", 8}}))
	for name, c := range map[string]struct{ value, recalculate string }{
		"no value":    {"", ""},
		"empty value": {"<v></v>", ""},
		"zero":        {"<v>0</v>", `<calcPr calcId="124519" fullCalcOnLoad="1"/>`},
	} {
		f := read(t, "", repack(t, data, func(part, content string) string {
			if part == "xl/workbook.xml" && c.recalculate != "" {
				return strings.Replace(content, "</workbook>", c.recalculate+"</workbook>", 1)
			}
			for place, formula := range map[string]string{"B3": "1+1 is as it was", "C3": "2+3", "A4": "A3&amp;1"} {
				content = withFormula(content, place, "<f>"+formula+"</f>"+c.value)
			}
			return content
		}))
		if diff := cmp.Diff([]string{"BOAT-7 Free boats 3", "BOAT-8 =1+1 is as it was ", " Weather 8"}, short(f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].Text, "3 formulas") || !strings.Contains(f.Warnings[0].Text, "B3") {
			t.Errorf("%s: %q", name, f.Warnings)
		}
	}
	written := workbookOf(t, backlog)
	if err := written.SetCellFormula("Sheet1", "C3", "=2+3"); err != nil {
		t.Fatal(err)
	}
	if f := read(t, "", bytesOf(t, written)); f.Stories[1].Points != "" || len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].Text, "a formula without a result, the first in C3") {
		t.Errorf("excelize: %+v, %q", f.Stories[1], f.Warnings)
	}
	f := read(t, "", repack(t, data, func(_, content string) string {
		return withFormula(withFormula(content, "C3", "<f>2-2</f><v>0</v>"), "B3", "<f>A3</f><v>7</v>")
	}))
	if diff := cmp.Diff([]string{"BOAT-7 Free boats 3", "BOAT-8 7 0", "KEY Weather 8"}, short(f)); diff != "" || len(f.Warnings) != 0 {
		t.Errorf("calculated (-want +got):\n%s%q", diff, f.Warnings)
	}
}

// TestAMergedCellHoldsForItsRows holds for an epic, a sprint or a status beside several stories; pandas merges so by default.
func TestAMergedCellHoldsForItsRows(t *testing.T) {
	w := workbookOf(t, [][]any{{"Backlog"}, {"Epic", "Sprint", "Key", "Title", "Points"}, {"Sailing", "S1", "BOAT-7", "Free boats", 3}, {nil, nil, "BOAT-8", "Voucher", nil}, {nil, nil, "BOAT-9", "Weather", 1}, {"Rowing", "S2", "BOAT-10", "Oars", 2}})
	for _, area := range [][2]string{{"A1", "E1"}, {"A3", "A5"}, {"B3", "B4"}, {"D3", "D3"}, {"E3", "E5"}} {
		if err := w.MergeCell("Sheet1", area[0], area[1]); err != nil {
			t.Fatal(err)
		}
	}
	f := read(t, "", bytesOf(t, w))
	var got []string
	for _, s := range f.Stories {
		got = append(got, s.Key+" "+s.Parent+" "+s.Sprint+" "+s.Points)
	}
	if diff := cmp.Diff([]string{"BOAT-7 Sailing S1 3", "BOAT-8 Sailing S1 ", "BOAT-9 Sailing  ", "BOAT-10 Rowing S2 2"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAKeyIsReadAsItIsShown holds for numbers that a cell's format shows with zeros or letters before them, and for workbooks whose days count from 1904.
func TestAKeyIsReadAsItIsShown(t *testing.T) {
	w := workbookOf(t, [][]any{{"Key", "Title", "Sprint"}, {123, "Free boats", nil}, {7, "Voucher", nil}, {8, "Weather", nil}, {9, "Oars", nil}})
	for cell, format := range map[string]string{"A2": "00000", "A3": `"BOAT-"000`, "A4": `\#0`, "A5": "#,##0.00"} {
		style, err := w.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil || w.SetCellStyle("Sheet1", cell, cell, style) != nil {
			t.Fatal(err)
		}
	}
	f := read(t, "", bytesOf(t, w))
	if diff := cmp.Diff([]string{"00123 Free boats ", "BOAT-007 Voucher ", "#8 Weather ", "9 Oars "}, short(f)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPointsAreNumbersWhateverIsShownBeforeThem holds for formats that show a unit.
func TestPointsAreNumbersWhateverIsShownBeforeThem(t *testing.T) {
	w := workbookOf(t, [][]any{{"Key", "Title", "Points"}, {"B-7", "Free boats", 3}, {"B-8", "Voucher", 5}, {"B-9", "Weather", 8}})
	for cell, format := range map[string]string{"C2": `"SP "0`, "C3": `\$0`, "C4": `"≈"0`} {
		style, err := w.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil || w.SetCellStyle("Sheet1", cell, cell, style) != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"B-7 Free boats 3", "B-8 Voucher 5", "B-9 Weather 8"}, short(read(t, "", bytesOf(t, w)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPointsAreNumbersWhateverLettersTheirFormatShows holds for letters that a format shows, leaves room for, or fills a cell with: they make no date of a number (ECMA-376, 18.8.31).
func TestPointsAreNumbersWhateverLettersTheirFormatShows(t *testing.T) {
	for format, want := range map[string]string{
		`0\ \d`: "5", `0\h`: "5", "0_m": "5", `_-* #,##0\ _K_M_-`: "5", "0*d": "5", `0" d"`: "5", "[red]0": "5", `0\"d`: "", "d": "", `d\ mm`: "",
	} {
		t.Run(format, func(t *testing.T) {
			w := workbookOf(t, [][]any{{"Key", "Title", "Story Points"}, {"BOAT-7", "Free boats", 5}})
			style, err := w.NewStyle(&excelize.Style{CustomNumFmt: &format})
			if err != nil || w.SetCellStyle("Sheet1", "C2", "C2", style) != nil {
				t.Fatal(err)
			}
			if got := read(t, "", bytesOf(t, w)).Stories[0].Points; got != want {
				t.Errorf("points are %q, want %q", got, want)
			}
		})
	}
}

// TestAnAddedColumnIsWithinTheSheetsDimension holds for readers that look no further than the sheet says: SheetJS, and openpyxl when it only reads.
func TestAnAddedColumnIsWithinTheSheetsDimension(t *testing.T) {
	for was, want := range map[string]string{
		`<dimension ref="A1:B3"/>`:                       `<dimension ref="A1:C3"/>`,
		`<dimension x="A1:B3" ref="A1:B3" ></dimension>`: `<dimension x="A1:B3" ref="A1:C3" ></dimension>`,
		`<dimension ref="A1:AB3"/>`:                      `<dimension ref="A1:AB3"/>`,
		`<dimension ref="A1"/>`:                          `<dimension ref="A1"/>`,
		``:                                               ``,
	} {
		data := repack(t, bytesOf(t, workbookOf(t, [][]any{{"Key", "Title"}, {"BOAT-7", "Free boats"}, {"BOAT-8", "Voucher"}})), func(part, content string) string {
			return regexp.MustCompile(`<dimension[^>]*>(</dimension>)?`).ReplaceAllString(content, was)
		})
		back, err := read(t, "", data).Original([]tracker.Estimate{{Key: "BOAT-8", Value: "5"}})
		if err != nil {
			t.Fatal(err)
		}
		if cellOf(sheetOf(t, back, "Sheet1"), 2, 2) != "5" {
			t.Errorf("%s: no estimate", was)
		}
		repack(t, back, func(part, content string) string {
			if part == "xl/worksheets/sheet1.xml" && regexp.MustCompile(`<dimension[^>]*>(</dimension>)?`).FindString(content) != want {
				t.Errorf("%s: %s", was, content)
			}
			return content
		})
	}
}

// TestAnEstimateIsNotShownAsADate holds for a cell that a spreadsheet made a date of, as it does with 3-5.
func TestAnEstimateIsNotShownAsADate(t *testing.T) {
	w := workbookOf(t, [][]any{{"Key", "Title", "Points"}, {"BOAT-7", "Free boats", 46086}, {"BOAT-8", "Voucher", 3}})
	for cell, format := range map[string]string{"C2": "dd-mmm", "C3": "0.0"} {
		style, err := w.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil || w.SetCellStyle("Sheet1", cell, cell, style) != nil {
			t.Fatal(err)
		}
	}
	f := read(t, "", bytesOf(t, w))
	back, err := f.Original([]tracker.Estimate{{Key: "BOAT-7", Value: "5"}, {Key: "BOAT-8", Value: "8"}})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := excelize.OpenReader(bytes.NewReader(back))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := shown.GetRows("Sheet1")
	if err != nil || cellOf(rows, 1, 2) != "5" || cellOf(rows, 2, 2) != "8.0" {
		t.Errorf("%q, %v", rows, err)
	}
}

// TestASheetOfNestedCellsGivesNothingBack holds for sheets that no program writes, in which what is replaced is within something else that is.
func TestASheetOfNestedCellsGivesNothingBack(t *testing.T) {
	head := `<row r="1"><c r="A1" t="inlineStr"><is><t>Key</t></is></c><c r="B1" t="inlineStr"><is><t>Title</t></is></c><c r="C1" t="inlineStr"><is><t>Points</t></is></c></row>`
	row := `<row r="2"><c r="A2" t="inlineStr"><is><t>BOAT-7</t></is></c><c r="B2" t="inlineStr"><is><t>Free boats</t></is></c>`
	for name, points := range map[string]string{
		"a dimension": `<c r="C2"><dimension ref="A1:B2"/></c></row>`,
		"a row":       `<c r="C2"><row r="2"></row></c></row>`,
	} {
		f, err := tracker.Read(workbook(t, `<worksheet><sheetData>`+head+row+points+`<row r="3"><c r="B3" t="inlineStr"><is><t>Voucher</t></is></c></row></sheetData></worksheet>`, "<sst/>"), tracker.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var e *tracker.Error
		if _, err := f.Original([]tracker.Estimate{{Key: "BOAT-7", Row: 2, Value: "5"}}); err != nil && (!errors.As(err, &e) || e.Kind != tracker.Broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheFirstSheetOfStoriesIsReadWithOneKnownName holds beside a later sheet, as of the team, that has two.
func TestTheFirstSheetOfStoriesIsReadWithOneKnownName(t *testing.T) {
	team := [][]any{{"Name", "Type"}, {"Ada", "Rower"}, {"Bob", "Cox"}}
	for name, list := range map[string][][]any{
		"names of their own": {{"Story", "Wer", "Tage"}, {"Free boats", "Ada", 3}, {"Voucher", "Bob", 5}},
		"titles alone":       {{"Story"}, {"Free boats"}, {"Voucher"}},
	} {
		if f := read(t, "", bytesOf(t, workbookOf(t, list, team))); len(f.Stories) != 2 || f.Stories[0].Title != "Free boats" {
			t.Errorf("%s: %q", name, short(f))
		}
	}
	about := [][]any{{"Name", "Boats"}, {"Status", "We have begun"}}
	if f := read(t, "", bytesOf(t, workbookOf(t, about, [][]any{{"Key", "Title"}, {"B-7", "Free boats"}}))); len(f.Stories) != 1 || f.Stories[0].Key != "B-7" {
		t.Errorf("about: %q", short(f))
	}
}

// TestAFormulaWithoutAResultIsOnlyATitle holds for what people have in other columns and below a list.
func TestAFormulaWithoutAResultIsOnlyATitle(t *testing.T) {
	w := workbookOf(t, [][]any{{"Key", "Title", "Status", "Type", "Sprint", "Epic", "Description", "Points"}, {"B-7", "Free boats", "a", "a", "a", "a", "a", 3}, {nil, nil, nil, nil, nil, nil, nil, 3}})
	data := repack(t, bytesOf(t, w), func(part, content string) string {
		if part == "xl/worksheets/sheet1.xml" {
			for _, place := range []string{"C2", "D2", "E2", "F2", "G2", "H3"} {
				content = withFormula(content, place, "<f>SUM(A1:A2)</f>")
			}
		}
		return content
	})
	f := read(t, "", data)
	want := tracker.Story{Row: 2, Key: "B-7", Title: "Free boats", Points: "3"}
	if diff := cmp.Diff([]tracker.Story{want}, f.Stories); diff != "" || f.Total != 1 || len(f.Skipped) > 0 {
		t.Errorf("%s %d, %v", diff, f.Total, f.Skipped)
	}
}

// TestFormulasOutsideOfRowsAreNoCells holds for sheets that no program writes.
func TestFormulasOutsideOfRowsAreNoCells(t *testing.T) {
	for _, odd := range []string{`<c r="Z9"><f>1</f></c>`, `<row><c r="Z9"><f>1</f></c><row><c r="B9" t="inlineStr"><is><t>Voucher</t></is></c></row></row>`} {
		data := workbook(t, `<worksheet><row r="1"><c r="A1" t="inlineStr"><is><t>Key</t></is></c><c r="B1" t="inlineStr"><is><t>Title</t></is></c></row><row r="2"><c r="B2" t="inlineStr"><is><t>Free boats</t></is></c></row>`+odd+`</worksheet>`, "<sst/>")
		if f, err := tracker.Read(data, tracker.Options{}); err != nil || f.Stories[0].Title != "Free boats" {
			t.Errorf("%s: %v", odd, err)
		}
	}
}
