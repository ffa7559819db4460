package leaks

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

// tests stands for those of a package.
type tests func() (exitCode int)

func (run tests) Run() int { return run() }

func TestGoroutineThatEndsLateIsWaitedFor(t *testing.T) {
	before := goleak.IgnoreCurrent()
	s := settling{tests(func() int {
		go func() { <-time.After(2 * time.Second) }()
		return 0
	}), []goleak.Option{before}, time.Minute}
	if code := s.Run(); code != 0 {
		t.Errorf("the tests end with %d", code)
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

func TestGoroutineThatStaysIsFound(t *testing.T) {
	before := goleak.IgnoreCurrent()
	end := make(chan struct{})
	defer close(end)
	s := settling{tests(func() int {
		go func() { <-end }()
		return 0
	}), []goleak.Option{before}, time.Second}
	s.Run()
	if goleak.Find(before) == nil {
		t.Error("a goroutine that stays is not found")
	}
}

func TestTestsThatFailAreNotWaitedFor(t *testing.T) {
	end := make(chan struct{})
	defer close(end)
	began := time.Now()
	s := settling{tests(func() int {
		go func() { <-end }()
		return 3
	}), nil, time.Hour}
	if code := s.Run(); code != 3 || time.Since(began) > time.Minute {
		t.Errorf("ends with %d after %v", code, time.Since(began))
	}
}
