package wire

import "testing"

func TestSizesThatWereNotSeenAreTheUsualOnes(t *testing.T) {
	want := usualSizes
	want[Vote] = 200
	if got := (Sizes{Vote: 200}).OrUsual(); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
