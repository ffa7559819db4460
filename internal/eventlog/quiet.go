package eventlog

import (
	"sync/atomic"
	"time"
	_ "unsafe" // for go:linkname

	"github.com/nats-io/nats-server/v2/server"
)

// NATS does two things by the clock although nobody needs them here. A processor that sleeps has to wake up for each, and
// together they are most of what a server costs while nobody uses it. There are no settings for them, so this file reaches
// into NATS by the names of two variables and a method. Should a version of NATS call a variable otherwise, ours means
// nothing to it and it does as ever, which TestTheStoresClockIsOurs tells; without the method nothing is linked.
//
// The first is the clock of its stores: a goroutine that sets storeClock ten times a second for as long as a store is
// open. By it stores note when they were used last, and let go of what they have read ten seconds later; nothing that is
// kept depends on it. So it is enough to set it every few seconds, which is done here instead. storeClockUsers counts the
// open stores: the first starts the goroutine and the last ends it. As far more are counted from the beginning than
// there are, no store is the first or the last one.
//
// The second is how often a warning may be repeated in the log: a goroutine forgets every second what was said. Once a
// minute is better for whoever reads the log, too.

//go:linkname storeClockUsers github.com/nats-io/nats-server/v2/server/ats.refs
var storeClockUsers atomic.Int64

//go:linkname storeClock github.com/nats-io/nats-server/v2/server/ats.utime
var storeClock atomic.Int64 // nanoseconds since 1970

//go:linkname repeatWarnings github.com/nats-io/nats-server/v2/server.(*Server).changeRateLimitLogInterval
func repeatWarnings(srv *server.Server, every time.Duration)

const repeatWarningsEvery = time.Minute

func init() { storeClockUsers.Add(1 << 32) } // before any store is opened

// storeClockEvery is well below the time for which stores keep what they have read.
const storeClockEvery = 5 * time.Second

func setStoreClock(now time.Time) { storeClock.Store(now.UnixNano()) }

// keepStoreClock sets the stores' clock until stop is closed.
func keepStoreClock(stop <-chan struct{}) {
	tick := time.NewTicker(storeClockEvery)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			setStoreClock(now)
		case <-stop:
			return
		}
	}
}
