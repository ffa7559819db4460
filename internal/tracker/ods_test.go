package tracker_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/magnapp/magnapp/internal/tracker"
)

// documentXML is the content of an OpenDocument workbook with such sheets.
func documentXML(sheets string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><office:document-content><office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>` +
		`<office:body><office:spreadsheet>` + sheets + `</office:spreadsheet></office:body></office:document-content>`
}

// document is the smallest OpenDocument workbook with such sheets.
func document(t testing.TB, sheets string) []byte {
	t.Helper()
	return packed(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", documentXML(sheets))
}

// documentSheet is a sheet of rows of texts, in which an empty text is an empty cell and one that begins with a bracket is XML.
func documentSheet(name, style string, rows ...[]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<table:table table:name="%s" table:style-name="%s">`, name, style)
	for _, row := range rows {
		b.WriteString("<table:table-row>")
		for _, cell := range row {
			switch {
			case cell == "":
				b.WriteString("<table:table-cell/>")
			case cell[0] == '<':
				b.WriteString(cell)
			default:
				fmt.Fprintf(&b, `<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>`, cell)
			}
		}
		b.WriteString("</table:table-row>")
	}
	return b.String() + "</table:table>"
}

// TestValuesOfADocumentAreReadAsTheyAreMeant holds for what LibreOffice, Excel and libraries write for one cell.
func TestValuesOfADocumentAreReadAsTheyAreMeant(t *testing.T) {
	for name, c := range map[string]struct{ cell, want string }{
		"a number":                 {`<table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell>`, "5"},
		"an exponent":              {`<table:table-cell office:value-type="float" office:value="1.5E+6"><text:p>1,50E+06</text:p></table:table-cell>`, "1500000"},
		"rounded as it is shown":   {`<table:table-cell office:value-type="float" office:value="0.125"><text:p>0,1</text:p></table:table-cell>`, "0.125"},
		"zeros before it":          {`<table:table-cell office:value-type="float" office:value="7"><text:p>00007</text:p></table:table-cell>`, "00007"},
		"letters before it":        {`<table:table-cell office:value-type="float" office:value="7"><text:p>BOAT-007</text:p></table:table-cell>`, "BOAT-007"},
		"zeros behind it":          {`<table:table-cell office:value-type="float" office:value="1"><text:p>1.0</text:p></table:table-cell>`, "1.0"},
		"a unit":                   {`<table:table-cell office:value-type="float" office:value="7"><text:p>7 SP</text:p></table:table-cell>`, "7"},
		"thousands":                {`<table:table-cell office:value-type="float" office:value="1000"><text:p>1,000</text:p></table:table-cell>`, "1000"},
		"a hundredfold":            {`<table:table-cell office:value-type="float" office:value="1"><text:p>100</text:p></table:table-cell>`, "1"},
		"money":                    {`<table:table-cell office:value-type="currency" office:currency="EUR" office:value="5"><text:p>5,00 €</text:p></table:table-cell>`, "5"},
		"a percentage":             {`<table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50%</text:p></table:table-cell>`, "0.5"},
		"a number that is a date":  {`<table:table-cell office:value-type="float" office:value="46086"><text:p>3/5/26</text:p></table:table-cell>`, "2026-03-05"},
		"a date":                   {`<table:table-cell office:value-type="date" office:date-value="2026-03-05"><text:p>05.03.26</text:p></table:table-cell>`, "2026-03-05"},
		"midnight":                 {`<table:table-cell office:value-type="date" office:date-value="2026-03-05T00:00:00"><text:p>05.03.26</text:p></table:table-cell>`, "2026-03-05"},
		"a moment":                 {`<table:table-cell office:value-type="date" office:date-value="2026-03-05T12:30:00.250000000"><text:p>05.03.26</text:p></table:table-cell>`, "2026-03-05 12:30:00"},
		"a time":                   {`<table:table-cell office:value-type="time" office:time-value="PT08H30M00S"><text:p>08:30</text:p></table:table-cell>`, "08:30"},
		"true":                     {`<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p></table:table-cell>`, "TRUE"},
		"an error":                 {`<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>`, ""},
		"an error of an old one":   {`<table:table-cell table:formula="of:=x" office:value-type="float" office:value="0"><text:p>Err:508</text:p></table:table-cell>`, ""},
		"a formula":                {`<table:table-cell table:formula="of:=[.A1]" office:value-type="string" office:string-value="Key"><text:p>Key</text:p></table:table-cell>`, "Key"},
		"a text beside the value":  {`<table:table-cell office:value-type="string" office:string-value="plain"><text:p>as <text:span>shown</text:span></text:p></table:table-cell>`, "as shown"},
		"a text without paragraph": {`<table:table-cell office:value-type="string" office:string-value="plain"/>`, "plain"},
		"no type":                  {`<table:table-cell><text:p>bare</text:p></table:table-cell>`, "bare"},
		"white space":              {"<table:table-cell office:value-type=\"string\"><text:p>\n   a\n   <text:span> b</text:span> c\n  </text:p></table:table-cell>", "a b c"},
		"spaces and breaks":        {`<table:table-cell office:value-type="string"><text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p></table:table-cell>`, "a b c d"},
		"no number of spaces":      {`<table:table-cell office:value-type="string"><text:p>a<text:s/><text:s text:c="-4"/><text:s text:c="x"/>b</text:p></table:table-cell>`, "a b"},
		"entities":                 {`<table:table-cell office:value-type="string"><text:p>&lt;b&gt; &amp; &#8364;&quot;</text:p></table:table-cell>`, `<b> & €"`},
		"a note":                   {`<table:table-cell office:value-type="string"><office:annotation><dc:creator>Ada</dc:creator><text:p>a note</text:p><text:list><text:list-item><text:p>more</text:p></text:list-item></text:list></office:annotation><text:p>text</text:p></table:table-cell>`, "text"},
		"a picture":                {`<table:table-cell office:value-type="string"><draw:frame><draw:text-box><text:p>in a box</text:p></draw:text-box></draw:frame><text:p>text</text:p></table:table-cell>`, "text"},
		"how it is spoken":         {`<table:table-cell office:value-type="string"><text:p><text:ruby><text:ruby-base>舟</text:ruby-base><text:ruby-text>ふね</text:ruby-text></text:ruby></text:p></table:table-cell>`, "舟"},
		"a list":                   {`<table:table-cell office:value-type="string"><text:list><text:list-item><text:p>a</text:p></text:list-item></text:list><text:p>b</text:p></table:table-cell>`, "a b"},
		"a table in the cell":      {`<table:table-cell office:value-type="string"><table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table><text:p>text</text:p></table:table-cell>`, "text"},
	} {
		f := read(t, "", document(t, documentSheet("a", "ta1", []string{"Title", "What"}, []string{"Free boats", c.cell})))
		if got := f.Columns[1].Sample; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestRowsAndCellsOfADocumentAreThereAsOftenAsTheySay holds for empty ones by the million, which LibreOffice writes, and for filled ones.
func TestRowsAndCellsOfADocumentAreThereAsOftenAsTheySay(t *testing.T) {
	f := read(t, "", document(t, `<table:table table:name="a">`+
		`<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`+
		`<table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell><text:p>Title</text:p></table:table-cell><table:table-cell><text:p>Points</text:p></table:table-cell></table:table-row>`+
		`<table:table-row table:number-rows-repeated="2"><table:covered-table-cell table:number-columns-repeated="2"/><table:table-cell><text:p>Free boats</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="5" table:number-columns-repeated="3"><text:p>5</text:p></table:table-cell></table:table-row>`+
		`<table:table-row table:number-rows-repeated="1048569"><table:table-cell table:number-columns-repeated="99999999999999999999"/></table:table-row>`+
		`<table:table-row><table:table-cell/><table:table-cell/><table:table-cell><text:p>Far below</text:p></table:table-cell></table:table-row></table:table>`))
	if diff := cmp.Diff([]string{" Free boats 5", " Free boats 5", " Far below "}, short(f)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if rows := []int{f.Stories[0].Row, f.Stories[1].Row, f.Stories[2].Row}; !cmp.Equal(rows, []int{5, 6, 1_048_576}) {
		t.Errorf("rows %v", rows)
	}
	checkFile(t, f)
}

// TestTheSheetWithTheStoriesOfADocumentIsRead holds as for workbooks of Excel's.
func TestTheSheetWithTheStoriesOfADocumentIsRead(t *testing.T) {
	about := documentSheet("About", "ta1", []string{"How to use this workbook"}, []string{"Fill in the second sheet."})
	list := [][]string{{"Key", "Title", "Points"}, {"BOAT-7", "Free boats", "3"}}
	bare := documentSheet("Bare", "ta1", []string{"Show the weather", "8"}, []string{"Print a voucher", "5"})
	large := documentSheet("Large", "ta1", []string{"a", `<table:table-cell table:number-columns-repeated="3000"><text:p>x</text:p></table:table-cell>`})
	for name, c := range map[string]struct{ sheets, sheet, first string }{
		"the second":                       {about + documentSheet("Backlog", "ta1", list...), "Backlog", "Free boats"},
		"not a hidden one":                 {documentSheet("Old", "ta2", list...) + bare, "Bare", "Show the weather"},
		"not a hidden one behind it":       {bare + documentSheet("Old", "ta2", list...), "Bare", "Show the weather"},
		"a hidden one if no other has":     {documentSheet("Empty", "ta1") + documentSheet("x", "ta2", []string{"a b c d"}) + documentSheet("Old", "ta2", list...), "Old", "Free boats"},
		"one behind it is too large":       {bare + large, "Bare", "Show the weather"},
		"a hidden one is too large":        {strings.ReplaceAll(large, "ta1", "ta2") + bare, "Bare", "Show the weather"},
		"the first of two":                 {documentSheet("One", "ta1", list...) + documentSheet("Two", "ta1", list...), "One", "Free boats"},
		"behind one that is too large too": {bare + large + documentSheet("Backlog", "ta1", list...), "Backlog", "Free boats"},
	} {
		f := read(t, "", document(t, c.sheets))
		if len(f.Stories) == 0 || f.Stories[0].Title != c.first || len(f.Warnings) == 0 || !strings.Contains(f.Warnings[0].Text, `"`+c.sheet+`"`) {
			t.Errorf("%s: %q, %q", name, short(f), f.Warnings)
		}
	}
}

// TestWhatADocumentCanGiveBackIsSaid holds from the import on.
func TestWhatADocumentCanGiveBackIsSaid(t *testing.T) {
	f := read(t, "", sample(t, "libreoffice.ods"))
	if w := f.Warnings[len(f.Warnings)-1].Text; !strings.Contains(w, "XLSX") {
		t.Errorf("%q", w)
	}
	var e *tracker.Error
	if _, err := f.Original([]tracker.Estimate{{Row: 2, Value: "5"}}); !errors.As(err, &e) || e.Kind != tracker.NoOriginal || !strings.Contains(e.Problem, "OpenDocument") {
		t.Errorf("%v", err)
	}
}

// TestADocumentInOneFileIsRead holds for FODS.
func TestADocumentInOneFileIsRead(t *testing.T) {
	text := strings.ReplaceAll(documentXML(documentSheet("a", "ta1", []string{"Key", "Title"}, []string{"BOAT-7", "Café on the pier"})), "office:document-content", "office:document")
	readsAs(t, "", text, "BOAT-7 Café on the pier ")
}

// TestAFormulaOfADocumentWithoutAResultIsOnlyATitle holds for libraries that calculate nothing.
func TestAFormulaOfADocumentWithoutAResultIsOnlyATitle(t *testing.T) {
	formula := func(text string) string {
		return `<table:table-cell table:formula="` + text + `"/>`
	}
	f := read(t, "", document(t, documentSheet("a", "ta1", []string{"Key", "Title", "Points"}, []string{"BOAT-7", formula("of:=1+1 is as it was"), formula("of:=SUM([.A1:.A2])")}, []string{formula("=A3"), "Voucher", "3"})))
	if diff := cmp.Diff([]string{"BOAT-7 =1+1 is as it was ", " Voucher 3"}, short(f)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(f.Warnings) != 2 || !strings.Contains(f.Warnings[1].Text, "3 formulas without a result, the first in B2") {
		t.Errorf("%q", f.Warnings)
	}
}
