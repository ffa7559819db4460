package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"text/tabwriter"
)

// A report is everything that was measured.
type report struct {
	Machine   machine   `json:"machine"`
	Results   []result  `json:"results"`
	Table     []verdict `json:"table,omitempty"`
	Quick     bool      `json:"quick,omitempty"` // the numbers were made small, whatever the names say
	withTable bool
}

// A machine is what the figures were taken on.
type machine struct {
	CPUs int    `json:"cpus"`
	OS   string `json:"os"`
	Arch string `json:"arch"`
	Go   string `json:"go"`
}

// A result is what a workload came to.
type result struct {
	workload
	Medians summary `json:"medians"`
	Runs    []pair  `json:"runs"`
}

// A verdict is a row of the table with what was measured for it.
type verdict struct {
	row
	Server  float64 `json:"server"`          // its figure, or the growth of that
	Other   float64 `json:"other,omitempty"` // the same of the reference, or of the server with the other workload
	Value   float64 `json:"value"`           // what the target is for: the ratio, or the figure itself
	Reached bool    `json:"reached"`
}

func newReport(o *Options, workloads []workload) *report {
	r := &report{
		Machine:   machine{CPUs: runtime.NumCPU(), OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version()},
		Quick:     o.Quick,
		withTable: o.Scenario == scenarioTable,
	}
	for _, w := range workloads {
		r.Results = append(r.Results, result{workload: w})
	}
	return r
}

// add takes the figures of one run of the i-th workload.
func (r *report) add(i int, p pair) {
	r.Results[i].Runs = append(r.Results[i].Runs, p)
	r.Results[i].Medians = summarize(r.Results[i].Runs)
	if r.withTable {
		r.Table = r.verdicts()
	}
}

// verdicts holds the medians against the targets, as far as they have been measured.
func (r *report) verdicts() []verdict {
	medians := map[string]summary{}
	for _, result := range r.Results {
		if len(result.Runs) > 0 {
			medians[result.Name] = result.Medians
		}
	}
	var all []verdict
	for _, row := range tableRows {
		if v, ok := row.judge(medians); ok {
			all = append(all, v)
		}
	}
	return all
}

// judge finds what a row needs among the medians, by workload.
func (r row) judge(medians map[string]summary) (verdict, bool) {
	of := medians[r.Workload]
	server, ok := of.Server[r.Metric]
	if !ok {
		return verdict{}, false
	}
	v := verdict{row: r, Server: server, Value: server}
	against := medians[r.Against]
	switch {
	case r.Against == "":
	case r.Against == theReference:
		v.Other = of.Reference[r.Metric]
		v.Value, ok = of.Ratio[r.Metric]
	case r.Growth:
		_, measured := of.Ratio[r.Metric]
		_, ok = against.Ratio[r.Metric]
		ok = ok && measured
		v.Server, v.Other = server/against.Server[r.Metric], of.Reference[r.Metric]/against.Reference[r.Metric]
		v.Value = v.Server / v.Other
	default:
		v.Other, ok = against.Server[r.Metric]
		v.Value = server / v.Other
	}
	v.Reached = v.Value <= r.Target
	if r.AtLeast {
		v.Reached = v.Value >= r.Target
	}
	return v, ok
}

func (r *report) writeJSON(out io.Writer) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// writeText prints the medians of each workload and then the table.
func (r *report) writeText(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%d CPUs, %s/%s, %s\n", r.Machine.CPUs, r.Machine.OS, r.Machine.Arch, r.Machine.Go)
	if r.Quick {
		fmt.Fprintln(w, "Quick: at most 10 sessions for half a second, whatever the names say. That all of it works is all that this shows.")
	}
	for _, result := range r.Results {
		result.write(w)
	}
	if r.withTable {
		writeTable(w, r.Table)
	}
	return w.Flush()
}

func (r result) write(w io.Writer) {
	fmt.Fprintf(w, "\n%s (%s)\n", r.Name, times(len(r.Runs)))
	for _, m := range metrics {
		server, ok := r.Medians.Server[m.metric]
		if !ok || server == 0 && m.onlyIfAny {
			continue
		}
		fmt.Fprintf(w, "  %s\t%s %s", m.label, number(server), m.unit)
		if reference, ok := r.Medians.Reference[m.metric]; ok {
			fmt.Fprintf(w, "\treference %s\t%s", number(reference), ratio(r.Medians.Ratio, m.metric))
		}
		fmt.Fprintln(w)
	}
}

func writeTable(w io.Writer, rows []verdict) {
	fmt.Fprintf(w, "\nFigure\tServer\tAgainst\tValue\tTarget\t\n")
	for _, v := range rows {
		other, value, sign, reached := "", number(v.Value), "≤", ""
		if v.Against != "" {
			other, value = number(v.Other), number(v.Value)+" ×"
		}
		if v.AtLeast {
			sign = "≥"
		}
		if !v.Reached {
			reached = "missed"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s %s\t%s\n", v.Figure, number(v.Server), other, value, sign, number(v.Target), reached)
	}
}

func times(n int) string {
	if n == 1 {
		return "one run"
	}
	return fmt.Sprintf("medians of %d runs", n)
}

func ratio(of figures, m metric) string {
	v, ok := of[m]
	if !ok {
		return ""
	}
	return number(v) + " ×"
}

// number prints three significant digits, and all of those before the point.
func number(v float64) string {
	switch {
	case v >= 100 || v <= -100 || v == 0:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	default:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
}
