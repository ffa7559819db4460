package eventlog

import (
	"sync/atomic"
	"time"
)

const (
	// paceTimes is how many times the usual time a try may take.
	paceTimes = 8
	// paceWeight is how little a single append changes what is usual.
	paceWeight = 16
)

// pace is how long appends usually take. The zero value is ready.
type pace struct {
	usual atomic.Int64 // nanoseconds
}

// time returns a function to call when an append that begins now is
// acknowledged. Where nothing depends on it, no clock is asked.
func (p *pace) time(l limits) (done func()) {
	if l.least == 0 {
		return func() {}
	}
	began := time.Now()
	return func() {
		was := p.usual.Load()
		p.usual.Store(was + (int64(time.Since(began))-was)/paceWeight) // one of two at once may be lost
	}
}

// missed notes that an append was not acknowledged within a time: the next may
// take twice that.
func (p *pace) missed(after time.Duration) {
	p.usual.Store(max(p.usual.Load(), int64(2*after/paceTimes)))
}

// patience is how long the first try of an append may take.
func (p *pace) patience(l limits, size int) time.Duration {
	try := l.try
	if usual := time.Duration(p.usual.Load()); l.least > 0 {
		try = min(max(paceTimes*usual, l.least), l.try)
	}
	return try + time.Duration(size)*l.perMB>>20
}
