package wire

import "testing"

func TestSizesAreReadAsTheyAreWritten(t *testing.T) {
	want := Sizes{Vote: 331, Reveal: 2999, Start: 3401}
	if got, err := ParseSizes(want.String()); err != nil || got != want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

func TestSizesThatCannotBeAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                      "",
		"too few":                      "330,3000",
		"too many":                     "330,3000,800,1",
		"no number":                    "330,3000,many",
		"too small for the two events": "330,3000,15",
		"too large":                    "330,3000,2000000",
	} {
		if s, err := ParseSizes(text); err == nil {
			t.Errorf("%s: %q is taken as %v", name, text, s)
		}
	}
}

func TestSizesThatWereNotSeenAreTheUsualOnes(t *testing.T) {
	want := UsualSizes
	want[Vote] = 200
	if got := (Sizes{Vote: 200}).OrUsual(); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
