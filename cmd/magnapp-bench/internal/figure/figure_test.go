package figure

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestRatiosAreTakenWithinEachRun(t *testing.T) {
	r := Row{Samples: []Sample{{2, 1}, {9, 3}, {4, 4}}}
	if r.Value() != 4 || r.Other() != 3 || r.Ratio() != 2 { // the median of 2, 3 and 1, and not 4/3
		t.Errorf("%v against %v is %v, want 4, 3 and 2", r.Value(), r.Other(), r.Ratio())
	}
}

func TestMedianOfAnEvenNumberIsBetween(t *testing.T) {
	if got := median([]float64{4, 1, 3, 2}); got != 2.5 {
		t.Errorf("got %v, want 2.5", got)
	}
}

func TestVerdicts(t *testing.T) {
	compared := []Sample{{Value: 6, Against: 5}}
	alone := []Sample{{Value: 6}}
	for name, c := range map[string]struct {
		row  Row
		want string
	}{
		"a ratio below the target": {Row{Figure: Figure{Against: "reference", Target: 1.2}, Samples: compared}, "met"},
		"a ratio above it":         {Row{Figure: Figure{Against: "reference", Target: 1.1}, Samples: compared}, "missed"},
		"the figure itself":        {Row{Figure: Figure{Target: 5}, Samples: alone}, "missed"},
		"itself, though compared":  {Row{Figure: Figure{Against: "baseline", Itself: true, Target: 6}, Samples: compared}, "met"},
		"itself, not compared":     {Row{Figure: Figure{Against: "baseline", Itself: true, Target: 6}, Samples: alone}, "met"},
		"at least, and less":       {Row{Figure: Figure{Against: "reference", Target: 1.3, AtLeast: true}, Samples: compared}, "missed"},
		"at least, and more":       {Row{Figure: Figure{Against: "reference", Target: 1.1, AtLeast: true}, Samples: compared}, "met"},
		"at least, and just that":  {Row{Figure: Figure{Target: 6, AtLeast: true}, Samples: alone}, "met"},
		"nothing to compare with":  {Row{Figure: Figure{Against: "baseline", Target: 1}, Samples: alone}, ""},
		"no target":                {Row{Figure: Figure{Against: "baseline"}, Samples: compared}, ""},
		"nothing measured":         {Row{Figure: Figure{Target: 1}}, ""},
		"a failure after a run":    {Row{Figure: Figure{Target: 7}, Samples: alone, Failure: "no"}, "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.row.Verdict(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheTableHasFiguresRatiosTargetsAndFailures(t *testing.T) {
	var table Table
	cpu := Figure{Name: "CPU per delivery", Unit: "µs", Against: "reference", Target: 1.4}
	table.Add(cpu, Sample{Value: 6.5, Against: 5})
	table.Add(cpu, Sample{Value: 7.5, Against: 5})
	table.Add(Figure{Name: "CPU per delivery", Unit: "µs", Against: "baseline"}, Sample{Value: 7, Against: 3.5})
	table.Add(Figure{Name: "idle", Unit: "ms/s", Target: 6}, Sample{Value: 0.25})
	table.Add(Figure{Name: "commands a second", Unit: "/s", Against: "single node", Target: 0.5, AtLeast: true}, Sample{Value: 3, Against: 4})
	table.Fail(errors.New("the disk is full"), Figure{Name: "start", Unit: "s", Against: "baseline", Target: 1. / 6})
	var out bytes.Buffer
	if err := table.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"CPU per delivery", "7.00 µs", "reference: 5.00 µs", "1.40 ×", "baseline: 3.50 µs", "2.00 ×", "met", "0.250 ms/s", "≤ 6.00 ms/s", "≥ 0.500 ×", "≤ 0.167 ×", "failed", "the disk is full"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, &out)
		}
	}
}
