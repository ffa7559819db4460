package tracker

import (
	"bytes"
	"fmt"
	"strings"
)

// wrongKinds are the beginnings of files that hold no list of stories, and what they are.
var wrongKinds = []struct{ beginning, what string }{
	{"\xD0\xCF\x11\xE0", "a file of an old Excel, Word or Outlook (.xls, .doc, .msg)"},
	{"%PDF", "a PDF"},
	{"\x89PNG", "a picture (PNG)"},
	{"\xFF\xD8\xFF", "a picture (JPEG)"},
	{"GIF8", "a picture (GIF)"},
	{"RIFF", "a picture, a sound or a film"},
	{"{\\rtf", "a text of a word processor (RTF)"},
	{"\x1F\x8B", "a packed file (gzip)"},
	{"7z\xBC\xAF", "a packed file (7z)"},
	{"Rar!", "a packed file (RAR)"},
	{"SQLite format 3", "a database"},
}

// encryptedPackage is the name under which Excel keeps a workbook with a password, in UTF-16.
var encryptedPackage = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")

func withPassword() error {
	return &Error{Kind: WrongFile, Problem: "the file is protected by a password", Advice: "Save it without one, and import it again."}
}

// refuseBinary refuses what is known by its first bytes.
func refuseBinary(data []byte) error {
	if bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")) && bytes.Contains(data, encryptedPackage) {
		return withPassword()
	}
	for _, kind := range wrongKinds {
		if bytes.HasPrefix(data, []byte(kind.beginning)) {
			return wrongFile("the file is "+kind.what, "")
		}
	}
	return nil
}

// refuseText refuses texts that are no list: nothing, pages, programs' files.
func refuseText(text string) error {
	beginning := strings.TrimLeft(text[:min(len(text), 64<<10)], " \t\r\n\uFEFF")
	switch {
	case beginning == "" && strings.TrimSpace(text) == "":
		return &Error{Kind: Empty, Problem: "the file is empty", Advice: "Export the list again, or paste its lines."}
	case isHTML(beginning):
		return wrongFile("the file is a web page (HTML), whatever its name says", beginning)
	case strings.IndexByte(text, 0) >= 0:
		return wrongFile("the file is not text", "")
	}
	return nil
}

func isHTML(beginning string) bool {
	lower := strings.ToLower(beginning[:min(len(beginning), 4096)])
	if strings.HasPrefix(lower, "<?xml") {
		_, lower, _ = strings.Cut(lower, "?>")
		lower = strings.TrimLeft(lower, " \t\r\n")
	}
	for _, start := range []string{"<!doctype html", "<html", "<head", "<body", "<table", "<tr", "<meta", "<div", "<style"} {
		if rest, ok := strings.CutPrefix(lower, start); ok && (rest == "" || strings.ContainsRune(" \t\r\n/>", rune(rest[0]))) { // people name components as <TreeView>
			return true
		}
	}
	isHeading := strings.HasPrefix(lower, "<h1") || strings.HasPrefix(lower, "<h2") // as Markdown may have too
	return strings.HasPrefix(lower, "<!--") && strings.Contains(lower, "<html") || isHeading && (strings.Contains(lower, "<table") || strings.Contains(lower, "<li"))
}

// wrongFile says what to export instead, for the tracker that is mentioned in the file, or else for all.
func wrongFile(problem, beginning string) *Error {
	return &Error{Kind: WrongFile, Problem: problem, Advice: "Export the list as CSV (or XLSX) instead. " + menusFor(strings.ToLower(beginning))}
}

func menusFor(beginning string) string {
	var all, fitting []string
	for _, f := range formats {
		if f.menu == "" || f.container == containerLines {
			continue
		}
		line := fmt.Sprintf("%s: %s.", f.tracker, f.menu)
		all = append(all, line)
		if beginning != "" && strings.Contains(beginning, strings.ToLower(f.tracker)) {
			fitting = append(fitting, line)
		}
	}
	if len(fitting) > 0 {
		return strings.Join(fitting, " ")
	}
	return strings.Join(all, " ")
}
