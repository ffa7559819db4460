package eventlog

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of that size for the test.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("cannot mount a small file system (needs root): ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestFull_disk_is_purged_and_takes_more(t *testing.T) {
	for name, restart := range map[string]bool{"at once": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			cfg := onDisk(t)
			cfg.Dir = smallDisk(t, "48m")
			l := open(t, cfg)
			fill(t, l, 20, 20_000)
			if restart {
				l = reopen(t, l, cfg)
			}
			if _, err := l.Append(t.Context(), "new", 0, []byte("x")); !errors.Is(err, ErrUnavailable) {
				t.Errorf("a full store: got %v, want ErrUnavailable", err)
			}
			for _, session := range []string{"s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11"} {
				eventually(t, "forgetting "+session, func() bool { return l.Forget(t.Context(), session, 0) == nil })
			}
			waitRevived(t, l)
			mustAppend(t, l, "new", 0, "x")
			if got := mustLoad(t, l, "s12", 0); len(got) == 0 {
				t.Error("purging took another session's entries too")
			}
		})
	}
}

// A disk that something else has filled to the last byte is the worst case: there is no spare room to start with.
func TestOpen_on_a_disk_without_a_byte_left(t *testing.T) {
	cfg := onDisk(t)
	cfg.Dir = smallDisk(t, "48m")
	l := open(t, cfg)
	first := mustAppend(t, l, "a", 0, "1")
	shut(t, l)
	if err := embeddedOf(l).dropSpare(); err != nil {
		t.Fatal(err)
	}
	hog := filepath.Join(cfg.Dir, "hog")
	if err := os.WriteFile(hog, make([]byte, 64<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v, want a full disk", err)
	}
	l = open(t, cfg)
	if got := mustLoad(t, l, "a", 0); len(got) != 1 {
		t.Errorf("%d entries, want 1", len(got))
	}
	if _, err := l.Append(t.Context(), "a", first, []byte("2")); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if err := os.Remove(hog); err != nil {
		t.Fatal(err)
	}
	waitRevived(t, l)
	mustAppend(t, l, "a", first, "2")
}
