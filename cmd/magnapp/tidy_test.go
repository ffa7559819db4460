package main

import "testing"

func TestTidierTidiesWhenABusyTimeEnds(t *testing.T) {
	var work uint64
	tidier := tidier{work: func() uint64 { return work }}
	look := tidier.quietAgain
	for _, step := range []struct {
		name string
		work uint64
		want bool
	}{
		{"nothing has ever happened", 0, false},
		{"nothing at all", 0, false},
		{"something happens", 5, false},
		{"it goes on", 9, false},
		{"quiet", 0, false},
		{"still quiet", 0, true},
		{"quiet for long", 0, false},
		{"somebody comes by soon after", 1, false},
		{"and goes", 0, false},
		{"quiet again", 0, true},
		{"quiet for long again", 0, false},
		{"a busy time", 7, false},
		{"a pause", 0, false},
		{"it goes on once more", 1, false},
		{"for a while", 2, false},
		{"and ends", 0, false},
		{"for good", 0, true},
	} {
		work += step.work
		if got := look(); got != step.want {
			t.Errorf("%s: tidy is %v, want %v", step.name, got, step.want)
		}
	}
}
