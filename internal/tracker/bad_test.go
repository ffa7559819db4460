package tracker_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/tracker"
)

// failing is a test, or one of the many runs of one.
type failing interface {
	Helper()
	Fatal(args ...any)
}

// packed is a ZIP of the parts, in the order of their names and contents.
func packed(t failing, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	workbookXML = `<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`
	relsXML     = `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`
)

// workbook is the smallest XLSX with such a sheet and such texts.
func workbook(t testing.TB, sheet, shared string) []byte {
	t.Helper()
	return packed(t, "xl/workbook.xml", workbookXML, "xl/_rels/workbook.xml.rels", relsXML, "xl/worksheets/sheet1.xml", sheet, "xl/sharedStrings.xml", shared)
}

func repeat(s string, size int) string { return strings.Repeat(s, size/len(s)) }

const large = 3 << 20

// bad are files that are refused, with where and why.
func bad(t testing.TB) map[string]badFile {
	t.Helper()
	header := "Title,Issue key,Story Points\n"
	return map[string]badFile{
		"nothing":                      {"", tracker.Empty, 0, 0},
		"white space":                  {" \r\n\t\n", tracker.Empty, 0, 0},
		"a mark and nothing":           {"\xEF\xBB\xBF", tracker.Empty, 0, 0},
		"a header only":                {header, tracker.Empty, 1, 0},
		"a header and empty rows":      {header + ",,\n\n", tracker.Empty, 1, 0},
		"more than 10 MB":              {strings.Repeat("a", tracker.MaxBytes+1), tracker.TooLarge, 0, 0},
		"a line of 3 MB":               {strings.Repeat("a", large), tracker.TooLarge, 1, 0},
		"a cell of 3 MB":               {header + "x," + strings.Repeat("a", large), tracker.TooLarge, 2, 2},
		"a quoted cell of 3 MB":        {header + `x,"` + strings.Repeat("a", large) + `",`, tracker.TooLarge, 2, 2},
		"100,000 rows":                 {header + strings.Repeat("a,b-1,\n", 100_000), tracker.TooMany, 50_001, 0},
		"100,000 lines":                {strings.Repeat("a story\n", 100_000), tracker.TooMany, 50_001, 0},
		"5,000 columns":                {"Title" + strings.Repeat(",a", 5_000) + "\nx\n", tracker.TooMany, 1, 2_001},
		"5,000 cells in a row":         {header + "x" + strings.Repeat(",a", 5_000) + "\n", tracker.TooMany, 2, 2_001},
		"3 MB of commas":               {header + strings.Repeat(",", large), tracker.TooMany, 2, 2_001},
		"a quote that never closes":    {header + "x,\"BOAT-7,5\ny,BOAT-8,\n", tracker.Cut, 2, 2},
		"quotes that never close":      {header + repeat(`"a"b,`, large), tracker.TooLarge, 2, 0},
		"rows of quotes, never closed": {header + repeat("\"a \"b\n", large), tracker.TooLarge, 0, 0},
		"cut in the last row":          {"Title,Issue key,Issue Type,Story Points,Sprint\na,A-1,Bug,1,x\nb,A-2,Bug,2,x\nc,A-", tracker.Cut, 4, 2},
		"UTF-16, cut in a letter":      {"\xFF\xFET\x00i\x00t", tracker.Cut, 0, 0},
		"zero bytes":                   {"Title,Key\n\x00\x01\x02\x03\x00,\x00\x00\n", tracker.WrongFile, 0, 0},
		"an old Excel":                 {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 512), tracker.WrongFile, 0, 0},
		"a PDF":                        {"%PDF-1.7\n%âãÏÓ\n", tracker.WrongFile, 0, 0},
		"a PNG":                        {"\x89PNG\r\n\x1a\n\x00\x00", tracker.WrongFile, 0, 0},
		"a JPEG":                       {"\xFF\xD8\xFF\xE0\x00\x10JFIF", tracker.WrongFile, 0, 0},
		"RTF":                          {`{\rtf1\ansi Title}`, tracker.WrongFile, 0, 0},
		"a page called .xls":           {"\r\n<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><title>Jira</title>", tracker.WrongFile, 0, 0},
		"a page with a doctype":        {"<!DOCTYPE html>\n<html>", tracker.WrongFile, 0, 0},
		"rows of a page":               {"<TR><TH>Key</TH>\n<TH>Title</TH>\n</TR>\n<TR><TD>A-7</TD>\n<TD>Show free boats</TD>\n</TR>\n", tracker.WrongFile, 0, 0},
		"a page's heading and table":   {"<h1>Backlog</h1>\n<table>\n<tr><td>A-7</td></tr>\n</table>\n", tracker.WrongFile, 0, 0},
		"a page's heading and list":    {"<H2>Backlog</H2>\n<ul><li>Show free boats</li></ul>\n", tracker.WrongFile, 0, 0},
		"a page in XML":                {"<?xml version=\"1.0\"?>\n<html>", tracker.WrongFile, 0, 0},
		"another XML":                  {"<?xml version=\"1.0\"?><Workbook><a/></Workbook>", tracker.WrongFile, 0, 0},
		"a document of Word":           {string(packed(t, "word/document.xml", "<w/>")), tracker.WrongFile, 0, 0},
		"a ZIP with a CSV":             {string(packed(t, "Boats.csv", header)), tracker.WrongFile, 0, 0},
		"half a ZIP":                   {string(workbook(t, "<worksheet/>", "<sst/>"))[:200], tracker.Cut, 0, 0},
		"an empty workbook":            {string(workbook(t, "<worksheet/>", "<sst/>")), tracker.Empty, 0, 0},
		"a workbook of half a sheet":   {string(workbook(t, "<worksheet><sheetData><row><c", "<sst/>")), tracker.Cut, 0, 0},
		"a bomb in a sheet":            {string(workbook(t, repeat("<row></row>", 70<<20), "<sst/>")), tracker.TooLarge, 0, 0},
		"a bomb of texts":              {string(workbook(t, "<worksheet/>", "<sst>"+repeat("<si><t></t></si>", 15<<20)+"</sst>")), tracker.TooMany, 0, 0},
		"a bomb of wide rows":          {string(workbook(t, "<worksheet>"+repeat(`<row><c r="BAA1"><v>1</v></c></row>`, 12<<20)+"</worksheet>", "<sst/>")), tracker.TooMany, 0, 0},
		"a sheet very many times":      {string(packed(t, "xl/workbook.xml", `<workbook xmlns:r="r"><sheets>`+strings.Repeat(`<sheet name="a" r:id="rId1"/>`, 3_000)+`</sheets></workbook>`, "xl/_rels/workbook.xml.rels", relsXML, "xl/worksheets/sheet1.xml", "<a/>")), tracker.TooMany, 0, 0},
		"a column beyond the limit":    {string(workbook(t, `<worksheet><row r="1"><c r="XFD1"><v>1</v></c></row></worksheet>`, "<sst/>")), tracker.TooMany, 1, 2_001},
		"billion laughs":               {"<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]><rss version=\"0.92\"><channel><item><key>&lol2;</key></item></channel></rss>", tracker.Unsafe, 0, 0},
		"an external entity":           {"<!DOCTYPE rss SYSTEM \"file:///etc/passwd\"><rss version=\"0.92\"/>", tracker.Unsafe, 0, 0},
		"an entity of its own":         {"<!-- RSS generated by JIRA --><rss version=\"0.92\"><channel><item><key>&own;</key></item></channel></rss>", tracker.Unsafe, 0, 0},
		"entities in a workbook":       {string(workbook(t, "<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet/>", "<sst/>")), tracker.Unsafe, 0, 0},
		"elements without end":         {"<rss version=\"0.92\">" + repeat("<a>", large), tracker.Broken, 0, 0},
		"attributes without end":       {"<rss version=\"0.92\"><channel><item " + repeat("a='' ", large), tracker.TooLarge, 0, 0},
		"half an XML":                  {string(sample(t, "jira-cloud.xml"))[:1500], tracker.Cut, 0, 0},
		"elements that cross":          {"<rss version=\"0.92\"><channel><item></channel></item></rss>", tracker.Broken, 0, 0},
		"an XML without issues":        {"<rss version=\"0.92\"><channel></channel></rss>", tracker.Empty, 0, 0},
		"an OpenDocument text":         {string(packed(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", `<office:document-content><office:body><office:text><table:table><table:table-row><table:table-cell><text:p>Title</text:p></table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>`)), tracker.WrongFile, 0, 0},
		"an empty document":            {string(document(t, documentSheet("a", "ta1"))), tracker.Empty, 0, 0},
		"half a document":              {string(packed(t, "content.xml", documentXML("")[:200])), tracker.Cut, 0, 0},
		"entities in a document":       {string(packed(t, "content.xml", `<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>`+documentXML("&d;"))), tracker.Unsafe, 0, 0},
		"an entity in a cell":          {string(document(t, documentSheet("a", "ta1", []string{"&own;"}))), tracker.Unsafe, 0, 0},
		"a document of depth":          {string(document(t, documentSheet("a", "ta1", []string{"<table:table-cell>" + repeat("<text:span>", large)}))), tracker.Broken, 0, 0},
		"a bomb in a document":         {string(document(t, "<table:table>"+repeat("<table:table-row></table:table-row>", 20<<20)+"</table:table>")), tracker.TooLarge, 0, 0},
		"a cell a million times":       {string(document(t, documentSheet("a", "ta1", []string{`<table:table-cell table:number-columns-repeated="1048576"><text:p>a</text:p></table:table-cell>`}))), tracker.TooMany, 1, 2_001},
		"a row a million times":        {string(document(t, `<table:table><table:table-row table:number-rows-repeated="1048576"><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table>`)), tracker.TooMany, 50_001, 0},
		"a hidden sheet too large":     {string(document(t, documentSheet("a", "ta2", []string{`<table:table-cell table:number-columns-repeated="3000"><text:p>a</text:p></table:table-cell>`}))), tracker.TooMany, 1, 2_001},
		"rows and cells many times":    {string(document(t, `<table:table><table:table-row table:number-rows-repeated="40000"><table:table-cell table:number-columns-repeated="1999"><text:p>a</text:p></table:table-cell></table:table-row></table:table>`)), tracker.TooMany, 301, 0},
		"a long text many times":       {string(document(t, documentSheet("a", "ta1", []string{`<table:table-cell table:number-columns-repeated="1999"><text:p>` + strings.Repeat("a ", 200_000) + `</text:p></table:table-cell>`}))), tracker.TooLarge, 1, 168},
		"a long text in many rows":     {string(document(t, `<table:table><table:table-row table:number-rows-repeated="40000"><table:table-cell><text:p>`+strings.Repeat("a ", 200_000)+`</text:p></table:table-cell></table:table-row></table:table>`)), tracker.TooLarge, 168, 0},
		"a cell of many paragraphs":    {string(document(t, documentSheet("a", "ta1", []string{"<table:table-cell>" + repeat("<text:p>a b c d e f g h i j k</text:p>", large) + "</table:table-cell>"}))), tracker.TooLarge, 1, 0},
		"rows without end":             {string(document(t, "<table:table>"+strings.Repeat(`<table:table-row table:number-rows-repeated="16777216"/>`, 20)+"</table:table>")), tracker.TooMany, 0, 0},
		"half a JSON":                  {`[{"number":7,"title":"a"},{"numb`, tracker.Cut, 0, 0},
		"no JSON":                      {`[{"number":7,"title":a}]`, tracker.Broken, 0, 0},
		"an empty JSON":                {`[]`, tracker.Empty, 0, 0},
		"numbers in a JSON":            {`[{"number":7,"title":"a"}, 1]`, tracker.Broken, 0, 0},
		"objects without end":          {"[" + repeat("{},", large) + "{}]", tracker.TooMany, 0, 0},
		"lists in lists":               {`{"a":` + repeat("[", large), tracker.TooMany, 0, 0},
		"a board that is none":         {`{"cards":1,"lists":[]}`, tracker.Broken, 0, 0},
		"a board without cards":        {`{"cards":[],"lists":[]}`, tracker.Empty, 0, 0},
	}
}

type badFile struct {
	data        string
	kind        tracker.Kind
	row, column int
}

// TestAPasswordIsNamed holds for workbooks that nobody can read without it, whose bytes are those of other files.
func TestAPasswordIsNamed(t *testing.T) {
	for name, data := range map[string]string{
		"Excel":            "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 512) + strings.Join(strings.Split("EncryptedPackage", ""), "\x00") + "\x00\x00",
		"LibreOffice":      string(packed(t, "content.xml", "\x01\x02", "META-INF/manifest.xml", `<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`)),
		"LibreOffice 24.8": string(packed(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "encrypted-package", "\x01\x02")),
	} {
		var e *tracker.Error
		if _, err := tracker.Read([]byte(data), tracker.Options{}); !errors.As(err, &e) || e.Kind != tracker.WrongFile || !strings.Contains(e.Problem, "password") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadFilesAreRefusedWithPlaceAndAdvice(t *testing.T) {
	for name, b := range bad(t) {
		t.Run(name, func(t *testing.T) {
			f, err := tracker.Read([]byte(b.data), tracker.Options{})
			var e *tracker.Error
			if !errors.As(err, &e) {
				t.Fatalf("read %d stories as %v, and no error of ours: %v", len(f.Stories), f.Format, err)
			}
			if e.Kind != b.kind || b.row > 0 && e.Row != b.row || b.column > 0 && e.Column != b.column {
				t.Errorf("%s in row %d, column %d (%v); want %s in row %d, column %d", e.Kind, e.Row, e.Column, e, b.kind, b.row, b.column)
			}
			if e.Problem == "" || !strings.HasSuffix(e.Advice, ".") || f != nil {
				t.Errorf("half an error: %v, file %v", e, f)
			}
		})
	}
}

// hard are large files that can be read, or not: what matters is what they take.
func hard(t testing.TB) map[string]string {
	t.Helper()
	files := map[string]string{
		"many short rows":      "Title,Issue key\n" + strings.Repeat("a b c d,b-1\n", 49_000),
		"many cells":           "Title,Issue key,a,b,c\n" + strings.Repeat(strings.Repeat(",", 1_500)+"\n", 5_000) + "x,y-1\n",
		"long descriptions":    "Summary,Issue key,Issue id,Description\n" + strings.Repeat("a,,1,"+repeat("[a|b] *c* {d} ", 60_000)+"\n", 60),
		"open brackets":        "Summary,Issue key,Issue id,Description\n" + strings.Repeat("a,,1,"+repeat("[", 60_000)+"\n", 60),
		"open stars":           "Summary,Issue key,Issue id,Description\n" + strings.Repeat("a,,1,"+repeat(" *a", 60_000)+"\n", 60),
		"open Markdown":        "Issue ID,Title,Created At (UTC),Description\n" + strings.Repeat("1,a,,"+repeat("](", 60_000)+"\n", 60),
		"open HTML":            "ID,Work Item Type,Title,Description\n" + strings.Repeat("1,Bug,a,"+repeat("<a<b", 60_000)+"\n", 60),
		"lists in HTML":        "ID,Work Item Type,Title,Description\n" + strings.Repeat("1,Bug,a,"+repeat("<ul><li>", 60_000)+"\n", 60),
		"links in HTML":        "ID,Work Item Type,Title,Description\n" + strings.Repeat("1,Bug,a,"+repeat("<a href=http://a.b>", 60_000)+"\n", 60),
		"UTF-16":               "\xFF\xFE" + strings.Repeat("a\x00,\x00b\x00 \x00c\x00\n\x00", 49_000),
		"long UTF-16":          "\xFF\xFE" + strings.Repeat("\x2F\x66", 500) + strings.Repeat(strings.Repeat("\x2F\x66", 4_000)+"\n\x00", 1_000),
		"broken letters":       "Title;Key\n" + strings.Repeat(strings.Repeat("\xE4\xFF", 200)+";b-1\n", 9_000),
		"quotes everywhere":    "Title,Issue key\n" + strings.Repeat(`"a ""b"" `+repeat(`""`, 300)+`",b-1`+"\n", 9_000),
		"stray quotes":         "Title,Issue key\n" + strings.Repeat(`"a" b,c-1`+"\n", 40_000),
		"a large board":        `{"lists":[],"cards":[` + strings.Repeat(`{"name":"a b c","customFieldItems":[{},{},{},{}]},`, 49_000) + `{"name":"x"}]}`,
		"members of a JSON":    `[{"title":"a b"` + strings.Repeat(`,"title":"a"`, 700_000) + `}]`,
		"names in a JSON":      `[{"title":"a b"` + manyMembers(1_900) + `}]`,
		"fields of a JSON":     "[" + strings.Repeat(`{"fields":{"a":1`+manyMembers(1_990)+`}`+strings.Repeat(`,"z":1`, 1_990)+`},`, 280) + `{}]`,
		"an issue of fields":   "<rss version='0.92'><channel><item><summary>a b</summary>" + repeat("<key>a</key>", large/2) + "</item></channel></rss>",
		"a rich workbook":      string(workbook(t, `<worksheet><row><c t="inlineStr"><is><t>Title</t></is></c></row>`+repeat(`<row><c t="inlineStr"><is><t>a b c d e f</t></is></c></row>`, 2<<20)+"</worksheet>", "<sst/>")),
		"the same text":        string(workbook(t, `<worksheet>`+repeat(`<row><c t="s"><v>0</v></c></row>`, 1<<20)+"</worksheet>", "<sst><si><t>"+strings.Repeat("a b ", 200_000)+"</t></si></sst>")),
		"escapes in a text":    string(workbook(t, `<worksheet><row><c t="s"><v>0</v></c></row><row><c t="s"><v>0</v></c></row></worksheet>`, "<sst><si><t>"+strings.Repeat("_x0041_", 140_000)+"</t></si></sst>")),
		"lines with brackets":  strings.Repeat(repeat("[", 900_000)+"\n", 4),
		"lines with dashes":    strings.Repeat(repeat("- ", 900_000)+"\n", 4),
		"a header of tabs":     "title\tkey" + strings.Repeat("\ta", 1_900) + "\n" + strings.Repeat("a\n", 5_000),
		"links below bars":     "|title|\n|-|\n|" + strings.Repeat("a|", 1_900) + "\n" + strings.Repeat("|[a](http://b)|\n", 5_000),
		"one line of bars":     "|title|\n|-|\n" + strings.Repeat("|", 590_000) + "\n",
		"columns of a JSON":    `{"title":[0` + strings.Repeat(strings.Repeat(",0", 40_000)+`],"a":[0`, 40) + strings.Repeat(",0", 40_000) + "]}",
		"rows of a JSON":       "{" + strings.TrimPrefix(strings.Repeat(`,"a":{"title":1`+strings.Repeat(`,"b":0`, 900)+"}", 900), ",") + "}",
		"answers in answers":   strings.Repeat(`{"_embedded":`, 9_000) + `{"elements":[{"subject":"` + repeat("a b ", large) + `"}]}` + strings.Repeat("}", 9_000),
		"links of a JSON":      "[" + strings.Repeat(`{"subject":"a b","_links":{`+strings.TrimPrefix(strings.Repeat(`,"type":{"title":"a"}`, 1_900), ",")+`}},`, 100) + `{}]`,
		"merged cells":         string(workbook(t, `<worksheet><sheetData><row r="1">`+strings.Repeat(`<c t="inlineStr"><is><t>status</t></is></c>`, 1_900)+`</row><row r="2"><c t="inlineStr"><is><t>a</t></is></c></row>`+repeat(`<row><c r="B3"><v>1</v></c></row>`, 1<<19)+"</sheetData>"+repeat(`<mergeCell ref="A2:XFD1048576"/>`, 3<<20)+"</worksheet>", "<sst/>")),
		"spaces in a document": string(document(t, documentSheet("a", "ta1", []string{"Title"}, []string{"<table:table-cell><text:p>" + repeat(`<text:s text:c="1000000000"/>`, 8<<20) + "a b</text:p></table:table-cell>"}))),
		"spaces in many cells": string(document(t, documentSheet("a", "ta1", []string{"Title"})+"<table:table>"+repeat(`<table:table-row><table:table-cell><text:p>a<text:s text:c="1000"/>b</text:p></table:table-cell></table:table-row>`, 4<<20)+"</table:table>")),
		"merged in a document": string(document(t, `<table:table>`+repeat(`<table:table-row><table:table-cell table:number-rows-spanned="16777216"><text:p>status</text:p></table:table-cell></table:table-row>`, 3<<20)+"</table:table>")),
		"styles in a document": string(packed(t, "content.xml", "<office:document-content>"+repeat(`<style:style style:name="a"><style:table-properties table:display="false"/></style:style>`, 6<<20)+"</office:document-content>")),
		"sheets in a document": string(document(t, strings.Repeat(documentSheet("a", "ta2", []string{"a b c d"}), 2_500)+strings.Repeat(documentSheet("a", "ta1", []string{`<table:table-cell table:number-columns-repeated="1900"><text:p>a b c</text:p></table:table-cell>`}), 2_500))),
		"a row in many sheets": string(document(t, documentSheet("a", "ta1", []string{"a"})+strings.Repeat(`<table:table><table:table-row table:number-rows-repeated="49990"><table:table-cell table:number-columns-repeated="11"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`, 1_900))),
		"many rows of a sheet": string(document(t, `<table:table>`+strings.Repeat(`<table:table-row table:number-rows-repeated="290"><table:table-cell table:number-columns-repeated="1900"><text:p>a b</text:p></table:table-cell></table:table-row></table:table><table:table>`, 40)+"</table:table>")),
		"lines of a frame":     "+-----+-----+\n| key | title |\n+-----+-----+\n| a | b c |\n+-----+-----+\n" + strings.Repeat("|     | a cell of many lines, each of which is put behind the others "+strings.Repeat("x", 60)+" |\n", 49_000) + "+-----+-----+\n",
		"bars in a frame":      "+-----+-----+\n" + strings.Repeat("|a", 1_900) + "|\n+-----+-----+\n" + strings.Repeat("|", 3<<20) + "\n",
		"a header of a frame":  "+-----+-----+\n" + strings.Repeat("|", 9<<20) + "\n+-----+-----+\n",
		"a frame of bars":      "+-----+-----+\n" + strings.Repeat(strings.Repeat("|a", 1_900)+"|\n", 2_400) + "+-----+-----+\n",
		"short lines of a row": "+-----+-----+\n| key | title |\n+-----+-----+\n" + strings.Repeat("|\n"+strings.Repeat("a\n", 8_000), 300),
		"lines of Markdown":    "| key | title |\n|-----|-------|\n" + strings.Repeat("| a\n"+strings.Repeat("a\n", 8_000), 300),
		"rules":                strings.Repeat("+-----+-----+\n", 600_000),
		"dashes":               "Key  Title" + strings.Repeat("  ab", 1_900) + "\n---  -----" + strings.Repeat("  --", 1_900) + "\n" + strings.Repeat("a\n", 40_000),
		"bars":                 "|a|b|\n|-|-|\n" + strings.Repeat("|"+strings.Repeat("a|", 1_000)+"\n", 500),
	}
	for name, b := range bad(t) {
		if len(b.data) > 1<<20 {
			files["refused: "+name] = b.data
		}
	}
	for name := range files {
		if len(files[name]) > tracker.MaxBytes+1 {
			t.Fatalf("%s has %d bytes", name, len(files[name]))
		}
	}
	return files
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"m%d":"a"`, i)
	}
	return b.String()
}

// peak is how much the reachable part of the heap grew at most while do ran.
func peak(do func()) uint64 {
	debug.FreeOSMemory() // collects first
	before := reachable()
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		highest := uint64(0)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				most <- highest
				return
			case <-tick.C:
				highest = max(highest, reachable())
			}
		}
	}()
	do()
	close(stop)
	return max(<-most, before) - before
}

// reachable is what the last collection has found in use, in bytes. What is allocated counts garbage too, which is much where the collector gets little of a loaded machine's time.
func reachable() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return live[0].Value.Uint64()
}
