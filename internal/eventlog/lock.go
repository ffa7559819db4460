package eventlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

var errInUse = errors.New("data directory is in use by another process")

// lockDir makes this process the directory's only user. The system lets go of
// the lock when the process ends, however it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("data directory is not writable: %w", err)
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
