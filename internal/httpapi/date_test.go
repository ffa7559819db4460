package httpapi

import (
	"net/http"
	"testing"
	"time"
)

func TestDateIsThatOfTheSecond(t *testing.T) {
	var d date
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("CET", 3600))
	for _, after := range []time.Duration{0, time.Second - 1, time.Second, time.Hour, time.Second} { // and a clock that is set back
		got, err := http.ParseTime(d.at(at.Add(after))[0])
		if want := at.Add(after).Truncate(time.Second); err != nil || !got.Equal(want) {
			t.Errorf("after %v: %v, %v, want %v", after, got, err, want)
		}
	}
}
