package main

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

func TestProfiled(t *testing.T) {
	failed := errors.New("failed")
	t.Run("runs without a file", func(t *testing.T) {
		if err := profiled("", func() error { return failed }); !errors.Is(err, failed) {
			t.Errorf("got %v, want %v", err, failed)
		}
	})
	t.Run("writes what was done to the file, even of what failed", func(t *testing.T) {
		if f := flag.Lookup("test.cpuprofile"); f != nil && f.Value.String() != "" {
			t.Skip("the tests themselves are profiled, and a process can write only one profile at a time")
		}
		path := filepath.Join(t.TempDir(), "cpu")
		if err := profiled(path, func() error { return failed }); !errors.Is(err, failed) {
			t.Errorf("got %v, want %v", err, failed)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("no profile: %v", err)
		}
	})
	t.Run("does not run when there is nowhere to write", func(t *testing.T) {
		err := profiled(filepath.Join(t.TempDir(), "missing", "cpu"), func() error { t.Error("ran"); return nil })
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v, want %v", err, os.ErrNotExist)
		}
	})
}
