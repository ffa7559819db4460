package clock

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/leaks"
)

func TestMain(m *testing.M) { leaks.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestManual_calls_timers_in_the_order_of_time(t *testing.T) {
	c := NewManual(noon)
	var calls []string
	note := func(name string) func() {
		return func() { calls = append(calls, fmt.Sprint(name, "@", c.Now().Sub(noon))) }
	}
	c.AfterFunc(3*time.Second, note("late"))
	c.AfterFunc(time.Second, func() {
		note("early")()
		c.AfterFunc(time.Second, note("made on the way"))
	})
	stopped := c.AfterFunc(2*time.Second, note("stopped"))
	if !stopped.Stop() || stopped.Stop() {
		t.Error("a timer can be stopped once")
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		c.AfterFunc(2500*time.Millisecond, note(name))
	}
	c.AfterFunc(5*time.Second, note("not yet"))
	c.Advance(4 * time.Second)
	want := "early@1s made on the way@2s a@2.5s b@2.5s c@2.5s d@2.5s late@3s"
	if got := strings.Join(calls, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := c.Now().Sub(noon); got != 4*time.Second {
		t.Errorf("the clock stands at %v, want 4s", got)
	}
}

func TestManual_does_not_call_a_timer_before_it_is_advanced(t *testing.T) {
	c := NewManual(noon)
	called := 0
	timer := c.AfterFunc(-time.Second, func() { called++ })
	if called != 0 {
		t.Error("called by AfterFunc itself")
	}
	c.Advance(0)
	if called != 1 || !c.Now().Equal(noon) {
		t.Errorf("called %d times, at %v", called, c.Now())
	}
	if timer.Stop() {
		t.Error("stopped after the call")
	}
}

func TestManual_never_goes_back(t *testing.T) {
	c := NewManual(noon)
	c.AfterFunc(time.Second, func() { c.Advance(time.Minute) })
	c.Advance(2 * time.Second)
	if got := c.Now().Sub(noon); got < time.Minute {
		t.Errorf("a timer moved the clock past a minute, and it stands at %v", got)
	}
	var advancing sync.WaitGroup
	for range 8 {
		advancing.Go(func() {
			for range 100 {
				before := c.Now()
				c.Advance(time.Millisecond)
				if now := c.Now(); now.Before(before) {
					t.Errorf("went from %v back to %v", before, now)
				}
			}
		})
	}
	advancing.Wait()
}

func TestSystem_calls(t *testing.T) {
	called := make(chan struct{})
	before := time.Now()
	System{}.AfterFunc(time.Millisecond, func() { close(called) })
	<-called
	if (System{}).Now().Before(before.Add(time.Millisecond)) {
		t.Error("called too early")
	}
	if !(System{}).AfterFunc(time.Hour, func() { t.Error("called") }).Stop() {
		t.Error("not stopped")
	}
}
