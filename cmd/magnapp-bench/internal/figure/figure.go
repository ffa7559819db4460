// Package figure holds what was measured against targets: medians, ratios, and the table of them.
package figure

import "slices"

// A Figure is one thing that is measured.
type Figure struct {
	Name    string
	Unit    string
	Against string  // what else is measured in turns with it; empty: nothing
	Target  float64 // the most that it may be; 0: there is no target
	Itself  bool    // the target is for the figure itself and not for the ratio to what it is against
	AtLeast bool    // the target is the least instead
}

// A Sample is a figure as one run gave it, and the same of what it is against: 0 if that was not measured.
type Sample struct {
	Value   float64
	Against float64 `json:",omitempty"`
}

// Ratio is the value in terms of what it is against; 0 if that was not measured.
func (s Sample) Ratio() float64 {
	if s.Against == 0 {
		return 0
	}
	return s.Value / s.Against
}

// A Row is a figure with every run's sample.
type Row struct {
	Figure
	Samples []Sample
	Failure string `json:",omitempty"` // why there are not more of them
}

// Value is the median of the runs.
func (r Row) Value() float64 { return r.median(func(s Sample) float64 { return s.Value }) }

// Other is the median of what the figure is against.
func (r Row) Other() float64 { return r.median(func(s Sample) float64 { return s.Against }) }

// Ratio is the median of the runs' ratios, which is not the ratio of the medians.
func (r Row) Ratio() float64 { return r.median(Sample.Ratio) }

// Compared reports whether every run measured what the figure is against.
func (r Row) Compared() bool {
	return len(r.Samples) > 0 && !slices.ContainsFunc(r.Samples, func(s Sample) bool { return s.Against == 0 })
}

// Verdict holds the medians against the target: "met", "missed", "failed" if not all could be measured, or "" without a target or what to compare with.
func (r Row) Verdict() string {
	value, known := r.Ratio(), r.Compared()
	if r.ofItself() {
		value, known = r.Value(), len(r.Samples) > 0
	}
	switch {
	case r.Failure != "":
		return "failed"
	case r.Target == 0 || !known:
		return ""
	case value == r.Target || (value > r.Target) == r.AtLeast:
		return "met"
	default:
		return "missed"
	}
}

// ofItself reports whether the target is for the figure and not for the ratio.
func (r Row) ofItself() bool { return r.Itself || r.Against == "" }

func (r Row) median(of func(Sample) float64) float64 {
	if len(r.Samples) == 0 {
		return 0
	}
	values := make([]float64, len(r.Samples))
	for i, s := range r.Samples {
		values[i] = of(s)
	}
	return median(values)
}

// median is the middle value, or the mean of the two in the middle. There must be one.
func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	middle := len(v) / 2
	if len(v)%2 == 1 {
		return v[middle]
	}
	return (v[middle-1] + v[middle]) / 2
}
