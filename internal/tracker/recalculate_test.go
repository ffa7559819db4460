package tracker_test

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/tracker"
)

// partOf is one part of a workbook.
func partOf(t *testing.T, data []byte, name string) string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	part, err := r.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestSumsOfAWorkbookAreCalculatedAnew holds that a sum of the points, on whatever sheet, does not stand there as it was before the estimates: spreadsheets show what was kept of a formula.
func TestSumsOfAWorkbookAreCalculatedAnew(t *testing.T) {
	f := workbookOf(t, append(backlog, []any{"", "", nil}), [][]any{{"Points", nil}})
	formulaAt := func(sheet, place string) {
		if err := f.SetCellFormula(sheet, place, "SUM(Sheet1!C2:C3)"); err != nil {
			t.Fatal(err)
		}
	}
	plain := bytesOf(t, f)
	formulaAt("Sheet2", "B1")
	calculated := func(setting string) []byte {
		return repack(t, bytesOf(t, f), func(part, content string) string {
			if part == "xl/workbook.xml" {
				return strings.Replace(regexp.MustCompile(`<calcPr[^>]*>(</calcPr>)?`).ReplaceAllString(content, ""), "</workbook>", setting+"</workbook>", 1)
			}
			return content
		})
	}
	estimates := []tracker.Estimate{{Key: "BOAT-8", Value: "5"}}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a sum":              {calculated(`<calcPr calcId="191029"/>`), `<calcPr fullCalcOnLoad="1" calcId="191029"/>`},
		"it says so already": {calculated(`<calcPr fullCalcOnLoad="1"/>`), `<calcPr fullCalcOnLoad="1"/>`},
		"it says otherwise":  {calculated(`<calcPr calcId="1" fullCalcOnLoad="0"></calcPr>`), `<calcPr calcId="1" fullCalcOnLoad="1"></calcPr>`},
		"nothing is said":    {calculated(""), ""},
	} {
		got, err := read(t, "", c.data).Original(estimates)
		if err != nil {
			t.Fatal(err)
		}
		before := partOf(t, c.data, "xl/workbook.xml")
		was := before
		if i := strings.Index(before, "<calcPr"); i >= 0 {
			was = before[:i] + c.want + "</workbook>"
		}
		if is := partOf(t, got, "xl/workbook.xml"); is != was {
			t.Errorf("%s: %s", name, is)
		}
	}
	got, err := read(t, "", plain).Original(estimates)
	if err != nil {
		t.Fatal(err)
	}
	if partOf(t, got, "xl/workbook.xml") != partOf(t, plain, "xl/workbook.xml") {
		t.Error("a workbook without formulas is to be calculated")
	}
}
