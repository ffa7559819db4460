package tracker

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Result is a story with what became of it, as files of our own making have it.
type Result struct {
	Key      string
	Title    string
	Type     string
	Estimate string   // Estimate is a card's value; empty is none.
	Average  *float64 // Average is that of the last round; nil where nobody played a number.
	Votes    int      // Votes are those of the last round.
	Rounds   int      // Rounds are those that were completed.
	Seconds  float64  // Seconds are how long all rounds took.
	URL      string
}

// CSV is a table of the results: UTF-8 without a byte order mark, commas, quotes where they are needed, lines that end in CR LF (RFC 4180). A cell
// that a spreadsheet would run as a formula begins with an apostrophe.
func CSV(results []Result) []byte {
	rows := [][]string{{"key", "title", "type", "estimate", "average", "votes", "rounds", "seconds", "url"}}
	for _, r := range results {
		average := ""
		if r.Average != nil {
			average = shortNumber(*r.Average)
		}
		rows = append(rows, []string{
			r.Key, r.Title, r.Type, r.Estimate, average, strconv.Itoa(r.Votes), strconv.Itoa(r.Rounds), strconv.FormatFloat(r.Seconds, 'f', 0, 64), r.URL,
		})
	}
	return table2CSV(rows)
}

// JiraCSV is the smallest file by which Jira's importer updates issues: key, summary and points of the results that have a key and a number. The
// importer asks which field each column is.
func JiraCSV(results []Result) []byte {
	rows := [][]string{{"Issue Key", "Summary", "Story Points"}}
	for _, r := range results {
		if value, ok := writable(r.Estimate); ok && isNumeric(value) && r.Key != "" {
			rows = append(rows, []string{r.Key, r.Title, value})
		}
	}
	return table2CSV(rows)
}

// The fields that hold the points in Azure DevOps, by the process of a project.
const (
	AzureAgile = "Story Points" // AzureAgile is for the Agile process.
	AzureScrum = "Effort"       // AzureScrum is for the Scrum process, and for Basic.
	AzureCMMI  = "Size"         // AzureCMMI is for the CMMI process.
)

// AzureCSV is the smallest file by which Azure DevOps updates work items: ID, type, title and points of the results that have a number as their
// key and as their points. The field is one of [AzureAgile], [AzureScrum] and [AzureCMMI]; empty is the first.
func AzureCSV(results []Result, field string) []byte {
	if field == "" {
		field = AzureAgile
	}
	rows := [][]string{{"ID", "Work Item Type", "Title", field}}
	for _, r := range results {
		value, ok := writable(r.Estimate)
		if _, err := strconv.ParseUint(r.Key, 10, 63); ok && isNumeric(value) && err == nil {
			rows = append(rows, []string{r.Key, r.Type, r.Title, value})
		}
	}
	return table2CSV(rows)
}

func table2CSV(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for i, row := range rows {
		if i > 0 {
			for j := range row {
				row[j] = guarded(row[j])
			}
		}
		_ = w.Write(row) // a buffer takes everything
	}
	w.Flush()
	return b.Bytes()
}

// guarded puts an apostrophe before what a spreadsheet would run. A negative number is none of that.
func guarded(cell string) string {
	if cell == "" || isNumeric(cell) && cell[0] != '+' {
		return cell
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, " "))
	if strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) || strings.ContainsRune("\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func shortNumber(n float64) string {
	text := strconv.FormatFloat(n, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// Markdown is a summary to paste: how much was estimated, and a table. Nothing of a title is taken for markup.
func Markdown(name string, results []Result) string {
	var b strings.Builder
	estimated, sum, numbers := 0, 0.0, 0
	for _, r := range results {
		if r.Estimate != "" {
			estimated++
		}
		if n, ok := number(r.Estimate); ok {
			sum += n
			numbers++
		}
	}
	fmt.Fprintf(&b, "## %s\n\n%d of %d stories estimated", escapedMarkdown(name), estimated, len(results))
	if numbers > 0 {
		fmt.Fprintf(&b, ", %s points", shortNumber(sum))
	}
	b.WriteString(".\n\n| Key | Story | Estimate | Average | Votes | Rounds |\n| --- | --- | ---: | ---: | ---: | ---: |\n")
	for _, r := range results {
		average := ""
		if r.Average != nil {
			average = shortNumber(*r.Average)
		}
		key := escapedMarkdown(r.Key)
		if address := webAddress(r.URL); address != "" && key != "" {
			key = fmt.Sprintf("[%s](<%s>)", key, strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", `\`, "%5C").Replace(address))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %d | %d |\n", key, escapedMarkdown(r.Title), escapedMarkdown(r.Estimate), average, r.Votes, r.Rounds)
	}
	return b.String()
}

// escapedMarkdown is a text that stands as it is in a cell of a table.
func escapedMarkdown(text string) string {
	var b strings.Builder
	for _, r := range oneLine(text) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case strings.ContainsRune("\\|*_`[]~#!", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
