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
		quiet := tidier.quietAgain(now)
		if quiet {
			tidier.last = now
		}
		return quiet
	}
	for _, step := range []struct {
		name string
		work uint64
		want bool
	}{
		{"nothing has ever happened", 0, false},
		{"something happens", 5, false},
		{"it goes on", 9, false},
		{"quiet", 0, true},
		{"still quiet", 0, true},
		{"quiet for long", 0, false},
		{"somebody comes by soon after", 1, false},
		{"and goes", 0, false},
		{"quiet for long again", 0, false},
		{"a busy time", 7, false},
		{"quiet once more", 0, true},
	} {
		work += step.work
		if got := look(); got != step.want {
			t.Errorf("%s: tidy is %v, want %v", step.name, got, step.want)
		}
	}
}
