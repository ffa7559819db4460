package httpapi_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"
)

// zipped is a ZIP of parts: names and contents in turn.
func zipped(t testing.TB, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(part, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// workbookOf is the smallest workbook with such a sheet.
func workbookOf(t testing.TB, sheet string) string {
	t.Helper()
	return zipped(t,
		"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", sheet)
}

func TestBadFilesAreRefusedAndChangeNothing(t *testing.T) {
	const header = "Title,Issue key,Story Points\n"
	s := start(t)
	w := newWorld(t, s, "stories")
	for name, c := range map[string]struct {
		file, reason string
		row, column  float64 // 0: nowhere in particular
	}{
		"a line of 9 MB":              {strings.Repeat("a", 9<<20), "too_large", 1, 0},
		"100,000 rows":                {header + strings.Repeat("a,b-1,\n", 100_000), "too_many", 50_001, 0},
		"5,000 columns":               {"Title" + strings.Repeat(",a", 5_000) + "\nx\n", "too_many", 1, 2_001},
		"quotes that never end":       {header + "x,\"BOAT-7,5\ny,BOAT-8,\n", "cut", 2, 2},
		"nested quotes that do not":   {header + strings.Repeat(`"a"b,`, 1<<20), "too_large", 2, 0},
		"a bomb in a workbook":        {workbookOf(t, strings.Repeat("<row></row>", 6<<20)), "too_large", 0, 0},
		"billion laughs":              {`<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><rss version="0.92"><channel><item><key>&lol2;</key></item></channel></rss>`, "unsafe", 0, 0},
		"an external entity":          {`<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss version="0.92"/>`, "unsafe", 0, 0},
		"UTF-16 cut in a letter":      {"\xFF\xFET\x00i\x00t", "cut", 0, 0},
		"a file cut in the middle":    {"Title,Issue key,Issue Type,Story Points,Sprint\na,A-1,Bug,1,x\nb,A-2,Bug,2,x\nc,A-", "cut", 4, 2},
		"a workbook cut short":        {workbookOf(t, "<worksheet/>")[:200], "cut", 0, 0},
		"an old Word or Excel":        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 512), "wrong_file", 0, 0},
		"a new Word":                  {zipped(t, "word/document.xml", "<w/>"), "wrong_file", 0, 0},
		"a PDF":                       {"%PDF-1.7\n%âãÏÓ\n", "wrong_file", 0, 0},
		"a PNG":                       {"\x89PNG\r\n\x1a\n\x00\x00", "wrong_file", 0, 0},
		"a page that calls itself so": {"<html><head><title>Jira</title>", "wrong_file", 0, 0},
		"nothing":                     {"", "empty", 0, 0},
		"a header only":               {header, "empty", 1, 0},
	} {
		before := w.state(t)
		for _, query := range []string{"", "&dry_run=true"} {
			got := s.importing(t, w.master, query+"&name=export.xls", c.file)
			isProblem(t, got, http.StatusUnprocessableEntity)
			if got.text("error") != "File not understood" || got.text("reason") != c.reason {
				t.Errorf("%s: %s", name, got.body)
			}
			row, _ := got.json["row"].(float64)
			column, _ := got.json["column"].(float64)
			if row != c.row && c.row > 0 || column != c.column && c.column > 0 {
				t.Errorf("%s: in row %v, column %v; want %v, %v: %s", name, row, column, c.row, c.column, got.body)
			}
		}
		if w.state(t) != before {
			t.Errorf("%s changed something", name)
		}
	}
}

func TestImportOfUTF16(t *testing.T) {
	s := start(t)
	for name, mark := range map[string]string{"with a mark": "\xFF\xFE", "without": ""} {
		who := s.create(t, createBody)
		var file strings.Builder
		file.WriteString(mark)
		for _, r := range "Title\tIssue key\r\nZeit für mehr\tP-1\r\nAnother one\tP-2\r\n" {
			file.WriteString(string([]byte{byte(r), byte(r >> 8)}))
		}
		got := s.imported(t, who, "", file.String())
		if titles := s.titles(t, who.session); titles != "Zeit für mehr|Another one" {
			t.Errorf("%s: %s after %s", name, titles, got.body)
		}
	}
}

// endless begins an upload that does not end by itself. It returns when the server reads it. The place of a request that was answered a moment ago may be in the way, so it tries again.
func (s *server) endless(t *testing.T, who seat, from string) (end func()) {
	t.Helper()
	for limit := time.After(patience); ; {
		end, read := s.beginUpload(t, who, from)
		if read {
			return end
		}
		end()
		select {
		case <-limit:
			t.Fatalf("an upload from %s is not read", from)
		default:
		}
	}
}

// beginUpload sends the head of an upload and says whether the server has begun to read its body, which the server says by 100 Continue.
func (s *server) beginUpload(t *testing.T, who seat, from string) (end func(), read bool) {
	t.Helper()
	begun := make(chan struct{})
	ctx, cancel := context.WithCancel(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(begun) }}))
	body, feed := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/sessions/"+who.session+"/stories/import?user_id="+who.user, body)
	if err != nil {
		t.Fatal(err)
	}
	as(who)(req)
	req.Header.Set("X-Forwarded-For", from)
	req.Header.Set("Expect", "100-continue")
	done := make(chan struct{})
	go func() {
		defer close(done)
		if resp, err := patient.RoundTrip(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	end = func() {
		cancel()
		_ = feed.Close()
		<-done
	}
	select {
	case <-begun:
		return end, true
	case <-done:
		return end, false
	}
}

// patient sends no body before the server asks for it.
var patient = &http.Transport{ExpectContinueTimeout: patience, DisableKeepAlives: true}

// Some who do not get on with their files keep nobody of another address from theirs, and make room when they go.
func TestFilesAreReadFewAtOnce(t *testing.T) {
	s := start(t)
	who := s.create(t, createBody)
	status := func(from string) int {
		return s.importing(t, who, "&dry_run=true", backlogFile, header("X-Forwarded-For", from)).status
	}
	until := func(from string, want int) {
		t.Helper()
		limit := time.After(patience)
		for status(from) != want {
			select {
			case <-limit:
				t.Fatalf("an import from %s is not answered with %d", from, want)
			default:
			}
		}
	}
	var ends []func()
	for range 4 {
		ends = append(ends, s.endless(t, who, "192.0.2.1"))
	}
	until("192.0.2.1", http.StatusTooManyRequests)
	until("192.0.2.2", http.StatusOK)
	for range 4 {
		ends = append(ends, s.endless(t, who, "192.0.2.2"))
	}
	until("192.0.2.3", http.StatusServiceUnavailable)
	for _, end := range ends {
		end()
	}
	until("192.0.2.1", http.StatusOK)
	until("192.0.2.3", http.StatusOK)
}
