package eventlog

import (
	"testing"
	"time"
)

func TestPace_gives_a_try_the_time_that_appends_need(t *testing.T) {
	l := limits{try: time.Second, least: 100 * time.Millisecond, perMB: time.Second}
	var p pace
	if got := p.patience(l, 0); got != l.least {
		t.Errorf("at first %v, want %v", got, l.least)
	}
	if got := p.patience(l, 2<<20); got != l.least+2*time.Second {
		t.Errorf("with 2 MB %v, want %v", got, l.least+2*time.Second)
	}
	p.missed(200 * time.Millisecond)
	if got := p.patience(l, 0); got != 400*time.Millisecond {
		t.Errorf("after a missed one %v, want twice its time", got)
	}
	p.missed(time.Minute)
	if got := p.patience(l, 0); got != l.try {
		t.Errorf("after a long one %v, want no more than %v", got, l.try)
	}
	for range 1000 {
		p.time(l)()
	}
	if got := p.patience(l, 0); got != l.least {
		t.Errorf("after quick ones %v, want %v", got, l.least)
	}
	alone := limits{try: time.Second}
	if got := p.patience(alone, 0); got != alone.try {
		t.Errorf("alone %v, want %v", got, alone.try)
	}
}
