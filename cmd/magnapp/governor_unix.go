//go:build unix

package main

import (
	"syscall"
	"time"
)

// processorTime is how much processor time the program has used.
var processorTime = func() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
