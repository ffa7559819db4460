package tracker_test

import (
	"runtime/debug"
	"testing"
	"time"

	"github.com/magnapp/magnapp/internal/tracker"
)

// TestWhatAFileTakesIsBounded reads files that are made to take much. What is reachable stays under eight times the file, with a floor for small
// ones, and under 100 MB; the processor's time under a second for each MB, with a floor for what a loaded machine adds.
func TestWhatAFileTakesIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100 MB")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // so that little is counted that is garbage
	const megabyte, floor = 1 << 20, 48 << 20
	for name, text := range hard(t) {
		data := []byte(text)
		var err error
		var took time.Duration
		grew := peak(func() {
			start := processorTime()
			_, err = tracker.Read(data, tracker.Options{})
			took = processorTime() - start
		})
		t.Logf("%-42s %5.1f MB: %5.0f ms, %5.1f MB (%v)", name, float64(len(data))/megabyte, float64(took.Microseconds())/1000, float64(grew)/megabyte, err != nil)
		if most := uint64(min(max(8*len(data), floor), 100_000_000)); grew > most {
			t.Errorf("%s: %d bytes take %d bytes of memory, more than %d", name, len(data), grew, most)
		}
		if most := 6*time.Second + time.Duration(len(data)/megabyte)*time.Second; took > most {
			t.Errorf("%s: %d bytes take %v, more than %v", name, len(data), took, most)
		}
	}
}
