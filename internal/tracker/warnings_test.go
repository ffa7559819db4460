package tracker_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/magnapp/magnapp/internal/tracker"
)

// A client that says warnings in its own words has of them the code and what stands in the text.
func TestWarnings_have_in_fields_what_they_say(t *testing.T) {
	long := strings.Repeat("x", tracker.MaxTitle+1)
	many := "Key,Title\n"
	for i := range tracker.MaxStories + 1 {
		many += fmt.Sprintf("A-%d,Story\n", i)
	}
	for name, c := range map[string]struct {
		data string
		want tracker.Warning
	}{
		"no title":       {"Key,Points\nA-1,3\nA-2,5\n", tracker.Warning{Code: "no_title"}},
		"a guess":        {"Key,Thing,Points\nA-1,Free boats,3\nA-2,Voucher for boats,5\n", tracker.Warning{Code: "guessed_title", Name: "Thing"}},
		"more cells":     {"Key,Title\nA-1,One,x\nA-2,Two\nA-3,Three,y\n", tracker.Warning{Code: "long_rows", N: 2, Row: 2}},
		"a long title":   {"Key,Title\nA-1,One\nA-2," + long + "\n", tracker.Warning{Code: "cut_titles", N: 1, Max: tracker.MaxTitle, Row: 3}},
		"long texts":     {"Key,Title,Description\nA-1,One," + strings.Repeat(long, 21) + "\n", tracker.Warning{Code: "cut_descriptions", N: 1, Max: tracker.MaxDescription}},
		"long keys":      {"Key,Title\n" + strings.Repeat("A", tracker.MaxKey+1) + "-1,One\n", tracker.Warning{Code: "cut_keys", N: 1, Max: tracker.MaxKey}},
		"rounded keys":   {"Key,Title\n1.21143E+15,One\n", tracker.Warning{Code: "rounded_keys", N: 1}},
		"broken letters": {"\xef\xbb\xbfKey,Title\nA-1,\xff\n", tracker.Warning{Code: "broken_letters"}},
		"old letters":    {"Key,Title\nA-1,Caf\xe9\n", tracker.Warning{Code: "guessed_letters"}},
		"too many":       {many, tracker.Warning{Code: "too_many", N: tracker.MaxStories + 1, Max: tracker.MaxStories}},
	} {
		f, err := tracker.Read([]byte(c.data), tracker.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		i := slices.IndexFunc(f.Warnings, func(w tracker.Warning) bool { return w.Code == c.want.Code })
		if i < 0 {
			t.Errorf("%s: %q", name, f.Warnings)
			continue
		}
		got := f.Warnings[i]
		c.want.Text = got.Text
		if got != c.want {
			t.Errorf("%s: %#v, want %#v", name, got, c.want)
		}
		if !saysItsFields(got) || !slices.Contains(tracker.WarningCodes(), got.Code) {
			t.Errorf("%s: %#v", name, got)
		}
	}
}

// saysItsFields reports whether all that is in a warning's fields is in its text. One row is no figure there.
func saysItsFields(w tracker.Warning) bool {
	for _, n := range []int{w.N, w.Max, w.Row} {
		if n > 1 && !strings.Contains(w.Text, strconv.Itoa(n)) {
			return false
		}
	}
	return w.Text != "" && strings.Contains(w.Text, w.Name)
}

func TestWarningsOfSamples_have_in_fields_what_they_say(t *testing.T) {
	seen := make(map[string]bool)
	for _, name := range samples(t) {
		for _, w := range read(t, name, sample(t, name)).Warnings {
			seen[w.Code] = true
			if !saysItsFields(w) || !slices.Contains(tracker.WarningCodes(), w.Code) {
				t.Errorf("%s: %#v", name, w)
			}
		}
	}
	if len(seen) < 3 {
		t.Errorf("the samples have only %v", seen)
	}
}
