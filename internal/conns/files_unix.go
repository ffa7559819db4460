//go:build unix

package conns

import (
	"fmt"
	"math"

	"golang.org/x/sys/unix"
)

// RaiseFiles raises the limit of open files as far as this process may, and returns it. 0 is no limit that is known. Go raises it too, on its own account; here it is a promise.
func RaiseFiles() (int, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("limit of open files: %w", err)
	}
	raised := limit
	raised.Cur = raised.Max
	if limit.Cur < limit.Max && unix.Setrlimit(unix.RLIMIT_NOFILE, &raised) == nil { // some systems allow less than the hard limit says
		limit = raised
	}
	return int(min(uint64(limit.Cur), math.MaxInt32)), nil
}
