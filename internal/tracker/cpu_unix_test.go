//go:build unix

package tracker_test

import (
	"syscall"
	"time"
)

// processorTime is what this process has used so far: unlike the clock, it does not count what other processes use.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
