package main

import (
	"errors"
	"log/slog"
	"net/http"
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

// Whose request is cut short has tried again elsewhere, and been answered, within the second that a stop may cost.
func TestStopOfOneOfSeveralLetsRequestsGoInTimeToTryAgainElsewhere(t *testing.T) {
	const again = 250 * time.Millisecond
	if limit := requestsLimit(true); limit+again >= time.Second {
		t.Errorf("requests are waited for for %v", limit)
	}
	if requestsLimit(false) <= requestsLimit(true) {
		t.Error("the only server there is waits no longer for requests than one of several")
	}
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		listener := newLines()
		held, release := make(chan struct{}), make(chan struct{})
		server := newServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			close(held)
			<-release
		}), nil, slog.New(slog.DiscardHandler))
		served := make(chan error, 1)
		go func() { served <- server.serve(listener) }()
		client := &http.Transport{DialContext: listener.dial}
		answered := make(chan error, 1)
		go func() {
			request, _ := http.NewRequest(http.MethodPost, "http://test/", nil)
			resp, err := client.RoundTrip(request)
			if err == nil {
				_ = resp.Body.Close()
			}
			answered <- err
		}()
		<-held
		if err := server.shutdown(requestsLimit(true)); err != nil {
			t.Error(err)
		}
		if err := <-answered; err == nil {
			t.Error("what hangs is answered")
		}
		if took := time.Since(begun); took < requestsLimit(true) || took > requestsLimit(true)+again {
			t.Errorf("waited %v for what hangs", took)
		}
		<-served
		close(release)
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
