package main

import (
	"testing"
	"time"
)

func TestTidierTidiesWhenABusyTimeEnds(t *testing.T) {
	var work uint64
	tidier := tidier{work: func() uint64 { return work }}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	look := func() bool {
		now = now.Add(tidyEvery)
		return tidier.quietAgain(now)
	}
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
		{"quiet, but a minute has not passed", 0, false},
		{"nor now", 0, false},
		{"now it has", 0, true},
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
