package eventlog

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func holders(t *testing.T, l *Log) []string {
	t.Helper()
	held, err := l.Reserved(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(held))
}

func reserve(t *testing.T, l *Log, want error, sessions ...string) {
	t.Helper()
	for _, session := range sessions {
		if err := l.Reserve(t.Context(), session); !errors.Is(err, want) {
			t.Errorf("reserve %s: got %v, want %v", session, err, want)
		}
	}
}

func release(t *testing.T, l *Log, sessions ...string) {
	t.Helper()
	for _, session := range sessions {
		if err := l.Release(t.Context(), session); err != nil {
			t.Errorf("release %s: %v", session, err)
		}
	}
}

func wantHolders(t *testing.T, l *Log, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, holders(t, l)); diff != "" {
		t.Error(diff)
	}
}

func TestReserve_of_many_at_once_exactly_the_limit_hold(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	cfg.MaxSessions = 3
	l := open(t, cfg)
	for round := range 5 {
		errs := together(24, func(i int) error { return l.Reserve(t.Context(), fmt.Sprint("s", i)) })
		if won, lost := count(errs, nil), count(errs, ErrNoSlot); won != 3 || lost != 21 {
			t.Errorf("round %d: %d hold and %d were refused, want 3 and 21: %v", round, won, lost, errors.Join(errs...))
		}
		got := holders(t, l)
		if len(got) != 3 {
			t.Errorf("round %d: %v hold slots, want 3", round, got)
		}
		release(t, l, got...)
	}
	if err := l.Ready(); err != nil {
		t.Errorf("no free slot is no failure of the store: %v", err)
	}
}

func TestReserve_again_keeps_the_slot_and_its_time(t *testing.T) {
	t.Parallel()
	l := open(t, Config{MaxSessions: 1})
	begin := time.Now()
	reserve(t, l, nil, "a")
	first, err := l.Reserved(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reserve(t, l, nil, "a")
	reserve(t, l, ErrNoSlot, "b")
	again, err := l.Reserved(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	if since := first["a"]; since.Before(begin) || since.After(time.Now()) {
		t.Errorf("reserved at %v, but it was between %v and now", since, begin)
	}
}

func TestRelease_frees_a_slot(t *testing.T) {
	t.Parallel()
	l := open(t, Config{MaxSessions: 2})
	reserve(t, l, nil, "a", "b")
	reserve(t, l, ErrNoSlot, "c")
	release(t, l, "a", "a", "without")
	reserve(t, l, nil, "c")
	wantHolders(t, l, "b", "c")
}

func TestReserve_without_a_limit(t *testing.T) {
	t.Parallel()
	l := open(t, Config{})
	for i := range 100 {
		reserve(t, l, nil, fmt.Sprint("s", i))
	}
	if got := holders(t, l); len(got) != 100 {
		t.Errorf("%d hold a slot, want 100", len(got))
	}
}

func TestSlots_outlive_a_restart_with_another_limit(t *testing.T) {
	t.Parallel()
	cfg := onDisk(t)
	cfg.MaxSessions = 3
	l := open(t, cfg)
	reserve(t, l, nil, "a", "b", "c")

	cfg.MaxSessions = 1 // lowered: no one loses a slot, no one gets one
	l = reopen(t, l, cfg)
	wantHolders(t, l, "a", "b", "c")
	reserve(t, l, nil, "a")
	reserve(t, l, ErrNoSlot, "d")
	release(t, l, "a", "b")
	reserve(t, l, ErrNoSlot, "d")
	release(t, l, "c")
	reserve(t, l, nil, "d")
	reserve(t, l, ErrNoSlot, "e")

	cfg.MaxSessions = 2 // raised
	l = reopen(t, l, cfg)
	wantHolders(t, l, "d")
	reserve(t, l, nil, "e")
	reserve(t, l, ErrNoSlot, "f")

	cfg.MaxSessions = 0 // lifted
	l = reopen(t, l, cfg)
	reserve(t, l, nil, "f", "g")
	wantHolders(t, l, "d", "e", "f", "g")
}
