package figure

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"text/tabwriter"
)

// A Table is what was measured, in the order in which figures were first added.
type Table struct {
	Notes []string // printed above it
	Rows  []*Row
}

// Add takes one run's sample of a figure. A figure against something else is another one.
func (t *Table) Add(f Figure, s Sample) {
	row := t.row(f)
	row.Samples = append(row.Samples, s)
}

// Fail says of figures why there is no sample, or no further one.
func (t *Table) Fail(err error, figures ...Figure) {
	for _, f := range figures {
		t.row(f).Failure = err.Error()
	}
}

func (t *Table) row(f Figure) *Row {
	for _, r := range t.Rows {
		if r.Name == f.Name && r.Against == f.Against {
			return r
		}
	}
	t.Rows = append(t.Rows, &Row{Figure: f})
	return t.Rows[len(t.Rows)-1]
}

// WriteJSON prints every sample.
func (t *Table) WriteJSON(out io.Writer) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(t)
}

// WriteText prints the medians, ratios, targets and verdicts.
func (t *Table) WriteText(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%d CPUs, %s/%s, %s\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	for _, note := range t.Notes {
		fmt.Fprintln(w, note)
	}
	fmt.Fprintf(w, "\nFigure\tRuns\tValue\tAgainst\tRatio\tTarget\t\n")
	for _, r := range t.Rows {
		r.write(w)
	}
	return w.Flush()
}

func (r *Row) write(w io.Writer) {
	value, other, ratio, target := "", "", "", ""
	if len(r.Samples) > 0 {
		value = number(r.Value()) + " " + r.Unit
	}
	if r.Compared() {
		other, ratio = r.Against+": "+number(r.Other())+" "+r.Unit, number(r.Ratio())+" ×"
	}
	bound := "≤ "
	if r.AtLeast {
		bound = "≥ "
	}
	switch {
	case r.Target == 0:
	case r.ofItself():
		target = bound + number(r.Target) + " " + r.Unit
	default:
		target = bound + number(r.Target) + " ×"
	}
	fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", r.Name, len(r.Samples), value, other, ratio, target, r.Verdict())
	if r.Failure != "" {
		fmt.Fprintf(w, "  %s\n", r.Failure)
	}
}

// number prints three significant digits, and all of those before the point.
func number(v float64) string {
	size := max(v, -v)
	switch {
	case size >= 100 || size == 0:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case size >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case size >= 1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	default:
		return strconv.FormatFloat(v, 'f', 3, 64)
	}
}
