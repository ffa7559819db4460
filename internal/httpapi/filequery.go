package httpapi

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/magnapp/magnapp/internal/tracker"
)

// The query parameters of an import, beside those with the names of meanings.
const (
	paramUser      = "user_id"
	paramDryRun    = "dry_run"
	paramEstimates = "estimates"
	paramBefore    = "before"
	paramName      = "name"
	paramEncoding  = "encoding"
	paramDelimiter = "delimiter"
	paramTypes     = "types"
	paramStatuses  = "statuses"
	paramSprints   = "sprints"
	paramOpen      = "open"
	paramRows      = "rows"
)

// The bounds of a query.
const (
	maxFileName  = 200  // characters
	maxFilter    = 2000 // values of a filter, or rows
	longestValue = 200  // characters of a value
)

// importQuery is what the query of an import asks for.
type importQuery struct {
	userID    string
	dryRun    bool
	estimates bool    // points become estimates
	before    *string // a story's id; nil: at the end
	reading   tracker.Options
	filter    tracker.Filter
	rows      map[int]bool // nil: all
}

// parseImport reads the query of an import. The error names the parameter.
func parseImport(q url.Values) (in importQuery, err error) {
	if in.userID = q.Get(paramUser); in.userID == "" {
		return in, invalidField(paramUser, "user_id is missing from the query.")
	}
	for name, to := range map[string]*bool{paramDryRun: &in.dryRun, paramEstimates: &in.estimates, paramOpen: &in.filter.Open} {
		if *to, err = flagOf(q, name); err != nil {
			return in, err
		}
	}
	if before := q.Get(paramBefore); before != "" {
		in.before = &before
	}
	if in.reading, err = parseReading(q); err != nil {
		return in, err
	}
	for name, to := range map[string]*[]string{paramTypes: &in.filter.Types, paramStatuses: &in.filter.Statuses, paramSprints: &in.filter.Sprints} {
		if *to = q[name]; len(*to) > maxFilter {
			return in, invalidField(name, name+" may be given "+strconv.Itoa(maxFilter)+" times.")
		}
	}
	in.rows, err = parseRows(q.Get(paramRows))
	return in, err
}

func flagOf(q url.Values, name string) (bool, error) {
	switch q.Get(name) {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	}
	return false, invalidField(name, name+" must be true or false.")
}

// parseReading reads how a file is to be read. It also reads what encodedReading has written.
func parseReading(q url.Values) (tracker.Options, error) {
	o := tracker.Options{Name: q.Get(paramName), Encoding: q.Get(paramEncoding), Delimiter: q.Get(paramDelimiter)}
	for name, value := range map[string]string{paramEncoding: o.Encoding, paramDelimiter: o.Delimiter} {
		if utf8.RuneCountInString(value) > longestValue {
			return o, invalidField(name, name+" is too long.")
		}
	}
	o.Name = safeName(o.Name, maxFileName)
	for _, meaning := range tracker.Meanings() {
		name := string(meaning)
		value := q.Get(name)
		if value == "" {
			continue
		}
		column, err := strconv.Atoi(value)
		if err != nil || column < -1 {
			return o, invalidField(name, name+" must be the index of a column, counted from 0; -1 is none.")
		}
		if o.Columns == nil {
			o.Columns = make(map[tracker.Meaning]int)
		}
		o.Columns[meaning] = column
	}
	return o, nil
}

// encodedReading is how a file was read, in the form that is kept with it.
func encodedReading(o tracker.Options) string {
	q := url.Values{}
	for name, value := range map[string]string{paramName: o.Name, paramEncoding: o.Encoding, paramDelimiter: o.Delimiter} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for meaning, column := range o.Columns {
		q.Set(string(meaning), strconv.Itoa(column))
	}
	return q.Encode()
}

// parseRows reads a list of numbers; nil for none.
func parseRows(text string) (map[int]bool, error) {
	if text == "" {
		return nil, nil
	}
	rows := make(map[int]bool)
	for one := range strings.SplitSeq(text, ",") {
		row, err := strconv.Atoi(strings.TrimSpace(one))
		if err != nil || row < 1 || len(rows) == maxFilter {
			return nil, invalidField(paramRows, "rows must be numbers of rows, at most "+strconv.Itoa(maxFilter)+", with commas between.")
		}
		rows[row] = true
	}
	return rows, nil
}

// wants reports whether a story of the file is asked for.
func (in *importQuery) wants(s tracker.Story) bool {
	return (in.rows == nil || in.rows[s.Row]) && in.filter.Match(s)
}

// safeName is a name that can be a file's on every system: without folders, signs that mean something to a system, and letters that cannot be seen. It may be empty.
func safeName(name string, most int) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		case strings.ContainsRune(`:*?"<>|`, r):
			return '-'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.TrimLeft(strings.Join(strings.Fields(name), " "), ". ")
	if letters := []rune(name); len(letters) > most { // the end says what kind of file it is
		ending := letters[max(len(letters)-12, slices.Index(letters, '.')):]
		name = string(letters[:most-len(ending)]) + string(ending)
	}
	return strings.TrimRight(name, ". ")
}
