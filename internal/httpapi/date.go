package httpapi

import (
	"net/http"
	"sync/atomic"
	"time"
)

// date is the Date of answers, which is written once a second instead of once an answer. Safe for concurrent use.
type date struct{ latest atomic.Pointer[dateOfSecond] }

type dateOfSecond struct {
	second int64    // since 1970
	header []string // must not change
}

// at is the header's value at a moment.
func (d *date) at(now time.Time) []string {
	latest := d.latest.Load()
	if latest == nil || latest.second != now.Unix() {
		latest = &dateOfSecond{second: now.Unix(), header: []string{now.UTC().Format(http.TimeFormat)}}
		d.latest.Store(latest)
	}
	return latest.header
}
