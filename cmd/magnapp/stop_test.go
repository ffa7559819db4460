package main

import (
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever hangs, a stop has its end.
func TestStopEndsInTimeWhateverHangs(t *testing.T) {
	for _, taken := range []time.Duration{0, time.Second, shutdownTimeout + streamsTimeout} {
		if all := taken + roomsLimit(taken) + logTimeout; all >= 5*time.Second {
			t.Errorf("a stop whose requests took %v may take %v", taken, all)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		stuck := make(chan struct{})
		closing("rooms", roomsTimeout, slog.New(slog.DiscardHandler), func() { <-stuck })
		if took := time.Since(begun); took != roomsTimeout {
			t.Errorf("waited %v for what hangs", took)
		}
		err := closeLog(false, func() error {
			<-stuck
			return nil
		})
		if !errors.Is(err, errSlow) || time.Since(begun) != roomsTimeout+logTimeout {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		close(stuck)
	})
}

func TestWhatIsDoneInTimeIsWaitedFor(t *testing.T) {
	lost := errors.New("lost")
	if err := closeLog(false, func() error { return lost }); !errors.Is(err, lost) {
		t.Errorf("%v", err)
	}
	if err := closeLog(false, func() error { return nil }); err != nil {
		t.Errorf("%v", err)
	}
	done := false
	closing("rooms", time.Minute, slog.New(slog.DiscardHandler), func() { done = true })
	if !done {
		t.Error("not waited for")
	}
}
