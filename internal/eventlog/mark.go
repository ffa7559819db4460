package eventlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
)

// mark is what the log held when it was last seen whole. JetStream cuts off a
// damaged file silently and goes on with what is left; comparing with the mark
// is how an operator learns of it.
type mark struct {
	Last    uint64 `json:"last"`              // sequence
	Entries uint64 `json:"entries,omitempty"` // 0: not known, since entries are forgotten while the log is open
}

func markPath(dir string) string { return filepath.Join(dir, "mark.json") }

// missing returns an error if the log holds less than the mark in dir says.
func (now mark) missing(dir string) error {
	raw, err := os.ReadFile(markPath(dir))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var was mark
	if err == nil {
		err = json.Unmarshal(raw, &was)
	}
	switch {
	case err != nil:
		return fmt.Errorf("read what the log held before: %w", err)
	case now.Last < was.Last || now.Entries < was.Entries:
		return fmt.Errorf("entries are missing: %d up to sequence %d are left of %d up to %d",
			now.Entries, now.Last, was.Entries, was.Last)
	}
	return nil
}

// save replaces the mark in one step.
func (now mark) save(dir string) error {
	raw, err := json.Marshal(now)
	if err != nil {
		return err
	}
	temp := markPath(dir) + ".new"
	if err := os.WriteFile(temp, raw, 0o640); err != nil {
		return fmt.Errorf("note what the log holds: %w", err)
	}
	return errors.Join(syncPath(temp), os.Rename(temp, markPath(dir)), syncPath(dir))
}

// compareMark logs an error if entries were lost since the log was last open,
// and leaves a mark that holds while entries may be forgotten. If it cannot, as
// on a full disk, it leaves none rather than one that would raise a false alarm.
func compareMark(dir string, now mark, logger *slog.Logger) {
	if err := now.missing(dir); err != nil {
		logger.Error("stored sessions are damaged; restore a copy to have them back", "dir", dir, "err", err)
	}
	err := mark{Last: now.Last}.save(dir)
	if err == nil {
		return
	}
	if gone := os.Remove(markPath(dir)); !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	logger.Warn("lost entries will not be noticed at the next start", "dir", dir, "err", err)
}
