package bench

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// progress shows on one line of a terminal what is going on. Without a terminal it shows nothing. The engine's thread only stores
// numbers; a goroutine of progress's own, which close ends, prints them.
type progress struct {
	out                        io.Writer // nil: nothing is shown
	what                       atomic.Pointer[string]
	made                       atomic.Int64
	ready, commands, delivered atomic.Int64

	stop chan struct{}
	done sync.WaitGroup
}

const progressEvery = 500 * time.Millisecond

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, stop: make(chan struct{})}
	p.say("")
	if out != nil {
		p.done.Go(p.print)
	}
	return p
}

// say names what is going on and counts from zero.
func (p *progress) say(what string) {
	p.what.Store(&what)
	p.made.Store(0)
	p.update(0, 0, 0)
}

func (p *progress) sessionMade() { p.made.Add(1) }

func (p *progress) update(ready int, commands, deliveries int64) {
	p.ready.Store(int64(ready))
	p.commands.Store(commands)
	p.delivered.Store(deliveries)
}

func (p *progress) close() {
	close(p.stop)
	p.done.Wait()
}

const clearLine = "\r\x1b[K"

func (p *progress) print() {
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	last := int64(0)
	for {
		select {
		case <-p.stop:
			fmt.Fprint(p.out, clearLine)
			return
		case <-tick.C:
			delivered := p.delivered.Load()
			rate := float64(max(delivered-last, 0)) / progressEvery.Seconds()
			last = delivered
			fmt.Fprintf(p.out, "%s%s: %d sessions, %d streams, %d commands, %d deliveries, %.0f/s",
				clearLine, *p.what.Load(), p.made.Load(), p.ready.Load(), p.commands.Load(), delivered, rate)
		}
	}
}
