package doctor

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Level says how much a finding matters.
type Level string

// The levels, the least first.
const (
	OK   Level = "ok"   // as it should be
	Note Level = "note" // neither good nor bad, or not tried
	Warn Level = "warn" // people can play, but something is wrong
	Fail Level = "fail" // people cannot play, or not safely
)

// A Finding is what one check has found.
type Finding struct {
	Check  string            `json:"check"` // one of a few short names, the same in every version
	Level  Level             `json:"level"`
	Text   string            `json:"text"`             // one sentence or two for people
	Change map[string]string `json:"change,omitempty"` // what to change, by the proxy's name
}

// A Report is what all checks have found, in the order in which they ended.
type Report struct {
	URL      string    `json:"url"`             // as it was asked for
	Origin   string    `json:"origin"`          // where that led to; empty if nowhere
	Proxy    string    `json:"proxy,omitempty"` // the proxy that names itself in its answers
	Findings []Finding `json:"findings"`
	Status   int       `json:"status"` // 0: all is well; 1: it works, with warnings; 2: it does not
}

// statusOf is the report's status.
func statusOf(findings []Finding) int {
	has := func(l Level) bool { return slices.ContainsFunc(findings, func(f Finding) bool { return f.Level == l }) }
	switch {
	case has(Fail):
		return 2
	case has(Warn):
		return 1
	}
	return 0
}

// Write writes a finding as people read it: a line, and under it a line for each proxy. The error is the writer's.
func (f Finding) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%-4s  %-13s %s\n", f.Level, f.Check, f.Text)
	for _, proxy := range proxies {
		if change := f.Change[proxy]; change != "" {
			fmt.Fprintf(&b, "%21s%-9s %s\n", "", proxy+":", change)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Summary is the report's last line.
func (r Report) Summary() string {
	count := func(l Level) (n int) {
		for _, f := range r.Findings {
			if f.Level == l {
				n++
			}
		}
		return n
	}
	switch r.Status {
	case 0:
		return "All is well."
	case 1:
		return "It works, with " + counted(count(Warn), "warning") + "."
	}
	return "It does not work as it should: " + counted(count(Fail), "fault") + ", " + counted(count(Warn), "warning") + "."
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
