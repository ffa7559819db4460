package tracker

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

const (
	maxParts    = 2_000    // files in a workbook
	maxUnpacked = 64 << 20 // bytes of its parts that are read, unpacked
	leastLimit  = 16 << 20 // what even a small workbook may unpack to
	packedRatio = 10       // and beyond that, how much each byte may become
)

func isZip(data []byte) bool {
	return bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06"))
}

// archive is a ZIP whose parts are read one by one, each bounded by what the file says of its size before it is unpacked.
type archive struct {
	reader *zip.Reader
	parts  map[string]*zip.File
	left   uint64 // bytes that may still be unpacked
}

// newArchive looks into the archive's list of contents, and unpacks nothing.
func newArchive(data []byte) (*archive, error) {
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, &Error{Kind: Cut, Problem: "the file is a packed one (XLSX, ODS or ZIP) that ends in the middle or is broken", Advice: "Save or export it again."}
	}
	if len(reader.File) > maxParts {
		return nil, &Error{Kind: TooMany, Problem: fmt.Sprintf("the file has %d files packed in it", len(reader.File)), Advice: "Save the sheet with the list alone."}
	}
	a := &archive{reader: reader, parts: map[string]*zip.File{}, left: min(maxUnpacked, uint64(leastLimit+packedRatio*len(data)))}
	for _, f := range reader.File {
		a.parts[partName(f.Name)] = f
	}
	return a, nil
}

// partName is a part's name as it is compared: some programs write SharedStrings.xml, or a backslash between folders.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

func (a *archive) part(name string) *zip.File { return a.parts[partName(name)] }

// openPacked reads a workbook, whichever program's it is.
func openPacked(data []byte) (*opened, error) {
	a, err := newArchive(data)
	switch {
	case err != nil:
		return nil, err
	case a.part("xl/workbook.xml") != nil:
		return openWorkbook(a, data)
	case a.part("content.xml") != nil:
		return openDocument(a, data)
	case a.part("encrypted-package") != nil:
		return nil, withPassword()
	}
	return nil, wrongFile(a.kind(), "")
}

// kind says what an archive is that is no workbook we read.
func (a *archive) kind() string {
	var all strings.Builder
	for _, f := range a.reader.File {
		all.WriteString(f.Name + "\n")
	}
	switch names := all.String(); {
	case strings.Contains(names, "word/"):
		return "the file is a Word document"
	case strings.Contains(names, "ppt/"):
		return "the file is a presentation"
	case strings.Contains(names, "xl/workbook.bin"):
		return "the file is a binary Excel workbook (.xlsb); save it as XLSX or CSV"
	case strings.Contains(names, "Index/") && strings.Contains(names, ".iwa"):
		return "the file is one of Numbers, Pages or Keynote; export it as CSV or Excel"
	case strings.Contains(names, ".csv"):
		return "the file is a ZIP with CSV files in it; unpack it, and import one of them"
	}
	return "the file is a ZIP and no workbook"
}

// open gives a part of the archive, if its size fits into what is left. An archive that lies about the size ends there.
func (a *archive) open(name string) (*xmlReader, io.Closer, error) {
	part := a.part(name)
	if part == nil {
		return nil, nil, nil
	}
	if part.UncompressedSize64 > a.left {
		return nil, nil, &Error{
			Kind: TooLarge, Problem: fmt.Sprintf("the workbook would unpack to more than %d MB", min(maxUnpacked, part.UncompressedSize64)>>20),
			Advice: "Save only the sheet with the list, or save it as CSV.",
		}
	}
	a.left -= part.UncompressedSize64
	content, err := part.Open()
	if err != nil {
		return nil, nil, brokenPart(name)
	}
	limited := io.LimitReader(content, int64(part.UncompressedSize64))
	return newXMLReader(bufio.NewReaderSize(limited, 64<<10), name), content, nil
}

func brokenPart(name string) error {
	return &Error{Kind: Broken, Problem: "the workbook's part " + name + " cannot be read", Advice: "Save it again, or save it as CSV."}
}

// each reads a part to its end.
func (a *archive) each(name string, take func(*xmlReader, xml.Token) error) error {
	x, content, err := a.open(name)
	if err != nil || x == nil {
		return err
	}
	defer content.Close()
	return x.each(take)
}
