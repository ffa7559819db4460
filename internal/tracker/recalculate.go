package tracker

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// errFormula ends the search for one.
var errFormula = errors.New("a formula")

// calculatedAnew is the part of a workbook that says how it is calculated, which asks for it when the workbook is opened: a sum of the points would be shown as it was before. It is nil if no sheet has a formula, if
// it says so already, or if there is no such setting.
func calculatedAnew(w *workbook) ([]byte, error) {
	part := w.part("xl/workbook.xml")
	if part == nil || !w.hasFormulas() {
		return nil, nil
	}
	source, err := contentOf(part)
	if err != nil {
		return nil, err
	}
	var place splice
	x := newXMLReader(bytes.NewReader(source), part.Name)
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if t, ok := token.(xml.StartElement); ok && t.Name.Local == "calcPr" {
			place = splice{x.offset, x.decoder.InputOffset(), ""}
			place.text = asking(string(source[place.from:place.to]), attribute(t, "fullCalcOnLoad"))
		}
	}
	if place.text == "" {
		return nil, nil
	}
	content, _ := spliced(source, []splice{place})
	return content, nil
}

// asking is the tag of the setting with the wish in it; empty if it has it already.
func asking(tag, before string) string {
	switch before {
	case "1", "true":
		return ""
	case "":
		end := strings.IndexAny(tag, " \t\r\n/>")
		return tag[:end] + ` fullCalcOnLoad="1"` + tag[end:]
	}
	at := strings.Index(tag, "fullCalcOnLoad")
	return tag[:at] + strings.Replace(tag[at:], before, "1", 1)
}

// hasFormulas reports whether a sheet has a formula, as far as they can be read.
func (w *workbook) hasFormulas() bool {
	sheets, err := w.sheets()
	if err != nil {
		return false
	}
	for _, s := range sheets {
		err := w.each(s.part, func(_ *xmlReader, token xml.Token) error {
			if t, ok := token.(xml.StartElement); ok && t.Name.Local == "f" {
				return errFormula
			}
			return nil
		})
		if errors.Is(err, errFormula) {
			return true
		}
	}
	return false
}
