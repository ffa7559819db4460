package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// CPU is the CPU time that a process has used so far, in user and kernel, all of its threads, to the nanosecond.
func CPU(pid int) (time.Duration, error) {
	const cpuClockSched = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|cpuClockSched), &t); err != nil { // the CPU clock of a process, see clock_getcpuclockid(3)
		return 0, fmt.Errorf("CPU time of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// Memory is what a process has in memory, in bytes.
func Memory(pid int) (int64, error) {
	return field(pid, "smaps_rollup", "Rss:") // exact, where status lags behind
}

// PeakMemory is the most that a process has had in memory since its start or [ResetPeak], in bytes, to some 100 KB.
func PeakMemory(pid int) (int64, error) { return field(pid, "status", "VmHWM:") }

// ResetPeak makes what a process has in memory now its peak.
func ResetPeak(pid int) error {
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0); err != nil {
		return fmt.Errorf("reset the peak of memory: %w", err)
	}
	return nil
}

// field finds a number of kilobytes in a file about the process and returns it in bytes.
func field(pid int, file, name string) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(b)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == name {
			kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("memory of process %d: no %s in %s", pid, name, file)
}

// CheckFiles reports a limit of open files below n, and how to raise it. Go programs raise their own to what the system lets them.
func CheckFiles(n int) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("limit of open files: %w", err)
	}
	if limit.Cur < uint64(n) {
		return fmt.Errorf("%d open files are needed in one process and %d allowed: raise the limit with `ulimit -n %d`", n, limit.Cur, n)
	}
	return nil
}
