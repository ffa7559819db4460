package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

// The times and sizes of tidying.
const (
	tidyEvery = 10 * time.Second // how often to look whether things have gone quiet
	tidyAfter = 2                // quiet looks: what was busy lets go of its buffers a little later, and the log keeps what it wrote at hand for 10 to 15 s
	tidyAgain = 13               // quiet looks: the log lets go of what it knows of old entries after two minutes
	tidyWorth = 8 << 20          // bytes that must be free but not given back for it to be worth the work
)

// collectAt is the growth of the heap, in percent of what is in use, at which garbage is collected: rarely, because a busy server has memory to spare and no CPU, and the tidier
// gives the memory back afterwards. GOGC in the environment decides otherwise.
const collectAt = 300

func collectRarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
}

// tidier gives memory back to the system when a busy time ends. The runtime keeps several times what is in use, which is right while people come and go, and a waste for thousands of
// streams that lie idle afterwards: nothing is allocated then, so nothing would ever make it look again.
type tidier struct {
	work func() uint64 // counts what has been done so far

	seen  uint64
	due   bool // something has happened since it was done last
	quiet int  // looks since something has happened
}

// run looks until stop is closed.
func (t *tidier) run(stop <-chan struct{}) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			if t.quietAgain() && worthTidying() {
				debug.FreeOSMemory()
				debug.FreeOSMemory() // what was pooled survives one collection
			}
		}
	}
}

// quietAgain reports whether something had happened, and nothing for some looks since. It does so twice, the second time when the log has become quiet as well.
func (t *tidier) quietAgain() bool {
	if done := t.work(); done != t.seen {
		t.seen, t.due, t.quiet = done, true, 0
		return false
	}
	t.quiet++
	if !t.due {
		return false
	}
	t.due = t.quiet < tidyAgain
	return t.quiet == tidyAfter || t.quiet == tidyAgain
}

func worthTidying() bool {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	inUse := m.NextGC * 100 / (100 + collectAt) // about, as the last collection found it
	return m.HeapSys-m.HeapReleased > inUse+tidyWorth
}
