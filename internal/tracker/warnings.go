package tracker

import "fmt"

// Warning is what people should know about a file as it was read.
type Warning struct {
	Code string // Code says which it is, one of [WarningCodes], for whoever has words of their own.
	N    int    // N is how many rows, stories, sheets or formulas it is about; 0 where it counts nothing.
	Max  int    // Max is how many there may be, or are: of characters, or of stories.
	Row  int    // Row is the first that it is about, counted from 1; 0 for none.
	Name string // Name is that of a sheet, a column or a cell; empty for none.
	Text string // Text is the whole in English.
}

// String is the warning in English.
func (w Warning) String() string { return w.Text }

// MarshalText makes a warning the same in JSON. It never fails.
func (w Warning) MarshalText() ([]byte, error) { return []byte(w.Text), nil }

// The codes of warnings.
const (
	otherSheet     = "other_sheet"
	brokenLetters  = "broken_letters"
	guessedLetters = "guessed_letters"
	wrappedRows    = "wrapped_rows"
	looseQuotes    = "loose_quotes"
	guessedTitle   = "guessed_title"
	noResults      = "no_results"
	noTitleColumn  = "no_title"
	longRows       = "long_rows"
	cutTitles      = "cut_titles"
	cutTexts       = "cut_descriptions"
	cutKeys        = "cut_keys"
	roundedKeys    = "rounded_keys"
	tooManyStories = "too_many"
	onePage        = "one_page"
	notWhole       = "not_whole"
	guessedKeys    = "guessed_keys"
	leftOutSums    = "sums"
	notWritten     = "not_written"
)

// WarningCodes are all that [Read] has.
func WarningCodes() []string {
	return []string{
		otherSheet, brokenLetters, guessedLetters, wrappedRows, looseQuotes, guessedTitle, noResults, noTitleColumn,
		longRows, cutTitles, cutTexts, cutKeys, roundedKeys, tooManyStories, onePage, notWhole, guessedKeys, leftOutSums, notWritten,
	}
}

func warnOfBrokenLetters() Warning {
	return Warning{Code: brokenLetters, Text: "Some letters of the file are broken and shown as �."}
}

// warnings are what was noticed, each once.
func (b *builder) warnings(before []Warning) []Warning {
	w := append([]Warning{}, before...)
	c := b.counts
	add := func(said Warning, text string, values ...any) {
		if said.N > 0 {
			said.Text = fmt.Sprintf(text, values...)
			w = append(w, said)
		}
	}
	if len(b.columns[Title]) == 0 {
		w = append(w, Warning{Code: noTitleColumn, Text: "No column for the title was found: choose one."})
	}
	add(Warning{Code: longRows, N: c.long, Row: c.longFirst}, "%s more cells than the header, the first is row %d: check its columns.", rowsHave(c.long), c.longFirst)
	add(Warning{Code: cutTitles, N: c.titles, Max: MaxTitle, Row: c.titlesFirst}, "%s a title of more than %d characters, which was cut; the first is row %d.", rowsHave(c.titles), MaxTitle, c.titlesFirst)
	add(Warning{Code: cutTexts, N: c.texts, Max: MaxDescription}, "%s a description of more than %d characters, which was cut.", rowsHave(c.texts), MaxDescription)
	add(Warning{Code: cutKeys, N: c.keys, Max: MaxKey}, "%s a key of more than %d characters, which was cut.", rowsHave(c.keys), MaxKey)
	add(Warning{Code: roundedKeys, N: c.rounded}, "%s a key that a spreadsheet has rounded, such as 1.2E+15. It was left out: export the list again, and import it as it is.", rowsHave(c.rounded))
	add(Warning{Code: leftOutSums, N: b.totals.left, Row: b.totals.first}, "%s", b.totals.leftOut())
	if n := len(b.file.Stories); n > MaxStories {
		add(Warning{Code: tooManyStories, N: n, Max: MaxStories}, "The file has %d stories, and a session takes %d: choose by type, status or sprint.", n, MaxStories)
	}
	return w[:min(len(w), maxWarnings)]
}

func rowsHave(n int) string {
	if n == 1 {
		return "One row has"
	}
	return fmt.Sprintf("%d rows have", n)
}
