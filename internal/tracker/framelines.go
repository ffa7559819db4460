package tracker

import (
	"strings"
	"unicode/utf8"
)

// frameLine is a line of a framed table.
type frameLine struct {
	text   string
	number int
	isRule bool
}

// frameText takes the lines of a text that may be a framed table.
type frameText struct {
	lines        []frameLine // of the frame, and those within it
	above, below int         // how many others there are
	ruled        bool        // a rule was there
	bars         int         // how many the header has
	open         int         // how many bars the last row lacks, at least one if its end is none; 0 if it is whole
	joined       int         // lines that go on with that row
}

// frameLines are the lines of a frame and those within it, and how many stand above and below. If those have marks of a list, or are many, they are the stories, and the frame is around a heading.
func frameLines(text string, enc *encoding) (lines []frameLine, above, below int, ok bool) {
	var f frameText
	number := 0
	for line := range strings.Lines(text) {
		number++
		if !f.take(printed(line, enc), number) || len(f.lines) > MaxRows || max(f.above, f.below) > maxPreface {
			return nil, 0, 0, false
		}
	}
	return f.lines, f.above, f.below, f.ruled
}

// take is false if the line is none that stands by a table.
func (f *frameText) take(line string, number int) bool {
	isRule := isFrameRule(line)
	switch {
	case line == "" || f.goesOn(line, isRule):
	case isRule || strings.ContainsFunc(line, isBar):
		if !isRule && !f.ruled { // the header of psql, whose frame begins below it
			f.above += len(f.lines)
			f.lines = nil
		}
		f.ruled = f.ruled || isRule
		f.lines = append(f.lines, frameLine{line, number, isRule})
		f.open, f.joined = 0, 0
		if !isRule && startsWithBar(line) {
			f.count(line)
		}
	case f.ruled && counted.MatchString(line):
	case isMarked(strings.TrimSpace(line)) || !f.ruled && isFirstOfTable(strings.TrimSpace(line)) && !prompt.MatchString(line):
		return false
	case f.ruled:
		f.below++
	default:
		f.above++
	}
	return true
}

// goesOn puts a line into the row above if that is not at its end: mysql prints a cell with line breaks as it is.
func (f *frameText) goesOn(line string, isRule bool) bool {
	if f.open == 0 || isRule || startsWithBar(line) || f.joined == maxJoined {
		return false
	}
	last := &f.lines[len(f.lines)-1]
	if len(last.text) > maxLine {
		return false
	}
	last.text += " " + line
	f.joined++
	f.lacks(f.open-countBars(line), line)
	return true
}

// count notes how many bars a row lacks. The first row is the header, unless it is a heading over all columns.
func (f *frameText) count(row string) {
	n := countBars(row)
	if f.bars <= 2 {
		f.bars = n
	}
	f.lacks(f.bars-n, row)
}

func (f *frameText) lacks(bars int, line string) {
	f.open = max(bars, 0)
	if last, _ := utf8.DecodeLastRuneInString(line); !isBar(last) {
		f.open = max(f.open, 1)
	}
}

func startsWithBar(line string) bool { return strings.IndexFunc(line, isBar) == 0 }
