package process

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestAProcessCanBeSeen(t *testing.T) {
	used, err := CPU(os.Getpid())
	if err != nil || used <= 0 {
		t.Errorf("CPU time %v, %v", used, err)
	}
	later, turns := used, 0
	for limit := time.Now().Add(time.Minute); err == nil && later <= used && time.Now().Before(limit); turns++ { // others may have the processor
		later, err = CPU(os.Getpid())
	}
	if err != nil || later <= used {
		t.Errorf("CPU time %v after %v and %d turns, %v", later, used, turns, err)
	}
	for name, read := range map[string]func(int) (int64, error){"memory": Memory, "peak": PeakMemory} {
		if bytes, err := read(os.Getpid()); err != nil || bytes < 1<<20 {
			t.Errorf("%s: %d bytes, %v", name, bytes, err)
		}
	}
}

func TestAProgramThatEndsAtOnceIsAnErrorWithWhatItPrinted(t *testing.T) {
	_, err := Launch(t.Context(), Spec{
		Program: "/bin/sh", Arguments: []string{"-c", "echo the disk is full; exit 3"}, Dir: t.TempDir(),
	})
	if err == nil || !strings.Contains(err.Error(), "ended before it was ready") || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("got %v, want an error that says what the program printed", err)
	}
}

func TestTooFewFilesAreAnErrorThatSaysHowToRaiseThem(t *testing.T) {
	if err := CheckFiles(1<<31 - 1); err == nil || !strings.Contains(err.Error(), "ulimit -n") {
		t.Errorf("got %v, want an error about ulimit", err)
	}
}
