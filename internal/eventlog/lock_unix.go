//go:build unix

package eventlog

import (
	"errors"
	"os"
	"syscall"
)

// lockFile makes this process the file's only user, until the file is closed.
func lockFile(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errInUse
	}
	return err
}
