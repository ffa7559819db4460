package tracker_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/magnapp/magnapp/internal/tracker"
)

// sheetOf reads a workbook with another reader than ours.
func sheetOf(t *testing.T, data []byte, sheet string) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func cellOf(rows [][]string, row, column int) string {
	if row >= len(rows) || column >= len(rows[row]) {
		return ""
	}
	return rows[row][column]
}

func TestEstimatesGoIntoTheCellsOfAWorkbook(t *testing.T) {
	for _, c := range []struct {
		name, sheet string
		estimates   []tracker.Estimate
		want        map[[2]int]string // by row and column, from 0
	}{
		{"monday.xlsx", "boats", []tracker.Estimate{{Key: "1234567890", Value: "8"}, {Key: "1234567894", Value: "½"}, {Key: "1234567893", Value: "XL & co"}}, map[[2]int]string{{5, 5}: "8", {14, 5}: "0.5", {9, 5}: "XL & co"}},
		{"spreadsheet.xlsx", "Sheet1", []tracker.Estimate{{Key: "BOAT-8", Value: "13"}}, map[[2]int]string{{0, 5}: "Story Points", {2, 5}: "13"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := sample(t, c.name)
			got, err := read(t, c.name, data).Original(c.estimates)
			if err != nil {
				t.Fatal(err)
			}
			onlyTheseCellsDiffer(t, sheetOf(t, data, c.sheet), sheetOf(t, got, c.sheet), c.want)
			onlyTheSheetDiffers(t, data, got)
			for _, e := range c.estimates {
				for _, s := range read(t, c.name, got).Stories {
					if want := strings.Replace(e.Value, "½", "0.5", 1); s.Key == e.Key && s.Points != want {
						t.Errorf("%s comes back with %q, want %q", s.Key, s.Points, want)
					}
				}
			}
		})
	}
}

func onlyTheseCellsDiffer(t *testing.T, was, is [][]string, want map[[2]int]string) {
	t.Helper()
	for i := range max(len(was), len(is)) {
		for j := range 20 {
			wanted, changes := want[[2]int{i, j}]
			if !changes {
				wanted = cellOf(was, i, j)
			}
			if cell := cellOf(is, i, j); cell != wanted {
				t.Errorf("row %d, column %d is %q, want %q", i+1, j+1, cell, wanted)
			}
		}
	}
}

// onlyTheSheetDiffers compares the other parts as they are packed.
func onlyTheSheetDiffers(t *testing.T, before, after []byte) {
	t.Helper()
	raw := func(data []byte) map[string]string {
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]string{}
		for _, f := range r.File {
			content, err := f.OpenRaw()
			if err != nil {
				t.Fatal(err)
			}
			packed, err := io.ReadAll(content)
			if err != nil {
				t.Fatal(err)
			}
			parts[f.Name] = string(packed)
		}
		return parts
	}
	was, is := raw(before), raw(after)
	if len(was) != len(is) {
		t.Errorf("%d parts instead of %d", len(is), len(was))
	}
	for name, content := range was {
		if changed := is[name] != content; changed != (name == "xl/worksheets/sheet1.xml") {
			t.Errorf("%s changed: %v", name, changed)
		}
	}
}

func TestWorkbooksOfOthersAreRead(t *testing.T) {
	f := excelize.NewFile()
	for cell, value := range map[string]any{
		"A1": "Key", "B1": "Title", "C1": "Story Points", "D1": "Ready", "E1": "Due",
		"A2": "A-1", "B2": "a\nb", "C2": 0.5, "D2": true, "E2": 46105.5,
		"A3": 7, "B3": "<&>_x0041_", "C3": 1e3, "A9": "A-9", "B9": "far below",
	} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: ptr("dd/mm/yyyy hh:mm")})
	if err == nil {
		err = f.SetCellStyle("Sheet1", "E2", "E2", style)
	}
	if err == nil {
		err = f.SetCellFormula("Sheet1", "C9", "=C2*2")
	}
	b, writeErr := f.WriteToBuffer()
	if err != nil || writeErr != nil {
		t.Fatal(err, writeErr)
	}
	got := read(t, "", b.Bytes())
	golden(t, "workbook-of-excelize.json", asJSON(t, got))
	if original, err := got.Original([]tracker.Estimate{{Key: "A-9", Value: "3"}}); err != nil || !strings.Contains(cellFormula(t, original), "C2*2") {
		t.Errorf("a formula was replaced (%v)", err)
	}
}

func cellFormula(t *testing.T, data []byte) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	formula, err := f.GetCellFormula("Sheet1", "C9")
	if err != nil {
		t.Fatal(err)
	}
	return formula
}

func ptr(s string) *string { return &s }
